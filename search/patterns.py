"""Words with ``*`` and ``?``: beginnings of words, and any part of a number.

``đi*`` is every word that begins so. A word with a digit may have ``*`` (any signs, also none)
and ``?`` (one sign) anywhere after its first sign, and is compared with numbers written whole:
``77.AO.*``, ``77*84``, ``195?``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from schemas.vietnamese import bare_form, normal_text
from search.analysis import JOINERS, iter_words

WILDCARDS = "*?"
MOST_EXPANSIONS = 512
"""Words of the index a pattern stands for at most: the first in the order of code points."""


@dataclass(frozen=True)
class Pattern:
    """A pattern over the bare forms of an index.

    Attributes:
        prefixes: What a word begins with, one of them; two where y and i are one at the end of
            a syllable and not before another letter (``quy*`` is quy and quyết).
        rest: What comes after the prefix, ``*`` and ``?`` and plain signs.
    """

    prefixes: tuple[str, ...]
    rest: str

    def fits(self, word: str) -> bool:
        """Say whether a bare form fits."""
        return any(
            word.startswith(prefix) and self._rest.fullmatch(word, len(prefix)) is not None
            for prefix in self.prefixes
        )

    @cached_property
    def _rest(self) -> re.Pattern[str]:
        return re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in self.rest))


def pattern_of(chunk: str) -> Pattern | None:
    """Return the pattern of a word as typed, or None when it has no wildcard that counts."""
    has_digit = any("0" <= character <= "9" for character in chunk)
    if has_digit and any(sign in chunk for sign in WILDCARDS):
        return _number_pattern(chunk)
    if chunk.endswith("*"):
        words = list(iter_words(chunk))
        tokens = [token for word in words for token in word.parts]
        if len(tokens) == 1:
            return Pattern(_prefixes(chunk, tokens[0].bare), "*")
    return None


def _prefixes(chunk: str, bare: str) -> tuple[str, ...]:
    """Return the bare form, and with it the one whose last y has stayed y."""
    if not bare.endswith("i") or not normal_text(chunk).rstrip("*").endswith(_YS):
        return (bare,)
    return (bare, bare[:-1] + "y")


_YS = tuple("yýỳỷỹỵ")


def _number_pattern(chunk: str) -> Pattern | None:
    prefix, rest = "", ""
    for character in normal_text(chunk):
        if character in WILDCARDS:
            rest += character
        elif character in JOINERS:
            continue
        else:
            bare = bare_form(character)
            prefix, rest = (prefix, rest + bare) if rest else (prefix + bare, rest)
    return Pattern((prefix,), rest) if prefix and rest else None
