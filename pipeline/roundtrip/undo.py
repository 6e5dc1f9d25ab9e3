"""Taking a batch back: its items become what they were before it, in a new version.

An item the batch brought in is withdrawn: its newest version holds no master and is listed
nowhere, and everything it was stays in the versions before. What was changed after the batch is
never overwritten: a change that both made is a conflict, and the item is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from archive.catalogue import Catalogue
from archive.job_table import BatchKind
from archive.opening import Archive
from archive.store import Store, StoredVersion
from pipeline.batch_items import candidates, unknown_batch
from pipeline.progress import OnProgress, ignore_progress
from pipeline.roundtrip.cells import with_cells
from pipeline.roundtrip.editing import (
    Edit,
    EditReport,
    Links,
    apply_edits,
    check_agreed,
    is_unfinished,
    writing,
)
from pipeline.roundtrip.merge import CellChange, merge_cells
from schemas.batches import batch_in
from schemas.errors import RecordError
from schemas.findings import Finding
from schemas.profile import Profile
from schemas.record_cells import cells_of, columns_of
from schemas.records import Record, View, withdrawn


@dataclass(frozen=True)
class ItemUndo:
    """What taking a batch back means for one item.

    Attributes:
        identifier: The item's inventory number.
        edit: The version it is to have.
        changes: Cells that change.
        masters_out: Logical paths of masters that leave the current version.
        masters_back: Of those that come back to it, or become what they were.
        is_withdrawn: The item leaves the archive.
    """

    identifier: str
    edit: Edit
    changes: tuple[CellChange, ...] = ()
    masters_out: tuple[str, ...] = ()
    masters_back: tuple[str, ...] = ()
    is_withdrawn: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the plan for the item as plain JSON data."""
        return {
            "identifier": self.identifier,
            "withdrawn": self.is_withdrawn,
            "masters_out": self.masters_out,
            "masters_back": self.masters_back,
            "changes": [{"column": c.heading, "old": c.old, "new": c.new} for c in self.changes],
        }


