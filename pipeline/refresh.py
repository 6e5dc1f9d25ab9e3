"""Bringing the catalogue, which is a cache, up to date with the store, which is the truth."""

from __future__ import annotations

from dataclasses import dataclass

from archive.catalogue import Catalogue, CatalogueItem
from archive.durable import remove_tree
from archive.layout import Layout
from archive.store import Store, StoredItem
from pipeline.derivative_sets import damaged_finding, read_derivative_set
from schemas.derivatives import DerivativeSet
from schemas.errors import RecordError
from schemas.findings import Finding


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
    """Make the catalogue say of one item what the store and its derivatives folder say.

    Of an item that was taken out of the archive it says nothing, and its images go.

    Raises:
        RecordError: The stored item is damaged.
        StoreWriteError: The disk refused to remove its images.
    """
    stored = store.read(item_id)
    if stored.record.is_withdrawn:
        catalogue.remove(item_id)
        remove_tree(layout.derivatives_of(item_id))
        return
    catalogue.put(catalogue_item(stored, read_derivative_set(layout, stored)))


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did.

    Attributes:
        item_ids: Items that were read again.
        findings: Items that could not be: damaged ones.
    """

    item_ids: frozenset[str]
    findings: tuple[Finding, ...]


def refresh_from_store(layout: Layout, store: Store, catalogue: Catalogue) -> Refreshed:
    """Refresh what interrupted runs may have left behind. A damaged item is told and passed over.

    A catalogue that was made anew is filled from the whole store; otherwise only the items of
    batches that were never closed are read again, so the cost follows what was in flight. Those
    that were finished are among them: images are synced when a batch is closed, so after a
    power cut some may be empty, and the index may not have heard of them.
    """
    suspects = (
        catalogue.work.open_item_ids() if catalogue.is_complete else set(store.iter_item_ids())
    )
    refreshed: set[str] = set()
    findings: list[Finding] = []
    with catalogue.transaction():
        for item_id in sorted(suspects):
            if not store.has(item_id):
                continue
            try:
                refresh_item(layout, store, catalogue, item_id)
                refreshed.add(item_id)
            except RecordError as error:
                findings.append(damaged_finding(item_id, error))
        catalogue.mark_complete()
    return Refreshed(frozenset(refreshed), tuple(findings))
