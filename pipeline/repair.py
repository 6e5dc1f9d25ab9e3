"""Restoring what an audit found damaged or missing, from a copy, with an event of each repair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from archive.audit_log import AuditLog, begin_log
from archive.fixity import Problem, audit_root, survey_store
from archive.layout import Layout
from archive.lock import write_lock
from archive.ocfl_root import ID_PREFIX, is_item_id, object_path
from archive.opening import Archive
from archive.pace import Pace
from archive.repair import Repair, repair_item, repair_root
from archive.store import Store
from pipeline.audit import AuditReport
from pipeline.progress import OnProgress, Progress, ignore_progress
from pipeline.replica_place import check_apart
from schemas.events import Event, EventType, utc_text
from schemas.messages import N_
from schemas.software import agent_name

REPAIRING = N_("Restoring")


def repair(
    archive: Archive,
    report: AuditReport,
    copy: Path,
    *,
    now: Callable[[], datetime],
    on_progress: OnProgress = ignore_progress,
) -> AuditReport:
    """Put back what ``report`` says is not as recorded, as far as the copy proves to have it.

    Each repair is an event in the audit's log; the damaged files are kept under
    ``audits/set-aside/``. Files that nothing records stay where they are.

    Args:
        archive: What is damaged.
        report: What an audit of it just found.
        copy: The folder of a copy that ``hoaban replicate`` made, or of another archive.
        now: The clock.
        on_progress: Told how far it is.

    Returns:
        The report with what is still not as recorded, and what was restored.

    Raises:
        ConfigError: ``copy`` is the archive itself.
        FixityError: What came to the disk is not what was read.
        RecordError: There is no store in ``copy``.
        StoreBusyError: Another command is writing to the archive.
        StoreWriteError: The disk refused.
    """
    check_apart(archive.layout.root, copy)
    other = Store(Layout(copy.resolve()))
    other.check_root()
    if not report.problems:
        return report
    store = Store(archive.layout)
    with write_lock(archive.layout):
        store.recover()
        log = _log(archive.layout, report, now)
        aside = archive.layout.audits / "set-aside" / log.name
        return _repaired(report, store, other, log, aside, now, on_progress)


def _repaired(
    report: AuditReport,
    store: Store,
    copy: Store,
    log: AuditLog,
    aside: Path,
    now: Callable[[], datetime],
    on_progress: OnProgress,
) -> AuditReport:
    of_items: dict[str, list[Problem]] = {}
    for problem in report.problems:
        of_items.setdefault(_item_of(problem.path), []).append(problem)
    of_items.pop("", None)
    left: list[Problem] = []
    repairs = list(repair_root(store, aside))
    _note(log, repairs, copy, now)
    pace = Pace()
    for number, item_id in enumerate(of_items, start=1):
        restored, still = repair_item(store, copy, item_id, aside=aside, pace=pace)
        _note(log, restored, copy, now)
        repairs.extend(restored)
        left.extend(still)
        progress = Progress(REPAIRING, number, len(of_items), item_id, bytes_done=pace.bytes_done)
        on_progress(progress)
    # What is wrong in the root beside its own files cannot be put back, only looked at.
    left.extend(audit_root(store, survey_store(store).strays).problems)
    return replace(
        report, problems=tuple(left), repaired=tuple(entry.path for entry in repairs), log=log.name
    )


def _log(layout: Layout, report: AuditReport, now: Callable[[], datetime]) -> AuditLog:
    if report.log:
        return AuditLog(layout.audits / f"{report.log}.jsonl", report.started_at)
    return begin_log(layout, "repair", now)


def _note(
    log: AuditLog,
    repairs: list[Repair] | tuple[Repair, ...],
    copy: Store,
    now: Callable[[], datetime],
) -> None:
    for entry in repairs:
        source = f"copy {copy.layout.root.name}" if entry.from_copy else "the object itself"
        log.add_event(
            Event(
                type=EventType.RECOVERY,
                at=utc_text(now()),
                outcome="success",
                agent=agent_name(),
                path=entry.path,
                detail=f"sha512={entry.sha512}; from={source}",
            )
        )
    log.sync()


def _item_of(path: str) -> str:
    """Return the item whose object a path of the store lies in; empty for the root."""
    parts = PurePosixPath(path).parts
    if len(parts) > 3:
        item_id = parts[3].removeprefix(ID_PREFIX.replace(":", "%3a"))
        if is_item_id(item_id) and object_path(item_id) == "/".join(parts[:4]):
            return item_id
    return ""
