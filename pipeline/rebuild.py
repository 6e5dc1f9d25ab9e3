"""Making everything again that can be made again, from store, settings and profile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.catalogue import Catalogue, CatalogueItem
from archive.durable import translated_os_errors
from archive.job_table import BatchKind, JobState, Stage
from archive.kept_items import forget_caches
from archive.layout import Layout
from archive.lock import write_lock
from archive.opening import Archive
from archive.site.report import SiteReport
from archive.store import Store
from pipeline.derivative_sets import (
    make_derivatives,
    needs_derivatives,
    wanted_recipe,
)
from pipeline.indexing import rebuild_index
from pipeline.progress import OnProgress, ignore_progress
from pipeline.refresh import refresh_from_store
from pipeline.site_writing import write_site
from schemas.events import utc_text
from schemas.findings import Finding


@dataclass(frozen=True)
class RebuildReport:
    """What a rebuild made.

    Attributes:
        items: Items in the store.
        derived: Items whose derivatives were made again.
        findings: Damaged objects, and what was found in the masters.
        site: What the build of the site says.
    """

    items: int
    derived: int
    findings: tuple[Finding, ...]
    site: SiteReport

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON data, its sentences in the current language."""
        return {
            "items": self.items,
            "derived": self.derived,
            "pages": self.site.pages,
            "files": self.site.files,
            "size_bytes": self.site.bytes,
            "warnings": self.site.warnings,
            "findings": [finding.to_json() for finding in self.findings],
        }


def rebuild(
    archive: Archive,
    *,
    now: Callable[[], datetime],
    keep_derivatives: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> RebuildReport:
    """Make catalogue, derivatives, index and site again from ``store/``.

    After an interruption it goes on: images that were made are not made again. Nothing that was
    kept of the site before is believed.

    Args:
        archive: The archive.
        now: The clock.
        keep_derivatives: Leave derivatives that stand; make only those that are missing.
        on_progress: Told after each item.

    Raises:
        DependencyError: The worker processes cannot be started.
        StoreBusyError: Another process is writing to the archive.
        StoreWriteError: The disk refuses.
    """
    with write_lock(archive.layout):
        store = Store(archive.layout)
        store.recover()
        with _catalogue_to_fill(archive.layout) as catalogue:
            refreshed = refresh_from_store(archive.layout, store, catalogue)
            wanted = _wanted(archive, catalogue, keep_derivatives=keep_derivatives)
            batch = catalogue.work.start_batch(BatchKind.REBUILD, utc_text(now()))
            made = make_derivatives(
                archive, catalogue, store, wanted, batch=batch, now=now, on_progress=on_progress
            )
            rebuild_index(archive, catalogue)
            with translated_os_errors(archive.layout.root):
                forget_caches(archive.layout)
            written = write_site(archive, catalogue, at=now(), on_progress=on_progress)
            derived = len(made.item_ids)
            summary = {"made": derived, "set_aside": len(wanted) - derived}
            catalogue.work.finish_open_batches(BatchKind.REBUILD, batch, utc_text(now()), summary)
            return RebuildReport(
                items=catalogue.count(),
                derived=derived,
                findings=(*refreshed.findings, *made.findings, *written.findings),
                site=written.site,
            )


def _wanted(archive: Archive, catalogue: Catalogue, *, keep_derivatives: bool) -> dict[str, str]:
    """Return the recipes of what is to be made, by item id."""
    wanted = {}
    for item in catalogue.iter_items():
        recipe = wanted_recipe(archive, item)
        keep = keep_derivatives or _is_made(catalogue, item, recipe)
        if needs_derivatives(archive, item) or not keep:
            wanted[item.item_id] = recipe
    return wanted


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


def _is_made(catalogue: Catalogue, item: CatalogueItem, recipe: str) -> bool:
    """Say whether the interrupted rebuild made an item's set by this recipe."""
    job = catalogue.work.finished(Stage.DERIVATIVES, item.item_id)
    return (
        job is not None
        and job.state is JobState.DONE
        and item.derivatives is not None
        and job.input_digest == recipe == item.derivatives.recipe
    )
