"""Deep zoom: IIIF Image API 3 level 0 tiles as plain files, complete for the viewers there are.

The tiles are cut by :mod:`pipeline.levels`; the whole images are written here: ``full/max`` (level
0 demands it and OpenSeadragon asks for it when an image fits one tile), those in the sizes that
``info.json`` will name, and ``full/90,`` (Universal Viewer asks for it whatever the document
says). ``info.json`` itself is the site's, because it holds the site's address.

Invariant: sizes are ceil(width / factor) × ceil(height / factor). Any other rounding makes
viewers ask for files that are not there.

Source: IIIF Image API 3.0, sections 4 and 5, and its compliance document, level 0.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from pipeline.encoding import Encoding, in_pillow, save_jpeg
from pipeline.levels import LevelWriter
from pipeline.pictures import base_for, resized
from pipeline.vips import pyvips

# Whole images larger than this are left to the tiles.
_LARGEST_WHOLE_PX = 2048
_VIEWER_THUMBNAIL_PX = 90
# The small pictures are reduced from a level of at least this many times their size: averaging
# alone, down to just their size, would cost them sharpness.
_KEPT_OVER_NEEDED = 1.5


@dataclass(frozen=True)
class Pyramid:
    """What can be asked for, as ``info.json`` tells it.

    Attributes:
        scale_factors: From 1 upward, doubling, until the image fits one tile.
        sizes: (width, height) of the whole images under ``full/``, ascending; ``full/max`` is
            the last of them.
    """

    scale_factors: tuple[int, ...]
    sizes: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class WrittenTiles:
    """The tiles and whole images of one page.

    Attributes:
        pyramid: What can be asked for.
        base: The image reduced by :func:`pipeline.pictures.base_for`.
        files: How many tiles there are; the whole images do not count.
        size_bytes: How large those tiles are together.
    """

    pyramid: Pyramid
    base: pyvips.Image
    files: int
    size_bytes: int


def pyramid_of(width_px: int, height_px: int, *, tile_px: int) -> Pyramid:
    """Return the pyramid of an image of this size.

    Raises:
        ValueError: A size is below 1.
    """
    if min(width_px, height_px, tile_px) < 1:
        raise ValueError("sizes must be at least 1 pixel")
    factors = [1]
    while max(_scaled(width_px, height_px, factors[-1])) > tile_px:
        factors.append(factors[-1] * 2)
    sizes = [_scaled(width_px, height_px, factor) for factor in reversed(factors)]
    whole = [size for size in sizes if max(size) <= max(_LARGEST_WHOLE_PX, tile_px)]
    return Pyramid(tuple(factors), tuple(whole))


def write_tiles(
    image: pyvips.Image,
    folder: Path,
    *,
    tile_px: int,
    encoding: Encoding,
    needed_px: int = 1,
) -> WrittenTiles:
    """Write the tiles and whole images of ``image`` into the new folder ``folder``.

    Args:
        image: 8-bit sRGB; its rows are read once, from the first to the last.
        folder: Must not exist; its parent must.
        tile_px: Side of a tile.
        encoding: Quality. Tiles carry no profile and no credit: untagged is sRGB on the web,
            and a thousand copies of the same words would be a fifth of a tile's bytes.
        needed_px: Longer side of what the caller will make from the base.

    Raises:
        pyvips.Error: The pixels cannot be computed, or the disk refuses a file.
        OSError: The disk refuses a file.
    """
    pyramid = pyramid_of(image.width, image.height, tile_px=tile_px)
    needed_px = max(needed_px, *pyramid.sizes[-1])
    size = (image.width, image.height)
    folder.mkdir()
    writer = LevelWriter(
        folder,
        size=size,
        factors=pyramid.scale_factors,
        tile_px=tile_px,
        encoding=encoding,
        kept_px=round(needed_px * _KEPT_OVER_NEEDED),
    )
    level = writer.write(image)
    base = base_for(level, needed_px=needed_px, of=size)
    _write_wholes(level, base, folder, pyramid, encoding, of=size)
    return WrittenTiles(pyramid, base, writer.files, writer.size_bytes)


def _write_wholes(
    level: pyvips.Image,
    base: pyvips.Image,
    folder: Path,
    pyramid: Pyramid,
    encoding: Encoding,
    *,
    of: tuple[int, int],
) -> None:
    """Write the whole images of an image of size ``of``, each from the next larger one."""
    wholes = [level, base]
    for size in reversed(pyramid.sizes):
        wholes.append(resized(wholes[-1], *size))
        save_jpeg(in_pillow(wholes[-1]), _place(folder, f"{size[0]},{size[1]}"), encoding)
    width, height = pyramid.sizes[-1]
    largest = folder / "full" / f"{width},{height}" / "0" / "default.jpg"
    _link(largest, _place(folder, "max"))
    width = min(_VIEWER_THUMBNAIL_PX, of[0])
    height = max(1, round(of[1] * width / of[0]))
    # A long strip has no level of both that width and few enough pixels: its widest must do.
    smallest = next((whole for whole in reversed(wholes) if whole.width >= width), level)
    save_jpeg(
        in_pillow(resized(smallest, width, height)),
        _place(folder, f"{_VIEWER_THUMBNAIL_PX},"),
        encoding,
    )


def _scaled(width_px: int, height_px: int, factor: int) -> tuple[int, int]:
    return -(-width_px // factor), -(-height_px // factor)


def _place(folder: Path, size: str) -> Path:
    path = folder / "full" / size / "0" / "default.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    # What libvips wrote there has no profile; and a link must not be written through.
    path.unlink(missing_ok=True)
    return path


def _link(source: Path, target: Path) -> None:
    """Give a file a second name, or a copy where the disk has no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
