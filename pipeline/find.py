"""Asking the index: what ``hoaban search`` and selections by query need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from archive.catalogue import Catalogue, CatalogueItem
from archive.opening import Archive
from pipeline.indexing import open_index, staff_fields
from schemas.access import access_text
from schemas.dublincore import Statement
from schemas.identifiers import item_page
from schemas.profile import Profile
from schemas.records import Access, best_value, day_of, is_public
from search.answer import Order
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
class FacetValues:
    """One facet of an answer.

    Attributes:
        field: Name of the field.
        label: What readers call it.
        values: (value, how many of all hits have it), most first.
    """

    field: str
    label: str
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class FoundItems:
    """An answer.

    Attributes:
        total: How many items fit.
        hits: Those asked for, in the order asked for.
        corrected: The words that were looked for instead of those typed, or empty.
        facets: The facets with their values, in the order of the profile, if asked for.
    """

    total: int
    hits: tuple[Found, ...]
    corrected: str = ""
    facets: tuple[FacetValues, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the answer as the plain dict that ``--json`` prints."""
        hits = [asdict(hit) for hit in self.hits]
        for hit in hits:
            del hit["pieces"]
        data: dict[str, Any] = {"total": self.total, "corrected": self.corrected, "hits": hits}
        if self.facets is not None:
            data["facets"] = {
                facet.field: [{"value": value, "count": count} for value, count in facet.values]
                for facet in self.facets
            }
        return data


def find(
    archive: Archive,
    query: str,
    *,
    limit: int,
    lang: str,
    now: Callable[[], datetime],
    order: Order = Order.RELEVANCE,
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
        with_facets: Count the values of facets over all hits.

    Raises:
        RecordError: The catalogue or the index is damaged.
        SourceError: There is no index.
    """
    edition = lang if lang in archive.settings.languages else archive.settings.main_language
    with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        if catalogue.count() == 0:
            return FoundItems(0, (), facets=() if with_facets else None)
        results = open_index(archive).search(
            query,
            limit=limit,
            fields=staff_fields(archive.profile),
            order=order,
            with_facets=with_facets,
        )
        hits = tuple(
            _found(archive, hit, catalogue.get(hit.item_id), edition, results.query, day_of(now()))
            for hit in results.hits
        )
    facets = _facets(archive.profile, results.facets, lang) if with_facets else None
    return FoundItems(results.total, hits, results.corrected, facets)


def _facets(
    profile: Profile, counts: Mapping[str, tuple[tuple[str, int], ...]], lang: str
) -> tuple[FacetValues, ...]:
    labels: dict[str, str] = {}
    for entry in (entry for kind in profile.each() for entry in kind):
        labels.setdefault(entry.name, entry.label(lang))
    return tuple(
        FacetValues(name, label, counts[name]) for name, label in labels.items() if name in counts
    )


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
    return open_index(archive).item_ids(query, fields)


def _title(titles: tuple[tuple[str, str], ...], lang: str) -> str:
    best = best_value((Statement("title", text, tag) for tag, text in titles), lang)
    return best.value if best else ""
