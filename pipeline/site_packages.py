"""The dated packages of a published site: all public items as LIDO and as EDM, with checksums.

Promise: only what the site itself shows is in them, the same archive gives the same bytes, and
every document is valid against the standard's schema. An item that a standard cannot hold is passed
over; ``hoaban export`` says which and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from archive.catalogue import Catalogue, CatalogueItem
from archive.digests import digest_file
from archive.export import FORMATS
from archive.export.items import ExportContext, ExportReport
from archive.export.museum_xml import NothingFitsError
from archive.kept_items import KeptItems
from archive.opening import Archive
from archive.site.data_files import Download
from archive.site.files import SiteTree
from pipeline.indexing import made_key
from pipeline.packages import context_of

PACKAGES_FOLDER = "data/packages"


def write_packages(
    archive: Archive, catalogue: Catalogue, tree: SiteTree, *, today: date, dated: str
) -> Iterator[Download]:
    """Write the packages that the settings ask for into a site; yield each.

    Args:
        archive: The archive; it has a public address.
        catalogue: Its catalogue.
        tree: The site.
        today: The day that decides what is public.
        dated: Day of the latest change, ``2026-11-21``: it names and dates the packages.

    Raises:
        StoreWriteError: The disk refused.
    """
    site = archive.settings.site
    count = catalogue.count(public_on=today)
    if not count or (site.packages_up_to and count > site.packages_up_to):
        return
    for name in dict.fromkeys(site.packages):
        if name == "edm" and not _names_a_museum(archive):
            continue
        path = f"{PACKAGES_FOLDER}/{name}-{dated}.zip"
        context = context_of(archive, catalogue, today, name, at=f"{dated}T00:00:00Z")
        try:
            report = _write(archive, catalogue, tree.new_file(path), name, today, context)
        except NothingFitsError:
            continue
        tree.count_file(path)
        yield Download(
            path=path,
            kind=name,
            media_type="application/zip",
            size_bytes=report.path.stat().st_size,
            items=report.items,
            checksums=tuple(_write_checksums(tree, path)),
        )


def _write(
    archive: Archive,
    catalogue: Catalogue,
    path: Path,
    name: str,
    today: date,
    context: ExportContext,
) -> ExportReport:
    """Write a package; only the documents of items that changed are made."""
    stamps: dict[str, bytes] = {}

    def items() -> Iterator[CatalogueItem]:
        for row in catalogue.iter_public_rows(today):
            stamps[row.item_id] = row.stamp
            yield row.read()

    with KeptItems(archive.layout.site_documents, name, made_key(archive)) as kept:

        def document(item_id: str, make: Callable[[], bytes]) -> bytes:
            return kept.made(item_id, stamps.pop(item_id), make)

        return FORMATS[name].write(items(), path, replace(context, document=document))


def _names_a_museum(archive: Archive) -> bool:
    """Say whether EDM can be told whose records these are."""
    return bool(archive.settings.exchange.data_provider or archive.settings.publisher)


def _write_checksums(tree: SiteTree, path: str) -> Iterator[str]:
    """Write what ``sha256sum -c`` and ``sha512sum -c`` read, beside a package; yield the paths."""
    found = digest_file(tree.root / path, with_sha256=True)
    for name, digest in (("sha256", found.sha256), ("sha512", found.sha512)):
        tree.write(f"{path}.{name}", f"{digest}  {Path(path).name}\n".encode())
        yield f"{path}.{name}"
