"""Words of a text: what is indexed and what is looked for, in Python and on the search page.

A word is a run of letters, digits and their marks after NFC, so Tai Viet, Cham and Lao words
stay whole. Letters and digits part company, and one hyphen, point, slash, underscore or
apostrophe joins two parts: ``77.AO.84`` is the word (77, ao, 84), ``B52`` is (b, 52), ``H'Mông``
is (h, mông). A word with digits or an apostrophe can also be looked for *whole*, however it is
joined: 77.AO.84, 77-AO-84 and 77AO84 are one. A Hán-Nôm character is a word of its own.

Invariant: ``search/client/analysis.js`` gives the same words for the same text. It reads its
tables from :func:`analysis_tables`; ``tests/data/search/vectors.json`` holds both to it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from schemas import vietnamese
from schemas.vietnamese import bare_form, exact_form, normal_text

LONGEST_PART = 64
"""Code points of one part that are looked at; longer ones are no words but data."""

MOST_PARTS = 8
"""Parts up to which a word is also kept whole."""

JOINERS = ".-/_'\u2010\u2011\u2012\u2013"
HAN = (
    (0x2E80, 0x2FDF),
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    # Both ideographic planes whole: Nôm is still being encoded, and an older Unicode table
    # must not take a new character for punctuation.
    (0x20000, 0x3FFFD),
)
"""Inclusive ranges of Hán-Nôm characters, each a word of its own."""


@dataclass(frozen=True, slots=True)
class Token:
    """One searchable form.

    Attributes:
        exact: Exact form, with its marks.
        bare: Bare form; never empty.
    """

    exact: str
    bare: str

    @property
    def is_marked(self) -> bool:
        """Say whether the word carries a mark that the bare form loses."""
        return self.exact != self.bare


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text.

    Attributes:
        parts: Its parts in order, at least one.
        whole: The parts written together, when the word can also be looked for whole.
    """

    parts: tuple[Token, ...]
    whole: Token | None = None

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The parts, then the whole if there is one."""
        return self.parts if self.whole is None else (*self.parts, self.whole)


class _Kind(IntEnum):
    BREAK = 0
    LETTER = 1
    DIGIT = 2
    MARK = 3
    JOINER = 4
    HAN = 5


def iter_words(text: str) -> Iterator[Word]:
    """Yield the words of ``text``, in order."""
    for run in normal_text(text).split():
        yield from _words_in_run(run) if len(run) <= LONGEST_PART else _iter_run(run)


@lru_cache(maxsize=1 << 16)
def _words_in_run(run: str) -> tuple[Word, ...]:
    return tuple(_iter_run(run))


def _iter_run(run: str) -> Iterator[Word]:
    """Yield the words of a run without spaces; it is normal text already."""
    parts: list[str] = []
    part_kind = last = _Kind.BREAK
    is_whole_wanted = False
    for character in run:
        kind = _kind(character)
        if kind is _Kind.MARK:
            # A mark belongs to what it stands on; one that stands alone counts as a letter.
            kind = part_kind if last in (_Kind.LETTER, _Kind.DIGIT) else _Kind.LETTER
        if kind in (_Kind.LETTER, _Kind.DIGIT):
            is_whole_wanted |= kind is _Kind.DIGIT
            if kind is last:
                parts[-1] += character
            else:
                parts.append(character)
            part_kind = kind
        elif kind is _Kind.JOINER and last in (_Kind.LETTER, _Kind.DIGIT):
            is_whole_wanted |= character == "'"
        else:
            yield from _word(parts, is_whole_wanted)
            parts, is_whole_wanted = [], False
            if kind is _Kind.HAN:
                yield from _word([character], False)
        last = kind
    yield from _word(parts, is_whole_wanted)


def _word(parts: list[str], is_whole_wanted: bool) -> Iterator[Word]:
    tokens = tuple(token for token in map(_token, parts) if token.bare)
    if tokens:
        has_whole = is_whole_wanted and 1 < len(parts) <= MOST_PARTS
        yield Word(tokens, _token("".join(parts)) if has_whole else None)


@lru_cache(maxsize=1 << 16)
def _token(written: str) -> Token:
    exact = exact_form(written[:LONGEST_PART])
    return Token(exact, bare_form(exact))


@lru_cache(maxsize=1 << 14)
def _kind(character: str) -> _Kind:
    if character in JOINERS:
        return _Kind.JOINER
    if any(first <= ord(character) <= last for first, last in HAN):
        return _Kind.HAN
    category = unicodedata.category(character)
    if category == "Nd":
        return _Kind.DIGIT
    if category[0] in "LN":
        return _Kind.LETTER
    return _Kind.MARK if category in ("Mn", "Mc") else _Kind.BREAK


def analysis_tables() -> dict[str, object]:
    """Return every table and limit of the analysis as JSON data, for the search page."""
    return {
        "tones": vietnamese.TONES,
        "syllable": vietnamese.SYLLABLE,
        "marked_vowels": vietnamese.MARKED_VOWELS,
        "tone_on_second": list(vietnamese.TONE_ON_SECOND),
        "open_y": vietnamese.OPEN_Y,
        "y_to_i": vietnamese.Y_TO_I,
        "respelled": vietnamese.RESPELLED,
        "ignored": [list(pair) for pair in vietnamese.IGNORED],
        "bare_dropped": [list(pair) for pair in vietnamese.BARE_DROPPED],
        "bare_letters": vietnamese.BARE_LETTERS,
        "joiners": JOINERS,
        "han": [list(pair) for pair in HAN],
        "longest_part": LONGEST_PART,
        "most_parts": MOST_PARTS,
    }
