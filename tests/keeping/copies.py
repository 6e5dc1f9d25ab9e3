"""What tests of copies share: making one, and texts in and beside it."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.opening import Archive
from pipeline.replicate import ReplicaReport, replicate
from tests.archive.replica_samples import Clock


def run(archive: Archive, copy: Layout) -> ReplicaReport:
    return replicate(archive.layout, copy, now=Clock())


def codes(report: ReplicaReport) -> list[str]:
    return [finding.code for finding in report.findings]


def write_texts(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name, encoding="utf-8")


def refuse_reading(
    patch: pytest.MonkeyPatch, unreadable: Path, number: int = errno.EIO, times: int = 99
) -> None:
    """Let the first reads of a file fail."""
    real, left = Path.read_bytes, [times]

    def read_bytes(path: Path) -> bytes:
        if path == unreadable and left[0]:
            left[0] -= 1
            raise OSError(number, "Input/output error")
        return real(path)

    patch.setattr(Path, "read_bytes", read_bytes)
