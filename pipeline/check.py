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
from pipeline.intake.rescued_reading import AcceptText
from pipeline.jobs import Job
from pipeline.memory import worker_memory_mb
from pipeline.progress import OnProgress, Progress, ignore_progress
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
    """

    catalogue: Path
    items: int
    scans: int
    findings: tuple[Finding, ...]

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
    accept_text: AcceptText | None = None,
    on_progress: OnProgress = ignore_progress,
) -> CheckReport:
    """Read a delivery and every scan in it, and return all findings.

    Args:
        source: Folder of scans and catalogue.
        settings: Of the archive.
        profile: Says what the columns mean.
        catalogue_path: The catalogue, when it is not to be looked for in ``source``.
        accept_text: Says whether columns of text from before Unicode may be converted.
        on_progress: Told after each item.

    Raises:
        SourceError: There is nothing to read, or it is not clear what.
    """
    delivery = read_delivery(
        source,
        catalogue=catalogue_path,
        profile=profile,
        settings=settings,
        accept_text=accept_text,
    )
    findings = [*delivery.findings]
    for planned in delivery.items:
        findings.extend(planned.findings)
    in_scans: dict[str, tuple[Finding, ...]] = {}
    read: dict[str, tuple[ReadScan, ...]] = {}
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
            on_progress(Progress(CHECKING, done, len(jobs), outcome.item_id))
    for job in jobs:
        findings.extend(in_scans[job.item_id])
    findings.extend(duplicate_findings(scan for job in jobs for scan in read[job.item_id]))
    return CheckReport(delivery.catalogue, len(delivery.items), delivery.scans, tuple(findings))


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
            )
