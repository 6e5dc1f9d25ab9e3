"""The index of an archive, kept by Whoosh; a cache that ``hoaban rebuild`` makes again.

Whoosh stores the postings and commits them; words come ready from ``search.analysis`` and hits
are ranked by ``search.scoring``, so that another engine or the search page gives the same
answers. Only what all Whoosh lines share is used.

Invariant: a commit replaces the table of contents by one rename. A process killed at any time
leaves the index as it was before or after the commit, never between.

**Never open an index that came from outside.** Its table of contents is a Python pickle, which
can run any code; an archive that arrives from elsewhere gets its index by ``hoaban rebuild``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from whoosh.fields import COLUMN, ID, STORED, Schema
from whoosh.index import EmptyIndexError, Index, LockError, create_in, open_dir
from whoosh.reading import IndexReader
from whoosh.writing import CLEAR, IndexWriter

from schemas.errors import RecordError, SourceError, StoreBusyError, StoreWriteError
from schemas.messages import _
from search.answer import Order, answer, ordered
from search.documents import (
    LEVELS,
    SearchDocument,
    best_levels,
    field_terms,
    order_key,
    token_pairs,
)
from search.facets import NO_FILTERS, Bar, Counts, Filters
from search.query import NO_FIELDS, Fields, Query, parse_query
from search.scoring import Ranked, rank
from search.suggest import Suggestion, suggest
from search.whoosh_reader import BARE, EXACT, WhooshReader, column_fields, suggestion_terms

# The number belongs to the schema below and to the analysis: a change to either makes older
# indexes "missing", which the remedy mends.
_NAME = "hoaban3"
_OWN_FILE = re.compile(r"_?hoaban\d+_")
_MEMORY_MB = 256


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
    """The index in one folder."""

    def __init__(self, index: Index, folder: Path) -> None:
        self._index = index
        self._folder = folder

    @classmethod
    def create(cls, folder: Path) -> SearchIndex:
        """Return the index in ``folder``; make an empty one where there is none in order.

        A good index is kept, so that :meth:`replace_all` can replace it in one step. The files
        of a damaged one, or of another version, are thrown away.

        Raises:
            StoreWriteError: The folder cannot be written.
        """
        try:
            return cls.open(folder)
        except (SourceError, RecordError):
            pass
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for path in folder.iterdir():
                if _OWN_FILE.match(path.name) and path.is_file():
                    path.unlink()
            return cls(create_in(str(folder), _schema(), indexname=_NAME), folder)
        except OSError as error:
            raise _write_error(error, folder) from error

    @classmethod
    def open(cls, folder: Path) -> SearchIndex:
        """Return the index in ``folder``.

        Raises:
            SourceError: There is none, or one of another version of Hoa Ban.
            RecordError: It is damaged.
        """
        try:
            index: Index = open_dir(str(folder), indexname=_NAME)
            with index.reader() as reader:
                reader.doc_count()
        except (EmptyIndexError, FileNotFoundError, NotADirectoryError) as error:
            if _has_contents(folder):
                raise _damaged(error, folder) from error
            raise SourceError(
                _("There is no search index of this version."), remedy=_remedy(), path=folder
            ) from error
        except Exception as error:  # unpickling damaged bytes raises whatever the bytes say
            raise _damaged(error, folder) from error
        return cls(index, folder)

    @property
    def document_count(self) -> int:
        """How many items the index holds."""
        with self._reader() as reader:
            return reader.doc_count()

    def replace_all(self, documents: Iterable[SearchDocument]) -> int:
        """Put ``documents`` in the place of everything that was there, in one commit.

        Returns:
            How many documents there are now.

        Raises:
            ValueError: An item stands twice in ``documents``.
            StoreBusyError: Another process is writing to the index.
            StoreWriteError: The disk refused a write.
        """
        with self._writer(mergetype=CLEAR) as writer:
            return self._add_all(writer, documents)

    def update(self, documents: Iterable[SearchDocument]) -> int:
        """Add ``documents``, each in the place of what was there for its item.

        Returns:
            How many documents were written.

        Raises:
            ValueError: An item stands twice in ``documents``.
            StoreBusyError: Another process is writing to the index.
            StoreWriteError: The disk refused a write.
        """
        with self._writer() as writer:
            return self._add_all(writer, documents, is_update=True)

    def remove(self, item_ids: Iterable[str]) -> None:
        """Take items out; those that are not there are passed over.

        Raises:
            StoreBusyError: Another process is writing to the index.
            StoreWriteError: The disk refused a write.
        """
        with self._writer() as writer:
            for item_id in item_ids:
                with self._whoosh():
                    writer.delete_by_term("item_id", item_id)

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
        with self._reader() as reader:
            index = WhooshReader(reader)
            found = answer(
                query,
                index,
                fields,
                filters=filters,
                with_facets=with_facets,
                with_years=with_years,
                with_all=with_all,
            )
            best = ordered(found.ranked, index, offset + limit, order)[offset:]
            hits = tuple(_hit(reader, entry) for entry in best)
            return Results(
                len(found.ranked), hits, found.query, found.corrected, found.facets, found.years
            )

    def suggest(self, text: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Return what a text that is being typed may become, see :mod:`search.suggest`.

        Raises:
            RecordError: The index is damaged.
        """
        with self._reader() as reader:
            return suggest(text, WhooshReader(reader), limit)

    def item_ids(self, query: str, fields: Fields = NO_FIELDS) -> tuple[str, ...]:
        """Return every item a query finds, best first.

        Nothing is corrected: who chooses items by a query means what it says.

        Raises:
            RecordError: The index is damaged.
        """
        with self._reader() as reader:
            index = WhooshReader(reader)
            ranked = rank(parse_query(query, fields), index)
            best = ordered(ranked, index, len(ranked))
            return tuple(reader.stored_fields(entry.number)["item_id"] for entry in best)

    @contextmanager
    def _reader(self) -> Iterator[IndexReader]:
        try:
            with self._index.reader() as reader:
                yield reader
        except Exception as error:  # damaged bytes surface as any exception, far from here
            raise _damaged(error, self._folder) from error

    @contextmanager
    def _writer(self, **commit_options: object) -> Iterator[IndexWriter]:
        """Give a writer; commit what the block wrote, or nothing if it raises."""
        with self._whoosh():
            writer = self._index.writer(limitmb=_MEMORY_MB)
        try:
            yield writer
            with self._whoosh():
                writer.commit(**commit_options)
        except BaseException:
            # Frees Whoosh's lock. Some lines have done so already and refuse, and a disk that
            # refused a write may refuse this too; what matters is the error above.
            with suppress(Exception):
                writer.cancel()
            raise

    @contextmanager
    def _whoosh(self) -> Iterator[None]:
        """Translate what a call into Whoosh raises while writing."""
        try:
            yield
        except LockError as error:
            raise StoreBusyError(
                _("Another process is writing to the search index."),
                remedy=_("Wait until it has finished, then try again."),
                path=self._folder,
            ) from error
        except OSError as error:
            raise _write_error(error, self._folder) from error
        except Exception as error:  # as in open()
            raise _damaged(error, self._folder) from error

    def _add_all(
        self,
        writer: IndexWriter,
        documents: Iterable[SearchDocument],
        *,
        is_update: bool = False,
    ) -> int:
        seen: set[str] = set()
        for document in documents:
            if document.item_id in seen:
                raise ValueError(f"item {document.item_id!r} stands twice among the documents")
            seen.add(document.item_id)
            fields = _fields(document)
            with self._whoosh():
                if is_update:
                    writer.delete_by_term("item_id", document.item_id)
                writer.add_document(**fields)
        return len(seen)


