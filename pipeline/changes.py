"""What became of items for the public, from their first version on: the log harvesters follow.

It is read from the store's versions, so ``rebuild`` loses nothing of it, and what is new only ever
comes at the end. The one exception is an item that cannot be read, or whose images are missing: it
is not in the log until it is mended. What was read of old versions is kept in the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import pairwise

from archive.catalogue import Catalogue
from archive.pasts import State
from archive.store import Store
from pipeline.derivative_sets import damaged_finding
from schemas.crosswalks.discovery import Change, ChangeKind
from schemas.errors import RecordError
from schemas.events import utc_text
from schemas.findings import Finding
from schemas.records import opened_at


def changes_until(
    catalogue: Catalogue,
    store: Store,
    now: datetime,
    *,
    is_shown: Callable[[str], bool],
    tell: Callable[[Finding], None],
) -> list[Change]:
    """Return everything that became of items for the public, the oldest first.

    Args:
        catalogue: The catalogue; what is read of old versions is kept in it.
        store: The store.
        now: What comes later, as the end of an embargo, is not told.
        is_shown: Says whether an item that is public now has what the log is about on the site.
            An item of which that is not so is passed over.
        tell: Takes what is found: items whose old versions cannot be read.
    """
    changes = [
        Change(created_at, item_id, ChangeKind.CREATE)
        for item_id, created_at in catalogue.pasts.always_public()
        if is_shown(item_id)
    ]
    with catalogue.transaction():
        for item_id in (*catalogue.pasts.eventful(), *catalogue.pasts.gone()):
            try:
                states = _states(catalogue, store, item_id)
            except RecordError as error:
                tell(damaged_finding(item_id, error))
                continue
            found = list(changes_of(item_id, states, now))
            if found and (found[-1].kind is ChangeKind.DELETE or is_shown(item_id)):
                changes += found
    # Stable: what became of one item within a second stays in its order.
    return sorted(changes, key=lambda change: (change.at, change.item_id))


def changes_of(item_id: str, states: Iterable[State], now: datetime) -> Iterator[Change]:
    """Yield what became of one item for the public, the oldest first.

    Args:
        item_id: The item.
        states: What its versions were, the oldest first.
        now: What comes later is not told.
    """
    was_seen = False
    for state, following in pairwise((*states, None)):
        if state is None:
            return
        end = datetime.fromisoformat(following.created_at) if following else None
        for moment in _moments(state, end, now):
            is_seen = _is_seen(state, moment)
            if is_seen:
                kind = ChangeKind.UPDATE if was_seen else ChangeKind.CREATE
                yield Change(utc_text(moment), item_id, kind)
            elif was_seen:
                yield Change(utc_text(moment), item_id, ChangeKind.DELETE)
            was_seen = is_seen


def _moments(state: State, end: datetime | None, now: datetime) -> Iterator[datetime]:
    """Yield when a version may have changed what is seen: its beginning, the ends of embargoes."""
    created = datetime.fromisoformat(state.created_at)
    days = {day for day in (state.embargo_until, *state.views) if day} if state.is_open else set()
    opened = sorted({opened_at(day) for day in days})
    for moment in (created, *(moment for moment in opened if moment > created)):
        if moment <= now and (end is None or moment < end):
            yield moment


def _is_seen(state: State, at: datetime) -> bool:
    """Say whether there was something of an item to be seen at a moment."""
    return (
        state.is_open
        and _is_over(state.embargo_until, at)
        and any(_is_over(day, at) for day in state.views)
    )


def _is_over(embargo_until: str, at: datetime) -> bool:
    return not embargo_until or at >= opened_at(embargo_until)


def _states(catalogue: Catalogue, store: Store, item_id: str) -> tuple[State, ...]:
    """Return what the versions of an item were; only those that are not known are read."""
    if not store.has(item_id):
        return ()
    known = catalogue.pasts.known(item_id)
    item = catalogue.get(item_id)
    if item is not None and item.version == len(known):
        return known
    if item is not None and item.version == 1:
        return (State.of(item.created_at, item.record),)
    versions = store.history(item_id)
    if len(known) >= len(versions):
        return known
    fresh = (
        State.of(versions[number - 1].created, store.read_version(item_id, number).record)
        for number in range(len(known) + 1, len(versions) + 1)
    )
    states = (*known, *fresh)
    catalogue.pasts.keep(item_id, states)
    return states
