"""Benchmarks: each is a command that prints ratios of the same run, and none is a test."""

import os

# An installed program has its bytecode; where it must not be written, every process that a
# benchmark starts would compile the program anew, and that would be measured.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
