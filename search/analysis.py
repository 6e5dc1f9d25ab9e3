"""Words of a text: what is indexed and what is looked for, in Python and on the search page.

A word is a run of letters, digits and their marks after NFC. Letters and digits part company,
and one hyphen, point, slash, underscore or apostrophe joins two parts: ``77.AO.84`` is the word
(77, ao, 84), ``B52`` is (b, 52), ``K'Ho`` is (k, ho). A word with digits, an apostrophe or a
hyphen can also be looked for *whole*, however it is joined: 77.AO.84, 77-AO-84 and 77AO84 are
one. A Hán-Nôm character is a word of its own. Tai Viet, Cham, Lao, Thai and Khmer, which are
written without spaces, come apart into clusters (a letter with the signs around it) that are
*bound*: the word is found where its clusters stand side by side. A word in Tai Viet is also found
by how its syllables are typed in Latin letters (``schemas/tai_viet.py``): as bare forms of what is
written, so they count less than a word that is written so.

Invariant: ``search/client/search-analysis.js`` gives the same words for the same text. It reads its
tables from :func:`analysis_tables`; ``tests/data/search/vectors.json`` holds both to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from schemas import vietnamese
from schemas.tai_viet import latin_spellings, tai_viet_tables
from schemas.vietnamese import bare_form, exact_form, normal_text, toned_forms

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

CLUSTERED = (
    (0x0E00, 0x0E7F),  # Thai
    (0x0E80, 0x0EFF),  # Lao
    (0x1780, 0x17DD),  # Khmer
    (0xAA00, 0xAA4F),  # Cham
    (0xAA80, 0xAADF),  # Tai Viet
)
"""Inclusive ranges of the scripts that are taken apart into clusters."""

CLUSTER_OPENERS = "เแโใไເແໂໃໄꪵꪶꪹꪻꪼ"
"""Vowel signs written before the letter they belong to: they open its cluster."""

CLUSTER_CLOSERS = "ะาำๅະາຳꪱꪺꪽꫀꫂ" + "".join(map(chr, range(0xAA40, 0xAA4E)))
"""Letters of category Lo that belong to the cluster before: vowels, tones, Cham finals."""

CLUSTER_BINDERS = "\u17d2"
"""Signs that bind the next letter too: the Khmer coeng."""

SILENT_INITIALS = {"hmong": 1}
"""Whole words, bare, and how many first letters some spell and some do not (Mông, Hmông)."""

_WHOLE_JOINERS = "'-"

# What _iter_run finds of letters and digits without marks, a joiner behind them too.
_PLAIN_WORD = re.compile("[a-z0-9]+(?:[-./_'][a-z0-9]+)*[-./_']?")
_PLAIN_PART = re.compile("[a-z]+|[0-9]+")
_HAS_WHOLE = re.compile("[0-9'-]")


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

    @property
    def toned(self) -> tuple[str, ...]:
        """The exact forms it may mean if the tone was left out; empty for most words."""
        return toned_forms(self.exact)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text.

    Attributes:
        parts: Its parts in order, at least one.
        whole: The parts written together, when the word can also be looked for whole.
        is_bound: The parts mean the word only side by side (clusters of a script).
        latin: Its syllables with each of their spellings in Latin letters as the bare form; a
            text is found by them, but they are not looked for.
    """

    parts: tuple[Token, ...]
    whole: Token | None = None
    is_bound: bool = False
    latin: tuple[Token, ...] = ()

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The parts, then the whole if there is one."""
        return self.parts if self.whole is None else (*self.parts, self.whole)

    @property
    def indexed(self) -> tuple[Token, ...]:
        """All that a text with the word is found by."""
        return self.tokens + self.latin


class _Kind(IntEnum):
    BREAK = 0
    LETTER = 1
    DIGIT = 2
    MARK = 3
    JOINER = 4
    HAN = 5


def is_letter(character: str) -> bool:
    """Say whether a character is a letter or a Hán-Nôm character."""
    return _kind(character) in (_Kind.LETTER, _Kind.HAN)


def is_han(character: str) -> bool:
    """Say whether a character is a word of its own."""
    return _kind(character) is _Kind.HAN


def is_word_character(character: str) -> bool:
    """Say whether a character can be part of a word, or join two parts."""
    return _kind(character) is not _Kind.BREAK


def iter_words(text: str) -> Iterator[Word]:
    """Yield the words of ``text``, in order."""
    for run in runs(text):
        yield from words_in_run(run)


def runs(text: str) -> list[str]:
    """Return the runs of a text that spaces part, each ready for :func:`words_in_run`."""
    return normal_text(text).split()


def words_in_run(run: str) -> tuple[Word, ...]:
    """Return the words of one of the :func:`runs` of a text."""
    return _words_in_run(run) if len(run) <= LONGEST_PART else tuple(_iter_run(run))


@lru_cache(maxsize=1 << 16)
def _words_in_run(run: str) -> tuple[Word, ...]:
    return tuple(_iter_run(run))


def _iter_run(run: str) -> Iterator[Word]:
    """Yield the words of a run without spaces; it is normal text already."""
    if run.isascii():
        # Inventory numbers, most of which come once.
        for word in _PLAIN_WORD.findall(run):
            yield from _word(_PLAIN_PART.findall(word), _HAS_WHOLE.search(word) is not None)
        return
    parts: list[str] = []
    letter, digit = _Kind.LETTER, _Kind.DIGIT
    part_kind = last = _Kind.BREAK
    is_whole_wanted = False
    for character in run:
        kind = _kind(character)
        if kind is _Kind.MARK:
            # A mark belongs to what it stands on; one that stands alone counts as a letter.
            kind = part_kind if last is letter or last is digit else letter
        if kind is letter or kind is digit:
            is_whole_wanted |= kind is digit
            if kind is last:
                parts[-1] += character
            else:
                parts.append(character)
            part_kind = kind
        elif kind is _Kind.JOINER and (last is letter or last is digit):
            is_whole_wanted |= character in _WHOLE_JOINERS
        else:
            yield from _word(parts, is_whole_wanted)
            parts, is_whole_wanted = [], False
            if kind is _Kind.HAN:
                yield from _word([character], False)
        last = kind
    yield from _word(parts, is_whole_wanted)


def _word(written: list[str], is_whole_wanted: bool) -> Iterator[Word]:
    parts = [piece for part in written for piece in _clusters(part)]
    is_bound = len(parts) > len(written)
    whole = "".join(written)
    has_whole = (is_whole_wanted or is_bound) and 1 < len(parts) <= MOST_PARTS
    if len(written) <= 2 and written:
        silent = SILENT_INITIALS.get(_token(whole).bare, 0)
        if silent and (has_whole or len(written) == 1):
            yield Word((_token(whole[silent:]),), _token(whole))
            return
    tokens = tuple(token for token in map(_token, parts) if token.bare)
    if tokens:
        latin = tuple(token for part in written for token in _latin(part))
        yield Word(tokens, _token(whole) if has_whole else None, is_bound, latin)


def _clusters(part: str) -> list[str]:
    """Return the clusters of a part in a script that has them, else the part itself."""
    clusters: list[str] = []
    is_open = False
    if part.isascii():
        return [part]
    for character in part:
        is_mark = _kind(character) is _Kind.MARK
        if not (is_mark or _is_clustered(character)):
            return [part]
        is_sign = is_mark or character in CLUSTER_CLOSERS
        if clusters and (is_open or is_sign):
            clusters[-1] += character
        else:
            clusters.append(character)
        is_open = character in CLUSTER_BINDERS or (
            character in CLUSTER_OPENERS or (is_open and is_sign)
        )
    return clusters


@lru_cache(maxsize=1 << 16)
def _token(written: str) -> Token:
    written = written[:LONGEST_PART]
    if written.isascii() and written.isalnum() and not written.isalpha():
        # A number has no marks to lose: its forms are itself, and no two are alike.
        number = written.lower()
        return Token(number, number)
    exact = exact_form(written)
    return Token(exact, bare_form(exact))


@lru_cache(maxsize=1 << 14)
def _latin(part: str) -> tuple[Token, ...]:
    return tuple(
        Token(syllable, spelling)
        for syllable, spellings in latin_spellings(_token(part).bare)
        for spelling in spellings
    )


@lru_cache(maxsize=1 << 12)
def _is_clustered(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in CLUSTERED)


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
        "whole_joiners": _WHOLE_JOINERS,
        "han": [list(pair) for pair in HAN],
        "clustered": [list(pair) for pair in CLUSTERED],
        "cluster_openers": CLUSTER_OPENERS,
        "cluster_closers": CLUSTER_CLOSERS,
        "cluster_binders": CLUSTER_BINDERS,
        "silent_initials": SILENT_INITIALS,
        "longest_part": LONGEST_PART,
        "most_parts": MOST_PARTS,
        "tai_viet": tai_viet_tables(),
    }
