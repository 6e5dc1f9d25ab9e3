"""The index as tantivy keeps it: for large archives, with the extra ``hoaban[tantivy]``.

tantivy gets keys as they are (its tokenizer ``raw``) and gives documents back; it neither splits
words nor ranks. Each whole build goes into a folder of its own, ``tantivy-N``, and the file
``tantivy.current`` names the one that counts.

Invariant: that file is replaced by one rename, and within a folder tantivy commits by one rename.
A process killed at any time leaves the index as it was before or after.
"""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from typing import Any

from archive.durable import make_new_folder, remove_tree, write_file
from schemas.errors import DependencyError, StoreWriteError
from schemas.messages import _
from search.documents import SearchDocument
from search.engine import (
    busy_index,
    damaged_index,
    missing_index,
    once_each,
    unwritable_index,
)
from search.engines.workers import iter_entries
from search.keys import Entry, entry_for

# The number belongs to the schema below, to the keys and to the analysis.
VERSION = "hoaban5"
_CURRENT = "tantivy.current"
_FOLDER = re.compile(r"tantivy-(\d+)")
_HEAP_BYTES = 100_000_000
_META = "meta.json"


class TantivyKind:
    """How tantivy indexes are opened and made."""

    def open(self, folder: Path) -> TantivyEngine:
        """Return the index in ``folder``; see ``search.engine``."""
        tantivy = _tantivy()
        current = _current(folder)
        try:
            index = tantivy.Index.open(str(current))
        except Exception as error:  # whatever the damaged bytes led to
            raise damaged_index(error, folder) from error
        return TantivyEngine(index, folder)

    def create(self, folder: Path) -> TantivyEngine:
        """Make an empty index in ``folder``; see ``search.engine``."""
        tantivy = _tantivy()
        self.discard(folder)
        current = _new_folder(folder)
        index = tantivy.Index(_schema(tantivy), path=str(current))
        _point_to(current)
        return TantivyEngine(index, folder)

    def discard(self, folder: Path) -> None:
        """Remove every tantivy index from ``folder``; see ``search.engine``."""
        (folder / _CURRENT).unlink(missing_ok=True)
        for path in _folders(folder):
            remove_tree(path)


class TantivySnapshot:
    """What a tantivy index held when it was last committed.

    A document's number is its place in its segment after all segments before it.
    """

    def __init__(self, index: Any, folder: Path) -> None:
        self._tantivy = _tantivy()
        sizes: list[int] = []
        while True:
            # tantivy does not tell how large segments are, its file does; a commit that comes
            # between the two makes them differ, and the file again.
            meta = (folder / _META).read_bytes()
            index.reload()
            self._searcher = index.searcher()
            if meta == (folder / _META).read_bytes():
                sizes = [segment["max_doc"] for segment in json.loads(meta)["segments"]]
                break
        self._schema = index.schema
        self._firsts = [0, *accumulate(sizes)]

    @property
    def document_count(self) -> int:
        """How many documents there are."""
        return int(self._searcher.num_docs)

    def living(self) -> list[int]:
        """Return the numbers of all documents."""
        return sorted(self._found(self._tantivy.Query.all_query(), self.document_count))

    def numbers(self, key: str) -> array[int]:
        """Return the numbers of the documents that have ``key``."""
        most = self._searcher.doc_freq("keys", key)
        # By equal scores tantivy need not weigh anything.
        term = self._tantivy.Query.term_query(self._schema, "keys", key, "basic")
        return self._found(self._tantivy.Query.const_score_query(term, 1.0), most)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with ``prefix``."""
        return [key for key, _count in self._searcher.terms_with_prefix("keys", prefix)]

    def paired(self) -> Iterable[int]:
        """Yield nothing: ``keys`` leaves no pairs out."""
        return ()

    def counts(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield the keys that begin with ``prefix``, each with how many documents have it."""
        has_deletions = self.document_count < self._firsts[-1]
        for key, count in self._searcher.terms_with_prefix("keys", prefix):
            yield key, len(self.numbers(key)) if has_deletions else count

    def most(self, prefix: str) -> int:
        """Return a number that the documents with these keys do not exceed."""
        return sum(count for _key, count in self._searcher.terms_with_prefix("keys", prefix))

    def order(self, number: int) -> str:
        """Return what orders a document among equals."""
        return str(self._document(number).get_first("order"))

    def orders(self) -> Iterator[tuple[int, str]]:
        """Yield the numbers of all documents with what orders them."""
        for number in self.living():
            yield number, self.order(number)

    def added(self, number: int) -> str:
        """Return when a document's item came into the archive, or empty."""
        return str(self._document(number).get_first("added"))

    def stored(self, number: int) -> tuple[str, str]:
        """Return the item id of a document and the JSON of what a hit shows."""
        document = self._document(number)
        return document.get_first("item_id"), document.get_first("display")

    def close(self) -> None:
        """Let go of the files: the last to hold the searcher does."""

    def _found(self, query: Any, most: int) -> array[int]:
        if not most:
            return array("I")
        firsts = self._firsts
        hits = self._searcher.search(query, limit=most, count=False).hits
        return array("I", [firsts[place.segment_ord] + place.doc for _score, place in hits])

    def _document(self, number: int) -> Any:
        segment = bisect_right(self._firsts, number) - 1
        return self._searcher.doc(self._tantivy.DocAddress(segment, number - self._firsts[segment]))


