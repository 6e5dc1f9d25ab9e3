"""Encodes the two Huffman codings of differences that camera RAW files hold: Canon's and Nikon's.

Source: ITU-T T.81 (JPEG), annexes C and H: the lossless process, predictor 1.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

Code = tuple[int, int]  # bits, how many


class BitWriter:
    """Bits in the order they are written, the highest of a byte first."""

    def __init__(self, *, stuffed: bool = False) -> None:
        """Begin with no bits; ``stuffed`` puts the zero of T.81 after a byte of ones."""
        self._bytes = bytearray()
        self._stuffed = stuffed
        self._kept, self._count = 0, 0

    def put(self, bits: int, count: int) -> None:
        """Append the lowest ``count`` bits."""
        self._kept = (self._kept << count) | (bits & ((1 << count) - 1))
        self._count += count
        while self._count >= 8:
            self._count -= 8
            byte = (self._kept >> self._count) & 0xFF
            self._bytes.append(byte)
            if self._stuffed and byte == 0xFF:
                self._bytes.append(0)
        self._kept &= (1 << self._count) - 1

    def content(self) -> bytes:
        """Return what was written, filled up to a byte with ones as T.81 wants it."""
        if self._count:
            self.put((1 << (8 - self._count)) - 1, 8 - self._count)
        return bytes(self._bytes)


def codes_of(lengths: Sequence[int], values: Sequence[int]) -> dict[int, Code]:
    """Return the code of each value: ``lengths`` counts codes of 1, 2, … bits (T.81, annex C)."""
    codes, code, at = {}, 0, 0
    for bits, count in enumerate(lengths, 1):
        for value in values[at : at + count]:
            codes[value] = (code, bits)
            code += 1
        at += count
        code <<= 1
    return codes


def put_difference(out: BitWriter, codes: dict[int, Code], difference: int) -> None:
    """Write a difference: the code of its length, then its bits (T.81, H.1.2.2)."""
    length = abs(difference).bit_length()
    out.put(*codes[length])
    if length:
        out.put(difference if difference > 0 else difference - 1, length)


# Lengths 0 to 14 of a difference, the common ones short.
_LENGTHS = (0, 1, 5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0)
_VALUES = (5, 4, 6, 3, 7, 2, 8, 1, 9, 0, 10, 11, 12, 13, 14)


def lossless_jpeg(samples: Sequence[int], width: int, height: int, *, bits: int) -> bytes:
    """Encode samples as Canon does: SOF3, two components side by side, predictor 1.

    Args:
        samples: ``width`` × ``height`` values below 2 to the power ``bits``, row by row.
        width: Samples in a row, of both components together; even.
        height: Rows.
        bits: Precision of a sample.
    """
    table = codes_of(_LENGTHS, _VALUES)
    out = BitWriter(stuffed=True)
    first = [1 << (bits - 1)] * 2
    for top in range(0, width * height, width):
        left = list(first)
        for at in range(top, top + width):
            component = (at - top) & 1
            put_difference(out, table, samples[at] - left[component])
            left[component] = samples[at]
        first = list(samples[top : top + 2])
    huffman = bytes([*_LENGTHS, *_VALUES])
    frame = struct.pack(">BHHB", bits, height, width // 2, 2) + b"\1\x11\0\2\x11\0"
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xC4, b"\0" + huffman + b"\1" + huffman),
            _segment(0xC3, frame),
            _segment(0xDA, b"\2\1\0\2\x10\1\0\0"),
            out.content(),
            b"\xff\xd9",
        )
    )


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


# Nikon's own table for 14 bit without loss.
_NIKON_LENGTHS = (0, 1, 4, 2, 2, 3, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0)
_NIKON_VALUES = (7, 6, 8, 5, 9, 4, 10, 3, 11, 12, 2, 0, 1, 13, 14)


def nikon_compressed(
    samples: Sequence[int], width: int, height: int, first: Sequence[int]
) -> bytes:
    """Encode 14-bit samples as NEF has them: no header, two columns and two rows predict.

    Args:
        samples: ``width`` × ``height`` values, row by row.
        width: Samples in a row; even.
        height: Rows.
        first: What stands before the first two samples of even rows and of odd rows.
    """
    codes = codes_of(_NIKON_LENGTHS, _NIKON_VALUES)
    out = BitWriter()
    above = [list(first[:2]), list(first[2:])]
    for row in range(height):
        left = above[row & 1]
        line = samples[row * width : (row + 1) * width]
        above[row & 1] = list(line[:2])
        for column, sample in enumerate(line):
            put_difference(out, codes, sample - left[column & 1])
            left[column & 1] = sample
    return out.content()
