"""Camera RAW through rawpy (LibRaw): the optional part ``hoaban[raw]``.

A raw file is no picture yet. It is developed the same way every time: the camera's own white
balance, no automatic brightening, 16 bit, sRGB. Only the header is read before the limits are
checked; LibRaw unpacks nothing until then.
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
from pipeline.vips import pyvips

# LibRaw's turns as EXIF orientations.
_ORIENTATIONS = {0: 1, 3: 3, 5: 8, 6: 6}


def read_pages(path: Path, identity: Identity, settings: DerivativeSettings) -> FilePages:
    """Return the one image of a raw file: as :class:`pipeline.readers.page.Reader` has it."""
    with _opened(path) as (_, raw):
        sizes = raw.sizes
        page = PageHeader(
            0,
            sizes.iwidth,
            sizes.iheight,
            _ORIENTATIONS.get(sizes.flip, 1),
            bits=max(int(raw.white_level).bit_length(), 1),
            bits_read=16,
            samples=1 if raw.raw_type.name == "Flat" else 3,
            is_srgb=True,
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
            output_bps=16,
            output_color=library.ColorSpace.sRGB,
            # The tone curve of sRGB; LibRaw's own default is that of BT.709.
            gamma=(2.4, 12.92),
            user_flip=0,
        )
    height, width, bands = pixels.shape
    image = pyvips.Image.new_from_memory(pixels.tobytes(), width, height, bands, "ushort")
    return image.copy(interpretation="rgb16" if bands == 3 else "grey16")


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
