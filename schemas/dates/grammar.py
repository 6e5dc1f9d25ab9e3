"""Whole date texts from tokens: qualifiers, ranges, lists, glosses, before and after.

:func:`read` takes a text apart from the outside in; what is left is a point
(:mod:`schemas.dates.points`). Nothing is skipped: a token that no rule uses leaves the text
without a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from schemas.dates import vocabulary as words
from schemas.dates.combining import gloss, listed, one_after, one_before, span_of
from schemas.dates.lexing import CYCLE, NAMED, NTH, NUMBER, POINT, ROMAN, Token
from schemas.dates.lunar import read_lunar, read_reign_month, with_cycle_year
from schemas.dates.points import LAST_CENTURY, Tokens, codes_of, read_point
from schemas.dates.value import Point, Reading

STRETCHES = ("giai đoạn", "giai doan", "thời kỳ", "thời kì", "thoi ky", "thoi ki", "period")
"""Words for a dynasty's time that also stand before plain years: "giai đoạn 1945-1954"."""
DEEPEST = 8
"""Levels of qualifiers, lists and ranges in one text; more is not a date."""


def read(tokens: Tokens, depth: int = 0) -> Reading | None:
    """Return what the tokens say, or None when they are not a date from end to end."""
    if not tokens or depth > DEEPEST:
        return None
    codes = codes_of(tokens)
    if (found := read_point(tokens)) is not None:
        return found
    if words.LUNAR in codes or words.LUNAR_MONTH in codes or words.FULL_MOON in codes:
        return read_lunar(tokens)
    if (found := read_reign_month(tokens)) is not None:
        return found
    if CYCLE in codes:
        return _cycle(tokens, codes, depth)
    for rule in (_wrapped, _labelled, _glossed, _listed, _qualified, _bounded, _range):
        if (found := rule(tokens, codes, depth + 1)) is not None:
            return found
    return None


def _cycle(tokens: Tokens, codes: str, depth: int) -> Reading | None:
    """Read a text that names a year of the sixty-year cycle: it picks one year of the rest."""
    match = re.search(r"y?X[,;]?|[,;(]?y?X\)?", codes)
    if codes.count(CYCLE) != 1 or match is None:
        return None
    place = codes.index(CYCLE)
    first, last = place, place + 1
    if first and codes[first - 1] == words.YEAR:
        first -= 1
    if first and codes[first - 1] == "(" and codes[last : last + 1] == ")":
        first, last = first - 1, last + 1
    elif first and codes[first - 1] in ",;-":
        first -= 1
    elif codes[last : last + 1] in (",", ";", "-"):
        last += 1
    rest = read((*tokens[:first], *tokens[last:]), depth + 1)
    if rest is None and (*codes[:first], *codes[last:]) == (NAMED,):
        # "Minh Mạng năm Kỷ Sửu": with a year of the cycle, the name is a reign.
        rest = read((Token(words.PERIOD), *tokens[:first], *tokens[last:]), depth + 1)
    return rest and with_cycle_year(rest, tokens[place].number)


def _wrapped(tokens: Tokens, codes: str, depth: int) -> Reading | None:
    """Read "[1954]" and "(1954"."""
    if codes[0] == "(" and codes.find(")") in (-1, len(codes) - 1):
        return read(tokens[1:-1] if codes[-1] == ")" else tokens[1:], depth)
    return None


def _labelled(tokens: Tokens, codes: str, depth: int) -> Reading | None:
    """Read "niên đại: …", "đúc năm …", "trưng bày năm …"."""
    if codes[0] in (words.LABEL, words.MADE):
        found = read(tokens[1:], depth)
        if found is None and codes[1:] == NAMED and codes[0] == words.LABEL:
            period = tokens[1].value
            return read((Token(words.PERIOD), *tokens[1:]), depth) if period else None
        return found
    if tokens[0].text in STRETCHES and codes[1:2] in tuple("NyF~"):
        found = read(tokens[1:], depth)
        return found if found is not None and found.method == "calendar" else None
    if codes[0] == words.SHOWN:
        shown = read(tokens[1:], depth)
        # What was shown in a year was made by then; that is all it says.
        if shown is None or None in shown.ends or shown.join == "and":
            return None
        return replace(shown, parts=((None, shown.ends[1]),), join="")
    if codes[0] == words.YEAR and len(codes) > 1 and codes[1] in "~?(IP<>":
        return read(tokens[1:], depth)
    return None


