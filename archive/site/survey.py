"""The first pass over the items: how many there are, and which the home page shows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from archive.site.gists import Gist, Shown

HIGHLIGHTS = 8
LATEST = 4
_LEAD_WIDTH_PX = 1000

_Place = tuple[int, str]
"""The place of an item in the list, and its id."""


@dataclass(frozen=True)
class Survey:
    """What the first pass found.

    Attributes:
        items: Public items.
        images: Views and pages of them that are on the site.
        with_images: Items that have any.
        updated_at: When the latest change was stored, RFC 3339 in UTC, or empty.
        lead: The item whose picture opens the home page, or None.
        highlights: Items for the home page, the same ones at every build.
        latest: The newest items that are not among them, newest first.
        broken: Inventory numbers of items whose derivatives should be there and are not.
    """

    items: int
    images: int
    with_images: int
    updated_at: str
    lead: Shown | None
    highlights: tuple[Shown, ...]
    latest: tuple[Shown, ...]
    broken: tuple[str, ...]


@dataclass(frozen=True)
class Tally:
    """What counting the items found; they are named by their places in the list, from 1.

    Attributes:
        items: Public items.
        images: Views and pages of them that are on the site.
        with_images: Items that have any.
        updated_at: When the latest change was stored, RFC 3339 in UTC, or empty.
        broken: Inventory numbers of items whose derivatives should be there and are not.
        best: Items for the home page, the same ones at every build.
        is_chosen: Whether the museum chose these.
        latest: Some of the newest items, newest first, with their ids.
    """

    items: int
    images: int
    with_images: int
    updated_at: str
    broken: tuple[str, ...]
    best: tuple[int, ...]
    is_chosen: bool
    latest: tuple[tuple[int, str], ...]


def tally_items(items: Iterable[Gist], wanted: tuple[str, ...] = ()) -> Tally:
    """Count items.

    Args:
        items: The public items, in the order of the list.
        wanted: Inventory numbers of items that the museum chose for the home page.
    """
    count = images = with_images = 0
    updated_at = ""
    broken: list[str] = []
    named: dict[str, int] = {}
    highlights, latest = _Best(HIGHLIGHTS + 1), _Best(LATEST + HIGHLIGHTS + 1)
    for gist in items:
        count += 1
        updated_at = max(updated_at, gist.updated_at)
        if gist.canvases:
            with_images += 1
            images += len(gist.canvases)
            place = (count, gist.item_id)
            highlights.add(_shuffled(gist.item_id), place)
            latest.add(gist.created_at, place)
            if gist.identifier in wanted:
                named[gist.identifier] = count
        elif gist.is_broken:
            broken.append(gist.identifier)
    chosen = tuple(named[number] for number in wanted if number in named)
    return Tally(
        items=count,
        images=images,
        with_images=with_images,
        updated_at=updated_at,
        broken=tuple(broken),
        best=chosen or tuple(seq for seq, _item_id in highlights.items),
        is_chosen=bool(chosen),
        latest=latest.items,
    )


def survey_of(tally: Tally, read: Callable[[int], Shown]) -> Survey:
    """Choose the items of the home page.

    Args:
        tally: What was counted.
        read: Returns the item at a place in the list.
    """
    chosen = [read(seq) for seq in tally.best]
    lead = None if not chosen else chosen[0] if tally.is_chosen else _lead(chosen)
    others = tuple(shown for shown in chosen if shown is not lead)[:HIGHLIGHTS]
    ids = {item.item_id for item, _images in (*others, *([lead] if lead else []))}
    newest = [seq for seq, item_id in tally.latest if item_id not in ids][:LATEST]
    return Survey(
        items=tally.items,
        images=tally.images,
        with_images=tally.with_images,
        updated_at=tally.updated_at,
        lead=lead,
        highlights=others,
        latest=tuple(map(read, newest)),
        broken=tally.broken,
    )


class _Best:
    """The few items with the largest keys; among equal keys those that came first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: list[tuple[str, _Place]] = []

    def add(self, key: str, item: _Place) -> None:
        if len(self._kept) == self._size and key <= self._kept[-1][0]:
            return
        self._kept.append((key, item))
        self._kept.sort(key=lambda entry: entry[0], reverse=True)
        del self._kept[self._size :]

    @property
    def items(self) -> tuple[_Place, ...]:
        return tuple(item for _key, item in self._kept)


def _lead(items: Sequence[Shown]) -> Shown:
    """Return the first item with a wide picture, large enough to open the page."""
    for shown in items:
        made = shown[0].derivatives
        access = made.canvases[0].access if made else None
        if access and access.width_px >= max(_LEAD_WIDTH_PX, access.height_px):
            return shown
    return items[0]


def _shuffled(item_id: str) -> str:
    """Return a key that mixes items of all kinds, and mixes them alike at every build."""
    return hashlib.sha256(f"highlight {item_id}".encode()).hexdigest()
