"""Since when the public may see an item, and which items are the newest for it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import date

from archive.catalogue import Catalogue, CatalogueItem, public_part
from archive.site.feeds import NEWEST
from schemas.events import utc_text
from schemas.records import is_public, opened_at


def published_at(item: CatalogueItem) -> str:
    """Return since when the public may see a public item: since it was stored, or its embargo."""
    return max(item.created_at, _opened_at(item))


def changed_at(item: CatalogueItem) -> str:
    """Return when an item became what it is for the public: by its last change, or its embargo."""
    return max(item.updated_at, _opened_at(item))


def newest_items(catalogue: Catalogue, today: date, most: int = NEWEST) -> Iterator[CatalogueItem]:
    """Yield the public part of the newest public items, the newest first.

    Args:
        catalogue: The catalogue.
        today: The day that decides what is public.
        most: Most items.
    """
    pasts = catalogue.pasts
    found = (catalogue.get(item_id) for item_id in (*pasts.newest(most), *pasts.embargoed()))
    public = (item for item in found if item is not None and is_public(item.record, today))
    for item in heapq.nlargest(most, public, key=lambda item: (published_at(item), item.item_id)):
        yield public_part(item, today)


def _opened_at(item: CatalogueItem) -> str:
    embargo = item.record.embargo_until
    return utc_text(opened_at(embargo)) if embargo else ""
