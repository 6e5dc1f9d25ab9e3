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
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from archive.budget import findings_ahead
from archive.catalogue import Catalogue, CatalogueItem
from archive.durable import sync_disk
from archive.lock import write_lock
from archive.opening import Archive
from archive.store import Store
from pipeline.derivative_sets import (
    credit_in,
    kept_derivatives,
    make_missing_derivatives,
    publish_derivatives,
    scans_in_store,
)
from pipeline.duplicates import ReadScan, duplicate_findings, scans_read
from pipeline.engine import run_jobs
from pipeline.indexing import update_index
from pipeline.intake.delivery import Delivery, read_delivery
from pipeline.jobs import Job, Outcome, PlannedItem, Scan
from pipeline.memory import worker_memory_mb
from pipeline.planning import Change, aligned, change_of
from pipeline.progress import OnProgress, Progress, ignore_progress
from pipeline.quarantine import release, set_aside
from pipeline.refresh import catalogue_item, refresh_from_store, refresh_item
from pipeline.scan_digests import ScanDigests
from pipeline.sources import check_source
from pipeline.work import run_item
from schemas.errors import FixityError, HoabanError, RecordError
from schemas.events import Event, EventType, utc_text
from schemas.findings import Finding, has_errors
from schemas.messages import N_
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
    reread: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> IngestReport:
    """Bring a delivery into the archive.

    Args:
        archive: Where to.
        source: Folder of scans and catalogue.
        now: The clock.
        catalogue_path: The catalogue, when it is not to be looked for in ``source``.
        reread: Read every scan again, also those that look untouched since an earlier run.
        on_progress: Told after each item.

    Raises:
        DependencyError: The worker processes cannot be started.
        SourceError: There is nothing to read, or it is not clear what.
        StoreBusyError: Another process is writing to the archive.
        StoreWriteError: The disk refuses; what was finished before stays.
    """
    check_source(archive.layout, source)
    with write_lock(archive.layout), Catalogue.open(archive.layout.catalogue) as catalogue:
        store = Store(archive.layout)
        store.recover()
        delivery = read_delivery(
            source, catalogue=catalogue_path, profile=archive.profile, settings=archive.settings
        )
        refreshed = refresh_from_store(archive.layout, store, catalogue)
        digests = ScanDigests(catalogue, now, reread=reread)
        run = _Run(archive, store, catalogue, digests, now, on_progress)
        tally = run.take_in(delivery, source)
        tally.findings.extend(refreshed.findings)
        derived = make_missing_derivatives(
            archive, catalogue, store, now=now, on_progress=on_progress
        )
        tally.findings.extend(derived.findings)
        public = (item.derivatives for item in catalogue.iter_items(only_public=True))
        tally.findings.extend(findings_ahead(archive.settings, public))
        changed = {*refreshed.item_ids, *derived.item_ids, *tally.added, *tally.updated}
        update_index(archive, catalogue, changed)
        run.close(tally)
    return _report(delivery, tally, archive.layout.quarantine)


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
        digests: ScanDigests,
        now: Callable[[], datetime],
        on_progress: OnProgress,
    ) -> None:
        self._archive = archive
        self._store = store
        self._catalogue = catalogue
        self._digests = digests
        self._now = now
        self._on_progress = on_progress
        self._batch = 0

    def take_in(self, delivery: Delivery, source: Path) -> _Tally:
        """Take in every item of the delivery that is new or changed."""
        tally = _Tally()
        self._batch = self._catalogue.start_batch(utc_text(self._now()), source.name)
        work = _Work()
        for done, planned in enumerate(delivery.items, start=1):
            if planned.is_set_aside:
                self._set_aside(planned, planned.findings, tally)
            else:
                self._sort_out(planned, work, tally)
            self._tell(COMPARING, done, len(delivery.items), planned)
        with self._catalogue.transaction():
            for planned in (*work.records, *work.scans.values()):
                self._catalogue.set_job(self._batch, planned.item_id, "todo")
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
            "set_aside": len(set(tally.set_aside)),
        }
        at = utc_text(self._now())
        sync_disk()
        for batch in self._catalogue.open_batches():
            self._catalogue.finish_batch(batch, at, summary if batch == self._batch else {})

    def _sort_out(self, planned: PlannedItem, work: _Work, tally: _Tally) -> None:
        """Count an item the archive holds already; put any other on the list of work."""
        try:
            existing = self._existing(planned.item_id)
        except RecordError as error:
            self._set_aside_damaged(planned, error, tally)
            return
        item = aligned(planned, existing, self._digests.of)
        change = change_of(item, existing, self._digests.of)
        tally.findings.extend(item.findings)
        if change is Change.SCANS:
            work.scans[item.item_id] = item
        elif change is Change.RECORD:
            work.records.append(item)
        else:
            tally.unchanged += 1
            release(self._archive.layout, item.item_id)

    def _existing(self, item_id: str) -> CatalogueItem | None:
        """Return what the archive has; the store is asked, the catalogue only spares reading.

        Raises:
            RecordError: The stored item is damaged.
        """
        version = self._store.version_of(item_id)
        existing = self._catalogue.get(item_id)
        if version == 0:
            if existing is not None:
                self._catalogue.remove(item_id)
            return None
        if existing is None or existing.version != version:
            refresh_item(self._archive.layout, self._store, self._catalogue, item_id)
            existing = self._catalogue.get(item_id)
        return existing

    def _read_scans(self, todo: Mapping[str, PlannedItem], tally: _Tally) -> None:
        read: dict[str, tuple[ReadScan, ...]] = {}
        settings = self._archive.settings
        outcomes = run_jobs(
            partial(run_item, at=utc_text(self._now())),
            self._jobs(todo.values(), tally),
            workers=settings.jobs,
            timeout_s=settings.item_timeout_s,
            memory_limit_mb=settings.memory_limit_mb,
        )
        for done, outcome in enumerate(outcomes, start=1):
            planned = todo[outcome.item_id]
            read[outcome.item_id] = scans_read(outcome)
            if outcome.is_set_aside:
                self._set_aside(planned, outcome.findings, tally)
            else:
                tally.findings.extend(outcome.findings)
                self._commit(planned, outcome, tally)
            shutil.rmtree(self._archive.layout.staging_of(outcome.item_id), ignore_errors=True)
            self._tell(READING, done, len(todo), planned)
        tally.findings.extend(
            duplicate_findings(scan for item_id in todo for scan in read.get(item_id, ()))
        )

    def _commit(self, planned: PlannedItem, outcome: Outcome, tally: _Tally) -> None:
        """Put one item into the store, then publish what was made from it."""
        existing = self._catalogue.get(planned.item_id)
        try:
            is_changed = self._store_item(planned, outcome, existing)
        except FixityError as error:
            finding = _finding("STORE-copy-differs", planned, error)
            self._set_aside(planned, (finding,), tally)
            return
        except RecordError as error:
            self._set_aside_damaged(planned, error, tally)
            return
        made = kept_derivatives(self._archive, existing, planned.record)
        if outcome.derivatives is not None:
            made = publish_derivatives(self._archive.layout, planned.item_id, outcome.derivatives)
        digests = {technical.path: technical.sha512 for technical in outcome.technical}
        with self._catalogue.transaction():
            self._catalogue.put(catalogue_item(self._store.read(planned.item_id), made))
            self._catalogue.set_job(self._batch, planned.item_id, "done")
            for scan in planned.scans:
                if scan.master_path in digests:
                    self._digests.remember(scan, digests[scan.master_path])
        release(self._archive.layout, planned.item_id)
        if existing is None:
            tally.added.append(planned.item_id)
        elif is_changed:
            tally.updated.append(planned.item_id)
        else:
            tally.unchanged += 1

    def _store_item(
        self, planned: PlannedItem, outcome: Outcome, existing: CatalogueItem | None
    ) -> bool:
        """Commit what is new of an item, and say whether anything was."""
        at = utc_text(self._now())
        known = {t.path: t.sha512 for t in existing.technical} if existing else {}
        fresh = tuple(t for t in outcome.technical if known.get(t.path) != t.sha512)
        paths = {technical.path for technical in fresh}
        commit = self._store.commit(
            planned.record,
            masters={path: staged for path, staged in outcome.masters if path in paths},
            technical=fresh,
            events=(
                *(event for event in outcome.events if event.path in paths),
                _ingestion(at, is_new=existing is None, masters=len(paths)),
            ),
            message="Ingest" if existing is None else "Update",
            at=at,
        )
        return commit.is_changed

    def _set_aside(
        self, planned: PlannedItem, findings: tuple[Finding, ...], tally: _Tally
    ) -> None:
        set_aside(self._archive.layout, planned, findings)
        self._catalogue.set_job(
            self._batch,
            planned.item_id,
            "set_aside",
            json.dumps([finding.to_json() for finding in findings]),
        )
        tally.findings.extend(findings)
        tally.set_aside.append(planned.item_id)

    def _set_aside_damaged(self, planned: PlannedItem, error: RecordError, tally: _Tally) -> None:
        self._set_aside(planned, (_finding("STORE-damaged", planned, error),), tally)

    def _jobs(self, items: Iterable[PlannedItem], tally: _Tally) -> Iterator[Job]:
        memory_mb = worker_memory_mb(self._archive.settings)
        for planned in items:
            try:
                scans = self._scans_of(planned)
            except RecordError as error:
                self._set_aside_damaged(planned, error, tally)
                continue
            for scan in planned.scans:
                self._digests.expect(scan)
            yield Job(
                item_id=planned.item_id,
                scans=scans,
                staging=self._archive.layout.staging_of(planned.item_id),
                settings=self._archive.settings.derivatives,
                credit=credit_in(self._archive, planned.record),
                memory_mb=memory_mb,
            )

    def _scans_of(self, planned: PlannedItem) -> tuple[Scan, ...]:
        """Return an item's delivered scans, and its other masters from the store.

        Raises:
            RecordError: The stored item is damaged.
        """
        delivered = {scan.master_path: scan for scan in planned.scans}
        if len(delivered) != len(planned.scans):
            raise ValueError(f"{planned.item_id}: two scans would become one master")
        views = planned.record.views
        if all(view.path in delivered for view in views):
            return tuple(delivered[view.path] for view in views)
        stored = scans_in_store(self._store.read(planned.item_id))
        both = {scan.master_path: scan for scan in stored} | delivered
        return tuple(both[view.path] for view in views)

    def _tell(self, stage: str, done: int, total: int, planned: PlannedItem) -> None:
        self._on_progress(Progress(stage, done, total, planned.record.identifier))


def _finding(code: str, planned: PlannedItem, error: HoabanError) -> Finding:
    return Finding(
        code,
        path=planned.scans[0].name if planned.scans else "",
        sheet=planned.sheet,
        row=planned.row or None,
        item_id=planned.item_id,
        values={"reason": error.problem},
    )


def _ingestion(at: str, *, is_new: bool, masters: int) -> Event:
    kind = EventType.INGESTION if is_new or masters else EventType.METADATA_MODIFICATION
    detail = f"masters added or replaced: {masters}"
    return Event(kind, at, "success", agent_name(), detail=detail)
