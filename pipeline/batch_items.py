"""Which items a batch made a version of: the store says it, the job table says where to look."""

from __future__ import annotations

from collections.abc import Iterable

from archive.catalogue import Catalogue
from archive.job_table import BatchKind
from archive.store import Store
from schemas.batches import batch_in, is_batch_name
from schemas.errors import SourceError
from schemas.messages import _

# Those that commit versions.
_KINDS = frozenset({BatchKind.INGEST, BatchKind.EDIT, BatchKind.UNDO})


def candidates(store: Store, catalogue: Catalogue, batch: str) -> Iterable[str]:
    """Return the items a batch may have changed: of its jobs, else every item of the store."""
    if not is_batch_name(batch):
        return ()
    known = catalogue.work.find_batch(batch)
    if known is None or known.kind not in _KINDS:
        # A catalogue that was made anew has forgotten its batches; the store has not.
        return store.iter_item_ids()
    ids = {job.item_id for job in catalogue.work.jobs(known.number) if job.item_id}
    return sorted(item_id for item_id in ids if store.has(item_id))


def ids_of_batch(store: Store, catalogue: Catalogue, batch: str) -> frozenset[str]:
    """Return the items that have a version made by a batch.

    Raises:
        RecordError: An item that may be among them is damaged.
        SourceError: No item of the archive was changed by such a batch.
    """
    found = frozenset(
        item_id
        for item_id in candidates(store, catalogue, batch)
        if any(batch_in(version.message) == batch for version in store.history(item_id))
    )
    if not found:
        raise unknown_batch(batch)
    return found


def unknown_batch(batch: str) -> SourceError:
    """Return the error of a batch that changed nothing in this archive."""
    return SourceError(
        _("No item of this archive was changed by the batch '{batch}'.").format(batch=batch),
        remedy=_("See the names of the newest batches with: hoaban status"),
    )
