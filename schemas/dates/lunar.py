"""Dates of the lunar calendar and of the sixty-year cycle.

No day is converted: which calendar was in force where is a question for a historian (China and
Vietnam differ by a day or a month in some years, North and South before 1975 too). A lunar month
m lies within the Gregorian months m to m + 2, because it holds the m-th of the twelve solar terms
that name it; that much is certain, and it is marked as approximate.

Source: Hồ Ngọc Đức, "Thuật toán tính âm lịch" (the solar terms and the leap month).
"""

from __future__ import annotations

import re
from dataclasses import replace

from schemas.dates import vocabulary as words
from schemas.dates.points import Tokens, codes_of, read_point
from schemas.dates.value import Point, Reading

CYCLE_START = 4
"""The year 4 was Giáp Tý, as 1984."""
CYCLE_LENGTH = 60
LONGEST_MONTH = 30


def month_span(year: int, month: int) -> Reading:
    """Return the Gregorian months in which a lunar month can lie."""
    last = month + 2
    end = Point(year, last) if last <= 12 else Point(year + 1, last - 12)
    return Reading.between(Point(year, month), end, "lunar").approximated()


def year_span(year: int) -> Reading:
    """Return the Gregorian months in which a lunar year can lie."""
    return Reading.between(Point(year, 1), Point(year + 1, 2), "lunar").approximated()


def read_lunar(tokens: Tokens) -> Reading | None:
    """Read a date that says it is lunar: "âm lịch", "tháng Giêng", "rằm tháng 8"."""
    dropped = (words.LUNAR, words.YEAR, "(", ")", ",", words.FULL_MOON, words.DAY, words.MONTH)
    kept = tuple(t for t in tokens if t.code not in dropped)
    codes = codes_of(tokens)
    shape = codes_of(kept)
    has_point = re.fullmatch("I", shape)
    if has_point and isinstance(kept[0].value, Point):
        point = kept[0].value
        month = point.month
        return None if month is None else month_span(point.year, month)
    if not re.fullmatch("N?J?N|N?NN|N[MJ]N|MN", shape) or codes.count(words.LUNAR) > 1:
        return None
    *others, year = (t.number for t in kept)
    if not 1000 <= year <= 2100:
        return None
    if not others:
        is_year = not {words.MONTH, words.DAY, words.FULL_MOON} & set(codes)
        return year_span(year) if is_year else None
    month, days = others[-1], others[:-1]
    if not 1 <= month <= 12 or any(not 1 <= day <= LONGEST_MONTH for day in days):
        return None
    return month_span(year, month)


def read_reign_month(tokens: Tokens) -> Reading | None:
    """Read "ngày 15 tháng 8 năm Minh Mạng thứ 10" and "Tự Đức năm thứ 8, tháng 12, ngày 15"."""
    codes = codes_of(tokens)
    match = re.fullmatch("(?P<month>(?:d?N)?m[N],?|(?:d?N)?[JM],?)(?P<reign>y?P*E.+)", codes)
    if match is None:
        match = re.fullmatch(
            "(?P<reign>P*Ey?o?[NO]),(?P<month>m[N](?:,?d?N)?|[JM](?:,?d?N)?)", codes
        )
    if match is None:
        return None
    reign = read_point(tokens[match.start("reign") : match.end("reign")])
    if reign is None or reign.method != "reign" or reign.point is None:
        return None
    said = tokens[match.start("month") : match.end("month")]
    is_month_first = said[0].code in (words.MONTH, words.LUNAR_MONTH, words.MONTH_NAME)
    numbers = [t.number for t in said if isinstance(t.value, int)]
    month = numbers[0] if is_month_first else numbers[-1]
    if not 1 <= month <= 12 or any(number > LONGEST_MONTH for number in numbers):
        return None
    return replace(month_span(reign.point.year, month), is_named=True)


def with_cycle_year(reading: Reading, place: int) -> Reading | None:
    """Return the one year of ``reading`` that has this place in the cycle.

    None when no year has it (the text contradicts itself), or several have.
    """
    if reading.join or None in reading.ends:
        return None
    if reading.method == "lunar":
        first, _ = reading.ends
        is_right = first is not None and (first.year - CYCLE_START) % CYCLE_LENGTH == place
        return reading if is_right else None
    (first_year, _, _), (last_year, _, _) = reading.bounds
    if reading.point is not None and reading.point.unspecified == 2:
        last_year += 1
    if last_year - first_year > 2 * CYCLE_LENGTH:
        return None
    years = [
        year
        for year in range(first_year, last_year + 1)
        if (year - CYCLE_START) % CYCLE_LENGTH == place
    ]
    if len(years) != 1:
        return None
    if first_year == last_year:
        return reading
    found = Reading.of(Point(years[0]), "sexagenary")
    return found.approximated() if reading.is_approximate else found
