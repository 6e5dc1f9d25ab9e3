"""Which items a partner has to take out: those that were to be had since a moment and are no more.

The store's versions say what each item was then; nothing else has to be remembered, so this is
right after ``rebuild`` and for a partner nobody kept a list of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from archive.catalogue import Catalogue
from archive.export.deletions import Deletion, DeletionReason
from archive.store import Store
from pipeline.selection import Chosen
from schemas.records import Record, day_of, is_public


def iter_deletions(store: Store, catalogue: Catalogue, chosen: Chosen) -> Iterator[Deletion]:
    """Yield the items that left a selection since its moment, in the order of their ids.

    An item is told if, at the moment or later, it was public and had what the selection asks,
    and now it is not to be had. A query can only be asked of today's records, so with one every
    changed item that it no longer finds is told; to take out what was never there does no harm.

    Args:
        store: The store, whose folders are listed once; only objects that changed are read.
        catalogue: Its catalogue.
        chosen: The selection, with its moment; without one there are no deletions.

    Raises:
        RecordError: A stored item is damaged.
    """
    since = chosen.since
    if since is None:
        return
    for item_id in store.iter_item_ids():
        if chosen.past.ids is not None and item_id not in chosen.past.ids:
            continue
        item = catalogue.get(item_id)
        if item is None:
            reason = DeletionReason.WITHDRAWN
        elif chosen.is_shown(item) or datetime.fromisoformat(item.updated_at) < since:
            continue
        elif chosen.public_on is not None and not is_public(item.record, chosen.public_on):
            reason = DeletionReason.NOT_PUBLIC
        else:
            reason = DeletionReason.NOT_SELECTED
        last = last_shown(store, item_id, chosen, since)
        if last is not None:
            yield Deletion(item_id, last.record.identifier, last.until, reason)


@dataclass(frozen=True)
class LastShown:
    """What an item was before it left a selection.

    Attributes:
        record: Its record.
        until: When another took its place, RFC 3339.
    """

    record: Record
    until: str


def last_shown(store: Store, item_id: str, chosen: Chosen, since: datetime) -> LastShown | None:
    """Return what an item was before it left a selection.

    None: it left before ``since``, or never was in it.

    Raises:
        RecordError: The item is damaged.
    """
    versions = store.history(item_id)
    if datetime.fromisoformat(versions[-1].created) < since:
        return None
    for number in range(len(versions) - 1, 0, -1):
        ended = datetime.fromisoformat(versions[number].created)
        if ended < since:
            return None
        record = store.read_version(item_id, number).record
        if _was_shown(record, chosen, ended):
            return LastShown(record, versions[number].created)
    return None


def _was_shown(record: Record, chosen: Chosen, until: datetime) -> bool:
    """Say whether a record was to be had on the last day before another took its place."""
    if record.is_withdrawn or not chosen.past.has_values(record):
        return False
    return chosen.public_on is None or is_public(record, day_of(until))
