"""Date texts as tokens: words of three languages and numbers, by what they mean.

A text with any mark on a letter is read by the full spelling of the words; one without any mark
("the ky 19") by their bare spelling, where a phrase that two meanings share is left out.

Invariant: a text with a single word that no table knows has no tokens at all, so that a name, a
title or a number with a prefix is never mistaken for a date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary

from schemas.dates import vocabulary as words
from schemas.dates.periods import (
    Period,
    Periods,
    Words,
    bare_words,
    exact_words,
)
from schemas.dates.value import Point, is_calendar_date
from schemas.vietnamese import bare_form, exact_form, normal_text

NUMBER, GROUPED, NTH, ROMAN, TENS, POINT, NAMED, CYCLE = "N", "H", "O", "R", "D", "I", "E", "X"
"""Tokens with a value: 1954; 3.500; 19th; XIX; 1960s; 19/8/1945; Minh Mạng; Kỷ Sửu."""

LONGEST_TEXT = 200
"""Characters; a longer text is a description, not a date."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its code (see :mod:`schemas.dates.vocabulary`), value and text as matched."""

    code: str
    value: int | Point | Period | None = None
    text: str = ""

    @property
    def number(self) -> int:
        """The value of a numeric token."""
        if not isinstance(self.value, int):
            raise ValueError(f"the token {self.code!r} has no number")
        return self.value


_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−~∼"), "–") | {ord("～"): "–"}
_CALENDAR = (
    r"(?P<dmy>(?<![\d/.])\d{1,2}\s?/\s?\d{1,2}\s?/\s?\d{4}(?![\d/\-]|\.\d))"
    r"|(?P<dmy2>(?<![\d/.\-–])\d{1,2}\s?(?P<sep>[.\-–])\s?\d{1,2}\s?(?P=sep)\s?\d{4}"
    r"(?![\d/\-]|\.\d))"
    r"|(?P<ymd>(?<![\d/.\-–])\d{4}(?P<sep2>[/.\-])\d{1,2}(?P=sep2)\d{1,2}(?![\d/\-]|\.\d))"
    r"|(?P<my>(?<![\d/.])\d{1,2}\s?/\s?\d{4}(?![\d/]|\.\d))"
    r"|(?P<my2>(?<![\d/.\-–])\d{1,2}-\d{4}(?![\d/\-]|\.\d))"
    r"|(?P<ym>(?<![\d/.\-–])\d{4}-(?:0[1-9]|1[0-2])(?![\d/\-]|\.\d))"
)
"""Numeric dates: day before month, as in Vietnam."""

_TOKEN = re.compile(
    _CALENDAR
    + r"|(?P<tens>\d{4}(?:'?s))(?![^\W_])"
    + r"|(?P<nth>\d{1,2}(?:st|nd|rd|th|er|ère|re|e|ème|eme)|[ivx]+(?:e|ème|eme|th))(?![^\W_])"
    + r"|(?P<grouped>(?<![\d.,])\d{1,3}(?:[.,]\d{3})+(?![\d]|[.,]\d))"
    + r"|(?P<number>\d+)"
    + r"|(?P<word>tk(?=[ivx]+(?![^\W_]))|[^\W\d_]+)"
    + r"|(?P<punctuation>[^\w\s])"
    + r"|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL,
)
_ROMAN = re.compile(r"x{0,2}(?:ix|iv|v?i{0,3})")
_NTH_ENDING = re.compile(r"[^\Wivx\d]+$")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10}
_MARKED = re.compile(r"[^\W\d_]")
_PUNCTUATION = {
    "-": "-", "–": "-", "/": "/", ",": ",", ";": ";", "(": "(", ")": ")", "?": "?", "&": "&",
    ":": ":", "[": "(", "]": ")",
}  # fmt: skip

Entry = tuple[str, int | Period | None]


