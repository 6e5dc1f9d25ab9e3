"""Bringing the catalogue, which is a cache, up to date with the store, which is the truth."""

from __future__ import annotations

from archive.catalogue import Catalogue, CatalogueItem
from archive.job_table import BatchKind
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
    """Refresh what interrupted runs may have left behind.

    A catalogue that was made anew is filled from the whole store; otherwise only the items whose
    work began in a batch that was never closed, and is not finished, are read again, so the cost
    follows what was in flight.

    Returns:
        The ids of the items whose entry in the index may be missing or old: of all work that
        was begun, and finished or not, in a batch that was never closed.
    """
    if catalogue.is_complete:
        suspects = catalogue.work.unfinished_item_ids()
        touched = catalogue.work.open_item_ids(BatchKind.INGEST, BatchKind.DERIVE)
    else:
        suspects = touched = set(store.iter_item_ids())
    with catalogue.transaction():
        for item_id in sorted(suspects):
            if store.has(item_id):
                refresh_item(layout, store, catalogue, item_id)
        catalogue.mark_complete()
    return touched
