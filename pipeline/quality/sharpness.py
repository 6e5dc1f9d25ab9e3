"""How sharp a page is: how many pixels would show as much as it does.

A crop is blurred a little more; a sharp one loses most of the energy of its differences between
neighbouring pixels, a blurred one hardly any. The quotient depends little on contrast and
content, only on how fine the finest detail is. Where it is high the crop is halved and looked at
again, so that a soft scan with many pixels is not taken for a bad one.

Source: the idea is of F. Crete et al., "The blur effect: perception and estimation with a new
no-reference perceptual blur metric", SPIE 6492, 2007.
"""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter, ImageStat

from pipeline.quality.crops import Crops
from pipeline.quality.levels import Levels

_CROP_PX = 128
_MOST_CROPS = 12
_FEWEST_CROPS = 3
# One crop for so many pixels, so that small pages pay little.
_PIXELS_A_CROP = 800_000
# Root mean square of the differences of neighbours: below it there is grain or nothing at all.
_LEAST_DETAIL = 2.0
_BLUR_PX = 4
# A Gaussian blur of 2.2 pixels gives this; its finest detail is three pixels wide.
_BLURRED = 0.35
_DETAIL_PX = 3
_MOST_HALVINGS = 3


def detail_px(levels: Levels, crops: Crops) -> float | None:
    """Return how many pixels wide the finest detail of a page is; 1 where it is sharp.

    None means that the page has too little detail to tell.
    """
    detail = 1.0
    places = _places(levels, crops.size)
    for halvings in range(_MOST_HALVINGS + 1):
        blur = _blur_of(crops, places, scale=2**halvings)
        if blur is None:
            return None if halvings == 0 else detail
        if blur < _BLURRED:
            break
        detail = float(_DETAIL_PX * 2**halvings)
    return detail


def _blur_of(crops: Crops, places: list[tuple[int, int]], *, scale: int) -> float | None:
    """Return how blurred a page is at 1/``scale`` of its size: 0 sharp, 1 nothing fine."""
    parts = (crops.grey(place, _CROP_PX, scale=scale) for place in places)
    found = sorted(blur for part in parts if part and (blur := _blur(part)) is not None)
    # Among the sharpest: what lies out of the plane of focus is blurred in every picture.
    return found[len(found) // 4] if found else None


def _blur(crop: Image.Image) -> float | None:
    """Return the quotient for one crop, in the direction that is the less blurred."""
    if min(crop.size) < 4 * _BLUR_PX:
        return None
    blurred = crop.filter(ImageFilter.BoxBlur(_BLUR_PX))
    quotients = []
    for across, down in ((1, 0), (0, 1)):
        before = _energy(crop, across, down)
        if before >= _LEAST_DETAIL**2:
            quotients.append(_energy(blurred, across, down) / before)
    return min(quotients) if quotients else None


def _energy(image: Image.Image, across: int, down: int) -> float:
    """Return the mean square of the differences of neighbours."""
    width, height = image.width - across, image.height - down
    one = image.crop((0, 0, width, height))
    other = image.crop((across, down, across + width, down + height))
    squares = ImageStat.Stat(ImageChops.difference(one, other)).sum2[0]
    return float(squares / (width * height))


def _places(levels: Levels, size: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the middles of crops where there is most detail, none beside another."""
    width, height = size
    count = max(_FEWEST_CROPS, min(_MOST_CROPS, width * height // _PIXELS_A_CROP))
    edges = levels.small_grey.filter(ImageFilter.FIND_EDGES)
    # The filter leaves the outermost pixels as they are.
    if min(edges.size) > 2:
        edges = edges.crop((1, 1, edges.width - 1, edges.height - 1))
    columns = max(1, min(edges.width, width // _CROP_PX))
    rows = max(1, min(edges.height, height // _CROP_PX))
    detail = edges.resize((columns, rows), Image.Resampling.BOX).tobytes()
    best = sorted(range(len(detail)), key=lambda at: (-detail[at], at))[:count]
    return [
        (
            (2 * (at % columns) + 1) * width // (2 * columns),
            (2 * (at // columns) + 1) * height // (2 * rows),
        )
        for at in best
    ]
