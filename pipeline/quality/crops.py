"""Parts of a page at full size or at half, a quarter, an eighth of it.

A page that is read in one pass is never in memory as a whole; what can be read of it again are the
tiles that were just written. Their compression hides grain, not blur.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PIL import Image

from pipeline.quality.levels import pillow_image
from pipeline.vips import pyvips

_LUMA = "L"


class Crops(Protocol):
    """What gives parts of one page."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the page, in pixels."""

    def grey(self, centre: tuple[int, int], side_px: int, *, scale: int) -> Image.Image | None:
        """Return a part of the page in grey, or None where there is none at this scale.

        Args:
            centre: Its middle, in pixels of the page; near an edge it is moved inward.
            side_px: Its side, in pixels of the part; where there is less, it is smaller.
            scale: How many pixels of the page one of the part stands for, in each direction.
        """


@dataclass(frozen=True)
class PageCrops:
    """Parts of a page that can be read anywhere.

    Attributes:
        page: 8-bit sRGB, upright.
    """

    page: pyvips.Image

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the page, in pixels."""
        return self.page.width, self.page.height

    def grey(self, centre: tuple[int, int], side_px: int, *, scale: int) -> Image.Image | None:
        """Return a part of the page in grey, each pixel the mean of ``scale`` by ``scale``."""
        width, height = self.size
        box = _box_around(centre, side_px * scale, (width, height))
        part = self.page.crop(box[0], box[1], box[2] - box[0], box[3] - box[1])
        grey = pillow_image(part).convert(_LUMA)
        if scale == 1:
            return grey
        return grey.reduce(scale) if min(grey.size) >= scale else None


@dataclass(frozen=True)
class TileCrops:
    """Parts of a page out of its IIIF tiles, as ``pipeline.levels`` writes them.

    Attributes:
        size: Width and height of the page, in pixels.
        folder: Of the tiles, which must be written by the time that a part is asked for.
        tile_px: Side of a tile.
    """

    size: tuple[int, int]
    folder: Path
    tile_px: int

    @classmethod
    def of(cls, page: pyvips.Image, folder: Path, tile_px: int) -> TileCrops:
        """Return the parts of a page of which only the size is looked at."""
        return cls((page.width, page.height), folder, tile_px)

    def grey(self, centre: tuple[int, int], side_px: int, *, scale: int) -> Image.Image | None:
        """Return a part of the one tile in which its middle lies, in grey.

        Raises:
            OSError: The tile cannot be read.
        """
        level = -(-self.size[0] // scale), -(-self.size[1] // scale)
        if max(level) <= self.tile_px:
            # The whole level is one picture; levels that are smaller still are not there.
            if scale > 1 and max(self.size) <= self.tile_px * scale // 2:
                return None
            start, region, size = (0, 0), "full", level
        else:
            span = self.tile_px * scale
            x, y = (at // span * span for at in centre)
            width, height = min(span, self.size[0] - x), min(span, self.size[1] - y)
            start, region = (x, y), f"{x},{y},{width},{height}"
            size = -(-width // scale), -(-height // scale)
        path = self.folder / region / f"{size[0]},{size[1]}" / "0" / "default.jpg"
        middle = ((centre[0] - start[0]) // scale, (centre[1] - start[1]) // scale)
        with Image.open(path) as tile:
            # A JPEG's luma is decoded alone in half the time.
            tile.draft(_LUMA, None)
            return tile.convert(_LUMA).crop(_box_around(middle, side_px, tile.size))


def _box_around(
    centre: tuple[int, int], side_px: int, size: tuple[int, int]
) -> tuple[int, int, int, int]:
    left, top = (
        max(0, min(at - side_px // 2, whole - side_px))
        for at, whole in zip(centre, size, strict=True)
    )
    return left, top, min(left + side_px, size[0]), min(top + side_px, size[1])
