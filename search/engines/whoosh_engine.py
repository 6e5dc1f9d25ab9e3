"""The index as Whoosh keeps it: the engine every installation has.

Only what all Whoosh lines share is used (``docs/decisions/0005``). Keys are one field of bare
existence: no positions, lengths or weights.

Invariant: a commit replaces the table of contents by one rename. A process killed at any time
leaves the index as it was before or after the commit, never between.

**Never open an index that came from outside.** Its table of contents is a Python pickle, which
can run any code; an archive that arrives from elsewhere gets its index by ``hoaban rebuild``.
"""

from __future__ import annotations

import filecmp
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from whoosh.index import EmptyIndexError, LockError, open_dir
from whoosh.reading import IndexReader, TermNotFound

from archive.durable import remove_tree
from schemas.errors import HoabanError
from search.docsets import Docs, docs_of
from search.documents import SearchDocument
from search.engine import (
    busy_index,
    damaged_index,
    missing_index,
    once_each,
    unwritable_index,
)
from search.engines import workers
from search.engines.whoosh_lists import Block, iter_blocks
from search.engines.whoosh_writer import NAME, KeyWriter, Replacing, new_index, new_part
from search.keys import PAIR, entry_for

_OWN_FILE = re.compile(r"_?hoaban\d+_")
_BUILDING = "building"
_Writer = TypeVar("_Writer", bound=KeyWriter)


class WhooshKind:
    """How Whoosh indexes are opened and made."""

    def open(self, folder: Path) -> WhooshEngine:
        """Return the index in ``folder``; see ``search.engine``."""
        try:
            index: Any = open_dir(str(folder), indexname=NAME)
            with index.reader() as reader:
                reader.doc_count()
        except (EmptyIndexError, FileNotFoundError, NotADirectoryError) as error:
            if any(folder.glob(f"_{NAME}_*.toc")):
                raise damaged_index(error, folder) from error
            raise missing_index(folder) from error
        except Exception as error:  # unpickling damaged bytes raises whatever the bytes say
            raise damaged_index(error, folder) from error
        return WhooshEngine(index, folder)

    def create(self, folder: Path) -> WhooshEngine:
        """Make an empty index in ``folder``; see ``search.engine``."""
        self.discard(folder)
        return WhooshEngine(new_index(folder), folder)

    def discard(self, folder: Path) -> None:
        """Remove every Whoosh index from ``folder``; see ``search.engine``."""
        for path in list(folder.iterdir()):
            if _OWN_FILE.match(path.name) and path.is_file():
                path.unlink()
        remove_tree(folder / _BUILDING)


