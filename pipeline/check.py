"""The dry run: everything that is wrong with a delivery, in one pass, with nothing written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.config import Settings
from pipeline.duplicates import ReadScan, duplicate_findings, scans_read
from pipeline.engine import run_jobs
from pipeline.intake.delivery import Delivery, read_delivery
from pipeline.jobs import Job, Outcome
from pipeline.memory import worker_memory_mb
from pipeline.progress import OnProgress, Progress, ignore_progress
from pipeline.quality.look_alikes import look_alikes_of
from pipeline.quality.object_size import longest_side_mm
from pipeline.work import check_item
from schemas.findings import Finding, has_errors
from schemas.messages import N_
from schemas.profile import Profile

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
    catalogue_path: Path | None = None,
    on_progress: OnProgress = ignore_progress,
) -> CheckReport:
    """Read a delivery and every scan in it, and return all findings.

    Raises:
        SourceError: There is nothing to read, or it is not clear what.
    """
    delivery = read_delivery(source, catalogue=catalogue_path, profile=profile, settings=settings)
    findings = [*delivery.findings]
    for planned in delivery.items:
        findings.extend(planned.findings)
    in_scans: dict[str, tuple[Finding, ...]] = {}
    read: dict[str, tuple[ReadScan, ...]] = {}
    seen: dict[str, Outcome] = {}
    with tempfile.TemporaryDirectory(prefix="hoaban-check-") as scratch:
        jobs = list(_jobs(delivery, settings, Path(scratch)))
        outcomes = run_jobs(
            check_item,
            jobs,
            workers=settings.jobs,
            timeout_s=settings.item_timeout_s,
            memory_limit_mb=settings.memory_limit_mb,
        )
        for done, outcome in enumerate(outcomes, start=1):
            in_scans[outcome.item_id] = outcome.findings
            read[outcome.item_id] = scans_read(outcome)
            seen[outcome.item_id] = outcome
            on_progress(Progress(CHECKING, done, len(jobs), outcome.item_id))
    for job in jobs:
        findings.extend(in_scans[job.item_id])
    scans = [scan for job in jobs for scan in read[job.item_id]]
    findings.extend(duplicate_findings(scans))
    findings.extend(look_alikes_of([seen[job.item_id] for job in jobs], scans))
    # Reversed, so that of rows that share a number the first one stays.
    rows = {item.item_id: (item.sheet, item.row) for item in reversed(delivery.items)}
    return CheckReport(
        delivery.catalogue,
        len(delivery.items),
        delivery.scans,
        tuple(findings),
        tuple(rows.items()),
    )


def _jobs(delivery: Delivery, settings: Settings, scratch: Path) -> Iterator[Job]:
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
                quality=settings.quality.wanted,
                object_mm=longest_side_mm(planned.record),
            )
