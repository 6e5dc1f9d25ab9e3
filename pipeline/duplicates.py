"""Scans with the same bytes: one picture given twice, or to two objects by mistake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.jobs import Outcome
from schemas.findings import Finding


@dataclass(frozen=True)
class ReadScan:
    """One scan that was read: its item, its name in the delivery, its sha512 in hexadecimal."""

    item_id: str
    name: str
    sha512: str


def scans_read(outcome: Outcome) -> tuple[ReadScan, ...]:
    """Return what is worth remembering of an outcome until all are there."""
    return tuple(
        ReadScan(outcome.item_id, technical.source_name, technical.sha512)
        for technical in outcome.technical
    )


def duplicate_findings(scans: Iterable[ReadScan]) -> list[Finding]:
    """Return a finding for each scan whose bytes came before under another name.

    Args:
        scans: In the order of the sheet, so that the same delivery always gives the same findings.
    """
    first: dict[str, str] = {}
    return [
        Finding("SCAN-duplicate", path=scan.name, item_id=scan.item_id, values={"other": other})
        for scan in scans
        if (other := first.setdefault(scan.sha512, scan.name)) != scan.name
    ]
