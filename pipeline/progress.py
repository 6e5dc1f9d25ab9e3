"""How far long work has come, told to whoever wants to show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """One step of long work.

    Attributes:
        stage: What is being done, a message id (``N_``).
        done: Units finished.
        total: Units in all, or 0 when that is not known.
        subject: What was finished last, as an inventory number; may be empty.
        bytes_done: Bytes of scans behind the units finished; 0 where no scans are read.
        bytes_total: Bytes of scans behind all units, or 0 when that is not known.
        errors: Units that were set aside so far.
        warnings: Warnings found so far.
    """

    stage: str
    done: int
    total: int
    subject: str = ""
    bytes_done: int = 0
    bytes_total: int = 0
    errors: int = 0
    warnings: int = 0


OnProgress = Callable[[Progress], None]


def ignore_progress(progress: Progress) -> None:
    """Show nothing."""
