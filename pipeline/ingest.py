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
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from archive.catalogue import Catalogue
from archive.job_table import BatchKind, JobRow, JobState, Stage
from archive.lock import write_lock
from archive.opening import Archive
from archive.store import Store
from pipeline.carry import carry
from pipeline.changes import Change
from pipeline.comparing import Choose, Compared, Comparison, choose_all, file_key
from pipeline.derivative_sets import (
    finish_derivatives,
    make_missing_derivatives,
    publish_derivatives,
)
from pipeline.duplicates import ReadScan, duplicate_findings, scans_read
from pipeline.indexing import update_index
from pipeline.ingest_report import IngestReport, Tally, report_of
from pipeline.intake.delivery import Delivery, read_delivery
from pipeline.jobs import Job, Outcome, PlannedItem, Scan
from pipeline.progress import OnProgress, Progress, ignore_progress
from pipeline.quarantine import release, set_aside
from pipeline.refresh import catalogue_item, refresh_from_store
from pipeline.repeats import Repeats
from pipeline.work import run_item
from schemas.errors import FixityError
from schemas.events import Event, EventType, utc_text
from schemas.finding_text import findings_text
from schemas.findings import Finding
from schemas.messages import N_
from schemas.software import agent_name

COMPARING = N_("Comparing with the archive")
READING = N_("Reading scans")


