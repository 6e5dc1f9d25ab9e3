"""What the tones of a page say: clipped ends, a page with nothing on it, a colour cast."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageStat

from pipeline.quality.levels import Levels

_WHITE, _BLACK = 254, 1
# What is nearer to the edge than this share of a side may be lid, shadow or punched holes.
_MARGIN = 0.08
# Tones this near to the end say that the end was reached by too much light, not by white paper.
_NEAR = 24
_DARKEST = 15.0
_FEWEST_LEANS = 2
_FEWEST_CAST_PIXELS = 200


@dataclass(frozen=True)
class Tones:
    """Tones of one page.

    Attributes:
        highlights: Share of pixels that are pure white, 0 to 1.
        near_highlights: Share of pixels that are nearly white but not quite.
        shadows: Share of pixels that are pure black.
        near_shadows: Share of pixels that are nearly black but not quite.
        contrast: Distance of the 0.2nd and the 99.8th percentile of grey away from the edges,
            0 to 255.
    """

    highlights: float
    near_highlights: float
    shadows: float
    near_shadows: float
    contrast: int


@dataclass(frozen=True)
class Cast:
    """Where all tones of a page lean, in CIELAB.

    Attributes:
        chroma: Least distance from neutral of the dark, the middle and the light tones.
        hue_deg: Where they lean together: red 0, yellow 90, green 180, blue 270.
        spread_deg: How far the three lean apart.
        variety: Spread of colours in the picture, as the standard deviation of a* and b*.
    """

    chroma: float
    hue_deg: float
    spread_deg: float
    variety: float


def tones_of(levels: Levels) -> Tones:
    """Measure the tones of a page."""
    red, green, blue = levels.medium.split()
    # Pure white where the darkest channel is white, pure black where the brightest is black.
    lights = ImageChops.darker(ImageChops.darker(red, green), blue).histogram()
    darks = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
    total = sum(lights)
    inner = _without_grain(_inside(levels.grey)).histogram()
    return Tones(
        highlights=sum(lights[_WHITE:]) / total,
        near_highlights=sum(lights[_WHITE - _NEAR : _WHITE]) / total,
        shadows=sum(darks[: _BLACK + 1]) / total,
        near_shadows=sum(darks[_BLACK + 1 : _BLACK + 1 + _NEAR]) / total,
        contrast=percentile(inner, 0.998) - percentile(inner, 0.002),
    )


def cast_of(levels: Levels) -> Cast:
    """Measure where the tones of a page lean; a page with too few tones leans nowhere."""
    image, grey = levels.small, levels.small_grey
    bins = grey.histogram()
    cuts = [percentile(bins, share) for share in (0.02, 0.33, 0.66, 0.98)]
    leans = []
    for low, high in itertools.pairwise(cuts):
        table = [255 if low <= value <= high else 0 for value in range(256)]
        mask = grey.point(table)
        if sum(mask.histogram()[1:]) < _FEWEST_CAST_PIXELS:
            return Cast(0, 0, 360, 0)
        red, green, blue = ImageStat.Stat(image, mask).mean
        lean = lab_of(red, green, blue)
        # Black has no colour, whatever the light was.
        if lean[0] >= _DARKEST:
            leans.append(lean)
    if len(leans) < _FEWEST_LEANS:
        return Cast(0, 0, 360, 0)
    chroma = min(math.hypot(a, b) for _l, a, b in leans)
    a_mean, b_mean = (sum(lean[i] for lean in leans) / len(leans) for i in (1, 2))
    hue = math.degrees(math.atan2(b_mean, a_mean)) % 360
    spread = max(_apart(math.degrees(math.atan2(b, a)), hue) for _l, a, b in leans)
    return Cast(chroma, hue, spread, _variety(image))


def lab_of(red: float, green: float, blue: float) -> tuple[float, float, float]:
    """Return CIELAB (D65) of an sRGB colour with channels from 0 to 255.

    Source: IEC 61966-2-1 and CIE 15.
    """
    r, g, b = (_linear(value / 255) for value in (red, green, blue))
    x = _cube((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047)
    y = _cube(0.2126 * r + 0.7152 * g + 0.0722 * b)
    z = _cube((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _cube(value: float) -> float:
    return float(value ** (1 / 3)) if value > 0.008856 else 7.787 * value + 16 / 116


def _variety(image: Image.Image) -> float:
    """Return how colourful a picture is beside its mean, in code values of colour difference."""
    red, green, blue = image.split()
    differences = (
        ImageChops.subtract(red, green, 1, 128),
        ImageChops.subtract(green, blue, 1, 128),
    )
    return max(ImageStat.Stat(difference).stddev[0] for difference in differences)


def _apart(one_deg: float, other_deg: float) -> float:
    return abs((one_deg - other_deg + 180) % 360 - 180)


def _inside(image: Image.Image) -> Image.Image:
    across, down = int(image.width * _MARGIN), int(image.height * _MARGIN)
    return image.crop((across, down, image.width - across, image.height - down))


def _without_grain(grey: Image.Image) -> Image.Image:
    """Average once more: the grain of paper goes, a line of text stays."""
    return grey.reduce(2) if min(grey.size) > 1 else grey


def percentile(bins: list[int], share: float) -> int:
    """Return the value below which this share of a histogram lies."""
    wanted, seen = share * sum(bins), 0
    for value, count in enumerate(bins):
        seen += count
        if seen >= wanted and count:
            return value
    return 255
