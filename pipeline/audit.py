"""The fixity audit: bytes of the store against what was recorded, as a report and a log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from archive.audit_log import (
    AuditLog,
    PastAudit,
    begin_log,
    iter_past_audits,
    last_audited,
    resume_log,
)
from archive.catalogue import Catalogue
from archive.fixity import (
    Problem,
    audit_items,
    audit_root,
    iter_missing,
    survey_store,
)
from archive.lock import audit_lock, write_lock
from archive.opening import Archive
from archive.pace import Pace
from archive.store import Store
from pipeline.audit_choice import AuditChoice, chosen_ids
from pipeline.progress import OnProgress, Progress, ignore_progress
from schemas.errors import RecordError, StoreBusyError, StoreWriteError
from schemas.events import Event, EventType, utc_text
from schemas.messages import N_, _, ngettext
from schemas.software import agent_name

AUDITING = N_("Reading the store")
RESUMED_WITHIN = timedelta(days=7)
"""An audit that was interrupted longer ago is begun again: what it read is old news."""
_SYNC_EVERY_S = 5.0

_SENTENCES = {
    "missing": N_("{path}: the file is missing."),
    "changed": N_("{path}: the file is not as recorded."),
    "extra": N_("{path}: nothing records this file."),
    "inventory": N_("{path}: the inventory is damaged: {found}."),
}


@dataclass(frozen=True)
class AuditReport:
    """What an audit found.

    Attributes:
        items: Objects read.
        files: Files read.
        size_bytes: Bytes read.
        problems: Everything that is not as recorded.
        knows_all: Whether a catalogue could say which objects must be there; without one a
            whole object that was removed is not missed.
        items_in_store: Objects there are.
        selection: Which were to be read, in the words of the log.
        resumed: Objects of ``items`` that were read before an interruption.
        left: Objects that were chosen and not read, because the time was up.
        started_at: When it began, RFC 3339.
        finished_at: When it ended, RFC 3339.
        agent: The software that read.
        log: Name of the log in ``audits/``; empty when none could be written.
        repaired: Paths that were restored from a copy; they are not among ``problems``.
    """

    items: int
    files: int
    size_bytes: int
    problems: tuple[Problem, ...]
    knows_all: bool = True
    items_in_store: int = 0
    selection: str = "all"
    resumed: int = 0
    left: int = 0
    started_at: str = ""
    finished_at: str = ""
    agent: str = ""
    log: str = ""
    repaired: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every object of the store was read."""
        return self.items >= self.items_in_store

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        return asdict(self) | {"is_intact": not self.problems}

    def summary(self) -> str:
        """Return one sentence on the whole, in the current language."""
        if self.problems:
            return ngettext(
                "{count} file is not as recorded, of {files} in {items} items.",
                "{count} files are not as recorded, of {files} in {items} items.",
                len(self.problems),
            ).format(count=len(self.problems), files=self.files, items=self.items)
        return _("{files} files in {items} items, {size} MB: every byte is as recorded.").format(
            files=self.files, items=self.items, size=f"{self.size_bytes / 1e6:.1f}"
        )

    def lines(self) -> Iterator[str]:
        """Yield the report in the current language: a line a problem, then the whole."""
        yield from (problem_sentence(problem) for problem in self.problems)
        yield from (_("{path}: restored from the copy.").format(path=p) for p in self.repaired)
        if self.resumed:
            yield _("{count} items had been read before the interruption.").format(
                count=self.resumed
            )
        yield self.summary()
        if not self.is_whole:
            yield _("Read this time: {items} of {all} items.").format(
                items=self.items, all=self.items_in_store
            )


def problem_sentence(problem: Problem) -> str:
    """Return what is wrong with one file, in the current language."""
    return _(_SENTENCES[problem.kind]).format(path=problem.path, found=problem.found)


def audit(
    archive: Archive,
    *,
    now: Callable[[], datetime],
    choice: AuditChoice | None = None,
    on_progress: OnProgress = ignore_progress,
    clock: Callable[[], float] = time.monotonic,
) -> AuditReport:
    """Read the store, or a choice of its items, and compare it with what was recorded.

    An object whose whole folder is gone leaves no trace in the store; the catalogue knows of it,
    where there is one. What was read is noted in a log under ``audits/``; an interrupted audit
    goes on from it when it is run again within :data:`RESUMED_WITHIN`. On a write-protected
    archive there is no log.

    Args:
        archive: Whose store.
        now: The clock.
        choice: What to read; without one, everything.
        on_progress: Told how far it is.
        clock: Gives seconds that never go back, for rates and limits of time.

    Raises:
        SourceError: A pattern of the choice fits no item.
        StoreBusyError: Another audit of this archive is at work.
        StoreWriteError: The disk refused the log in the middle.
    """
    choice = choice or AuditChoice()
    store = Store(archive.layout)
    # An interrupted commit is finished first, or its files would be called strange. Where another
    # process is writing it has done so itself, and on a write-protected copy there is none.
    with suppress(StoreBusyError, StoreWriteError), write_lock(archive.layout):
        store.recover()
    with _logged(archive, choice, now) as (log, past):
        run = _Run(store, choice, now, clock, on_progress, log, past)
        return run.report(_catalogued(archive))


