"""The engines that can hold the index; each keeps the same keys and gives the same numbers."""
