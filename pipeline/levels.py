"""One pass over an image: the tiles of every level, and one level kept for the pictures.

The rows of the image are asked for once, from the first to the last, so the decoder and the colour
conversion run while the tiles are written and the pixels of a large page never stand in memory
together. Every level is the one before it, each 2 x 2 pixels averaged; a strip one block high of
each is all that is held.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from PIL import Image

from pipeline.encoding import Encoding, tile_jpeg
from pipeline.vips import pyvips

_BANDS = 3
# What fits in a core's own cache; JPEG is decoded 16 rows at a time.
_READ_BYTES = 1 << 19
_READ_ROWS = 16


@dataclass
class _Level:
    """One level, of which a strip waits for its tiles to be cut."""

    factor: int
    width: int
    height: int
    strip: Image.Image | None = None
    top: int = 0
    filled: int = 0


class _Kept:
    """The pixels of the level that is kept whole."""

    def __init__(self, level: _Level) -> None:
        self._level = level
        self._pixels = bytearray(level.width * level.height * _BANDS)
        self._end = 0

    def add(self, rows: memoryview | bytes) -> None:
        """Take the next rows."""
        self._pixels[self._end : self._end + len(rows)] = rows
        self._end += len(rows)

    def image(self) -> pyvips.Image:
        """Return them all as 8-bit sRGB."""
        width, height = self._level.width, self._level.height
        plain = pyvips.Image.new_from_memory(self._pixels, width, height, _BANDS, "uchar")
        return plain.copy(interpretation="srgb")


class LevelWriter:
    """Writes the tiles of one image.

    Attributes:
        files: How many it has written.
        size_bytes: How large they are together.
    """

    def __init__(
        self,
        folder: Path,
        *,
        size: tuple[int, int],
        factors: tuple[int, ...],
        tile_px: int,
        encoding: Encoding,
        kept_px: int,
    ) -> None:
        """Prepare the levels.

        Args:
            folder: Where the tiles go; it must exist.
            size: Width and height of the image, in pixels.
            factors: Of the levels, from 1 upward; the last is one tile, which is not written.
            tile_px: Side of a tile.
            encoding: Quality.
            kept_px: Longer side that the kept level has at least, where the image has it.
        """
        self.files = 0
        self.size_bytes = 0
        self._folder = os.fspath(folder)
        self._size = size
        self._tile_px = tile_px
        self._encoding = encoding
        # A block is even, so that the 2 x 2 pixels of a level never lie across two of them.
        self._block_px = tile_px if tile_px % 2 == 0 else 2 * tile_px
        self._has_tiles = len(factors) > 1
        width, height = size
        self._levels = [
            _Level(factor, -(-width // factor), -(-height // factor))
            for factor in factors[:-1] or factors
        ]
        enough = [level for level in self._levels if max(level.width, level.height) >= kept_px]
        self._kept_level = enough[-1] if enough else self._levels[0]
        self._kept = _Kept(self._kept_level)
        self._rooms: dict[tuple[int, int], Image.Image] = {}
        for level in self._levels[1:]:
            rows = min(self._block_px, level.height)
            level.strip = Image.new("RGB", (level.width, rows))

    def write(self, image: pyvips.Image) -> pyvips.Image:
        """Write all tiles and return the kept level, in memory.

        Args:
            image: 8-bit sRGB; its rows are read once, from the first to the last.

        Raises:
            pyvips.Error: The pixels cannot be computed.
            OSError: The disk refuses a file.
        """
        full = self._levels[0]
        stride = full.width * _BANDS
        for strip in _strips(image, self._block_px):
            full.filled = len(strip) // stride
            if self._kept_level is full:
                self._kept.add(strip)
            for left in range(0, full.width, self._block_px) if self._has_tiles else ():
                block = self._room(min(self._block_px, full.width - left), full.filled)
                # Pillow takes any buffer, though its types do not say so.
                start = cast("bytes", strip[left * _BANDS :])
                block.frombytes(start, "raw", "RGB", stride, 1)
                self._use(0, left, block)
            self._advance(0)
        return self._kept.image()

    def _room(self, width: int, height: int) -> Image.Image:
        """Return an image of this size for the next block: the same again, never made anew."""
        size = (width, height)
        if size not in self._rooms:
            self._rooms[size] = Image.new("RGB", size)
        return self._rooms[size]

    def _advance(self, number: int) -> None:
        """Go on to the next strip of a level, and cut that of the level after it when full."""
        level = self._levels[number]
        level.top += level.filled
        if number + 1 < len(self._levels):
            smaller = self._levels[number + 1]
            smaller.filled += -(-level.filled // 2)
            if smaller.filled == self._block_px or smaller.top + smaller.filled == smaller.height:
                self._cut(number + 1)
        level.filled = 0

    def _cut(self, number: int) -> None:
        """Use every block of a level's full strip."""
        level = self._levels[number]
        assert level.strip is not None  # noqa: S101  (only the full image has none)
        if level is self._kept_level:
            self._kept.add(level.strip.crop((0, 0, level.width, level.filled)).tobytes())
        for left in range(0, level.width, self._block_px):
            right = min(left + self._block_px, level.width)
            self._use(number, left, level.strip.crop((left, 0, right, level.filled)))
        self._advance(number)

    def _use(self, number: int, left: int, block: Image.Image) -> None:
        """Write the tiles of a block, and put its half into the next level's strip."""
        level = self._levels[number]
        if number + 1 < len(self._levels):
            smaller = self._levels[number + 1]
            assert smaller.strip is not None  # noqa: S101  (only the full image has none)
            smaller.strip.paste(block.reduce(2), (left // 2, smaller.filled))
        if max(block.size) <= self._tile_px:
            self._write(level, left, level.top, block)
            return
        for y in range(0, block.height, self._tile_px):
            for x in range(0, block.width, self._tile_px):
                right, bottom = (
                    min(at + self._tile_px, end) for at, end in zip((x, y), block.size, strict=True)
                )
                self._write(level, left + x, level.top + y, block.crop((x, y, right, bottom)))

    def _write(self, level: _Level, left: int, top: int, tile: Image.Image) -> None:
        """Write one tile under the name that IIIF clients ask for it by."""
        x, y = left * level.factor, top * level.factor
        width = min(tile.width * level.factor, self._size[0] - x)
        height = min(tile.height * level.factor, self._size[1] - y)
        place = self._folder
        for part in (f"{x},{y},{width},{height}", f"{tile.width},{tile.height}", "0"):
            place = f"{place}{os.sep}{part}"
            # At the right and lower edges, levels may have a region in common.
            with contextlib.suppress(FileExistsError):
                os.mkdir(place)  # noqa: PTH102  (hot loop)
        data = tile_jpeg(tile, self._encoding)
        with open(f"{place}{os.sep}default.jpg", "wb") as file:  # noqa: PTH123
            file.write(data)
        self.files += 1
        self.size_bytes += len(data)


def _strips(image: pyvips.Image, rows: int) -> Iterator[memoryview]:
    """Give the pixels of an image, ``rows`` rows at a time, each strip valid until the next."""
    stride = image.width * _BANDS
    strip = memoryview(bytearray(min(rows, image.height) * stride))
    step = max(_READ_ROWS, _READ_BYTES // stride // _READ_ROWS * _READ_ROWS)
    region = pyvips.Region.new(image)
    for top in range(0, image.height, rows):
        bottom = min(top + rows, image.height)
        for y in range(top, bottom, step):
            height = min(step, bottom - y)
            start = (y - top) * stride
            strip[start : start + height * stride] = region.fetch(0, y, image.width, height)
        yield strip[: (bottom - top) * stride]
