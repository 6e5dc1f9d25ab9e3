"""Small pictures from decoded pixels: how they are reduced, sharpened and encoded.

Promise: a picture is never larger than what it is made from; it carries the sRGB profile and the
words of its credit, and nothing else: no GPS, no camera, and no resolution, because the master's
would be a wrong size in centimetres.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from archive.settings import DerivativeSettings
from pipeline.vips import pyvips

# Half the difference to the mean of the eight neighbours is added: what reducing has softened
# comes back, without a visible halo.
_SHARPEN = pyvips.Image.new_from_array([[-1, -1, -1], [-1, 24, -1], [-1, -1, -1]], scale=16)
# 0 is fast, 6 is slow; from 2 to 4, the default, the time triples for 3 % of the bytes.
_WEBP_EFFORT = 2


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

    @property
    def jpeg_options(self) -> dict[str, int | bool]:
        """Options of libvips' JPEG writer, for tiles and pictures alike."""
        options: dict[str, int | bool] = {"Q": self.quality}
        if self.compact:
            # quant_table 3 is ImageMagick's, which mozjpeg's trellis is tuned for.
            options |= {
                "optimize_coding": True,
                "trellis_quant": True,
                "overshoot_deringing": True,
                "quant_table": 3,
            }
        return options


def save_jpeg(image: pyvips.Image, path: Path, encoding: Encoding) -> None:
    """Write an sRGB picture as JPEG.

    Raises:
        pyvips.Error: The disk refuses the file.
    """
    # keep="icc|xmp" also leaves out the density.
    options = {"optimize_coding": True} | encoding.jpeg_options
    _with_credit(image, encoding).jpegsave(
        os.fsencode(path), keep="icc|xmp", profile="srgb", **options
    )


def save_webp(image: pyvips.Image, path: Path, encoding: Encoding) -> None:
    """Write an sRGB picture as WebP.

    Raises:
        pyvips.Error: The disk refuses the file.
    """
    _with_credit(image, encoding).webpsave(
        os.fsencode(path),
        Q=encoding.webp_quality,
        effort=_WEBP_EFFORT,
        keep="icc|xmp",
        profile="srgb",
    )


def base_for(
    image: pyvips.Image, *, needed_px: int, of: tuple[int, int] | None = None
) -> pyvips.Image:
    """Return what all small pictures can be made from, so that the large image is read once.

    It is the image itself, or the image reduced, in memory, so that its longer side is
    ``needed_px``: the largest picture is so made in one step, as sharp as it can be.

    Args:
        image: 8-bit sRGB.
        needed_px: Longer side of the result.
        of: Width and height that the result has the proportions of; by default the image's. A
            level of a pyramid is rounded up, so its own differ a little.
    """
    width, height = of or (image.width, image.height)
    scale = needed_px / max(width, height)
    if scale >= 1:
        return image
    across, down = (max(1, round(side * scale)) for side in (width, height))
    # Without a gap, that is without box averaging first: a third of the time, and better.
    smaller = image.resize(across / image.width, vscale=down / image.height, gap=0)
    return smaller.copy_memory()


def fitted(image: pyvips.Image, box_px: int) -> pyvips.Image:
    """Return the image, in memory, with its longer side at most ``box_px``."""
    if max(image.width, image.height) <= box_px:
        return image
    return image.thumbnail_image(box_px, height=box_px, size="down").copy_memory()


def resized(image: pyvips.Image, width_px: int, height_px: int) -> pyvips.Image:
    """Return the image, in memory, in exactly this smaller size."""
    if (image.width, image.height) == (width_px, height_px):
        return image
    return image.thumbnail_image(width_px, height=height_px, size="force").copy_memory()


def sharpened(image: pyvips.Image) -> pyvips.Image:
    """Return a reduced picture with its edges as crisp as the eye expects them.

    8-bit sRGB in and out; an even area keeps its values.
    """
    return image.conv(_SHARPEN, precision="integer").copy(interpretation="srgb")


def _with_credit(image: pyvips.Image, encoding: Encoding) -> pyvips.Image:
    if not encoding.xmp:
        return image
    image = image.copy()
    image.set_type(pyvips.GValue.blob_type, "xmp-data", encoding.xmp)
    return image
