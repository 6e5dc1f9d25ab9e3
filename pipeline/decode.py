"""From a file to pixels people can look at.

Promise: a page comes out whole or as a :class:`ScanProblem`, never half and never silently
black; what comes out is 8-bit sRGB in memory, upright, with no metadata of the master. Only the
modules of ``pipeline.readers`` let a decoder touch a scan.
"""

from __future__ import annotations

from pathlib import Path

from pipeline import colour
from pipeline.identify import Identity
from pipeline.readers import PageHeader, ScanProblem, open_page
from pipeline.readers.libvips import problem_of
from pipeline.vips import pyvips

__all__ = ["PageHeader", "ScanProblem", "decode_page"]


def decode_page(path: Path, identity: Identity, page: PageHeader) -> pyvips.Image:
    """Return one page decoded: 8-bit sRGB in memory, upright, without metadata.

    Returns:
        An image of shape (height_px, width_px, 3), uchar, interpretation ``srgb``.

    Raises:
        ScanProblem: The pixels are damaged, cut short or have neither black nor white.
        MemoryError: The memory limit does not allow it.
    """
    image = open_page(path, identity, page)
    try:
        if not page.has_scale:
            image = colour.with_scale(image, page.colour_space)
        image = colour.to_srgb(
            image,
            colour_space=page.colour_space,
            profile=page.profile,
            has_extra=page.has_extra,
        )
        upright = _in_memory(image)
        if page.orientation > 1 and not page.is_upright:
            # Turning reads columns, which a sequential decoder cannot give: only from memory.
            upright.set_type(pyvips.GValue.gint_type, "orientation", page.orientation)
            upright = _in_memory(upright.autorot())
    except pyvips.Error as error:
        raise problem_of(error) from error
    except ValueError as error:
        raise ScanProblem("SCAN-not-an-image", found=f"an image with {error}") from error
    return upright


def _in_memory(image: pyvips.Image) -> pyvips.Image:
    """Compute an image once; an image made from bare pixels cannot carry GPS or any other tag."""
    pixels = image.write_to_memory()
    plain = pyvips.Image.new_from_memory(pixels, image.width, image.height, 3, "uchar")
    return plain.copy(interpretation="srgb")
