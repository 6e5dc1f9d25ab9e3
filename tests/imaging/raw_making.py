"""Makes camera RAW files as cameras do, with their own compression: CR2, NEF and ARW.

No file of a real camera is free enough to be kept here. These hold what a sensor would have
counted before a picture we know, so a decoder and a developer can be held to that picture.

Source: L. Clévy, "The Canon RAW (CR2) file format" (2015); ExifTool's tables of Canon, Nikon and
Sony tags; for the pixels LibRaw, whose decoders are what is tested. Colour matrices are Adobe's,
as every RAW developer has them.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from PIL import Image

from tests.imaging.lossless_jpeg import lossless_jpeg, nikon_compressed
from tests.imaging.making import jpeg_bytes
from tests.imaging.tiff_making import (
    ASCII,
    BYTE,
    LONG,
    RATIONAL,
    SHORT,
    UNDEFINED,
    Tags,
    directory,
    even,
    page_tags,
)

TAKEN = "2024:03:09 08:15:30"
_SRGB_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)


@dataclass(frozen=True)
class Camera:
    """What a model's sensor makes of light.

    Attributes:
        make: As the file names it.
        model: As the file names it.
        xyz_to_camera: Adobe's matrix, times 10,000, row by row.
        balance: What red, green and blue must be multiplied by.
        black: What it counts in the dark.
        white: What it counts at most.
    """

    make: str
    model: str
    xyz_to_camera: tuple[int, ...]
    balance: tuple[int, int, int]
    black: int
    white: int

    def tables(self) -> list[list[list[float]]]:
        """Return what each 8-bit sRGB value adds to the counts of red, green and blue."""
        rows = []
        for at in (0, 3, 6):
            row = [
                sum(self.xyz_to_camera[at + k] * _SRGB_TO_XYZ[k][j] for k in range(3))
                for j in range(3)
            ]
            rows.append([value / sum(row) for value in row])
        light = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in _STEPS]
        span, least = self.white - self.black, min(self.balance)
        return [
            [[span * least / factor * share * v for v in light] for share in row]
            for factor, row in zip(self.balance, rows, strict=True)
        ]


# Columns and rows of a sensor that see no light; even, so that the colours of the mosaic stay.
_MASK_LEFT, _MASK_TOP, _MASK_RIGHT, _MASK_BOTTOM = 16, 8, 2, 2
_STEPS = [value / 255 for value in range(256)]
EOS_5D = Camera(
    "Canon", "Canon EOS 5D Mark III",
    (6722, -635, -963, -4287, 12460, 2028, -908, 2162, 5668),
    (2045, 1024, 1667), 2048, 15488,
)  # fmt: skip
NIKON_D810 = Camera(
    "NIKON CORPORATION", "NIKON D810",
    (9369, -3195, -791, -4488, 12430, 2301, -893, 1796, 6872),
    (506, 256, 342), 600, 16383,
)  # fmt: skip
SONY_A7 = Camera(
    "SONY", "ILCE-7",
    (5271, -712, -347, -6153, 13653, 2763, -1601, 2366, 7242),
    (2400, 1024, 1650), 512, 16383,
)  # fmt: skip


def mosaic(image: Image.Image, camera: Camera) -> list[int]:
    """Return what a sensor under red, green / green, blue filters counts, row by row."""
    tables = camera.tables()
    pixels = image.tobytes()
    width, height = image.size
    counts = []
    for y in range(height):
        for x in range(width):
            at = 3 * (y * width + x)
            red, green, blue = tables[(y & 1) + (x & 1)]
            count = red[pixels[at]] + green[pixels[at + 1]] + blue[pixels[at + 2]]
            counts.append(min(max(round(camera.black + count), 0), camera.white))
    return counts


def framed(counts: Sequence[int], size: tuple[int, int], black: int) -> list[int]:
    """Return the counts of a whole Canon sensor: pixels under a mask stand around the picture."""
    width, height = size
    dark = [black] * (width + _MASK_LEFT + _MASK_RIGHT)
    rows = [dark] * _MASK_TOP
    for at in range(0, width * height, width):
        left, right = [black] * _MASK_LEFT, [black] * _MASK_RIGHT
        rows.append([*left, *counts[at : at + width], *right])
    return [count for row in [*rows, *[dark] * _MASK_BOTTOM] for count in row]


def sensor_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size of :func:`framed` counts, in pixels."""
    return size[0] + _MASK_LEFT + _MASK_RIGHT, size[1] + _MASK_TOP + _MASK_BOTTOM


