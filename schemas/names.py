"""Names compared word by word, in the two spellings of :mod:`schemas.vietnamese`.

Hyphens, dots and brackets part words and apostrophes vanish, so that *H'Mông* is *Hmông* and
*Khơ-mú* is *Khơ Mú*.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from schemas.vietnamese import bare_form, exact_form, normal_text

Words = tuple[tuple[str, str], ...]
"""The words of a name, each as (exact form, bare form)."""


@lru_cache(maxsize=1 << 12)
def words_of(text: str) -> Words:
    """Return the words of a name."""
    letters = normal_text(text).replace("'", "")
    parted = "".join(" " if _parts_words(letter) else letter for letter in letters)
    return tuple((exact_form(word), bare_form(word)) for word in parted.split())


def exact_key(words: Words) -> str:
    """Return the words with their marks, as one string."""
    return " ".join(exact for exact, _bare in words)


def bare_key(words: Words) -> str:
    """Return the words without marks, as one string."""
    return " ".join(bare for _exact, bare in words)


def may_be(written: Words, name: Words) -> bool:
    """Say whether each word written is that of the name, or is it typed without any mark.

    A word with other marks is another word: *Tây* is not *Tày*, while *Tay* may be.
    """
    return len(written) == len(name) and all(
        word == named or (word == bare and bare == named_bare)
        for (word, bare), (named, named_bare) in zip(written, name, strict=True)
    )


def _parts_words(letter: str) -> bool:
    return not letter.isalnum() and unicodedata.category(letter)[0] in "PZSC"