def _phrases() -> Iterator[tuple[str, Entry]]:
    for code, alternatives in words.PHRASES.items():
        for phrase in alternatives.split("|"):
            yield phrase, (code, None)
    numbered = (
        (words.MONTH_NAME, words.MONTHS),
        (words.LUNAR_MONTH, words.LUNAR_MONTHS),
        (words.SEASON, words.SEASONS),
        (NTH, words.ORDINALS),
        (CYCLE, words.sexagenary_phrases()),
    )
    for code, table in numbered:
        for value, alternatives in table.items():
            for phrase in alternatives.split("|"):
                yield phrase, (code, value)


@dataclass(frozen=True)
class Lexicon:
    """Every phrase that is known, by its words, in one way of spelling."""

    entries: dict[Words, Entry]
    longest: dict[str, int]
    """The most words of a phrase that begins with this word."""

    def phrase_of(self, found: list[str]) -> tuple[int, Entry] | None:
        """Return the longest phrase that ``found`` begins with: its length and its meaning."""
        for length in range(min(self.longest.get(found[0], 0), len(found)), 0, -1):
            entry = self.entries.get(tuple(found[:length]))
            if entry is not None:
                return length, entry
        return None


def _lexicon(names: dict[Words, Period | None], split: Callable[[str], Words]) -> Lexicon:
    meanings: dict[Words, set[Entry]] = {}
    for phrase, entry in _phrases():
        meanings.setdefault(split(phrase), set()).add(entry)
    entries = {key: next(iter(found)) for key, found in meanings.items() if len(found) == 1}
    for key, period in names.items():
        if key not in meanings and period is not None:
            entries[key] = (NAMED, period)
    longest: dict[str, int] = {}
    for key in entries:
        longest[key[0]] = max(longest.get(key[0], 0), len(key))
    return Lexicon(entries, longest)


_lexicons: WeakKeyDictionary[Periods, tuple[Lexicon, Lexicon]] = WeakKeyDictionary()


def lexicons(periods: Periods) -> tuple[Lexicon, Lexicon]:
    """Return the words for texts with marks and for texts without any."""
    found = _lexicons.get(periods)
    if found is None:
        found = _lexicon(periods.exact, exact_words), _lexicon(periods.bare, bare_words)
        _lexicons[periods] = found
    return found


def tokens_of(text: str, periods: Periods) -> tuple[Token, ...] | None:
    """Return the tokens of a text, or None when a part of it is not known."""
    if len(text) > LONGEST_TEXT:
        return None
    plain = normal_text(unicodedata.normalize("NFKC", text)).translate(_DASHES).strip()
    exact, bare = lexicons(periods)
    is_marked = any(ord(letter) > 127 for letter in _MARKED.findall(plain))
    spell = exact_form if is_marked else bare_form
    pieces = [
        (match.lastgroup or "", match.group())
        for match in _TOKEN.finditer(plain)
        if match.lastgroup != "space"
    ]
    return _tokens(pieces, exact if is_marked else bare, spell, plain)


def _tokens(
    pieces: list[tuple[str, str]], lexicon: Lexicon, spell: Callable[[str], str], plain: str
) -> tuple[Token, ...] | None:
    found: list[Token] = []
    place = 0
    while place < len(pieces):
        kind, text = pieces[place]
        if kind in ("word", "number", "nth"):
            used, tokens = _words_at(pieces, place, lexicon, spell)
        elif kind == "punctuation":
            used, tokens = 1, _punctuation(text, found, plain)
        else:
            used, tokens = 1, _numeric(kind, text)
        if tokens is None:
            return None
        found.extend(tokens)
        place += used
    return tuple(found)


