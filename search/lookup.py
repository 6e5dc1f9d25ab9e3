"""Asking a snapshot of an engine what scoring and answers want to know.

Everything is answered by keys (``search.keys``), so no engine knows more than another. What was
asked once is kept, up to a bound: most queries share their frequent words.
"""

from __future__ import annotations

import json
from array import array
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import nsmallest
from itertools import chain
from sys import getsizeof
from typing import TYPE_CHECKING

from schemas.vietnamese import bare_form
from search.date_query import Years
from search.docsets import NONE, Docs, docs_of, first_in, is_dense, numbers_of
from search.documents import LEVELS
from search.engine import Snapshot
from search.facet_table import FacetTable
from search.keys import (
    FACETS,
    SEPARATOR,
    SPANS,
    bare_of,
    beginning_prefix,
    facet_key,
    facet_of,
    field_prefix,
    field_word_of,
    pair_key,
    span_of,
    suggestible_of,
    suggestion_prefix,
    word_of,
    word_prefix,
)
from search.suggest import Entry

if TYPE_CHECKING:
    from search.facet_columns import FacetColumns

MOST_KEPT_BYTES = 48_000_000
KEPT_BYTES_A_DOCUMENT = 128
"""Memory for keys, and for what has several of them, with their documents, kept for later
queries: so much, or for a large index so much for each document; a thousand words, then."""

MOST_LISTED = 200_000
"""Keys and words whose listing is kept for later queries."""

# So many keys are joined anew faster than what they had together is kept.
_FEW_KEYS = 3

# Fewer equal hits are put in order by reading what orders each of them.
_FEW_TIES = 500


