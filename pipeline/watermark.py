"""Size limits and watermarks: an image as its access level and rights allow it to be shown.

Promise: both are applied once, to the whole image, before anything is made from it; so the tiles
of a zoom agree with each other, and no file made from it can hold more. The same watermark on an
image of the same size gives the same pixels on every computer: the font comes with Hoa Ban and is
drawn by Pillow, so that no font and no font setting of the system counts.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from archive.limits import Limits, Watermark
from pipeline.memory import fits_in_memory
from pipeline.vips import pyvips

_FONT = Path(__file__).parent / "fonts" / "be-vietnam-pro-600.ttf"
# Of the image's width and height: how large a watermark is at most, and its distance from the edge.
_LARGEST = (0.5, 0.12)
_LARGEST_IN_CENTER = (0.8, 0.25)
_LARGEST_REPEATED = (0.4, 0.08)
_MARGIN = 0.02
# Letters are drawn at most this wide, in pixels, and enlarged from there.
_WIDEST_DRAWN_PX = 4096
_DRAWN_FONT_PX = 200
# White letters with a dark edge can be read on any ground.
_EDGE = 0.05
_WHITE, _DARK = (255, 255, 255, 255), (0, 0, 0, 255)
_LEAST_FONT_PX = 4


def within(image: pyvips.Image, limits: Limits, *, memory_mb: int) -> pyvips.Image:
    """Return an image no larger than ``limits`` allow: itself, or reduced once.

    Args:
        image: 8-bit sRGB that can be read anywhere, any number of times.
        limits: What may be shown.
        memory_mb: What the worker may use; 0 means any amount. What does not fit is computed
            again whenever it is read, to the same pixels.
    """
    if not limits.reduces(max(image.width, image.height)):
        return image
    smaller = image.thumbnail_image(limits.max_px, height=limits.max_px, size="down")
    if fits_in_memory(smaller.width, smaller.height, memory_mb=memory_mb):
        smaller = smaller.copy_memory()
    return smaller.copy(interpretation="srgb")


def marked(image: pyvips.Image, watermark: Watermark) -> pyvips.Image:
    """Return an image with a watermark on it, computed when it is read.

    Args:
        image: 8-bit sRGB that can be read anywhere, any number of times.
        watermark: What is drawn, in a size that follows the image's, so that it is as legible
            on the whole image as on its smaller levels.
    """
    if watermark.position == "repeat":
        return _blended(_pattern(image, watermark), image, watermark.opacity)
    mark = _drawn(image, watermark)
    margin = round(min(image.width, image.height) * _MARGIN)
    left, top = _corner(image, mark, watermark.position, margin)
    ground = image.crop(left, top, mark.width, mark.height)
    patch = _blended(mark, ground, watermark.opacity).copy_memory()
    return image.insert(patch, left, top).copy(interpretation="srgb")


def _corner(image: pyvips.Image, mark: pyvips.Image, position: str, margin: int) -> tuple[int, int]:
    """Return (left, top) of a mark, in pixels."""
    across, down = image.width - mark.width, image.height - mark.height
    if position == "center":
        return across // 2, down // 2
    vertical, _, horizontal = position.partition("-")
    left = margin if horizontal == "left" else across - margin
    top = margin if vertical == "top" else down - margin
    return min(max(left, 0), across), min(max(top, 0), down)


def _blended(mark: pyvips.Image, ground: pyvips.Image, opacity: int) -> pyvips.Image:
    """Return ``ground`` with ``mark`` over it; 8-bit sRGB."""
    cover = (mark[3] * (opacity / 100)).rint().cast("uchar")
    drawn = cover.ifthenelse(mark[0:3], ground, blend=True)
    return drawn.cast("uchar").copy(interpretation="srgb")


def _pattern(image: pyvips.Image, watermark: Watermark) -> pyvips.Image:
    """Return the mark all over an area of the image's size, every second row shifted by half."""
    mark = _drawn(image, watermark)
    width, height = mark.width + mark.width // 4 + 1, mark.height * 3
    row = mark.embed(0, mark.height, width, height, extend="black")
    cell = row.join(row.wrap(x=width // 2, y=0), "vertical").copy_memory()
    across, down = -(-image.width // cell.width), -(-image.height // cell.height)
    return cell.replicate(across, down).crop(0, 0, image.width, image.height)


def _drawn(image: pyvips.Image, watermark: Watermark) -> pyvips.Image:
    """Return the mark in its size on the image: RGBA, 8 bit, in memory."""
    largest = {"center": _LARGEST_IN_CENTER, "repeat": _LARGEST_REPEATED}.get(
        watermark.position, _LARGEST
    )
    box = [max(1, round(side * share)) for side, share in zip(
        (image.width, image.height), largest, strict=True
    )]  # fmt: skip
    drawn = _picture(watermark.picture) if watermark.picture else _words(watermark.text, *box)
    mark = pyvips.Image.new_from_memory(drawn.tobytes(), drawn.width, drawn.height, 4, "uchar")
    mark = mark.copy(interpretation="srgb")
    mark = mark.thumbnail_image(box[0], height=box[1], size="both")
    # A mark of extreme proportions may be rounded up to a pixel more than its image has.
    mark = mark.crop(0, 0, min(mark.width, image.width), min(mark.height, image.height))
    return mark.cast("uchar").copy_memory()


def _picture(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
        return image.convert("RGBA")


def _words(text: str, width_px: int, height_px: int) -> Image.Image:
    """Return a text about as large as it will be shown, so that its letters stay crisp."""
    font = _font(_DRAWN_FONT_PX)
    left, top, right, bottom = font.getbbox(text, stroke_width=_edge_px(_DRAWN_FONT_PX))
    scale = min(width_px, _WIDEST_DRAWN_PX) / (right - left)
    size_px = max(_LEAST_FONT_PX, int(_DRAWN_FONT_PX * min(scale, height_px / (bottom - top))))
    font, edge = _font(size_px), _edge_px(size_px)
    left, top, right, bottom = (int(side) for side in font.getbbox(text, stroke_width=edge))
    image = Image.new("RGBA", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(image).text(
        (-left, -top), text, font=font, fill=_WHITE, stroke_width=edge, stroke_fill=_DARK
    )
    return image


def _edge_px(font_px: int) -> int:
    return max(1, round(font_px * _EDGE))


def _font(size_px: int) -> ImageFont.FreeTypeFont:
    """Return the font; simple layout, which is the same with every build of Pillow."""
    return ImageFont.truetype(_FONT, size_px, layout_engine=ImageFont.Layout.BASIC)
