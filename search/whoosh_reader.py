"""A Whoosh index as scoring reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from whoosh.reading import IndexReader, TermNotFound

from search.date_query import Years
from search.documents import LEVELS, SearchDocument
from search.suggest import Entry, suggestions_of

BARE = tuple(f"bare_{level.value}" for level in LEVELS)
EXACT = tuple(f"exact_{level.value}" for level in LEVELS)
_BETWEEN = "\t"


def column_fields(document: SearchDocument) -> dict[str, bytes]:
    """Return what is kept of a document to be read for every hit: years, time, facets."""
    facts = [document.span, document.added, document.facets]
    return {"facts": json.dumps(facts, ensure_ascii=False).encode()}


def suggestion_terms(document: SearchDocument) -> set[str]:
    """Return the terms under which a document can be suggested."""
    titles = (title for _lang, title in document.titles)
    entries = suggestions_of(document.identifier, titles, document.facets)
    return {_BETWEEN.join((entry.key, entry.kind, entry.text)) for entry in entries}


class WhooshReader:
    """Reads an open index; see :class:`search.answer.DocumentReader`."""

    def __init__(self, reader: IndexReader) -> None:
        self._reader = reader
        self._facts: dict[int, list[Any]] = {}

    @property
    def document_count(self) -> int:
        """How many documents there are."""
        return self._reader.doc_count()

    def numbers(self) -> Iterable[int]:
        """Return the numbers of all documents."""
        return self._reader.all_doc_ids()

    def bare(self, form: str) -> list[list[int]]:
        """Return the documents by the best level at which they have a bare form."""
        return [self._numbers(name, form) for name in BARE]

    def exact(self, form: str) -> list[list[int]]:
        """Return the documents by the best level at which they have an exact form."""
        return [self._numbers(name, form) for name in EXACT]

    def pair(self, pair: str) -> list[int]:
        """Return the documents that have two bare forms side by side."""
        return self._numbers("pairs", pair)

    def field(self, term: str) -> list[int]:
        """Return the documents that have a term of a field."""
        return self._numbers("fields", term)

    def bare_forms(self, prefix: str) -> Iterable[str]:
        """Return the bare forms that begin so."""
        return {form for name in BARE for form in self._forms(name, prefix)}

    def field_forms(self, prefix: str) -> Iterable[str]:
        """Return the field terms that begin so."""
        return self._forms("fields", prefix)

    def years(self, number: int) -> Years | None:
        """Return the years of a document's dates, or None."""
        span = self._facts_of(number)[0]
        return (span[0], span[1]) if span else None

    def added(self, number: int) -> str:
        """Return when a document's item came into the archive, or empty."""
        return str(self._facts_of(number)[1])

    def facets(self, number: int) -> Iterable[tuple[str, str]]:
        """Return the (field, value) a document is counted by."""
        return [(field, value) for field, value in self._facts_of(number)[2]]

    def suggestions(self, prefix: str) -> Iterable[tuple[Entry, int]]:
        """Return the entries whose key begins so, with how many documents have each."""
        has_deletions = self._reader.has_deletions()
        for term in self._forms("suggestions", prefix):
            key, kind, text = term.split(_BETWEEN, 2)
            if has_deletions:
                count = len(self._numbers("suggestions", term))
            else:
                count = self._reader.doc_frequency("suggestions", term)
            if count:
                yield Entry(key, kind, text), count

    def order(self, number: int) -> str:
        """Return the key that orders equal hits."""
        return str(self._order[number])

    def titles(self, number: int) -> Sequence[tuple[str, str]]:
        """Return the (language, title) of a document."""
        display = json.loads(self._reader.stored_fields(number)["display"])
        return [(lang, title) for lang, title in display["titles"]]

    @cached_property
    def _order(self) -> Any:
        return self._reader.column_reader("order")

    @cached_property
    def _column(self) -> Any:
        return self._reader.column_reader("facts")

    def _facts_of(self, number: int) -> list[Any]:
        facts = self._facts.get(number)
        if facts is None:
            facts = self._facts[number] = json.loads(self._column[number])
        return facts

    def _numbers(self, field: str, form: str) -> list[int]:
        try:
            return list(self._reader.postings(field, form).all_ids())
        except TermNotFound:
            return []

    def _forms(self, field: str, prefix: str) -> Iterable[str]:
        return (form.decode() for form in self._reader.expand_prefix(field, prefix))
