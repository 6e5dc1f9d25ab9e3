"""The commands of ``hoaban``: each parses, calls and prints. Part of floor 4."""
