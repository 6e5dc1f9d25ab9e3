"""The order of Vietnamese words: a ă â b c d đ e ê …, and the tones only where letters are equal.

Two keys compare texts in three steps, as dictionaries do: letters first, then tones, then capitals.
A letter of another alphabet stands after the Latin ones; what is neither letter nor digit parts
words, and a shorter word comes first (*ba lá* before *bàn*).

Source: Unicode CLDR 45, ``common/collation/vi.xml`` (letters: ă â after a, đ after d, ê, ô ơ, ư;
tones: huyền, hỏi, ngã, sắc, nặng).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from schemas.vietnamese import BARE_LETTERS

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
"""The letters in their order; f, j, w and z as in foreign words."""

TONES_IN_ORDER = "\u0300\u0309\u0303\u0301\u0323"
"""No tone comes first, then huyền, hỏi, ngã, sắc, nặng."""

OTHER = "#"
"""Heading of what starts with no Latin letter."""

SortKey = tuple[tuple[int, ...], tuple[int, ...], str]

_LETTERS = {letter: place for place, letter in enumerate(ALPHABET)}
_TONES = {tone: place for place, tone in enumerate(TONES_IN_ORDER, start=1)}
# Word ends and digits come before letters, other alphabets after them.
_GAP, _DIGITS, _LATIN, _FOREIGN = 0, 1, 20, 100
_ASCII_NAMES = {"ă": "aw", "â": "aa", "đ": "dd", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw"}


@lru_cache(maxsize=1 << 14)
def sort_key(text: str) -> SortKey:
    """Return the key by which a text stands in a Vietnamese list.

    The last part is the text itself, so that two different texts never have one key.
    """
    letters: list[int] = []
    tones: list[int] = []
    for letter, tone in _parted(text):
        letters.append(_weight(letter))
        tones.append(tone)
    return tuple(letters), tuple(tones), text


def first_letter(text: str) -> str:
    """Return the letter of the alphabet a text is filed under, a capital, or :data:`OTHER`."""
    for letter, _tone in _parted(text):
        if letter.isalnum():
            return letter.upper() if letter in _LETTERS else OTHER
    return OTHER


def letter_order(heading: str) -> int:
    """Return the place of a heading given by :func:`first_letter`; :data:`OTHER` is last."""
    return _LETTERS.get(heading.lower(), len(ALPHABET))


def letter_name(heading: str) -> str:
    """Return a heading as ASCII, as in addresses: ``Đ`` is ``dd``, the way it is typed in Telex."""
    if heading == OTHER:
        return "other"
    return _ASCII_NAMES.get(heading.lower(), heading.lower())


def _parted(text: str) -> list[tuple[str, int]]:
    """Return the characters of a text, each with the number of its tone."""
    letters = unicodedata.normalize("NFC", text).lower()
    return [part for letter in letters for part in _parts_of(letter)]


@lru_cache(maxsize=1 << 12)
def _parts_of(character: str) -> tuple[tuple[str, int], ...]:
    """Return the characters that one stands for in the order, each with the number of its tone."""
    marks = unicodedata.normalize("NFD", character)
    tone = next((_TONES[mark] for mark in marks if mark in _TONES), 0)
    plain = unicodedata.normalize("NFC", "".join(m for m in marks if m not in _TONES))
    if plain not in _LETTERS and len(plain) == 1 and plain.isalpha():
        # é is e with a tone; ü and č are filed under the letter they are made from.
        base = unicodedata.normalize("NFD", plain)[0]
        plain = BARE_LETTERS.get(base, base)
    return tuple((part, tone) for part in plain)


def _weight(letter: str) -> int:
    if letter in _LETTERS:
        return _LATIN + _LETTERS[letter]
    if letter.isdecimal():
        return _DIGITS + int(letter)
    return _FOREIGN + ord(letter) if letter.isalpha() else _GAP
