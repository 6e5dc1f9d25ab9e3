"""Suggestions while typing: numbers, words of titles, values of facets.

An index keeps for every document its :func:`suggestions_of`: what could be suggested, under the
*key* it is found by, which is a text of bare forms with one space between them. Three kinds:

* ``number``: an inventory number, under its bare form written together (``77ao84``);
* ``word``: one word of a title or two that stand side by side, in lower case as they are written;
* the name of a facet: a value of it, under its words from each of them on, so that *Thái* and
  *khăn* both suggest *khăn piêu Thái*. Facets whose values are codes are left out.

What a typed text suggests:

* Its last word is a beginning, unless a space follows. A typed letter without marks stands for any
  letter it is the bare form of, one with marks only for itself; so does a tone.
* Numbers and values that the whole text fits; words that its last two words fit, or else single
  words that the last fits while it is typed, with what was typed before them in front.
* Numbers come first in the order of their keys, then values and words by how many documents have
  them, most first, then in the order of code points. A word that is the same as a value is left
  out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from schemas.vietnamese import TONES, normal_text
from search.analysis import Token, iter_words
from search.query import SPACES

NUMBER, WORD = "number", "word"

SHORTEST = 2
"""Letters and digits without marks that are typed before anything is suggested; of other scripts
one sign is enough."""

CODED_FACETS = frozenset({"kind", "period", "has", "rights"})
"""Facets whose values are codes: nobody types them."""

LONGEST_TEXT = 80
"""Characters of a text that may be suggested, and of what is typed that is read, at its end."""

_SPACES = re.compile(f"[{re.escape(SPACES)}]+")
_MARKS_AROUND = ".,;:!?()[]{}<>\"'“”‘’„«»…–—-/|*_"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """What a document can be suggested by.

    Attributes:
        key: What it is found by.
        kind: ``number``, ``word`` or the name of a facet.
        text: What is suggested.
    """

    key: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One suggestion.

    Attributes:
        text: What to search for: a query, or the value of a facet.
        kind: ``number``, ``word`` or the name of the facet the value is of.
        count: How many documents have it: as their number, in a title, or as a value.
    """

    text: str
    kind: str
    count: int


class SuggestionReader(Protocol):
    """What suggesting asks of an index."""

    def suggestions(self, prefix: str) -> Iterable[tuple[Entry, int]]:
        """Return the entries whose key begins so, in any order, with how many documents have it."""
        ...


def suggestions_of(
    identifier: str, titles: Iterable[str], facets: Iterable[tuple[str, str]]
) -> tuple[Entry, ...]:
    """Return what a document can be suggested by, each once.

    Args:
        identifier: Its inventory number.
        titles: Its titles in every language.
        facets: (field, value) it is counted by.
    """
    entries: dict[Entry, None] = {}
    entries |= dict.fromkeys(number_suggestions(identifier, _bare(identifier)))
    for title in titles:
        entries |= dict.fromkeys(Entry(key, WORD, text) for key, text in title_suggestions(title))
    for field, value in facets:
        if field not in CODED_FACETS and len(value) <= LONGEST_TEXT:
            words = _bare(value)
            keys = (" ".join(words[place:]) for place in range(len(words)))
            entries |= {Entry(key, field, value): None for key in keys}
    return tuple(entries)


def number_suggestions(identifier: str, bare: Iterable[str]) -> tuple[Entry, ...]:
    """Return what an inventory number can be suggested by, given the bare forms of its parts."""
    key = "".join(bare)
    return (Entry(key, NUMBER, identifier),) if key and len(identifier) <= LONGEST_TEXT else ()


def suggest(text: str, reader: SuggestionReader, limit: int = 8) -> tuple[Suggestion, ...]:
    """Return what a text that is being typed may become, best first.

    Args:
        text: As typed so far.
        reader: The index.
        limit: How many suggestions at most.
    """
    text = normal_text(text)[-LONGEST_TEXT:]
    is_ended = text[-1:] in SPACES
    chunks = [chunk for chunk in _SPACES.split(text) if chunk]
    whole = _Typed(chunks, is_ended)
    values = whole.values(reader)
    words = _Typed(chunks[-2:], is_ended).words(reader, chunks[:-2])
    if not words and len(chunks) > 1 and not is_ended:
        words = _Typed(chunks[-1:], is_ended).words(reader, chunks[:-1], is_alone=True)
    shown = {normal_text(entry.text) for entry in values}
    others = [*values, *(entry for entry in words if entry.text not in shown)]
    others.sort(key=lambda entry: (-entry.count, entry.text, entry.kind))
    return (*whole.numbers(reader), *others)[:limit]


