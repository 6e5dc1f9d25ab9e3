"""The boxes of a Canon CR3: whether the file is whole, its depth, and the camera's metadata.

A CR3 is an ISO base media file. The reader follows box headers only, never pixels, and bounds
what it reads, so a hostile file costs microseconds.

Source: ISO/IEC 14496-12, section 4.2; L. Clévy, "Describing the Canon Raw v3 (CR3) file format"
(2018), for Canon's own boxes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
# From the movie to the header of a coded image: each box, and where its own boxes begin in it.
_WAY = ((b"moov", 0), (b"trak", 0), (b"mdia", 0), (b"minf", 0), (b"stbl", 0), (b"stsd", 8),
        (b"CRAW", 82), (b"CMP1", 0))  # fmt: skip
_MOST_BOXES = 100
_LONGEST_METADATA_BYTES = 1 << 20


@dataclass(frozen=True)
class _Box:
    """One box: its name, where its content begins, and the byte after its last."""

    name: bytes
    begin: int
    end: int


def missing_bytes(path: Path) -> int:
    """Return how many bytes the file's last box says there are after the file's end.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        last = max((box.end for box in _boxes(file, 0, size)), default=0)
    return max(last - size, 0)


def read_bits(path: Path) -> int:
    """Return the bit depth of the largest image in Canon's CRX coding, or 0 if there is none.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        found = [(0, 0)]
        for box in _at_end_of(_WAY, file, 0, size):
            header = _content(file, box)[:25]
            if len(header) == 25:
                width, height = struct.unpack_from(">II", header, 8)
                found.append((width * height, header[24]))
    return max(found)[1]


def read_metadata(path: Path) -> Mapping[str, bytes]:
    """Return the camera's metadata: TIFFs of one directory each, by the name of their box.

    ``CMT1`` is the image's directory and ``CMT2`` that of EXIF.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        for movie in _named(file, b"moov", 0, size):
            for canon in _named(file, b"uuid", movie.begin, movie.end):
                file.seek(canon.begin)
                if file.read(len(_CANON)) == _CANON:
                    inside = _boxes(file, canon.begin + len(_CANON), canon.end)
                    return {
                        box.name.decode("ascii", "replace"): _content(file, box)
                        for box in inside
                        if box.name.startswith(b"CMT")
                    }
    return {}


def _content(file: BinaryIO, box: _Box) -> bytes:
    file.seek(box.begin)
    return file.read(min(box.end - box.begin, _LONGEST_METADATA_BYTES))


def _at_end_of(
    way: tuple[tuple[bytes, int], ...], file: BinaryIO, begin: int, end: int
) -> Iterator[_Box]:
    (name, skipped), *further = way
    for box in _named(file, name, begin, end):
        if further:
            yield from _at_end_of(tuple(further), file, box.begin + skipped, box.end)
        else:
            yield box


def _named(file: BinaryIO, name: bytes, begin: int, end: int) -> Iterator[_Box]:
    return (box for box in _boxes(file, begin, end) if box.name == name)


def _boxes(file: BinaryIO, begin: int, end: int) -> Iterator[_Box]:
    """Give the boxes between two places, as they say of themselves: the last may end later."""
    for _ in range(_MOST_BOXES):
        file.seek(begin)
        head = file.read(16)
        if len(head) < 8 or begin + 8 > end:
            return
        length, name = struct.unpack_from(">I4s", head)
        header = 8
        if length == 1 and len(head) == 16:
            length, header = struct.unpack_from(">Q", head, 8)[0], 16
        elif length == 0:
            length = end - begin
        if length < header:
            return
        yield _Box(name, begin + header, begin + length)
        begin += length