def _glossed(tokens: Tokens, codes: str, depth: int) -> Reading | None:
    """Read "thời Lý (1009-1225)" and "1954 (?)"."""
    match = re.fullmatch(r"([^()]+)\(([^()]+)\)?([BA]?)", codes)
    if match is None:
        return None
    if codes[0] in (words.ABOUT, words.UNSURE):
        # "khoảng thế kỷ XIX (1850-1900)" is about both.
        return _qualified(tokens, codes, depth)
    outer, inner = tokens[: match.end(1)], tokens[match.start(2) : match.end(2)]
    if match[2] in ("?", "~"):
        found = read(outer, depth)
        if found is None:
            return None
        return found.doubted() if match[2] == "?" else found.approximated()
    if match[2] == words.SOLAR:
        return read(outer, depth)
    if match[2][0] in (words.OR, words.AND):
        return read((*outer, *inner), depth)
    first, second = read(outer, depth), read(inner, depth)
    if first is None or second is None or match[3]:
        return None
    return gloss(first, second)


def _clauses(tokens: Tokens, separators: str) -> list[Tokens]:
    clauses: list[list[Token]] = [[]]
    for token in tokens:
        if token.code in separators:
            clauses.append([])
        else:
            clauses[-1].append(token)
    return [tuple(clause) for clause in clauses]


def _listed(tokens: Tokens, codes: str, depth: int) -> Reading | None:
    """Read lists: "1843, 1845", "1978, printed 2005", "1786 or 1800", "thời Nguyễn, TK XIX"."""
    if "(" in codes or words.BETWEEN in codes:
        return None
    for separators, join in ((";", "and"), (",", "and"), (words.OR, "or"), (words.AND, "and")):
        if not set(separators) & set(codes):
            continue
        clauses = _clauses(tokens, separators)
        if not all(clauses):
            return None
        if separators in ";,":
            clauses = _without_showings(clauses)
        readings = list(_in_turn(clauses, depth))
        if None in readings:
            return None
        found = [reading for reading in readings if reading is not None]
        if separators in ";," and len(found) == 2 and _explains(found):
            whole = gloss(*found) or _then(clauses, found)
            if whole is None and all(r.method == "century" and not r.is_named for r in found):
                # "thế kỷ XVII, XVIII" is a list after all.
                return listed(found, join)
            return whole.approximated() if whole and codes[0] == words.ABOUT else whole
        if separators == "," and found[-1].join and words.MADE not in codes:
            join = found[-1].join
        return listed(found, join)
    return None


def _without_showings(clauses: list[Tokens]) -> list[Tokens]:
    """Leave out when a finished work was shown: it adds nothing to when it was made."""
    kept: list[Tokens] = []
    is_shown = False
    for clause in clauses:
        lead = codes_of(clause).lstrip(words.UNSURE)[:1]
        is_shown = lead == words.SHOWN or (is_shown and lead != words.MADE)
        if not (is_shown and kept):
            kept.append(clause)
    return kept


def _explains(readings: list[Reading]) -> bool:
    """Whether two clauses are one date said twice: a period or a century, and its years."""
    return any(r.is_named or r.method in ("century", "period", "reign") for r in readings)


def _then(clauses: list[Tokens], readings: list[Reading]) -> Reading | None:
    """Read "cuối thế kỷ XIX, đầu thế kỷ XX" as a range."""
    is_parts = all(clause[0].code in words.PARTS for clause in clauses)
    return span_of(*readings) if is_parts else None


def _in_turn(clauses: list[Tokens], depth: int) -> Iterator[Reading | None]:
    """Yield the reading of each clause; a short year takes its century from the one before."""
    previous: Reading | None = None
    for number, clause in enumerate(clauses):
        whole = _borrowed(clauses[0], clause) if number else clause
        whole = _with_long_year(previous, whole)
        previous = read(whole, depth)
        if previous is None and clause is clauses[0] and len(clauses) > 1:
            previous = read(_lent(clause, clauses[-1]), depth)
        yield previous