def _words_at(
    pieces: list[tuple[str, str]], place: int, lexicon: Lexicon, spell: Callable[[str], str]
) -> tuple[int, list[Token] | None]:
    """Return how many pieces the phrase at ``place`` takes, and its token."""
    run, taken = _run_of_words(pieces, place)
    spelled = [spell(word) for word in run]
    phrase = lexicon.phrase_of(spelled)
    kind, text = pieces[place]
    if phrase is not None:
        length, (code, value) = phrase
        written = " ".join(run[:length])
        if written == "c" and not _is_circa(pieces, place):
            code = words.CENTURY
        return taken[length - 1], [Token(code, value, written)] if code else []
    if kind == "number":
        return 1, [Token(NUMBER, int(text), text)]
    if kind == "nth":
        digits = _NTH_ENDING.sub("", text)
        value = int(digits) if digits.isdigit() else _roman_value(digits)
        return 1, None if value is None else [Token(NTH, value, text)]
    return _roman_at(pieces, place)


def _is_circa(pieces: list[tuple[str, str]], place: int) -> bool:
    """Whether a lone c is "circa": it has its dot and does not follow "18th"."""
    is_after_nth = place > 0 and pieces[place - 1][0] == "nth"
    return not is_after_nth and pieces[place + 1 : place + 2] == [("punctuation", ".")]


def _run_of_words(pieces: list[tuple[str, str]], place: int) -> tuple[list[str], list[int]]:
    """Return the next words, and how many pieces are used up to each of them.

    The dots, hyphens and apostrophes of "av. J.-C." and "l'an" stand between words of a phrase.
    """
    run: list[str] = []
    taken: list[int] = []
    here = place
    while here < len(pieces) and len(run) < 7:
        kind, text = pieces[here]
        if kind in ("word", "number", "nth"):
            run.append(text)
            taken.append(here - place + 1)
        elif not (kind == "punctuation" and text in ".'-–"):
            break
        here += 1
    return run, taken


def _roman_at(pieces: list[tuple[str, str]], place: int) -> tuple[int, list[Token] | None]:
    """Return a Roman numeral, also one that OCR has drawn apart ("X I X")."""
    text, used = "", 0
    while place + used < len(pieces) and pieces[place + used][0] == "word":
        if not set(pieces[place + used][1]) <= set("ivx"):
            break
        text += pieces[place + used][1]
        used += 1
    value = _roman_value(text)
    return (1, None) if value is None else (used, [Token(ROMAN, value, text)])


def _roman_value(text: str) -> int | None:
    if not text or not _ROMAN.fullmatch(text):
        return None
    values = [_ROMAN_VALUES[letter] for letter in text]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))


def _punctuation(text: str, found: list[Token], plain: str) -> list[Token] | None:
    if text == ".":
        # The dot of an abbreviation or of the end; inside a number it would be a register number.
        is_after_digit = bool(found) and found[-1].code in (NUMBER, GROUPED, POINT)
        return None if is_after_digit and not plain.endswith(".") else []
    code = _PUNCTUATION.get(text)
    if code is None:
        return [] if text in "'\"“”«»" else None
    if code == ":":
        return []
    return [Token(code, None, text)]


def _numeric(kind: str, text: str) -> list[Token] | None:
    if kind == "grouped":
        return [Token(GROUPED, int(re.sub(r"\D", "", text)), text)]
    if kind == "tens":
        return [Token(TENS, int(text[:4]), text)]
    point = None if kind == "other" else _calendar_point(kind, text)
    return None if point is None else [Token(POINT, point, text)]


@lru_cache(maxsize=1 << 12)
def _calendar_point(kind: str, text: str) -> Point | None:
    """Return the date in a group of :data:`_CALENDAR`, or None."""
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    if kind in ("dmy", "dmy2", "my", "my2"):
        numbers.reverse()
    elif kind == "ym" and numbers[1] > numbers[0] % 100:
        # "1901-05" is May 1901 to a computer and 1901 to 1905 to a cataloguer.
        return None
    year, month = numbers[:2]
    day = numbers[2] if len(numbers) > 2 else None
    if not 1 <= year <= 2100 or not is_calendar_date(year, month, day):
        return None
    return Point(year, month, day)
