"""TIFF: each page by the library that reads its kind whole, libvips where it can."""

from __future__ import annotations

from pathlib import Path

from archive.settings import DerivativeSettings
from pipeline import tiff
from pipeline.identify import Identity
from pipeline.readers import libvips, pillow
from pipeline.readers.page import FilePages, PageHeader, ScanProblem
from pipeline.vips import pyvips

_LIBVIPS_BITS = frozenset({1, 2, 4, 8, 16, 32})


def read_pages(path: Path, identity: Identity, settings: DerivativeSettings) -> FilePages:
    """Return every page that is not a reduced copy of another.

    As :class:`pipeline.readers.page.Reader` has it.
    """
    try:
        directories = tiff.read_directories(path)
    except ValueError as error:
        raise ScanProblem("SCAN-damaged", reason=str(error)) from error
    views = [n for n, page in enumerate(directories) if not page.is_reduced] or [0]
    pages = tuple(_page(path, identity, number, directories[number]) for number in views)
    return FilePages(pages, len(pages))


def open_page(path: Path, identity: Identity, page: PageHeader) -> pyvips.Image:
    """Return a page through libvips; a page of Pillow's names Pillow as its reader."""
    return libvips.open_page(path, identity, page)


def version() -> str:
    """Return ``libvips`` and its version."""
    return libvips.version()


def _page(path: Path, identity: Identity, number: int, directory: tiff.Directory) -> PageHeader:
    if _is_for_pillow(directory):
        return pillow.tiff_page(path, number, directory)
    extra = directory.tags.get(tiff.EXTRA_SAMPLES, ())
    return libvips.page_of(
        libvips.open_number(path, identity, number),
        number,
        bits=directory.bits,
        has_extra=bool(extra) and extra[-1] == 0,
        samples=directory.number(tiff.SAMPLES_PER_PIXEL, 1),
        resolution_ppi=directory.resolution_ppi,
    )


def _is_for_pillow(directory: tiff.Directory) -> bool:
    return (
        directory.is_lab8
        or directory.has_planar_tiles
        or directory.bits not in _LIBVIPS_BITS
        or directory.number(tiff.COMPRESSION, 1) not in tiff.LIBVIPS_COMPRESSIONS
        or directory.is_plain_ycbcr
    )
