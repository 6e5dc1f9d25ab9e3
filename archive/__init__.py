"""Where things are kept (floor 1) and what is made for people from them (floor 3)."""
