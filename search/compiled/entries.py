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

    def add(self, number: int, document: SearchDocument) -> None:
        """Take a document in; its number is above those of the documents before it."""
        self._add_texts(number, document)
        self._add_suggestions(document)
        for key in {key for name, text in document.fields for key in _of_field(name, text)}:
            self.fields[key].append(number)

    def _add_texts(self, number: int, document: SearchDocument) -> None:
        best: dict[int, int] = {}
        pairs: set[str] = set()
        titled: set[str] = set()
        # The last level counts least: those after it write over it.
        for level in range(len(LEVELS) - 1, -1, -1):
            for text in document.texts.get(LEVELS[level], ()):
                words, parts = self._analysed(text)
                best.update(dict.fromkeys(words, level))
                (pairs if level else titled).update(map(" ".join, pairwise(parts)))
        lists = self._lists
        for word, level in best.items():
            lists[word][level].append(number)
        of_pairs = self.pairs
        for pair in pairs | titled:
            of_pairs[pair].append(number)
        for pair in titled:
            self.titled[pair].append(number)

    def _analysed(self, text: str) -> tuple[Sequence[int], Sequence[str]]:
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
        f"{token.bare}\0{token.exact}" for word in words for token in word.tokens
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
