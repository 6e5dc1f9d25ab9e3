"""Lines of text: whether a page has them, how much they are tilted, and which way they run.

A page is averaged into a few upright strips. Where lines of text run across, each strip's rows
are dark and light in turn; shearing the strips against each other by the right angle makes the
rows of all of them meet, and the differences between neighbouring rows are greatest. Angles of
edges in the letters, which are cheaper, are off by a degree on typed pages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageOps, ImageStat

from pipeline.quality.heads import NO_HEAD, Head, bodies_of, both_ways, head_of
from pipeline.quality.letters import NO_LETTERS, Letters, letters_of
from pipeline.quality.levels import Levels
from pipeline.quality.tones import percentile

_STRIPS = 24
# Nearer to the edge there may be the lid, the table or another page.
_MARGIN = 0.06
_COARSE_DEG = tuple(float(step) for step in range(-6, 7))
_FINE_DEG = (0.4, 0.1)
_FINE_STEPS = (-2, -1, 0, 1, 2)
# Moving by whole pixels is five times as fast.
_ROUGH, _EXACT = Image.Resampling.NEAREST, Image.Resampling.BICUBIC
_PLAIN = 4.0
_LEVEL_DEG = 0.15
# Grey values: paper is this light, most of it is nearly so, and the ink is this much darker.
_PAPER = 100
_PAPER_SPREAD = 45
_INK = 40


@dataclass(frozen=True)
class Lines:
    """The lines that run one way over a page.

    Attributes:
        angle_deg: How far they fall to the right, in degrees.
        strength: How much clearer rows are at this angle than at others; 1 is not at all.
        count: How many of them there are.
        head: Which way up they stand.
        letters: What their columns look like.
    """

    angle_deg: float
    strength: float
    count: int
    head: Head = NO_HEAD
    letters: Letters = NO_LETTERS


NO_LINES = Lines(0.0, 1.0, 0)


def lines_of(levels: Levels) -> tuple[Lines, Lines]:
    """Measure the lines from left to right, and those from top to bottom.

    Of a picture that cannot be ink on lighter paper there are none.
    """
    if not _may_be_text(levels):
        return NO_LINES, NO_LINES
    grey = _inside(levels.grey)
    return _lines(grey), _lines(grey.transpose(Image.Transpose.ROTATE_90))


def _may_be_text(levels: Levels) -> bool:
    bins = _inside(levels.grey).histogram()
    ink, dark, middle = (percentile(bins, share) for share in (0.01, 0.2, 0.5))
    return middle >= _PAPER and middle - dark <= _PAPER_SPREAD and middle - ink >= _INK


def _lines(grey: Image.Image) -> Lines:
    if min(grey.size) < 2 * _STRIPS:
        return NO_LINES
    strips = ImageOps.autocontrast(grey.resize((_STRIPS, grey.height), Image.Resampling.BOX))
    strip_px = grey.width / _STRIPS
    scores = {angle: _score(strips, strip_px, angle, _ROUGH) for angle in _COARSE_DEG}
    usual = max(sorted(scores.values())[len(scores) // 4], 0.01)
    best = _best(scores)
    if scores[best] < _PLAIN * usual:
        return Lines(best, scores[best] / usual, 0)
    for step in _FINE_DEG:
        around = [round(best + step * count, 1) for count in _FINE_STEPS]
        exact = {angle: _score(strips, strip_px, angle, _EXACT) for angle in around}
        best = _best(exact)
    profile = _profile(strips, strip_px, best, _EXACT).tobytes()
    runs = _dark_runs(profile)
    head = _head(strips, strip_px, best)
    letters = letters_of(_level(grey, best), bodies_of(profile, runs))
    return Lines(best, exact[best] / usual, len(runs), head, letters)


def _level(grey: Image.Image, angle_deg: float) -> Image.Image:
    """Return a page with its lines made level."""
    if abs(angle_deg) < _LEVEL_DEG:
        return grey
    fall = math.tan(math.radians(angle_deg))
    return grey.transform(
        grey.size,
        Image.Transform.AFFINE,
        (1, 0, 0, fall, 1, -fall * grey.width / 2),
        Image.Resampling.BILINEAR,
        fillcolor=255,
    )


def _best(scores: dict[float, float]) -> float:
    return max(scores, key=lambda angle: (scores[angle], -abs(angle)))


def _head(strips: Image.Image, strip_px: float, angle_deg: float) -> Head:
    """Return which way up lines stand; an angle that is off by a little hides it."""
    head = NO_HEAD
    for off in (0.0, -_FINE_DEG[-1], _FINE_DEG[-1]):
        profile = _profile(strips, strip_px, angle_deg + off, _EXACT).tobytes()
        upright, turned = (head_of(rows, _dark_runs(rows)) for rows in (profile, profile[::-1]))
        head = both_ways(upright, turned)
        if head.side:
            break
    return head


def _profile(
    strips: Image.Image, strip_px: float, angle_deg: float, resampling: Image.Resampling
) -> Image.Image:
    """Return the mean of each row when the strips are moved along lines of this angle."""
    fall = strip_px * math.tan(math.radians(angle_deg))
    middle = (_STRIPS - 1) / 2
    moved = strips.transform(
        strips.size,
        Image.Transform.AFFINE,
        (1, 0, 0, fall, 1, -fall * middle),
        resampling,
        fillcolor=255,
    )
    return moved.resize((1, strips.height), Image.Resampling.BOX)


def _score(
    strips: Image.Image, strip_px: float, angle_deg: float, resampling: Image.Resampling
) -> float:
    profile = _profile(strips, strip_px, angle_deg, resampling)
    height = profile.height
    # What shearing moved in from outside is no line.
    edge = min(height // 4, round(abs(math.tan(math.radians(angle_deg))) * strip_px * _STRIPS / 2))
    one = profile.crop((0, edge, 1, height - edge - 2))
    other = profile.crop((0, edge + 2, 1, height - edge))
    squares = ImageStat.Stat(ImageChops.difference(one, other)).sum2[0]
    return float(squares / one.height)


def _dark_runs(profile: bytes) -> list[tuple[int, int]]:
    """Return where a profile is dark by a good part of its range: (first, one after the last)."""
    ordered = sorted(profile)
    low, high = ordered[len(ordered) // 10], ordered[-len(ordered) // 10]
    start: int | None = None
    runs = []
    for row, value in enumerate(profile):
        if start is None and value < low + (high - low) * 0.35:
            start = row
        elif start is not None and value > low + (high - low) * 0.65:
            runs.append((start, row))
            start = None
    return runs if start is None else [*runs, (start, len(profile))]


def _inside(grey: Image.Image) -> Image.Image:
    across, down = int(grey.width * _MARGIN), int(grey.height * _MARGIN)
    return grey.crop((across, down, grey.width - across, grey.height - down))
