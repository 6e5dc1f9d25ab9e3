"""Whether much of a page is scanner lid or table: an even white or black border around a sheet."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageStat

from pipeline.quality.levels import Levels

# Grey values: a lid is whiter, or a dark table blacker, than most paper and backdrops.
_LID, _TABLE = 235, 20
_EVENNESS = 6
_DIFFERENT = 24
_RING_PX = 3
# The sheet is a rectangle full of something, and there is nothing beside it.
_LEAST_FILL = 0.9
_MOST_OUTSIDE = 0.02


def sheet_share(levels: Levels) -> float:
    """Return the share of a page that a rectangular sheet on an even border takes; 1 for all.

    Text on white paper is no sheet, and an object of any other outline is none either.
    """
    grey = levels.small_grey
    if min(grey.size) < 8 * _RING_PX:
        return 1.0
    ring = _ring_mask(grey)
    around = ImageStat.Stat(grey, ring)
    shade = around.mean[0]
    if around.stddev[0] > _EVENNESS or _TABLE < shade < _LID:
        return 1.0
    even = Image.new("L", grey.size, round(shade))
    different = ImageChops.difference(grey, even).point(
        [255 if value > _DIFFERENT else 0 for value in range(256)]
    )
    columns = _span(different.resize((grey.width, 1), Image.Resampling.BOX).tobytes())
    rows = _span(different.resize((1, grey.height), Image.Resampling.BOX).tobytes())
    if columns is None or rows is None:
        return 1.0
    box = (columns[0], rows[0], columns[1] + 1, rows[1] + 1)
    area = (box[2] - box[0]) * (box[3] - box[1])
    total = grey.width * grey.height
    inside = sum(different.crop(box).histogram()[1:])
    outside = sum(different.histogram()[1:]) - inside
    if inside < _LEAST_FILL * area or outside > _MOST_OUTSIDE * total:
        return 1.0
    return area / total


def _ring_mask(grey: Image.Image) -> Image.Image:
    mask = Image.new("L", grey.size, 255)
    mask.paste(0, (_RING_PX, _RING_PX, grey.width - _RING_PX, grey.height - _RING_PX))
    return mask


def _span(shares: bytes) -> tuple[int, int] | None:
    """Return the first and last place that has a good part of what the fullest one has."""
    least = max(1, max(shares) * 0.4)
    places = [at for at, share in enumerate(shares) if share >= least]
    return (places[0], places[-1]) if places else None