@contextmanager
def _logged(
    archive: Archive, choice: AuditChoice, now: Callable[[], datetime]
) -> Iterator[tuple[AuditLog | None, PastAudit | None]]:
    """Give the log to write, if one can be written, and what it says already."""
    log = past = None
    with ExitStack() as held:
        # A write-protected or full disk can still be read; the report says that it has no log.
        with suppress(StoreWriteError):
            held.enter_context(audit_lock(archive.layout))
            past = _interrupted(archive, choice, now) if choice.can_be_resumed else None
            log = resume_log(past) if past else begin_log(archive.layout, choice.text, now)
        try:
            yield log, past if log else None
        finally:
            if log is not None:
                log.sync()


def _interrupted(
    archive: Archive, choice: AuditChoice, now: Callable[[], datetime]
) -> PastAudit | None:
    """Return the last audit of this choice, if it was interrupted and not long ago."""
    for past in iter_past_audits(archive.layout):
        if past.selection == choice.text:
            age = now() - datetime.fromisoformat(past.started_at)
            return past if past.event is None and age <= RESUMED_WITHIN else None
    return None


def _catalogued(archive: Archive) -> frozenset[str] | None:
    """Return the items the catalogue knows of; None where there is no whole one."""
    try:
        with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
            return frozenset(catalogue.item_ids())
    except RecordError:
        return None


class _Run:
    """One audit at work."""

    def __init__(
        self,
        store: Store,
        choice: AuditChoice,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        on_progress: OnProgress,
        log: AuditLog | None,
        past: PastAudit | None,
    ) -> None:
        self._store = store
        self._choice = choice
        self._now = now
        self._clock = clock
        self._on_progress = on_progress
        self._log = log
        self._started_at = log.started_at if log else utc_text(now())
        # What was not as recorded is read again: it may have been restored since.
        before = past.results if past else {}
        self._results = {
            item_id: result for item_id, (_at, result) in before.items() if not result.problems
        }
        self._resumed = len(self._results)

    def report(self, catalogued: frozenset[str] | None) -> AuditReport:
        """Read, and return what was found."""
        survey = survey_store(self._store)
        last = last_audited(self._store.layout) if self._choice.text.startswith("oldest") else {}
        chosen = chosen_ids(
            self._choice,
            survey.item_ids,
            seed=self._log.name if self._log else self._started_at,
            last=last,
            done=frozenset(self._results),
        )
        gone = sorted((catalogued or frozenset()).difference(survey.item_ids))
        root = audit_root(self._store, survey.strays)
        left = self._read(chosen)
        others = (root, *iter_missing(self._store, gone))
        every = (*self._results.values(), *others)
        report = AuditReport(
            items=len(self._results) + len(gone),
            files=sum(result.files_checked for result in every),
            size_bytes=sum(result.bytes_checked for result in every),
            problems=tuple(problem for result in every for problem in result.problems),
            knows_all=catalogued is not None,
            items_in_store=len(survey.item_ids) + len(gone),
            selection=self._choice.text,
            resumed=self._resumed,
            left=left,
            started_at=self._started_at,
            finished_at=utc_text(self._now()),
            agent=agent_name(),
            log=self._log.name if self._log else "",
        )
        if self._log:
            self._log.add_event(_event(report))
        return report

    def _read(self, chosen: list[str]) -> int:
        """Read the chosen objects; return how many the time did not suffice for."""
        pace = Pace(self._choice.max_bytes_per_s, clock=self._clock)
        began = synced = self._clock()
        done, subject = 0, ""

        def tell(bytes_done: int, _files_done: int = 0) -> None:
            progress = Progress(AUDITING, done, len(chosen), subject, bytes_done=bytes_done)
            self._on_progress(progress)

        results = audit_items(
            self._store, chosen, on_progress=tell, pace=pace, jobs=self._choice.readers
        )
        with closing(results):
            for result in results:
                self._results[result.item_id] = result
                if self._log:
                    self._log.add(result, self._now())
                    if self._clock() - synced >= _SYNC_EVERY_S:
                        self._log.sync()
                        synced = self._clock()
                done, subject = done + 1, result.item_id
                tell(pace.bytes_done)
                time_s = self._choice.time_s
                if time_s is not None and self._clock() - began >= time_s:
                    break
        return len(chosen) - done


def _event(report: AuditReport) -> Event:
    """Return the audit as a PREMIS event."""
    counts = {
        "selection": report.selection,
        "items": report.items,
        "of": report.items_in_store,
        "files": report.files,
        "bytes": report.size_bytes,
        "not_as_recorded": len(report.problems),
    }
    return Event(
        type=EventType.FIXITY_CHECK,
        at=report.finished_at,
        outcome="fail" if report.problems else "success",
        agent=report.agent,
        detail="; ".join(f"{name}={value}" for name, value in counts.items()),
    )
