"""Spelling keys for text that people write in more than one way, Vietnamese first.

Two keys, both strings and both pure functions of the text:

* the *exact form* keeps every mark and only unites spellings of one word: NFC, lower case, the
  tone on one agreed letter (``hòa`` = ``hoà``, ``thủy`` = ``thuỷ``, ``lọai`` = ``loại``) and
  i for y in the open syllables where both are in use (``kỹ`` = ``kĩ``, ``quý`` = ``quí``, but
  never ``tay`` = ``tai``);
* the *bare form* is for people who type without marks: marks off, đ → d, and the letters of
  other Latin alphabets that have no decomposition, by a table.

Invariant: ``exact_form`` and ``bare_form`` are idempotent, the same for NFC and NFD, and the
bare form is a function of the exact form: words with one exact form have one bare form.

The rules are data (the constants below): the search page applies the very same ones, which
``search.static`` writes out for it.

Source: on tone placement and i/y, Quyết định 1989/QĐ-BGDĐT (2018) and the older spelling it
replaced; both are found in inventories.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

TONES = "\u0300\u0301\u0303\u0309\u0323"
"""The five tone marks: huyền, sắc, ngã, hỏi, nặng."""

SYLLABLE = (
    "(qu(?=[aăâeêioôơuưy])|gi(?=[aăâeêioôơuưy])|ngh|ng|nh|gh|kh|ph|th|tr|ch|[bcdđghklmnpqrstvx]|)"
    "([aăâeêioôơuưy]{1,3})"
    "(ch|nh|ng|[cmnpt]|)"
)
"""A toneless Vietnamese syllable: onset, vowels, coda. Valid in Python and in JavaScript."""

MARKED_VOWELS = "ăâêôơư"
TONE_ON_SECOND = ("oa", "oe", "uy")
"""Open vowel pairs that carry the tone on their second letter, as closed pairs always do."""

OPEN_Y = "(h|k|l|m|s|t|qu|b|v)([yýỳỷỹỵ])"
"""The syllables in which y and i are spellings of the same word."""

Y_TO_I = {"y": "i", "ý": "í", "ỳ": "ì", "ỷ": "ỉ", "ỹ": "ĩ", "ỵ": "ị"}

RESPELLED = {"ς": "σ", "ʼ": "'", "ʻ": "'", "ʹ": "'", "’": "'", "‘": "'", "`": "'", "´": "'"}
"""Characters that are another one in disguise: a final sigma, the many apostrophes."""

IGNORED = (
    (0xAD, 0xAD),  # soft hyphen
    (0x34F, 0x34F),  # combining grapheme joiner
    (0x200C, 0x200F),  # joiners and direction marks; the zero-width space stays a space
    (0x202A, 0x202E),
    (0x2060, 0x2064),
    (0x2066, 0x2069),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),
    (0xE0100, 0xE01EF),
)
"""Inclusive ranges of code points that are not seen and mean nothing to a search."""

BARE_DROPPED = (
    (0x0300, 0x036F),
    (0x0483, 0x0487),
    (0x0E48, 0x0E4B),  # Thai tone marks
    (0x0EC8, 0x0ECB),  # Lao tone marks
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xAABF, 0xAAC2),  # Tai Viet tone marks: old texts are written without them
    (0xFE20, 0xFE2F),
)
"""Inclusive ranges left out of bare forms. Vowel signs of other scripts are letters and stay."""

BARE_LETTERS = {
    "đ": "d", "ð": "d", "ɖ": "d", "ɗ": "d", "ƀ": "b", "ɓ": "b", "ꞗ": "b", "ł": "l", "ƚ": "l",
    "ŀ": "l", "ø": "o", "ɵ": "o", "ɔ": "o", "ɛ": "e", "ə": "e", "ǝ": "e", "ı": "i", "ɨ": "i",
    "ɩ": "i", "ȷ": "j", "ʉ": "u", "ħ": "h", "ŧ": "t", "ŋ": "ng", "ɲ": "nh", "ŉ": "n", "ĸ": "k",
    "ƙ": "k", "ſ": "s", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ﬀ": "ff", "ﬁ": "fi",
    "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
}  # fmt: skip
"""Lower-case letters that no decomposition takes apart. ƀ č ŏ ŭ are everyday Bahnar and Jrai."""

_SYLLABLE = re.compile(SYLLABLE)
_OPEN_Y = re.compile(OPEN_Y)


def _characters(ranges: Iterable[tuple[int, int]]) -> Iterable[int]:
    return (point for first, last in ranges for point in range(first, last + 1))


_PREPARE = dict.fromkeys(_characters(IGNORED)) | {ord(old): new for old, new in RESPELLED.items()}
_BARE = dict.fromkeys(_characters(BARE_DROPPED)) | {
    ord(old): new for old, new in BARE_LETTERS.items()
}


def normal_text(text: str) -> str:
    """Return ``text`` in NFC and lower case, without invisible characters.

    The form every key is made from and every comparison of headings can rest on.
    """
    if text.isascii():
        return text.lower().translate(_PREPARE) if "`" in text else text.lower()
    lower = unicodedata.normalize("NFC", text).lower()
    return unicodedata.normalize("NFC", lower.translate(_PREPARE))


@lru_cache(maxsize=1 << 16)
def exact_form(word: str) -> str:
    """Return the key that unites spellings of one word and keeps its marks.

    Args:
        word: One word; a text of several is only brought to :func:`normal_text`.
    """
    return _i_for_y(_tone_placed(normal_text(word)))


@lru_cache(maxsize=1 << 16)
def bare_form(word: str) -> str:
    """Return the key of ``word`` as typed without any mark; may be empty.

    ``Điện`` gives ``dien``, ``œuvre`` gives ``oeuvre``; vowel signs of other scripts stay.
    """
    apart = unicodedata.normalize("NFD", exact_form(word))
    return _i_for_y(unicodedata.normalize("NFC", apart.translate(_BARE)))


def _tone_placed(word: str) -> str:
    apart = unicodedata.normalize("NFD", word)
    tones = [mark for mark in apart if mark in TONES]
    if len(tones) != 1:
        return word
    toneless = unicodedata.normalize("NFC", apart.replace(tones[0], ""))
    syllable = _SYLLABLE.fullmatch(toneless)
    if syllable is None:
        return word
    onset, vowels, coda = syllable.groups()
    carrier = len(onset) + _tone_carrier(vowels, is_open=not coda)
    toned = toneless[: carrier + 1] + tones[0] + toneless[carrier + 1 :]
    return unicodedata.normalize("NFC", toned)


def toned_forms(exact: str) -> tuple[str, ...]:
    """Return a toneless syllable with each of the five tones, or nothing.

    ``điên`` gives điền, điến, điễn, điển, điện: what a person means who types the letters and
    leaves out the tones. A word without marks, with a tone, or that is no Vietnamese syllable
    gives nothing.

    Args:
        exact: A word in its exact form.
    """
    syllable = _SYLLABLE.fullmatch(exact)
    if syllable is None or exact == bare_form(exact):
        return ()
    onset, vowels, coda = syllable.groups()
    after = len(onset) + _tone_carrier(vowels, is_open=not coda) + 1
    toned = (exact[:after] + tone + exact[after:] for tone in TONES)
    return tuple(unicodedata.normalize("NFC", word) for word in toned)


def _tone_carrier(vowels: str, *, is_open: bool) -> int:
    """Return the position of the vowel that carries the tone."""
    marked = [place for place, vowel in enumerate(vowels) if vowel in MARKED_VOWELS]
    if marked:
        return marked[-1]
    if len(vowels) == 3:
        return 1
    if len(vowels) == 2 and (not is_open or vowels in TONE_ON_SECOND):
        return 1
    return 0


def _i_for_y(word: str) -> str:
    syllable = _OPEN_Y.fullmatch(word)
    return syllable[1] + Y_TO_I[syllable[2]] if syllable else word
