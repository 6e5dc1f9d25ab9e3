"""New versions of records, committed as one batch that can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from archive.catalogue import Catalogue
from archive.durable import sync_disk
from archive.job_table import BatchKind, JobRow, JobState, Stage
from archive.lock import write_lock
from archive.opening import Archive
from archive.store import Commit, Store
from pipeline.derivative_sets import finish_derivatives, kept_derivatives
from pipeline.indexing import update_index
from pipeline.missing_derivatives import make_missing_derivatives
from pipeline.progress import OnProgress, Progress
from pipeline.refresh import Refreshed, catalogue_item, refresh_from_store, refresh_item
from schemas.batches import message_of
from schemas.errors import RecordError
from schemas.events import Event, EventType, utc_text
from schemas.findings import Finding
from schemas.messages import N_, _
from schemas.records import Record
from schemas.software import agent_name
from schemas.technical import Technical

COMMITTING = N_("Writing to the archive")
# The batches that are committed here.
_KINDS = (BatchKind.EDIT, BatchKind.UNDO)


@dataclass(frozen=True)
class Links:
    """The masters an item is to have, all of which its object holds.

    Attributes:
        masters: sha512 by logical path.
        technical: What was read from each, in the order of the record's views.
    """

    masters: Mapping[str, str]
    technical: tuple[Technical, ...]


@dataclass(frozen=True)
class Edit:
    """A new version of one item.

    Attributes:
        record: Its description.
        links: Its masters, or None when they stay as they are.
        detail: What was changed, for the event; in English.
    """

    record: Record
    links: Links | None = None
    detail: str = ""


@dataclass(frozen=True)
class EditReport:
    """What a batch of edits did.

    Attributes:
        batch: Its name; empty when there was nothing to do.
        changed: Ids of items with a new version.
        findings: Items that could not be changed, and what was found in masters.
    """

    batch: str = ""
    changed: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@contextmanager
def writing(archive: Archive) -> Iterator[tuple[Store, Catalogue, Refreshed]]:
    """Hold the archive for a batch of edits, with what interrupted runs left behind taken up.

    Raises:
        StoreBusyError: Another process is writing to the archive.
    """
    with write_lock(archive.layout), Catalogue.open(archive.layout.catalogue) as catalogue:
        store = Store(archive.layout)
        store.recover()
        yield store, catalogue, refresh_from_store(archive.layout, store, catalogue)


def check_agreed(wanted: Mapping[str, object], agreed: Mapping[str, object]) -> None:
    """Make sure that nothing is done that was not shown; less may be left to do than was shown.

    Args:
        wanted: What is to be done, by item.
        agreed: What was shown.

    Raises:
        RecordError: Something was not shown so.
    """
    if any(agreed.get(item_id) != edit for item_id, edit in wanted.items()):
        raise RecordError(
            _("The archive changed since these changes were shown; nothing was written."),
            remedy=_("Run the command again and look at the changes once more."),
        )


def is_unfinished(catalogue: Catalogue) -> bool:
    """Say whether a batch of edits was interrupted and nothing has brought it to its end."""
    return any(catalogue.work.open_batches(kind) for kind in _KINDS)


def apply_edits(
    archive: Archive,
    store: Store,
    catalogue: Catalogue,
    edits: Iterable[Edit],
    *,
    refreshed: Refreshed,
    kind: BatchKind,
    source: str,
    now: Callable[[], datetime],
    on_progress: OnProgress,
) -> EditReport:
    """Commit edits as one batch; the caller holds the write lock.

    Stopped in the middle, what was committed stays, and the next batch brings catalogue and index
    up to date with it, also one without edits.

    Args:
        archive: The archive.
        store: Its store, recovered.
        catalogue: Its catalogue.
        edits: One an item.
        refreshed: What interrupted runs had left behind in the catalogue.
        kind: What the batch is.
        source: The file or batch it comes from.
        now: The clock.
        on_progress: Told after each item.

    Raises:
        StoreWriteError: The disk refused; what was committed before stays.
    """
    todo = list(edits)
    number, name = _start(catalogue, todo, kind, source, now) if todo else (0, "")
    changed: list[str] = []
    findings = list(refreshed.findings)
    for done, edit in enumerate(todo, start=1):
        item_id = edit.record.item_id
        try:
            commit = _commit(store, edit, message_of(_deed(kind), name), utc_text(now()))
        except RecordError as error:
            values = {"reason": error.problem}
            findings.append(Finding("STORE-damaged", item_id=item_id, values=values))
            continue
        with catalogue.transaction():
            _publish(archive, store, catalogue, edit)
            row = JobRow(Stage.RECORD, item_id, "", JobState.DONE, 0, "[]")
            catalogue.work.set_job(number, row)
        if commit.is_changed:
            changed.append(item_id)
        on_progress(Progress(COMMITTING, done, len(todo), edit.record.identifier))
    made = make_missing_derivatives(archive, catalogue, store, now=now, on_progress=on_progress)
    update_index(archive, catalogue, {*refreshed.item_ids, *changed, *made.item_ids})
    sync_disk()
    finish_derivatives(catalogue, now)
    summary = {"changed": len(changed), "set_aside": len(findings)}
    for each in _KINDS:
        catalogue.work.finish_open_batches(each, number, utc_text(now()), summary)
    return EditReport(name, tuple(changed), (*findings, *made.findings))


def _start(
    catalogue: Catalogue,
    todo: Sequence[Edit],
    kind: BatchKind,
    source: str,
    now: Callable[[], datetime],
) -> tuple[int, str]:
    """Begin the batch with a job for each edit, and return its number and name."""
    number = catalogue.work.start_batch(kind, utc_text(now()), source)
    with catalogue.transaction():
        for edit in todo:
            row = JobRow(Stage.RECORD, edit.record.item_id, "", JobState.TODO, 0, "[]")
            catalogue.work.set_job(number, row)
    return number, catalogue.work.batch(number).name


def _commit(store: Store, edit: Edit, message: str, at: str) -> Commit:
    event = Event(EventType.METADATA_MODIFICATION, at, "success", agent_name(), detail=edit.detail)
    if edit.links is None:
        return store.commit(
            edit.record, masters={}, technical=(), events=(event,), message=message, at=at
        )
    return store.relink(
        edit.record,
        masters=edit.links.masters,
        technical=edit.links.technical,
        events=(event,),
        message=message,
        at=at,
    )


def _publish(archive: Archive, store: Store, catalogue: Catalogue, edit: Edit) -> None:
    """Bring the catalogue up to date with one item."""
    item_id = edit.record.item_id
    existing = catalogue.get(item_id)
    if edit.links is not None or existing is None:
        refresh_item(archive.layout, store, catalogue, item_id)
        return
    kept = kept_derivatives(archive, existing, edit.record)
    catalogue.put(catalogue_item(store.read(item_id), kept))


def _deed(kind: BatchKind) -> str:
    return {BatchKind.EDIT: "Edit", BatchKind.UNDO: "Undo"}.get(kind, "Update")
