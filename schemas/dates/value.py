"""What a date text means: points in time, what is made of them, and the value kept for a record.

Years are astronomical: 1 BC is 0, 179 TCN is -178. Days are proleptic Gregorian.

Invariant: every :class:`DateValue` has ``earliest <= latest`` and ``first_day <= last_day`` in
time, and both follow from its EDTF alone, so that two programs never disagree about them.

Source: Extended Date/Time Format (EDTF), ISO 8601-2:2019, levels 0 to 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

Day = tuple[int, int, int]
"""Year (astronomical), month, day."""

FIRST_SEASON = 21
LONGEST_YEAR = 9999
"""Years further from 0 need EDTF's prefix Y, which takes no qualifier."""


@dataclass(frozen=True, slots=True)
class Point:
    """One date of some precision.

    Attributes:
        year: Astronomical; the first one of a decade or century when digits are unspecified.
        month: 1 to 12, a season 21 to 24 (spring first), or None.
        day: 1 to 31, or None.
        unspecified: How many last digits of the year are not said: 1 a decade, 2 a century.
        is_approximate: EDTF ``~``.
        is_uncertain: EDTF ``?``.
    """

    year: int
    month: int | None = None
    day: int | None = None
    unspecified: int = 0
    is_approximate: bool = False
    is_uncertain: bool = False

    @property
    def first_day(self) -> Day:
        """The first day it can be."""
        year = self.year - (10**self.unspecified - 1 if self.year < 0 else 0)
        return (year, self._month or 1, self.day or 1)

    @property
    def last_day(self) -> Day:
        """The last day it can be."""
        year = self.year + (10**self.unspecified - 1 if self.year >= 0 else 0)
        month = self._month or 12
        return (year, month, self.day or month_length(year, month))

    @property
    def _month(self) -> int | None:
        # A season is not the same months everywhere (a Vietnamese spring begins at Tết).
        return None if self.month is None or self.month >= FIRST_SEASON else self.month

    @property
    def is_far(self) -> bool:
        """Whether the year needs the prefix Y."""
        return abs(self.year) > LONGEST_YEAR

    def edtf(self, *, is_far: bool = False) -> str:
        """Return it in EDTF; ``is_far`` when the other end of its interval needs the prefix Y."""
        if is_far or self.is_far:
            return f"Y{self.year}"
        text = f"{'-' if self.year < 0 else ''}{abs(self.year):04d}"
        if self.unspecified:
            text = text[: -self.unspecified] + "X" * self.unspecified
        for part in (self.month, self.day):
            text += "" if part is None else f"-{part:02d}"
        return text + ("", "~", "?", "%")[self.is_approximate + 2 * self.is_uncertain]


_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def month_length(year: int, month: int) -> int:
    """Return the days of a month; :mod:`calendar` knows no year before 1."""
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and is_leap else _MONTH_LENGTHS[month - 1]


def is_calendar_date(year: int, month: int | None, day: int | None) -> bool:
    """Return whether the calendar has such a date."""
    if month is None:
        return day is None
    if not 1 <= month <= 12:
        return False
    return day is None or 1 <= day <= month_length(year, month)


Part = tuple[Point | None, Point | None]
"""First and last point; None is an open side. A single date has the same point twice."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says, before it becomes a value.

    Attributes:
        parts: One part, or several of a list.
        join: ``or`` (one of them), ``and`` (all of them); empty for a single part.
        method: How it was understood, a word of :data:`METHODS`.
        is_named: A table of periods was asked, so the bounds are only as good as the table.
    """

    parts: tuple[Part, ...]
    join: str = ""
    method: str = "calendar"
    is_named: bool = False

    @classmethod
    def of(cls, point: Point, method: str = "calendar") -> Reading:
        """Return the reading of a single date."""
        return cls(((point, point),), method=method)

    @classmethod
    def between(cls, first: Point | None, last: Point | None, method: str) -> Reading:
        """Return the reading of an interval, open where a side is None."""
        return cls(((first, last),), method=method)

    @property
    def point(self) -> Point | None:
        """The one point it is, or None."""
        first, last = self.parts[0]
        return first if len(self.parts) == 1 and first == last else None

    @property
    def ends(self) -> Part:
        """The first and the last point of all parts; None where it is open."""
        if len(self.parts) == 1:
            return self.parts[0]
        firsts = [first for first, _ in self.parts if first is not None]
        lasts = [last for _, last in self.parts if last is not None]
        is_open = (len(firsts) < len(self.parts), len(lasts) < len(self.parts))
        return (
            None if is_open[0] else min(firsts, key=lambda point: point.first_day),
            None if is_open[1] else max(lasts, key=lambda point: point.last_day),
        )

    @property
    def bounds(self) -> tuple[Day, Day]:
        """First and last day; an open side is bounded by what is known."""
        known = [point for part in self.parts for point in part if point is not None]
        first, last = self.ends
        return (
            first.first_day if first else min(_close_start(part) for part in self.parts),
            last.last_day if last else max(point.last_day for point in known),
        )

    @property
    def is_approximate(self) -> bool:
        """Whether any of its points is said to be approximate."""
        return any(p.is_approximate for part in self.parts for p in part if p is not None)

    @property
    def is_uncertain(self) -> bool:
        """Whether any of its points is doubted."""
        return any(p.is_uncertain for part in self.parts for p in part if p is not None)

    def changed(self, change: Callable[[Point], Point]) -> Reading:
        """Return it with ``change`` made to every point."""
        parts = tuple(
            (first and change(first), last and change(last)) for first, last in self.parts
        )
        return replace(self, parts=parts)

    def approximated(self) -> Reading:
        """Return it marked as approximate."""
        return self.changed(lambda point: replace(point, is_approximate=True))

    def doubted(self) -> Reading:
        """Return it marked as uncertain."""
        return self.changed(lambda point: replace(point, is_uncertain=True))

    def settled(self) -> Reading:
        """Return it as EDTF can hold it: never sharper, with the bounds EDTF will have."""
        if len(self.parts) > 1 and all(map(_fits_list, self.parts)):
            return replace(self, parts=tuple(map(_listed, self.parts)))
        return replace(self, parts=(_unmasked(self.ends),), join="")

    def edtf(self) -> str:
        """Return it in EDTF."""
        settled = self.settled()
        if len(settled.parts) == 1:
            return _interval(*settled.parts[0])
        inner = ",".join(
            first.edtf() if first == last else f"{first.edtf()}..{last.edtf()}"
            for first, last in settled.parts
            if first is not None and last is not None
        )
        return f"[{inner}]" if self.join == "or" else f"{{{inner}}}"