class Lookup:
    """Answers from one snapshot; see :class:`search.answer.DocumentReader`."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._kept: OrderedDict[str, Sequence[int] | Docs] = OrderedDict()
        self._kept_bytes = 0
        self._listed: OrderedDict[str, Sequence[str]] = OrderedDict()
        self._listed_count = 0
        self._orders: dict[int, str] = {}
        self._has_order = False
        self._most_kept = max(MOST_KEPT_BYTES, KEPT_BYTES_A_DOCUMENT * snapshot.document_count)

    @property
    def document_count(self) -> int:
        """How many documents there are."""
        return self.snapshot.document_count

    def documents(self) -> Docs:
        """Return all documents."""
        return self.snapshot.living()

    def bare(self, forms: Iterable[str]) -> list[Docs]:
        """Return by level the documents that have one of these bare forms there at best."""
        levels: list[list[str]] = [[] for _level in LEVELS]
        for form in forms:
            for key in self._keys(word_prefix(form)):
                levels[word_of(key)[1]].append(key)
        return [self._having(keys) for keys in levels]

    def exact(self, form: str) -> list[Docs]:
        """Return the documents by the best level at which they have an exact form."""
        levels: list[list[str]] = [[] for _level in LEVELS]
        for key in self._keys(word_prefix(bare_form(form))):
            exact, level = word_of(key)
            if exact == form:
                levels[level].append(key)
        return [self._having(keys) for keys in levels]

    def pair(self, pair: str) -> Docs:
        """Return the documents that have two bare forms, joined by a space, side by side."""
        return self._having([pair_key(pair)])

    def field(self, name: str, forms: Iterable[str]) -> Docs:
        """Return the documents that have one of these bare forms in a field."""
        starts = (f"{field_prefix(name, form)}{SEPARATOR}" for form in forms)
        return self._having([key for start in starts for key in self._keys(start)])

    def field_exact(self, name: str, form: str) -> Docs:
        """Return the documents that have an exact form in a field."""
        start = f"{field_prefix(name, bare_form(form))}{SEPARATOR}"
        return self._having([key for key in self._keys(start) if field_word_of(key)[1] == form])

    def bare_forms(self, prefix: str) -> Iterable[str]:
        """Return the bare forms that begin so."""
        start = beginning_prefix(prefix)
        name = f"{SEPARATOR}{start}"
        forms = self._remembered(name)
        if forms is None:
            listed = self._keys(start)
            forms = self._remember(name, tuple(dict.fromkeys(map(bare_of, listed))))
        return forms

    def existing(self, forms: Iterable[str]) -> Collection[str]:
        """Return those of some bare forms that there are; some may be in no document."""
        if self.snapshot.is_for_many:
            return {form for form in forms if self.most_with(form)}
        wanted = set(forms)
        listed = (self.bare_forms(start) for start in {form[:1] for form in wanted})
        return wanted.intersection(chain.from_iterable(listed))

    def most_with(self, form: str) -> int:
        """Return a number that the documents that have a bare form do not exceed."""
        return self.snapshot.most(word_prefix(form))

    def field_forms(self, name: str, prefix: str) -> Iterable[str]:
        """Return the bare forms in a field that begin so."""
        return {field_word_of(key)[0] for key in self._keys(field_prefix(name, prefix))}

    def dated(self, fits: Callable[[Years], bool]) -> Docs:
        """Return the documents whose years fit."""
        return self._having([key for key in self._keys(SPANS) if fits(span_of(key))])

    def spans(self) -> Iterator[tuple[Years, Docs]]:
        """Yield the years of dates, rising, with the documents of each."""
        for span, key in sorted((span_of(key), key) for key in self._keys(SPANS)):
            yield span, self._having([key])

    def in_order(self, docs: Docs, wanted: int) -> Sequence[int]:
        """Return the first documents of a set by :func:`search.documents.order_key`."""
        if wanted <= 0:
            return []
        count = docs.bit_count()
        if count <= _FEW_TIES and not self._has_order:
            return sorted(numbers_of(docs), key=self._order)[:wanted]
        # Either all of the set are put in order, or all documents in order are gone through until
        # enough of them are of the set.
        if count * count > wanted * self.document_count:
            return list(first_in(self._in_order, docs, wanted))
        return nsmallest(wanted, numbers_of(docs), key=self._places.__getitem__)

    def added(self, number: int) -> str:
        """Return when a document's item came into the archive, or empty."""
        return self.snapshot.added(number)

    def titles(self, number: int) -> Sequence[tuple[str, str]]:
        """Return the (language, title) of a document."""
        display = json.loads(self.snapshot.stored(number)[1])
        return [(lang, title) for lang, title in display["titles"]]

    def facet_counts(self, docs: Docs) -> Mapping[str, Mapping[str, int]]:
        """Return how many documents of a set have each value of each facet, zero left out."""
        return self._facets.counts(docs)

    def having_facet(self, name: str, value: str) -> Docs:
        """Return the documents that are counted under a value of a facet."""
        return self._having([facet_key(name, value)])

    def suggestions(self, prefix: str) -> Iterator[tuple[Entry, int]]:
        """Yield the entries whose key begins so, with how many documents have each."""
        for key, count in self.snapshot.counts(suggestion_prefix(prefix)):
            if count:
                yield suggestible_of(key), count

    @cached_property
    def _facets(self) -> FacetTable | FacetColumns:
        keys = self.snapshot.keys(FACETS)
        values = ((*facet_of(key), self.snapshot.having(key)) for key in keys)
        if not self.snapshot.is_for_many:
            return FacetTable(values)
        try:
            from search.facet_columns import FacetColumns
        except ImportError:  # installed by hand without it: counted all the same, but later
            return FacetTable(values)
        return FacetColumns(values, self.snapshot.living().bit_length())

    @cached_property
    def _in_order(self) -> Sequence[int]:
        """The numbers of all documents by what orders them."""
        self._has_order = True
        return self.snapshot.in_order()

    @cached_property
    def _places(self) -> Sequence[int]:
        """For the number of each document its place in that order."""
        places = array("I", bytes(4 * (max(self._in_order, default=0) + 1)))
        for place, number in enumerate(self._in_order):
            places[number] = place
        return places

    def _order(self, number: int) -> str:
        order = self._orders.get(number)
        if order is None:
            order = self._orders[number] = self.snapshot.order(number)
        return order

    def _having(self, keys: Sequence[str]) -> Docs:
        """Return the documents that have one of some keys."""
        if len(keys) < _FEW_KEYS:
            return self._joined(map(self._documents, keys))
        # Most queries ask for words that others had: their spellings are joined once, and what
        # each has by itself, which may be a hundred sets, does not push out what others ask for.
        name = f"{SEPARATOR}{SEPARATOR}".join(keys)
        docs = self._kept.get(name)
        if isinstance(docs, int):
            self._kept.move_to_end(name)
            return docs
        docs = self._joined(self._kept.get(key) or self.snapshot.having(key) for key in keys)
        self._keep(name, docs)
        return docs

    @staticmethod
    def _joined(found: Iterable[Sequence[int] | Docs]) -> Docs:
        docs = NONE
        numbers: list[int] = []
        for entry in found:
            if isinstance(entry, int):
                docs |= entry
            else:
                numbers += entry
        return docs | docs_of(numbers)

    def _documents(self, key: str) -> Sequence[int] | Docs:
        """Return the documents of a key, as a set if they are many."""
        entry = self._kept.get(key)
        if entry is not None:
            self._kept.move_to_end(key)
            return entry
        entry = self.snapshot.having(key)
        if not isinstance(entry, int) and is_dense(entry):
            entry = docs_of(entry)
        self._keep(key, entry)
        return entry

    def _keep(self, name: str, entry: Sequence[int] | Docs) -> None:
        self._kept[name] = entry
        self._kept_bytes += getsizeof(name) + getsizeof(entry)
        while self._kept_bytes > self._most_kept and len(self._kept) > 1:
            first, oldest = self._kept.popitem(last=False)
            self._kept_bytes -= getsizeof(first) + getsizeof(oldest)

    def _keys(self, prefix: str) -> Sequence[str]:
        keys = self._remembered(prefix)
        if keys is None:
            keys = self._remember(prefix, tuple(self.snapshot.keys(prefix)))
        return keys

    def _remembered(self, name: str) -> Sequence[str] | None:
        found = self._listed.get(name)
        if found is not None:
            self._listed.move_to_end(name)
        return found

    def _remember(self, name: str, listed: Sequence[str]) -> Sequence[str]:
        self._listed[name] = listed
        self._listed_count += len(listed) + 1
        while self._listed_count > MOST_LISTED and len(self._listed) > 1:
            _name, oldest = self._listed.popitem(last=False)
            self._listed_count -= len(oldest) + 1
        return listed
