"""Keeping a verified copy of the archive: its store, what people wrote beside it, audit logs.

Nothing at the copy is deleted, and no object that stands there is replaced: new versions are
added, everything else is told as a finding. ``docs/recovery.md`` says what the copy is for.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from archive import durable
from archive.disk_format import largest_file_bytes
from archive.layout import Layout
from archive.lock import write_lock
from archive.ocfl_root import is_root, object_path
from archive.pace import Pace
from archive.replication import CopyPlan, Standing, copy_object, plan_copy
from archive.store import Store
from archive.verified_copy import DamagedSourceError
from pipeline.progress import OnProgress, Progress, ignore_progress
from pipeline.replica_documents import copy_documents, copy_texts
from pipeline.replica_place import check_place, write_marker
from schemas.errors import StoreWriteError
from schemas.events import utc_text
from schemas.findings import Finding
from schemas.messages import N_, _

COMPARING = N_("Comparing")
COPYING = N_("Copying")

_FINDINGS = {
    Standing.SOURCE_DAMAGED: "REPLICA-source-damaged",
    Standing.TARGET_DAMAGED: "REPLICA-damaged",
    Standing.NEWER: "REPLICA-newer",
    Standing.DIFFERS: "REPLICA-differs",
}


@dataclass(frozen=True)
class ReplicaReport:
    """What a replication did.

    Attributes:
        target: The copy's folder.
        added: Items that were new there.
        updated: Items that got new versions there.
        unchanged: Items that were there already.
        only_there: Items that only the copy has; they stay.
        files: Files copied, each read back.
        size_bytes: Their bytes.
        findings: Items that were not copied, and why.
    """

    target: str
    added: int
    updated: int
    unchanged: int
    only_there: int
    files: int
    size_bytes: int
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        return asdict(self) | {"findings": [finding.to_json() for finding in self.findings]}

    def lines(self) -> Iterator[str]:
        """Yield what was done, in the current language."""
        yield _("{added} new, {updated} with new versions, {unchanged} unchanged.").format(
            added=self.added, updated=self.updated, unchanged=self.unchanged
        )
        yield _("Copied and read back: {files} files, {size} MB.").format(
            files=self.files, size=f"{self.size_bytes / 1e6:.1f}"
        )
        if self.only_there:
            yield _("{count} items are only in the copy; they stay there.").format(
                count=self.only_there
            )


@dataclass
class _Work:
    """What there is to do, as it is found out."""

    due: list[CopyPlan] = field(default_factory=list)
    unchanged: int = 0
    only_there: int = 0
    findings: list[Finding] = field(default_factory=list)


def replicate(
    source: Layout,
    target: Layout,
    *,
    now: Callable[[], datetime],
    max_bytes_per_s: float = 0,
    on_progress: OnProgress = ignore_progress,
) -> ReplicaReport:
    """Bring everything of ``source`` that ``target`` lacks there, each byte read back.

    It may be stopped at any moment and run again; what is there already is not copied again.

    Args:
        source: The archive.
        target: Its copy: a folder that is new, empty, or was made by this.
        now: The clock.
        max_bytes_per_s: The most bytes a second; 0 is no limit.
        on_progress: Told how far it is.

    Raises:
        ConfigError: ``target`` is the archive, in it, or holds other things.
        FixityError: What came to the disk is not what was read.
        RecordError: The archive's store is not there, or cannot be listed.
        StoreBusyError: Another command is writing to ``target``.
        StoreWriteError: The disk of ``target`` refused, or has no room.
    """
    Store(source).check_root()
    check_place(source, target)
    durable.make_folder(target.root)
    started_at = utc_text(now())
    with write_lock(target):
        write_marker(target, started_at, finished_at="")
        store = Store.create(target) if not is_root(target.store) else Store(target)
        store.recover()
        work = _compare(Store(source), store, on_progress)
        _check_room(target, work.due)
        copy_documents(source, target)
        report = _copy(Store(source), store, work, max_bytes_per_s, on_progress)
        told = tuple(copy_texts(source, target))
        store.recover()
        write_marker(target, started_at, finished_at=utc_text(now()))
    return replace(report, findings=(*report.findings, *told))


def _compare(source: Store, target: Store, on_progress: OnProgress) -> _Work:
    work = _Work()
    ids, there = list(source.iter_item_ids()), set(target.iter_item_ids())
    work.only_there = len(there.difference(ids))
    largest = largest_file_bytes(target.layout.root)
    for number, item_id in enumerate(ids, start=1):
        plan = plan_copy(source, target, item_id)
        if plan.standing is Standing.SAME:
            work.unchanged += 1
        elif not plan.is_due:
            work.findings.append(_finding(plan))
        elif largest is not None and plan.largest_bytes > largest:
            work.findings.append(
                Finding(
                    "REPLICA-file-too-large",
                    path=object_path(item_id),
                    item_id=item_id,
                    values={"size": f"{plan.largest_bytes / 1e9:.1f}"},
                )
            )
        else:
            work.due.append(plan)
        on_progress(Progress(COMPARING, number, len(ids), item_id))
    return work


def _finding(plan: CopyPlan) -> Finding:
    path = plan.path or object_path(plan.item_id)
    return Finding(_FINDINGS[plan.standing], path=path, item_id=plan.item_id)


def _check_room(target: Layout, due: list[CopyPlan]) -> None:
    """Make sure that what is to be copied fits, before any of it is copied.

    Raises:
        StoreWriteError: It does not.
    """
    needed = sum(plan.size_bytes for plan in due)
    free = shutil.disk_usage(target.root).free
    if needed > free:
        raise StoreWriteError(
            _("The copy needs {needed} MB, and its disk has {free} MB free.").format(
                needed=f"{needed / 1e6:.1f}", free=f"{free / 1e6:.1f}"
            ),
            remedy=_("Take a larger disk, or free some space there; nothing was copied."),
            path=target.root,
        )


def _copy(
    source: Store,
    target: Store,
    work: _Work,
    max_bytes_per_s: float,
    on_progress: OnProgress,
) -> ReplicaReport:
    added = updated = 0
    total = sum(plan.size_bytes for plan in work.due)
    done = 0

    def tell(bytes_done: int) -> None:
        on_progress(
            Progress(
                COPYING,
                done,
                len(work.due),
                bytes_done=bytes_done,
                bytes_total=total,
                errors=len(work.findings),
            )
        )

    pace = Pace(max_bytes_per_s, on_count=tell)
    for plan in work.due:
        try:
            copy_object(source, target, plan, pace)
        except DamagedSourceError as error:
            path = _relative(error.path, source)
            work.findings.append(Finding("REPLICA-source-damaged", path=path, item_id=plan.item_id))
        else:
            added += plan.standing is Standing.ABSENT
            updated += plan.standing is Standing.BEHIND
        done += 1
        tell(pace.bytes_done)
    return ReplicaReport(
        target=str(target.layout.root),
        added=added,
        updated=updated,
        unchanged=work.unchanged,
        only_there=work.only_there,
        files=pace.files_done,
        size_bytes=pace.bytes_done,
        findings=tuple(work.findings),
    )


def _relative(path: Path | None, store: Store) -> str:
    return path.relative_to(store.layout.store).as_posix() if path else ""
