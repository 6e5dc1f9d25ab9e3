"""How pictures and tiles are encoded, as JPEG and WebP.

Promise: a picture carries the sRGB profile and the words of its credit, and nothing else: no GPS,
no camera, and no resolution, because the master's would be a wrong size in centimetres.

Pillow encodes: a JPEG costs a third less and a WebP a tenth less than by libvips, whose encoder is
one for small files rather than for speed, and which starts its threads anew for each. Only the
JPEG that takes most work is libvips' own.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image

from archive.settings import DerivativeSettings
from pipeline.vips import pyvips

_BANDS = 3
# 0 is fast, 6 is slow; from 2 to 4, the default, the time triples for 3 % of the bytes.
_WEBP_EFFORT = 2
# From this quality on, colours keep their full resolution.
_FULL_COLOUR_QUALITY = 90


@dataclass(frozen=True)
class Encoding:
    """How pictures are written.

    Attributes:
        quality: JPEG quality, 1 to 100.
        webp_quality: WebP quality, 1 to 100.
        compact: Spend about ten times the work on a JPEG to make it a fifth to a third smaller.
        xmp: The packet that every picture carries; empty for none.
    """

    quality: int
    webp_quality: int = 80
    compact: bool = False
    xmp: bytes = b""

    @classmethod
    def of(cls, settings: DerivativeSettings, xmp: bytes) -> Encoding:
        """Return the encoding that ``settings`` ask for."""
        return cls(settings.quality, settings.webp_quality, settings.compact, xmp)


def in_pillow(image: pyvips.Image) -> Image.Image:
    """Return an 8-bit sRGB picture as Pillow's.

    Raises:
        pyvips.Error: The pixels cannot be computed.
    """
    assert image.bands == _BANDS  # noqa: S101  (what no caller gives)
    pixels = image.write_to_memory()
    return Image.frombytes("RGB", (image.width, image.height), pixels)


def save_jpeg(picture: Image.Image, path: Path, encoding: Encoding) -> None:
    """Write an 8-bit sRGB picture as JPEG, with its profile and credit.

    Raises:
        OSError: The disk refuses the file.
    """
    if encoding.compact:
        data = _compact_jpeg(picture, encoding, keep="icc|xmp", profile="srgb")
    else:
        options = {"optimize": True, "icc_profile": _srgb_profile(), "xmp": encoding.xmp}
        data = _encoded(picture, "JPEG", options | _jpeg_options(encoding))
    path.write_bytes(data)


def save_webp(picture: Image.Image, path: Path, encoding: Encoding) -> None:
    """Write an 8-bit sRGB picture as WebP, with its profile and credit.

    Raises:
        OSError: The disk refuses the file.
    """
    options = {
        "quality": encoding.webp_quality,
        "method": _WEBP_EFFORT,
        "icc_profile": _srgb_profile(),
        "xmp": encoding.xmp,
    }
    path.write_bytes(_encoded(picture, "WEBP", options))


def tile_jpeg(tile: Image.Image, encoding: Encoding) -> bytes:
    """Return an 8-bit sRGB tile as JPEG, without a profile and a credit."""
    if encoding.compact:
        return _compact_jpeg(tile, encoding, keep="none")
    return _encoded(tile, "JPEG", _jpeg_options(encoding))


def _jpeg_options(encoding: Encoding) -> dict[str, object]:
    """Return Pillow's options for tiles and pictures alike."""
    subsampling = 0 if encoding.quality >= _FULL_COLOUR_QUALITY else 2
    return {"quality": encoding.quality, "subsampling": subsampling}


def _compact_jpeg(picture: Image.Image, encoding: Encoding, **options: str) -> bytes:
    """Return the JPEG that takes most work, which only libvips' encoder knows."""
    image = pyvips.Image.new_from_memory(picture.tobytes(), *picture.size, _BANDS, "uchar")
    image = image.copy(interpretation="srgb")
    if encoding.xmp:
        image.set_type(pyvips.GValue.blob_type, "xmp-data", encoding.xmp)
    data: bytes = image.jpegsave_buffer(
        Q=encoding.quality,
        optimize_coding=True,
        trellis_quant=True,
        overshoot_deringing=True,
        quant_table=3,  # ImageMagick's, which mozjpeg's trellis is tuned for
        **options,
    )
    return data


def _encoded(picture: Image.Image, kind: str, options: dict[str, object]) -> bytes:
    # In memory first: Pillow would not tell a full disk from a fault of its own.
    try:
        return _saved(picture, kind, options)
    except OSError:
        # For the best code table Pillow sets aside a byte a pixel, which halftones and the grain
        # of film do not keep to at a high quality.
        return _saved(picture, kind, options | {"optimize": False})


def _saved(picture: Image.Image, kind: str, options: dict[str, object]) -> bytes:
    data = io.BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


@cache
def _srgb_profile() -> bytes:
    profile: bytes = pyvips.Operation.call("profile_load", "srgb")
    return profile
