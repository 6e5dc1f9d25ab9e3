"""The reader of most masters: libvips, through the loader that the file's format names."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from archive.settings import DerivativeSettings
from pipeline import colour, vips
from pipeline.identify import Identity
from pipeline.readers.page import FilePages, PageHeader, ScanProblem
from pipeline.vips import pyvips, reason_of

_DEPTHS: Mapping[str, int] = {
    "uchar": 8, "char": 8, "ushort": 16, "short": 16, "uint": 32, "int": 32, "float": 32,
    "double": 64,
}  # fmt: skip
# The index of a JPEG that holds more pictures (CIPA DC-007) stands before the first of them.
_MPF_MARK = b"MPF\0"
_HEAD_BYTES = 1 << 16
# What these decoders hold of a page, in bytes a pixel; the last two where rows come in several
# passes over the page.
_HELD_BYTES: Mapping[str, int] = {"heifload": 17, "webpload": 10, "gifload": 9}
_HELD_BYTES_INTERLACED: Mapping[str, int] = {"jpegload": 11, "pngload": 6}


def read_pages(path: Path, identity: Identity, settings: DerivativeSettings) -> FilePages:
    """Return the first image of a file: as :class:`pipeline.readers.page.Reader` has it."""
    image = open_number(path, identity, 0)
    bits = int(image.get("bits-per-sample")) if _has(image, "bits-per-sample") else _depth(image)
    page = page_of(image, 0, bits=bits, resolution_ppi=_jfif_ppi(path) or _png_ppi(identity, image))
    page = replace(page, held_bytes=_held_bytes(identity, image))
    return FilePages((page,), max(_images(image), 2 if _is_mpo(path, identity) else 1))


def open_page(path: Path, identity: Identity, page: PageHeader) -> pyvips.Image:
    """Return a page, not yet decoded: as :class:`pipeline.readers.page.Reader` has it."""
    return open_number(path, identity, page.number)


def version() -> str:
    """Return ``libvips`` and its version."""
    return f"libvips {vips.version()}"


def open_number(path: Path, identity: Identity, number: int) -> pyvips.Image:
    """Return page ``number`` of a file, opened but not decoded.

    Raises:
        ScanProblem: Its header cannot be read.
        MemoryError: The memory limit does not allow it.
    """
    if identity.format is None:
        raise ScanProblem("SCAN-not-an-image", found=identity.found)
    # Anything below "warning" loads some damaged or unsupported TIFFs as black without an error.
    options: dict[str, object] = {"access": "sequential", "fail_on": "warning"}
    if identity.format.loader == "tiffload":
        options["page"] = number
    load = getattr(pyvips.Image, identity.format.loader)
    try:
        # The loader by its name takes the file name literally; new_from_file would read
        # "[...]" in it as options. fsencode keeps names that are not UTF-8.
        return load(os.fsencode(path), **options)
    except pyvips.Error as error:
        raise problem_of(error) from error


def problem_of(error: pyvips.Error) -> ScanProblem:
    """Return the finding that a complaint of libvips about a scan is.

    Raises:
        MemoryError: The complaint is about memory, not about the scan. libvips has no error
            codes, so its words decide.
    """
    if "out of memory" in str(error):
        raise MemoryError(reason_of(error)) from error
    return ScanProblem("SCAN-damaged", reason=reason_of(error))


def page_of(
    image: pyvips.Image,
    number: int,
    *,
    bits: int,
    has_extra: bool = False,
    samples: int = 0,
    resolution_ppi: tuple[float, float] | None = None,
) -> PageHeader:
    """Return what the header of an image just opened says.

    Args:
        image: As opened.
        number: Its place in the file.
        bits: Bit depth as stored.
        has_extra: The last band is not transparency.
        samples: Channels as stored; 0 when libvips gives them all.
        resolution_ppi: Pixels per inch, or None.
    """
    space = colour.colour_space_of(image, bits)
    profile = None
    if _has(image, "icc-profile-data"):
        profile = colour.read_profile(image.get("icc-profile-data"), space)
    orientation = image.get("orientation") if _has(image, "orientation") else 1
    return PageHeader(
        number,
        image.width,
        image.height,
        orientation if 1 <= orientation <= 8 else 1,
        space,
        profile,
        has_extra,
        bits=bits,
        bits_read=max(_depth(image), min(bits, 8)),
        samples=samples or image.bands,
        resolution_ppi=resolution_ppi,
        has_scale=colour.has_scale(image),
    )


def _held_bytes(identity: Identity, image: pyvips.Image) -> int:
    loader = identity.format.loader if identity.format else ""
    if _has(image, "interlaced") and image.get("interlaced"):
        return _HELD_BYTES_INTERLACED.get(loader, 0)
    return _HELD_BYTES.get(loader, 0)


def _has(image: pyvips.Image, name: str) -> bool:
    return name in image.get_fields()


def _depth(image: pyvips.Image) -> int:
    return _DEPTHS.get(image.format, 8)


def _images(image: pyvips.Image) -> int:
    return int(image.get("n-pages")) if _has(image, "n-pages") else 1


def _is_mpo(path: Path, identity: Identity) -> bool:
    if identity.format is None or identity.format.loader != "jpegload":
        return False
    with path.open("rb") as file:
        return _MPF_MARK in file.read(_HEAD_BYTES)


def _jfif_ppi(path: Path) -> tuple[float, float] | None:
    """Read the density of a JFIF header, which stands first in the file if there is one."""
    with path.open("rb") as file:
        head = file.read(18)
    if len(head) < 18 or head[:4] != b"\xff\xd8\xff\xe0" or head[6:11] != b"JFIF\0":
        return None
    unit, across, down = struct.unpack_from(">BHH", head, 13)
    per_inch = {1: 1.0, 2: 2.54}.get(unit)
    return (across * per_inch, down * per_inch) if per_inch else None


def _png_ppi(identity: Identity, image: pyvips.Image) -> tuple[float, float] | None:
    # libvips gives exactly one pixel a millimetre to a PNG without a pHYs chunk.
    is_png = identity.format is not None and identity.format.loader == "pngload"
    if not is_png or (image.xres, image.yres) == (1.0, 1.0):
        return None
    return image.xres * 25.4, image.yres * 25.4
