"""Lists that are written page by page while the items go by."""

from __future__ import annotations

from typing import Any

from archive.site.files import SiteTree
from archive.site.items import Card
from archive.site.pages import PAGE_SIZE, Pages, browse_page
from schemas.crosswalks.iiif import Publication, collection, collection_part, collection_path

# Beyond this many the collection manifest lists its parts instead of its items.
COLLECTION_PART_SIZE = 1000


class BrowseLists:
    """The list of all items in every edition, a page of cards at a time.

    Attributes:
        count: How many pages each edition's list has; at least one.
    """

    def __init__(
        self, tree: SiteTree, pages: Pages, languages: tuple[str, ...], items: int
    ) -> None:
        self.count = max(1, -(-items // PAGE_SIZE))
        self._tree = tree
        self._pages = pages
        self._cards: dict[str, list[Card]] = {lang: [] for lang in languages}
        self._written = 0

    def add(self, cards: dict[str, Card]) -> None:
        """Add an item, as a card in each language."""
        for lang, card in cards.items():
            self._cards[lang].append(card)
        if all(len(cards) == PAGE_SIZE for cards in self._cards.values()):
            self._write()

    def finish(self) -> None:
        """Write the last page."""
        if self._written < self.count:
            self._write()

    def _write(self) -> None:
        self._written += 1
        for lang, cards in self._cards.items():
            html = self._pages.browse(lang, cards, self._written, self.count)
            self._tree.write_page(f"{lang}/{browse_page(self._written)}", html)
            cards.clear()


class CollectionFiles:
    """The collection manifest; a large collection lists its parts, each a file of its own."""

    def __init__(self, tree: SiteTree, publication: Publication, items: int) -> None:
        self._tree = tree
        self._publication = publication
        self._in_parts = items > COLLECTION_PART_SIZE
        self._entries: list[dict[str, Any]] = []
        self._parts: list[dict[str, Any]] = []

    def add(self, summary: dict[str, Any]) -> None:
        """Add an item's manifest."""
        self._entries.append(summary)
        if self._in_parts and len(self._entries) == COLLECTION_PART_SIZE:
            self._write_part()

    def finish(self) -> None:
        """Write the last part, and the collection manifest itself."""
        if self._in_parts and self._entries:
            self._write_part()
        document = collection(self._parts or self._entries, self._publication)
        self._tree.write_json(collection_path(), document)

    def _write_part(self) -> None:
        number = len(self._parts) + 1
        document = collection(self._entries, self._publication, part=number)
        self._tree.write_json(collection_path(number), document)
        self._parts.append(collection_part(number, self._publication))
        self._entries = []
