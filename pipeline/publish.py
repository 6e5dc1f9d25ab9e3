"""Making the site from the catalogue, where it does not stand as it should already."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from archive.budget import budget_findings
from archive.catalogue import Catalogue
from archive.lock import write_lock
from archive.opening import Archive
from archive.site.kept import digest_of
from archive.site.own_files import own_digest
from archive.site.standing import note_site, recall_site
from archive.store import Store
from archive.value_tables import read_value_tables
from pipeline.derivative_sets import finish_derivatives
from pipeline.indexing import made_key, update_index
from pipeline.missing_derivatives import make_missing_derivatives
from pipeline.progress import OnProgress, ignore_progress
from pipeline.publish_report import PublishReport
from pipeline.refresh import refresh_from_store
from schemas.events import utc_text
from schemas.records import day_of
from schemas.software import hoaban_version

if TYPE_CHECKING:
    from archive.site.edition import Edition

# What pages are made with besides our own program; jinja2 is known to that.
_LIBRARIES = ("lxml", "markdown-it-py", "markupsafe", "nh3")


def publish(
    archive: Archive,
    *,
    now: Callable[[], datetime],
    on_progress: OnProgress = ignore_progress,
    edition: Edition | None = None,
) -> PublishReport:
    """Build the site anew beside the old one and put it in its place, or an edition of it.

    A site that stands as the last build left it, made from the same things, is left as it is.

    Raises:
        SourceError: The edition cannot be made small enough.
        DependencyError: The worker processes cannot be started.
        StoreBusyError: Another process is writing to the archive.
        StoreWriteError: The disk refuses; the old site stays.
    """
    with write_lock(archive.layout), Catalogue.open(archive.layout.catalogue) as catalogue:
        store = Store(archive.layout)
        store.recover()
        refreshed = refresh_from_store(archive.layout, store, catalogue)
        made = make_missing_derivatives(archive, catalogue, store, now=now, on_progress=on_progress)
        if changed := refreshed.item_ids | made.item_ids:
            update_index(archive, catalogue, changed)
        finish_derivatives(catalogue, now)
        found = (*refreshed.findings, *made.findings)
        # The museum may have written into its tables since they were read.
        archive = replace(archive, tables=read_value_tables(archive.layout))
        if edition is not None:
            from pipeline.site_writing import write_site

            written = write_site(
                archive, catalogue, at=now(), on_progress=on_progress, edition=edition
            )
            return PublishReport(written.site, (*found, *written.findings))
        written = _site_as_it_is(archive, catalogue, store, now(), on_progress)
    site = written.site
    over = budget_findings(archive.settings, files=site.files, size_bytes=site.bytes)
    return PublishReport(site, (*found, *written.findings, *over))


def _site_as_it_is(
    archive: Archive, catalogue: Catalogue, store: Store, at: datetime, on_progress: OnProgress
) -> PublishReport:
    """Return what there is to say of the site, which is written unless it stands already."""
    own = own_digest(archive.layout)
    made_from = _made_from(archive, catalogue, store, at, own)
    if site := recall_site(archive.layout, made_from, utc_text(at)):
        return PublishReport(site, ())
    # It takes some tenths of a second to be there.
    from pipeline.site_writing import write_site

    written = write_site(archive, catalogue, at=at, on_progress=on_progress)
    # What is wrong is told by every build; and what was written meanwhile may not be in the site.
    is_sound = not (written.findings or written.site.warnings)
    if is_sound and own_digest(archive.layout) == own:
        note_site(archive.layout, made_from, written.site)
    return written


def _made_from(
    archive: Archive, catalogue: Catalogue, store: Store, at: datetime, own: bytes
) -> bytes:
    """Return the digest of everything that a site would be made from at a moment.

    What a day decides is decided anew on each day. Of old versions, which never change, the log of
    changes only asks whether they are there.
    """
    pasts = catalogue.pasts
    old = [(item_id, store.has(item_id)) for item_id in (*pasts.eventful(), *pasts.gone())]
    libraries = [sys.version, hoaban_version(), *map(version, _LIBRARIES)]
    said = repr((libraries, day_of(at), at.astimezone().tzinfo, pasts.gone(), old))
    # A clock that was put back: what it makes of changes that are yet to come changes by itself.
    chance = b"" if pasts.are_over(utc_text(at)) else os.urandom(16)
    parts = (made_key(archive), own, catalogue.digest(), chance)
    return digest_of(*parts, said.encode())
