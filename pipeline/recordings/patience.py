"""How much longer than other items one with recordings may take."""

from __future__ import annotations

from pathlib import Path

from pipeline.identify import RECORDING_EXTENSIONS
from pipeline.jobs import Job

# An hour of film has some gigabyte and is encoded in less than an hour on a slow computer.
_BYTES_A_SECOND = 50_000


def more_time_s(job: Job) -> int:
    """Return the seconds that an item's recordings may take beside the time that any item has.

    Files that cannot be asked count for nothing: the work on them tells why.
    """
    return sum(_size_bytes(scan.source) for scan in job.scans if _plays(scan.name)) // (
        _BYTES_A_SECOND
    )


def _plays(name: str) -> bool:
    return Path(name).suffix.lower() in RECORDING_EXTENSIONS


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
