"""The dry run: everything that is wrong with a delivery, in one pass, with nothing archived."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.config import Settings
from archive.contact_sheet import write_sheet
from pipeline.batches import checked_report, preview_pictures
from pipeline.duplicates import ReadScan, duplicate_findings, scans_read
from pipeline.engine import run_jobs
from pipeline.intake.delivery import Delivery, read_delivery
from pipeline.intake.rescued_reading import AcceptText
from pipeline.jobs import Job, Outcome
from pipeline.memory import worker_memory_mb
from pipeline.progress import OnProgress, Progress, ignore_progress
from pipeline.quality.look_alikes import look_alikes_of
from pipeline.quality.object_size import longest_side_mm
from pipeline.work import check_item
from schemas.errors import SourceError
from schemas.findings import Finding, has_errors
from schemas.messages import N_, _
from schemas.normalising import ValueTables
from schemas.profile import Profile
from schemas.technical import Technical

CHECKING = N_("Checking scans")


@dataclass(frozen=True)
class CheckReport:
    """What a dry run found.

    Attributes:
        catalogue: The sheet that was read.
        items: Rows that describe an item.
        scans: Number of scans in the source.
        findings: Everything found: the whole delivery, then row by row, then scan by scan.
        rows: Sheet and row number of each item.
    """

    catalogue: Path
    items: int
    scans: int
    findings: tuple[Finding, ...]
    rows: tuple[tuple[str, tuple[str, int]], ...] = ()

    @property
    def has_errors(self) -> bool:
        """Say whether an ingest would set something aside."""
        return has_errors(self.findings)


def check(
    source: Path,
    *,
    settings: Settings,
    profile: Profile,
    tables: ValueTables | None = None,
    catalogue_path: Path | None = None,
    contact_sheet: Path | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    accept_text: AcceptText | None = None,
    on_progress: OnProgress = ignore_progress,
) -> CheckReport:
    """Read a delivery and every scan in it, and return all findings.

    Args:
        source: Folder of scans and catalogue.
        settings: The archive's, or those of a new one.
        profile: Likewise.
        tables: Likewise, what values are understood by.
        catalogue_path: The catalogue, when it is not to be looked for in ``source``.
        contact_sheet: Where to write a contact sheet, if one is wished for.
        now: The clock.
        accept_text: Says whether columns of text from before Unicode may be converted.
        on_progress: Told after each item.

    Raises:
        SourceError: There is nothing to read, or it is not clear what; or the contact sheet
            would stand among the scans or has no name of a page.
        StoreWriteError: The disk refuses the contact sheet.
    """
    if contact_sheet is not None:
        _check_place(contact_sheet, source)
    delivery = read_delivery(
        source,
        catalogue=catalogue_path,
        profile=profile,
        settings=settings,
        tables=tables,
        accept_text=accept_text,
    )
    in_scans: dict[str, list[Finding]] = {}
    technical: dict[str, tuple[Technical, ...]] = {}
    read: dict[str, tuple[ReadScan, ...]] = {}
    seen: dict[str, Outcome] = {}
    with tempfile.TemporaryDirectory(prefix="hoaban-check-") as scratch:
        jobs = list(_jobs(delivery, settings, Path(scratch), previews=contact_sheet is not None))
        outcomes = run_jobs(
            check_item,
            jobs,
            workers=settings.jobs,
            timeout_s=settings.item_timeout_s,
            memory_limit_mb=settings.memory_limit_mb,
        )
        for done, outcome in enumerate(outcomes, start=1):
            in_scans[outcome.item_id] = list(outcome.findings)
            technical[outcome.item_id] = outcome.technical
            read[outcome.item_id] = scans_read(outcome)
            seen[outcome.item_id] = outcome
            on_progress(Progress(CHECKING, done, len(jobs), outcome.item_id))
        findings = [*delivery.findings]
        for planned in delivery.items:
            findings.extend(planned.findings)
        for job in jobs:
            findings.extend(in_scans[job.item_id])
        scans = [scan for job in jobs for scan in read[job.item_id]]
        twins = [
            *duplicate_findings(scans),
            *look_alikes_of([seen[job.item_id] for job in jobs], scans),
        ]
        findings.extend(twins)
        if contact_sheet is not None:
            for twin in twins:
                in_scans[twin.item_id].append(twin)
            report = checked_report(delivery, in_scans, technical, source.resolve().name, now())
            write_sheet(contact_sheet, settings, report, preview_pictures(jobs))
    # Reversed, so that of rows that share a number the first one stays.
    rows = {item.item_id: (item.sheet, item.row) for item in reversed(delivery.items)}
    return CheckReport(
        delivery.catalogue,
        len(delivery.items),
        delivery.scans,
        tuple(findings),
        tuple(rows.items()),
    )


def _check_place(contact_sheet: Path, source: Path) -> None:
    if contact_sheet.suffix.lower() not in {".html", ".htm"}:
        raise SourceError(
            _("A contact sheet is a page: its name must end in .html."), path=contact_sheet
        )
    if source.resolve() in contact_sheet.resolve().parents:
        raise SourceError(
            _(
                "The contact sheet must not stand among the scans: its pictures would be taken"
                " for scans."
            ),
            remedy=_("Name a file in another folder."),
            path=contact_sheet,
        )


def _jobs(
    delivery: Delivery, settings: Settings, scratch: Path, *, previews: bool
) -> Iterator[Job]:
    seen: set[str] = set()
    memory_mb = worker_memory_mb(settings)
    for planned in delivery.items:
        # Rows that share a number share an id; each row's scans are still looked at once.
        if planned.scans and planned.item_id not in seen:
            seen.add(planned.item_id)
            yield Job(
                planned.item_id,
                planned.scans,
                scratch / planned.item_id,
                settings.derivatives,
                memory_mb=memory_mb,
                has_previews=previews,
                target_edition=settings.quality.wanted_target,
                quality=settings.quality.wanted,
                object_mm=longest_side_mm(planned.record),
            )