@dataclass(frozen=True)
class UndoPlan:
    """What taking a batch back would do.

    Attributes:
        batch: Its name.
        items: Items that change, in the order of their ids.
        findings: Items that were changed since, and damaged ones.
        is_unfinished: An earlier import or undo was interrupted, and this one brings it to its end.
    """

    batch: str
    items: tuple[ItemUndo, ...]
    findings: tuple[Finding, ...]
    is_unfinished: bool

    @property
    def by_item(self) -> dict[str, ItemUndo]:
        """What becomes of each item."""
        return {item.edit.record.item_id: item for item in self.items}

    @property
    def is_partial(self) -> bool:
        """Say whether some of the batch cannot be taken back."""
        return bool(self.findings)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain JSON data."""
        return {
            "batch": self.batch,
            "items": [item.to_json() for item in self.items],
            "findings": [finding.to_json() for finding in self.findings],
        }


def plan_undo(archive: Archive, batch: str) -> UndoPlan:
    """Return what taking a batch back would change; nothing is written.

    Raises:
        RecordError: The catalogue is missing or damaged.
        SourceError: No item of the archive was changed by such a batch.
    """
    with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        return _plan(archive, Store(archive.layout), catalogue, batch)


def undo_batch(
    archive: Archive,
    batch: str,
    *,
    agreed: UndoPlan,
    now: Callable[[], datetime],
    on_progress: OnProgress = ignore_progress,
) -> tuple[UndoPlan, EditReport]:
    """Take a batch back, as a batch that can be taken back itself.

    Args:
        archive: The archive.
        batch: Its name.
        agreed: The plan that was shown. It is made anew under the write lock, and only what was
            agreed is done.
        now: The clock.
        on_progress: Told after each item.

    Raises:
        RecordError: The archive changed since the plan was shown.
        SourceError: No item of the archive was changed by such a batch.
        StoreBusyError: Another process is writing to the archive.
        StoreWriteError: The disk refused; what was taken back before stays so.
    """
    with writing(archive) as (store, catalogue, refreshed):
        plan = _plan(archive, store, catalogue, batch)
        check_agreed(plan.by_item, agreed.by_item)
        report = apply_edits(
            archive,
            store,
            catalogue,
            (item.edit for item in plan.items),
            refreshed=refreshed,
            kind=BatchKind.UNDO,
            source=batch,
            now=now,
            on_progress=on_progress,
        )
    return plan, report


def _plan(archive: Archive, store: Store, catalogue: Catalogue, batch: str) -> UndoPlan:
    items: list[ItemUndo] = []
    findings: list[Finding] = []
    is_known = False
    for item_id in candidates(store, catalogue, batch):
        try:
            messages = [v.message for v in store.history(item_id)]
            numbers = [n for n, text in enumerate(messages, start=1) if batch_in(text) == batch]
            if not numbers:
                continue
            is_known = True
            undone = _undo_item(store, item_id, numbers, len(messages), archive.profile)
        except _Changed as error:
            values = {"what": ", ".join(error.what)}
            findings.append(Finding("RECORDS-undo-conflict", item_id=item_id, values=values))
            continue
        except RecordError as error:
            values = {"reason": error.problem}
            findings.append(Finding("STORE-damaged", item_id=item_id, values=values))
            continue
        if undone is not None:
            items.append(undone)
    if not is_known and not findings:
        raise unknown_batch(batch)
    return UndoPlan(batch, tuple(items), tuple(findings), is_unfinished(catalogue))


class _Changed(Exception):  # noqa: N818 (not an error of the program: a later edit stands)
    """What the batch changed was changed again."""

    def __init__(self, what: Iterable[str]) -> None:
        super().__init__()
        self.what = tuple(what)


def _undo_item(
    store: Store, item_id: str, numbers: list[int], newest: int, profile: Profile
) -> ItemUndo | None:
    """Return what becomes of one item, or None when the batch's changes are gone already.

    Raises:
        RecordError: A version is damaged.
        _Changed: A later version changed what the batch had changed.
    """
    after = store.read_version(item_id, numbers[-1])
    head = after if newest == after.number else store.read_version(item_id, newest)
    before = store.read_version(item_id, numbers[0] - 1) if numbers[0] > 1 else None
    if before is None or before.record.is_withdrawn:
        return _withdrawal(after, head)
    if head.record.is_withdrawn and not after.record.is_withdrawn:
        raise _Changed([f"v{newest}"])
    if after.record.is_withdrawn:
        # The batch withdrew the item, and nothing has brought it back since.
        return _restored(before, head) if head.record.is_withdrawn else None
    return _taken_back(before, after, head, profile)


def _withdrawal(after: StoredVersion, head: StoredVersion) -> ItemUndo | None:
    """Return the withdrawal of an item that the batch brought in."""
    if head.record.is_withdrawn:
        return None
    if head.record != after.record or head.masters != after.masters:
        raise _Changed(f"v{n}" for n in range(after.number + 1, head.number + 1))
    edit = Edit(withdrawn(head.record.identifier), Links({}, ()), "withdrawn")
    return ItemUndo(
        head.record.identifier, edit, masters_out=tuple(head.masters), is_withdrawn=True
    )


def _restored(before: StoredVersion, head: StoredVersion) -> ItemUndo:
    edit = Edit(before.record, Links(before.masters, before.technical), f"as in v{before.number}")
    back = tuple(path for path in before.masters if path not in head.masters)
    return ItemUndo(before.record.identifier, edit, masters_back=back)


def _taken_back(
    before: StoredVersion, after: StoredVersion, head: StoredVersion, profile: Profile
) -> ItemUndo | None:
    """Return the item with the batch's changes of cells and masters taken back, each by itself."""
    was, then, now = (cells_of(v.record, profile) for v in (before, after, head))
    columns = columns_of(profile.of(head.record.kind))
    headings = [h for h in {**was, **then, **now} if h not in columns.fixed]
    merged = merge_cells(then, now, was, headings=headings)
    masters, contested = _merge_masters(before.masters, after.masters, head.masters)
    if merged.conflicts or contested:
        raise _Changed([*(conflict.heading for conflict in merged.conflicts), *contested])
    record = before.record
    if head.number != after.number:
        # Emptying a required field is what the item was before: no rule is asked here.
        changes = {change.heading: change.new for change in merged.changes}
        record = with_cells(
            head.record, changes, profile, earlier=before.record.statements, is_checked=False
        )
    views = _views(before.record, after.record, head.record, masters)
    record = replace(record, views=views)
    technical = {t.sha512 + t.path: t for v in (before, after, head) for t in v.technical}
    links = Links(masters, tuple(technical[masters[view.path] + view.path] for view in views))
    if record == head.record and masters == head.masters:
        return None
    out = tuple(path for path in head.masters if path not in masters)
    back = tuple(path for path, digest in masters.items() if head.masters.get(path) != digest)
    edit = Edit(record, links, f"as in v{before.number}")
    return ItemUndo(record.identifier, edit, merged.changes, out, back)


def _merge_masters(
    before: Mapping[str, str], after: Mapping[str, str], head: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Return the masters without what the batch did, and those that a later version changed."""
    masters: dict[str, str] = {}
    contested: list[str] = []
    for path in {**before, **after, **head}:
        was, then, now = before.get(path), after.get(path), head.get(path)
        if was == then or now == was:
            wanted = now
        elif now == then:
            wanted = was
        else:
            contested.append(path)
            continue
        if wanted is not None:
            masters[path] = wanted
    return masters, contested


def _views(
    before: Record, after: Record, head: Record, masters: Mapping[str, str]
) -> tuple[View, ...]:
    """Return the views of the masters: as before the batch where nobody touched them since."""
    order = before.views if head.views == after.views else (*head.views, *before.views)
    views = {view.path: view for view in (*head.views, *order)}
    first = {view.path: view for view in order if view.path in masters}
    rest = {path: views.get(path, View(path)) for path in masters if path not in first}
    return (*first.values(), *rest.values())
