"""Benchmarks: each is a command that prints ratios of the same run, and none is a test."""

import os


def allow_bytecode() -> None:
    """Let the processes that a benchmark starts write their bytecode; for its command alone.

    An installed program has its bytecode; where it must not be written, every process would
    compile the program anew, and that would be measured.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
