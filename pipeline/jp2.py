"""What a JPEG 2000 header says that Pillow does not: true bit depth, channels, colour profile.

Pillow opens colour of more than 8 bit as 8 bit without a word and leaves the profile unread.
The reader touches header boxes only and bounds everything it reads.

Source: ISO/IEC 15444-1:2019, Annex A.5.1 (SIZ marker segment) and Annex I.5 (boxes).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_CODESTREAM = b"\xff\x4f\xff\x51"
_LONGEST_HEADER = 16 << 20
_MOST_BOXES = 10_000
_MOST_CHANNELS = 16_384


@dataclass(frozen=True)
class Header:
    """What the header says.

    Attributes:
        width_px: Width, in pixels.
        height_px: Height, in pixels.
        bits: Bit depth of the deepest channel.
        channels: Number of channels; a palette counts as one.
        profile: The embedded ICC profile, or None.
    """

    width_px: int
    height_px: int
    bits: int
    channels: int
    profile: bytes | None


def read_header(path: Path) -> Header:
    """Return what the header of a JPEG 2000 file or bare codestream says.

    Raises:
        ValueError: It is damaged or cut short.
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        try:
            if file.read(4) == _CODESTREAM:
                file.seek(0)
                return _codestream(file, None)
            return _boxes(file)
        except (struct.error, IndexError, OverflowError) as error:
            raise ValueError(f"the JPEG 2000 header is cut short or damaged: {error}") from error


def _boxes(file: BinaryIO) -> Header:
    length = file.seek(0, 2)
    profile = None
    for kind, start, end in _iter_boxes(file, 0, length):
        if kind == b"jp2h":
            if end - start > _LONGEST_HEADER:
                raise ValueError("the JPEG 2000 header is larger than any real one")
            profile = _profile(file, start, end)
        elif kind == b"jp2c":
            file.seek(start)
            return _codestream(file, profile)
    raise ValueError("the JPEG 2000 file has no image in it")


def _iter_boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Give (kind, start of contents, end) of each box."""
    for _ in range(_MOST_BOXES):
        if at + 8 > end:
            return
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        start = at + 8
        if size == 1:
            size = struct.unpack(">Q", file.read(8))[0]
            start += 8
        following = end if size == 0 else at + size
        if following < start or (following > end and kind != b"jp2c"):
            raise ValueError("a box of the JPEG 2000 file ends outside it")
        yield kind, start, min(following, end)
        at = following


def _profile(file: BinaryIO, start: int, end: int) -> bytes | None:
    for kind, inner, stop in _iter_boxes(file, start, end):
        if kind == b"colr":
            file.seek(inner)
            method = file.read(1)
            if method in {b"\2", b"\3"}:
                file.seek(inner + 3)
                return file.read(stop - inner - 3)
    return None


def _codestream(file: BinaryIO, profile: bytes | None) -> Header:
    if file.read(4) != _CODESTREAM:
        raise ValueError("the JPEG 2000 codestream does not begin as one")
    _, _, right, below, left, above = struct.unpack(">HHIIII", file.read(20))
    channels = struct.unpack(">16xH", file.read(18))[0]
    if not 1 <= channels <= _MOST_CHANNELS or right <= left or below <= above:
        raise ValueError("the JPEG 2000 codestream claims an impossible image")
    depths = file.read(3 * channels)
    bits = max((depths[at] & 0x7F) + 1 for at in range(0, 3 * channels, 3))
    return Header(right - left, below - above, bits, channels, profile)
