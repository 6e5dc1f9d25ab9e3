"""Camera RAW through rawpy (LibRaw): the optional part ``hoaban[raw]``.

A raw file is no picture yet. It is developed the same way every time: the camera's own white
balance, 16 bit, sRGB, and a brightness that does not depend on what the picture shows. Size and
depth are read from the header; a kind whose depth only LibRaw knows (RAF, RW2, ORF, …) is unpacked
for it, but never one over the limit.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from archive.settings import DerivativeSettings
from pipeline.extras import load_extra, version_of
from pipeline.identify import Identity
from pipeline.readers.page import FilePages, PageHeader, ScanProblem
from pipeline.readers.raw_header import RawHeader, read_raw_header
from pipeline.vips import pyvips

# LibRaw's turns as EXIF orientations.
_ORIENTATIONS = {0: 1, 3: 3, 5: 8, 6: 6}

# Counts changes of this module that change pixels: part of the recipe of derivatives.
DEVELOPING_VERSION = 2
_BITS_READ = 16
# LibRaw holds what the sensor counted, four channels of it, and the developed page: 2 + 8 + 6.
_HELD_BYTES = 17
# LibRaw's own share of the white level, and the share of pixels that tells a full sensor.
_LIBRAW_THRESHOLD = 0.75
_FULL_SHARE = 0.0005


def read_pages(path: Path, identity: Identity, settings: DerivativeSettings) -> FilePages:
    """Return the one image of a raw file: as :class:`pipeline.readers.page.Reader` has it."""
    header = read_raw_header(path)
    with _opened(path) as (_, raw):
        sizes = raw.sizes
        if not header.bits and sizes.iwidth * sizes.iheight <= settings.max_megapixels * 1_000_000:
            header = _unpacked_header(raw)
        page = PageHeader(
            0,
            sizes.iwidth,
            sizes.iheight,
            _ORIENTATIONS.get(sizes.flip, 1),
            bits=header.bits or _BITS_READ,
            bits_read=_BITS_READ,
            samples=header.samples,
            is_srgb=True,
            held_bytes=_HELD_BYTES,
            reader="raw",
        )
    return FilePages((page,), 1)


def open_page(path: Path, identity: Identity, page: PageHeader) -> pyvips.Image:
    """Return the developed image: as :class:`pipeline.readers.page.Reader` has it."""
    with _opened(path) as (library, raw):
        raw.unpack()
        pixels = raw.postprocess(
            use_camera_wb=True,
            no_auto_bright=True,
            adjust_maximum_thr=_white_threshold(raw),
            output_bps=_BITS_READ,
            output_color=library.ColorSpace.sRGB,
            # The tone curve of sRGB; LibRaw's own default is that of BT.709.
            gamma=(2.4, 12.92),
            user_flip=0,
        )
    height, width, bands = pixels.shape
    image = pyvips.Image.new_from_memory(pixels, width, height, bands, "ushort")
    return image.copy(interpretation="rgb16" if bands == 3 else "grey16")


def _unpacked_header(raw: Any) -> RawHeader:  # rawpy has no types
    """Return depth and samples as LibRaw tells them, which unpacks the pixels first."""
    is_mosaic = raw.raw_type.name == "Flat"
    return RawHeader(max(int(raw.white_level).bit_length(), 1), 1 if is_mosaic else 3)


def _white_threshold(raw: Any) -> float:  # rawpy has no types
    """Return from which share of the white level on LibRaw takes the brightest count for white.

    LibRaw's own way is to do so whenever that count is above three quarters of white, which makes
    a darker picture up to a third brighter: two objects under the same lamps would differ.
    It is needed, though, where the sensor was full below the level that LibRaw knows, else light
    parts turn pink. A full sensor shows in many pixels of exactly the brightest count.
    """
    if raw.raw_type.name != "Flat":
        return 0.0
    counts = raw.raw_image_visible
    return _LIBRAW_THRESHOLD if (counts == counts.max()).mean() >= _FULL_SHARE else 0.0


def version() -> str:
    """Return ``rawpy`` and its version."""
    return version_of("raw")


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:  # rawpy has no types
    library = load_extra("raw")
    try:
        with library.RawPy() as raw:
            raw.open_file(os.fspath(path))
            yield library, raw
    except library.LibRawFileUnsupportedError as error:
        found = "a camera RAW image of a kind that LibRaw does not know"
        raise ScanProblem("SCAN-not-an-image", found=found) from error
    except library.LibRawError as error:
        reason = os.fsdecode(error.args[0]) if error.args else type(error).__name__
        raise ScanProblem("SCAN-damaged", reason=reason) from error
