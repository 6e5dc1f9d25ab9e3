"""Whether Latin letters stand on their heads, by the shapes of their columns.

Each line is averaged into eight rows: two above the body of its letters, four in it, two below.
A column of these is a byte, one bit a row. Which bytes there are, and which follow each other,
differs from writing to writing and between both ways up: arches of n, m and h are on top, bowls of
u are rare, marks stand above and the dots of Vietnamese below.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from pipeline.quality.letter_weights import BIAS, WEIGHTS

_ROWS = 8
_CODES = 1 << _ROWS
_MOST_LINES = 24
_CELLS_A_BODY = 4
_AROUND = 0.8
_INK_SHARE = 0.4
_LEAST_CONTRAST = 24
_FEWEST_LINES = 3
_FEWEST_COLUMNS = 150
# Rows of the four bits that are compared between columns, and how far the columns are apart.
_PAIRS = (((2, 3, 4, 5), 1), ((2, 3, 4, 5), 2), ((1, 2, 5, 6), 2))
_FOUR = [
    bytes(sum(((code >> row) & 1) << at for at, row in enumerate(rows)) for code in range(_CODES))
    for rows, _apart in _PAIRS
]


@dataclass(frozen=True)
class Letters:
    """What the columns of lines look like.

    Attributes:
        patterns: How often there is each column, and each pair of columns by the kinds of
            ``_PAIRS``; what is empty is not counted. Nothing where there is too little.
    """

    patterns: tuple[Counter[int], ...] = ()

    @property
    def likelihood_turned(self) -> float:
        """How likely they are Latin letters that stand on their heads.

        The logarithm of the odds, as learned; 0 where there is too little to judge by.
        """
        if not self.patterns:
            return 0.0
        shares = zip(self.shares, WEIGHTS, strict=True)
        return BIAS + sum(share * weight for share, weight in shares if share)

    @property
    def shares(self) -> list[float]:
        """The root of the share of each pattern, 256 of a kind."""
        found = []
        for counted in self.patterns:
            total = max(1, counted.total())
            found += [math.sqrt(counted[code] / total) for code in range(_CODES)]
        return found


NO_LETTERS = Letters()


def letters_of(sheet: Image.Image, bodies: Sequence[tuple[float, float]]) -> Letters:
    """Measure the columns of lines.

    Args:
        sheet: Grey, with lines that do not fall.
        bodies: Rows of each line between the tops and the feet of letters such as x.
    """
    codes = _codes(sheet, bodies)
    found = tuple(Counter[int]() for _kind in range(1 + len(_PAIRS)))
    for line in codes:
        found[0].update(line)
        for counted, four, (_rows, apart) in zip(found[1:], _FOUR, _PAIRS, strict=True):
            few = line.translate(four)
            counted.update(one | other << 4 for one, other in zip(few, few[apart:], strict=False))
    for counted in found:
        del counted[0]
    enough = len(codes) >= _FEWEST_LINES and found[0].total() >= _FEWEST_COLUMNS
    return Letters(found) if enough else NO_LETTERS


def _codes(sheet: Image.Image, bodies: Sequence[tuple[float, float]]) -> list[bytes]:
    """Return lines as columns of eight bits, the topmost first."""
    step = max(1, -(-len(bodies) // _MOST_LINES))
    found = []
    for top, bottom in bodies[::step]:
        tall = bottom - top
        over = _AROUND * tall
        if tall < 2 or top - over < 0 or bottom + over > sheet.height:
            continue
        columns = int(sheet.width * _CELLS_A_BODY / tall)
        box = (0, top - over, sheet.width, bottom + over)
        cells = sheet.resize((columns, _ROWS), Image.Resampling.BOX, box=box).tobytes()
        ordered = sorted(cells[::5])
        paper, ink = ordered[len(ordered) * 7 // 10], ordered[len(ordered) // 50]
        if paper - ink < _LEAST_CONTRAST:
            continue
        limit = round(paper - (paper - ink) * _INK_SHARE)
        joined = 0
        for row in range(_ROWS):
            bit = bytes([1 << row]) * limit + bytes(256 - limit)
            part = cells[row * columns : (row + 1) * columns].translate(bit)
            joined |= int.from_bytes(part, "little")
        found.append(joined.to_bytes(columns, "little"))
    return found
