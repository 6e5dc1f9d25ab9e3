"""The first pass over the items: how many there are, and which the home page shows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from archive.site.gists import Gist, Shown

HIGHLIGHTS = 8
LATEST = 4
_LEAD_WIDTH_PX = 1000

Place = tuple[int, Gist]
"""Where an item is kept, and what lists know of it."""


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


def survey_items(
    items: Iterable[Place], read: Callable[[int, Gist], Shown], wanted: tuple[str, ...] = ()
) -> Survey:
    """Count ``items`` and choose those of the home page, holding only a few at a time.

    Args:
        items: The public items, in the order of the list.
        read: Returns an item from where it is kept.
        wanted: Inventory numbers of items that the museum chose for the home page.
    """
    count = images = with_images = 0
    updated_at = ""
    broken: list[str] = []
    named: dict[str, Place] = {}
    highlights, latest = _Best(HIGHLIGHTS + 1), _Best(LATEST + HIGHLIGHTS + 1)
    for place in items:
        gist = place[1]
        count += 1
        updated_at = max(updated_at, gist.updated_at)
        if gist.canvases:
            with_images += 1
            images += len(gist.canvases)
            highlights.add(_shuffled(gist.item_id), place)
            latest.add(gist.created_at, place)
            if gist.identifier in wanted:
                named[gist.identifier] = place
        elif gist.is_broken:
            broken.append(gist.identifier)
    best = tuple(named[number] for number in wanted if number in named) or highlights.items
    chosen = [read(*place) for place in best]
    lead = None if not chosen else chosen[0] if named else _lead(chosen)
    others = tuple(shown for shown in chosen if shown is not lead)[:HIGHLIGHTS]
    ids = {item.item_id for item, _images in (*others, *([lead] if lead else []))}
    newest = [place for place in latest.items if place[1].item_id not in ids][:LATEST]
    return Survey(
        items=count,
        images=images,
        with_images=with_images,
        updated_at=updated_at,
        lead=lead,
        highlights=others,
        latest=tuple(read(*place) for place in newest),
        broken=tuple(broken),
    )


class _Best:
    """The few items with the largest keys; among equal keys those that came first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: list[tuple[str, Place]] = []

    def add(self, key: str, item: Place) -> None:
        if len(self._kept) == self._size and key <= self._kept[-1][0]:
            return
        self._kept.append((key, item))
        self._kept.sort(key=lambda entry: entry[0], reverse=True)
        del self._kept[self._size :]

    @property
    def items(self) -> tuple[Place, ...]:
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
