"""What people look at: from one decoded page its thumbnail, access image and zoom tiles.

Promise: everything comes from the same decoded pixels, nothing is larger than its master, and
nothing of the master's metadata is carried over. ``derivatives.json`` is written last, so a
folder that has it is complete.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import PIL

from archive.config import DerivativeSettings
from pipeline import vips
from pipeline.readers import version_of
from pipeline.tiles import save_jpeg, write_tiles
from pipeline.vips import pyvips
from schemas.derivatives import DERIVATIVES_NAME, Canvas, DerivativeSet, ImageFile
from schemas.records import json_bytes

# Raise it when the same master and settings would give other bytes or other files.
RECIPE_VERSION = 2


def recipe_of(
    settings: DerivativeSettings,
    masters: Iterable[tuple[str, int]],
    *,
    readers: Iterable[str] = (),
) -> str:
    """Return what a derivative set is made by and from, as one hexadecimal sha256.

    Another recipe means that the set must be made again.

    Args:
        settings: Sizes and qualities; ``max_megapixels`` changes no pixel and does not count.
        masters: (sha512, number of pages) of each master, in reading order.
        readers: Names of the readers of the masters' pages; libvips and Pillow always count.
    """
    recipe: dict[str, object] = {
        "recipe": RECIPE_VERSION,
        "libvips": vips.version(),
        "pillow": PIL.__version__,
        "thumbnail_px": settings.thumbnail_px,
        "access_px": settings.access_px,
        "tile_px": settings.tile_px,
        "quality": settings.quality,
        "masters": [list(master) for master in masters],
    }
    others = set(readers) - {"libvips", "pillow"}
    if others:
        recipe["readers"] = sorted(version_of(name) for name in others)
    if "pdf" in others:
        recipe["pdf_ppi"] = settings.pdf_ppi
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()


def write_canvas(
    image: pyvips.Image,
    folder: Path,
    settings: DerivativeSettings,
    *,
    key: str,
    master: str,
    page: int,
    label: str,
) -> Canvas:
    """Make everything from one decoded page, in ``folder / key``.

    Args:
        image: 8-bit sRGB in memory, upright.
        folder: The item's derivatives folder; it must exist.
        settings: Sizes and qualities.
        key: Name of the canvas.
        master: Logical path of the master.
        page: Number of the page in the master, from 0.
        label: What the view shows.

    Raises:
        pyvips.Error: The disk refuses a file.
        OSError: Likewise.
    """
    place = folder / key
    pyramid = write_tiles(image, place, tile_px=settings.tile_px, quality=settings.quality)
    return Canvas(
        key=key,
        master=master,
        page=page,
        label=label,
        width_px=image.width,
        height_px=image.height,
        thumbnail=_write_fitting(
            image, place / "thumbnail.jpg", settings.thumbnail_px, settings.quality
        ),
        access=_write_fitting(image, place / "access.jpg", settings.access_px, settings.quality),
        tile_px=settings.tile_px,
        scale_factors=pyramid.scale_factors,
        sizes=pyramid.sizes,
    )


def write_derivative_set(derivatives: DerivativeSet, folder: Path) -> None:
    """Write ``derivatives.json``, which says that the set in ``folder`` is complete.

    Raises:
        OSError: The disk refuses the file.
    """
    (folder / DERIVATIVES_NAME).write_bytes(json_bytes(derivatives.to_json()))


def _write_fitting(image: pyvips.Image, path: Path, box_px: int, quality: int) -> ImageFile:
    """Write the image so that its longer side is at most ``box_px``; never enlarge it."""
    if max(image.width, image.height) > box_px:
        image = image.thumbnail_image(box_px, height=box_px, size="down")
    save_jpeg(image, path, quality)
    return ImageFile(path.name, image.width, image.height)