def _qualified(tokens: Tokens, codes: str, depth: int) -> Reading | None:
    """Read "khoảng …", "? …", "… ?", "1825-30?"."""
    approximate = re.match(r"y?~+[yL]?", codes)
    if approximate and approximate.end() < len(codes):
        rest = tokens[approximate.end() :]
        found = read(rest, depth) or read((Token(words.YEAR), *rest), depth)
        return found and found.approximated()
    if codes[0] == words.UNSURE:
        found = read(tokens[1:], depth)
        return found and found.doubted()
    if codes[-1] == words.UNSURE:
        found = read(tokens[:-1], depth)
        return found and found.doubted()
    if codes[-1] == words.ABOUT and codes[0] not in "CO":
        found = read(tokens[:-1], depth)
        return found and found.approximated()
    return None


def _bounded(tokens: Tokens, codes: str, depth: int) -> Reading | None:
    """Read what is open on one side: "trước …", "sau …", "từ … đến nay", "… trở đi"."""
    if {",", ";"} & set(codes):
        # "1794, reprinted 1831 or later": only a part of the text is open.
        return None
    lead = codes[0]
    if lead in (words.BEFORE, words.AFTER, words.UNTIL, words.TO):
        found = read(tokens[1:], depth)
        first, last = (None, None) if found is None else found.ends
        if found is None or first is None or last is None or _is_two_sided(found, codes):
            return None
        if lead in (words.UNTIL, words.TO):
            return replace(found, parts=((None, last),), join="")
        open_part = (
            (None, one_before(first, found)) if lead == "<" else (one_after(last, found), None)
        )
        return replace(found, parts=(open_part,), join="")
    ending = re.search(r"([T\-]z|\]|T?\[)$", codes)
    if ending is not None:
        rest = tokens[1:] if lead == words.FROM else tokens
        found = read(rest[: len(rest) - len(ending[0])], depth)
        return found and _open(found, is_end_open="[" not in ending[0])
    if lead in (words.SINCE, words.FROM) and not {words.TO, "-"} & set(codes):
        found = read(tokens[1:], depth)
        return found and _open(found, is_end_open=True)
    return None


def _is_two_sided(found: Reading, codes: str) -> bool:
    """Whether "before" and "after" may belong to only one side of a list or range.

    "after 1819-20" is after both; "sau 1954 - 1975" may be a range that begins after 1954.
    """
    is_range = bool({"-", words.TO, words.FROM, words.BETWEEN} & set(codes))
    (first_year, _, _), (last_year, _, _) = found.bounds
    return bool(found.join) or (is_range and last_year - first_year > 1)


def _open(found: Reading, *, is_end_open: bool) -> Reading | None:
    first, last = found.ends
    if first is None or last is None:
        return None
    part = (_sharp(first), None) if is_end_open else (None, _sharp(last, is_last=True))
    return replace(found, parts=(part,), join="")


def _sharp(point: Point, *, is_last: bool = False) -> Point:
    """Return the end of a masked point as a year: what begins in the 1960s begins in 1960."""
    if not point.unspecified:
        return point
    year = (point.last_day if is_last else point.first_day)[0]
    return replace(point, year=year, unspecified=0)


def _range(tokens: Tokens, codes: str, depth: int) -> Reading | None:
    """Read "A - B", "từ A đến B", "between A and B", "cuối thế kỷ XIX đầu thế kỷ XX"."""
    if "(" in codes:
        return None
    if codes[0] == words.BETWEEN:
        clauses = _clauses(tokens[1:], words.AND)
    elif codes[0] == words.FROM:
        clauses = _clauses(tokens[1:], words.TO + "-")
    else:
        clauses = _clauses(tokens, words.TO + "-")
        if len(clauses) == 1:
            clauses = _split_before_part(tokens, codes)
    if len(clauses) == 1 and re.fullmatch("N/N", codes):
        clauses = _clauses(tokens, "/")
    if len(clauses) != 2 or not all(clauses) or clauses[1][0].code in (words.MADE, words.LABEL):
        return None
    return _range_of(clauses[0], clauses[1], depth)


def _split_before_part(tokens: Tokens, codes: str) -> list[Tokens]:
    """Split where a second "đầu", "giữa" or "cuối" begins without any dash before it."""
    starts = [place for place, code in enumerate(codes) if code in words.PARTS]
    if len(starts) != 2 or starts[0] != 0 or starts[1] == 1:
        return [tokens]
    return [tokens[: starts[1]], tokens[starts[1] :]]


