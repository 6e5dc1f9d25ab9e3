"""The small levels that are measured: always of the same sizes, whatever the settings say.

Pillow holds them: on images this small it needs a quarter of the time that libvips needs to set
up its pipelines.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from pipeline.vips import pyvips

# At the first, lines of text on an A4 page can still be told apart; at the second, shapes.
MEDIUM_PX = 800
SMALL_PX = 200


@dataclass(frozen=True)
class Levels:
    """One page in two sizes, all 8-bit sRGB and upright.

    Attributes:
        medium: Longer side about :data:`MEDIUM_PX`, or the page's own.
        grey: ``medium`` in grey (Rec. 601 luma of the encoded values).
        small: Longer side about :data:`SMALL_PX`, or the page's own.
        small_grey: ``small`` in grey.
    """

    medium: Image.Image
    grey: Image.Image
    small: Image.Image
    small_grey: Image.Image


def levels_of(image: pyvips.Image) -> Levels:
    """Return the levels of a page, or of a reduced picture of it: 8-bit sRGB, upright."""
    factor = _factor((image.width, image.height), MEDIUM_PX)
    medium = pillow_image(image.shrink(factor, factor) if factor > 1 else image)
    factor = _factor(medium.size, SMALL_PX)
    small = medium.reduce(factor) if factor > 1 else medium
    return Levels(medium, medium.convert("L"), small, small.convert("L"))


def pillow_image(image: pyvips.Image) -> Image.Image:
    """Return 8-bit sRGB pixels as Pillow holds them."""
    size = (image.width, image.height)
    return Image.frombuffer("RGB", size, image.write_to_memory(), "raw", "RGB", 0, 1)


def _factor(size: tuple[int, int], wanted_px: int) -> int:
    """Return how many pixels are averaged in each direction: whole blocks, which is fast."""
    # An image narrower than a block cannot be averaged over it.
    return max(1, min(round(max(size) / wanted_px), *size))
