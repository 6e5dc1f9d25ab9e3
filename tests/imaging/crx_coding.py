"""Encodes the pixels of a CR3 without loss: Canon's CRX codec without wavelets.

Each colour of the mosaic is a plane of its own. A sample is predicted from its neighbours as in
JPEG-LS (ITU-T T.87), the error written in Golomb-Rice code whose parameter follows the errors;
where all neighbours agree, a run is counted instead.

Source: L. Clévy, "Describing the Canon Raw v3 (CR3) file format"; LibRaw's decoder, which these
files test.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from tests.imaging.lossless_jpeg import BitWriter

# What a run grows by, as powers of two, the more runs there were (T.87, A.2.1).
_RUN_BITS = (0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, *range(8, 16))
_MOST_ZEROS = 41
_ESCAPED_BITS = 21
_MOST_PARAMETER = 15


class _Plane:
    """The coder of one plane: its bits, and what earlier samples taught it."""

    def __init__(self) -> None:
        self.out = BitWriter()
        self.parameter = 0
        self.runs = 0

    def put_error(self, error: int, *, slope: int | None = None) -> None:
        """Write a prediction's error; ``slope`` is how the line above goes on, if it does."""
        code = 2 * error if error >= 0 else -2 * error - 1
        k = self.parameter
        if code >> k >= _MOST_ZEROS:
            self.out.put(1, _MOST_ZEROS + 1)
            self.out.put(code, _ESCAPED_BITS)
        else:
            self.out.put(1, (code >> k) + 1)
            self.out.put(code, k)
        if slope is not None:
            code = (code + 2 * abs(slope)) >> 1
        k += -(code < (1 << k >> 1)) + (code >> k > 2) + (code >> k > 5)
        self.parameter = min(k, _MOST_PARAMETER)

    def put_run(self, run: int, room: int) -> None:
        """Write how many samples repeat the last one, of ``room`` that the line still has."""
        self.out.put(int(run > 0), 1)
        if not run:
            return
        told = 1
        while told < room:
            step = 1 << _RUN_BITS[self.runs]
            goes_on = run >= min(told + step, room) if told + step > room else run >= told + step
            self.out.put(int(goes_on), 1)
            if not goes_on:
                self.out.put(run - told, _RUN_BITS[self.runs])
                self.runs = max(self.runs - 1, 0)
                return
            told += step
            if told > room:
                return
            self.runs = min(self.runs + 1, 31)

    def put_top_line(self, line: Sequence[int]) -> None:
        """Write the first line, which has none above."""
        left, at = 0, 0
        while at < len(line):
            if left == 0 and len(line) - at > 1:
                run = _run(line, at, left)
                self.put_run(run, len(line) - at)
                at += run
                if at == len(line):
                    return
            self.put_error(line[at] - left)
            left = line[at]
            at += 1

    def put_line(self, line: Sequence[int], above: Sequence[int]) -> None:
        """Write a line; ``above`` has a value more at each end."""
        left, at, width = above[1], 0, len(line)
        while at < width:
            room = width - at
            if room > 1 and left == above[at + 1] == above[at + 2]:
                run = _run(line, at, left)
                self.put_run(run, room)
                at += run
                if at == width:
                    return
                expected = above[at + 1]
            else:
                expected = _expected(left, above[at], above[at + 1])
            slope = above[at + 2] - above[at + 1] if at < width - 1 else None
            self.put_error(line[at] - expected, slope=slope)
            left = line[at]
            at += 1


def _run(line: Sequence[int], at: int, value: int) -> int:
    end = at
    while end < len(line) and line[end] == value:
        end += 1
    return end - at


def _expected(left: int, corner: int, top: int) -> int:
    """Return the median of left, top and what a plane through all three gives (T.87, A.4.1)."""
    return sorted((left, top, left + top - corner))[1]


def _plane(samples: Sequence[Sequence[int]]) -> bytes:
    coder = _Plane()
    above: list[int] = []
    for number, line in enumerate(samples):
        if number == 0:
            coder.put_top_line(line)
            above = [0, *line, line[-1] + 1]
        else:
            coder.put_line(line, above)
            above = [above[1], *line, line[-1] + 1]
    return coder.out.content()


# Canon's decoder takes no tile of a plane below 22 samples.
_LEAST_TILE = 22


def tile_width(width: int) -> int:
    """Return how wide the tiles of a picture are: two, as large cameras have, where they fit."""
    half = -(-width // 4) * 2
    return half if (width - half) // 2 >= _LEAST_TILE else width


def header_bytes(width: int) -> int:
    """Return the length of what stands before the coded planes."""
    return -(-width // tile_width(width)) * (12 + 4 * 24)


def crx_compressed(samples: Sequence[int], width: int, height: int, *, bits: int) -> bytes:
    """Encode a red, green / green, blue mosaic: a header, then the planes of each tile.

    Args:
        samples: ``width`` × ``height`` values below 2 to the power ``bits``, row by row.
        width: Samples in a row; even, at least 44.
        height: Rows; even, at least 44.
        bits: Precision of a sample, at most 14.
    """
    middle = 1 << (bits - 1)
    header, coded = b"", b""
    for number, begin in enumerate(range(0, width, tile_width(width))):
        end = min(begin + tile_width(width), width)
        planes = []
        for top, left in ((0, 0), (0, 1), (1, 0), (1, 1)):
            lines = [
                [
                    value - middle
                    for value in samples[y * width + begin + left : y * width + end : 2]
                ]
                for y in range(top, height, 2)
            ]
            plane = _plane(lines)
            planes.append(plane + bytes(-len(plane) % 8))
        header += _tile_header(number, [len(plane) for plane in planes])
        coded += b"".join(planes)
    assert len(header) == header_bytes(width)
    return header + coded


def _tile_header(number: int, sizes: Sequence[int]) -> bytes:
    header = struct.pack(">HHIHH", 0xFF01, 8, sum(sizes), number, 0)
    for plane, size in enumerate(sizes):
        header += struct.pack(">HHIBxxx", 0xFF02, 8, size, plane << 4 | 8)
        # One band, quantised by 1 (step 4 of Canon's table).
        header += struct.pack(">HHII", 0xFF03, 8, size, 4 << 19)
    return header
