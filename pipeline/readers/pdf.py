"""PDF pages through PDFium: the optional part ``hoaban[pdf]``.

A page that is nothing but one scan is drawn at that scan's own resolution, pixel for pixel; any
other page at the resolution of the settings. PDFium draws in sRGB with 8 bit. It mends damaged
files silently, so what it would show as blank paper is looked for here: a missing end of file,
and pictures that do not decode.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from archive.settings import DerivativeSettings
from pipeline.extras import load_extra, version_of
from pipeline.identify import Identity
from pipeline.readers.libvips import problem_of
from pipeline.readers.page import FilePages, PageHeader, ScanProblem
from pipeline.vips import pyvips

_POINTS_PER_INCH = 72
# A drawn page has four channels, and a scan in it is decoded beside that.
_HELD_BYTES = 10
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_IMAGE = 3  # FPDF_PAGEOBJ_IMAGE
_TEXT = 1  # FPDF_PAGEOBJ_TEXT
_INVISIBLE = 3  # text rendering mode of a recognized text under a scan (ISO 32000-2, 9.3.6)
_TAIL_BYTES = 1024
_MOST_PAGES = 10_000
_COVERED = 0.95
# A size that should be whole may come out a hair over it, and would be rounded up.
_HAIR = 1e-6


def read_pages(path: Path, identity: Identity, settings: DerivativeSettings) -> FilePages:
    """Return every page: as :class:`pipeline.readers.page.Reader` has it."""
    _check_end(path)
    with _opened(path) as document:
        count = len(document)
        if not 1 <= count <= _MOST_PAGES:
            raise ScanProblem("SCAN-damaged", reason=f"the PDF has {count} pages")
        pages = tuple(_header(document, number, settings.pdf_ppi) for number in range(count))
    return FilePages(pages, count)


def open_page(path: Path, identity: Identity, page: PageHeader) -> pyvips.Image:
    """Return a page, drawn: as :class:`pipeline.readers.page.Reader` has it."""
    with _opened(path) as document, closing(document[page.number]) as drawn:
        for item in drawn.get_objects(filter=[_IMAGE]):
            _check_picture(item)
        scale = page.drawn_ppi / _POINTS_PER_INCH
        with closing(drawn.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)) as bitmap:
            width, height, stride = bitmap.width, bitmap.height, bitmap.stride
            pixels = bytes(bitmap.buffer)
    if (width, height) != (page.stored_width_px, page.stored_height_px) or stride != 4 * width:
        raise ScanProblem("SCAN-damaged", reason="the page was drawn in another size")
    image = pyvips.Image.new_from_memory(pixels, width, height, 4, "uchar")
    return image.extract_band(0, n=3).copy(interpretation="srgb")


def version() -> str:
    """Return ``pypdfium2`` and its version."""
    return version_of("pdf")


@contextmanager
def _opened(path: Path) -> Iterator[Any]:  # pypdfium2 has no types
    library = load_extra("pdf")
    try:
        # PDFium encodes names its own way; a file that is open already has none.
        with path.open("rb") as file, closing(library.PdfDocument(file)) as document:
            yield document
    except library.PdfiumError as error:
        if error.err_code == _PASSWORD:
            raise ScanProblem("SCAN-not-an-image", found="a PDF under a password") from error
        raise ScanProblem("SCAN-damaged", reason=str(error).rstrip(".")) from error


def _check_end(path: Path) -> None:
    """Refuse a file that was cut short; PDFium would show what is left.

    Source:
        ISO 32000-2:2020, 7.5.5, with the tolerance every viewer has.
    """
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, 2) - _TAIL_BYTES))
        if b"%%EOF" not in file.read():
            raise ScanProblem("SCAN-damaged", reason="the PDF has no end")


def _check_picture(item: Any) -> None:
    """Refuse a picture that PDFium would draw half, or as blank paper."""
    if item.get_filters() != ["DCTDecode"]:
        # Held until it is collected; the library warns of an explicit close.
        item.get_bitmap(render=False)
        return
    data = bytes(item.get_data(decode_simple=False))
    try:
        pyvips.Image.jpegload_buffer(data, access="sequential", fail_on="warning").avg()
    except pyvips.Error as error:
        raise problem_of(error) from error


def _header(document: Any, number: int, pdf_ppi: int) -> PageHeader:
    with closing(document[number]) as page:
        width_pt, height_pt = page.get_size()
        native_ppi = _native_ppi(page, width_pt * height_pt)
    drawn_ppi = native_ppi * (1 - _HAIR) if native_ppi else float(pdf_ppi)
    scale = drawn_ppi / _POINTS_PER_INCH
    return PageHeader(
        number,
        max(1, math.ceil(width_pt * scale)),
        max(1, math.ceil(height_pt * scale)),
        resolution_ppi=(native_ppi, native_ppi) if native_ppi else None,
        is_srgb=True,
        drawn_ppi=drawn_ppi,
        held_bytes=_HELD_BYTES,
        reader="pdf",
    )


def _native_ppi(page: Any, area_pt: float) -> float:
    """Return the resolution of the one scan that a page consists of, or 0 when it does not."""
    ppi = 0.0
    for item in page.get_objects():
        if item.type == _TEXT and _is_invisible(item):
            continue
        if item.type != _IMAGE or ppi:
            return 0.0
        a, b, c, d, *_ = item.get_matrix().get()
        across_pt, down_pt = math.hypot(a, b), math.hypot(c, d)
        if across_pt * down_pt < _COVERED * area_pt:
            return 0.0
        width_px, height_px = item.get_px_size()
        ppi = max(width_px / across_pt, height_px / down_pt) * _POINTS_PER_INCH
    return ppi


def _is_invisible(text: Any) -> bool:
    raw = load_extra("pdf").raw
    return bool(raw.FPDFTextObj_GetTextRenderMode(text) == _INVISIBLE)
