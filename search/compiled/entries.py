"""What of a document goes into the trees: its words, the words of its fields, its pairs.

One pass over each text, with the words of every run of letters kept: a benchmark showed three
passes over the same texts to be most of the work.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from search.analysis import runs, words_in_run
from search.documents import LEVELS, SearchDocument
from search.suggest import suggestions_of

Forms = tuple[tuple[tuple[str, str], ...], tuple[str, ...]]
"""Of a run: (exact, bare) of every token, and the bare forms of its parts in order."""

Numbers = list[int]


@dataclass
class Collected:
    """What some documents have, by key; numbers ascend.

    Attributes:
        words: By (bare, exact) form the documents, a list a level, the best of each.
        fields: By ("field:bare", exact) the documents.
        pairs: By two bare forms joined by a space the documents.
        suggestions: By key, kind and text, parted by NUL, how many documents have it.
    """

    words: dict[tuple[str, str], tuple[Numbers, ...]] = field(default_factory=dict)
    fields: dict[tuple[str, str], Numbers] = field(default_factory=dict)
    pairs: dict[str, Numbers] = field(default_factory=dict)
    suggestions: Counter[str] = field(default_factory=Counter)

    def add(self, number: int, document: SearchDocument) -> None:
        """Take a document in; its number is above those of the documents before it."""
        self._add_texts(number, document)
        titles = (title for _lang, title in document.titles)
        self.suggestions.update(
            f"{entry.key}\0{entry.kind}\0{entry.text}"
            for entry in suggestions_of(document.identifier, titles, document.facets)
        )
        seen = {
            (f"{name}:{bare}", exact)
            for name, text in document.fields
            for exact, bare in _tokens(text)
        }
        for key in seen:
            numbers = self.fields.get(key)
            if numbers is None:
                self.fields[key] = [number]
            else:
                numbers.append(number)

    def _add_texts(self, number: int, document: SearchDocument) -> None:
        best: dict[tuple[str, str], int] = {}
        pairs: set[str] = set()
        for level, name in enumerate(LEVELS):
            for text in document.texts.get(name, ()):
                previous = ""
                for run in runs(text):
                    tokens, parts = _forms(run)
                    for token in tokens:
                        if token not in best:
                            best[token] = level
                    for part in parts:
                        if previous:
                            pairs.add(f"{previous} {part}")
                        previous = part
        for token, level in best.items():
            lists = self.words.get((token[1], token[0]))
            if lists is None:
                lists = self.words[token[1], token[0]] = tuple([] for _level in LEVELS)
            lists[level].append(number)
        for pair in pairs:
            numbers = self.pairs.get(pair)
            if numbers is None:
                self.pairs[pair] = [number]
            else:
                numbers.append(number)


@lru_cache(maxsize=1 << 16)
def _forms(run: str) -> Forms:
    words = words_in_run(run)
    tokens = dict.fromkeys((token.exact, token.bare) for word in words for token in word.tokens)
    return tuple(tokens), tuple(token.bare for word in words for token in word.parts)


@lru_cache(maxsize=1 << 14)
def _tokens(text: str) -> tuple[tuple[str, str], ...]:
    """Return the tokens of a text; values of fields come again and again."""
    return tuple(dict.fromkeys(chain.from_iterable(_forms(run)[0] for run in runs(text))))
