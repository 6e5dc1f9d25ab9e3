"""The plain data between the stages of an ingest: what to do and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from archive.limits import Limits
from archive.settings import DerivativeSettings, QualitySettings
from schemas.access import AccessTerms
from schemas.crosswalks.xmp import Credit
from schemas.events import Event
from schemas.findings import Finding, Severity
from schemas.records import Record
from schemas.technical import Technical


@dataclass(frozen=True)
class Scan:
    """One file of a delivery that belongs to an item.

    Attributes:
        source: Where the file is now.
        name: Its path relative to the source folder, POSIX form, NFC.
        label: What it shows ("back", "page 3"), or empty.
        terms: Who may see it, as the sheet says; None where it says nothing.
    """

    source: Path
    name: str
    label: str = ""
    terms: AccessTerms | None = None

    @property
    def master_path(self) -> str:
        """Its logical path in the object."""
        return f"masters/{self.name}"


@dataclass(frozen=True)
class PlannedItem:
    """One row of the catalogue with its scans: what the museum delivered for one item.

    Attributes:
        record: The description; its ``views`` follow ``scans``.
        scans: The item's scans, in reading order; may be empty.
        findings: What intake found about the row and its scans.
        sheet: Sheet the row stands in; empty for CSV.
        row: Row number as the spreadsheet program shows it, from 1.
        is_access_given: Whether the sheet says who may see the item; where it does not, an item
            the archive has keeps its level.
        is_embargo_given: Whether it says that there is an embargo or none; else likewise.
    """

    record: Record
    scans: tuple[Scan, ...]
    findings: tuple[Finding, ...] = ()
    sheet: str = ""
    row: int = 0
    is_access_given: bool = True
    is_embargo_given: bool = True

    @property
    def item_id(self) -> str:
        """The item's id."""
        return self.record.item_id

    @property
    def is_set_aside(self) -> bool:
        """Say whether a finding keeps this item out."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


@dataclass(frozen=True)
class Job:
    """Everything a worker needs for one item, and nothing else; it can be pickled.

    Attributes:
        item_id: The item.
        scans: The scans to read, in reading order.
        staging: A folder of the worker's own, which it may empty and fill.
        settings: Sizes and qualities of derivatives.
        copy_masters: Copy the scans into staging (ingest), or read them where they are (rebuild).
        credit: What every derivative says of the item.
        memory_mb: What the worker may use; a page that needs more waits on the disk. 0 means
            any amount.
        limits: What may be shown of the item.
        target_edition: Edition of the colour target to look for, or empty: do not look.
        has_previews: A check keeps a picture of each scan in ``staging``, for a contact sheet.
        quality: From where on the quality of the scans is told of, or None to measure nothing.
        object_mm: The longest side of the object in millimetres, or 0 when not known.
    """

    item_id: str
    scans: tuple[Scan, ...]
    staging: Path
    settings: DerivativeSettings
    copy_masters: bool = True
    credit: Credit = field(default_factory=Credit)
    memory_mb: int = 0
    limits: Limits = field(default_factory=Limits)
    quality: QualitySettings | None = None
    object_mm: float = 0.0
    target_edition: str = ""
    has_previews: bool = False

    def preview_of(self, number: int) -> tuple[Path, Path]:
        """Return where the thumbnail and the large picture of scan ``number`` are kept."""
        name = f"preview-{number:04d}"
        return self.staging / f"{name}.jpg", self.staging / f"{name}-large.jpg"


@dataclass(frozen=True)
class Outcome:
    """What a worker made of one job.

    Attributes:
        item_id: The item, so that a result can never be taken for another's.
        technical: What was read from each master, in reading order.
        masters: Staged copies by logical path; empty when masters were not copied.
        derivatives: Staged folder of derivatives, ready to be moved into place, or None.
        events: What was done to the masters, oldest first.
        findings: What was found in the scans; an error means nothing of this item goes in.
        tries: How often the work was begun until there was this outcome.
        pictures: (master's name in the delivery, fingerprint) of pages that were only looked at.
    """

    item_id: str
    technical: tuple[Technical, ...] = ()
    masters: tuple[tuple[str, Path], ...] = ()
    derivatives: Path | None = None
    events: tuple[Event, ...] = ()
    findings: tuple[Finding, ...] = ()
    tries: int = 1
    pictures: tuple[tuple[str, str], ...] = ()

    @property
    def is_set_aside(self) -> bool:
        """Say whether a finding keeps this item out."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)
