"""The tags of a TIFF that decide how it is read: a small reader of the file's directories.

libvips tells neither whether a page is only a reduced copy of another, nor that the pixels are
an unprocessed camera mosaic, nor whether a resolution was given. The reader touches directories
only, never pixels, and bounds everything it follows, so a hostile file costs little.

Source: TIFF 6.0 (Adobe, 1992), sections 2 and 8; BigTIFF (libtiff, 2007); TIFF/EP
(ISO 12234-2) for SubIFDs and the colour filter array; DNG 1.7 for DNGVersion.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

NEW_SUBFILE_TYPE = 254
IMAGE_WIDTH = 256
IMAGE_LENGTH = 257
BITS_PER_SAMPLE = 258
COMPRESSION = 259
PHOTOMETRIC = 262
STRIP_OFFSETS = 273
ORIENTATION = 274
SAMPLES_PER_PIXEL = 277
STRIP_BYTE_COUNTS = 279
X_RESOLUTION = 282
Y_RESOLUTION = 283
PLANAR_CONFIGURATION = 284
RESOLUTION_UNIT = 296
TILE_WIDTH = 322
TILE_OFFSETS = 324
TILE_BYTE_COUNTS = 325
SUB_IFDS = 330
EXTRA_SAMPLES = 338
YCBCR_SUBSAMPLING = 530
DNG_VERSION = 50706
WHITE_LEVEL = 50717

PHOTOMETRIC_WHITE_IS_ZERO = 0
PHOTOMETRIC_YCBCR = 6
PHOTOMETRIC_LAB = 8
_PHOTOMETRIC_CAMERA = frozenset({32803, 34892})  # colour filter array, linear raw

COMPRESSIONS: Mapping[int, str] = {
    1: "none", 2: "CCITT RLE", 3: "CCITT Group 3", 4: "CCITT Group 4", 5: "LZW",
    6: "old-style JPEG", 7: "JPEG", 8: "Deflate", 32773: "PackBits", 32946: "Deflate",
    33003: "JPEG 2000", 33005: "JPEG 2000", 34712: "JPEG 2000", 34887: "LERC", 34925: "LZMA",
    50000: "Zstandard", 50001: "WebP", 50002: "JPEG XL", 52546: "JPEG XL",
}  # fmt: skip

# What each library decodes; libvips gives black pixels or an error for the others.
LIBVIPS_COMPRESSIONS = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 50001})
PILLOW_COMPRESSIONS = frozenset({34925, 50000})

_WANTED = frozenset(
    {
        NEW_SUBFILE_TYPE, BITS_PER_SAMPLE, COMPRESSION, PHOTOMETRIC, SAMPLES_PER_PIXEL,
        X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT, SUB_IFDS, EXTRA_SAMPLES, DNG_VERSION,
        IMAGE_WIDTH, IMAGE_LENGTH, ORIENTATION, PLANAR_CONFIGURATION, TILE_WIDTH,
        YCBCR_SUBSAMPLING, STRIP_OFFSETS, STRIP_BYTE_COUNTS, TILE_OFFSETS, TILE_BYTE_COUNTS,
        WHITE_LEVEL,
    }
)  # fmt: skip
# struct codes of the field types whose values we need; a rational is two integers.
_TYPES: Mapping[int, tuple[str, int]] = {
    1: ("B", 1), 3: ("H", 2), 4: ("I", 4), 5: ("II", 8), 7: ("B", 1), 13: ("I", 4),
    16: ("Q", 8), 18: ("Q", 8),
}  # fmt: skip
_MOST_DIRECTORIES = 10_000
_MOST_ENTRIES = 4_096
_MOST_VALUES = 64
# Of all mosaics of a camera RAW file together; those of ordinary pages stay unread.
MOST_PIECES = 1 << 20
_PIECES = frozenset({STRIP_OFFSETS, STRIP_BYTE_COUNTS, TILE_OFFSETS, TILE_BYTE_COUNTS})


@dataclass(frozen=True)
class Directory:
    """One directory (page) of a TIFF.

    Attributes:
        tags: Values by tag number, of the tags this module names; a rational gives a float.
        sub_directories: Directories that hang below this one.
    """

    tags: Mapping[int, tuple[float, ...]]
    sub_directories: tuple[Directory, ...] = ()

    def number(self, tag: int, default: int = 0) -> int:
        """Return the first value of ``tag`` as an integer."""
        values = self.tags.get(tag)
        return int(values[0]) if values else default

    @property
    def is_reduced(self) -> bool:
        """Say whether this is only a smaller copy of another page."""
        return bool(self.number(NEW_SUBFILE_TYPE) & 1)

    @property
    def is_camera_raw(self) -> bool:
        """Say whether this holds, or stands before, an unprocessed camera mosaic."""
        return (
            DNG_VERSION in self.tags
            or self.is_mosaic
            or any(below.is_camera_raw for below in self.sub_directories)
        )

    @property
    def is_mosaic(self) -> bool:
        """Say whether this directory's own pixels are an unprocessed camera mosaic."""
        return self.number(PHOTOMETRIC, -1) in _PHOTOMETRIC_CAMERA

    @property
    def pixels(self) -> int:
        """Width times height."""
        return self.number(IMAGE_WIDTH) * self.number(IMAGE_LENGTH)

    @property
    def pieces(self) -> tuple[tuple[int, int], ...]:
        """Where each strip or tile that was read begins in the file, and its length in bytes."""
        places = self.tags.get(STRIP_OFFSETS) or self.tags.get(TILE_OFFSETS, ())
        lengths = self.tags.get(STRIP_BYTE_COUNTS) or self.tags.get(TILE_BYTE_COUNTS, ())
        return tuple((int(a), int(b)) for a, b in zip(places, lengths, strict=False))

    @property
    def has_tiles(self) -> bool:
        """Say whether the pixels are in tiles, not strips."""
        return TILE_WIDTH in self.tags

    @property
    def bits(self) -> int:
        """Bit depth of one channel."""
        return self.number(BITS_PER_SAMPLE, 1)

    @property
    def is_lab8(self) -> bool:
        """Say whether the pixels are CIELAB of 8 bit."""
        return self.number(PHOTOMETRIC, -1) == PHOTOMETRIC_LAB and self.bits == 8

    @property
    def is_plain_ycbcr(self) -> bool:
        """Say whether the pixels are luma and chroma that no JPEG decoder turns into RGB."""
        is_jpeg = self.number(COMPRESSION, 1) in {6, 7}
        return self.number(PHOTOMETRIC, -1) == PHOTOMETRIC_YCBCR and not is_jpeg

    @property
    def obstacle(self) -> str:
        """What no reader here gets right, in words for a finding, or nothing."""
        if self.number(COMPRESSION, 1) not in LIBVIPS_COMPRESSIONS | PILLOW_COMPRESSIONS:
            return f"a TIFF with {self.compression} compression"
        if self.has_planar_tiles and self.bits != 8:
            return f"a TIFF with separate tiles for each colour and {self.bits} bit"
        if self.is_plain_ycbcr and self.tags.get(YCBCR_SUBSAMPLING, (2, 2)) != (1, 1):
            return "a TIFF with subsampled colour outside JPEG"
        return ""

    @property
    def has_planar_tiles(self) -> bool:
        """Say whether each channel has tiles of its own."""
        return self.number(PLANAR_CONFIGURATION, 1) == 2 and TILE_WIDTH in self.tags

    @property
    def compression(self) -> str:
        """The compression's name, or its number."""
        number = self.number(COMPRESSION, 1)
        return COMPRESSIONS.get(number, str(number))

    @property
    def resolution_ppi(self) -> tuple[float, float] | None:
        """Pixels per inch (horizontal, vertical), or None when the page says nothing."""
        across, down = self.tags.get(X_RESOLUTION), self.tags.get(Y_RESOLUTION)
        unit = self.number(RESOLUTION_UNIT, 2)
        if not across or not down or unit not in {2, 3}:
            return None
        per_inch = 2.54 if unit == 3 else 1.0
        return across[0] * per_inch, down[0] * per_inch


