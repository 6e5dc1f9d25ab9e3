"""EDTF for people, in Vietnamese and English: "khoảng 1801–1900", "19th century"."""

from __future__ import annotations

from dataclasses import replace

from schemas.dates.edtf import parse_edtf
from schemas.dates.value import FIRST_SEASON, Part, Point, Reading

_WORDS: dict[str, dict[str, str]] = {
    "vi": {
        "about": "khoảng {}",
        "until": "đến {}",
        "since": "từ {}",
        "range": "từ {} đến {}",
        "or": "hoặc",
        "and": "và",
        "bc": "{} TCN",
        "ad": "{} SCN",
        "century": "thế kỷ {}",
        "decade": "thập niên {}",
        "unknown": "không rõ",
    },
    "en": {
        "about": "c. {}",
        "until": "until {}",
        "since": "since {}",
        "range": "from {} to {}",
        "or": "or",
        "and": "and",
        "bc": "{} BC",
        "ad": "AD {}",
        "century": "{} century",
        "decade": "{}s",
        "unknown": "date unknown",
    },
}
"""The words of dates by language: a matter of writing dates, not sentences of the program."""

_SEASONS = {
    "vi": ("mùa xuân {}", "mùa hè {}", "mùa thu {}", "mùa đông {}"),
    "en": ("spring {}", "summer {}", "autumn {}", "winter {}"),
}
_ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

FIRST_PLAIN_YEAR = 1000
"""A smaller year is shown with its era: nobody takes 40 for a year."""


def describe(edtf: str, lang: str) -> str:
    """Return an EDTF text as people write it; what is not understood comes back as it is.

    Args:
        edtf: As in :attr:`~schemas.dates.value.DateValue.edtf`.
        lang: ``vi`` or ``en``.

    Raises:
        ValueError: ``lang`` is another language.
    """
    if lang not in _WORDS:
        raise ValueError(f"no dates in the language {lang!r}")
    if edtf == "XXXX":
        return _word("unknown", lang)
    reading = parse_edtf(edtf)
    return edtf if reading is None else _reading(reading, lang)


def _word(key: str, lang: str) -> str:
    return _WORDS[lang][key]


def _reading(reading: Reading, lang: str) -> str:
    shown = [_part(part, lang) for part in _joined(reading.parts)]
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} {_word(reading.join, lang)} {shown[-1]}"


def _joined(parts: tuple[Part, ...]) -> list[Part]:
    """Return the parts of a list with years in a row, marked alike, as one range."""
    joined: list[Part] = []
    for first, last in parts:
        before = joined[-1][1] if joined else None
        if before is not None and first is not None and _is_next_year(before, first):
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _is_next_year(before: Point, point: Point) -> bool:
    is_marked = before.is_approximate or before.is_uncertain
    return is_marked and replace(before, year=before.year + 1) == point and point.month is None


def _part(part: Part, lang: str) -> str:
    first, last = part
    if first is None:
        return "" if last is None else _word("until", lang).format(_qualified(last, lang))
    if last is None:
        return _word("since", lang).format(_qualified(first, lang))
    if first == last:
        return _qualified(first, lang)
    marks = [(p.is_approximate, p.is_uncertain) for p in part if p is not None]
    if marks[0] != marks[1]:
        return _word("range", lang).format(_qualified(first, lang), _qualified(last, lang))
    is_plain = all(not p.unspecified and p.month is None and p.year > 0 for p in (first, last))
    if is_plain:
        years = f"{first.year}–{last.year}"
        years = years if first.year >= FIRST_PLAIN_YEAR else _word("ad", lang).format(years)
        return _marked(years, first, lang)
    return _marked(f"{_point(first, lang)} – {_point(last, lang)}", first, lang)


def _qualified(point: Point, lang: str) -> str:
    return _marked(_point(point, lang), point, lang)


def _marked(text: str, point: Point, lang: str) -> str:
    if point.is_approximate:
        text = _word("about", lang).format(text)
    return f"{text}?" if point.is_uncertain else text


def _point(point: Point, lang: str) -> str:
    if point.unspecified == 2 and point.year >= 0:
        number = point.year // 100 + 1
        return _word("century", lang).format(_roman(number) if lang == "vi" else _nth(number))
    if point.unspecified == 1 and point.year >= 0:
        return _word("decade", lang).format(point.year)
    if point.unspecified:
        return f"{_year(point.first_day[0], lang)} – {_year(point.last_day[0], lang)}"
    year = _year(point.year, lang)
    if point.month is None:
        return year
    if point.month >= FIRST_SEASON:
        return _SEASONS[lang][point.month - FIRST_SEASON].format(year)
    if lang == "vi":
        return "/".join(str(p) for p in (point.day, point.month, year) if p is not None)
    month = f"{_ENGLISH_MONTHS[point.month - 1]} {year}"
    return month if point.day is None else f"{point.day} {month}"


def _year(year: int, lang: str) -> str:
    if year >= FIRST_PLAIN_YEAR:
        return str(year)
    return _word("ad", lang).format(year) if year > 0 else _word("bc", lang).format(1 - year)


def _nth(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0)
    return f"{number}{ending or 'th'}"


def _roman(number: int) -> str:
    ones = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    return "X" * (number // 10) + ones[number % 10]
