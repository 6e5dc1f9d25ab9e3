"""From a page's small level to its fingerprint."""

from __future__ import annotations

from PIL import Image

from pipeline.quality.levels import Levels
from schemas.fingerprints import COARSE_CELLS, FINE_CELLS, Fingerprint, planes_of

# Of the sum of two grey values: what a new encoding changes stays below.
_LEAST = 6
# A page that is clearly brighter or darker in fewer places looks like any other empty one.
_FEWEST_BITS = 64


def fingerprint_of(levels: Levels) -> Fingerprint | None:
    """Return a page's fingerprint, or None when there is too little on it to know it by."""
    grey = levels.small_grey
    coarse, fine = (
        planes_of(
            grey.resize((cells + 1, cells + 1), Image.Resampling.BOX).tobytes(), cells, least=_LEAST
        )
        for cells in (COARSE_CELLS, FINE_CELLS)
    )
    if fine.bit_count() < _FEWEST_BITS:
        return None
    return Fingerprint(coarse, fine, _tint(levels.small))


def _tint(image: Image.Image) -> bytes:
    upper_left, upper_right, lower_left, lower_right = _quarters(image)
    tint = bytearray()
    for red, green, blue in (upper_left, upper_right, lower_right, lower_left):
        tint += bytes(((red - green + 256) // 2, (green - blue + 256) // 2))
    return bytes(tint)


def _quarters(image: Image.Image) -> list[tuple[int, int, int]]:
    values = image.resize((2, 2), Image.Resampling.BOX).tobytes()
    return [(values[at], values[at + 1], values[at + 2]) for at in range(0, len(values), 3)]
