"""What an ingest did: counted while it runs, told when it ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.intake.delivery import Delivery
from pipeline.progress import Progress
from schemas.events import Event, EventType
from schemas.findings import Finding, Severity, has_errors
from schemas.messages import N_
from schemas.software import agent_name

READING = N_("Reading scans")


@dataclass(frozen=True)
class IngestReport:
    """What an ingest did.

    Attributes:
        catalogue: The sheet that was read.
        scans: Number of scans in the source.
        added: Ids of items that are new in the archive.
        updated: Ids of items with a new version.
        unchanged: Number of items that were in the archive as delivered.
        set_aside: Ids of items kept out by an error.
        findings: Everything found, those of the whole delivery first.
        quarantine: Where items that were set aside are kept.
        batch: Name of the batch, or empty when there was nothing to do.
        contact_sheets: The contact sheet of the batch, after those of batches that an
            interrupted run had left.
    """

    catalogue: Path
    scans: int
    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: int
    set_aside: tuple[str, ...]
    findings: tuple[Finding, ...]
    quarantine: Path
    batch: str = ""
    contact_sheets: tuple[Path, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Say whether something of the delivery was kept out."""
        return bool(self.set_aside) or has_errors(self.findings)

    @property
    def has_news(self) -> bool:
        """Say whether anything was done or found."""
        return bool(self.added or self.updated or self.set_aside or self.findings)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON data, its sentences in the current language."""
        return {
            "batch": self.batch,
            "contact_sheets": [str(path) for path in self.contact_sheets],
            "catalogue": str(self.catalogue),
            "scans": self.scans,
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "set_aside": self.set_aside,
            "findings": [finding.to_json() for finding in self.findings],
        }


@dataclass
class Tally:
    """What has come of the items so far.

    Attributes:
        added: Ids of items that are new.
        updated: Ids of items with a new version.
        unchanged: Number of items that were in the archive as delivered.
        set_aside: Ids of items kept out.
        delivery: What was found in the delivery as a whole.
        findings: What was found in its items.
        warnings: How many of ``findings`` are warnings.
    """

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    set_aside: list[str] = field(default_factory=list)
    delivery: tuple[Finding, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    warnings: int = 0

    def add(self, findings: Iterable[Finding]) -> None:
        """Add what was found in an item."""
        for finding in findings:
            self.findings.append(finding)
            self.warnings += finding.severity is Severity.WARNING

    @property
    def summary(self) -> dict[str, int]:
        """What came of the items, as counts by word."""
        return {
            "added": len(self.added),
            "updated": len(self.updated),
            "unchanged": self.unchanged,
            "set_aside": len(set(self.set_aside)),
        }


def report_of(delivery: Delivery, tally: Tally, quarantine: Path) -> IngestReport:
    """Put what came of the items into the order of the sheet: workers finish in any order."""
    place = {planned.item_id: number for number, planned in enumerate(delivery.items)}

    def in_order(item_ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(dict.fromkeys(item_ids), key=lambda item_id: place[item_id]))

    return IngestReport(
        catalogue=delivery.catalogue,
        scans=delivery.scans,
        added=in_order(tally.added),
        updated=in_order(tally.updated),
        unchanged=tally.unchanged,
        set_aside=in_order(tally.set_aside),
        findings=(
            *tally.delivery,
            *sorted(tally.findings, key=lambda finding: place.get(finding.item_id, len(place))),
        ),
        quarantine=quarantine,
    )


def reading_progress(
    number: int, count: int, identifier: str, read: tuple[int, int], tally: Tally
) -> Progress:
    """Return how far the reading of scans has come.

    Args:
        number: Items done.
        count: Items in all.
        identifier: The item that was done last.
        read: Bytes read, and bytes in all.
        tally: What has come of the items so far.
    """
    return Progress(
        READING,
        number,
        count,
        identifier,
        bytes_done=read[0],
        bytes_total=read[1],
        errors=len(tally.set_aside),
        warnings=tally.warnings,
    )


def ingestion(at: str, *, is_new: bool, masters: int) -> Event:
    """Return the event of an item that goes into the store."""
    kind = EventType.INGESTION if is_new or masters else EventType.METADATA_MODIFICATION
    detail = f"masters added or replaced: {masters}"
    return Event(kind, at, "success", agent_name(), detail=detail)
