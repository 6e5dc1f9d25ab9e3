"""Writes TIFFs of kinds that no library here writes: any depth, separate planes, camera raw."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SRATIONAL = 1, 2, 3, 4, 5, 7, 10
_CODES = {
    BYTE: "B", ASCII: "B", SHORT: "H", LONG: "I", RATIONAL: "II", UNDEFINED: "B", SRATIONAL: "ii"
}  # fmt: skip
Tags = Mapping[int, tuple[int, list[int]]]


def write_tiff(path: Path, tags: Tags, pieces: list[bytes], *, tiled: bool = False) -> None:
    """Write one little-endian page; ``pieces`` are its strips or tiles.

    Args:
        path: The new file.
        tags: (field type, values) by tag; a rational counts two values.
        pieces: What the strip or tile offsets point to.
        tiled: The pieces are tiles.
    """
    offsets, at = [], 8
    for piece in pieces:
        offsets.append(at)
        at += len(piece)
    where, lengths = (324, 325) if tiled else (273, 279)
    every = dict(tags)
    every[where] = (LONG, offsets)
    every[lengths] = (LONG, [len(piece) for piece in pieces])
    body = even(b"".join(pieces))
    path.write_bytes(_head(8 + len(body)) + body + directory(every, 8 + len(body)))


def _head(first_directory: int) -> bytes:
    return struct.pack("<2sHI", b"II", 42, first_directory)


def even(body: bytes) -> bytes:
    return body + b"\0" * (len(body) % 2)


def directory(tags: Tags, at: int, *, following: int = 0) -> bytes:
    """The bytes of a directory that stands at this place of a file, with what it points to.

    Args:
        tags: (field type, values) by tag; a rational counts two values.
        at: Where it stands; its own offsets count from the same place.
        following: Where the next directory stands, or 0.
    """
    tail_at = at + 2 + 12 * len(tags) + 4
    entries, tail = b"", b""
    for tag, (kind, values) in sorted(tags.items()):
        data = struct.pack("<" + "".join(_CODES[kind][0] for _ in values), *values)
        count = len(values) // len(_CODES[kind])
        if len(data) > 4:
            place = struct.pack("<I", tail_at + len(tail))
            tail += even(data)
        else:
            place = data.ljust(4, b"\0")
        entries += struct.pack("<HHI", tag, kind, count) + place
    return struct.pack("<H", len(tags)) + entries + struct.pack("<I", following) + tail


def page_tags(width: int, height: int, bits: list[int], photometric: int) -> dict:
    """The tags every page has, uncompressed in one strip."""
    return {
        256: (LONG, [width]),
        257: (LONG, [height]),
        258: (SHORT, bits),
        259: (SHORT, [1]),
        262: (SHORT, [photometric]),
        277: (SHORT, [len(bits)]),
        278: (LONG, [height]),
    }


def write_grey12(path: Path, image: Image.Image, *, photometric: int = 1) -> None:
    """Write an 8-bit grey image with 12 bits a sample; its width must be even."""
    rows = bytearray()
    values = [value * 4095 // 255 for value in image.tobytes()]
    if photometric == 0:
        values = [4095 - value for value in values]
    for one, other in zip(values[::2], values[1::2], strict=True):
        rows += bytes((one >> 4, (one & 15) << 4 | other >> 8, other & 255))
    write_tiff(path, page_tags(*image.size, [12], photometric), [bytes(rows)])


def write_planar_tiles(path: Path, image: Image.Image, *, deep: bool = False) -> None:
    """Write an RGB image with tiles of 16 x 16 for each channel; sizes must be multiples of 16."""
    tags = page_tags(*image.size, [16 if deep else 8] * 3, 2)
    del tags[278]
    tags |= {284: (SHORT, [2]), 322: (LONG, [16]), 323: (LONG, [16])}
    tiles = []
    for band in image.split():
        for top in range(0, image.height, 16):
            for left in range(0, image.width, 16):
                tile = band.crop((left, top, left + 16, top + 16)).tobytes()
                tiles.append(bytes(v for value in tile for v in (value, value)) if deep else tile)
    write_tiff(path, tags, tiles, tiled=True)


# What Adobe's DNG SDK gives for sRGB primaries under D65: XYZ to linear sRGB, times 10,000.
_XYZ_TO_SRGB = [32405, -15371, -4985, -9693, 18760, 416, 556, -2040, 10572]


def write_dng(path: Path, image: Image.Image, *, orientation: int = 1) -> None:
    """Write an RGB image as a camera with sRGB primaries and an RGGB mosaic would see it."""
    tags = dng_tags(image.size, orientation)
    light = _light(image)
    width, height = image.size
    mosaic = [
        light[3 * (y * width + x) + (y % 2) + (x % 2)] for y in range(height) for x in range(width)
    ]
    write_tiff(path, tags, [struct.pack(f"<{len(mosaic)}H", *mosaic)])


def write_linear_dng(path: Path, image: Image.Image) -> None:
    """Write an RGB image as a scanner's raw file: all three colours of every pixel."""
    tags = page_tags(*image.size, [16] * 3, 34892) | _dng_tags(1) | {50717: (LONG, [16383] * 3)}
    light = _light(image)
    write_tiff(path, tags, [struct.pack(f"<{len(light)}H", *light)])


def dng_tags(size: tuple[int, int], orientation: int = 1) -> dict:
    """The tags of a DNG whose pixels are an RGGB mosaic, uncompressed in one strip."""
    mosaic = {33421: (SHORT, [2, 2]), 33422: (BYTE, [0, 1, 1, 2])}
    return page_tags(*size, [16], 32803) | _dng_tags(orientation) | mosaic


def _dng_tags(orientation: int) -> dict:
    return {
        254: (LONG, [0]),
        271: (ASCII, list(b"Hoa Ban\0")),
        272: (ASCII, list(b"Test camera\0")),
        274: (SHORT, [orientation]),
        50706: (BYTE, [1, 4, 0, 0]),
        50708: (ASCII, list(b"Hoa Ban test camera\0")),
        50714: (LONG, [0]),
        50717: (LONG, [16383]),
        50721: (SRATIONAL, [part for value in _XYZ_TO_SRGB for part in (value, 10000)]),
        50728: (RATIONAL, [1, 1, 1, 1, 1, 1]),
        50778: (SHORT, [21]),
    }


def _light(image: Image.Image) -> list[int]:
    """What a sensor under red, green and blue filters counts: linear light, 14 bit."""
    linear = [
        round(16383 * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4))
        for v in (value / 255 for value in range(256))
    ]
    return [linear[value] for value in image.tobytes()]


def recompressed(content: bytes, compression: int) -> bytes:
    """The same TIFF, which now claims another compression than its LZW."""
    tag = struct.pack("<HHIHH", 259, 3, 1, 5, 0)
    assert content.count(tag) == 1
    return content.replace(tag, struct.pack("<HHIHH", 259, 3, 1, compression, 0))
