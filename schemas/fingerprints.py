"""Fingerprints of pictures: near ones look alike, and turning one turns the picture.

A fingerprint says of each cell of a coarse grid, and of a fine one, on which sides it is clearly
brighter, and of each quarter which tint it has. Noise in an even area leaves no trace in it, unlike
in a plain difference hash, so that objects before the same backdrop are not taken for each other;
the tint tells a red plate from a blue one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

COARSE_CELLS = 8
FINE_CELLS = 16
# A cell's left, right, upper or lower side is the brighter: one plane of bits each, as a clock
# goes, so that a quarter turn to the right makes each plane the next.
_PLANES = 4  # left, top, right, bottom
BANDS = 8
_COARSE_BITS = _PLANES * COARSE_CELLS**2
_FINE_BITS = _PLANES * FINE_CELLS**2
_BAND_BITS = _COARSE_BITS // BANDS
# Bits of a band come from all over the grid, so that few pictures share one by chance; the step
# is odd, so every bit comes once.
_BAND_STEP = 37
_FEWEST_IN_BAND = 2
_QUARTERS = 4
# Two numbers a quarter of the picture: red less green, and green less blue, halved.
TINT_BYTES = 2 * _QUARTERS
_TINT_BITS = 8 * TINT_BYTES
# What was measured: docs/quality.md.
_MOST_COARSE = 18
_MOST_FINE_SHARE = 0.22
_MOST_TINT = 10


@dataclass(frozen=True)
class Fingerprint:
    """What a picture looks like.

    Attributes:
        coarse: The planes of the coarse grid, one after another, as one number.
        fine: Those of the fine grid.
        tint: Two bytes a quarter of the picture, from the upper left as a clock goes.
    """

    coarse: int
    fine: int
    tint: bytes

    @property
    def text(self) -> str:
        """The fingerprint as hexadecimal digits."""
        return (
            f"{self.coarse:0{_COARSE_BITS // 4}x}{self.fine:0{_FINE_BITS // 4}x}{self.tint.hex()}"
        )

    @classmethod
    def parse(cls, text: str) -> Fingerprint:
        """Return the fingerprint that ``text`` holds.

        Raises:
            ValueError: It is not a fingerprint.
        """
        if not is_fingerprint(text):
            raise ValueError(f"not a fingerprint: {text!r}")
        fine, tint = _COARSE_BITS // 4, (_COARSE_BITS + _FINE_BITS) // 4
        return cls(int(text[:fine], 16), int(text[fine:tint], 16), bytes.fromhex(text[tint:]))

    @property
    def bands(self) -> tuple[int, ...]:
        """Parts of the coarse grid, each with its number: alike pictures share at least one.

        Empty parts are left out: they would be shared by too many.
        """
        bands = []
        for band in range(BANDS):
            value = 0
            for place in range(_BAND_BITS):
                bit = (band * _BAND_BITS + place) * _BAND_STEP % _COARSE_BITS
                value |= (self.coarse >> bit & 1) << place
            if value.bit_count() >= _FEWEST_IN_BAND:
                bands.append(band << _BAND_BITS | value)
        return tuple(bands)

    def turned(self) -> Fingerprint:
        """Return the fingerprint of the picture turned a quarter to the right."""
        return Fingerprint(
            _turned(self.coarse, COARSE_CELLS),
            _turned(self.fine, FINE_CELLS),
            self.tint[-2:] + self.tint[:-2],
        )

    def turns(self) -> Iterator[Fingerprint]:
        """Give the fingerprint as it is, then turned once, twice and three times."""
        turn = self
        for _quarter in range(_QUARTERS):
            yield turn
            turn = turn.turned()


def is_fingerprint(text: str) -> bool:
    """Say whether ``text`` is a fingerprint of this version."""
    return len(text) == (_COARSE_BITS + _FINE_BITS + _TINT_BITS) // 4


def is_alike(one: Fingerprint, other: Fingerprint) -> bool:
    """Say whether two pictures are the same one, encoded, sized or lit differently."""
    if (one.coarse ^ other.coarse).bit_count() > _MOST_COARSE:
        return False
    if max(abs(a - b) for a, b in zip(one.tint, other.tint, strict=True)) > _MOST_TINT:
        return False
    known = (one.fine | other.fine).bit_count()
    return known > 0 and (one.fine ^ other.fine).bit_count() <= _MOST_FINE_SHARE * known


def planes_of(rows: bytes, cells: int, *, least: int) -> int:
    """Return the planes of a grid of cells.

    Args:
        rows: (cells + 1)² grey values, 0 to 255, row by row.
        cells: Cells a side.
        least: By how much two values of one side must be brighter together than those of the
            other.
    """
    side = cells + 1
    planes = [0] * _PLANES
    for y in range(cells):
        for x in range(cells):
            at = y * side + x
            a, b, c, d = rows[at], rows[at + 1], rows[at + side], rows[at + side + 1]
            bit = 1 << (y * cells + x)
            across, down = a + c - b - d, a + b - c - d
            if abs(across) > least:
                planes[0 if across > 0 else 2] |= bit
            if abs(down) > least:
                planes[1 if down > 0 else 3] |= bit
    return _joined(planes, cells)


def _turned(number: int, cells: int) -> int:
    plane_bits = cells**2
    mask = (1 << plane_bits) - 1
    planes = [number >> plane * plane_bits & mask for plane in range(_PLANES)]
    # What was the left side is the upper one now, the upper one the right one.
    moved = [planes[3], planes[0], planes[1], planes[2]]
    return _joined([_turned_plane(plane, cells) for plane in moved], cells)


def _turned_plane(plane: int, cells: int) -> int:
    turned = 0
    for y in range(cells):
        for x in range(cells):
            if plane >> (y * cells + x) & 1:
                turned |= 1 << (x * cells + cells - 1 - y)
    return turned


def _joined(planes: list[int], cells: int) -> int:
    return sum(plane << number * cells**2 for number, plane in enumerate(planes))
