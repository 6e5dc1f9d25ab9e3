"""HEIC, as telephones write it, through pi-heif: the optional part ``hoaban[heic]``.

The libvips wheel has no HEVC decoder. libheif applies the container's own turning and cropping
while it decodes, so what comes out is upright; an EXIF orientation in such a file says only what
was done (ISO/IEC 23008-12, 6.5.10).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archive.settings import DerivativeSettings
from pipeline import colour
from pipeline.extras import load_extra, version_of
from pipeline.identify import Identity
from pipeline.readers.page import FilePages, PageHeader, ScanProblem
from pipeline.vips import pyvips

_BANDS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "RGBa": 4}
_HELD_BYTES = 8
_BT709 = 1
_DISPLAY_P3 = 12
# The transfer functions of sRGB and BT.709, which differ little; others are HDR.
_PLAIN_TRANSFERS = frozenset({1, 2, 6, 13, 14, 15})
_PLAIN_PRIMARIES = frozenset({1, 2, 5, 6, 7})


def read_pages(path: Path, identity: Identity, settings: DerivativeSettings) -> FilePages:
    """Return the primary image: as :class:`pipeline.readers.page.Reader` has it."""
    file = _open(path)
    width, height = file.size
    mode = file.mode.partition(";")[0]
    if mode not in _BANDS:
        raise ScanProblem("SCAN-not-an-image", found=f"a HEIC image of mode {file.mode}")
    space = "gray" if _BANDS[mode] < 3 else "rgb"
    page = PageHeader(
        0,
        width,
        height,
        colour_space=space,
        profile=_profile(file.info, space),
        bits=int(file.info["bit_depth"]),
        bits_read=16 if file.mode.endswith(";16") else 8,
        samples=_BANDS[mode],
        is_srgb=_says_srgb(file.info),
        held_bytes=_HELD_BYTES,
        reader="heif",
    )
    return FilePages((page,), len(file))


def open_page(path: Path, identity: Identity, page: PageHeader) -> pyvips.Image:
    """Return the primary image, decoded: as :class:`pipeline.readers.page.Reader` has it."""
    file = _open(path)
    try:
        pixels = file.data
    except (ValueError, EOFError, SyntaxError, RuntimeError, OSError) as error:
        raise _damaged(error) from error
    mode, _, depth = file.mode.partition(";")
    sample = "ushort" if depth else "uchar"
    if file.size != (page.stored_width_px, page.stored_height_px):
        raise ScanProblem("SCAN-damaged", reason="header and image are of different sizes")
    # A copy: what pi-heif gives is gone with its file.
    image = pyvips.Image.new_from_memory(bytes(pixels), *file.size, _BANDS[mode], sample)
    names = ("grey16", "b-w") if _BANDS[mode] < 3 else ("rgb16", "srgb")
    image = image.copy(interpretation=names[0] if depth else names[1])
    data = _profile_data(file.info)
    if data:
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", data)
    return image


def version() -> str:
    """Return ``pi-heif`` and its version."""
    return version_of("heic")


def _open(path: Path) -> Any:  # pi-heif has no types
    library = load_extra("heic")
    try:
        return library.open_heif(path, convert_hdr_to_8bit=False)
    except (ValueError, EOFError, SyntaxError, RuntimeError) as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> ScanProblem:
    return ScanProblem("SCAN-damaged", reason=str(error).strip().rstrip("."))


def _says_srgb(info: dict[str, Any]) -> bool:
    numbers = info.get("nclx_profile") or {}
    return (
        numbers.get("color_primaries") == _BT709
        and numbers.get("transfer_characteristics") in _PLAIN_TRANSFERS
    )


def _profile_data(info: dict[str, Any]) -> bytes | None:
    """Return the embedded profile, or the one that the file's colour numbers stand for.

    Source:
        ITU-T H.273 (07/2024), tables 2 and 3.
    """
    if info.get("icc_profile"):
        return bytes(info["icc_profile"])
    numbers = info.get("nclx_profile") or {}
    if (
        numbers.get("color_primaries") == _DISPLAY_P3
        and numbers.get("transfer_characteristics") in _PLAIN_TRANSFERS
    ):
        return bytes(pyvips.Image.profile_load("p3"))
    return None


def _profile(info: dict[str, Any], space: str) -> colour.Profile | None:
    data = _profile_data(info)
    if data:
        return colour.read_profile(data, space)
    numbers = info.get("nclx_profile") or {}
    is_plain = (
        numbers.get("color_primaries", 2) in _PLAIN_PRIMARIES
        and numbers.get("transfer_characteristics", 2) in _PLAIN_TRANSFERS
    )
    # Other numbers mean HDR, which would need a rendering of its own.
    return None if is_plain else colour.Profile("", "", is_usable=False)
