"""Writing the site from an open catalogue: the public items, their images, the static index."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
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


def write_site(
    archive: Archive,
    catalogue: Catalogue,
    *,
    now: Callable[[], datetime],
    on_progress: OnProgress,
    edition: Edition | None = None,
) -> PublishReport:
    """Write the site from an open catalogue; the caller holds the write lock."""
    at = now()

    # The search follows when all were listed; nothing changes meanwhile.
    stamps: list[tuple[str, bytes]] = []

    def rows() -> Iterator[CatalogueRow]:
        stamps.clear()
        for row in catalogue.iter_public_rows(day_of(at)):
            stamps.append((row.item_id, row.stamp))
            yield row

    key = made_key(archive)

    def read(item_id: str) -> CatalogueItem:
        item = catalogue.get(item_id)
        if item is None:
            raise ValueError(f"{item_id} has gone while it was read")
        return public_part(item, day_of(at))

    def write_search(folder: Path) -> object:
        layout = archive.layout
        processes = archive.settings.jobs or os.cpu_count() or 1
        fields = public_fields(archive.profile)
        with KeptItems(layout.site_documents, "search", key) as kept:
            listed = (CatalogueRow(*pair, partial(read, pair[0])) for pair in stamps)
            known = public_documents(listed, archive, kept, read)
            if edition is not None:
                documents = map(known.read, known.listed)
                return write_static_index(
                    documents, folder, fields, packing=Packing.USB, processes=processes
                )
            with KeptItems(layout.site_search, "parts", key) as parts:
                return write_static_index(
                    replace(known, keeper=parts),
                    folder,
                    fields,
                    processes=processes,
                    before=search_before(layout, key),
                )

    def tell(done: int, total: int) -> None:
        on_progress(Progress(WRITING, done, total))

    offers = None
    if edition is None and archive.settings.has_public_url:
        offers = PublishedOffers(archive, catalogue, at)
    report = build_site(
        archive.layout,
        archive.settings,
        archive.profile,
        rows,
        write_search=write_search,
        search_key=key,
        at=utc_text(at),
        on_progress=tell,
        json_ld=ItemJsonLd(archive.profile, archive.settings.publisher),
        linked_art=ItemLinkedArt(archive.profile, archive.settings),
        facets=lambda lang: facet_words(archive.profile, archive.tables, lang),
        perhaps_closed=catalogue.iter_perhaps_closed,
        edition=edition,
        processes=archive.settings.jobs or os.cpu_count() or 1,
        offers=offers,
    )
    return PublishReport(report, tuple(offers.findings) if offers else ())
