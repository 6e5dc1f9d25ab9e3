"""What tantivy would give to Python document by document, kept beside it as whole sets.

tantivy's package gives hits one at a time, a third of a microsecond each, which is a tenth of a
second for a word in a third of a million documents; and what orders documents among equals stands
in each of them. So after a build the documents of each key that many have are kept as one set
(``search.docsets``), and so is the order of all documents. Both are of certain segments of the
index, which never change; what came later is asked of tantivy.

A document that an update adds is marked with the number of the newest file, so that what is not in
its sets is found by the mark.

Invariants: what has no mark, or that of an older file, is in the sets of the newest (they are kept
while nobody else writes). Without the file, or where it is of segments that are no more, answers
are the same, only slower.
"""

from __future__ import annotations

import json
import re
import sqlite3
import zlib
from array import array
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from weakref import finalize

from archive.durable import remove_file, replace_file, sync_file, sync_folder
from archive.read_only import read_only_uri
from schemas.errors import StoreWriteError
from search.docsets import Docs, docs_of, numbers_of, packed

MANY = 500
"""Documents from which on those of a key are kept: tantivy gives fewer in 0.2 ms."""

Segments = Iterable[tuple[str, int]]
"""(Name of a segment, how many documents it was made of)."""

_NAME = re.compile(r"sets-(\d+)\.sqlite")
# More makes them hardly smaller.
_COMPRESSION = 1
# What gets no smaller than this is kept as it is, but for a checksum, and read ten times sooner.
_WORTH = 0.5
# Where fewer documents than one in so many have a key, they are kept as a list: that takes no more
# room, and many lists are joined much sooner than many sets.
_LISTED = 128
_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE facts (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE sets (key TEXT PRIMARY KEY, docs BLOB, is_list INTEGER) WITHOUT ROWID;
"""


class KeptSets:
    """The sets of some segments: documents are numbered from the first of them on.

    Attributes:
        number: What documents are marked with that came since.
        segments: Each with how many documents it was made of, in the order of their numbers.
    """

    def __init__(self, path: Path) -> None:
        """Open a file.

        Raises:
            sqlite3.Error, ValueError, TypeError: It is not one of these, or damaged.
        """
        self.number = _number(path)
        uri = read_only_uri(path, is_immutable=True)
        self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
        # Whoever asks may do so in one thread while another takes the sets that came next.
        finalize(self, self._db.close)
        found = json.loads(self._fact("segments"))
        self.segments = tuple((str(name), int(size)) for name, size in found)

    @property
    def size(self) -> int:
        """How many documents there are, with those taken out since."""
        return sum(size for _name, size in self.segments)

    def having(self, key: str) -> array[int] | Docs | None:
        """Return the documents that have a key, as a list if they are few; None: they are not kept.

        Raises:
            sqlite3.Error, zlib.error, ValueError: The file is damaged.
        """
        query = "SELECT docs, is_list FROM sets WHERE key = ?"
        row = self._db.execute(query, (key,)).fetchone()
        if row is None:
            return None
        data = zlib.decompress(row[0])
        return _numbers(data) if row[1] else int.from_bytes(data, "little")

    def by_order(self) -> array[int]:
        """Return the documents by what orders them, with those taken out since.

        Raises:
            sqlite3.Error, zlib.error, ValueError, TypeError: The file is damaged.
        """
        return _numbers(zlib.decompress(self._fact("order")))

    def _fact(self, name: str) -> Any:
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise ValueError(f"the sets say nothing of their {name}")
        return row[0]


def sets_number(folder: Path) -> int:
    """Return the number of the newest sets in a folder, 0 if there are none."""
    return max(map(_number, folder.iterdir()), default=0)


def find_sets(folder: Path, segments: Collection[str]) -> KeptSets | None:
    """Return the newest sets in a folder, if they are of some of these segments and of no others.

    What cannot be read is as if it were not there, until it is kept anew.
    """
    number = sets_number(folder)
    if not number:
        return None
    try:
        found = KeptSets(_path(folder, number))
    except (sqlite3.Error, ValueError, TypeError):
        return None
    return found if all(name in segments for name, _size in found.segments) else None


def keep_sets(
    folder: Path,
    segments: Segments,
    sets: Iterable[tuple[str, Sequence[int] | Docs]],
    by_order: array[int],
) -> None:
    """Write sets into a folder, in the place of those that are there; nobody may add documents.

    Args:
        folder: The folder of the index.
        segments: What the documents stand in, in the order of their numbers.
        sets: Keys, each with its documents; read one after another.
        by_order: All documents by what orders them.

    Raises:
        sqlite3.Error, StoreWriteError: The disk refused a write.
    """
    older = [path for path in folder.iterdir() if _number(path)]
    target = _path(folder, sets_number(folder) + 1)
    made = target.with_suffix(".part")
    try:
        remove_file(made)
        with closing(sqlite3.connect(made, isolation_level=None)) as database:
            # It is worth nothing until it has its name.
            database.executescript(_SCHEMA)
            database.execute("BEGIN")
            facts = {
                "segments": json.dumps(list(segments)),
                "order": _compressed(by_order.tobytes()),
            }
            database.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
            rows = ((key, *_written(docs, len(by_order))) for key, docs in sets)
            database.executemany("INSERT INTO sets VALUES (?, ?, ?)", rows)
            database.execute("COMMIT")
        sync_file(made)
        replace_file(made, target)
        sync_folder(folder)
    finally:
        remove_file(made)
    for path in older:
        # Windows keeps what a reader still has open; the next that are written remove it.
        with suppress(StoreWriteError):
            remove_file(path)


def _written(docs: Sequence[int] | Docs, size: int) -> tuple[bytes, bool]:
    """Return documents of ``size``, and whether it is a list of them."""
    count = docs.bit_count() if isinstance(docs, int) else len(docs)
    if count * _LISTED < size:
        numbers = array("I", numbers_of(docs) if isinstance(docs, int) else docs)
        return zlib.compress(numbers.tobytes(), 0), True
    return _compressed(packed(docs if isinstance(docs, int) else docs_of(docs))), False


def _numbers(data: bytes) -> array[int]:
    numbers = array("I")
    numbers.frombytes(data)
    return numbers


def _compressed(data: bytes) -> bytes:
    found = zlib.compress(data, _COMPRESSION)
    return found if len(found) <= _WORTH * len(data) else zlib.compress(data, 0)


def _path(folder: Path, number: int) -> Path:
    return folder / f"sets-{number}.sqlite"


def _number(path: Path) -> int:
    match = _NAME.fullmatch(path.name)
    return int(match[1]) if match else 0
