"""Making everything again that can be made again, from store, settings and profile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from archive.catalogue import Catalogue
from archive.lock import write_lock
from archive.opening import Archive
from archive.site.build import SiteReport
from archive.store import Store
from pipeline.derivative_sets import make_derivatives
from pipeline.indexing import rebuild_index
from pipeline.progress import OnProgress, ignore_progress
from pipeline.publish import write_site
from pipeline.refresh import refresh_from_store
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


def rebuild(
    archive: Archive,
    *,
    now: Callable[[], datetime],
    keep_derivatives: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> RebuildReport:
    """Make catalogue, derivatives, index and site again from ``store/``.

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
        with Catalogue.open(archive.layout.catalogue, anew=True) as catalogue:
            refreshed = refresh_from_store(archive.layout, store, catalogue)
            wanted = [
                item.item_id
                for item in catalogue.iter_items()
                if item.derivatives is None or not keep_derivatives
            ]
            derived = make_derivatives(
                archive, catalogue, store, wanted, now=now, on_progress=on_progress
            )
            rebuild_index(archive, catalogue)
            site = write_site(archive, catalogue, now=now, on_progress=on_progress)
            return RebuildReport(
                items=catalogue.count(),
                derived=len(derived.item_ids),
                findings=(*refreshed.findings, *derived.findings),
                site=site,
            )