def _unmasked(part: Part) -> Part:
    """Return an interval with an X on both sides and without qualifiers, or without any X."""
    first, last = part
    if first == last or all(p is not None and p.unspecified and not _marked(p) for p in part):
        return part
    return (
        first and replace(first, year=first.first_day[0], unspecified=0),
        last and replace(last, year=last.last_day[0], unspecified=0),
    )


def _marked(point: Point) -> bool:
    return point.is_approximate or point.is_uncertain


def _close_start(part: Part) -> Day:
    first, last = part
    if first is not None:
        return first.first_day
    if last is not None:
        return last.first_day
    raise ValueError("a part is open on both sides")


def _listed(part: Part) -> Part:
    """Return a part as a list takes it, with the same bounds: no season, no range between X."""
    first, last = (point and _without_season(point) for point in part)
    if first == last or first is None or last is None:
        return first, last
    return (
        replace(first, year=first.first_day[0], unspecified=0),
        replace(last, year=last.last_day[0], unspecified=0),
    )


def _without_season(point: Point) -> Point:
    is_season = point.month is not None and point.month >= FIRST_SEASON
    return replace(point, month=None) if is_season else point


def _fits_list(part: Part) -> bool:
    """Whether EDTF can hold the part in a list: ranges there take no qualifiers."""
    first, last = part
    if first is None or last is None or first.is_far or last.is_far:
        return False
    qualified = (first.is_approximate, first.is_uncertain, last.is_approximate, last.is_uncertain)
    return first == last or not any(qualified)


def _interval(first: Point | None, last: Point | None) -> str:
    if first is not None and first == last:
        return first.edtf()
    is_far = any(point is not None and point.is_far for point in (first, last))
    start = first.edtf(is_far=is_far) if first else ".."
    return f"{start}/{last.edtf(is_far=is_far) if last else '..'}"


METHODS = (
    "calendar",
    "century",
    "decade",
    "season",
    "period",
    "reign",
    "before present",
    "lunar",
    "sexagenary",
    "edtf",
)
"""How a text was understood, for whoever has to judge it."""


@dataclass(frozen=True, slots=True)
class DateValue:
    """A date as written, and what it means.

    Attributes:
        text: As written.
        edtf: The same in EDTF.
        earliest: First year, astronomical. Where the text leaves the start open ("trước năm
            1945"), the last year it allows, so that the item sorts and counts where it is known.
        latest: Last year, astronomical; where the end is open, the first year it allows.
        first_day: First day, ISO 8601.
        last_day: Last day, ISO 8601.
        is_approximate: The text, or the kind of date (a third of a century, a lunar month),
            says that the bounds are not sharp.
        is_uncertain: The text doubts itself ("?").
        is_open_start: The real start may be before ``earliest``.
        is_open_end: The real end may be after ``latest``.
        method: How it was understood, a word of :data:`METHODS`.
    """

    text: str
    edtf: str
    earliest: int
    latest: int
    first_day: str
    last_day: str
    is_approximate: bool
    is_uncertain: bool
    is_open_start: bool
    is_open_end: bool
    method: str

    @property
    def sort_key(self) -> tuple[int, int]:
        """First and last day as whole numbers that sort in time, also before year 0."""
        return (_day_number(self.first_day), _day_number(self.last_day))


def _day_number(iso: str) -> int:
    year, month, day = iso.rsplit("-", 2)
    return int(year) * 10_000 + int(month) * 100 + int(day)


def iso_day(day: Day) -> str:
    """Return a day as ISO 8601 writes it, also before year 0 and beyond 9999."""
    year = f"-{-day[0]:04d}" if day[0] < 0 else f"{day[0]:04d}"
    return f"{year}-{day[1]:02d}-{day[2]:02d}"


def value_of(text: str, reading: Reading) -> DateValue:
    """Return the value of a reading."""
    reading = reading.settled()
    first_day, last_day = reading.bounds
    first, last = reading.ends
    is_far = any(point is not None and point.is_far for point in (first, last))
    return DateValue(
        text=text,
        edtf=reading.edtf(),
        earliest=first_day[0],
        latest=last_day[0],
        first_day=iso_day(first_day),
        last_day=iso_day(last_day),
        # EDTF cannot say that a far year is approximate; nobody means it to the year.
        is_approximate=reading.is_approximate or is_far,
        is_uncertain=reading.is_uncertain,
        is_open_start=first is None,
        is_open_end=last is None,
        method=reading.method,
    )
