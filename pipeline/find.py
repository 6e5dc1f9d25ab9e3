"""Asking the index: what ``hoaban search`` and selections by query need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from archive.catalogue import Catalogue, CatalogueItem
from archive.opening import Archive
from schemas.access import access_text
from schemas.dublincore import Statement
from schemas.identifiers import item_page
from schemas.records import Access, best_value, day_of, is_public
from search.index import Hit, SearchIndex


@dataclass(frozen=True)
class Found:
    """One item found.

    Attributes:
        identifier: Its inventory number.
        title: Its title, in the reader's language where it has one.
        score: How well it fits; higher is better, and only the order means something.
        url: Address of its page on the published site; empty for an item that is not public.
        access: Who may see it.
    """

    identifier: str
    title: str
    score: float
    url: str
    access: str


@dataclass(frozen=True)
class FoundItems:
    """An answer: how many items fit, and the best of them, best first."""

    total: int
    hits: tuple[Found, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the answer as the plain dict that ``--json`` prints."""
        return {"total": self.total, "hits": [asdict(hit) for hit in self.hits]}


def find(
    archive: Archive, query: str, *, limit: int, lang: str, now: Callable[[], datetime]
) -> FoundItems:
    """Return the items that ``query`` finds, best first.

    Args:
        archive: Where to look.
        query: Words as typed; nothing typed is an error, at worst it finds nothing.
        limit: The most hits to return.
        lang: Language titles are wanted in, and edition the addresses point to.
        now: The clock: an item under an embargo has no address yet.

    Raises:
        RecordError: The catalogue or the index is damaged.
        SourceError: There is no index.
    """
    edition = lang if lang in archive.settings.languages else archive.settings.main_language
    with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        if catalogue.count() == 0:
            return FoundItems(0, ())
        results = SearchIndex.open(archive.layout.index).search(query, limit=limit)
        hits = tuple(
            _found(archive, hit, catalogue.get(hit.item_id), edition, day_of(now()))
            for hit in results.hits
        )
    return FoundItems(results.total, hits)


def _found(
    archive: Archive, hit: Hit, item: CatalogueItem | None, edition: str, today: date
) -> Found:
    access = item.record.access if item else Access.STAFF
    page = f"{archive.settings.base_url}/{edition}/{item_page(hit.item_id)}"
    return Found(
        identifier=hit.identifier,
        title=_title(hit.titles, edition) or hit.identifier,
        score=hit.score,
        url=page if item and is_public(item.record, today) else "",
        access=access_text(access, item.record.embargo_until if item else ""),
    )


def ids_matching(archive: Archive, query: str) -> tuple[str, ...]:
    """Return the ids of all items that ``query`` finds, best first.

    Raises:
        SourceError: There is no index, or it cannot be opened.
    """
    return SearchIndex.open(archive.layout.index).item_ids(query)


def _title(titles: tuple[tuple[str, str], ...], lang: str) -> str:
    best = best_value((Statement("title", text, tag) for tag, text in titles), lang)
    return best.value if best else ""
