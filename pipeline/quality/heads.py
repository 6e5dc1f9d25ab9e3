"""Which way up lines of text stand: where the ink lies that leaves the body of the lines.

Letters have more above their body than below it (b, d, h, capitals, marks) in Latin, Thai, Lao and
Tai Viet writing, and more below it in Devanagari, Burmese or Russian: so one page alone says
nothing, but pages of one item should agree. Chữ Hán and capitals do not lean at all.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Of a line's darkness: the rows that are darker than this share are its body.
_BODY = 0.5
_FEWEST_LINES = 10
# Grey values between the paper and the body of a line.
_LEAST_DARKNESS = 8
# Of the ink in the bodies: figures and capitals have less outside, and none of it tells.
_LEAST_OUTSIDE = 0.17
# Of the ink outside the bodies, and of the lines.
_LEAST_LEAN = 0.2
_MOST_AGAINST = 0.25
# Upside down is what few pages are, against many.
_FEWEST_PAGES = 4
_MOST_TURNED = 0.25


@dataclass(frozen=True)
class Head:
    """Where the ink outside the bodies of a page's lines lies.

    Attributes:
        lean: All of it above is 1, all below is -1.
        above: Share of lines that have more above than below.
        outside: How much there is of it, as a share of the ink in the bodies.
        lines: How many lines there are.
    """

    lean: float
    above: float
    outside: float
    lines: int

    @property
    def side(self) -> int:
        """1 for clearly above, -1 for clearly below, 0 for neither."""
        if self.lines < _FEWEST_LINES or self.outside < _LEAST_OUTSIDE:
            return 0
        if abs(self.lean) < _LEAST_LEAN:
            return 0
        agreeing = self.above if self.lean > 0 else 1 - self.above
        if agreeing < 1 - _MOST_AGAINST:
            return 0
        return 1 if self.lean > 0 else -1


NO_HEAD = Head(0.0, 0.5, 0.0, 0)


def head_of(profile: bytes, runs: Sequence[tuple[int, int]]) -> Head:
    """Return where the ink outside the bodies of lines lies.

    Args:
        profile: Brightness of each row of a page, from the top, along its lines.
        runs: Rows where each line is dark, as (first, one after the last), from the top.
    """
    above = below = inside = 0.0
    votes = lines = 0
    for line in _lines_apart(profile, runs):
        paper, ink = max(line), min(line)
        if paper == ink:
            continue
        darkness = [(paper - value) / (paper - ink) for value in line]
        body = [row for row, dark in enumerate(darkness) if dark >= _BODY]
        over, under = sum(darkness[: body[0]]), sum(darkness[body[-1] + 1 :])
        above, below, inside = above + over, below + under, inside + sum(darkness) - over - under
        votes, lines = votes + (over > under), lines + 1
    if above + below == 0:
        return NO_HEAD
    outside = above + below
    return Head((above - below) / outside, votes / lines, outside / inside, lines)


def both_ways(upright: Head, turned: Head) -> Head:
    """Return what a page says, measured as it is and with its rows in reverse.

    What measuring itself adds has the same sign both times, and goes.
    """
    lean = (upright.lean - turned.lean) / 2
    above = (upright.above + 1 - turned.above) / 2
    outside = (upright.outside + turned.outside) / 2
    return Head(lean, above, outside, min(upright.lines, turned.lines))


def against_the_others(sides: Sequence[int]) -> list[int]:
    """Return which pages of an item stand on their heads if most of them do not.

    Args:
        sides: :attr:`Head.side` of each page.
    """
    ups, downs = sides.count(1), sides.count(-1)
    few, side = min((ups, 1), (downs, -1))
    if ups + downs < _FEWEST_PAGES or few > _MOST_TURNED * (ups + downs):
        return []
    return [number for number, found in enumerate(sides) if found == side]


def bodies_of(profile: bytes, runs: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    """Return between which rows the bodies of lines lie, in parts of a row."""
    found = []
    for first, line in _places_apart(profile, runs):
        half = (max(line) + min(line)) / 2
        if max(line) - min(line) < _LEAST_DARKNESS:
            continue
        rows = [row for row, value in enumerate(line) if value <= half]
        top, last = rows[0], rows[-1]
        above = _part(line, top, top - 1, half) if top > 0 else 0
        below = _part(line, last, last + 1, half) if last + 1 < len(line) else 0
        found.append((first + top - above + 0.5, first + last + below + 0.5))
    return found


def _part(line: bytes, dark: int, light: int, half: float) -> float:
    """Return how far from a dark row to the next, which is lighter, a value lies: 0 to 1."""
    return (half - line[dark]) / (line[light] - line[dark]) if line[light] > line[dark] else 0


def _lines_apart(profile: bytes, runs: Sequence[tuple[int, int]]) -> Iterator[bytes]:
    """Give the rows of each line but the first and the last, up to the middle of the gaps."""
    return (line for _first, line in _places_apart(profile, runs))


def _places_apart(profile: bytes, runs: Sequence[tuple[int, int]]) -> Iterator[tuple[int, bytes]]:
    """Give the first row, and the rows, of each line but the first and the last."""
    middles = []
    for (_start, before), (after, _end) in itertools.pairwise(runs):
        gap = profile[before:after] or profile[before : before + 1]
        light = [row for row, value in enumerate(gap) if value >= max(gap) - 3]
        middles.append(before + light[len(light) // 2])
    for top, bottom in itertools.pairwise(middles):
        yield top, profile[top : bottom + 1]
