"""From a delivery to archived items: plan, work, commit, index.

The flow, in order: finish what an earlier run left; read the delivery; leave out what is
unchanged; let workers read the scans; commit one item at a time; bring the catalogue and the
index up to date. Nothing is decided by the catalogue alone: it is a cache, and the store says
what is archived.

Crash safety: the store's rename is the only commit. Every step after it can be found again,
because the batch stays open in the catalogue until the index has been written, and the next
run takes up the items of open batches (``pipeline.refresh``). What an interrupted run finished is
not done again: archived items are unchanged, and of items it set aside the job table has the
findings.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from archive.budget import findings_ahead
from archive.catalogue import Catalogue, CatalogueItem
from archive.durable import sync_disk
from archive.job_table import BatchKind, JobRow, JobState, Stage
from archive.lock import write_lock
from archive.opening import Archive
from archive.store import Store
from pipeline.batches import batch_report, left_report, write_batch_sheet
from pipeline.carry import carry
from pipeline.comparing import Choose, Comparison, choose_all, item_finding
from pipeline.derivative_sets import (
    credit_in,
    finish_derivatives,
    kept_derivatives,
    limits_in,
    publish_derivatives,
    scans_in_store,
)
from pipeline.duplicates import ReadScan, duplicate_findings, scans_read
from pipeline.indexing import update_index
from pipeline.ingest_report import IngestReport, Tally, ingestion, reading_progress, report_of
from pipeline.ingest_work import Work
from pipeline.intake.delivery import Delivery, read_delivery
from pipeline.intake.rescued_reading import AcceptText
from pipeline.isolation import Limits
from pipeline.jobs import Job, Outcome, PlannedItem, Scan
from pipeline.memory import worker_memory_mb
from pipeline.missing_derivatives import make_missing_derivatives
from pipeline.naming import name_formats
from pipeline.planning import Change, Compared
from pipeline.progress import OnProgress, Progress, ignore_progress
from pipeline.quality.look_alikes import tell_look_alikes
from pipeline.quality.object_size import longest_side_mm
from pipeline.quarantine import release, set_aside
from pipeline.refresh import catalogue_item, refresh_from_store
from pipeline.repeats import Repeats
from pipeline.scan_digests import ScanDigests
from pipeline.sources import check_source
from pipeline.work import run_item
from schemas.batches import message_of
from schemas.errors import FixityError, RecordError
from schemas.events import utc_text
from schemas.finding_text import findings_text
from schemas.findings import Finding
from schemas.messages import N_
from schemas.records import day_of

COMPARING = N_("Comparing with the archive")


def ingest(
    archive: Archive,
    source: Path,
    *,
    now: Callable[[], datetime],
    catalogue_path: Path | None = None,
    choose: Choose = choose_all,
    accept_text: AcceptText | None = None,
    only_news: bool = False,
    reread: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> IngestReport:
    """Bring a delivery into the archive.

    Args:
        archive: Where to.
        source: Folder of scans and catalogue.
        now: The clock.
        catalogue_path: The catalogue, when it is not to be looked for in ``source``.
        choose: Says which items are meant; the others are passed over.
        accept_text: Says whether columns of text from before Unicode may be converted, where the
            settings do not; by default rows with such text are set aside.
        only_news: Pass over what was set aside before and has not changed, and what was said
            before; do nothing at all where nothing is new.
        reread: Read every scan again, also those that look untouched since an earlier run.
        on_progress: Told after each item.

    Raises:
        DependencyError: The workers cannot be started or reached.
        SourceError: There is nothing to read, or it is not clear what.
        StoreBusyError: Another process is writing to the archive.
        StoreWriteError: The disk refuses; what was finished before stays.
    """
    check_source(archive.layout, source)
    with write_lock(archive.layout), Catalogue.open(archive.layout.catalogue) as catalogue:
        store = Store(archive.layout)
        store.recover()
        delivery = read_delivery(
            source,
            catalogue=catalogue_path,
            profile=archive.profile,
            settings=archive.settings,
            tables=archive.tables,
            accept_text=accept_text,
        )
        refreshed = refresh_from_store(archive.layout, store, catalogue)
        digests = ScanDigests(catalogue, now, reread=reread)
        run = _Run(archive, store, catalogue, digests, now, on_progress)
        tally = run.take_in(delivery, source, choose, only_news=only_news)
        tally.add(refreshed.findings)
        derived = make_missing_derivatives(
            archive, catalogue, store, now=now, on_progress=on_progress
        )
        tally.add(derived.findings)
        public = (item.derivatives for item in catalogue.iter_items(public_on=day_of(now())))
        tally.add(findings_ahead(archive.settings, public))
        changed = {*refreshed.item_ids, *derived.item_ids, *tally.added, *tally.updated}
        update_index(archive, catalogue, changed)
        report = report_of(delivery, tally, archive.layout.quarantine)
        sheets = run.write_sheets(report)
        run.close(tally)
    return replace(report, batch=run.batch_name, contact_sheets=sheets)


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
        self._taken: list[PlannedItem] = []
        self.batch_name = ""

    def take_in(
        self, delivery: Delivery, source: Path, choose: Choose, *, only_news: bool
    ) -> Tally:
        """Take in every chosen item of the delivery that is new or changed."""
        repeats = Repeats(self._catalogue.work, only_open=not only_news)
        tally = Tally(delivery=delivery.findings)
        if only_news and repeats.knows_delivery(delivery.findings):
            tally.delivery = ()
        chosen = [planned for planned in delivery.items if choose(planned)]
        work = self._sort_out(chosen, tally, repeats, only_news=only_news)
        if only_news and work.is_empty and not tally.delivery:
            return tally
        with self._catalogue.transaction():
            self._record(delivery, source, work)
        # The jobs are on record now: whatever is committed from here on can be found again.
        for compared, findings in work.faulty:
            self._set_aside(compared, findings, tally)
        for compared in work.records:
            self._commit(compared, Outcome(compared.item_id), tally)
        self._read_scans(work.scans, tally)
        return tally

    def write_sheets(self, report: IngestReport) -> tuple[Path, ...]:
        """Write the contact sheets of batches that an earlier run left open, then of this one."""
        reports = [
            left_report(self._catalogue, self._catalogue.work.batch(number))
            for number in self._catalogue.work.open_batches(BatchKind.INGEST)
            if number != self._batch
        ]
        if self._batch:
            batch = self._catalogue.work.batch(self._batch)
            reports.append(batch_report(self._catalogue, batch, self._taken, report))
        return tuple(
            write_batch_sheet(self._archive, self._catalogue, r) for r in reports if r.items
        )

    def close(self, tally: Tally) -> None:
        """Close this batch, if there was work, and every one that an earlier run left open."""
        sync_disk()
        finish_derivatives(self._catalogue, self._now)
        at = utc_text(self._now())
        self._catalogue.work.finish_open_batches(BatchKind.INGEST, self._batch, at, tally.summary)

    def _sort_out(
        self, chosen: list[PlannedItem], tally: Tally, repeats: Repeats, *, only_news: bool
    ) -> Work:
        """Count the items the archive holds already; put the others on the list of work."""
        work = Work()
        comparison = Comparison(self._archive, self._store, self._catalogue, self._digests)
        for done, planned in enumerate(chosen, start=1):
            compared = comparison.compare(planned)
            before = repeats.findings_of(compared)
            if compared.change is Change.NONE:
                tally.unchanged += 1
                release(self._archive.layout, planned.item_id)
            if only_news and (before is not None or compared.change is Change.NONE):
                pass  # said and done before
            elif compared.change is Change.SET_ASIDE:
                work.faulty.append((compared, compared.planned.findings))
            elif before is not None:
                tally.add(compared.planned.findings)
                work.faulty.append((compared, before))
            else:
                tally.add(compared.planned.findings)
                work.put(compared)
            self._on_progress(Progress(COMPARING, done, len(chosen), planned.record.identifier))
        return work

    def _record(self, delivery: Delivery, source: Path, work: Work) -> None:
        """Begin the batch, with a job for everything there is to do."""
        jobs = self._catalogue.work
        self._batch = jobs.start_batch(BatchKind.INGEST, utc_text(self._now()), source.name)
        self.batch_name = jobs.batch(self._batch).name
        places = {(item.item_id, item.row): place for place, item in enumerate(delivery.items)}
        taken = (compared.planned for compared in work.all)
        self._taken = sorted(taken, key=lambda item: places[item.item_id, item.row])
        jobs.set_job(
            self._batch,
            JobRow(
                Stage.DELIVERY, "", state=JobState.DONE, findings=findings_text(delivery.findings)
            ),
        )
        for compared in work.all:
            self._set_job(compared, JobState.TODO, tries=0)

    def _set_job(
        self,
        compared: Compared,
        state: JobState,
        *,
        tries: int,
        findings: tuple[Finding, ...] = (),
    ) -> None:
        stage = Stage.RECORD if compared.change is Change.RECORD else Stage.SCANS
        self._catalogue.work.set_job(
            self._batch,
            JobRow(
                stage,
                compared.item_id,
                compared.input_digest,
                state,
                tries,
                findings_text(findings),
            ),
        )

    def _read_scans(self, todo: dict[str, Compared], tally: Tally) -> None:
        read: dict[str, tuple[ReadScan, ...]] = {}
        total = sum(compared.size_bytes for compared in todo.values())
        done = 0
        at = utc_text(self._now())
        settings = self._archive.settings
        outcomes = name_formats(
            carry(self._archive, partial(run_item, at=at), self._jobs(todo, tally)),
            lambda item_id: todo[item_id].planned.scans,
            limits=Limits(settings.item_timeout_s, settings.memory_limit_mb),
            at=at,
        )
        for number, outcome in enumerate(outcomes, start=1):
            compared = todo[outcome.item_id]
            read[outcome.item_id] = scans_read(outcome)
            if outcome.is_set_aside:
                self._set_aside(compared, outcome.findings, tally, tries=outcome.tries)
            else:
                tally.add(outcome.findings)
                self._commit(compared, outcome, tally)
            shutil.rmtree(self._archive.layout.staging_of(outcome.item_id), ignore_errors=True)
            done += compared.size_bytes
            name = compared.planned.record.identifier
            progress = reading_progress(number, len(todo), name, (done, total), tally)
            self._on_progress(progress)
        scans = [scan for item_id in todo for scan in read.get(item_id, ())]
        tally.add(duplicate_findings(scans))
        if self._archive.settings.quality.control:
            tally.add(tell_look_alikes(self._catalogue, self._batch, [*todo], scans))

    def _commit(self, compared: Compared, outcome: Outcome, tally: Tally) -> None:
        """Put one item into the store, then publish what was made from it."""
        planned = compared.planned
        existing = self._catalogue.get(planned.item_id)
        try:
            is_changed = self._store_item(planned, outcome, existing)
        except (FixityError, RecordError) as error:
            code = "STORE-copy-differs" if isinstance(error, FixityError) else "STORE-damaged"
            finding = item_finding(code, planned, error)
            self._set_aside(compared, (finding,), tally, tries=outcome.tries)
            return
        made = kept_derivatives(self._archive, existing, planned.record)
        if outcome.derivatives is not None:
            made = publish_derivatives(self._archive.layout, planned.item_id, outcome.derivatives)
        digests = {technical.path: technical.sha512 for technical in outcome.technical}
        with self._catalogue.transaction():
            self._catalogue.put(catalogue_item(self._store.read(planned.item_id), made))
            self._set_job(compared, JobState.DONE, tries=outcome.tries, findings=outcome.findings)
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
                ingestion(at, is_new=existing is None, masters=len(paths)),
            ),
            message=message_of("Ingest" if existing is None else "Update", self.batch_name),
            at=at,
        )
        return commit.is_changed

    def _set_aside(
        self,
        compared: Compared,
        findings: tuple[Finding, ...],
        tally: Tally,
        *,
        tries: int = 0,
    ) -> None:
        set_aside(self._archive.layout, compared.planned, findings)
        self._set_job(compared, JobState.SET_ASIDE, tries=tries, findings=findings)
        tally.add(findings)
        tally.set_aside.append(compared.item_id)

    def _jobs(self, todo: dict[str, Compared], tally: Tally) -> Iterator[Job]:
        memory_mb = worker_memory_mb(self._archive.settings)
        for compared in todo.values():
            planned = compared.planned
            try:
                scans = self._scans_of(planned)
            except RecordError as error:
                finding = item_finding("STORE-damaged", planned, error)
                self._set_aside(compared, (finding,), tally)
                continue
            for scan in planned.scans:
                self._digests.expect(scan)
            yield Job(
                item_id=planned.item_id,
                scans=scans,
                staging=self._archive.layout.staging_of(planned.item_id),
                settings=self._archive.settings.derivatives,
                credit=credit_in(self._archive, planned.record),
                limits=limits_in(self._archive, planned.record),
                memory_mb=memory_mb,
                target_edition=self._archive.settings.quality.wanted_target,
                quality=self._archive.settings.quality.wanted,
                object_mm=longest_side_mm(planned.record),
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
