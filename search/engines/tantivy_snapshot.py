"""What an index of tantivy holds at one moment; see ``search.engine``."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from itertools import accumulate, compress
from pathlib import Path
from typing import Any

from schemas.errors import DependencyError
from schemas.messages import _
from search.docsets import Docs, docs_of, flags, numbers_of
from search.engines.tantivy_sets import MANY, Segments, find_sets, keep_sets
from search.keys import PAIR

META = "meta.json"
"""The file in which tantivy names its segments; a commit replaces it."""

_STORED = ("item_id", "order", "added", "display")
_FIELDS = (*_STORED, "keys", "later")
# Keys listed at first to find those that many documents have, and how many times more if needed.
_FREQUENT = 1_000
_MORE = 4
# Documents that came after the sets were kept, as a part of all, from which on they are kept anew;
# fewer than a few times ``MANY`` cost too little for that.
_OUTGROWN = 64
_FEW = 4


class TantivySnapshot:
    """What a tantivy index held when it was last committed.

    A document's number is its place in its segment after all segments before it; those whose sets
    are kept (``search.engines.tantivy_sets``) come first, as they are numbered there.
    """

    is_for_many = True

    def __init__(self, index: Any, folder: Path) -> None:
        self._tantivy = tantivy_package()
        self._folder = folder
        while True:
            # tantivy does not tell how large segments are, its file does; a commit that comes
            # between the two makes them differ, and the file again.
            meta = (folder / META).read_bytes()
            index.reload()
            self._searcher = index.searcher()
            if meta == (folder / META).read_bytes():
                break
        self._schema = index.schema
        sizes = {str(s["segment_id"]): int(s["max_doc"]) for s in json.loads(meta)["segments"]}
        self._sets = find_sets(folder, sizes)
        self._mark = str(self._sets.number) if self._sets else ""
        self._kept_count = self._sets.size if self._sets else 0
        self._numbering = _Numbering(sizes, self._sets.segments if self._sets else ())

    @property
    def document_count(self) -> int:
        """How many documents there are."""
        return int(self._searcher.num_docs)

    @property
    def is_outgrown(self) -> bool:
        """Whether so much came since the sets were kept that they are worth keeping anew."""
        later = self._numbering.size - self._kept_count
        return later > max(_FEW * MANY, self._numbering.size // _OUTGROWN)

    def keep(self) -> None:
        """Keep sets of all there is, for the snapshots after this one.

        Raises:
            sqlite3.Error, StoreWriteError: The disk refused a write.
        """
        keep_sets(self._folder, self._numbering.segments, self._frequent(), self.in_order())

    def living(self) -> Docs:
        """Return all documents."""
        return self._living

    def having(self, key: str) -> Sequence[int] | Docs:
        """Return the documents that have ``key``, as a set where it is kept."""
        kept = self._sets.having(key) if self._sets else None
        term = self._term("keys", key)
        if kept is None:
            return self._found(term, self._searcher.doc_freq("keys", key))
        if not (self._has_deletions or self._later_count):
            return kept
        docs = (kept if isinstance(kept, int) else docs_of(kept)) & self._living
        both = [(self._tantivy.Occur.Must, part) for part in (term, self._later)]
        query = self._tantivy.Query.boolean_query(both)
        return docs | docs_of(self._found(query, self._later_count))

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with ``prefix``."""
        return [key for key, _count in self._searcher.terms_with_prefix("keys", prefix)]

    def paired(self) -> Iterable[int]:
        """Yield nothing: ``keys`` leaves no pairs out."""
        return ()

    def counts(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield the keys that begin with ``prefix``, each with how many documents have it."""
        for key, count in self._searcher.terms_with_prefix("keys", prefix):
            if self._has_deletions:
                found = self.having(key)
                yield key, found.bit_count() if isinstance(found, int) else len(found)
            else:
                yield key, count

    def most(self, prefix: str) -> int:
        """Return a number that the documents with these keys do not exceed."""
        return sum(count for _key, count in self._searcher.terms_with_prefix("keys", prefix))

    def order(self, number: int) -> str:
        """Return what orders a document among equals."""
        return str(self._document(number).get_first("order"))

    def in_order(self) -> array[int]:
        """Return the numbers of all documents by what orders them."""
        kept = self._sets.by_order() if self._sets else array("I")
        if self._has_deletions:
            is_living = flags(self._living | 1 << self._numbering.size)
            kept = array("I", compress(kept, map(is_living.__getitem__, kept)))
        since = (self._kept_count + n for n in numbers_of(self._living >> self._kept_count))
        return _merged(kept, sorted(since, key=self.order), self.order)

    def added(self, number: int) -> str:
        """Return when a document's item came into the archive, or empty."""
        return str(self._document(number).get_first("added"))

    def stored(self, number: int) -> tuple[str, str]:
        """Return the item id of a document and the JSON of what a hit shows."""
        document = self._document(number)
        return document.get_first("item_id"), document.get_first("display")

    def close(self) -> None:
        """Let go of the files: the last to hold the snapshot does."""

    @cached_property
    def _living(self) -> Docs:
        if not self._has_deletions:
            return (1 << self._numbering.size) - 1
        return docs_of(self._found(self._tantivy.Query.all_query(), self.document_count))

    @cached_property
    def _has_deletions(self) -> bool:
        return self.document_count < self._numbering.size

    @property
    def _later(self) -> Any:
        """What finds the documents that came since the sets were kept."""
        return self._term("later", self._mark)

    @cached_property
    def _later_count(self) -> int:
        """How many documents came since the sets were kept, with those taken out again."""
        return int(self._searcher.doc_freq("later", self._mark))

    def _frequent(self) -> Iterator[tuple[str, Sequence[int] | Docs]]:
        """Yield each key that many documents have, with these."""
        wanted = _FREQUENT
        # They come by how many documents have them, the most first.
        while len(found := self._searcher.terms_with_prefix("keys", "", limit=wanted)) == wanted:
            if found[-1][1] < MANY:
                break
            wanted *= _MORE
        for key, count in found:
            # Of pairs there are many more, and a question asks for one where it has many words.
            if count >= (_FEW * MANY if key[0] == PAIR else MANY):
                yield key, self.having(key)

    def _term(self, field: str, value: str) -> Any:
        return self._tantivy.Query.term_query(self._schema, field, value, "basic")

    def _found(self, query: Any, most: int) -> array[int]:
        if not most:
            return array("I")
        # By equal scores tantivy need not weigh anything.
        alike = self._tantivy.Query.const_score_query(query, 1.0)
        hits = self._searcher.search(alike, limit=most, count=False).hits
        firsts = self._numbering.firsts
        return array("I", [firsts[place.segment_ord] + place.doc for _score, place in hits])

    def _document(self, number: int) -> Any:
        return self._searcher.doc(self._tantivy.DocAddress(*self._numbering.place(number)))


class _Numbering:
    """The numbers of the documents of some segments.

    Attributes:
        segments: Each with how many documents it was made of, in the order of their numbers.
        size: How many documents that is together.
        firsts: The number of the first document of each segment, in tantivy's order.
    """

    def __init__(self, sizes: Mapping[str, int], leading: Segments) -> None:
        """Number ``leading`` first, then the rest of ``sizes``, which are in tantivy's order."""
        self.segments = tuple({**dict(leading), **sizes}.items())
        self._starts = [0, *accumulate(size for _name, size in self.segments)]
        self.size: int = self._starts.pop()
        first_of = {name: at for (name, _size), at in zip(self.segments, self._starts, strict=True)}
        self.firsts = [first_of[name] for name in sizes]
        ordinals = {name: ordinal for ordinal, name in enumerate(sizes)}
        self._ordinals = [ordinals[name] for name, _size in self.segments]

    def place(self, number: int) -> tuple[int, int]:
        """Return the segment of a document, by tantivy's order, and its place there."""
        at = bisect_right(self._starts, number) - 1
        return self._ordinals[at], number - self._starts[at]


def _merged(kept: array[int], later: Iterable[int], order: Callable[[int], str]) -> array[int]:
    """Return documents that are in order with others that are, too."""
    merged, start = array("I"), 0
    for number in later:
        place = bisect_left(kept, order(number), lo=start, key=order)
        merged.extend(kept[start:place])
        merged.append(number)
        start = place
    merged.extend(kept[start:])
    return merged


def tantivy_package() -> Any:
    """Return tantivy, without types of its own that mypy could use when it is not installed.

    Raises:
        DependencyError: It is not installed.
    """
    try:
        return import_module("tantivy")
    except ImportError as error:
        raise DependencyError(
            _("The search engine tantivy is not installed."),
            remedy=_("Install it: python -m pip install 'hoaban[tantivy]'"),
        ) from error


def new_schema() -> Any:
    """Return the fields of an index, see ``search.keys.Entry``."""
    builder = tantivy_package().SchemaBuilder()
    for name in _FIELDS:
        builder.add_text_field(
            name, stored=name in _STORED, tokenizer_name="raw", index_option="basic"
        )
    return builder.build()
