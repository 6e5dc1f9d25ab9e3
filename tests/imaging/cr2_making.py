"""Makes CR2 files as an EOS 5D Mark III does: four directories, the last with the pixels.

Source: L. Clévy, "The Canon RAW (CR2) file format" (2015); ExifTool's tables of Canon tags.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from tests.imaging.lossless_jpeg import lossless_jpeg
from tests.imaging.raw_tags import Field, Layout, camera_tags, exif_tags, gps_tags, preview, text
from tests.imaging.sensors import (
    EOS_5D,
    MASK_LEFT,
    MASK_TOP,
    Camera,
    framed,
    mosaic,
    sensor_size,
)
from tests.imaging.tiff_making import LONG, SHORT, Tags, directory, even, page_tags


def canon_note(
    camera: Camera, size: tuple[int, int], *, model_id: int, colours: Sequence[int]
) -> dict[int, Field]:
    """Return Canon's own tags: model, borders of the picture on the sensor, colour data."""
    width, height = size
    # LibRaw takes the last column and row named here for the first that are not shown.
    picture = [MASK_LEFT, MASK_TOP, MASK_LEFT + width, MASK_TOP + height]
    borders = [34, *sensor_size(size), 1, 1, *picture, *[0] * 8]
    return {
        6: text(camera.model),
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


def _sliced(counts: Sequence[int], width: int, height: int, cut: int) -> list[int]:
    """Return the counts in the order of two slices: all rows of the left one, then the other."""
    return [
        value
        for left, right in ((0, cut), (cut, width))
        for y in range(height)
        for value in counts[y * width + left : y * width + right]
    ]


def _first_tags(image: Image.Image, camera: Camera, orientation: int) -> dict[int, Field]:
    """Return the tags of the preview, the camera and what hangs below; places are put in later."""
    tags = page_tags(image.width // 2, image.height // 2, [8, 8, 8], 6) | {
        259: (SHORT, [6]),
        **camera_tags(camera, orientation),
        **{tag: (LONG, [0]) for tag in (273, 279, 34665, 34853)},
    }
    return {tag: field for tag, field in tags.items() if tag not in {262, 277, 278}}


def write_cr2(
    path: Path, image: Image.Image, *, orientation: int = 1, camera: Camera = EOS_5D
) -> None:
    """Write a CR2 whose pixels, two slices of lossless JPEG of 14 bit, end the file."""
    width, height = sensor_size(image.size)
    cut = width * 2 // 3 // 2 * 2
    counts = framed(mosaic(image, camera), image.size, camera.black)
    raw = lossless_jpeg(_sliced(counts, width, height, cut), width, height, bits=14)
    note = canon_note(camera, image.size, model_id=0x80000285, colours=_eos_5d_colours(camera))
    small, bitmap = preview(image), image.resize((16, 12)).tobytes()
    first = _first_tags(image, camera, orientation)
    file = Layout(bytes(16) + even(directory(first, 16)))
    first[34665] = (LONG, [file.place(_exif_with(note, len(file.content)))])
    first[34853] = (LONG, [file.place_directory(gps_tags())])
    first |= {273: (LONG, [file.place(small)]), 279: (LONG, [len(small)])}
    second = {513: (LONG, [file.place(small)]), 514: (LONG, [len(small)])}
    third = page_tags(16, 12, [8, 8, 8], 2)
    third |= {273: (LONG, [file.place(bitmap)]), 279: (LONG, [len(bitmap)])}
    fourth = {
        259: (SHORT, [6]),
        273: (LONG, [0]),
        279: (LONG, [len(raw)]),
        0xC5D8: (LONG, [1]),
        0xC640: (SHORT, [1, cut, width - cut]),
        0xC6C5: (LONG, [1]),
    }
    fourth_at = file.place_directory(fourth)
    third_at = file.place_directory(third, following=fourth_at)
    second_at = file.place_directory(second, following=third_at)
    fourth[273] = (LONG, [file.place(raw)])
    file.replace(fourth_at, directory(fourth, fourth_at))
    file.replace(16, directory(first, 16, following=second_at))
    file.replace(0, struct.pack("<2sHI4sI", b"II", 42, 16, b"CR\2\0", fourth_at))
    path.write_bytes(file.content)
