"""What of a document goes into the trees: its words, the words of its fields, its pairs.

One pass over each text, with the words of every run of letters kept, and loops left to C where
they can be: this is most of the work of a build.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from search.analysis import runs, words_in_run
from search.documents import LEVELS, SearchDocument
from search.suggest import Entry, suggestions_of

Form = tuple[str, str]
"""Bare and exact form of a word."""

Numbers = list[int]

_KEPT_RUNS = 1 << 17


@dataclass
class Collected:
    """What some documents have, by key; numbers ascend.

    Attributes:
        words: By (bare, exact) form the documents, a list a level, the best of each.
        fields: By ("field:bare", exact) the documents.
        pairs: By two bare forms joined by a space the documents.
        suggestions: By key, kind and text, parted by NUL, how many documents have it.
    """

    words: dict[Form, tuple[Numbers, ...]] = field(default_factory=dict)
    fields: defaultdict[Form, Numbers] = field(default_factory=lambda: defaultdict(list))
    pairs: defaultdict[str, Numbers] = field(default_factory=lambda: defaultdict(list))
    suggestions: Counter[str] = field(default_factory=Counter)

    def add(self, number: int, document: SearchDocument) -> None:
        """Take a document in; its number is above those of the documents before it."""
        self._add_texts(number, document)
        titles = (title for _lang, title in document.titles)
        self.suggestions.update(map(_key, suggestions_of(document.identifier, titles, ())))
        for name, value in document.facets:
            self.suggestions.update(_of_value(name, value))
        seen = {key for name, text in document.fields for key in _of_field(name, text)}
        for key in seen:
            self.fields[key].append(number)

    def _add_texts(self, number: int, document: SearchDocument) -> None:
        best: dict[Form, int] = {}
        pairs: set[str] = set()
        # The last level counts least: those after it write over it.
        for level in range(len(LEVELS) - 1, -1, -1):
            tokens: list[Form] = []
            for text in document.texts.get(LEVELS[level], ()):
                parts: list[str] = []
                for run in runs(text):
                    found = _RUNS.get(run) or _kept(run)
                    tokens += found[0]
                    parts += found[1]
                pairs.update(map(" ".join, pairwise(parts)))
            best.update(dict.fromkeys(tokens, level))
        words = self.words
        for form, level in best.items():
            lists = words.get(form)
            if lists is None:
                lists = words[form] = tuple([] for _level in LEVELS)
            lists[level].append(number)
        for pair in pairs:
            self.pairs[pair].append(number)


_RUNS: dict[str, tuple[tuple[Form, ...], tuple[str, ...]]] = {}
"""Of a run (bare, exact) of every token, and the bare forms of its parts in order."""


def _kept(run: str) -> tuple[tuple[Form, ...], tuple[str, ...]]:
    words = words_in_run(run)
    tokens = dict.fromkeys((token.bare, token.exact) for word in words for token in word.indexed)
    found = (tuple(tokens), tuple(token.bare for word in words for token in word.parts))
    if len(_RUNS) >= _KEPT_RUNS:
        _RUNS.clear()
    _RUNS[run] = found
    return found


@lru_cache(maxsize=1 << 14)
def _of_field(name: str, text: str) -> tuple[Form, ...]:
    """Return the keys of a field's text; values come again and again."""
    tokens = (token for run in runs(text) for token in (_RUNS.get(run) or _kept(run))[0])
    return tuple(dict.fromkeys((f"{name}:{bare}", exact) for bare, exact in tokens))


@lru_cache(maxsize=1 << 14)
def _of_value(name: str, value: str) -> tuple[str, ...]:
    return tuple(map(_key, suggestions_of("", (), ((name, value),))))


def _key(entry: Entry) -> str:
    return f"{entry.key}\0{entry.kind}\0{entry.text}"
