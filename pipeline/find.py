"""Asking the index: what ``hoaban search`` and selections by query need."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from archive.opening import Archive
from schemas.dublincore import Statement
from schemas.identifiers import item_page
from schemas.records import best_value
from search.index import SearchIndex


@dataclass(frozen=True)
class Found:
    """One item found.

    Attributes:
        identifier: Its inventory number.
        title: Its title, in the reader's language where it has one.
        score: How well it fits; higher is better, and only the order means something.
        url: Address of its page on the published site.
    """

    identifier: str
    title: str
    score: float
    url: str


@dataclass(frozen=True)
class FoundItems:
    """An answer: how many items fit, and the best of them, best first."""

    total: int
    hits: tuple[Found, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the answer as the plain dict that ``--json`` prints."""
        return {"total": self.total, "hits": [asdict(hit) for hit in self.hits]}


def find(archive: Archive, query: str, *, limit: int, lang: str) -> FoundItems:
    """Return the items that ``query`` finds, best first.

    Args:
        archive: Where to look.
        query: Words as typed; nothing typed is an error, at worst it finds nothing.
        limit: The most hits to return.
        lang: Language titles are wanted in, and edition the addresses point to.

    Raises:
        SourceError: There is no index, or it cannot be opened.
    """
    results = SearchIndex.open(archive.layout.index).search(query, limit=limit)
    edition = lang if lang in archive.settings.languages else archive.settings.main_language
    hits = tuple(
        Found(
            identifier=hit.identifier,
            title=_title(hit.titles, edition) or hit.identifier,
            score=hit.score,
            url=f"{archive.settings.base_url}/{edition}/{item_page(hit.item_id)}",
        )
        for hit in results.hits
    )
    return FoundItems(results.total, hits)


def ids_matching(archive: Archive, query: str) -> tuple[str, ...]:
    """Return the ids of all items that ``query`` finds, best first.

    Raises:
        SourceError: There is no index, or it cannot be opened.
    """
    return SearchIndex.open(archive.layout.index).item_ids(query)


def _title(titles: tuple[tuple[str, str], ...], lang: str) -> str:
    best = best_value((Statement("title", text, tag) for tag, text in titles), lang)
    return best.value if best else ""