class WhooshSnapshot:
    """One generation of a Whoosh index."""

    is_for_many = False

    def __init__(self, reader: IndexReader) -> None:
        self._reader = reader
        # Each segment by itself: Whoosh's readers of many cost several times more.
        self._segments = tuple(_Segment(leaf, first) for leaf, first in reader.leaf_readers())

    @property
    def document_count(self) -> int:
        """How many documents there are."""
        return int(self._reader.doc_count())

    def living(self) -> Docs:
        """Return all documents."""
        return docs_of(array("I", self._reader.all_doc_ids()))

    def having(self, key: str) -> array[int]:
        """Return the numbers of the documents that have ``key``."""
        found = array("I")
        for segment in self._segments:
            found.extend(segment.numbers(key))
        return found

    def keys(self, prefix: str) -> Iterable[str]:
        """Return the keys that begin with ``prefix``."""
        keys = [segment.keys(prefix) for segment in self._segments]
        return keys[0] if len(keys) == 1 else sorted(set().union(*keys))

    def paired(self) -> Iterator[int]:
        """Yield the numbers of the documents of all pairs."""
        for segment in self._segments:
            yield from segment.paired()

    def counts(self, prefix: str) -> Iterable[tuple[str, int]]:
        """Return the keys that begin with ``prefix``, each with how many documents have it."""
        counts: Counter[str] = Counter()
        for segment in self._segments:
            counts.update(dict(segment.counts(prefix)))
        return counts.items()

    def most(self, prefix: str) -> int:
        """Return a number that the documents with these keys do not exceed."""
        return sum(segment.most(prefix) for segment in self._segments)

    def order(self, number: int) -> str:
        """Return what orders a document among equals."""
        segment = self._segment_of(number)
        return bytes(segment.orders[number - segment.first]).decode()

    def in_order(self) -> list[int]:
        """Return the numbers of all documents by what orders them."""
        orders = (
            (bytes(order).decode(), segment.first + place)
            for segment in self._segments
            for place, order in enumerate(segment.orders)
            if place not in segment.deleted
        )
        return [number for _order, number in sorted(orders)]

    def added(self, number: int) -> str:
        """Return when a document's item came into the archive, or empty."""
        segment = self._segment_of(number)
        return bytes(segment.added[number - segment.first]).decode()

    def stored(self, number: int) -> tuple[str, str]:
        """Return the item id of a document and the JSON of what a hit shows."""
        fields = self._reader.stored_fields(number)
        return fields["item_id"], fields["display"]

    def close(self) -> None:
        """Let go of the files."""
        self._reader.close()

    def _segment_of(self, number: int) -> _Segment:
        return next(segment for segment in reversed(self._segments) if segment.first <= number)


class _Segment:
    """One segment, read by lists."""

    def __init__(self, leaf: Any, first: int) -> None:
        self.first = first
        self._leaf = leaf
        self.deleted: frozenset[int] = frozenset()
        if leaf.has_deletions():
            self.deleted = frozenset(range(leaf.doc_count_all())).difference(leaf.all_doc_ids())

    @cached_property
    def orders(self) -> Any:
        """What orders each document, as bytes."""
        return self._leaf.column_reader("order", translate=False)

    @cached_property
    def added(self) -> Any:
        """When each document's item came into the archive, as bytes."""
        return self._leaf.column_reader("added", translate=False)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with ``prefix``."""
        return [term.decode() for term in self._leaf.expand_prefix("keys", prefix)]

    def counts(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield the keys that begin with ``prefix``, each with how many documents have it."""
        for key in self.keys(prefix):
            if self.deleted:
                yield key, sum(1 for _number in self.numbers(key))
            else:
                yield key, self._leaf.doc_frequency("keys", key)

    def most(self, prefix: str) -> int:
        """Return how many documents have the keys that begin with ``prefix``, one by one."""
        return sum(self._leaf.doc_frequency("keys", key) for key in self.keys(prefix))

    def numbers(self, key: str) -> Iterable[int]:
        """Return the numbers of the documents that have ``key`` in the whole index."""
        return self._living(self._following(key) if key[0] == PAIR else self._having(key))

    def paired(self) -> Iterator[int]:
        """Yield the numbers of the documents of all pairs in the whole index."""
        for first in self._leaf.expand_prefix("pairs", ""):
            # Every value has a space.
            yield from self._living(self._followed(first.decode(), b" "))

    def _living(self, numbers: Iterable[int]) -> Iterable[int]:
        if not (self.first or self.deleted):
            return numbers
        return [self.first + number for number in numbers if number not in self.deleted]

    def _having(self, key: str) -> Iterable[int]:
        blocks = (numbers for numbers, _values in self._blocks("keys", key))
        return chain.from_iterable(blocks)

    def _following(self, key: str) -> Iterator[int]:
        """Return the documents of a pair; see ``search.engines.whoosh_writer``."""
        first, second = key[1:].split(" ")
        return self._followed(first, f" {second} ".encode())

    def _followed(self, first: str, wanted: bytes) -> Iterator[int]:
        for numbers, values in self._blocks("pairs", first):
            for number, value in zip(numbers, values or (), strict=True):
                if wanted in value:
                    yield number

    def _blocks(self, field: str, term: str) -> Iterable[Block]:
        try:
            info = self._leaf.term_info(field, term)
        except TermNotFound:
            return ()
        start, _length = info.extent()
        return iter_blocks(self._leaf._terms._postfile.get, start)


