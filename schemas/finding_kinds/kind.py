"""What one kind of finding is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters.

    ``ERROR`` sets the item aside; ``WARNING`` lets it in and should be mended; ``INFO`` tells.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class FindingKind:
    """One thing a check can find: its severity, its sentence and what to do about it.

    ``problem`` and ``remedy`` are message ids with ``str.format`` fields.
    """

    code: str
    severity: Severity
    problem: str
    remedy: str
