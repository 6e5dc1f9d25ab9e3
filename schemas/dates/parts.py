"""The beginning, middle, end, halves and quarters of a century, a decade, a year or a period.

Thirds and halves are counted on whole years, from 1801 to 1900 for the nineteenth century, and
are always approximate: "cuối thế kỷ XIX" is 1867 to 1900, more or less.
"""

from __future__ import annotations

from schemas.dates.periods import Period
from schemas.dates.value import Point, Reading


def _share(part: str, length: int) -> tuple[int, int] | None:
    """Return the first and last place of a part in ``length`` places; None if it has no such."""
    third, half, quarter = length // 3, length // 2, length // 4
    shares = {
        "1": (0, third - 1),
        "2": (third, length - third - 2),
        "3": (length - third - 1, length - 1),
        "4": (0, half - 1),
        "5": (half, length - 1),
        "6": (0, quarter - 1),
        "7": (quarter, 2 * quarter - 1),
        "8": (2 * quarter, 3 * quarter - 1),
        "9": (3 * quarter, length - 1),
    }
    first, last = shares[part]
    return (first, last) if first <= last else None


def _years(part: str, first: int, length: int, method: str) -> Reading | None:
    share = _share(part, length)
    if share is None:
        return None
    points = (Point(first + share[0]), Point(first + share[1]))
    return Reading.between(*points, method).approximated()


def part_of_century(part: str, first: int) -> Reading | None:
    """Return a part of the century that begins with the year ``first`` (…01)."""
    return _years(part, first, 100, "century")


def part_of_decade(part: str, decade: Point) -> Reading | None:
    """Return a part of a decade: early is 0 to 3, mid 4 to 6, late 7 to 9."""
    shares = {"1": (0, 3), "2": (4, 6), "3": (7, 9), "4": (0, 4), "5": (5, 9)}
    if part not in shares:
        return None
    first, last = shares[part]
    points = (Point(decade.year + first), Point(decade.year + last))
    return Reading.between(*points, "decade").approximated()


def part_of_year(part: str, year: int) -> Reading | None:
    """Return a part of a year in months; quarters are sharp."""
    thirds = {"1": (1, 4), "2": (5, 8), "3": (9, 12), "4": (1, 6), "5": (7, 12)}
    if part in thirds:
        first, last = thirds[part]
        points = (Point(year, first), Point(year, last))
        return Reading.between(*points, "calendar").approximated()
    quarter = int(part) - 6
    points = (Point(year, quarter * 3 + 1), Point(year, quarter * 3 + 3))
    return Reading.between(*points, "calendar")


def part_of_span(part: str, period: Period) -> Reading | None:
    """Return a part of a named period."""
    first, last = period.first.year, period.last.year
    return _years(part, first, last - first + 1, "period")
