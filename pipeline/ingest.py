"""From a delivery to archived items: plan, work, commit, index.

The flow, in order: finish what an earlier run left; read the delivery; leave out what is
unchanged; let workers read the scans; commit one item at a time; bring the catalogue and the
index up to date. Nothing is decided by the catalogue alone: it is a cache, and the store says
what is archived.

Crash safety: the store's rename is the only commit. Every step after it can be found again,
because the batch stays open in the catalogue until the index has been written, and the next
run takes up the items of open batches (``pipeline.refresh``).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from archive.budget import budget_findings, expected_site, has_budget
from archive.catalogue import Catalogue, CatalogueItem
from archive.digests import digest_file
from archive.lock import write_lock
from archive.opening import Archive
from archive.store import Store
from pipeline.derivative_sets import (
    credit_in,
    make_missing_derivatives,
    publish_derivatives,
)
from pipeline.duplicates import ReadScan, duplicate_findings, scans_read
from pipeline.engine import run_jobs
from pipeline.indexing import update_index
from pipeline.intake.delivery import Delivery, read_delivery
from pipeline.jobs import Job, Outcome, PlannedItem, Scan
from pipeline.memory import worker_memory_mb
from pipeline.progress import OnProgress, Progress, ignore_progress
from pipeline.quarantine import release, set_aside
from pipeline.refresh import catalogue_item, refresh_from_store
from pipeline.work import run_item
from schemas.crosswalks.xmp import Credit
from schemas.errors import FixityError
from schemas.events import Event, EventType, utc_text
from schemas.findings import Finding, has_errors
from schemas.messages import N_
from schemas.records import Record, View
from schemas.software import agent_name

COMPARING = N_("Comparing with the archive")
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
    """

    catalogue: Path
    scans: int
    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: int
    set_aside: tuple[str, ...]
    findings: tuple[Finding, ...]
    quarantine: Path

    @property
    def is_partial(self) -> bool:
        """Say whether something of the delivery was kept out."""
        return bool(self.set_aside) or has_errors(self.findings)


