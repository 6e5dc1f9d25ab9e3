"""What of a document goes into the trees: its words, the words of its fields, its pairs.

One pass over each text. What comes again and again is analysed once: a chunk of letters between
two spaces, the text of a field, the value of a facet; all else is left to C where it can be.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from search.analysis import runs, words_in_run
from search.documents import LEVELS, SearchDocument
from search.suggest import NUMBER, WORD, Entry, suggestions_of, title_suggestions

Numbers = list[int]

_Chunk = tuple[tuple[int, ...], tuple[str, ...]]
_Text = tuple[list[int], list[str]]
_KEPT = 1 << 17


class Collected:
    """What some documents have, by key; numbers ascend.

    Attributes:
        words: By "bare form, NUL, exact form" the documents, a list a level, the best of each.
        fields: By "field:bare form, NUL, exact form" the documents.
        pairs: By two bare forms joined by a space the documents.
        titled: The same of pairs in titles alone.
        suggestions: By key, kind and text, parted by NUL, how many documents have it.
    """

    def __init__(self) -> None:
        self.words: dict[str, tuple[Numbers, ...]] = {}
        self.fields: defaultdict[str, Numbers] = defaultdict(list)
        self.pairs: defaultdict[str, Numbers] = defaultdict(list)
        self.titled: defaultdict[str, Numbers] = defaultdict(list)
        self.suggestions: Counter[str] = Counter()
        # Of each word of ``words``, by the number it got here, its lists.
        self._lists: list[tuple[Numbers, ...]] = []
        self._numbers: dict[str, int] = {}
        self._chunks: dict[str, _Chunk] = {}

    def add(self, start: int, documents: Sequence[SearchDocument]) -> None:
        """Take documents in that follow those before them.

        One step for all of them, then the next: each works with tables of its own, and a
        processor is faster while these stay near.

        Args:
            start: Number of the first.
            documents: Some hundred.
        """
        analysed = [self._levels(document) for document in documents]
        for number, levels in enumerate(analysed, start):
            self._add_words(number, levels)
        for number, levels in enumerate(analysed, start):
            self._add_pairs(number, levels)
        for number, document in enumerate(documents, start):
            self._add_suggestions(document)
            fields = {key for name, text in document.fields for key in _of_field(name, text)}
            for key in fields:
                self.fields[key].append(number)

    def _levels(self, document: SearchDocument) -> list[list[_Text]]:
        texts = document.texts
        return [[self._analysed(text) for text in texts.get(level, ())] for level in LEVELS]

    def _add_words(self, number: int, levels: Sequence[Sequence[_Text]]) -> None:
        best: dict[int, int] = {}
        # The last level counts least: those after it write over it.
        for level in range(len(levels) - 1, -1, -1):
            for words, _parts in levels[level]:
                best.update(dict.fromkeys(words, level))
        lists = self._lists
        for word, level in best.items():
            lists[word][level].append(number)

    def _add_pairs(self, number: int, levels: Sequence[Sequence[_Text]]) -> None:
        titled: set[str] = set()
        others: set[str] = set()
        for level, texts in enumerate(levels):
            pairs = others if level else titled
            for _words, parts in texts:
                pairs.update(map(" ".join, pairwise(parts)))
        of_pairs = self.pairs
        for pair in titled | others:
            of_pairs[pair].append(number)
        for pair in titled:
            self.titled[pair].append(number)

    def _analysed(self, text: str) -> _Text:
        """Return the numbers of the words of a text, and the bare forms of its parts in order."""
        words: list[int] = []
        parts: list[str] = []
        known = self._chunks
        for chunk in text.split():
            found = known.get(chunk) or self._kept(chunk)
            words += found[0]
            parts += found[1]
        return words, parts

    def _kept(self, chunk: str) -> _Chunk:
        forms, parts = _forms_of(chunk)
        found = tuple(map(self._number, forms)), parts
        if len(self._chunks) >= _KEPT:
            self._chunks.clear()
        self._chunks[chunk] = found
        return found

    def _number(self, form: str) -> int:
        number = self._numbers.setdefault(form, len(self._numbers))
        if number == len(self._lists):
            self._lists.append(tuple([] for _level in LEVELS))
            self.words[form] = self._lists[number]
        return number

    def _add_suggestions(self, document: SearchDocument) -> None:
        keys = set(_of_number(document.identifier))
        for _lang, title in document.titles:
            keys.update([f"{key}\0{WORD}\0{text}" for key, text in title_suggestions(title)])
        for name, value in document.facets:
            keys |= _of_value(name, value)
        self.suggestions.update(keys)


@lru_cache(maxsize=1 << 15)
def _forms_of(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return "bare, NUL, exact" of every token of a text, and the bare forms of its parts."""
    words = [word for run in runs(text) for word in words_in_run(run)]
    tokens = dict.fromkeys(
        f"{token.bare}\0{token.exact}" for word in words for token in word.indexed
    )
    return tuple(tokens), tuple(token.bare for word in words for token in word.parts)


@lru_cache(maxsize=1 << 14)
def _of_field(name: str, text: str) -> tuple[str, ...]:
    """Return the keys of a field's text; values come again and again."""
    return tuple(f"{name}:{form}" for chunk in text.split() for form in _forms_of(chunk)[0])


def _of_number(identifier: str) -> list[str]:
    return [_key(entry) for entry in suggestions_of(identifier, (), ()) if entry.kind == NUMBER]


@lru_cache(maxsize=1 << 14)
def _of_value(name: str, value: str) -> frozenset[str]:
    return frozenset(map(_key, suggestions_of("", (), ((name, value),))))


def _key(entry: Entry) -> str:
    return f"{entry.key}\0{entry.kind}\0{entry.text}"
