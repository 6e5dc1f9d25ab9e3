"""Asking the index: what ``hoaban search`` and selections by query need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from archive.catalogue import Catalogue, CatalogueItem
from archive.opening import Archive
from pipeline.indexing import open_index, staff_fields
from schemas.access import access_text
from schemas.dublincore import Statement
from schemas.identifiers import item_page
from schemas.records import Access, best_value, day_of, is_public
from search.answer import Order
from search.facet_values import facet_fields, term_labels, value_label
from search.facets import NO_FILTERS, Bar, Counts, Filters
from search.highlight import highlighted
from search.index import Hit
from search.query import Query


@dataclass(frozen=True)
class Found:
    """One item found.

    Attributes:
        identifier: Its inventory number.
        title: Its title, in the reader's language where it has one.
        score: How well it fits; higher is better, and only the order means something.
        url: Address of its page on the published site; empty for an item that is not public.
        access: Who may see it.
        pieces: The title in pieces, and of each whether the query finds it.
    """

    identifier: str
    title: str
    score: float
    url: str
    access: str
    pieces: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet.

    Attributes:
        value: The value, as filters take it; the same in every language.
        label: What readers see.
        count: How many items there are with it, see :mod:`search.facets`.
    """

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class FacetValues:
    """One facet of an answer.

    Attributes:
        field: Name of the field.
        label: What readers call it.
        values: Most first.
    """

    field: str
    label: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True)
class FoundItems:
    """An answer.

    Attributes:
        total: How many items fit.
        hits: Those asked for, in the order asked for.
        corrected: The words that were looked for instead of those typed, or empty.
        facets: The facets with their values, in the order readers see them, if asked for.
        years: The histogram over time, if facets are asked for.
    """

    total: int
    hits: tuple[Found, ...]
    corrected: str = ""
    facets: tuple[FacetValues, ...] | None = None
    years: tuple[Bar, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the answer as the plain dict that ``--json`` prints."""
        hits = [asdict(hit) for hit in self.hits]
        for hit in hits:
            del hit["pieces"]
        data: dict[str, Any] = {"total": self.total, "corrected": self.corrected, "hits": hits}
        if self.facets is not None:
            data["facets"] = {
                facet.field: [asdict(value) for value in facet.values] for facet in self.facets
            }
            data["years"] = [asdict(bar) for bar in self.years]
        return data


def find(
    archive: Archive,
    query: str,
    *,
    limit: int,
    lang: str,
    now: Callable[[], datetime],
    order: Order = Order.RELEVANCE,
    filters: Filters = NO_FILTERS,
    with_facets: bool = False,
) -> FoundItems:
    """Return the items that ``query`` finds, best first.

    Args:
        archive: Where to look.
        query: As typed; nothing typed is an error, at worst it finds nothing.
        limit: The most hits to return.
        lang: Language titles are wanted in, and edition the addresses point to.
        now: The clock: an item under an embargo has no address yet.
        order: What comes first.
        filters: What the items have to be or have; with some, an empty query finds everything.
        with_facets: Count the values of facets, and make the histogram of years.

    Raises:
        RecordError: The catalogue or the index is damaged.
        SourceError: There is no index.
    """
    edition = lang if lang in archive.settings.languages else archive.settings.main_language
    with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        if catalogue.count() == 0:
            return FoundItems(0, (), facets=() if with_facets else None)
        with open_index(archive) as index:
            results = index.search(
                query,
                limit=limit,
                fields=staff_fields(archive.profile),
                order=order,
                filters=filters,
                with_facets=with_facets,
                with_years=with_facets,
            )
        hits = tuple(
            _found(archive, hit, catalogue.get(hit.item_id), edition, results.query, day_of(now()))
            for hit in results.hits
        )
    facets = labelled(archive, results.facets, lang, with_hidden=True) if with_facets else None
    return FoundItems(results.total, hits, results.corrected, facets, results.years)


def labelled(
    archive: Archive, counts: Counts, lang: str, *, with_hidden: bool = False
) -> tuple[FacetValues, ...]:
    """Return counts with what readers of ``lang`` call them, in the order readers see them."""
    found: list[FacetValues] = []
    for facet in facet_fields(archive.profile, with_hidden=with_hidden):
        labels = term_labels(facet, archive.tables, lang) if facet.name in counts else {}
        values = tuple(
            FacetValue(
                value, labels.get(value) or value_label(facet, value, archive.profile, lang), count
            )
            for value, count in counts.get(facet.name, ())
        )
        if values:
            found.append(FacetValues(facet.name, facet.label(lang), values))
    return tuple(found)


def _found(
    archive: Archive,
    hit: Hit,
    item: CatalogueItem | None,
    edition: str,
    query: Query,
    today: date,
) -> Found:
    access = item.record.access if item else Access.STAFF
    page = f"{archive.settings.base_url}/{edition}/{item_page(hit.item_id)}"
    title = _title(hit.titles, edition) or hit.identifier
    return Found(
        identifier=hit.identifier,
        title=title,
        score=hit.score,
        url=page if item and is_public(item.record, today) else "",
        access=access_text(access, item.record.embargo_until if item else ""),
        pieces=highlighted(title, query),
    )


def ids_matching(archive: Archive, query: str) -> tuple[str, ...]:
    """Return the ids of all items that ``query`` finds, best first.

    Raises:
        SourceError: There is no index, or it cannot be opened.
    """
    fields = staff_fields(archive.profile)
    with open_index(archive) as index:
        return index.item_ids(query, fields)


def _title(titles: tuple[tuple[str, str], ...], lang: str) -> str:
    best = best_value((Statement("title", text, tag) for tag, text in titles), lang)
    return best.value if best else ""
