"""What of a document goes into the trees: its words, the words of its fields, its pairs.

One pass over each text. What comes again and again is analysed once: a chunk of letters between
two spaces, the value of a facet; all else is left to C where it can be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter

from search.analysis import runs, words_in_run
from search.compiled.pairs import PAUSE, Pairs
from search.documents import LEVELS, SearchDocument
from search.suggest import WORD, Entry, number_suggestions, suggestions_of, title_suggestions

Numbers = list[int]

_Chunk = tuple[tuple[int, ...], tuple[int, ...]]
_KEPT = 1 << 17
_FORMS, _PARTS = itemgetter(0), itemgetter(1)
_END = ("",)
"""Stands behind the chunks of a text, of which none is empty."""


class _Numbered(dict[str, int]):
    """Numbers of texts: each has the next when it first comes."""

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number


class _Chunks(dict[str, _Chunk]):
    """What chunks of texts have: the numbers of their forms, and those of their parts in order.

    All is made again when it becomes too much.

    Attributes:
        forms: Every form with its number.
        levels: Of each level, by the number of a form, the documents.
    """

    def __init__(self, number_of_part: Callable[[str], int]) -> None:
        super().__init__()
        self.forms = _Numbered()
        self.levels: list[list[Numbers]] = [[] for _level in LEVELS]
        self._number_of_part = number_of_part

    def __missing__(self, chunk: str) -> _Chunk:
        if len(self) >= _KEPT:
            self.clear()
        found = self[chunk] = self._made(chunk)
        return found

    def _made(self, chunk: str) -> _Chunk:
        if not chunk:
            return (), (PAUSE,)
        forms, parts = _forms_of(chunk)
        numbers = tuple(map(self.forms.__getitem__, forms))
        for lists in self.levels:
            lists += ([] for _form in range(len(self.forms) - len(lists)))
        return numbers, tuple(map(self._number_of_part, parts))


class _FieldChunks(dict[str, tuple[int, ...]]):
    """The numbers of the keys of chunks of a field's texts; made again when it becomes too much.

    Args:
        name: The field.
        keys: The keys of all fields with their numbers.
        documents: By these numbers, the documents.
    """

    def __init__(self, name: str, keys: _Numbered, documents: list[Numbers]) -> None:
        super().__init__()
        self._name = name
        self._keys = keys
        self._documents = documents

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        if len(self) >= _KEPT:
            self.clear()
        found = tuple(self._keys[f"{self._name}:{form}"] for form in _forms_of(chunk)[0])
        self._documents += ([] for _key in range(len(self._keys) - len(self._documents)))
        self[chunk] = found
        return found


class Collected:
    """What the documents of a part have, by key; numbers ascend.

    Attributes:
        pairs: The bare forms that stand side by side.
        suggestions: By key, kind and text, parted by NUL, how many documents have it.

    Args:
        start: Number of the first document.
    """

    def __init__(self, start: int) -> None:
        self.pairs = Pairs(start)
        self.suggestions: Counter[str] = Counter()
        self._start = start
        self._chunks = _Chunks(self.pairs.number)
        self._fields = _Numbered()
        self._of_fields: list[Numbers] = []
        self._field_chunks: dict[str, _FieldChunks] = {}

    @property
    def words(self) -> dict[str, tuple[Numbers, ...]]:
        """By "bare form, NUL, exact form" the documents, a list a level, the best of each."""
        levels = zip(*self._chunks.levels, strict=True)
        return dict(zip(self._chunks.forms, levels, strict=True))

    @property
    def fields(self) -> dict[str, Numbers]:
        """By "field:bare form, NUL, exact form" the documents."""
        return dict(zip(self._fields, self._of_fields, strict=True))

    def add(self, documents: Sequence[SearchDocument]) -> None:
        """Take documents in that follow those before them.

        One step for all of them, then the next: each works with tables of its own, and a
        processor is faster while these stay near.

        Args:
            documents: Some hundred.
        """
        start = self._start
        self._start += len(documents)
        analysed = [self._analysed(document) for document in documents]
        for number, levels in enumerate(analysed, start):
            self._add_words(number, levels)
        for titles, *others in analysed:
            self.pairs.add(_parts_of((titles,)), _parts_of(others))
        for number, document in enumerate(documents, start):
            self._add_fields(number, document)
            self._add_suggestions(document)

    def _analysed(self, document: SearchDocument) -> list[list[_Chunk]]:
        """Return what the chunks of the texts of each level have, and behind each text an end."""
        levels = []
        for level in LEVELS:
            chunks: list[str] = []
            for text in document.texts.get(level, ()):
                chunks += text.split()
                chunks += _END
            levels.append(list(map(self._chunks.__getitem__, chunks)))
        return levels

    def _add_words(self, number: int, levels: Sequence[Sequence[_Chunk]]) -> None:
        seen: set[int] = set()
        for lists, chunks in zip(self._chunks.levels, levels, strict=True):
            forms = set(chain.from_iterable(map(_FORMS, chunks)))
            for form in forms - seen if seen else forms:
                lists[form].append(number)
            seen |= forms

    def _add_fields(self, number: int, document: SearchDocument) -> None:
        found: set[int] = set()
        for name, text in document.fields:
            kept = self._field_chunks.get(name)
            if kept is None:
                kept = _FieldChunks(name, self._fields, self._of_fields)
                self._field_chunks[name] = kept
            found.update(chain.from_iterable(map(kept.__getitem__, text.split())))
        lists = self._of_fields
        for key in found:
            lists[key].append(number)

    def _add_suggestions(self, document: SearchDocument) -> None:
        parts = (_forms_of(chunk)[1] for chunk in document.identifier.split())
        numbers = number_suggestions(document.identifier, chain.from_iterable(parts))
        keys = set(map(_key, numbers))
        for _lang, title in document.titles:
            keys.update([f"{key}\0{WORD}\0{text}" for key, text in title_suggestions(title)])
        for name, value in document.facets:
            keys |= _of_value(name, value)
        self.suggestions.update(keys)


def _parts_of(levels: Iterable[Iterable[_Chunk]]) -> list[int]:
    return list(chain.from_iterable(map(_PARTS, chain.from_iterable(levels))))


@lru_cache(maxsize=1 << 15)
def _forms_of(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return "bare, NUL, exact" of every token of a text, and the bare forms of its parts."""
    words = [word for run in runs(text) for word in words_in_run(run)]
    tokens = dict.fromkeys(
        f"{token.bare}\0{token.exact}" for word in words for token in word.indexed
    )
    return tuple(tokens), tuple(token.bare for word in words for token in word.parts)


@lru_cache(maxsize=1 << 14)
def _of_value(name: str, value: str) -> frozenset[str]:
    return frozenset(map(_key, suggestions_of("", (), ((name, value),))))


def _key(entry: Entry) -> str:
    return f"{entry.key}\0{entry.kind}\0{entry.text}"
