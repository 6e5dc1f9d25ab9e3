"""The answer to a query, by any engine: hits in order, corrected words, counts of facets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from search.analysis import iter_words
from search.correct import corrected
from search.docsets import Docs, docs_of, numbers_of
from search.facets import NO_FILTERS, Bar, Counts, FacetReader, Filters, faceted
from search.query import NO_FIELDS, SPACES, Fields, Query, parse_query
from search.scoring import Ranked, Ranking, TermReader, rank
from search.suggest import SuggestionReader


class Order(StrEnum):
    """What comes first."""

    RELEVANCE = "relevance"
    DATE = "date"
    NUMBER = "number"
    NEWEST = "newest"


class DocumentReader(TermReader, FacetReader, SuggestionReader, Protocol):
    """What answers and suggestions ask of an index."""

    def in_order(self, docs: Docs, wanted: int) -> Sequence[int]:
        """Return the first documents of a set by :func:`search.documents.order_key`."""
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
        ranked: The hits.
        corrected: The words that were looked for instead of those typed, or empty.
        query: What was looked for, corrected.
        facets: For each field its values with how many items have them; see
            :mod:`search.facets`. Empty unless asked for.
        years: The histogram of the hits over time; empty unless asked for.
    """

    ranked: Ranking
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
        everything = Ranking(((0, reader.documents()),))
        found = Answer(everything, "", parse_query(text, fields))
    else:
        found = _answer(text, reader, fields)
    docs = found.ranked.docs
    kept = faceted(docs, reader, filters, with_facets=with_facets, with_years=with_years)
    ranked = found.ranked.among(kept.docs)
    return replace(found, ranked=ranked, facets=kept.facets, years=kept.years)


def _answer(text: str, reader: DocumentReader, fields: Fields) -> Answer:
    query = parse_query(text, fields)
    ranked = rank(query, reader)
    if not query.words or ranked.most_found >= query.part_count:
        return Answer(ranked, "", query)
    meant = corrected(query, reader)
    if meant is None:
        return Answer(ranked, "", query)
    better = rank(meant, reader)
    if better.most_found <= ranked.most_found:
        return Answer(ranked, "", query)
    return Answer(better, _spelled(meant, better, reader), meant)


def ordered(
    ranking: Ranking, reader: DocumentReader, wanted: int, order: Order = Order.RELEVANCE
) -> list[Ranked]:
    """Return the first ``wanted`` hits in order.

    Documents without a date come last by date, those without a time last by newest.
    """
    best: list[Ranked] = []
    if order is Order.RELEVANCE:
        for found, score, docs in ranking.iter_best(wanted):
            first = reader.in_order(docs, wanted - len(best))
            best += (Ranked(number, found, score) for number in first)
        return best
    numbers = _sorted(ranking.docs, reader, wanted, order)
    for found, score, docs in ranking.among(docs_of(numbers)).iter_best(len(numbers)):
        best += (Ranked(number, found, score) for number in numbers_of(docs))
    places = {number: place for place, number in enumerate(numbers)}
    return sorted(best, key=lambda entry: places[entry.number])


def _sorted(docs: Docs, reader: DocumentReader, wanted: int, order: Order) -> list[int]:
    """Return the first ``wanted`` documents by anything but relevance."""
    if order is Order.NUMBER:
        return list(reader.in_order(docs, wanted))
    if order is Order.NEWEST:
        by_number = reader.in_order(docs, docs.bit_count())
        return sorted(by_number, key=reader.added, reverse=True)[:wanted]
    numbers: list[int] = []
    for _years, dated in reader.spans():
        if len(numbers) < wanted:
            numbers += reader.in_order(docs & dated, wanted - len(numbers))
        docs &= ~dated
    return numbers + list(reader.in_order(docs, wanted - len(numbers)))


def _spelled(query: Query, ranking: Ranking, reader: DocumentReader) -> str:
    """Return the words of a query with the marks they have in the title of the best hit."""
    spelled: dict[str, str] = {}
    for entry in ordered(ranking, reader, 1):
        for _lang, title in reader.titles(entry.number):
            for word in iter_words(title):
                for token in word.parts:
                    spelled.setdefault(token.bare, token.exact)
    tokens = (token for word in query.words for token in word.parts)
    return " ".join(
        token.exact if token.is_marked else spelled.get(token.bare, token.exact) for token in tokens
    )