def _schema() -> Schema:
    # A list of words given to an ID field is indexed as it is: existence only, no analyzer.
    return Schema(
        item_id=ID(stored=True, unique=True),
        order=ID(sortable=True),
        display=STORED,
        facts=COLUMN(),
        **{name: ID() for name in (*BARE, *EXACT, "pairs", "fields", "suggestions")},
    )


def _fields(document: SearchDocument) -> dict[str, object]:
    exact: tuple[set[str], ...] = tuple(set() for _level in LEVELS)
    best: dict[str, int] = {}
    for token, level in best_levels(document).items():
        exact[level].add(token.exact)
        best[token.bare] = min(level, best.get(token.bare, level))
    bare: tuple[list[str], ...] = tuple([] for _level in LEVELS)
    for word, level in best.items():
        bare[level].append(word)
    display = {
        "identifier": document.identifier,
        "titles": document.titles,
        "date": document.date,
        "thumbnail": document.thumbnail,
    }
    fields: dict[str, object] = {
        "item_id": document.item_id,
        "order": order_key(document),
        "display": json.dumps(display, ensure_ascii=False),
        "pairs": sorted(token_pairs(document)),
        "fields": sorted(field_terms(document)),
        "suggestions": sorted(suggestion_terms(document)),
        **column_fields(document),
    }
    fields |= {name: sorted(words) for name, words in zip(EXACT, exact, strict=True)}
    fields |= {name: sorted(words) for name, words in zip(BARE, bare, strict=True)}
    return fields


def _hit(reader: IndexReader, entry: Ranked) -> Hit:
    stored = reader.stored_fields(entry.number)
    display = json.loads(stored["display"])
    return Hit(
        item_id=stored["item_id"],
        identifier=display["identifier"],
        titles=tuple((lang, text) for lang, text in display["titles"]),
        score=entry.score,
        date=display["date"],
        thumbnail=display["thumbnail"],
    )


def _has_contents(folder: Path) -> bool:
    return any(folder.glob(f"_{_NAME}_*.toc"))


def _remedy() -> str:
    return _("Make it again: hoaban rebuild")


def _damaged(error: Exception, folder: Path) -> RecordError:
    return RecordError(
        _("The search index is damaged: {reason}.").format(reason=error or type(error).__name__),
        remedy=_remedy(),
        path=folder,
    )


def _write_error(error: OSError, folder: Path) -> StoreWriteError:
    return StoreWriteError(
        _("The search index cannot be written: {reason}.").format(
            reason=error.strerror or str(error)
        ),
        remedy=_("Make room or give yourself the right to write, then run: hoaban rebuild"),
        path=folder,
    )
