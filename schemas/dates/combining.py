"""How two or more readings become one: ranges, lists, glosses, the day before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from schemas.dates.value import Part, Point, Reading, is_calendar_date


def _method(readings: list[Reading]) -> tuple[str, bool]:
    methods = [reading.method for reading in readings]
    strongest = next((m for m in methods if m != "calendar"), methods[0])
    return strongest, any(reading.is_named for reading in readings)


def counted(reading: Reading) -> Reading:
    """Return a masked century as it is counted, 1801 to 1900, for the end of a range."""
    point = reading.point
    if point is None or point.unspecified != 2 or point.year < 0:
        return reading
    first, last = (
        replace(point, year=point.year + more, unspecified=0, is_approximate=True)
        for more in (1, 100)
    )
    return replace(reading, parts=((first, last),))


def span_of(first: Reading, second: Reading) -> Reading | None:
    """Return the range from one to the other; None when it would run backwards."""
    start, end = counted(first), counted(second)
    if first.join or second.join:
        return None
    opening, closing = start.ends[0], end.ends[1]
    if opening is None or closing is None or None in (start.ends[1], end.ends[0]):
        return None
    is_backwards = start.bounds[0] > end.bounds[0] or start.bounds[1] > end.bounds[1]
    is_mixed = _grain(opening) != _grain(closing) and opening.year == closing.year
    if is_backwards or is_mixed:
        return None
    method, is_named = _method([first, second])
    return Reading(((opening, closing),), method=method, is_named=is_named)


def _grain(point: Point) -> int:
    return (point.month is not None) + (point.day is not None)


def listed(readings: list[Reading], join: str) -> Reading | None:
    """Return a list; a date that stands twice in it counts once.

    "1984–5,1992–3" is all of them, "1786 or 1800" one of them.
    """
    if any(None in reading.ends or reading.join not in ("", join) for reading in readings):
        return None
    members = (
        member for reading in readings for part in reading.parts for member in _listable(part)
    )
    parts = tuple(dict.fromkeys(members))
    method, is_named = _method(readings)
    whole = Reading(parts, join if len(parts) > 1 else "", method, is_named)
    # Where EDTF cannot hold the list, the interval takes its place and must not look sharper.
    return whole if whole.edtf()[0] in "[{" or len(parts) == 1 else _hull(whole)


LONGEST_LIST = 20
"""Years of a range that are named one by one in a list."""


def _listable(part: Part) -> Iterator[Part]:
    """Yield a range with qualifiers as its years: in an EDTF list a range takes none.

    "c.1785-8, reprinted 1797" is ``{1785~,1786~,1787~,1788~,1797}``.
    """
    first, last = part
    is_plain = first is not None and last is not None and first != last
    if not is_plain or first is None or last is None or _grain(first) or _grain(last):
        yield part
        return
    marks = (first.is_approximate, first.is_uncertain)
    is_same = marks == (last.is_approximate, last.is_uncertain)
    first_year, last_year = first.first_day[0], last.last_day[0]
    if not (is_same and any(marks) and last_year - first_year < LONGEST_LIST):
        yield part
        return
    for year in range(first_year, last_year + 1):
        point = replace(first, year=year, unspecified=0)
        yield (point, point)


def _hull(reading: Reading) -> Reading:
    first, last = (counted(replace(reading, parts=((end, end),), join="")) for end in reading.ends)
    whole = replace(reading, parts=((first.ends[0], last.ends[1]),), join="")
    whole = whole.approximated() if reading.is_approximate else whole
    return whole.doubted() if reading.is_uncertain else whole


def gloss(first: Reading, second: Reading) -> Reading | None:
    """Return the better of two readings that mean one date; None when they disagree.

    Written years win over a table: "nhà Mạc (1527-1677)" is the writer's own period. Otherwise
    the narrower one is the better.
    """
    if None in first.ends or None in second.ends:
        return None
    (first_start, first_end), (second_start, second_end) = first.bounds, second.bounds
    if first_end < second_start or second_end < first_start:
        return None
    for named, written in ((first, second), (second, first)):
        if named.is_named and written.method == "calendar":
            return written if _meet_widely(named, written) else None
    counted_first, counted_second = counted(first), counted(second)
    for narrow, wide in ((second, counted_first), (first, counted_second)):
        inner, outer = counted(narrow).bounds, wide.bounds
        if outer[0] <= inner[0] and inner[1] <= outer[1]:
            return narrow
    # "thời Mạc, thế kỷ XVI": neither holds the other; both are true where they meet.
    if first.is_named != second.is_named:
        century = second if first.is_named else first
        if _misses_little(counted(century), first if first.is_named else second):
            return century
        return _meeting(counted_first, counted_second)
    return None


def _meet_widely(first: Reading, second: Reading) -> bool:
    """Whether two readings share at least half of the shorter one."""
    start = max(first.bounds[0], second.bounds[0])
    end = min(first.bounds[1], second.bounds[1])
    lengths = [reading.bounds[1][0] - reading.bounds[0][0] + 1 for reading in (first, second)]
    return 2 * (end[0] - start[0] + 1) >= min(lengths)


ROUNDING = 5
"""Years a century may stand out of a period and still be the better date: 1801 and 1802."""


def _misses_little(century: Reading, period: Reading) -> bool:
    (start, end), (period_start, period_end) = century.bounds, period.bounds
    out_years = max(0, period_start[0] - start[0]) + max(0, end[0] - period_end[0])
    return out_years <= ROUNDING


def _meeting(first: Reading, second: Reading) -> Reading:
    start = max(first, second, key=lambda reading: reading.bounds[0]).ends[0]
    end = min(first, second, key=lambda reading: reading.bounds[1]).ends[1]
    method, is_named = _method([first, second])
    return Reading(((start, end),), method=method, is_named=is_named).approximated()


def one_before(point: Point, reading: Reading) -> Point:
    """Return the last date before ``point``, as precise as it is.

    What the table names keeps its own year: a change of dynasty is in both.
    """
    year, month, day = point.first_day
    if reading.is_named or reading.method == "period":
        return point
    if point.day is not None and day > 1:
        return replace(point, day=day - 1)
    if point.day is not None or (point.month is not None and point.month <= 12):
        month, year = (month - 1, year) if month > 1 else (12, year - 1)
        day = next(d for d in (31, 30, 29, 28) if is_calendar_date(year, month, d))
        return replace(point, year=year, month=month, day=day if point.day is not None else None)
    if point.unspecified == 2 and point.year >= 0:
        year += 1
    return replace(point, year=year - 1, month=None, unspecified=0)


def one_after(point: Point, reading: Reading) -> Point:
    """Return the first date after ``point``, as precise as it is; see :func:`one_before`."""
    year, month, day = point.last_day
    if reading.is_named or reading.method == "period":
        return point
    if point.day is not None and is_calendar_date(year, month, day + 1):
        return replace(point, day=day + 1)
    if point.day is not None or (point.month is not None and point.month <= 12):
        month, year = (month + 1, year) if month < 12 else (1, year + 1)
        return replace(point, year=year, month=month, day=1 if point.day is not None else None)
    if point.unspecified == 2 and point.year >= 0:
        year += 1
    return replace(point, year=year + 1, month=None, unspecified=0)
