"""Dates in a query: ``1945..1954``, ``thế kỷ XIX``, ``19th century``, ``date:1950s``.

What a catalogue says of dates is read by ``schemas.dates`` when it is indexed. Here is the small
language people type, as regular expressions that Python and JavaScript read alike (letters of
both cases are written out, because the two fold case differently).

Years are astronomical, both ends included: 1 BC is 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

FIRST_YEAR = -9999
LAST_YEAR = 9999
"""What the open side of a range means."""

Years = tuple[int, int]

# Not \\s: Python and JavaScript mean different characters by it.
_SPACE = r"[ \t\n\r\u00a0]"
_END = r'(?=[ \t\n\r\u00a0"“”„«».,;)]|$)'
_BC = rf"(?:{_SPACE}*([tT][cC][nN]|[bB][cC][eE]?))?"
_CENTURY = rf"(?:[tT][hH][eếEẾ]{_SPACE}+[kK][yỷiỉYỶIỈ]|[tT][kK]\.?){_SPACE}*"
# On a phone nobody writes capitals.
_NUMBER = r"([XVIxvi]{1,6}|[0-9]{1,2})"

PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        # 1945..1954, 1945.., ..1954
        "range": r"(-?[0-9]{1,4})?\.\.(-?[0-9]{1,4})?" + _END,
        # thế kỷ XIX, the ky xix-xx, TK 19, thế kỷ III TCN
        "century": _CENTURY + rf"{_NUMBER}(?:{_SPACE}*[-–]{_SPACE}*{_NUMBER})?" + _BC + _END,
        # 19th century
        "ordinal": rf"([0-9]{{1,2}})(?:st|nd|rd|th){_SPACE}+[cC]entury" + _BC + _END,
    }
)
"""Dates that are recognised anywhere in a query."""

FIELD_PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        # 1950s, thập niên 1950, thập kỷ 1950
        "decade": rf"(?:[tT]h[aậ]p{_SPACE}+(?:ni[eê]n|k[yỷ]){_SPACE}+([0-9]{{3}}0)|([0-9]{{3}}0)s)"
        + _END,
        # trước 1945, before 1945, sau 1954, after 1954
        "before": rf"(?:[tT]r[uư][oớ]c|[bB]efore){_SPACE}+([0-9]{{1,4}})" + _END,
        "after": rf"(?:[sS]au|[aA]fter){_SPACE}+([0-9]{{1,4}})" + _END,
        # 1954, 1945-1954
        "years": rf"([0-9]{{1,4}})(?:{_SPACE}*[-–]{_SPACE}*([0-9]{{1,4}}))?" + _END,
    }
)
"""Dates that are recognised only under the name of a date field."""

_COMPILED = {name: re.compile(text) for name, text in {**PATTERNS, **FIELD_PATTERNS}.items()}
_ROMAN = {"I": 1, "V": 5, "X": 10}
_MOST_CENTURIES = 30


def years_at(text: str, place: int, *, is_in_field: bool) -> tuple[Years, int] | None:
    """Return the years of the date that begins at ``place`` and where it ends, or None.

    Args:
        text: The query.
        place: Where a word of it begins.
        is_in_field: The name of a date field stands before it.
    """
    for name in (*PATTERNS, *(FIELD_PATTERNS if is_in_field else ())):
        match = _COMPILED[name].match(text, place)
        if match is None or match.end() == place:
            continue
        years = _years(name, match.groups())
        if years is not None:
            return years, match.end()
    return None


def _years(name: str, parts: tuple[str | None, ...]) -> Years | None:
    first, second = parts[0], parts[1] if len(parts) > 1 else None
    match name:
        case "range":
            if first is None and second is None:
                return None
            years = (int(first or FIRST_YEAR), int(second or LAST_YEAR))
        case "century":
            return _centuries(first or "", second or first or "", is_bc=bool(parts[2]))
        case "ordinal":
            return _centuries(first or "", first or "", is_bc=bool(second))
        case "decade":
            start = int(first or second or 0)
            years = (start, start + 9)
        case "before":
            years = (FIRST_YEAR, int(first or 0) - 1)
        case "after":
            years = (int(first or 0) + 1, LAST_YEAR)
        case _:
            years = (int(first or 0), int(second or first or 0))
    return (min(years), max(years))


def _centuries(first: str, last: str, *, is_bc: bool) -> Years | None:
    numbers = [int(text) if text[0].isdigit() else _roman(text) for text in (first, last)]
    if not all(1 <= number <= _MOST_CENTURIES for number in numbers):
        return None
    low, high = min(numbers), max(numbers)
    if is_bc:
        return 1 - 100 * high, -100 * (low - 1)
    return 100 * (low - 1) + 1, 100 * high


def _roman(text: str) -> int:
    values = [_ROMAN[letter] for letter in text.upper()]
    after = [*values[1:], 0]
    return sum(-v if v < n else v for v, n in zip(values, after, strict=True))


def date_tables() -> dict[str, object]:
    """Return the patterns as JSON data, for the search page."""
    return {
        "date_patterns": list(PATTERNS.items()),
        "field_date_patterns": list(FIELD_PATTERNS.items()),
        "first_year": FIRST_YEAR,
        "last_year": LAST_YEAR,
        "most_centuries": _MOST_CENTURIES,
    }
