"""The catalogue's file: made, recognised, thrown away when unfit; SQLite's errors as ours."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.durable import remove_file, translated_os_errors
from archive.read_only import read_only_uri
from archive.refusals import why_refused
from schemas.errors import HoabanError, RecordError, StoreBusyError, StoreWriteError
from schemas.messages import _

# "HOAB", so that a foreign database is never taken for ours.
APPLICATION_ID = 0x484F4142
FORMAT_VERSION = 5

# Up to here the whole file is checked when it is opened (0.1 s); a larger one is checked by use.
_CHECKED_BYTES = 64 << 20
_BUSY_TIMEOUT_S = 10.0
# What SQLite adds at once to the -shm file beside a database. Source: sqlite.org/walformat.html
_LOG_INDEX_BYTES = 32 << 10

FINGERPRINT_TABLES = """
CREATE TABLE pictures (
    item_id TEXT NOT NULL,
    canvas TEXT NOT NULL,
    master TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (item_id, canvas)
) WITHOUT ROWID;
CREATE TABLE picture_bands (
    band INTEGER NOT NULL,
    item_id TEXT NOT NULL,
    canvas TEXT NOT NULL,
    PRIMARY KEY (band, item_id, canvas)
) WITHOUT ROWID;
CREATE INDEX bands_of_items ON picture_bands (item_id);
"""

_SCHEMA = """
CREATE TABLE state (is_complete INTEGER NOT NULL);
INSERT INTO state VALUES (0);
CREATE TABLE items (
    item_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    is_public INTEGER NOT NULL,
    record TEXT NOT NULL,
    technical TEXT NOT NULL,
    derivatives TEXT
);
CREATE INDEX public_items ON items (is_public, item_id);
CREATE VIEW entries AS
    SELECT item_id, version, created_at, updated_at, record, technical, derivatives FROM items;
CREATE VIEW public_entries AS
    SELECT item_id, version, created_at, updated_at, record, technical, derivatives FROM items
    WHERE is_public = 1;
