"""The first pass over the items: how many there are, and which the home page shows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from archive.site.items import ShownItem
from schemas.derivatives import DerivativeSet
from schemas.records import is_public

HIGHLIGHTS = 8
LATEST = 4
_LEAD_WIDTH_PX = 1000

# Returns an item's derivatives when their files are there, else None.
Usable = Callable[[ShownItem], DerivativeSet | None]


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
    lead: ShownItem | None
    highlights: tuple[ShownItem, ...]
    latest: tuple[ShownItem, ...]
    broken: tuple[str, ...]


def survey_items(
    items: Iterable[ShownItem],
    usable: Usable,
    today: date,
    gather: Callable[[ShownItem, DerivativeSet | None], None],
    wanted: tuple[str, ...] = (),
) -> Survey:
    """Count ``items`` and choose those of the home page, holding only a few at a time.

    Args:
        items: The public items.
        usable: Returns an item's derivatives when their files are there.
        today: The day that decides what is public.
        gather: Told every item with its usable derivatives.
        wanted: Inventory numbers of items that the museum chose for the home page.

    Raises:
        ValueError: An item is not public.
    """
    count = images = with_images = 0
    updated_at = ""
    broken: list[str] = []
    named: dict[str, ShownItem] = {}
    highlights, latest = _Best(HIGHLIGHTS + 1), _Best(LATEST + HIGHLIGHTS + 1)
    for item in items:
        if not is_public(item.record, today):
            raise ValueError(f"{item.item_id} is not public")
        count += 1
        updated_at = max(updated_at, item.updated_at)
        found = usable(item)
        gather(item, found)
        if found is not None:
            with_images += 1
            images += len(found.canvases)
            highlights.add(_shuffled(item.item_id), item)
            latest.add(item.created_at, item)
            if item.record.identifier in wanted:
                named[item.record.identifier] = item
        elif item.derivatives is not None and item.derivatives.canvases:
            broken.append(item.record.identifier)
    best = tuple(named[number] for number in wanted if number in named) or highlights.items
    lead = best[0] if named else _lead(best)
    chosen = tuple(item for item in best if item is not lead)[:HIGHLIGHTS]
    shown = {item.item_id for item in (*chosen, *([lead] if lead else []))}
    return Survey(
        items=count,
        images=images,
        with_images=with_images,
        updated_at=updated_at,
        lead=lead,
        highlights=chosen,
        latest=tuple(item for item in latest.items if item.item_id not in shown)[:LATEST],
        broken=tuple(broken),
    )


class _Best:
    """The few items with the largest keys; among equal keys those that came first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: list[tuple[str, ShownItem]] = []

    def add(self, key: str, item: ShownItem) -> None:
        if len(self._kept) == self._size and key <= self._kept[-1][0]:
            return
        self._kept.append((key, item))
        self._kept.sort(key=lambda entry: entry[0], reverse=True)
        del self._kept[self._size :]

    @property
    def items(self) -> tuple[ShownItem, ...]:
        return tuple(item for _key, item in self._kept)


def _lead(items: tuple[ShownItem, ...]) -> ShownItem | None:
    """Return the first item with a wide picture, large enough to open the page."""
    for item in items:
        access = item.derivatives.canvases[0].access if item.derivatives else None
        if access and access.width_px >= max(_LEAD_WIDTH_PX, access.height_px):
            return item
    return items[0] if items else None


def _shuffled(item_id: str) -> str:
    """Return a key that mixes items of all kinds, and mixes them alike at every build."""
    return hashlib.sha256(f"highlight {item_id}".encode()).hexdigest()
