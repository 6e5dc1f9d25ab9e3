"""Making the derivative sets that a site needs and that are not there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime

from archive.catalogue import Catalogue, CatalogueItem
from archive.job_table import BatchKind
from archive.opening import Archive
from archive.store import Store
from pipeline.derivative_sets import (
    MadeDerivatives,
    make_derivatives,
    needs_derivatives,
    wanted_recipe,
)
from pipeline.progress import OnProgress
from schemas.derivatives import DERIVATIVES_NAME
from schemas.events import utc_text
from schemas.identifiers import shard_of


def make_missing_derivatives(
    archive: Archive,
    catalogue: Catalogue,
    store: Store,
    *,
    now: Callable[[], datetime],
    on_progress: OnProgress,
) -> MadeDerivatives:
    """Make the set of every item that has none, or one that shows more than it may.

    The caller closes the batch (:func:`finish_derivatives`) when the index is up to date.

    Raises:
        DependencyError: The workers cannot be started.
        StoreWriteError: The disk refuses.
    """
    missing = {item.item_id: wanted_recipe(archive, item) for item in _wanting(archive, catalogue)}
    if not missing:
        return MadeDerivatives(frozenset(), ())
    batch = catalogue.work.start_batch(BatchKind.DERIVE, utc_text(now()))
    return make_derivatives(
        archive, catalogue, store, missing, batch=batch, now=now, on_progress=on_progress
    )


def _wanting(archive: Archive, catalogue: Catalogue) -> Iterator[CatalogueItem]:
    """Yield the items whose sets have to be made; others are not read if limits allow that."""
    folder = str(archive.layout.derivatives)

    def is_there(item_id: str) -> bool:
        # Many thousand times.
        path = f"{folder}/{shard_of(item_id)}/{item_id}/{DERIVATIVES_NAME}"
        return os.path.isfile(path)  # noqa: PTH113

    if not archive.settings.limits.forbid_nothing:
        for item in catalogue.iter_items():
            if needs_derivatives(archive, item) or not is_there(item.item_id):
                yield item
        return
    without = set(catalogue.ids_without_derivatives())
    for item_id in catalogue.item_ids():
        if item_id in without or not is_there(item_id):
            found = catalogue.get(item_id)
            if found is not None:
                yield found
