"""Bringing the catalogue, which is a cache, up to date with the store, which is the truth."""

from __future__ import annotations

from archive.catalogue import Catalogue, CatalogueItem
from archive.layout import Layout
from archive.store import Store, StoredItem
from pipeline.derivative_sets import read_derivative_set
from schemas.derivatives import DerivativeSet


def catalogue_item(stored: StoredItem, derivatives: DerivativeSet | None) -> CatalogueItem:
    """Return what the catalogue keeps of a stored item."""
    return CatalogueItem(
        item_id=stored.item_id,
        version=stored.version,
        created_at=stored.created_at,
        updated_at=stored.updated_at,
        record=stored.record,
        technical=stored.technical,
        derivatives=derivatives,
    )


def refresh_item(layout: Layout, store: Store, catalogue: Catalogue, item_id: str) -> None:
    """Make the catalogue say of one item what the store and its derivatives folder say."""
    stored = store.read(item_id)
    catalogue.put(catalogue_item(stored, read_derivative_set(layout, stored)))


def refresh_from_store(layout: Layout, store: Store, catalogue: Catalogue) -> set[str]:
    """Refresh what interrupted runs may have left behind, and return the ids of those items.

    A catalogue that was made anew is filled from the whole store; otherwise only the items of
    batches that were never closed are read again, so the cost follows what was in flight.
    """
    if catalogue.is_complete:
        suspects = {
            job.item_id for batch in catalogue.open_batches() for job in catalogue.jobs(batch)
        }
    else:
        suspects = set(store.iter_item_ids())
    refreshed = {item_id for item_id in suspects if store.has(item_id)}
    with catalogue.transaction():
        for item_id in sorted(refreshed):
            refresh_item(layout, store, catalogue, item_id)
        catalogue.mark_complete()
    return refreshed
