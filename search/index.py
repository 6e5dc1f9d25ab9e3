"""The index of an archive; a cache that ``hoaban rebuild`` makes again.

An engine (``search.engine``) keeps keys and documents; words come ready from ``search.analysis``
and hits are ranked by ``search.scoring``, so that every engine and the search page give the same
answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from threading import RLock
from typing import Self

from archive.settings import SEARCH_ENGINES
from schemas.errors import HoabanError, RecordError, SourceError
from search.answer import Order, answer, ordered
from search.documents import SearchDocument
from search.engine import Engine, EngineKind, Snapshot, damaged_index, unwritable_index
from search.facets import NO_FILTERS, Bar, Counts, Filters
from search.lookup import Lookup
from search.query import NO_FIELDS, Fields, Query, parse_query
from search.scoring import Ranked, rank
from search.soundness import read_all
from search.suggest import Suggestion, suggest

_KINDS = {
    "whoosh": ("search.engines.whoosh_engine", "WhooshKind"),
    "tantivy": ("search.engines.tantivy_engine", "TantivyKind"),
}


@dataclass(frozen=True)
class Hit:
    """One item found.

    Attributes:
        item_id: The item.
        identifier: Its inventory number.
        titles: (language tag or empty, title), at least one.
        score: Its score, by ``search.scoring``.
        date: Its date as the museum writes it, or empty.
        thumbnail: Path of its thumbnail relative to the site's root, or empty.
    """

    item_id: str
    identifier: str
    titles: tuple[tuple[str, str], ...]
    score: int
    date: str = ""
    thumbnail: str = ""


@dataclass(frozen=True)
class Results:
    """The answer to a query.

    Attributes:
        total: How many items were found.
        hits: Those asked for, in the order asked for.
        query: What was looked for.
        corrected: The words that were looked for instead of those typed, or empty.
        facets: For each field its values with how many items have them, most first; see
            :mod:`search.facets`. Empty unless asked for.
        years: The histogram over time; empty unless asked for.
    """

    total: int
    hits: tuple[Hit, ...]
    query: Query
    corrected: str = ""
    facets: Counts = field(default_factory=dict, hash=False)
    years: tuple[Bar, ...] = ()


class SearchIndex:
    """The index in one folder.

    Threads may share it: questions are answered one after another, each from the index as it was
    before or after a write that goes on at the same time.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._lookup: Lookup | None = None
        self._sound: Snapshot | None = None
        self._asking = RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    @classmethod
    def create(cls, folder: Path, *, engine: str = SEARCH_ENGINES[0]) -> SearchIndex:
        """Return the index in ``folder``; make an empty one where there is none in order.

        A good index is kept, so that :meth:`replace_all` can replace it in one step. The files
        of a damaged one, of another version or of another engine are thrown away.

        Args:
            folder: Made if missing.
            engine: One of ``SEARCH_ENGINES``.

        Raises:
            DependencyError: The engine is an extra that is not installed.
            StoreWriteError: The folder cannot be written.
        """
        try:
            return cls.open(folder, engine=engine)
        except (SourceError, RecordError):
            pass
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name in SEARCH_ENGINES:
                if name != engine:
                    kind_of(name).discard(folder)
            return cls(kind_of(engine).create(folder), folder)
        except OSError as error:
            raise unwritable_index(error, folder) from error

    @classmethod
    def open(cls, folder: Path, *, engine: str = SEARCH_ENGINES[0]) -> SearchIndex:
        """Return the index in ``folder``.

        Raises:
            DependencyError: The engine is an extra that is not installed.
            SourceError: There is none of this engine, or one of another version of Hoa Ban.
            RecordError: It is damaged.
        """
        return cls(kind_of(engine).open(folder), folder)

    def close(self) -> None:
        """Let go of the files; the next question opens them again."""
        with self._asking:
            self._lookup = self._sound = None
            self._engine.close()

    @property
    def document_count(self) -> int:
        """How many items the index holds."""
        with self.lookup() as lookup:
            return lookup.document_count

    def replace_all(self, documents: Iterable[SearchDocument], *, jobs: int = 1) -> int:
        """Put ``documents`` in the place of everything that was there, in one commit.

        Args:
            documents: Read one after another.
            jobs: Processes that may work.

        Returns:
            How many documents there are now.

        Raises:
            ValueError: An item stands twice in ``documents``.
            DependencyError: A process that helped has ended.
            StoreBusyError: Another process is writing to the index.
            StoreWriteError: The disk refused a write.
        """
        return self._engine.replace_all(documents, jobs=jobs)

    def update(self, documents: Iterable[SearchDocument], *, removed: Iterable[str] = ()) -> int:
        """Add ``documents``, each in the place of what was there for its item.

        Args:
            documents: Read one after another.
            removed: Items to take out in the same commit; read after the documents. Those not
                there are passed over.

        Returns:
            How many documents were written.

        Raises:
            ValueError: An item stands twice in ``documents``.
            StoreBusyError: Another process is writing to the index.
            StoreWriteError: The disk refused a write.
        """
        return self._engine.update(documents, removed)

    def remove(self, item_ids: Iterable[str]) -> None:
        """Take items out; those that are not there are passed over.

        Raises:
            StoreBusyError: Another process is writing to the index.
            StoreWriteError: The disk refused a write.
        """
        self._engine.update((), item_ids)

    def search(
        self,
        query: str,
        *,
        limit: int = 20,
        offset: int = 0,
        fields: Fields = NO_FIELDS,
        order: Order = Order.RELEVANCE,
        filters: Filters = NO_FILTERS,
        with_facets: bool = False,
        with_years: bool = False,
        with_all: bool = False,
    ) -> Results:
        """Return the hits of a query, best first.

        Args:
            query: Anything a person types; never refused.
            limit: Hits wanted, at least 0.
            offset: Hits to pass over, at least 0.
            fields: The fields that can be asked for by name.
            order: What comes first.
            filters: What the hits have to be or have.
            with_facets: Count the values of facets.
            with_years: Make the histogram of years.
            with_all: An empty query finds everything, as it does with filters.

        Raises:
            ValueError: ``limit`` or ``offset`` is below 0.
            RecordError: The index is damaged.
        """
        if limit < 0 or offset < 0:
            raise ValueError(f"limit {limit} and offset {offset} must be at least 0")
        with self.lookup() as lookup:
            found = answer(
                query,
                lookup,
                fields,
                filters=filters,
                with_facets=with_facets,
                with_years=with_years,
                with_all=with_all,
            )
            best = ordered(found.ranked, lookup, offset + limit, order)[offset:]
            hits = tuple(_hit(lookup, entry) for entry in best)
            return Results(
                len(found.ranked), hits, found.query, found.corrected, found.facets, found.years
            )

    def suggest(self, text: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Return what a text that is being typed may become, see :mod:`search.suggest`.

        Raises:
            RecordError: The index is damaged.
        """
        with self.lookup() as lookup:
            return suggest(text, lookup, limit)

    def item_ids(self, query: str, fields: Fields = NO_FIELDS) -> tuple[str, ...]:
        """Return every item a query finds, best first.

        Nothing is corrected: who chooses items by a query means what it says.

        Raises:
            RecordError: The index is damaged.
        """
        with self.lookup() as lookup:
            ranking = rank(parse_query(query, fields), lookup)
            best = ordered(ranking, lookup, len(ranking))
            return tuple(lookup.snapshot.stored(entry.number)[0] for entry in best)

    @contextmanager
    def lookup(self) -> Iterator[Lookup]:
        """Give what the index holds now, to be asked within the block.

        Raises:
            RecordError: The index is damaged.
        """
        try:
            with self._asking:
                snapshot = self._engine.snapshot()
                if self._lookup is None or self._lookup.snapshot is not snapshot:
                    self._lookup = Lookup(snapshot)
                yield self._lookup
        except (HoabanError, ConnectionError):
            raise  # a reader who went away says nothing of the index
        except Exception as error:  # damaged bytes surface as any exception, far from here
            if (damage := self._damage()) is None:
                raise  # a defect of the program, or of who asks
            raise damaged_index(damage, self._folder) from error

    def _damage(self) -> Exception | None:
        """Return why the index cannot be read, or None."""
        with self._asking:
            try:
                snapshot = self._engine.snapshot()
                # Slow: once for all defects that come while the index stays as it is.
                if snapshot is not self._sound:
                    read_all(snapshot)
                    self._sound = snapshot
            except Exception as error:  # as in lookup()
                return error
            return None


def kind_of(engine: str) -> EngineKind:
    """Return how indexes of an engine, one of ``SEARCH_ENGINES``, are opened and made."""
    module, name = _KINDS[engine]
    # Loaded only when it is wanted: Whoosh alone takes a tenth of a second.
    kind: EngineKind = getattr(import_module(module), name)()
    return kind


def _hit(lookup: Lookup, entry: Ranked) -> Hit:
    item_id, text = lookup.snapshot.stored(entry.number)
    display = json.loads(text)
    return Hit(
        item_id=item_id,
        identifier=display["identifier"],
        titles=tuple((lang, title) for lang, title in display["titles"]),
        score=entry.score,
        date=display["date"],
        thumbnail=display["thumbnail"],
    )