def read_directories(
    path: Path, *, most_pieces: int = _MOST_VALUES, keeps_good: bool = False
) -> tuple[Directory, ...]:
    """Return the directories of the TIFF at ``path``, in the order of its chain of pages.

    Args:
        path: The file.
        most_pieces: How many places of strips and tiles are read, in all directories together;
            64 of each tag in any case.
        keeps_good: Leave out a damaged directory, and what follows it, unless it is the first.

    Raises:
        ValueError: The file is not a TIFF, or is cut short or contradicts itself.
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        try:
            return _Reader(file, most_pieces, keeps_good=keeps_good).chain()
        except (struct.error, OverflowError) as error:
            raise ValueError(f"the TIFF is cut short or damaged: {error}") from error


class _Reader:
    """Follows the directories of one open file."""

    def __init__(self, file: BinaryIO, most_pieces: int, *, keeps_good: bool) -> None:
        self._file = file
        self._pieces_left = most_pieces
        self._keeps_good = keeps_good
        head = file.read(16)
        self._order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
        if not self._order:
            raise ValueError("not a TIFF")
        version = struct.unpack_from(self._order + "H", head, 2)[0]
        if version not in {42, 43}:
            raise ValueError("not a TIFF")
        self._is_big = version == 43
        self._offset = "Q" if self._is_big else "I"
        self._first: int = struct.unpack_from(
            self._order + self._offset, head, 8 if self._is_big else 4
        )[0]
        self._seen: set[int] = set()

    def chain(self) -> tuple[Directory, ...]:
        """Return the main chain of directories."""
        directories: list[Directory] = []
        at = self._first
        while at:
            try:
                directory, at = self._directory(at, depth=0)
            except (ValueError, struct.error, OverflowError):
                if not self._keeps_good or not directories:
                    raise
                break
            directories.append(directory)
        if not directories:
            raise ValueError("the TIFF has no pages")
        return tuple(directories)

    def _unpack(self, codes: str) -> tuple[int, ...]:
        layout = struct.Struct(self._order + codes)
        return layout.unpack(self._file.read(layout.size))

    def _directory(self, at: int, *, depth: int) -> tuple[Directory, int]:
        if at in self._seen or len(self._seen) >= _MOST_DIRECTORIES:
            raise ValueError("the TIFF's directories run in a circle")
        self._seen.add(at)
        self._file.seek(at)
        count = self._unpack("Q" if self._is_big else "H")[0]
        if count > _MOST_ENTRIES:
            raise ValueError(f"a TIFF directory claims {count} entries")
        entry = struct.Struct(self._order + ("HHQ8s" if self._is_big else "HHI4s"))
        table = self._file.read(entry.size * count)
        following = self._unpack(self._offset)[0]
        tags = {}
        for tag, kind, length, value in entry.iter_unpack(table):
            if tag in _WANTED and kind in _TYPES:
                most = self._most_values(tag, length)
                tags[tag] = self._values(kind, min(length, most), value)
        below = tags.get(SUB_IFDS, ()) if depth < 2 else ()
        return Directory(tags, tuple(self._below(below, depth + 1))), following

    def _below(self, places: tuple[float, ...], depth: int) -> Iterator[Directory]:
        for place in places:
            try:
                yield self._directory(int(place), depth=depth)[0]
            except (ValueError, struct.error, OverflowError):
                if not self._keeps_good:
                    raise

    def _most_values(self, tag: int, length: int) -> int:
        """Return how many values of a tag are read, and count those of strips and tiles."""
        if tag not in _PIECES:
            return _MOST_VALUES
        most = max(self._pieces_left, _MOST_VALUES)
        self._pieces_left -= min(length, most)
        return most

    def _values(self, kind: int, length: int, value: bytes) -> tuple[float, ...]:
        code, size = _TYPES[kind]
        if size * length > len(value):
            self._file.seek(struct.unpack(self._order + self._offset, value)[0])
            value = self._file.read(size * length)
        numbers = struct.unpack_from(
            self._order + (code * length if kind == 5 else f"{length}{code}"), value
        )
        if kind == 5:
            return tuple(
                a / b if b else 0.0 for a, b in zip(numbers[::2], numbers[1::2], strict=True)
            )
        return numbers
