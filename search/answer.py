"""The answer to a query, by any engine: hits in order, corrected words, counts of facets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from search.analysis import iter_words
from search.correct import corrected
from search.date_query import Years
from search.docsets import Docs, docs_of, numbers_of
from search.query import NO_FIELDS, Fields, Query, parse_query
from search.scoring import Ranked, Ranking, TermReader, rank


class Order(StrEnum):
    """What comes first."""

    RELEVANCE = "relevance"
    DATE = "date"
    NUMBER = "number"
    NEWEST = "newest"


class DocumentReader(TermReader, Protocol):
    """What an answer asks of an index besides its words."""

    def in_order(self, docs: Docs, wanted: int) -> Sequence[int]:
        """Return the first documents of a set by :func:`search.documents.order_key`."""
        ...

    def added(self, number: int) -> str:
        """Return when a document's item came into the archive, RFC 3339, or empty."""
        ...

    def spans(self) -> Iterable[tuple[Years, Docs]]:
        """Yield the years of dates, rising, with the documents of each."""
        ...

    def facet_counts(self, docs: Docs) -> Mapping[str, Mapping[str, int]]:
        """Return how many documents of a set have each value of each facet, zero left out."""
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
    """

    ranked: Ranking
    corrected: str
    query: Query


def answer(text: str, reader: DocumentReader, fields: Fields = NO_FIELDS) -> Answer:
    """Return the answer to a query.

    Where no document has all words, what was probably meant is looked for instead, if that
    finds more.

    Args:
        text: Anything a person types.
        reader: The index.
        fields: The fields that can be asked for by name.
    """
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


def facet_counts(
    ranking: Ranking, reader: DocumentReader
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Return for each field its values with how many hits have them, most first."""
    return {
        field: tuple(sorted(values.items(), key=lambda pair: (-pair[1], pair[0])))
        for field, values in sorted(reader.facet_counts(ranking.docs).items())
        if values
    }


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
