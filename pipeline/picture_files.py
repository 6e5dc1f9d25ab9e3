"""Writing a picture as JPEG and WebP; one that a page shows first keeps to a number of bytes.

A sharp photograph of weave or mosaic takes twice the bytes of a plain one of the same size, so a
quality that is right for most makes some pages heavy. Such a picture is first written at a lower
quality, as far down as the eye forgives on a phone, then a little smaller.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from PIL import Image

from pipeline.encoding import Encoding, in_pillow, save_jpeg, save_webp
from pipeline.pictures import fitted, sharpened
from pipeline.vips import pyvips
from schemas.derivatives import ImageFile

# Below this, flat grounds show blocks; above it, a smaller picture looks better than a coarser one.
_LOWEST_QUALITY = 62
_QUALITY_STEP = 9
# What one step of quality saves at least, by 30 detailed photographs: so no try is made in vain.
_STEP_SAVES = 0.95
# A little smaller than the bytes ask for: a small picture has more detail a pixel.
_MARGIN = 0.96


def write_picture(
    picture: pyvips.Image,
    place: Path,
    name: str,
    encoding: Encoding,
    *,
    most_bytes: int,
    least_px: int,
    is_sharpened: bool,
) -> ImageFile:
    """Write a picture as WebP of at most so many bytes, and as JPEG of the same size.

    Args:
        picture: 8-bit sRGB, not sharpened, in memory.
        place: The canvas's folder.
        name: File name without ending.
        encoding: The qualities; that of the WebP is where the search begins.
        most_bytes: Most bytes of the WebP; 0 for no limit.
        least_px: Longer side below which the picture is not made smaller, whatever it takes.
        is_sharpened: Whether the picture is sharpened, at whatever size it gets.

    Raises:
        pyvips.Error: The pixels cannot be computed.
        OSError: The disk refuses a file.
    """
    webp = place / f"{name}.webp"
    shown = _shown(picture, is_sharpened=is_sharpened)
    size_bytes = _lightest(shown, webp, encoding, most_bytes)
    while 0 < most_bytes < size_bytes and max(shown.width, shown.height) > least_px:
        longest_px = max(shown.width, shown.height)
        smaller_px = int(longest_px * math.sqrt(most_bytes / size_bytes) * _MARGIN)
        picture = fitted(picture, max(least_px, smaller_px))
        shown = _shown(picture, is_sharpened=is_sharpened)
        size_bytes = _written(shown, webp, encoding, _LOWEST_QUALITY)
    save_jpeg(shown, place / f"{name}.jpg", encoding)
    return ImageFile(f"{name}.jpg", shown.width, shown.height, webp.name)


def _lightest(shown: Image.Image, path: Path, encoding: Encoding, most_bytes: int) -> int:
    """Write the WebP at the highest quality that keeps to the bytes, else at the lowest."""
    quality = encoding.webp_quality
    size_bytes = _written(shown, path, encoding, quality)
    while 0 < most_bytes < size_bytes and quality > _LOWEST_QUALITY:
        expected = float(size_bytes)
        while expected > most_bytes and quality > _LOWEST_QUALITY:
            quality = max(_LOWEST_QUALITY, quality - _QUALITY_STEP)
            expected *= _STEP_SAVES
        size_bytes = _written(shown, path, encoding, quality)
    return size_bytes


def _written(shown: Image.Image, path: Path, encoding: Encoding, quality: int) -> int:
    save_webp(shown, path, replace(encoding, webp_quality=quality))
    return path.stat().st_size


def _shown(picture: pyvips.Image, *, is_sharpened: bool) -> Image.Image:
    return in_pillow(sharpened(picture) if is_sharpened else picture)
