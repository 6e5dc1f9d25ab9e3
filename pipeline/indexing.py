"""Feeding the search index from the catalogue."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from archive.catalogue import Catalogue, CatalogueItem, CatalogueRow
from archive.kept_items import KeptItems
from archive.kept_objects import packed, unpacked
from archive.opening import Archive
from archive.site.kept import key_of
from schemas.crosswalks import public_record
from schemas.errors import RecordError, SourceError
from schemas.identifiers import image_folder
from schemas.profile import Profile
from search.compiled.sources import KnownDocuments, ListedDocument
from search.documents import SearchDocument, date_fields, document_for, field_names, order_key
from search.index import SearchIndex
from search.query import Fields

_ORDERS = "\n"
"""Where it is kept what orders all documents, which then need not be found; no item's id."""


def public_document(item: CatalogueItem, archive: Archive) -> SearchDocument:
    """Return what the public may search of one item."""
    return document_for(
        public_record(item.record, archive.profile),
        archive.profile,
        thumbnail_of(item),
        added=item.created_at,
        media=media_of(item),
        rights_uri=archive.settings.rights_uri,
        tables=archive.tables,
    )


def public_documents(
    rows: Iterable[CatalogueRow],
    archive: Archive,
    kept: KeptItems,
    read: Callable[[str], CatalogueItem],
) -> KnownDocuments:
    """Return what the public may search of some items; only those that changed are read.

    Args:
        rows: The public items.
        archive: The archive.
        kept: What was made of them before, by the :func:`made_key`.
        read: Returns the public part of one of the items.
    """

    def listed() -> Iterator[ListedDocument]:
        before = _orders(kept)
        now: dict[str, tuple[bytes, str]] = {}
        for row in rows:
            known = before.get(row.item_id)
            if known is not None and known[0] == row.stamp:
                kept.leave(row.item_id)
            else:
                data = kept.made(row.item_id, row.stamp, partial(_packed, row.read, archive))
                known = row.stamp, _order_and_document(data)[0]
            now[row.item_id] = known
            yield ListedDocument(known[1], row.item_id, row.stamp)
        if now != before:
            kept.put(_ORDERS, b"", packed(now))

    def document(one: ListedDocument) -> SearchDocument:
        # What is listed by the note of orders alone may be lost or damaged.
        made = partial(_packed, partial(read, one.item_id), archive)
        data = kept.made(one.item_id, one.stamp, made)
        found: SearchDocument = unpacked(_order_and_document(data)[1])
        return found

    return KnownDocuments(listed(), document)


def _packed(read: Callable[[], CatalogueItem], archive: Archive) -> bytes:
    document = public_document(read(), archive)
    order = order_key(document).encode()
    return len(order).to_bytes(4, "big") + order + packed(document)


def _orders(kept: KeptItems) -> dict[str, tuple[bytes, str]]:
    """Return the stamp of each item in the build before, and what orders it; empty without one."""
    data = kept.get(_ORDERS, b"")
    found: dict[str, tuple[bytes, str]] = unpacked(data) if data is not None else {}
    return found


def _order_and_document(data: bytes) -> tuple[str, bytes]:
    end = 4 + int.from_bytes(data[:4], "big")
    return data[4:end].decode(), data[end:]


def made_key(archive: Archive) -> bytes:
    """Return the digest of what the site's search and packages are made from besides items."""
    settings = replace(archive.settings, jobs=0)
    packages = ("archive", "pipeline", "schemas", "search")
    # Another library deflates the same to other bytes.
    data = (settings, archive.profile, zlib.ZLIB_RUNTIME_VERSION)
    return key_of(archive.layout, None, *data, packages=packages)


def staff_document(item: CatalogueItem, archive: Archive) -> SearchDocument:
    """Return what the museum's own people may search of one item: hidden fields too."""
    return document_for(
        item.record,
        archive.profile,
        thumbnail_of(item),
        added=item.created_at,
        media=media_of(item),
        rights_uri=archive.settings.rights_uri,
        tables=archive.tables,
        with_hidden=True,
    )


def media_of(item: CatalogueItem) -> tuple[str, ...]:
    """Return what readers can see or hear of an item: keys of ``search.facet_values.MEDIA``."""
    canvases = item.derivatives.canvases if item.derivatives else ()
    return tuple({c.recording.media if c.recording else "images": None for c in canvases})


def public_fields(profile: Profile) -> Fields:
    """Return the fields the public may ask for by name."""
    return Fields(field_names(profile), date_fields(profile))


def staff_fields(profile: Profile) -> Fields:
    """Return the fields the museum's own people may ask for by name: hidden ones too."""
    return Fields(field_names(profile, with_hidden=True), date_fields(profile))


def thumbnail_of(item: CatalogueItem) -> str:
    """Return the path of an item's first thumbnail from the root of the site, or empty."""
    if item.derivatives is None or not item.derivatives.canvases:
        return ""
    first = item.derivatives.canvases[0]
    return f"{image_folder(item.item_id)}/{first.key}/{first.thumbnail.name}"


def iter_documents(catalogue: Catalogue, archive: Archive) -> Iterator[SearchDocument]:
    """Yield the documents of all items, restricted ones too: the index is for the staff."""
    for item in catalogue.iter_items():
        yield staff_document(item, archive)


def update_index(archive: Archive, catalogue: Catalogue, changed: Iterable[str]) -> None:
    """Bring the index up to date with the items that changed; make it where it is missing.

    Items that the catalogue has no more are taken out.
    """
    try:
        index = open_index(archive)
    except (SourceError, RecordError):
        rebuild_index(archive, catalogue)
        return
    gone: list[str] = []

    def documents() -> Iterator[SearchDocument]:
        for item_id in sorted(changed):
            item = catalogue.get(item_id)
            if item is None:
                gone.append(item_id)
            else:
                yield staff_document(item, archive)

    # One commit: a process killed here has written all or nothing, and what it did not write
    # the next run takes from the batch that stayed open.
    with index:
        index.update(documents(), removed=gone)


def open_index(archive: Archive) -> SearchIndex:
    """Return the index of the archive.

    Raises:
        DependencyError: Its engine is an extra that is not installed.
        SourceError: There is none.
        RecordError: It is damaged.
    """
    return SearchIndex.open(archive.layout.index, engine=archive.settings.search.engine)


def rebuild_index(archive: Archive, catalogue: Catalogue) -> None:
    """Make the index anew from the whole catalogue, by as many processes as the settings say."""
    with SearchIndex.create(archive.layout.index, engine=archive.settings.search.engine) as index:
        index.replace_all(iter_documents(catalogue, archive), jobs=index_jobs(archive))


def index_jobs(archive: Archive) -> int:
    """Return how many processes may make an index of the archive."""
    return archive.settings.jobs or os.cpu_count() or 1