class WhooshEngine:
    """A Whoosh index in one folder."""

    def __init__(self, index: Any, folder: Path) -> None:
        self._index = index
        self._folder = folder
        self._snapshot: WhooshSnapshot | None = None
        self._stamp: tuple[int, ...] = ()

    def snapshot(self) -> WhooshSnapshot:
        """Return what the index holds now."""
        stamp = self._stamp_now()
        if self._snapshot is None or stamp != self._stamp:
            self.close()
            self._snapshot = WhooshSnapshot(self._index.reader())
            self._stamp = stamp
        return self._snapshot

    def close(self) -> None:
        """Let go of the files."""
        if self._snapshot is not None:
            self._snapshot.close()
            self._snapshot = None

    def replace_all(self, documents: Iterable[SearchDocument], *, jobs: int) -> int:
        """Put ``documents`` in the place of everything; see ``search.engine``."""
        scratch = self._folder / _BUILDING
        with self._writer(Replacing) as writer, self._whoosh():
            remove_tree(scratch)
            folders = workers.build_parts(new_part, once_each(documents), scratch, jobs)
            # What was moved before a kill is cleared away by the next commit.
            segments = self._segments_of(folders)
            writer.replace_by(segments)
        remove_tree(scratch)
        return sum(segment.doc_count_all() for segment in segments)

    def update(self, documents: Iterable[SearchDocument], removed: Iterable[str]) -> int:
        """Add ``documents`` and take out ``removed``; see ``search.engine``."""
        with self._writer(KeyWriter) as writer, self._index.searcher() as searcher:
            count = 0
            for document in once_each(documents):
                with self._whoosh():
                    writer.delete_by_term("item_id", document.item_id, searcher=searcher)
                    writer.add_entry(entry_for(document))
                count += 1
            for item_id in removed:
                with self._whoosh():
                    writer.delete_by_term("item_id", item_id, searcher=searcher)
            return count

    def _segments_of(self, folders: list[Path]) -> list[Any]:
        """Move the segments of other indexes here, and return them."""
        segments: list[Any] = []
        for folder in folders:
            index: Any = open_dir(str(folder), indexname=NAME)
            segments += index._segments()
            for path in list(folder.glob(f"{NAME}_*.*")):
                self._bring(path)
        return segments

    def _bring(self, path: Path) -> None:
        """Move a segment here.

        One of this name is the same, or damaged. Windows replaces none that a reader has open.
        """
        here = self._folder / path.name
        if not here.is_file() or not filecmp.cmp(path, here, shallow=False):
            path.replace(here)

    @contextmanager
    def _writer(self, kind: type[_Writer]) -> Iterator[_Writer]:
        """Give a writer; commit what the block wrote, or nothing if it raises."""
        with self._whoosh():
            writer = kind(self._index)
        try:
            yield writer
            with self._whoosh():
                writer.commit()
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
        except (HoabanError, ValueError):
            raise
        except LockError as error:
            raise busy_index(self._folder) from error
        except OSError as error:
            raise unwritable_index(error, self._folder) from error
        except Exception as error:  # as in open()
            raise damaged_index(error, self._folder) from error

    def _stamp_now(self) -> tuple[int, ...]:
        """Return what tells one table of contents from another, also from one made anew."""
        for _again in range(3):
            # Another process may have committed, and removed the table that was the latest.
            with suppress(FileNotFoundError):
                return self._stamp_of(int(self._index.latest_generation()))
        return self._stamp_of(int(self._index.latest_generation()))

    def _stamp_of(self, generation: int) -> tuple[int, ...]:
        status = (self._folder / f"_{NAME}_{generation}.toc").stat()
        return generation, status.st_mtime_ns, status.st_ino
