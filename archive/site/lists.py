"""The IIIF collection manifest, written part by part while the items go by."""

from __future__ import annotations

from typing import Any

from archive.site.files import SiteTree
from schemas.crosswalks.iiif import Publication, collection, collection_part, collection_path

# Beyond this many the collection manifest lists its parts instead of its items.
COLLECTION_PART_SIZE = 1000


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
