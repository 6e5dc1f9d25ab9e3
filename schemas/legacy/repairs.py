"""Letters that conversion alone does not bring back.

* **ư lost.** TCVN3 has ư at the code of the soft hyphen, which many programs throw away:
  ``th­êng`` becomes ``thêng``, and read as TCVN3 ``thờng``.
* **Converted twice.** Good Unicode sent through a converter has its Latin-1 letters taken for
  codes: ``Các`` becomes ``Cỏc`` by TCVN3, ``không`` becomes ``khơng`` by VNI.

Only an impossible word that has one possible source is certain. A possible word that has a source
too (``ngời``, ``cĩ``) is for a person to judge.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from schemas.legacy.charsets import letters_of
from schemas.legacy.syllables import is_syllable

_WORD = re.compile(r"[^\W\d_]+")
_LATIN_1 = "àáâãèéêìíòóôõùúýÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ"
_VOWELS = frozenset("aăâeêioôơuưy")
# Possible words that in such text are more often another one without its ư.
_OFTEN_LOST = frozenset({"ngời", "mời", "tơi", "lới", "dới", "đa", "cha", "xa", "ma"})
# The one word without a vowel that is no abbreviation either ("tr. 5", "th. 9"): như.
_SURE_WITHOUT_VOWEL = frozenset({"nh"})
_MAX_WORD = 12


@dataclass(frozen=True)
class Repaired:
    """A text with what was certain repaired.

    Attributes:
        text: The text.
        restored: Number of words repaired.
        doubtful: Words that may be wrong, and what they may have been.
    """

    text: str
    restored: int = 0
    doubtful: tuple[tuple[str, str], ...] = ()


def restore_u(text: str) -> Repaired:
    """Return text with each lost ư put back where that is certain, and the doubtful words.

    Args:
        text: Unicode text that came from TCVN3 without its soft hyphens.
    """
    return _repaired(text, _with_u)


def restore_second(text: str, charset: str) -> Repaired:
    """Return text that was converted once too often with what is certain put back.

    Args:
        text: Unicode text.
        charset: The set it was taken for, ``tcvn3`` or ``vni``.
    """
    return _repaired(text, lambda word: _second_sources(word, charset))


def second_source(word: str, charset: str) -> str:
    """Return the one word that became the impossible ``word`` by a second conversion, or empty."""
    word = _core(word)
    if _may_be_meant(word):
        return ""
    sure, _doubt = _second_sources(word, charset)
    return sure


def _repaired(text: str, sources: Callable[[str], tuple[str, str]]) -> Repaired:
    doubtful: list[tuple[str, str]] = []
    count = 0

    def restored(match: re.Match[str]) -> str:
        nonlocal count
        sure, doubt = sources(match[0])
        if doubt and not _is_unit_of_measure(match):
            doubtful.append((match[0], doubt))
        count += bool(sure)
        return sure or match[0]

    new = _WORD.sub(restored, unicodedata.normalize("NFC", text))
    return Repaired(new, count, tuple(doubtful))


@lru_cache(maxsize=1 << 12)
def _with_u(word: str) -> tuple[str, str]:
    """Return the word with its ư where that is certain, or the doubtful one; else empty."""
    if len(word) > _MAX_WORD:
        return "", ""
    is_possible = is_syllable(word)
    if is_possible and word.lower() not in _OFTEN_LOST:
        return "", ""
    letter = "Ư" if word.isupper() and len(word) > 1 else "ư"
    found = [
        longer
        for place in range(1, len(word) + 1)
        if is_syllable(longer := word[:place] + letter + word[place:])
    ]
    if not found:
        return "", ""
    has_vowel = any(base in _VOWELS for base in _bases(word))
    is_sure = has_vowel or word in _SURE_WITHOUT_VOWEL
    if is_possible or len(found) > 1 or not is_sure:
        return "", found[0] if has_vowel or word.islower() else ""
    return found[0], ""


@lru_cache(maxsize=1 << 12)
def _second_sources(word: str, charset: str) -> tuple[str, str]:
    """Return the certain source of a word converted twice, or the doubtful one; else empty."""
    if not word.isalpha() or word.isascii() or len(word) > _MAX_WORD:
        return "", ""
    images = _images(charset)
    choices: list[tuple[str, ...]] = []
    for letter in word:
        sources = images.get(letter, ())
        # A letter that the conversion changes cannot have come through it as it is.
        if letter not in letters_of(charset) or letter not in _LATIN_1:
            sources = (letter, *sources)
        if not sources:
            return "", ""
        choices.append(sources)
    found = {"".join(letters) for letters in product(*choices)} - {word}
    found = {source for source in found if is_syllable(source)}
    if len(found) != 1:
        return "", ""
    return ("", found.pop()) if _may_be_meant(word) else (found.pop(), "")


def _may_be_meant(word: str) -> bool:
    """Say whether somebody may have written the word: ``cĩ`` breaks a rule, and is read as kĩ."""
    respelled = "k" + word[1:] if word[:1].lower() == "c" and word[1:2] != "h" else word
    return is_syllable(word) or is_syllable(respelled)


@lru_cache(maxsize=2)
def _images(charset: str) -> dict[str, tuple[str, ...]]:
    images: dict[str, tuple[str, ...]] = {}
    letters = letters_of(charset)
    for letter in _LATIN_1:
        image = letters.get(letter)
        if image:
            images[image] = (*images.get(image, ()), letter)
    return images


def _is_unit_of_measure(match: re.Match[str]) -> bool:
    """Say whether a word without a vowel stands after a number (``5 m``) or before a full stop."""
    if any(base in _VOWELS for base in _bases(match[0])):
        return False
    before, after = match.string[: match.start()].rstrip(), match.string[match.end() :]
    return before[-1:].isdigit() or after[:1] == "."


def _bases(word: str) -> str:
    toneless = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in toneless if letter.isalpha())


def _core(word: str) -> str:
    match = _WORD.search(word)
    return match[0] if match else ""
