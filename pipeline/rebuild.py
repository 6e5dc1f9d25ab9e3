"""Making everything again that can be made again, from store, settings and profile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from archive.catalogue import Catalogue, CatalogueItem
from archive.job_table import BatchKind, JobState, Stage
from archive.layout import Layout
from archive.lock import write_lock
from archive.opening import Archive
from archive.site.build import SiteReport
from archive.store import Store
from pipeline.derivative_sets import make_derivatives, wanted_recipe
from pipeline.indexing import rebuild_index
from pipeline.progress import OnProgress, ignore_progress
from pipeline.publish import write_site
from pipeline.refresh import refresh_from_store
from schemas.events import utc_text
from schemas.findings import Finding


@dataclass(frozen=True)
class RebuildReport:
    """What a rebuild made.

    Attributes:
        items: Items in the store.
        derived: Items whose derivatives were made again.
        findings: What was found in masters whose derivatives could not be made.
        site: What the build of the site says.
    """

    items: int
    derived: int
    findings: tuple[Finding, ...]
    site: SiteReport


def rebuild(
    archive: Archive,
    *,
    now: Callable[[], datetime],
    keep_derivatives: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> RebuildReport:
    """Make catalogue, derivatives, index and site again from ``store/``.

    After an interruption it goes on: images that were made are not made again.

    Args:
        archive: The archive.
        now: The clock.
        keep_derivatives: Leave derivatives that stand; make only those that are missing.
        on_progress: Told after each item.

    Raises:
        RecordError: An object of the store cannot be read.
        StoreBusyError: Another process is writing to the archive.
        StoreWriteError: The disk refuses.
    """
    with write_lock(archive.layout):
        store = Store(archive.layout)
        store.recover()
        with _catalogue_to_fill(archive.layout) as catalogue:
            batch, wanted = _begin(archive, store, catalogue, keep_derivatives, now)
            derived, findings = make_derivatives(
                archive, catalogue, store, wanted, batch=batch, now=now, on_progress=on_progress
            )
            rebuild_index(archive, catalogue)
            site = write_site(archive, catalogue, now=now, on_progress=on_progress)
            summary = {"made": len(derived), "set_aside": len(wanted) - len(derived)}
            catalogue.work.finish_open_batches(BatchKind.REBUILD, batch, utc_text(now()), summary)
            return RebuildReport(catalogue.count(), len(derived), tuple(findings), site)


def _catalogue_to_fill(layout: Layout) -> Catalogue:
    """Return a catalogue without items: a new one, or that of a rebuild that was interrupted.

    Of the latter only the job table is kept, which says which images were made already.
    """
    catalogue = Catalogue.open(layout.catalogue)
    if catalogue.work.open_batches(BatchKind.REBUILD):
        catalogue.forget_items()
        return catalogue
    catalogue.close()
    return Catalogue.open(layout.catalogue, anew=True)


def _begin(
    archive: Archive,
    store: Store,
    catalogue: Catalogue,
    keep_derivatives: bool,
    now: Callable[[], datetime],
) -> tuple[int, dict[str, str]]:
    """Fill the catalogue and begin the batch; return it and the recipes of what is to be made."""
    refresh_from_store(archive.layout, store, catalogue)
    wanted = {}
    for item in catalogue.iter_items():
        recipe = wanted_recipe(archive.settings.derivatives, item)
        keep = keep_derivatives or _is_made(catalogue, item, recipe)
        if item.derivatives is None or not keep:
            wanted[item.item_id] = recipe
    return catalogue.work.start_batch(BatchKind.REBUILD, utc_text(now())), wanted


def _is_made(catalogue: Catalogue, item: CatalogueItem, recipe: str) -> bool:
    """Say whether the interrupted rebuild made an item's set by this recipe."""
    job = catalogue.work.finished(Stage.DERIVATIVES, item.item_id)
    return (
        job is not None
        and job.state is JobState.DONE
        and item.derivatives is not None
        and job.input_digest == recipe == item.derivatives.recipe
    )