CREATE TABLE sources (
    path TEXT PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    sha512 TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE batches (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    started_at TEXT NOT NULL,
    source TEXT NOT NULL,
    finished_at TEXT NOT NULL DEFAULT '',
    summary TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE jobs (
    batch INTEGER NOT NULL,
    stage TEXT NOT NULL,
    item_id TEXT NOT NULL,
    input_digest TEXT NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    findings TEXT NOT NULL,
    PRIMARY KEY (batch, stage, item_id)
) WITHOUT ROWID;
CREATE INDEX jobs_of_items ON jobs (item_id, stage, batch);
CREATE TABLE pasts (
    item_id TEXT PRIMARY KEY,
    is_gone INTEGER NOT NULL,
    states TEXT NOT NULL
) WITHOUT ROWID;
"""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_REFUSED = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def open_database(path: Path, *, anew: bool) -> sqlite3.Connection:
    """Return a connection to the catalogue at ``path``, which is made when there is none.

    Args:
        path: The database file.
        anew: Throw away what is there.

    Raises:
        StoreBusyError: Another process holds it.
        StoreWriteError: The disk refused.
    """
    if anew:
        _throw_away(path)
    _check_is_writable(path)
    connection = _connected(path)
    try:
        if not _is_fit(connection, path):
            connection.close()
            _throw_away(path)
            connection = _connected(path)
        with translated(path):
            _prepare(connection)
    except HoabanError:
        connection.close()
        raise
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Return a connection that can change nothing, to a catalogue that is there and sound.

    Raises:
        RecordError: There is none, it is damaged, or of another version.
        StoreBusyError: Another process holds it.
    """
    remedy = _("Make it again from the store: hoaban rebuild")
    if not path.is_file():
        raise RecordError(_("catalogue.db is missing."), remedy=remedy, path=path)
    with translated(path):
        # On a write-protected disk the companion files of a WAL database cannot be made, and beside
        # a protected file they must not: they would have its rights, and stay.
        is_protected = not os.access(path, os.W_OK) and not any(
            companion.exists() for companion in _companions(path)
        )
        is_immutable = is_protected or not os.access(path.parent, os.W_OK)
        connection = sqlite3.connect(read_only_uri(path, is_immutable=is_immutable), uri=True)
    try:
        is_fit = _is_fit(connection, path)
    except HoabanError:
        connection.close()
        raise
    if not is_fit:
        connection.close()
        raise RecordError(_("catalogue.db is of another version."), remedy=remedy, path=path)
    return connection


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise one of our errors, with a remedy, for an error of SQLite in the block.

    Raises:
        RecordError: The file is damaged.
        StoreBusyError: Another process holds it.
        StoreWriteError: The disk refused.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = _primary_code(error)
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_full(path)):
            raise StoreWriteError(
                _("The disk is full, or your share of it is used up."),
                remedy=_(
                    "Free some space and run the same command again; it goes on where it stopped."
                ),
                path=path,
            ) from error
        if code in _REFUSED:
            raise StoreWriteError(
                _("The disk refused a write: {reason}.").format(reason=why_refused(error)),
                remedy=_("Check that the disk is there and that you may write to the folder."),
                path=path,
            ) from error
        if code in _BUSY:
            raise StoreBusyError(
                _("Another command is writing to catalogue.db."),
                remedy=_("Wait until it has finished, then run this one again."),
                path=path,
            ) from error
        # An error without a code is Python's own: text that is no UTF-8.
        if code in _DAMAGED or code is None:
            raise RecordError(
                _("catalogue.db is damaged: {reason}.").format(reason=error),
                remedy=_("The store is not concerned. Make the catalogue again: hoaban rebuild"),
                path=path,
            ) from error
        raise


def _check_is_writable(path: Path) -> None:
    """Refuse a file that takes no write before SQLite makes its companions with the same rights.

    They would stay behind, and refuse when the file itself takes writes again.
    """
    for file in (path, *_companions(path)):
        # Not by opening it: closing it would free the locks that this process holds on it.
        if file.exists() and not os.access(file, os.W_OK):
            code = errno.EROFS if _is_write_protected(file) else errno.EACCES
            with translated_os_errors(file):
                raise OSError(code, os.strerror(code))


def _is_write_protected(file: Path) -> bool:
    """Say whether a file's disk is, where the system tells."""
    return sys.platform != "win32" and bool(os.statvfs(file).f_flag & os.ST_RDONLY)


def _companions(path: Path) -> list[Path]:
    return [path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", "-journal")]


def _connected(path: Path) -> sqlite3.Connection:
    with translated(path):
        # Autocommit: a transaction begins where the code says so.
        return sqlite3.connect(path, isolation_level=None, timeout=_BUSY_TIMEOUT_S)


def _is_fit(connection: sqlite3.Connection, path: Path) -> bool:
    """Say whether the file is empty, or a sound catalogue of this format."""
    try:
        with translated(path):
            if _is_empty(connection):
                return True
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if (application, version) != (APPLICATION_ID, FORMAT_VERSION):
                return False
            if path.stat().st_size > _CHECKED_BYTES:
                return True
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except RecordError:
        return False


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL loses acknowledged rows in a power cut (up to 702 measured), FULL none.
    connection.execute("PRAGMA synchronous = FULL")
    if _is_empty(connection):
        connection.execute("BEGIN IMMEDIATE")
        # Another process may have made the tables since.
        if _is_empty(connection):
            for statement in (_SCHEMA + FINGERPRINT_TABLES).split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
        connection.execute("COMMIT")


def _is_empty(connection: sqlite3.Connection) -> bool:
    return not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def _throw_away(path: Path) -> None:
    # The log first: left beside a new file, it would be taken for that file's.
    for file in (*_companions(path), path):
        remove_file(file)


def _is_full(path: Path) -> bool:
    """Say whether the disk has no room for SQLite's index of its log, whose refusal names none."""
    return shutil.disk_usage(path.parent).free < _LOG_INDEX_BYTES


def _primary_code(error: sqlite3.Error) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
