"""Records out to a sheet, edited by hand, and back in; and batches taken back."""
