"""Batch reports: what an ingest took in, gathered for its contact sheet or found in the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from archive.catalogue import Catalogue, CatalogueItem
from archive.contact_sheet import (
    SHEET_NAME,
    Pictures,
    batch_names,
    pictures_folder,
    read_batch,
    write_batch,
    write_sheet,
)
from archive.job_table import Batch, JobState, Stage
from archive.opening import Archive
from archive.revision import MASTERS_FOLDER
from archive.store import Store
from pipeline.ingest_report import IngestReport
from pipeline.intake.delivery import Delivery
from pipeline.jobs import Job, PlannedItem
from schemas.batches import (
    BatchItem,
    BatchReport,
    BatchScan,
    Outcome,
    batch_in,
)
from schemas.errors import SourceError
from schemas.events import utc_text
from schemas.finding_text import parse_findings
from schemas.findings import Finding
from schemas.messages import _
from schemas.records import Record
from schemas.technical import Technical


def batch_report(
    catalogue: Catalogue, batch: Batch, taken: Iterable[PlannedItem], report: IngestReport
) -> BatchReport:
    """Return the report of an ingest that is done, its items in the order of the sheet.

    An item whose scans were read and turned out to be those the archive has is left out.

    Args:
        catalogue: Up to date.
        batch: The batch.
        taken: The items it was to take in, in the order of the sheet.
        report: What came of them.
    """
    outcomes = {
        **dict.fromkeys(report.added, Outcome.ADDED),
        **dict.fromkeys(report.updated, Outcome.UPDATED),
        **dict.fromkeys(report.set_aside, Outcome.SET_ASIDE),
    }
    findings: dict[str, list[Finding]] = {}
    for finding in report.findings:
        findings.setdefault(finding.item_id, []).append(finding)
    items = []
    for planned in taken:
        outcome = outcomes.get(planned.item_id)
        if outcome is not None:
            left = findings.get(planned.item_id, [])
            # Rows that share a number share an id: each has its own findings.
            own = tuple(f for f in left if f.row in (None, planned.row))
            findings[planned.item_id] = [f for f in left if f not in own]
            existing = None if outcome is Outcome.SET_ASIDE else catalogue.get(planned.item_id)
            items.append(_planned_item(planned, outcome, own, existing))
    rest = tuple(finding for left in findings.values() for finding in left)
    return BatchReport(batch.name, batch.source, batch.started_at, tuple(items), rest)


def left_report(catalogue: Catalogue, batch: Batch) -> BatchReport:
    """Return the report of an ingest that was interrupted: of what it had finished by then.

    What it had set aside is in the report of the ingest that goes on.
    """
    items = []
    for job in catalogue.work.jobs(batch.number):
        item = catalogue.get(job.item_id) if job.state is JobState.DONE else None
        if item is not None and job.stage in {Stage.SCANS, Stage.RECORD}:
            paths = [t.path for t in item.technical] if job.stage is Stage.SCANS else []
            outcome = Outcome.ADDED if item.version == 1 else Outcome.UPDATED
            items.append(_stored_item(item, outcome, paths, parse_findings(job.findings)))
    return BatchReport(batch.name, batch.source, batch.started_at, tuple(items))


def write_batch_sheet(archive: Archive, catalogue: Catalogue, report: BatchReport) -> Path:
    """Write the folder of a batch and return its contact sheet.

    Raises:
        StoreWriteError: The disk refuses.
    """
    sources = _picture_sources(archive, catalogue, report)
    return write_batch(archive.layout, archive.settings, report, sources)


def remake_sheet(archive: Archive, name: str = "") -> Path:
    """Write a batch's contact sheet again, in the current language, and return it.

    Its pictures are those that were judged; where they are lost, as in an archive restored from a
    copy, they are those of today's masters.

    Args:
        archive: The archive.
        name: The batch; by default the newest.

    Raises:
        SourceError: There is no such batch.
        RecordError: Its report, the catalogue or the store is damaged.
        StoreWriteError: The disk refuses.
    """
    names = batch_names(archive.layout)
    if name in names or (names and not name):
        name = name or names[-1]
        page = archive.layout.batches / name / SHEET_NAME
        report = read_batch(archive.layout, name)
        if _has_lost_pictures(page, report):
            with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
                sources = _picture_sources(archive, catalogue, report)
            write_sheet(page, archive.settings, report, sources)
        else:
            write_sheet(page, archive.settings, report)
        return page
    with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        restored = _report_in_store(archive, catalogue, name)
        if restored is None:
            raise SourceError(
                _("There is no batch '{name}'.").format(name=name)
                if name
                else _("There is no batch yet."),
                remedy=_("The batches there are: {names}.").format(names=", ".join(names[-10:]))
                if names
                else _("Bring something in first: hoaban ingest SOURCE"),
            )
        return write_batch_sheet(archive, catalogue, restored)


def _has_lost_pictures(page: Path, report: BatchReport) -> bool:
    had_some = any(scan.picture for item in report.items for scan in item.scans)
    folder = pictures_folder(page)
    return had_some and not (folder.is_dir() and any(folder.iterdir()))


def checked_report(
    delivery: Delivery,
    in_scans: Mapping[str, list[Finding]],
    technical: Mapping[str, tuple[Technical, ...]],
    source: str,
    at: datetime,
) -> BatchReport:
    """Return the report of a delivery that was only checked.

    Args:
        delivery: What was delivered.
        in_scans: What was found in the scans, by item id.
        technical: What was read from them, by item id.
        source: Name of the delivery's folder.
        at: When it was checked.
    """
    items = []
    seen: set[str] = set()
    for planned in delivery.items:
        # Rows that share a number share an id; the scans were looked at with the first of them.
        is_first = bool(planned.scans) and planned.item_id not in seen
        if is_first:
            seen.add(planned.item_id)
        known = {t.path: t for t in technical.get(planned.item_id, ())} if is_first else {}
        found = in_scans.get(planned.item_id, ()) if is_first else ()
        scans = tuple(BatchScan.of(s.name, known.get(s.master_path)) for s in planned.scans)
        items.append(
            BatchItem(
                planned.item_id,
                planned.record.identifier,
                _titles(planned.record),
                Outcome.CHECKED,
                scans,
                (*planned.findings, *found),
            )
        )
    return BatchReport("", source, utc_text(at), tuple(items), delivery.findings)


def preview_pictures(jobs: Iterable[Job]) -> Mapping[tuple[str, str], Pictures]:
    """Return where the pictures are that a check kept."""
    return {
        (job.item_id, scan.name): Pictures(*job.preview_of(number))
        for job in jobs
        for number, scan in enumerate(job.scans, start=1)
    }


def _report_in_store(archive: Archive, catalogue: Catalogue, name: str) -> BatchReport | None:
    """Return what the store has of a batch, by default the newest, or None when it has nothing."""
    store = Store(archive.layout)
    found: dict[str, list[tuple[str, int]]] = {}
    for item_id in store.iter_item_ids():
        for number, version in enumerate(store.history(item_id), start=1):
            batch = batch_in(version.message)
            if batch and (not name or batch == name):
                found.setdefault(batch, []).append((item_id, number))
    if not found:
        return None
    newest = max(found)
    items: list[BatchItem] = []
    for item_id, number in found[newest]:
        item = catalogue.get(item_id)
        if item is not None:
            outcome = Outcome.ADDED if number == 1 else Outcome.UPDATED
            items.append(_stored_item(item, outcome, _new_masters(store, item_id, number)))
    day, time = newest[:10], newest[11:]
    started_at = f"{day}T{time[:2]}:{time[2:4]}:{time[4:]}Z"
    return BatchReport(newest, "", started_at, tuple(items), is_restored=True)


def _new_masters(store: Store, item_id: str, number: int) -> list[str]:
    """Return the logical paths of the masters that a version added or replaced."""
    versions = store.history(item_id)
    new = versions[number - 1].state
    old = versions[number - 2].state if number > 1 else {}
    return [
        path
        for path in sorted(new)
        if path.startswith(MASTERS_FOLDER) and old.get(path) != new[path]
    ]


def _planned_item(
    planned: PlannedItem,
    outcome: Outcome,
    findings: tuple[Finding, ...],
    existing: CatalogueItem | None,
) -> BatchItem:
    known = {entry.path: entry for entry in existing.technical} if existing else {}
    return BatchItem(
        planned.item_id,
        planned.record.identifier,
        _titles(planned.record),
        outcome,
        tuple(BatchScan.of(scan.name, known.get(scan.master_path)) for scan in planned.scans),
        findings,
    )


def _stored_item(
    item: CatalogueItem,
    outcome: Outcome,
    paths: Iterable[str],
    findings: tuple[Finding, ...] = (),
) -> BatchItem:
    known = {entry.path: entry for entry in item.technical}
    return BatchItem(
        item.item_id,
        item.record.identifier,
        _titles(item.record),
        outcome,
        tuple(BatchScan.of(path.removeprefix(MASTERS_FOLDER), known.get(path)) for path in paths),
        findings,
    )


def _titles(record: Record) -> tuple[tuple[str, str], ...]:
    return tuple((statement.lang, statement.value) for statement in record.values("title"))


def _picture_sources(
    archive: Archive, catalogue: Catalogue, report: BatchReport
) -> Mapping[tuple[str, str], Pictures]:
    """Return where the pictures of a report's scans are: of each file, its first page."""
    return {
        (item.item_id, name): pictures
        for item in report.items
        if item.scans and item.outcome is not Outcome.SET_ASIDE
        for name, pictures in _pictures_of(archive, catalogue.get(item.item_id))
    }


def _pictures_of(archive: Archive, item: CatalogueItem | None) -> Iterator[tuple[str, Pictures]]:
    if item is None or item.derivatives is None:
        return
    folder = archive.layout.derivatives_of(item.item_id)
    for canvas in item.derivatives.canvases:
        if canvas.page == 0:
            place = folder / canvas.key
            yield (
                canvas.master.removeprefix(MASTERS_FOLDER),
                Pictures(place / canvas.thumbnail.name, place / canvas.access.name),
            )
