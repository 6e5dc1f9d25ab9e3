"""What an index holds of a document: keys, the same for every engine.

A key is a text that a document has or has not; an engine maps each to the documents that have
it, and lists the keys that begin alike. Everything a query asks is asked by keys:

    w BARE ␟ EXACT ␟ LEVEL    a word; LEVEL is the position in ``LEVELS`` of the best level at
                               which the document has this exact form
    p BARE SPACE BARE          two parts of words that stand next to each other in one text
    n NAME ␟ BARE ␟ EXACT     a word in a field
    f NAME ␟ VALUE             a value of a facet
    y FIRST ␟ LAST             the first and the last year of its dates

(without the spaces shown; ␟ is U+001F, which no word holds). All words with one bare form begin
alike, so one listing answers what the bare form finds and what each exact form finds, and a typed
beginning of a word is the beginning of its keys; in a field likewise.

Invariant: keys depend on the document alone, so engines, processes and computers agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from search.analysis import Word, iter_words
from search.date_query import Years
from search.documents import LEVELS, SearchDocument, order_key

SEPARATOR = "\x1f"
PAIR = "p"
"""How the key of a pair begins; an engine need not list these by their beginnings."""

FACETS = "f"
SPANS = "y"
"""How the keys of all facets, and of all years, begin."""

# Materials, places and kinds say the same in thousands of records.
_SHORT = 60
LONGEST_FACET = 4000
"""Code points of a facet's value that are kept; values alike so far count as one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What an engine stores of one document.

    Attributes:
        item_id: The item.
        order: What orders documents of equal score.
        added: When the item came into the archive, RFC 3339, or empty.
        display: JSON of what a hit shows.
        keys: Its keys, none twice, in no order.
    """

    item_id: str
    order: str
    added: str
    display: str
    keys: list[str]


def entry_for(document: SearchDocument) -> Entry:
    """Return what an engine stores of ``document``."""
    display = {
        "identifier": document.identifier,
        "titles": document.titles,
        "date": document.date,
        "thumbnail": document.thumbnail,
    }
    return Entry(
        document.item_id,
        order_key(document),
        document.added,
        json.dumps(display, ensure_ascii=False),
        list(keys_of(document)),
    )


def keys_of(document: SearchDocument) -> set[str]:
    """Return the keys of a document."""
    best: dict[str, int] = {}
    keys: set[str] = set()
    for level, name in enumerate(LEVELS):
        for text in document.texts.get(name, ()):
            words = _words(text)
            for word in words:
                for token in word.tokens:
                    best.setdefault(f"{word_prefix(token.bare)}{token.exact}{SEPARATOR}", level)
            parts = [token.bare for word in words for token in word.parts]
            keys.update([f"{PAIR}{first} {second}" for first, second in pairwise(parts)])
    keys.update([f"{word}{level}" for word, level in best.items()])
    keys.update(_field_keys(document.fields))
    keys.update(facet_key(name, value) for name, value in document.facets)
    if document.span:
        keys.add(span_key(document.span))
    return keys


def _field_keys(fields: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, text in fields:
        for word in _words(text):
            for token in word.tokens:
                yield f"{field_prefix(name, token.bare)}{SEPARATOR}{token.exact}"


def _words(text: str) -> tuple[Word, ...]:
    return _short_words(text) if len(text) <= _SHORT else tuple(iter_words(text))


@lru_cache(maxsize=1 << 14)
def _short_words(text: str) -> tuple[Word, ...]:
    return tuple(iter_words(text))


def word_prefix(bare: str) -> str:
    """Return how the keys of all words with one bare form begin."""
    return f"w{bare}{SEPARATOR}"


def beginning_prefix(bare: str) -> str:
    """Return how the keys of all words begin whose bare form begins with ``bare``."""
    return f"w{bare}"


def word_of(key: str) -> tuple[str, int]:
    """Return the exact form of a word's key, and its level."""
    _bare, exact, level = key.split(SEPARATOR)
    return exact, int(level)


def bare_of(key: str) -> str:
    """Return the bare form of a word's key."""
    return key[1 : key.index(SEPARATOR)]


def pair_key(pair: str) -> str:
    """Return the key of two bare forms, joined by a space, that stand side by side."""
    return f"{PAIR}{pair}"


def field_prefix(name: str, bare: str) -> str:
    """Return how the keys of all words in a field begin whose bare form begins with ``bare``."""
    return f"n{name}{SEPARATOR}{bare}"


def field_word_of(key: str) -> tuple[str, str]:
    """Return the bare and the exact form of the key of a word in a field."""
    _name, bare, exact = key.split(SEPARATOR)
    return bare, exact


def facet_key(name: str, value: str) -> str:
    """Return the key of a facet's value."""
    return f"{FACETS}{name}{SEPARATOR}{value[:LONGEST_FACET]}"


def facet_of(key: str) -> tuple[str, str]:
    """Return the facet and the value of a facet's key."""
    name, _separator, value = key[1:].partition(SEPARATOR)
    return name, value


def span_key(span: Years) -> str:
    """Return the key of the first and the last year of a document's dates."""
    return f"{SPANS}{span[0]}{SEPARATOR}{span[1]}"


def span_of(key: str) -> Years:
    """Return the years of a key of years."""
    first, last = key[1:].split(SEPARATOR)
    return int(first), int(last)
