"""Makes NEF and ARW files as cameras do, with their own compression.

No file of a real camera is free enough to be kept here. These hold what a sensor would have
counted before a picture we know, so a decoder and a developer can be held to that picture.

Source: ExifTool's tables of Nikon and Sony tags; for the pixels LibRaw, whose decoders are what is
tested.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from PIL import Image

from tests.imaging.lossless_jpeg import nikon_compressed
from tests.imaging.raw_tags import Field, Layout, blob, camera_tags, exif_tags, gps_tags, preview
from tests.imaging.sensors import NIKON_D810, SONY_A7, Camera, mosaic
from tests.imaging.tiff_making import (
    BYTE,
    LONG,
    RATIONAL,
    SHORT,
    Tags,
    directory,
    even,
    page_tags,
)


def _mosaic_tags(width: int, height: int, compression: int) -> dict[int, Field]:
    """Return the tags of a directory whose pixels are a mosaic of 14 bit (TIFF/EP)."""
    return page_tags(width, height, [14], 32803) | {
        254: (LONG, [0]),
        259: (SHORT, [compression]),
        33421: (SHORT, [2, 2]),
        33422: (BYTE, [0, 1, 1, 2]),
    }


def _write_tiff_ep(
    path: Path,
    image: Image.Image,
    first: Tags,
    below: Tags,
    *,
    raw: bytes,
    maker_note: bytes | None = None,
) -> None:
    """Write what NEF and ARW share: a small picture first, and the mosaic in a directory below."""
    small = preview(image)
    below, first = dict(below), dict(first)
    first |= {
        254: (LONG, [1]),
        330: (LONG, [0]),
        513: (LONG, [0]),
        514: (LONG, [len(small)]),
        34665: (LONG, [0]),
        34853: (LONG, [0]),
    }
    file = Layout(struct.pack("<2sHI", b"II", 42, 8) + even(directory(first, 8)))
    first[513] = (LONG, [file.place(small)])
    first[34665] = (LONG, [file.place_directory(exif_tags(maker_note))])
    first[34853] = (LONG, [file.place_directory(gps_tags())])
    below |= {273: (LONG, [0]), 279: (LONG, [len(raw)])}
    below[273] = (LONG, [len(file.content) + len(even(directory(below, 0)))])
    first[330] = (LONG, [file.place_directory(below)])
    file.place(raw)
    file.replace(8, directory(first, 8))
    path.write_bytes(file.content)


def write_nef(
    path: Path, image: Image.Image, *, orientation: int = 1, camera: Camera = NIKON_D810
) -> None:
    """Write a NEF of a D810 with Nikon's compression without loss (compression 34713)."""
    before = [camera.black] * 4
    raw = nikon_compressed(mosaic(image, camera), *image.size, before)
    red, green, blue = camera.balance
    note = {
        0x01: blob(b"0211"),
        0x0C: (RATIONAL, [red, green, blue, green, 1, 1, 1, 1]),
        0x3D: (SHORT, [camera.black] * 4),
        0x93: (SHORT, [3]),
        # How the pixels are compressed: version, and what stands before the first ones.
        0x96: blob(struct.pack("<BB4HH", 0x46, 0x30, *before, 0)),
    }
    header = b"Nikon\0\2\x11\0\0" + struct.pack("<2sHI", b"II", 42, 8)
    _write_tiff_ep(
        path,
        image,
        camera_tags(camera, orientation),
        _mosaic_tags(*image.size, 34713),
        raw=raw,
        maker_note=header + directory(note, 8),
    )


# From these values on a Sony curve doubles its step; as every model writes them.
_SONY_KNEES = (8000, 10400, 12900, 14100)


def _sony_curve() -> list[int]:
    """Return the count that each of 4,096 values of a Sony file stands for."""
    curve, knees = [0], [0, *(knee >> 2 for knee in _SONY_KNEES), 4095]
    for step, (begin, end) in enumerate(pairwise(knees)):
        curve += [curve[-1] + (at << step) for at in range(1, end - begin + 1)]
    return curve


def _sony_block(values: Sequence[int]) -> bytes:
    """Pack 16 values of 11 bit: the largest, the smallest, and 7 bits for each of the others."""
    most, least = max(values), min(values)
    at_most = values.index(most)
    at_least = next(at for at, value in enumerate(values) if value == least and at != at_most)
    shift = 0
    while shift < 4 and 0x80 << shift <= most - least:
        shift += 1
    bits = most | least << 11 | at_most << 22 | at_least << 26
    place = 30
    for at, value in enumerate(values):
        if at not in (at_most, at_least):
            bits |= min((value - least) >> shift, 0x7F) << place
            place += 7
    return bits.to_bytes(16, "little")


def _sony_compressed(samples: Sequence[int], width: int) -> bytes:
    """Encode counts as ARW 2 has them: a byte a pixel, 16 of one colour together."""
    curve = _sony_curve()
    halved = curve[::2]
    nearest, at = [], 0
    for count in range(halved[-1] + 1):
        while at + 1 < len(halved) and abs(halved[at + 1] - count) <= abs(halved[at] - count):
            at += 1
        nearest.append(at)
    values = [nearest[count] for count in samples]
    return b"".join(
        _sony_block(values[row + left + parity : row + left + 32 : 2])
        for row in range(0, len(values), width)
        for left in range(0, width, 32)
        for parity in (0, 1)
    )


def write_arw(
    path: Path, image: Image.Image, *, orientation: int = 1, camera: Camera = SONY_A7
) -> None:
    """Write an ARW of an ILCE-7 with Sony's compression (32767); widths are multiples of 32."""
    red, green, blue = camera.balance
    below = _mosaic_tags(*image.size, 32767) | {
        0x7010: (SHORT, list(_SONY_KNEES)),
        0x7310: (SHORT, [camera.black] * 4),
        0x7313: (SHORT, [red, green, green, blue]),
    }
    _write_tiff_ep(
        path,
        image,
        camera_tags(camera, orientation),
        below,
        raw=_sony_compressed(mosaic(image, camera), image.width),
    )
