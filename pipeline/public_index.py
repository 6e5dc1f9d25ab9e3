"""The search of the public items, live: what ``hoaban serve`` answers from.

The archive's own index holds every item and every field, so answers from it would tell what the
public may not know. This one holds what the static index holds, in a folder of its own that lasts
as long as the server. It is made when it is first asked, and follows the catalogue: whoever asks
gets what is public now.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

from archive.catalogue import Catalogue, CatalogueItem
from archive.opening import Archive
from pipeline.followed import FollowedArchive
from pipeline.indexing import index_jobs, public_document
from schemas.records import day_of, is_public
from search.documents import SearchDocument
from search.index import SearchIndex

Stamp = tuple[int, str, str]


class PublicIndex:
    """The index of the public items of an archive."""

    def __init__(self, archive: FollowedArchive, folder: Path, now: Callable[[], datetime]) -> None:
        """Prepare; nothing is read yet.

        Args:
            archive: The archive, as its settings and profile are when somebody asks.
            folder: Where the index goes; made when it is needed.
            now: The clock: it decides what is still under an embargo.
        """
        self._followed = archive
        self._catalogue = archive.current().layout.catalogue
        self._now = now
        self._lock = threading.Lock()
        self._folder = folder
        self._index: SearchIndex | None = None
        self._stamps: dict[str, Stamp] = {}
        self._seen: object = None
        self._made_for: Archive | None = None

    def current(self) -> SearchIndex:
        """Return the index as the catalogue is now.

        Raises:
            RecordError: The catalogue does not hold the whole archive.
            StoreBusyError: Another process holds it.
            StoreWriteError: The disk refused to take the index.
        """
        with self._lock:
            archive = self._followed.current()
            seen = (self._today(), *self._files())
            if self._index is None:
                # The engine is chosen once: another one would need another folder.
                engine = archive.settings.search.engine
                self._index = SearchIndex.create(self._folder, engine=engine)
            if self._made_for is not None and _differ(archive, self._made_for):
                self._stamps, self._seen = {}, None  # every document may be another one
            if seen != self._seen:
                self._refresh(self._index, archive)
                self._seen = seen
            self._made_for = archive
            return self._index

    def close(self) -> None:
        """Let go of the files of the index."""
        with self._lock:
            if self._index is not None:
                self._index.close()

    def _files(self) -> Iterator[tuple[int, int]]:
        """Yield when the files of the catalogue were written, and how long they are."""
        path = self._catalogue
        for file in (path, path.with_name(f"{path.name}-wal")):
            if file.exists():
                found = file.stat()
                yield found.st_mtime_ns, found.st_size

    def item(self, item_id: str) -> CatalogueItem | None:
        """Return an item, or None for one that is not there or not public."""
        with Catalogue.open_for_reading(self._catalogue) as catalogue:
            item = catalogue.get(item_id)
        return item if item is not None and is_public(item.record, self._today()) else None

    def _today(self) -> date:
        return day_of(self._now())

    def _refresh(self, index: SearchIndex, archive: Archive) -> None:
        stamps: dict[str, Stamp] = {}
        with Catalogue.open_for_reading(self._catalogue) as catalogue:

            def changed() -> Iterator[SearchDocument]:
                for item in catalogue.iter_items(public_on=self._today()):
                    stamps[item.item_id] = _stamp(item)
                    if self._stamps.get(item.item_id) != stamps[item.item_id]:
                        yield public_document(item, archive)

            if self._stamps:
                documents = list(changed())
                gone = sorted(self._stamps.keys() - stamps.keys())
                if documents or gone:
                    index.update(documents, removed=gone)
            else:
                index.replace_all(changed(), jobs=index_jobs(archive))
        self._stamps = stamps


def _differ(one: Archive, other: Archive) -> bool:
    """Say whether the documents of an item may differ between two readings of its archive."""
    return one is not other and (
        one.profile != other.profile
        or one.tables != other.tables
        or one.settings.rights_uri != other.settings.rights_uri
    )


def _stamp(item: CatalogueItem) -> Stamp:
    return item.version, item.updated_at, item.derivatives.recipe if item.derivatives else ""