class TantivyEngine:
    """A tantivy index in one folder."""

    def __init__(self, index: Any, folder: Path) -> None:
        self._index = index
        self._folder = folder
        self._snapshot: TantivySnapshot | None = None
        self._stamp: tuple[object, ...] = ()

    def snapshot(self) -> TantivySnapshot:
        """Return what the index holds now."""
        for _again in range(3):
            # Another process may have put a whole new index in the place of the one just found.
            with suppress(FileNotFoundError):
                return self._latest()
        return self._latest()

    def _latest(self) -> TantivySnapshot:
        current = _current(self._folder)
        status = (current / _META).stat()
        stamp = (current, status.st_mtime_ns, status.st_ino)
        snapshot = self._snapshot
        if snapshot is None or stamp != self._stamp:
            if self._stamp and self._stamp[0] != current:
                self._index = _tantivy().Index.open(str(current))
            snapshot = self._snapshot = TantivySnapshot(self._index, current)
            self._stamp = stamp
        return snapshot

    def close(self) -> None:
        """Let go of the files."""
        self._snapshot = None

    def replace_all(self, documents: Iterable[SearchDocument], *, jobs: int) -> int:
        """Put ``documents`` in the place of everything; see ``search.engine``."""
        tantivy = _tantivy()
        old = _current(self._folder)
        # The old index stays locked while the new one is built, so that two builds never meet.
        with self._writer(self._index):
            _remove_others(self._folder, old)
            fresh = _new_folder(self._folder)
            with self._tantivy_errors():
                index = tantivy.Index(_schema(tantivy), path=str(fresh))
            with self._writer(index) as writer:
                count = self._add_all(writer, iter_entries(once_each(documents), jobs))
            _point_to(fresh)
        self._index = index
        self.close()
        _remove_others(self._folder, fresh)
        return count

    def update(self, documents: Iterable[SearchDocument], removed: Iterable[str]) -> int:
        """Add ``documents`` and take out ``removed``; see ``search.engine``."""
        with self._writer(self._index) as writer:

            def entries() -> Iterator[Entry]:
                for document in once_each(documents):
                    writer.delete_documents_by_term("item_id", document.item_id)
                    yield entry_for(document)

            count = self._add_all(writer, entries())
            for item_id in removed:
                with self._tantivy_errors():
                    writer.delete_documents_by_term("item_id", item_id)
        return count

    def _add_all(self, writer: Any, entries: Iterable[Entry]) -> int:
        tantivy, count = _tantivy(), 0
        for entry in entries:
            document = tantivy.Document(
                item_id=entry.item_id,
                order=entry.order,
                added=entry.added,
                display=entry.display,
                keys=[*entry.keys, *entry.pair_keys()],
            )
            with self._tantivy_errors():
                writer.add_document(document)
            count += 1
        return count

    @contextmanager
    def _writer(self, index: Any) -> Iterator[Any]:
        """Give a writer; commit what the block wrote, or nothing if it raises."""
        try:
            writer = index.writer(_HEAP_BYTES, 1)
        except Exception as error:
            # tantivy says everything by one class. What opens is in order, so it is locked.
            TantivyKind().open(self._folder)
            raise busy_index(self._folder) from error
        try:
            yield writer
            with self._tantivy_errors():
                writer.commit()
        except BaseException:
            # A disk that refused a write may refuse this too; what matters is the error above,
            # and what was not committed is not there.
            with suppress(Exception):
                writer.rollback()
            raise
        finally:
            with self._tantivy_errors():
                writer.wait_merging_threads()  # ends the writer, and with it the lock

    @contextmanager
    def _tantivy_errors(self) -> Iterator[None]:
        """Translate what tantivy raises while writing: it meets nothing but the disk there."""
        try:
            yield
        except Exception as error:
            refused = error if isinstance(error, OSError) else OSError(str(error))
            raise unwritable_index(refused, self._folder) from error


def _tantivy() -> Any:  # without types of its own that mypy could use when it is not installed
    try:
        return import_module("tantivy")
    except ImportError as error:
        raise DependencyError(
            _("The search engine tantivy is not installed."),
            remedy=_("Install it: python -m pip install 'hoaban[tantivy]'"),
        ) from error


def _schema(tantivy: Any) -> Any:
    builder = tantivy.SchemaBuilder()
    for name in ("item_id", "order", "added", "display", "keys"):
        builder.add_text_field(
            name, stored=name != "keys", tokenizer_name="raw", index_option="basic"
        )
    return builder.build()


def _current(folder: Path) -> Path:
    """Return the folder that counts.

    Raises:
        SourceError: There is none.
    """
    try:
        version, _space, name = (folder / _CURRENT).read_text(encoding="utf-8").partition(" ")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise missing_index(folder) from error
    except (OSError, UnicodeDecodeError) as error:
        raise damaged_index(error, folder) from error
    if version != VERSION or not _FOLDER.fullmatch(name):
        raise missing_index(folder)
    return folder / name


def _point_to(current: Path) -> None:
    write_file(current.parent / _CURRENT, f"{VERSION} {current.name}".encode())


def _new_folder(folder: Path) -> Path:
    numbers = [int(match[1]) for path in _folders(folder) if (match := _FOLDER.match(path.name))]
    made = folder / f"tantivy-{max(numbers, default=0) + 1}"
    make_new_folder(made)
    return made


def _folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if _FOLDER.fullmatch(path.name) and path.is_dir()]


def _remove_others(folder: Path, kept: Path) -> None:
    for path in _folders(folder):
        if path != kept:
            # Windows keeps what a reader still has open; the next build removes it.
            with suppress(StoreWriteError):
                remove_tree(path)