@dataclass
class _Tally:
    """What has come of the items so far."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    set_aside: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass
class _Work:
    """What there is to do: items whose scans must be read, and items with only a new record."""

    scans: dict[str, PlannedItem] = field(default_factory=dict)
    records: list[PlannedItem] = field(default_factory=list)


def ingest(
    archive: Archive,
    source: Path,
    *,
    now: Callable[[], datetime],
    catalogue_path: Path | None = None,
    on_progress: OnProgress = ignore_progress,
) -> IngestReport:
    """Bring a delivery into the archive.

    Args:
        archive: Where to.
        source: Folder of scans and catalogue.
        now: The clock.
        catalogue_path: The catalogue, when it is not to be looked for in ``source``.
        on_progress: Told after each item.

    Raises:
        SourceError: There is nothing to read, or it is not clear what.
        StoreBusyError: Another process is writing to the archive.
        StoreWriteError: The disk refuses; what was finished before stays.
    """
    with write_lock(archive.layout), Catalogue.open(archive.layout.catalogue) as catalogue:
        store = Store(archive.layout)
        store.recover()
        delivery = read_delivery(
            source, catalogue=catalogue_path, profile=archive.profile, settings=archive.settings
        )
        changed = refresh_from_store(archive.layout, store, catalogue)
        run = _Run(archive, store, catalogue, now, on_progress)
        tally = run.take_in(delivery, source)
        derived, findings = make_missing_derivatives(
            archive, catalogue, store, now=now, on_progress=on_progress
        )
        tally.findings.extend(findings)
        tally.findings.extend(_beyond_budget(archive, catalogue))
        update_index(archive, catalogue, changed | derived | {*tally.added, *tally.updated})
        run.close(tally)
    return _report(delivery, tally, archive.layout.quarantine)


def _beyond_budget(archive: Archive, catalogue: Catalogue) -> Iterator[Finding]:
    """Tell before the next build that the site outgrows its host; nothing is read without one."""
    if has_budget(archive.settings):
        made = (item.derivatives for item in catalogue.iter_items(only_public=True))
        files, size_bytes = expected_site(made, archive.settings)
        yield from budget_findings(archive.settings, files=files, size_bytes=size_bytes)


def _report(delivery: Delivery, tally: _Tally, quarantine: Path) -> IngestReport:
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
            *delivery.findings,
            *sorted(tally.findings, key=lambda finding: place.get(finding.item_id, len(place))),
        ),
        quarantine=quarantine,
    )


class _Run:
    """One ingest in progress: what its steps share."""

    def __init__(
        self,
        archive: Archive,
        store: Store,
        catalogue: Catalogue,
        now: Callable[[], datetime],
        on_progress: OnProgress,
    ) -> None:
        self._archive = archive
        self._store = store
        self._catalogue = catalogue
        self._now = now
        self._on_progress = on_progress
        self._batch = 0
        self._memory_mb = worker_memory_mb(archive.settings)
        self._keys: dict[Path, tuple[str, int, int]] = {}

    def take_in(self, delivery: Delivery, source: Path) -> _Tally:
        """Take in every item of the delivery that is new or changed."""
        tally = _Tally()
        self._batch = self._catalogue.start_batch(utc_text(self._now()), source.name)
        work = _Work()
        with self._catalogue.transaction():
            for done, planned in enumerate(delivery.items, start=1):
                tally.findings.extend(planned.findings)
                if planned.is_set_aside:
                    self._set_aside(planned, planned.findings, tally)
                else:
                    self._sort_out(self._aligned(planned), work, tally)
                self._tell(COMPARING, done, len(delivery.items), planned)
        # The jobs are on record now: whatever is committed from here on can be found again.
        for planned in work.records:
            self._commit(planned, Outcome(planned.item_id), tally)
        self._read_scans(work.scans, tally)
        return tally

    def close(self, tally: _Tally) -> None:
        """Close this batch and every one that an earlier run left open."""
        summary = {
            "added": len(tally.added),
            "updated": len(tally.updated),
            "unchanged": tally.unchanged,
            "set_aside": len(tally.set_aside),
        }
        at = utc_text(self._now())
        for batch in self._catalogue.open_batches():
            self._catalogue.finish_batch(batch, at, summary if batch == self._batch else {})

    def _sort_out(self, planned: PlannedItem, work: _Work, tally: _Tally) -> None:
        """Count an item the archive holds already; put any other on the list of work."""
        existing = self._catalogue.get(planned.item_id)
        if existing is None or not self._has_same_scans(planned, existing):
            work.scans[planned.item_id] = planned
        elif planned.record != existing.record:
            # Only the description changed: no scan needs to be read again.
            work.records.append(planned)
        else:
            tally.unchanged += 1
            release(self._archive.layout, planned.item_id)
            return
        self._catalogue.set_job(self._batch, planned.item_id, "todo")

    def _read_scans(self, todo: Mapping[str, PlannedItem], tally: _Tally) -> None:
        read: dict[str, tuple[ReadScan, ...]] = {}
        settings = self._archive.settings
        outcomes = run_jobs(
            partial(run_item, at=utc_text(self._now())),
            (self._job(planned) for planned in todo.values()),
            workers=settings.jobs,
            timeout_s=settings.item_timeout_s,
            memory_limit_mb=settings.memory_limit_mb,
        )
        for done, outcome in enumerate(outcomes, start=1):
            planned = todo[outcome.item_id]
            tally.findings.extend(outcome.findings)
            read[outcome.item_id] = scans_read(outcome)
            if outcome.is_set_aside:
                self._set_aside(planned, outcome.findings, tally)
            else:
                self._commit(planned, outcome, tally)
            shutil.rmtree(self._archive.layout.staging_of(outcome.item_id), ignore_errors=True)
            self._tell(READING, done, len(todo), planned)
        tally.findings.extend(duplicate_findings(s for item_id in todo for s in read[item_id]))

    def _commit(self, planned: PlannedItem, outcome: Outcome, tally: _Tally) -> None:
        """Put one item into the store, then publish what was made from it."""
        at = utc_text(self._now())
        existing = self._catalogue.get(planned.item_id)
        known = {t.path: t.sha512 for t in existing.technical} if existing else {}
        fresh = [t for t in outcome.technical if known.get(t.path) != t.sha512]
        paths = {t.path for t in fresh}
        is_new = not self._store.has(planned.item_id)
        try:
            commit = self._store.commit(
                planned.record,
                masters={path: staged for path, staged in outcome.masters if path in paths},
                technical=tuple(fresh),
                events=(
                    *(event for event in outcome.events if event.path in paths),
                    _ingestion(at, is_new=is_new, masters=len(paths)),
                ),
                message="Ingest" if is_new else "Update",
                at=at,
            )
        except FixityError as error:
            finding = Finding(
                "STORE-copy-differs",
                path=planned.scans[0].name if planned.scans else "",
                item_id=planned.item_id,
                values={"reason": str(error)},
            )
            tally.findings.append(finding)
            self._set_aside(planned, (finding,), tally)
            return
        made = existing.derivatives if existing else None
        if existing and self._credit(existing.record) != self._credit(planned.record):
            made = None  # the pictures say whose they are: they are made again below
        if outcome.derivatives is not None:
            made = publish_derivatives(self._archive.layout, planned.item_id, outcome.derivatives)
        with self._catalogue.transaction():
            self._catalogue.put(catalogue_item(self._store.read(planned.item_id), made))
            self._catalogue.set_job(self._batch, planned.item_id, "done")
            for scan in planned.scans:
                self._remember(scan, outcome)
        release(self._archive.layout, planned.item_id)
        if is_new:
            tally.added.append(planned.item_id)
        elif commit.is_changed:
            tally.updated.append(planned.item_id)
        else:
            tally.unchanged += 1

    def _set_aside(
        self, planned: PlannedItem, findings: tuple[Finding, ...], tally: _Tally
    ) -> None:
        set_aside(self._archive.layout, planned, findings)
        self._catalogue.set_job(
            self._batch, planned.item_id, "set_aside", json.dumps([f.to_json() for f in findings])
        )
        tally.set_aside.append(planned.item_id)

    def _has_same_scans(self, planned: PlannedItem, existing: CatalogueItem) -> bool:
        """Say whether the archive holds these scans already, in this order and derived."""
        known = {technical.path: technical.sha512 for technical in existing.technical}
        return (
            planned.record.views == existing.record.views
            and (existing.derivatives is not None or not existing.record.views)
            and all(known[scan.master_path] == self._digest(scan) for scan in planned.scans)
        )

    def _aligned(self, planned: PlannedItem) -> PlannedItem:
        """Return the item with its views as the archive will have them.

        A scan whose bytes the item has already under another name keeps that name, and views
        the delivery does not bring again stay: a delivery adds and replaces, it never removes.
        """
        existing = self._catalogue.get(planned.item_id)
        if existing is None or not existing.record.views:
            return planned
        known = {technical.path: technical.sha512 for technical in existing.technical}
        by_digest = {digest: path for path, digest in known.items()}
        scans: list[Scan] = []
        for scan in planned.scans:
            path = by_digest.get(self._digest(scan) or "")
            if scan.master_path not in known and path is not None:
                scan = replace(scan, name=path.removeprefix("masters/"))
            scans.append(scan)
        delivered = zip(planned.record.views, scans, strict=True)
        new = tuple(replace(view, path=scan.master_path) for view, scan in delivered)
        views = _merged_views(existing.record.views, new)
        return replace(planned, scans=tuple(scans), record=replace(planned.record, views=views))

    def _job(self, planned: PlannedItem) -> Job:
        """Return the job for an item: its delivered scans, and its other masters from the store."""
        delivered = {scan.master_path: scan for scan in planned.scans}
        for scan in planned.scans:
            if scan.source.exists():
                self._keys[scan.source] = _file_key(scan.source)
        scans: list[Scan] = []
        stored = None
        for view in planned.record.views:
            if view.path in delivered:
                scans.append(delivered[view.path])
                continue
            stored = stored or self._store.read(planned.item_id)
            name = view.path.removeprefix("masters/")
            scans.append(Scan(stored.masters[view.path], name, view.label))
        return Job(
            item_id=planned.item_id,
            scans=tuple(scans),
            staging=self._archive.layout.staging_of(planned.item_id),
            settings=self._archive.settings.derivatives,
            credit=self._credit(planned.record),
            memory_mb=self._memory_mb,
        )

    def _credit(self, record: Record) -> Credit:
        return credit_in(self._archive, record)

    def _digest(self, scan: Scan) -> str | None:
        """Return a scan's sha512, from memory where the file has not been touched since."""
        try:
            key = _file_key(scan.source)
            digest = self._catalogue.source_digest(*key)
            if digest is None:
                digest = digest_file(scan.source).sha512
                self._catalogue.remember_source(*key, digest)
        except OSError:
            # The worker will meet the same error and report it with its finding.
            return None
        return digest

    def _remember(self, scan: Scan, outcome: Outcome) -> None:
        """Remember what a scan held when it was read.

        The key was taken before the copy: a file touched since then has another key, so its
        old digest can never be taken for the new bytes.
        """
        key = self._keys.get(scan.source)
        digests = {technical.path: technical.sha512 for technical in outcome.technical}
        if key is not None and scan.master_path in digests:
            self._catalogue.remember_source(*key, digests[scan.master_path])

    def _tell(self, stage: str, done: int, total: int, planned: PlannedItem) -> None:
        self._on_progress(Progress(stage, done, total, planned.record.identifier))


def _file_key(path: Path) -> tuple[str, int, int]:
    stat = path.stat()
    return str(path.resolve()), stat.st_size, stat.st_mtime_ns


def _merged_views(old: tuple[View, ...], new: tuple[View, ...]) -> tuple[View, ...]:
    """Return the views of both: the old order, with new labels, then the new ones."""
    labelled = {view.path: view for view in new}
    kept = tuple(labelled.pop(view.path, view) for view in old)
    return kept + tuple(labelled.values())


def _ingestion(at: str, *, is_new: bool, masters: int) -> Event:
    kind = EventType.INGESTION if is_new or masters else EventType.METADATA_MODIFICATION
    detail = f"masters added or replaced: {masters}"
    return Event(kind, at, "success", agent_name(), detail=detail)
