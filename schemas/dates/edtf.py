"""EDTF read back: the forms this package writes, so that a stored value can be shown.

Source: Extended Date/Time Format (EDTF), ISO 8601-2:2019; levels 0 to 2 without exponents,
significant digits and qualifiers of single parts, which nothing here writes.
"""

from __future__ import annotations

import re
from dataclasses import replace

from schemas.dates.value import FIRST_SEASON, Part, Point, Reading, is_calendar_date

_POINT = re.compile(
    r"(?:Y(?P<far>-?\d{1,9})|(?P<year>-?\d{4}|-?\d{3}X|-?\d{2}XX)"
    r"(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?)(?P<qualifier>[?~%]?)"
)
_LAST_SEASON = 24


def parse_edtf(text: str) -> Reading | None:
    """Return what an EDTF text says; None when it is not EDTF, or is XXXX, or is out of reach."""
    if len(text) > 2 and text[0] + text[-1] in ("[]", "{}"):
        parts = [_list_part(part) for part in text[1:-1].split(",")]
        found = tuple(part for part in parts if part is not None)
        if len(found) < len(parts):
            return None
        return Reading(found, "or" if text[0] == "[" else "and", "edtf")
    first, slash, last = text.partition("/")
    part = _part(first, last if slash else first)
    return part and Reading((part,), method="edtf")


def _list_part(text: str) -> Part | None:
    first, dots, last = text.strip().partition("..")
    part = _part(first, last if dots else first)
    return None if part is None or None in part else part


def _part(first: str, last: str) -> Part | None:
    ends = [None if end in ("..", "") else _point(end) for end in (first, last)]
    is_unread = any(
        end is None and said not in ("..",) for end, said in zip(ends, (first, last), strict=True)
    )
    if is_unread or ends == [None, None]:
        return None
    start, end = ends
    if start is not None and end is not None and start.first_day > end.last_day:
        return None
    return (start, end)


def _point(text: str) -> Point | None:
    match = _POINT.fullmatch(text)
    if match is None:
        return None
    qualifier = match["qualifier"]
    point = _unqualified(match)
    return point and replace(
        point,
        is_approximate=qualifier in ("~", "%"),
        is_uncertain=qualifier in ("?", "%"),
    )


def _unqualified(match: re.Match[str]) -> Point | None:
    if match["far"] is not None:
        return Point(int(match["far"]))
    unspecified = match["year"].count("X")
    year = int(match["year"].replace("X", "0"))
    if match["month"] is None:
        return Point(year, unspecified=unspecified)
    month = int(match["month"])
    day = None if match["day"] is None else int(match["day"])
    is_season = FIRST_SEASON <= month <= _LAST_SEASON and day is None
    if unspecified or not (is_season or is_calendar_date(year, month, day)):
        return None
    return Point(year, month, day)