@dataclass
class _Work:
    """What there is to do, and the findings of what an interrupted run set aside."""

    scans: dict[str, Compared] = field(default_factory=dict)
    records: list[Compared] = field(default_factory=list)
    faulty: list[tuple[Compared, tuple[Finding, ...]]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to do."""
        return not (self.scans or self.records or self.faulty)


def ingest(
    archive: Archive,
    source: Path,
    *,
    now: Callable[[], datetime],
    catalogue_path: Path | None = None,
    choose: Choose = choose_all,
    only_news: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> IngestReport:
    """Bring a delivery into the archive.

    Args:
        archive: Where to.
        source: Folder of scans and catalogue.
        now: The clock.
        catalogue_path: The catalogue, when it is not to be looked for in ``source``.
        choose: Says which items are meant; the others are passed over.
        only_news: Pass over what was set aside before and has not changed, and what was said
            before; do nothing at all where nothing is new.
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
        tally = run.take_in(delivery, source, choose, only_news=only_news)
        derived, findings = make_missing_derivatives(
            archive, catalogue, store, now=now, on_progress=on_progress
        )
        tally.add(findings)
        update_index(archive, catalogue, changed | derived | {*tally.added, *tally.updated})
        run.close(tally)
    return report_of(delivery, tally, archive.layout.quarantine)


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
        self._keys: dict[Path, tuple[str, int, int]] = {}

    def take_in(
        self, delivery: Delivery, source: Path, choose: Choose, *, only_news: bool
    ) -> Tally:
        """Take in every chosen item of the delivery that is new or changed."""
        repeats = Repeats(self._catalogue.work, only_open=not only_news)
        tally = Tally(delivery=delivery.findings)
        if only_news and repeats.knows_delivery(delivery.findings):
            tally.delivery = ()
        with self._catalogue.transaction():
            chosen = [planned for planned in delivery.items if choose(planned)]
            work = self._sort_out(chosen, tally, repeats, only_news=only_news)
            if only_news and work.is_empty and not tally.delivery:
                return tally
            self._record(delivery, source, work)
        # The jobs are on record now: whatever is committed from here on can be found again.
        for compared, findings in work.faulty:
            self._set_aside(compared, findings, tally)
        for compared in work.records:
            self._commit(compared, Outcome(compared.item_id), tally)
        self._read_scans(work.scans, tally)
        return tally

    def close(self, tally: Tally) -> None:
        """Close this batch, if there was work, and every one that an earlier run left open."""
        finish_derivatives(self._catalogue, self._now)
        at = utc_text(self._now())
        self._catalogue.work.finish_open_batches(BatchKind.INGEST, self._batch, at, tally.summary)

    def _sort_out(
        self, chosen: list[PlannedItem], tally: Tally, repeats: Repeats, *, only_news: bool
    ) -> _Work:
        """Count the items the archive holds already; put the others on the list of work."""
        work = _Work()
        comparison = Comparison(self._catalogue, self._archive.settings.derivatives)
        for done, planned in enumerate(chosen, start=1):
            compared = comparison.compare(planned)
            before = repeats.findings_of(compared)
            is_old = before is not None or compared.change is Change.UNCHANGED
            if not (only_news and is_old):
                tally.add(planned.findings)
            if compared.change is Change.UNCHANGED:
                tally.unchanged += 1
                release(self._archive.layout, planned.item_id)
            elif before is not None and only_news:
                pass
            elif compared.change is Change.SET_ASIDE:
                work.faulty.append((compared, planned.findings))
            elif before is not None:
                tally.add(before)
                work.faulty.append((compared, before))
            elif compared.change is Change.RECORD:
                work.records.append(compared)
            else:
                work.scans[planned.item_id] = compared
            self._on_progress(Progress(COMPARING, done, len(chosen), planned.record.identifier))
        return work

    def _record(self, delivery: Delivery, source: Path, work: _Work) -> None:
        """Begin the batch, with a job for everything there is to do."""
        jobs = self._catalogue.work
        self._batch = jobs.start_batch(BatchKind.INGEST, utc_text(self._now()), source.name)
        jobs.set_job(
            self._batch,
            JobRow(
                Stage.DELIVERY, "", state=JobState.DONE, findings=findings_text(delivery.findings)
            ),
        )
        faulty = (compared for compared, _findings in work.faulty)
        for compared in (*faulty, *work.records, *work.scans.values()):
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
        outcomes = carry(
            self._archive, partial(run_item, at=utc_text(self._now())), self._jobs(todo)
        )
        for number, outcome in enumerate(outcomes, start=1):
            compared = todo[outcome.item_id]
            tally.add(outcome.findings)
            read[outcome.item_id] = scans_read(outcome)
            if outcome.is_set_aside:
                self._set_aside(compared, outcome.findings, tally, tries=outcome.tries)
            else:
                self._commit(compared, outcome, tally)
            shutil.rmtree(self._archive.layout.staging_of(outcome.item_id), ignore_errors=True)
            done += compared.size_bytes
            self._tell_read(number, len(todo), compared, (done, total), tally)
        tally.add(duplicate_findings(scan for item_id in todo for scan in read[item_id]))

    def _commit(self, compared: Compared, outcome: Outcome, tally: Tally) -> None:
        """Put one item into the store, then publish what was made from it."""
        planned = compared.planned
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
            tally.add((finding,))
            self._set_aside(compared, (finding,), tally, tries=outcome.tries)
            return
        made = existing.derivatives if existing else None
        if outcome.derivatives is not None:
            made = publish_derivatives(self._archive.layout, planned.item_id, outcome.derivatives)
        with self._catalogue.transaction():
            self._catalogue.put(catalogue_item(self._store.read(planned.item_id), made))
            self._set_job(compared, JobState.DONE, tries=outcome.tries, findings=outcome.findings)
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
        self,
        compared: Compared,
        findings: tuple[Finding, ...],
        tally: Tally,
        *,
        tries: int = 0,
    ) -> None:
        set_aside(self._archive.layout, compared.planned, findings)
        self._set_job(compared, JobState.SET_ASIDE, tries=tries, findings=findings)
        tally.set_aside.append(compared.item_id)

    def _jobs(self, todo: dict[str, Compared]) -> Iterator[Job]:
        return (self._job(compared.planned) for compared in todo.values())

    def _job(self, planned: PlannedItem) -> Job:
        """Return the job for an item: its delivered scans, and its other masters from the store."""
        delivered = {scan.master_path: scan for scan in planned.scans}
        for scan in planned.scans:
            if (key := file_key(scan.source)) is not None:
                self._keys[scan.source] = key
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
        )

    def _remember(self, scan: Scan, outcome: Outcome) -> None:
        """Remember what a scan held when it was read.

        The key was taken before the copy: a file touched since then has another key, so its
        old digest can never be taken for the new bytes.
        """
        key = self._keys.get(scan.source)
        digests = {technical.path: technical.sha512 for technical in outcome.technical}
        if key is not None and scan.master_path in digests:
            self._catalogue.remember_source(*key, digests[scan.master_path])

    def _tell_read(
        self, number: int, count: int, compared: Compared, read: tuple[int, int], tally: Tally
    ) -> None:
        self._on_progress(
            Progress(
                READING,
                number,
                count,
                compared.planned.record.identifier,
                bytes_done=read[0],
                bytes_total=read[1],
                errors=len(tally.set_aside),
                warnings=tally.warnings,
            )
        )


def _ingestion(at: str, *, is_new: bool, masters: int) -> Event:
    kind = EventType.INGESTION if is_new or masters else EventType.METADATA_MODIFICATION
    detail = f"masters added or replaced: {masters}"
    return Event(kind, at, "success", agent_name(), detail=detail)
