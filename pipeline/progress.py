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
    """

    stage: str
    done: int
    total: int
    subject: str = ""


OnProgress = Callable[[Progress], None]


def ignore_progress(progress: Progress) -> None:
    """Show nothing."""