class _Typed:
    """The words at the end of what is typed."""

    def __init__(self, chunks: list[str], is_ended: bool) -> None:
        self._tokens = _tokens(" ".join(chunks))
        self._is_ended = is_ended

    def numbers(self, reader: SuggestionReader) -> list[Suggestion]:
        """Return the numbers that begin so; only what has a digit is a number."""
        key = "".join(token.bare for token in self._tokens)
        if not any(character.isdecimal() for character in key):
            return []
        found = [(entry, n) for entry, n in self._found(reader, key) if entry.kind == NUMBER]
        return [Suggestion(entry.text, NUMBER, count) for entry, count in sorted(found)]

    def values(self, reader: SuggestionReader) -> list[Suggestion]:
        """Return the values of facets with words that begin so, each once."""
        found = (
            Suggestion(entry.text, entry.kind, count)
            for entry, count in self._entries(reader)
            if entry.kind not in (NUMBER, WORD)
        )
        return list(dict.fromkeys(found))

    def words(
        self, reader: SuggestionReader, before: list[str], *, is_alone: bool = False
    ) -> list[Suggestion]:
        """Return the words that begin so, with what was typed before them in front."""
        return [
            Suggestion(" ".join((*before, entry.text)), WORD, count)
            for entry, count in self._entries(reader)
            if entry.kind == WORD and not (is_alone and " " in entry.text)
        ]

    def _entries(self, reader: SuggestionReader) -> Iterator[tuple[Entry, int]]:
        prefix = " ".join(token.bare for token in self._tokens)
        for entry, count in self._found(reader, prefix + " " * self._is_ended):
            if self._fits(entry):
                yield entry, count

    def _found(self, reader: SuggestionReader, prefix: str) -> Iterable[tuple[Entry, int]]:
        is_enough = len(prefix) >= SHORTEST or (prefix and not prefix.isascii())
        return reader.suggestions(prefix) if is_enough else ()

    def _fits(self, entry: Entry) -> bool:
        """Say whether the marks that were typed are those of the entry."""
        tokens = _tokens(entry.text)[-(entry.key.count(" ") + 1) :]
        return len(tokens) >= len(self._tokens) and all(
            _may_become(typed.exact, token.exact)
            for typed, token in zip(self._tokens, tokens, strict=False)
        )


def _may_become(typed: str, exact: str) -> bool:
    """Say whether what is typed may be the beginning of a word; one typed whole is, too."""
    letters, tone = _letters(typed)
    others, other_tone = _letters(exact)
    return (not tone or tone == other_tone) and all(
        one in (other, other[0]) for one, other in zip(letters, others, strict=False)
    )


def _letters(word: str) -> tuple[list[str], str]:
    """Return the letters of a word, each decomposed and without tone, and the tone marks."""
    letters: list[str] = []
    tone = ""
    for character in unicodedata.normalize("NFD", word).replace("đ", "d\u0335"):
        if character in TONES:
            tone += character
        elif letters and unicodedata.category(character).startswith("M"):
            letters[-1] += character
        else:
            letters.append(character)
    return letters, tone


@lru_cache(maxsize=1 << 15)
def _chunk(chunk: str) -> tuple[str, str, bool, bool]:
    """Return the word of a chunk, its key, and whether no sign stands before or after it."""
    word = chunk.strip(_MARKS_AROUND)
    return word, " ".join(_bare(word)), chunk.startswith(word), chunk.endswith(word)


def title_suggestions(title: str) -> Iterator[tuple[str, str]]:
    """Yield (key, text) of the words of a title, and of every two that no sign parts."""
    chunks = [_chunk(chunk) for chunk in unicodedata.normalize("NFC", title).lower().split()]
    for word, key, _is_front, _is_end in chunks:
        if key and len(word) <= LONGEST_TEXT:
            yield key, word
    for (one, first, _front, is_end), (other, second, is_front, _end) in pairwise(chunks):
        if first and second and is_end and is_front and len(one) + len(other) < LONGEST_TEXT:
            yield f"{first} {second}", f"{one} {other}"


def _tokens(text: str) -> list[Token]:
    return [token for word in iter_words(text) for token in word.parts]


def _bare(text: str) -> list[str]:
    return [token.bare for token in _tokens(text)]


def suggestion_tables() -> dict[str, object]:
    """Return the numbers of suggesting as JSON data, for the search page."""
    return {"shortest_suggested": SHORTEST, "longest_suggested": LONGEST_TEXT}