def preview(image: Image.Image) -> bytes:
    """Return a small JPEG that is not the picture: whoever shows it is found out."""
    return jpeg_bytes(Image.new("RGB", (image.width // 2, image.height // 2), (200, 0, 90)))


class _Layout:
    """A file that grows: what is placed keeps its offset."""

    def __init__(self, begun: bytes) -> None:
        self.content = bytearray(begun)

    def place(self, piece: bytes) -> int:
        at = len(self.content)
        self.content += even(piece)
        return at

    def place_directory(self, tags: Tags, *, following: int = 0) -> int:
        return self.place(directory(tags, len(self.content), following=following))


def _text(value: str) -> tuple[int, list[int]]:
    return ASCII, [*value.encode(), 0]


def _blob(content: bytes) -> tuple[int, list[int]]:
    return UNDEFINED, list(content)


def camera_tags(camera: Camera, orientation: int) -> dict[int, tuple[int, list[int]]]:
    """Return the first directory's tags that name the camera and how it was held."""
    return {
        271: _text(camera.make),
        272: _text(camera.model),
        274: (SHORT, [orientation]),
        282: (RATIONAL, [72, 1]),
        283: (RATIONAL, [72, 1]),
        296: (SHORT, [2]),
        306: _text(TAKEN),
    }


def exif_tags(maker_note: bytes | None = None) -> dict[int, tuple[int, list[int]]]:
    """Return the EXIF tags every camera writes."""
    tags = {
        33434: (RATIONAL, [1, 125]),
        33437: (RATIONAL, [8, 1]),
        34855: (SHORT, [100]),
        36864: _blob(b"0230"),
        36867: _text(TAKEN),
    }
    return tags if maker_note is None else tags | {37500: _blob(maker_note)}


def gps_tags() -> dict[int, tuple[int, list[int]]]:
    """Return the place where the picture was taken: Buôn Ma Thuột."""
    return {
        0: (BYTE, [2, 3, 0, 0]),
        1: _text("N"),
        2: (RATIONAL, [12, 1, 40, 1, 0, 1]),
        3: _text("E"),
        4: (RATIONAL, [108, 1, 2, 1, 0, 1]),
    }


def canon_note(
    camera: Camera, size: tuple[int, int], *, model_id: int, colours: Sequence[int]
) -> dict[int, tuple[int, list[int]]]:
    """Return Canon's own tags: model, borders of the picture on the sensor, colour data."""
    width, height = size
    # LibRaw takes the last column and row named here for the first that are not shown.
    picture = [_MASK_LEFT, _MASK_TOP, _MASK_LEFT + width, _MASK_TOP + height]
    borders = [34, *sensor_size(size), 1, 1, *picture, *[0] * 8]
    return {
        6: _text(camera.model),
        16: (LONG, [model_id]),
        0xE0: (SHORT, borders),
        0x4001: (SHORT, list(colours)),
    }


def _exif_with(note: Tags, at: int) -> bytes:
    """Return an EXIF directory that ends with a maker note, whose offsets count from the file's
    first byte: it must know where it will stand."""
    blank = even(directory(note, 0))
    note_at = at + len(even(directory(exif_tags(blank), at))) - len(blank)
    return directory(exif_tags(even(directory(note, note_at))), at)


def _eos_5d_colours(camera: Camera) -> list[int]:
    """Return ColorData of version 7, as the 5D Mark III writes it."""
    red, green, blue = camera.balance
    colours = [0] * 1312
    colours[0] = 10
    for at in (0x3F, 0x44, 0x49):
        colours[at : at + 5] = [red, green, green, blue, 5200]
    colours[0x1F8:0x1FC] = [camera.black] * 4
    colours[0x1FC:0x1FE] = [camera.white - 1000, camera.white]
    return colours


def write_cr2(
    path: Path, image: Image.Image, *, orientation: int = 1, camera: Camera = EOS_5D
) -> None:
    """Write a CR2 of an EOS 5D Mark III: four directories, the last with the pixels."""
    counts = framed(mosaic(image, camera), image.size, camera.black)
    width, height = sensor_size(image.size)
    cut = width * 2 // 3 // 2 * 2
    sliced = [
        value
        for left, right in ((0, cut), (cut, width))
        for y in range(height)
        for value in counts[y * width + left : y * width + right]
    ]
    raw = lossless_jpeg(sliced, width, height, bits=14)
    small = preview(image)
    first = page_tags(image.width // 2, image.height // 2, [8, 8, 8], 6) | {
        259: (SHORT, [6]),
        273: (LONG, [0]),
        279: (LONG, [len(small)]),
        **camera_tags(camera, orientation),
        34665: (LONG, [0]),
        34853: (LONG, [0]),
    }
    del first[262], first[277], first[278]
    file = _Layout(bytes(16) + even(directory(first, 16)))
    note = canon_note(camera, image.size, model_id=0x80000285, colours=_eos_5d_colours(camera))
    first[34665] = (LONG, [len(file.content)])
    file.place(_exif_with(note, len(file.content)))
    first[34853] = (LONG, [file.place_directory(gps_tags())])
    first[273] = (LONG, [file.place(small)])
    thumbnail = {513: (LONG, [file.place(small)]), 514: (LONG, [len(small)])}
    bitmap = image.resize((16, 12)).tobytes()
    third = page_tags(16, 12, [8, 8, 8], 2) | {
        273: (LONG, [file.place(bitmap)]),
        279: (LONG, [len(bitmap)]),
    }
    pixels = {
        259: (SHORT, [6]),
        273: (LONG, [0]),
        279: (LONG, [len(raw)]),
        0xC5D8: (LONG, [1]),
        0xC640: (SHORT, [1, cut, width - cut]),
        0xC6C5: (LONG, [1]),
    }
    fourth_at = len(file.content)
    file.place(directory(pixels, fourth_at))
    third_at = file.place_directory(third, following=fourth_at)
    second_at = file.place_directory(thumbnail, following=third_at)
    pixels[273] = (LONG, [file.place(raw)])
    fourth = directory(pixels, fourth_at)
    file.content[fourth_at : fourth_at + len(fourth)] = fourth
    begun = directory(first, 16, following=second_at)
    file.content[16 : 16 + len(begun)] = begun
    file.content[:16] = struct.pack("<2sHI4sI", b"II", 42, 16, b"CR\2\0", fourth_at)
    path.write_bytes(file.content)


def _mosaic_tags(width: int, height: int, compression: int) -> dict[int, tuple[int, list[int]]]:
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
    file = _Layout(struct.pack("<2sHI", b"II", 42, 8) + even(directory(first, 8)))
    first[513] = (LONG, [file.place(small)])
    first[34665] = (LONG, [file.place_directory(exif_tags(maker_note))])
    first[34853] = (LONG, [file.place_directory(gps_tags())])
    below |= {273: (LONG, [0]), 279: (LONG, [len(raw)])}
    below[273] = (LONG, [len(file.content) + len(even(directory(below, 0)))])
    first[330] = (LONG, [file.place_directory(below)])
    file.place(raw)
    begun = directory(first, 8)
    file.content[8 : 8 + len(begun)] = begun
    path.write_bytes(file.content)


def write_nef(
    path: Path, image: Image.Image, *, orientation: int = 1, camera: Camera = NIKON_D810
) -> None:
    """Write a NEF of a D810 with Nikon's compression without loss (compression 34713)."""
    before = [camera.black] * 4
    raw = nikon_compressed(mosaic(image, camera), *image.size, before)
    red, green, blue = camera.balance
    note = {
        0x01: _blob(b"0211"),
        0x0C: (RATIONAL, [red, green, blue, green, 1, 1, 1, 1]),
        0x3D: (SHORT, [camera.black] * 4),
        0x93: (SHORT, [3]),
        # How the pixels are compressed: version, and what stands before the first ones.
        0x96: _blob(struct.pack("<BB4HH", 0x46, 0x30, *before, 0)),
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
