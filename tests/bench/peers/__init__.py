"""Search beside its peers, on the same records and with the same questions."""
