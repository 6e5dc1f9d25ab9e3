"""What an index holds of a document: keys, the same for every engine.

A key is a text that a document has or has not; an engine maps each to the documents that have
it, and lists the keys that begin alike. Everything a query asks is asked by keys:

    w BARE ␟ EXACT ␟ LEVEL    a word; LEVEL is the position in ``LEVELS`` of the best level at
                               which the document has this exact form
    p BARE SPACE BARE          two parts of words that stand next to each other in one text
    n NAME ␟ BARE ␟ EXACT     a word in a field
    f NAME ␟ VALUE             a value of a facet
    y FIRST ␟ LAST             the first and the last year of its dates
    s KEY ␟ KIND ␟ TEXT       what it can be suggested by (``search.suggest``)

(without the spaces shown; ␟ is U+001F, which no word holds). All words with one bare form begin
alike, so one listing answers what the bare form finds and what each exact form finds, and a typed
beginning of a word is the beginning of its keys; in a field likewise.

Invariant: keys depend on the document alone, so engines, processes and computers agree.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from search.analysis import LONGEST_PART, runs, words_in_run
from search.date_query import Years
from search.documents import LEVELS, SearchDocument, order_key
from search.suggest import Entry as Suggestible
from search.suggest import suggestions_of

SEPARATOR = "\x1f"
PAIR = "p"
"""How the key of a pair begins; an engine need not list these by their beginnings."""

FACETS = "f"
SPANS = "y"
WORDS = "w"
FIELD_WORDS = "n"
SUGGESTIONS = "s"
"""How the keys of all facets, of all years, of all words, of words in fields and of suggestions
begin."""

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
        keys: Its keys but those of pairs, none twice, in no order.
        followers: Bare forms, and those that stand next to each, none twice.
    """

    item_id: str
    order: str
    added: str
    display: str
    keys: list[str]
    followers: dict[str, set[str]]

    def pair_keys(self) -> Iterator[str]:
        """Yield the keys of pairs."""
        for first, seconds in self.followers.items():
            for second in seconds:
                yield pair_key(f"{first} {second}")


def entry_for(document: SearchDocument) -> Entry:
    """Return what an engine stores of ``document``."""
    display = {
        "identifier": document.identifier,
        "titles": document.titles,
        "date": document.date,
        "thumbnail": document.thumbnail,
    }
    forms: dict[str, int] = {}
    followers: defaultdict[str, set[str]] = defaultdict(set)
    # From the level that counts least on, so that what stays is the best.
    for level, name in reversed(list(enumerate(LEVELS))):
        for text in document.texts.get(name, ()):
            found, parts = _forms(text)
            forms |= dict.fromkeys(found, level)
            for first, second in pairwise(parts):
                followers[first].add(second)
    keys = [f"{WORDS}{form}{SEPARATOR}{level}" for form, level in forms.items()]
    keys += {
        f"{FIELD_WORDS}{name}{SEPARATOR}{form}"
        for name, text in document.fields
        for form in _forms(text)[0]
    }
    keys += {facet_key(name, value) for name, value in document.facets}
    if document.span:
        keys.append(span_key(document.span))
    titles = (title for _lang, title in document.titles)
    suggested = suggestions_of(document.identifier, titles, document.facets)
    keys += [suggestion_key(entry) for entry in suggested]
    return Entry(
        document.item_id,
        order_key(document),
        document.added,
        json.dumps(display, ensure_ascii=False),
        keys,
        dict(followers),
    )


def _forms(text: str) -> tuple[Sequence[str], Sequence[str]]:
    """Return the bare and exact forms of all tokens of a text, and the bare forms of its parts."""
    return _forms_of_short(text) if len(text) <= _SHORT else _joined(text)


@lru_cache(maxsize=1 << 14)
def _forms_of_short(text: str) -> tuple[Sequence[str], Sequence[str]]:
    return _joined(text)


def _joined(text: str) -> tuple[Sequence[str], Sequence[str]]:
    forms: list[str] = []
    parts: list[str] = []
    for run in runs(text):
        found, bare = _forms_of_run(run) if len(run) <= LONGEST_PART else _analysed(run)
        forms += found
        parts += bare
    return forms, parts


@lru_cache(maxsize=1 << 16)
def _forms_of_run(run: str) -> tuple[Sequence[str], Sequence[str]]:
    return _analysed(run)


def _analysed(run: str) -> tuple[Sequence[str], Sequence[str]]:
    words = words_in_run(run)
    forms = (f"{token.bare}{SEPARATOR}{token.exact}" for word in words for token in word.indexed)
    return tuple(forms), tuple(token.bare for word in words for token in word.parts)


def word_prefix(bare: str) -> str:
    """Return how the keys of all words with one bare form begin."""
    return f"{WORDS}{bare}{SEPARATOR}"


def beginning_prefix(bare: str) -> str:
    """Return how the keys of all words begin whose bare form begins with ``bare``."""
    return f"{WORDS}{bare}"


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
    return f"{FIELD_WORDS}{name}{SEPARATOR}{bare}"


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


def suggestion_key(entry: Suggestible) -> str:
    """Return the key of what a document can be suggested by."""
    return f"{suggestion_prefix(entry.key)}{SEPARATOR}{entry.kind}{SEPARATOR}{entry.text}"


def suggestion_prefix(key: str) -> str:
    """Return how the keys begin of all that is suggested by what begins so."""
    return f"{SUGGESTIONS}{key}"


def suggestible_of(key: str) -> Suggestible:
    """Return what a key of a suggestion suggests."""
    found, kind, text = key[1:].split(SEPARATOR, 2)
    return Suggestible(found, kind, text)
