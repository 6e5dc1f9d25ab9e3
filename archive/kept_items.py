"""What was made from single items, kept from one command to the next: a cache.

Each thing is found by its kind, its item and the item's stamp, a digest of all that the item is. A
kind has a key besides: the digest of everything else it is made from, program and settings. A row
has a digest of itself. So a file that is missing, damaged or of another program costs only time:
what it had is made again.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from archive.layout import Layout

DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading a damaged database raises, and :func:`is_refusal` tells from what a disk refuses."""
_REFUSALS = frozenset(
    {
        *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM),
        *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED),
        *(sqlite3.SQLITE_NOMEM,),
    }
)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (kind TEXT PRIMARY KEY, key BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept (
    kind TEXT, item_id TEXT, stamp BLOB, seal BLOB, data BLOB, PRIMARY KEY (kind, item_id)
);
"""


class KeptItems:
    """What is kept of one kind; a context manager that keeps what was put if no error ends it.

    Args:
        path: The file; made where there is none.
        kind: What is kept.
        key: Digest of what it is made from besides its items.

    Raises:
        sqlite3.OperationalError: The disk refused.
    """

    def __init__(self, path: Path, kind: str, key: bytes) -> None:
        self._path = path
        self._kind = kind
        self._is_damaged = False
        self._seen: set[str] = set()
        try:
            self._db = _opened(path, kind, key)
        except DAMAGE as error:
            if is_refusal(error):
                raise
            forget_database(path)
            self._db = _opened(path, kind, key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._do(self._finish)
        finally:
            self._db.close()
        if self._is_damaged:
            forget_database(self._path)

    def get(self, item_id: str, stamp: bytes) -> bytes | None:
        """Return what is kept of an item as it is now, or None."""
        self._seen.add(item_id)
        query = "SELECT data, seal FROM kept WHERE kind = ? AND item_id = ? AND stamp = ?"
        values = (self._kind, item_id, stamp)
        row = self._do(lambda: self._db.execute(query, values).fetchone())
        if row is None or not isinstance(row[0], bytes):
            return None
        return row[0] if _seal(stamp, row[0]) == row[1] else None

    def leave(self, item_id: str) -> None:
        """Leave what is kept of an item, if anything is, for the next build."""
        self._seen.add(item_id)

    def put(self, item_id: str, stamp: bytes, data: bytes) -> None:
        """Keep something of an item."""
        self._seen.add(item_id)
        row = (self._kind, item_id, stamp, _seal(stamp, data), data)
        query = "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?)"
        self._do(lambda: self._db.execute(query, row))

    def made(self, item_id: str, stamp: bytes, make: Callable[[], bytes]) -> bytes:
        """Return what is kept of an item, else what ``make`` returns, which is kept then."""
        found = self.get(item_id, stamp)
        if found is None:
            found = make()
            self.put(item_id, stamp, found)
        return found

    def _do(self, deed: Callable[[], Any]) -> Any:
        """Do something with the file, unless it is damaged: then nothing is found or kept."""
        if self._is_damaged:
            return None
        try:
            return deed()
        except DAMAGE as error:
            if is_refusal(error):
                raise
            self._is_damaged = True
            return None

    def _finish(self) -> None:
        """Keep what was put; forget the items that nobody asked for."""
        rows = self._db.execute("SELECT item_id FROM kept WHERE kind = ?", (self._kind,))
        gone = [(self._kind, item_id) for (item_id,) in rows if item_id not in self._seen]
        self._db.executemany("DELETE FROM kept WHERE kind = ? AND item_id = ?", gone)
        self._db.execute("COMMIT")


def is_refusal(error: Exception) -> bool:
    """Say whether it is the disk that refuses, or another process that holds a database.

    Everything else that SQLite says of a cache is damage: a flipped bit may look like another
    type of value or a column that there is not, which its error classes do not tell apart.
    """
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _REFUSALS


def forget_caches(layout: Layout) -> None:
    """Remove all that is kept of a site besides the site: the next is made of the items alone.

    Raises:
        OSError: The disk refused.
    """
    databases = (layout.site_items, layout.site_documents, layout.site_search, layout.site_pages)
    for path in databases:
        forget_database(path)
    for path in (layout.site_looked, layout.site_mark, layout.site_standing):
        path.unlink(missing_ok=True)


def forget_database(path: Path) -> None:
    """Remove a database; its journal first, which would be taken for that of the next."""
    for name in (f"{path.name}-journal", path.name):
        path.with_name(name).unlink(missing_ok=True)


def _opened(path: Path, kind: str, key: bytes) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.executescript(_SCHEMA)
        database.execute("BEGIN IMMEDIATE")
        # A program that keeps other columns has another key.
        key = hashlib.blake2b(key + _SCHEMA.encode(), digest_size=16).digest()
        found = database.execute("SELECT key FROM keys WHERE kind = ?", (kind,)).fetchall()
        if found != [(key,)]:
            database.execute("DELETE FROM kept WHERE kind = ?", (kind,))
            database.execute("INSERT OR REPLACE INTO keys VALUES (?, ?)", (kind, key))
    except (sqlite3.Error, UnicodeDecodeError):
        database.close()
        raise
    return database


def _seal(stamp: bytes, data: bytes) -> bytes:
    return hashlib.blake2b(stamp + data, digest_size=16).digest()
