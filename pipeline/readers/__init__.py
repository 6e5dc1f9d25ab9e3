"""The libraries that read scans, behind one seam: one module each, imported when needed.

Promise: a file's own bytes have chosen its reader (``pipeline.identify``); its header is read
before its pixels, so that every limit is checked before anything is decoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import cast

from archive.settings import DerivativeSettings
from pipeline.identify import Identity
from pipeline.readers.page import FilePages, PageHeader, Reader, ScanProblem
from pipeline.vips import pyvips

__all__ = [
    "READERS",
    "FilePages",
    "PageHeader",
    "Reader",
    "ScanProblem",
    "open_page",
    "read_pages",
    "reader",
    "version_of",
]

READERS: Mapping[str, str] = {
    "libvips": "pipeline.readers.libvips",
    "tiff": "pipeline.readers.tiff_pages",
    "pillow": "pipeline.readers.pillow",
    "heif": "pipeline.readers.heif",
    "raw": "pipeline.readers.camera_raw",
    "pdf": "pipeline.readers.pdf",
    "recording": "pipeline.readers.recording",
}


def reader(name: str) -> Reader:
    """Return the reader of that name.

    Raises:
        KeyError: There is none; a defect in the caller.
    """
    return cast(Reader, import_module(READERS[name]))


def read_pages(path: Path, identity: Identity, settings: DerivativeSettings) -> FilePages:
    """Return the pages of a file without decoding a pixel.

    Raises:
        ScanProblem: The header is damaged, the file is of a kind that is not read, or the
            optional part that reads it is not installed.
        OSError: The file cannot be read.
    """
    if identity.format is None:
        raise ScanProblem("SCAN-not-an-image", found=identity.found)
    return reader(identity.format.reader).read_pages(path, identity, settings)


def open_page(path: Path, identity: Identity, page: PageHeader) -> pyvips.Image:
    """Return one page with its pixels as stored, perhaps not yet decoded.

    Raises:
        ScanProblem: The pixels are damaged or cut short.
        MemoryError: The memory limit does not allow it.
    """
    return reader(page.reader).open_page(path, identity, page)


def version_of(name: str) -> str:
    """Return the library of the reader ``name`` and its version, as ``Pillow 13.0.0``."""
    return reader(name).version()
