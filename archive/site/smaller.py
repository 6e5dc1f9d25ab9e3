"""The same zoomable image at half, a quarter … of its size, from the tiles that are there.

A IIIF level 0 pyramid without its finest level is the pyramid of the image at half the size: the
same files under the names that such an image has. So an edition for a small disk needs no
decoding; three quarters of the files go with each level.

Why the names come out even: a tile at scale factor f begins at a multiple of f × tile, and
ceil(ceil(a / 2) / b) = ceil(a / 2b) for whole numbers.

Source: IIIF Image API 3.0, sections 4.1, 4.2 and 5.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from schemas.derivatives import Canvas

_TILE = re.compile(r"[0-9]+,[0-9]+,[0-9]+,[0-9]+/[0-9]+,[0-9]+/0/default\.jpg")
_WHOLE = re.compile(r"full/([0-9]+),([0-9]+)/0/default\.jpg")
_LARGEST = "full/max/0/default.jpg"


@dataclass(frozen=True)
class NamedFile:
    """A file of a canvas under the name it has in an edition.

    Attributes:
        source: Its path in the canvas's folder of derivatives.
        name: Its path in the canvas's folder of the site.
    """

    source: str
    name: str


def most_halvings(canvas: Canvas) -> int:
    """Return how often a canvas can be halved without getting smaller than its access image."""
    access_px = max(canvas.access.width_px, canvas.access.height_px)
    longest_px = max(canvas.width_px, canvas.height_px)
    times = 0
    while len(canvas.scale_factors) > times + 1 and -(-longest_px // 2 ** (times + 1)) >= access_px:
        times += 1
    return times


def halved(canvas: Canvas, times: int) -> Canvas:
    """Return ``canvas`` as an edition has it, halved as often as asked or as it can be.

    Its count of files and bytes is left as it was: the edition counts what it writes.
    """
    times = min(times, most_halvings(canvas))
    factor = 2**times
    width_px, height_px = -(-canvas.width_px // factor), -(-canvas.height_px // factor)
    return replace(
        canvas,
        width_px=width_px,
        height_px=height_px,
        scale_factors=tuple(f // factor for f in canvas.scale_factors if f >= factor),
        sizes=tuple(size for size in canvas.sizes if size[0] <= width_px and size[1] <= height_px),
        largest_bytes=0 if times else canvas.largest_bytes,
    )


def files_of(canvas: Canvas, times: int, names: Iterable[str]) -> Iterator[NamedFile]:
    """Yield the files that the halved canvas keeps, under the names they get.

    Args:
        canvas: The canvas as it was made.
        times: How often it is to be halved.
        names: Paths in its folder of derivatives.
    """
    times = min(times, most_halvings(canvas))
    kept = halved(canvas, times)
    width, height = kept.sizes[-1]
    yield from _tiles(canvas, times)
    for name in names:
        whole = _WHOLE.fullmatch(name)
        if name == _LARGEST:
            yield NamedFile(f"full/{width},{height}/0/default.jpg", name)
        elif whole and (int(whole[1]), int(whole[2])) not in kept.sizes:
            continue
        elif not _TILE.fullmatch(name):
            yield NamedFile(name, name)


def _tiles(canvas: Canvas, times: int) -> Iterator[NamedFile]:
    # By their places and not by their names: where an edge is a pixel wide, the tiles of two
    # levels are one file.
    seen = set()
    for factor in canvas.scale_factors[times:]:
        side = canvas.tile_px * factor
        for top in range(0, canvas.height_px, side):
            for left in range(0, canvas.width_px, side):
                width = min(side, canvas.width_px - left)
                height = min(side, canvas.height_px - top)
                out = f"{-(-width // factor)},{-(-height // factor)}/0/default.jpg"
                source = f"{left},{top},{width},{height}/{out}"
                region = (left, top, width, height)
                name = ",".join(str(-(-length // 2**times)) for length in region) + f"/{out}"
                # Where one tile would be the whole image, it stands under full/ only.
                if name not in seen and region != (0, 0, canvas.width_px, canvas.height_px):
                    seen.add(name)
                    yield NamedFile(source, name)
