"""The boxes of a Canon CR3: whether the file is whole, its depth, and the camera's metadata.

A CR3 is an ISO base media file. The reader follows box headers only, never pixels, and bounds
what it reads, so a hostile file costs milliseconds.

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
# What stands side by side in such a file; anything else at its end was put there later.
_OUTERMOST = frozenset({b"ftyp", b"moov", b"uuid", b"mdat", b"free", b"skip"})
_MOST_BOXES = 1_000
_CODING_BYTES = 25
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
        boxes = _Boxes(file)
        outermost = (b.end for b in boxes.between(0, boxes.size) if b.name in _OUTERMOST)
        last = max(outermost, default=0)
    return max(last - boxes.size, 0)


def read_bits(path: Path) -> int:
    """Return the bit depth of the largest image in Canon's CRX coding, or 0 if there is none.

    Raises:
        OSError: The file cannot be read.
    """
    found = [(0, 0)]
    with path.open("rb") as file:
        boxes = _Boxes(file)
        for box in boxes.at_end_of(_WAY, 0, boxes.size):
            header = boxes.content(box, _CODING_BYTES)
            if len(header) == _CODING_BYTES:
                width, height = struct.unpack_from(">II", header, 8)
                found.append((width * height, header[24]))
    return max(found)[1]


def read_metadata(path: Path) -> Mapping[str, bytes]:
    """Return the camera's metadata: TIFFs of one directory each, by the name of their box.

    ``CMT1`` is the image's directory, ``CMT2`` that of EXIF and ``CMT4`` that of the place.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        boxes = _Boxes(file)
        for canon in boxes.at_end_of(((b"moov", 0), (b"uuid", 0)), 0, boxes.size):
            file.seek(canon.begin)
            if file.read(len(_CANON)) == _CANON:
                inside = boxes.between(canon.begin + len(_CANON), canon.end)
                return {
                    box.name.decode("ascii", "replace"): boxes.content(box)
                    for box in inside
                    if box.name in {b"CMT1", b"CMT2", b"CMT4"}
                }
    return {}


class _Boxes:
    """Follows the boxes of one open file, up to a number that no camera writes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = _MOST_BOXES
        self.size = file.seek(0, 2)

    def content(self, box: _Box, most_bytes: int = _LONGEST_METADATA_BYTES) -> bytes:
        """Return what is in a box, as far as it is in the file and not too long."""
        self._file.seek(box.begin)
        return self._file.read(max(min(box.end - box.begin, most_bytes), 0))

    def at_end_of(self, way: tuple[tuple[bytes, int], ...], begin: int, end: int) -> Iterator[_Box]:
        """Give the boxes that a way of names leads to, and where in each the next begins."""
        (name, skipped), *further = way
        for box in self.between(begin, end):
            if box.name == name and further:
                yield from self.at_end_of(tuple(further), box.begin + skipped, min(box.end, end))
            elif box.name == name:
                yield box

    def between(self, begin: int, end: int) -> Iterator[_Box]:
        """Give the boxes between two places, as they say of themselves: the last may end later."""
        while self._left and begin + 8 <= end:
            self._left -= 1
            self._file.seek(begin)
            head = self._file.read(16)
            if len(head) < 8:
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
