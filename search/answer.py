"""The answer to a query, by any engine: hits in order, corrected words, counts of facets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby
from typing import Protocol

from search.analysis import iter_words
from search.correct import corrected
from search.facets import NO_FILTERS, Bar, Counts, FacetReader, Filters, faceted
from search.query import NO_FIELDS, SPACES, Fields, Query, parse_query
from search.scoring import Ranked, TermReader, rank
from search.suggest import SuggestionReader


class Order(StrEnum):
    """What comes first."""

    RELEVANCE = "relevance"
    DATE = "date"
    NUMBER = "number"
    NEWEST = "newest"


class DocumentReader(TermReader, FacetReader, SuggestionReader, Protocol):
    """What answers and suggestions ask of an index."""

    def order(self, number: int) -> str:
        """Return the :func:`search.documents.order_key` of a document."""
        ...

    def added(self, number: int) -> str:
        """Return when a document's item came into the archive, RFC 3339, or empty."""
        ...

    def titles(self, number: int) -> Sequence[tuple[str, str]]:
        """Return the (language, title) of a document."""
        ...


@dataclass(frozen=True)
class Answer:
    """The answer to a query.

    Attributes:
        ranked: The hits, in no order.
        corrected: The words that were looked for instead of those typed, or empty.
        query: What was looked for, corrected.
        facets: For each field its values with how many items have them; see
            :mod:`search.facets`. Empty unless asked for.
        years: The histogram of the hits over time; empty unless asked for.
    """

    ranked: list[Ranked]
    corrected: str
    query: Query
    facets: Counts = field(default_factory=dict)
    years: tuple[Bar, ...] = ()


def answer(
    text: str,
    reader: DocumentReader,
    fields: Fields = NO_FIELDS,
    *,
    filters: Filters = NO_FILTERS,
    with_facets: bool = False,
    with_years: bool = False,
    with_all: bool = False,
) -> Answer:
    """Return the answer to a query.

    Where no document has all words, what was probably meant is looked for instead, if that
    finds more; filters are not part of that question.

    Args:
        text: Anything a person types.
        reader: The index.
        fields: The fields that can be asked for by name.
        filters: What the hits have to be or have.
        with_facets: Count the values of facets.
        with_years: Make the histogram of years.
        with_all: A text of nothing but spaces finds everything, as it does with filters;
            otherwise it finds nothing.
    """
    if (with_all or filters) and not text.strip(SPACES):
        everything = [Ranked(number, 0, 0) for number in reader.numbers()]
        found = Answer(everything, "", parse_query(text, fields))
    else:
        found = _answer(text, reader, fields)
    kept = faceted(found.ranked, reader, filters, with_facets=with_facets, with_years=with_years)
    return replace(found, ranked=kept.ranked, facets=kept.facets, years=kept.years)


def _answer(text: str, reader: DocumentReader, fields: Fields) -> Answer:
    query = parse_query(text, fields)
    ranked = rank(query, reader)
    most = max((entry.found for entry in ranked), default=0)
    if not query.words or most >= query.part_count:
        return Answer(ranked, "", query)
    meant = corrected(query, reader)
    if meant is None:
        return Answer(ranked, "", query)
    better = rank(meant, reader)
    if max((entry.found for entry in better), default=0) <= most:
        return Answer(ranked, "", query)
    return Answer(better, _spelled(meant, better, reader), meant)


def ordered(
    ranked: list[Ranked], reader: DocumentReader, wanted: int, order: Order = Order.RELEVANCE
) -> list[Ranked]:
    """Return the first ``wanted`` hits in order.

    By relevance, the keys of no more documents are read than needed. Documents without a date
    come last by date, those without a time last by newest.
    """
    if order is Order.NUMBER:
        return sorted(ranked, key=lambda entry: reader.order(entry.number))[:wanted]
    if order is Order.DATE:
        return sorted(ranked, key=lambda entry: _date_key(entry, reader))[:wanted]
    if order is Order.NEWEST:
        by_number = sorted(ranked, key=lambda entry: reader.order(entry.number))
        return sorted(by_number, key=lambda e: reader.added(e.number), reverse=True)[:wanted]
    best: list[Ranked] = []
    if not wanted:
        return best
    ranked = sorted(ranked, key=lambda entry: (-entry.found, -entry.score))
    for _score, ties in groupby(ranked, key=lambda entry: (entry.found, entry.score)):
        best += sorted(ties, key=lambda entry: reader.order(entry.number))
        if len(best) >= wanted:
            break
    return best[:wanted]


def _date_key(entry: Ranked, reader: DocumentReader) -> tuple[bool, int, int, str]:
    years = reader.years(entry.number)
    first, last = years or (0, 0)
    return years is None, first, last, reader.order(entry.number)


def _spelled(query: Query, ranked: list[Ranked], reader: DocumentReader) -> str:
    """Return the words of a query with the marks they have in the title of the best hit."""
    spelled: dict[str, str] = {}
    for entry in ordered(ranked, reader, 1):
        for _lang, title in reader.titles(entry.number):
            for word in iter_words(title):
                for token in word.parts:
                    spelled.setdefault(token.bare, token.exact)
    tokens = (token for word in query.words for token in word.parts)
    return " ".join(
        token.exact if token.is_marked else spelled.get(token.bare, token.exact) for token in tokens
    )
