"""Small pictures from decoded pixels: how they are reduced and sharpened.

Promise: a picture is never larger than what it is made from.
"""

from __future__ import annotations

from pipeline.vips import pyvips

# Half the difference to the mean of the eight neighbours is added: what reducing has softened
# comes back, without a visible halo.
_SHARPEN = pyvips.Image.new_from_array([[-1, -1, -1], [-1, 24, -1], [-1, -1, -1]], scale=16)


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
