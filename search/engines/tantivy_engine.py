"""The index as tantivy keeps it: for large archives, with the extra ``hoaban[tantivy]``.

tantivy gets keys as they are (its tokenizer ``raw``) and gives documents back; it neither splits
words nor ranks. Each whole build goes into a folder of its own, ``tantivy-N``, and the file
``tantivy.current`` names the one that counts.

Invariant: that file is replaced by one rename, and within a folder tantivy commits by one rename.
A process killed at any time leaves the index as it was before or after.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from archive.durable import make_new_folder, remove_tree, write_file
from schemas.errors import StoreBusyError, StoreWriteError
from search.documents import SearchDocument
from search.engine import (
    busy_index,
    damaged_index,
    missing_index,
    once_each,
    unwritable_index,
)
from search.engines.tantivy_sets import sets_number
from search.engines.tantivy_snapshot import (
    META,
    TantivySnapshot,
    new_schema,
    tantivy_package,
)
from search.engines.workers import iter_entries
from search.keys import Entry, entry_for

# The number belongs to the fields, to the keys and to the analysis.
VERSION = "hoaban6"
_CURRENT = "tantivy.current"
_FOLDER = re.compile(r"tantivy-(\d+)")
_HEAP_BYTES = 100_000_000


class TantivyKind:
    """How tantivy indexes are opened and made."""

    def open(self, folder: Path) -> TantivyEngine:
        """Return the index in ``folder``; see ``search.engine``."""
        tantivy = tantivy_package()
        current = _current(folder)
        try:
            index = tantivy.Index.open(str(current))
        except Exception as error:  # whatever the damaged bytes led to
            raise damaged_index(error, folder) from error
        return TantivyEngine(index, folder)

    def create(self, folder: Path) -> TantivyEngine:
        """Make an empty index in ``folder``; see ``search.engine``."""
        tantivy = tantivy_package()
        self.discard(folder)
        current = _new_folder(folder)
        index = tantivy.Index(new_schema(), path=str(current))
        _point_to(current)
        return TantivyEngine(index, folder)

    def discard(self, folder: Path) -> None:
        """Remove every tantivy index from ``folder``; see ``search.engine``."""
        (folder / _CURRENT).unlink(missing_ok=True)
        for path in _folders(folder):
            remove_tree(path)


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
        status = (current / META).stat()
        stamp = (current, status.st_mtime_ns, status.st_ino)
        snapshot = self._snapshot
        if snapshot is None or stamp != self._stamp:
            if self._stamp and self._stamp[0] != current:
                self._index = tantivy_package().Index.open(str(current))
            snapshot = self._snapshot = TantivySnapshot(self._index, current)
            self._stamp = stamp
        return snapshot

    def close(self) -> None:
        """Let go of the files."""
        self._snapshot = None

    def replace_all(self, documents: Iterable[SearchDocument], *, jobs: int) -> int:
        """Put ``documents`` in the place of everything; see ``search.engine``."""
        tantivy = tantivy_package()
        old = _current(self._folder)
        # The old index stays locked while the new one is built, so that two builds never meet.
        with self._writer(self._index):
            _remove_others(self._folder, old)
            fresh = _new_folder(self._folder)
            with self._tantivy_errors():
                index = tantivy.Index(new_schema(), path=str(fresh))
            with self._writer(index) as writer:
                count = self._add_all(writer, iter_entries(once_each(documents), jobs))
            self._keep_sets(TantivySnapshot(index, fresh))
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

            mark = str(sets_number(_current(self._folder)))
            count = self._add_all(writer, entries(), later=mark)
            for item_id in removed:
                with self._tantivy_errors():
                    writer.delete_documents_by_term("item_id", item_id)
        if TantivySnapshot(self._index, _current(self._folder)).is_outgrown:
            # Whoever writes already keeps them after that.
            with suppress(StoreBusyError), self._writer(self._index):
                self._keep_sets(TantivySnapshot(self._index, _current(self._folder)))
            self.close()
        return count

    def _keep_sets(self, snapshot: TantivySnapshot) -> None:
        """Keep sets of all there is, if it is worth it, while nobody else writes."""
        if snapshot.is_outgrown:
            try:
                snapshot.keep()
            except sqlite3.Error as error:
                raise unwritable_index(OSError(str(error)), self._folder) from error

    def _add_all(self, writer: Any, entries: Iterable[Entry], **marks: str) -> int:
        tantivy, count = tantivy_package(), 0
        for entry in entries:
            document = tantivy.Document(
                item_id=entry.item_id,
                order=entry.order,
                added=entry.added,
                display=entry.display,
                keys=[*entry.keys, *entry.pair_keys()],
                **marks,
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
