"""Since when the public may see an item, and which items are the newest for it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from datetime import date

from archive.catalogue import Catalogue, CatalogueItem, public_part
from archive.site.feeds import NEWEST
from schemas.events import utc_text
from schemas.records import is_public, opened_at


def published_at(item: CatalogueItem, opened: Mapping[str, str]) -> str:
    """Return since when the public may see a public item: since it was stored or opened.

    Args:
        item: The item.
        opened: When items came to the public, by their ids, as far as the log of changes says so.
    """
    return max(item.created_at, _opened_at(item), opened.get(item.item_id, ""))


def changed_at(item: CatalogueItem) -> str:
    """Return when an item became what it is for the public: by its last change, or its embargo."""
    return max(item.updated_at, _opened_at(item))


def newest_items(
    catalogue: Catalogue,
    today: date,
    opened: Mapping[str, str],
    most: int = NEWEST,
) -> Iterator[CatalogueItem]:
    """Yield the public part of the newest public items, the newest first.

    Args:
        catalogue: The catalogue.
        today: The day that decides what is public.
        opened: When items came to the public, by their ids, as far as the log of changes says so.
        most: Most items.
    """
    pasts = catalogue.pasts
    lately = heapq.nlargest(most, opened, key=lambda item_id: (opened[item_id], item_id))
    ids = dict.fromkeys((*pasts.newest(most), *pasts.embargoed(), *lately))
    found = map(catalogue.get, ids)
    public = (item for item in found if item is not None and is_public(item.record, today))

    def age(item: CatalogueItem) -> tuple[str, str]:
        return published_at(item, opened), item.item_id

    for item in heapq.nlargest(most, public, key=age):
        yield public_part(item, today)


def _opened_at(item: CatalogueItem) -> str:
    embargo = item.record.embargo_until
    return utc_text(opened_at(embargo)) if embargo else ""
