"""The smallest texts that are a date: a day, a year, a century, a reign year, an age.

Each rule is a pattern over the codes of the tokens and a function of the tokens; the first
pattern that fits the whole text decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from schemas.dates import vocabulary as words
from schemas.dates.lexing import NTH, NUMBER, ROMAN, Token
from schemas.dates.parts import part_of_century, part_of_decade, part_of_span, part_of_year
from schemas.dates.periods import Period, PeriodKind
from schemas.dates.value import Point, Reading, is_calendar_date

Tokens = tuple[Token, ...]
Rule = Callable[[Tokens], Reading | None]

FIRST_BARE_YEAR, LAST_YEAR = 1000, 2100
"""A number alone is a year from here to here; with "năm" from 100, with an era from 1."""
LAST_CENTURY = 21
PRESENT = 1950
"""The year that ages before present count from. Source: Stuiver & Polach, Radiocarbon 19 (1977)."""
YOUNGEST_AGE = 1000
"""Years; a smaller "cách đây" was counted from the year it was written in, which nobody knows."""


def codes_of(tokens: Tokens) -> str:
    """Return the codes of the tokens as one text."""
    return "".join([token.code for token in tokens])


def read_point(tokens: Tokens) -> Reading | None:
    """Return the reading of a text without ranges, lists and qualifiers."""
    rule = _rule_for(codes_of(tokens))
    return None if rule is None else rule(tokens)


@lru_cache(maxsize=1 << 12)
def _rule_for(codes: str) -> Rule | None:
    return next((rule for pattern, rule in _RULES if pattern.fullmatch(codes)), None)


def _numbers(tokens: Tokens) -> list[int]:
    return [t.number for t in tokens if isinstance(t.value, int)]


def _day(tokens: Tokens) -> Reading | None:
    """Read a date that names year, month and day, or year and month, in any order said."""
    numbers = [t for t in tokens if isinstance(t.value, int)]
    months = [t for t in numbers if t.code == words.MONTH_NAME]
    if months:
        numbers.remove(months[0])
        numbers.insert(len(numbers) - 1, months[0])
    values = [t.number for t in numbers]
    month, year = values[-2:]
    day = values[0] if len(values) == 3 else None
    if not 100 <= year <= LAST_YEAR or not is_calendar_date(year, month, day):
        return None
    return Reading.of(Point(year, month, day))


def _given(tokens: Tokens) -> Reading | None:
    """Read a numeric date that the lexer has already understood, as "ngày 2/9/1945"."""
    (point,) = (t.value for t in tokens if isinstance(t.value, Point))
    is_day_said = words.DAY in codes_of(tokens)
    return None if is_day_said and point.day is None else Reading.of(point)


def _year(tokens: Tokens) -> Reading | None:
    codes = codes_of(tokens)
    (year,) = _numbers(tokens)
    if words.BC in codes:
        return Reading.of(Point(1 - year)) if 1 <= year <= 9999 else None
    lowest = 1 if words.AD in codes else 100 if words.YEAR in codes else FIRST_BARE_YEAR
    if not lowest <= year <= LAST_YEAR or (lowest == FIRST_BARE_YEAR and len(tokens[0].text) != 4):
        return None
    return Reading.of(Point(year))


def _far_year(tokens: Tokens) -> Reading | None:
    """Read "3.000 TCN"; without its era a grouped number is a price."""
    year = _numbers(tokens)[0]
    return Reading.of(Point(1 - year))


def _century(tokens: Tokens) -> Reading | None:
    codes = codes_of(tokens)
    (number,) = (t.number for t in tokens if t.code in (NUMBER, NTH, ROMAN))
    is_before = words.BC in codes
    part = next((c for c in codes if c in words.PARTS), None)
    if not 1 <= number <= (100 if is_before else LAST_CENTURY):
        return None
    first = 1 - number * 100 if is_before else number * 100 - 99
    if part is not None:
        return part_of_century(part, first)
    if is_before or number == 1:
        # The masked form of these would begin or end a year off: 00XX has the year 1 BC in it.
        reading = Reading.between(Point(first), Point(first + 99), "century")
        return reading.approximated()
    return Reading.of(Point(first - 1, unspecified=2), "century")


def _decade(tokens: Tokens) -> Reading | None:
    codes = codes_of(tokens)
    part = next((c for c in codes if c in words.PARTS), None)
    numbers = _numbers(tokens)
    year = numbers[0]
    if len(numbers) == 2:
        if not 1 <= numbers[1] <= LAST_CENTURY or year > 90:
            return None
        year += (numbers[1] - 1) * 100
    # "1900s" may be the century; "những năm 1900" may not.
    is_century = "D" in codes and year % 100 == 0
    if year % 10 or is_century or not FIRST_BARE_YEAR <= year <= LAST_YEAR:
        return None
    decade = Point(year, unspecified=1)
    return part_of_decade(part, decade) if part else Reading.of(decade, "decade")


def _part_of_year(tokens: Tokens) -> Reading | None:
    year = _numbers(tokens)[-1]
    part = tokens[0].code
    return part_of_year(part, year) if FIRST_BARE_YEAR <= year <= LAST_YEAR else None


def _season(tokens: Tokens) -> Reading | None:
    season, year = _numbers(tokens)
    if not FIRST_BARE_YEAR <= year <= LAST_YEAR:
        return None
    return Reading.of(Point(year, season), "season")


def _named(tokens: Tokens) -> Reading | None:
    codes = codes_of(tokens)
    (period,) = (t.value for t in tokens if isinstance(t.value, Period))
    part = next((c for c in codes if c in words.PARTS), None)
    if words.PERIOD not in codes and period.kind is not PeriodKind.EVENT:
        # "Trần" is a family, "Đông Sơn" a town: only "thời Trần" is a date.
        return None
    return part_of_span(part, period) if part else period.reading


def _reign_year(tokens: Tokens) -> Reading | None:
    (period,) = (t.value for t in tokens if isinstance(t.value, Period))
    (number,) = _numbers(tokens)
    if period.kind is not PeriodKind.REIGN:
        return None
    year = period.first.year + number - 1
    if not period.first.year <= year <= period.last.year:
        return None
    return replace(Reading.of(Point(year), "reign"), is_named=True)


def _age(tokens: Tokens) -> Reading | None:
    """Read "cách ngày nay 2000 - 2500 năm", also after the name of a culture."""
    codes = codes_of(tokens)
    scale = 10_000 if words.MYRIAD in codes else 1
    ages = sorted(number * scale for number in _numbers(tokens))
    if not YOUNGEST_AGE <= ages[0] <= ages[-1] <= 1_000_000:
        return None
    first, last = Point(PRESENT - ages[-1]), Point(PRESENT - ages[0])
    reading = Reading.between(first, last, "before present").approximated()
    culture = next((t.value for t in tokens if isinstance(t.value, Period)), None)
    if culture is None:
        return reading
    whole = culture.reading.bounds
    is_apart = reading.bounds[1] < whole[0] or whole[1] < reading.bounds[0]
    return None if is_apart or culture.kind is not PeriodKind.CULTURE else reading


_ANY_PART = f"[{words.PARTS}]"
_CENTURY_NUMBER = "o?[NOR]"
_RULES: tuple[tuple[re.Pattern[str], Rule], ...] = tuple(
    (re.compile(pattern), rule)
    for pattern, rule in (
        ("y?NA?|A?N|y?NB|BN", _year),
        ("y?HB", _far_year),
        ("s?[dm]?Is?|d?m?I", _given),
        ("dNmNyN|NmNyN|dNmN,?N|d?N/NyN|mN,?yN|mNN|dN-NyN|mN/?N", _day),
        ("[dy]?[NO]M,?y?N|d[NO]M,yN|M[NO],?N|My?,?N", _day),
        (f"{_ANY_PART}?C{_CENTURY_NUMBER}[BA]?|({_ANY_PART}-?)?[OR]C[BA]?", _century),
        (f"({_ANY_PART}-?)?D|{_ANY_PART}?KN|{_ANY_PART}?KNC{_CENTURY_NUMBER}", _decade),
        ("[123]-?yN|[45]yN|[6789]y?N|[6789]/N|[123]N", _part_of_year),
        ("Sy?N", _season),
        (f"P{{0,2}}E|{_ANY_PART}P{{0,2}}E|EP", _named),
        ("y?P{0,2}Ey?o?N|P{0,2}Ey?O|yP{0,2}EoN|y?oNP{1,2}E|y?OP{1,2}E", _reign_year),
        ("g~?[NH]w?(-[NH]w?)?y?|[NH]w?(-[NH]w?)?y?g|P{0,2}Eg?~?[NH](-[NH])?yg?", _age),
    )
)
