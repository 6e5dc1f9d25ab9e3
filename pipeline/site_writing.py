"""Writing the site from an open catalogue: the public items, their images, the static index."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

from archive.catalogue import Catalogue, CatalogueItem, CatalogueRow, public_part
from archive.kept_items import KeptItems
from archive.opening import Archive
from archive.site.build import build_site
from archive.site.edition import Edition
from archive.site.json_ld import ItemJsonLd, ItemLinkedArt
from archive.site.search_folder import search_before
from pipeline.indexing import made_key, public_documents, public_fields
from pipeline.offers import PublishedOffers
from pipeline.progress import OnProgress, Progress
from pipeline.publish_report import PublishReport
from schemas.events import utc_text
from schemas.messages import N_
from schemas.records import day_of
from search.compiled.packing import Packing
from search.facet_values import facet_words
from search.static import write_static_index

WRITING = N_("Writing pages")


class _Listed:
    """The public items of a day, as the site and then its search read them."""

    def __init__(self, archive: Archive, catalogue: Catalogue, day: date) -> None:
        self._archive = archive
        self._catalogue = catalogue
        self._day = day
        self.key = made_key(archive)
        # The search follows when all were listed; nothing changes meanwhile.
        self._stamps: list[tuple[str, bytes]] = []

    def rows(self) -> Iterator[CatalogueRow]:
        """Yield the rows, and remember them for the search."""
        self._stamps.clear()
        for row in self._catalogue.iter_public_rows(self._day):
            self._stamps.append((row.item_id, row.stamp))
            yield row

    def write_search(self, folder: Path, *, is_edition: bool) -> object:
        """Write the index of the search into a folder; for an edition, in few files."""
        layout, fields = self._archive.layout, public_fields(self._archive.profile)
        processes = _processes_of(self._archive)
        with KeptItems(layout.site_documents, "search", self.key) as kept:
            listed = (CatalogueRow(*pair, partial(self._read, pair[0])) for pair in self._stamps)
            known = public_documents(listed, self._archive, kept, self._read)
            if is_edition:
                documents = map(known.read, known.listed)
                return write_static_index(
                    documents, folder, fields, packing=Packing.USB, processes=processes
                )
            with KeptItems(layout.site_search, "parts", self.key) as parts:
                known, before = replace(known, keeper=parts), search_before(layout, self.key)
                return write_static_index(known, folder, fields, processes=processes, before=before)

    def _read(self, item_id: str) -> CatalogueItem:
        item = self._catalogue.get(item_id)
        if item is None:
            raise ValueError(f"{item_id} has gone while it was read")
        return public_part(item, self._day)


def write_site(
    archive: Archive,
    catalogue: Catalogue,
    *,
    at: datetime,
    on_progress: OnProgress,
    edition: Edition | None = None,
) -> PublishReport:
    """Write the site of a moment from an open catalogue; the caller holds the write lock."""
    listed = _Listed(archive, catalogue, day_of(at))
    offers = None
    if edition is None and archive.settings.has_public_url:
        offers = PublishedOffers(archive, catalogue, at)
    report = build_site(
        archive.layout,
        archive.settings,
        archive.profile,
        listed.rows,
        write_search=partial(listed.write_search, is_edition=edition is not None),
        search_key=listed.key,
        at=utc_text(at),
        on_progress=lambda done, total: on_progress(Progress(WRITING, done, total)),
        json_ld=ItemJsonLd(archive.profile, archive.settings),
        linked_art=ItemLinkedArt(archive.profile, archive.settings),
        facets=lambda lang: facet_words(archive.profile, archive.tables, lang),
        perhaps_closed=catalogue.iter_perhaps_closed,
        edition=edition,
        processes=_processes_of(archive),
        offers=offers,
    )
    return PublishReport(report, tuple(offers.findings) if offers else ())


def _processes_of(archive: Archive) -> int:
    """Return how many processes a site is written by."""
    return archive.settings.jobs or os.cpu_count() or 1
