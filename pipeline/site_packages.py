"""The dated packages of a published site: all public items as LIDO and as EDM, with checksums.

Promise: only what the site itself shows is in them, the same archive gives the same bytes, and
every document is valid against the standard's schema. An item that a standard cannot hold is passed
over; ``hoaban export`` says which and why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from archive.catalogue import Catalogue, CatalogueRow
from archive.digests import digest_file
from archive.export.items import ExportContext
from archive.export.museum_xml import document_of
from archive.export.package import add_bytes, new_package
from archive.kept_items import KeptItems
from archive.opening import Archive
from archive.site.data_files import Download
from archive.site.files import SiteTree
from archive.site.reuse import Reuse
from pipeline.indexing import made_key
from pipeline.packages import context_of
from schemas.crosswalks.exchange import UnfitRecordError
from schemas.identifiers import shard_of

PACKAGES_FOLDER = "data/packages"
_DIGESTS = ("sha256", "sha512")


@dataclass(frozen=True)
class Packing:
    """What packages are made from.

    Attributes:
        archive: The archive; it has a public address.
        catalogue: Its catalogue.
        items: Digest of all public items.
        today: The day that decides what is public.
        dated: Day of the latest change, ``2026-11-21``: it names and dates the packages.
    """

    archive: Archive
    catalogue: Catalogue
    items: bytes
    today: date
    dated: str


def write_packages(packing: Packing, tree: SiteTree, reuse: Reuse) -> Iterator[Download]:
    """Write the packages that the settings ask for into a site; yield each.

    Args:
        packing: What they are made from.
        tree: The site.
        reuse: Takes them from the site before where they were made from the same.

    Raises:
        StoreWriteError: The disk refused.
    """
    site = packing.archive.settings.site
    count = packing.catalogue.count(public_on=packing.today)
    if not count or (site.packages_up_to and count > site.packages_up_to):
        return
    for name in dict.fromkeys(site.packages):
        if name == "edm" and not _names_a_museum(packing.archive):
            continue
        path = f"{PACKAGES_FOLDER}/{name}-{packing.dated}.zip"
        checksums = tuple(f"{path}.{kind}" for kind in _DIGESTS)
        parts = (made_key(packing.archive), packing.items)
        make = partial(_make, packing, tree, path, name)
        # Of what no item can be written in there is no file, so that is looked at every time.
        items = int(reuse.write(f"package {name}", lambda: parts, [path, *checksums], make))  # noqa: B023
        if items:
            size_bytes = (tree.root / path).stat().st_size
            yield Download(path, name, "application/zip", size_bytes, items, checksums)


def _make(packing: Packing, tree: SiteTree, path: str, name: str) -> bytes:
    """Write a package with its checksums; return how many items it has, as a text."""
    target = tree.new_file(path)
    items = _write(packing, target, name)
    if not items:
        target.unlink()
        return b"0"
    tree.count_file(path)
    found = digest_file(target, with_sha256=True)
    for kind, digest in zip(_DIGESTS, (found.sha256, found.sha512), strict=True):
        # What ``sha256sum -c`` and ``sha512sum -c`` read.
        tree.write(f"{path}.{kind}", f"{digest}  {target.name}\n".encode())
    return str(items).encode()


def _write(packing: Packing, path: Path, name: str) -> int:
    """Write a package, return how many items it has; only those that changed are read."""
    archive, at = packing.archive, f"{packing.dated}T00:00:00Z"
    context = context_of(archive, packing.catalogue, packing.today, name, at=at)
    items = 0
    with (
        KeptItems(archive.layout.site_documents, name, made_key(archive)) as kept,
        new_package(path, kind="zip", name=path.name, at=at, is_text=True) as package,
    ):
        for row in packing.catalogue.iter_public_rows(packing.today):
            make = partial(_document, row, name, context)
            if document := kept.made(row.item_id, row.stamp, make):
                add_bytes(package, f"{shard_of(row.item_id)}/{row.item_id}.xml", document)
                items += 1
    return items


def _document(row: CatalogueRow, name: str, context: ExportContext) -> bytes:
    """Return the document of an item; nothing where the standard cannot hold it."""
    item = row.read()
    record, published = context.record_of(item), context.published(item)
    try:
        return document_of(name, record, published, context.exchanged())
    except UnfitRecordError:
        return b""


def _names_a_museum(archive: Archive) -> bool:
    """Say whether EDM can be told whose records these are."""
    return bool(archive.settings.exchange.data_provider or archive.settings.publisher)