def _range_of(left: Tokens, right: Tokens, depth: int) -> Reading | None:
    is_decades = codes_of(left)[0] == words.DECADE and not {words.CENTURY} & set(codes_of(left))
    if is_decades and not _are_decades(left, right):
        left = left[1:]
    left = _lent(left, right)
    first = read(left, depth)
    if first is None:
        return None
    second = read(_with_long_year(first, _borrowed(left, right)), depth)
    return None if second is None else span_of(first, second)


def _are_decades(left: Tokens, right: Tokens) -> bool:
    firsts = [next((t for t in side if t.code == NUMBER), None) for side in (left, right)]
    return all(token is not None and token.number % 10 == 0 for token in firsts)


def _borrowed(left: Tokens, right: Tokens) -> Tokens:
    """Return ``right`` with the words it shares with ``left``: "thế kỷ XI - XII"."""
    lead, codes = codes_of(left), codes_of(right)
    is_number = codes[0] in (ROMAN, NTH, NUMBER, words.ORDINAL)
    is_left_century = words.CENTURY in lead and words.CENTURY not in codes
    if is_number and is_left_century and _fits_century(right[0]):
        return (Token(words.CENTURY), *right)
    if re.fullmatch("AN", lead) and codes == NUMBER:
        return (left[0], *right)
    if codes[0] == NAMED and words.PERIOD in lead:
        return (Token(words.PERIOD), *right)
    if re.fullmatch("NC[NOR]", codes) and lead[0] == words.DECADE:
        return (left[0], *right)
    if codes == NUMBER and lead[0] == words.DECADE:
        return (left[0], *right, *left[2:])
    return right


def _fits_century(token: Token) -> bool:
    return not isinstance(token.value, int) or token.number <= LAST_CENTURY


def _lent(left: Tokens, right: Tokens) -> Tokens:
    """Return ``left`` with the words it shares with ``right``: "17th-18th century", "3-4/1954"."""
    lead, codes = codes_of(left), codes_of(right)
    end = right[-1]
    if re.fullmatch(f"[{words.PARTS}]", lead) and codes[0] in words.PARTS:
        return (*left, *right[1:])
    if re.fullmatch("[1-9]?[OR]", lead) and words.CENTURY in codes:
        return (*left, Token(words.CENTURY))
    if re.fullmatch("[1-9]?C[NOR]|[yA]?N|H", lead) and end.code in (words.BC, words.AD):
        return (*left, end)
    if re.fullmatch("KN", lead) and re.fullmatch("K?NC[NOR]", codes):
        return (*left, *right[-2:])
    return _lent_date(left, right)


def _lent_date(left: Tokens, right: Tokens) -> Tokens:
    """Return a day or month with the rest of its date from ``right``: "28/8 - 2/9/1945"."""
    lead, point = codes_of(left), right[-1].value
    if right[-1].code == NUMBER and len(right[-1].text) == 4:
        point = _spelled_point(right)
    if not isinstance(point, Point) or point.month is None:
        return left
    numbers = [t.number for t in left if isinstance(t.value, int)]
    if re.fullmatch("d?N", lead) and point.day is not None:
        return (Token(POINT, replace(point, day=numbers[0])),) if 1 <= numbers[0] <= 28 else left
    if re.fullmatch("m?N|M", lead) and point.day is None:
        return (Token(POINT, replace(point, month=numbers[0])),) if numbers[0] <= 12 else left
    if re.fullmatch("d?NmN|d?N/N|NM|MN", lead) and point.day is not None:
        return (*left, Token(words.YEAR), Token(NUMBER, point.year, str(point.year)))
    return left


def _spelled_point(tokens: Tokens) -> Point | None:
    found = read_point(tokens)
    return found.point if found is not None else None


def _with_long_year(previous: Reading | None, tokens: Tokens) -> Tokens:
    """Return the tokens with a short year filled up from the date before: "1843-4"."""
    last = None if previous is None else previous.ends[1]
    if last is None or last.month is not None or last.is_far or last.year < 1000:
        return tokens
    place = next((n for n, t in enumerate(tokens) if t.code == NUMBER), None)
    if place is None or codes_of(tokens)[:place].strip("~?y") or len(tokens[place].text) > 2:
        return tokens
    if codes_of(tokens)[place + 1 :].strip("?"):
        return tokens
    token = tokens[place]
    text = str(last.last_day[0])[: -len(token.text)] + token.text
    return (*tokens[:place], Token(NUMBER, int(text), text), *tokens[place + 1 :])
