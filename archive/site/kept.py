"""What the pages of the site before were made from, so that only pages that change are made again.

Kept beside the site, never in it. A page is taken from the site before when it was made from the
same things *and* its file has the size and time of change it was written with. So a file that
somebody altered, a table that is missing, damaged or of another site costs only time: the page is
made again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, is_dataclass
from functools import cache
from pathlib import Path

import jinja2

from archive.kept_items import DAMAGE, forget_database
from archive.layout import Layout
from archive.read_only import read_only_uri

_log = logging.getLogger("hoaban.site")

KEY_NAME = "key"
"""The name under which it is kept what all pages were made from."""

_PACKAGES = ("archive", "schemas")
_TABLE = "(name TEXT PRIMARY KEY, digest BLOB, files TEXT, seal BLOB, said BLOB)"


@dataclass(frozen=True)
class Made:
    """Pages that are made together.

    Attributes:
        name: What they are of.
        digest: Of everything they are made from.
        files: Size and time of change, in nanoseconds, of each of their files.
        said: What else is to be known of them, as whoever made them wrote it.
    """

    name: str
    digest: bytes
    files: tuple[tuple[int, int], ...]
    said: bytes = b""


class KeptPages:
    """Reads what the pages of the site before were made from.

    Args:
        path: The table; may be missing.
        site: The site before.
    """

    def __init__(self, path: Path, site: Path) -> None:
        self._site = site
        self._db: sqlite3.Connection | None = None
        try:
            uri = read_only_uri(path, is_immutable=True)
            self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
        except sqlite3.Error:
            self._db = None

    def close(self) -> None:
        """Close the table."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def find(self, name: str, digest: bytes, paths: Sequence[str]) -> Made | None:
        """Return what was made by a name, if it can be taken as it is.

        Args:
            name: What the pages are of.
            digest: Of everything they would be made from now.
            paths: Their files, relative to the root of the site.
        """
        found = self._read(name)
        if found is None or found[0] != digest:
            return None
        files = tuple(file_state(f"{self._site}/{path}") for path in paths)
        if None in files or _text(file for file in files if file) != found[1]:
            return None
        return Made(name, digest, tuple(file for file in files if file), found[2])

    def _read(self, name: str) -> tuple[bytes, str, bytes] | None:
        if self._db is None:
            return None
        try:
            query = "SELECT digest, files, said, seal FROM made WHERE name = ?"
            row = self._db.execute(query, (name,)).fetchone()
        except (sqlite3.Error, UnicodeDecodeError):
            # Whatever is wrong with it: everything is made again, and it is written anew.
            self.close()
            return None
        if row is None or not _is_row(row) or _seal_of(*row[:3]) != row[3]:
            return None
        return row[0], row[1], row[2]


class MadePages:
    """Notes which pages a new site has, and what those were made from that were made for it.

    Args:
        path: Where it is noted until the site is in its place.
    """

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(f"CREATE TABLE made {_TABLE}")
        self._db.execute("CREATE TABLE names (name TEXT PRIMARY KEY) WITHOUT ROWID")
        self._db.execute("BEGIN")

    def add(self, made: Iterable[Made], taken: Iterable[str]) -> None:
        """Take pages that are in the new site: those that were made, and the names of others."""
        for entry in made:
            _insert(self._db, entry)
        self._db.executemany("INSERT INTO names VALUES (?)", ((name,) for name in taken))

    def finish(self) -> None:
        """Write what is left."""
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the table, whole or not."""
        self._db.close()


def note_made(path: Path, made: Made) -> None:
    """Note something else that a new site has where :class:`MadePages` noted its pages."""
    database = sqlite3.connect(path)
    try:
        with database:
            _insert(database, made)
    finally:
        database.close()


def _insert(database: sqlite3.Connection, made: Made) -> None:
    files = _text(made.files)
    seal = _seal_of(made.digest, files, made.said)
    row = (made.name, made.digest, files, seal, made.said)
    database.execute("INSERT INTO made VALUES (?, ?, ?, ?, ?)", row)
    database.execute("INSERT INTO names VALUES (?)", (made.name,))


def keep_made(path: Path, made: Path) -> None:
    """Bring the table of a site up to date with what a build noted, which is removed.

    After a crash in front of it, or a damage, pages are made again that need not be.

    Args:
        path: The table.
        made: What :class:`MadePages` noted.

    A disk that refuses it costs only time, too: the site is in its place already.
    """
    try:
        try:
            _merge(path, made)
        except DAMAGE:
            # It is damaged or of an older program; a disk that refuses will do so again.
            forget_database(path)
            _merge(path, made)
        made.unlink()
    except (OSError, *DAMAGE):
        _log.info("%s is not kept", path, exc_info=True)


def _merge(path: Path, made: Path) -> None:
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("ATTACH ? AS new", (str(made),))
        database.execute("BEGIN IMMEDIATE")
        database.execute(f"CREATE TABLE IF NOT EXISTS main.made {_TABLE}")
        database.execute("INSERT OR REPLACE INTO main.made SELECT * FROM new.made")
        counts = "SELECT (SELECT count(*) FROM main.made), (SELECT count(*) FROM new.names)"
        had, has = database.execute(counts).fetchone()
        if had != has:
            database.execute("DELETE FROM main.made WHERE name NOT IN (SELECT name FROM new.names)")
        database.execute("COMMIT")
    finally:
        database.close()


def _is_row(row: tuple[object, ...]) -> bool:
    """Say whether values are of the kinds that were written: a flipped bit may make others."""
    return [type(value) for value in row] == [bytes, str, bytes, bytes]


def _seal_of(digest: bytes, files: str, said: bytes) -> bytes:
    """Return the digest of a row: a damaged one is not believed."""
    return digest_of(digest, str(files).encode(), said)


def file_state(path: str) -> tuple[int, int] | None:
    """Return the size of a file and its time of change in nanoseconds, or None without one."""
    try:
        found = os.stat(path)  # noqa: PTH116  (many thousand times)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def digest_of(*parts: bytes) -> bytes:
    """Return the digest of some parts, each with its length."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


def key_of(
    layout: Layout,
    templates: Path | None,
    *data: object,
    packages: Sequence[str] = _PACKAGES,
) -> bytes:
    """Return the digest of what all pages are made from, besides their items.

    That is the program with its templates, vocabularies and translations, the museum's own of
    them, and data such as settings; of those that are no plain data nothing can be known, so then
    no two digests are equal.

    Args:
        layout: The archive.
        templates: The museum's templates, or None.
        data: What else they are made from.
        packages: Those of the program that make them.
    """
    digest = hashlib.sha256(_program(tuple(packages)))
    for folder in [layout.vocabularies, *([templates] if templates else [])]:
        for path in _files(folder):
            digest.update(digest_of(path.name.encode(), path.read_bytes()))
    if layout.periods.is_file():
        digest.update(layout.periods.read_bytes())
    for entry in data:
        is_plain = entry is None or isinstance(entry, str | int) or is_dataclass(entry)
        digest.update(repr(entry).encode() if is_plain else os.urandom(32))
    return digest.digest()


@cache
def _program(packages: tuple[str, ...]) -> bytes:
    """Return the digest of packages of the program, as they are when it is first asked.

    Not as they may be later: a process goes on with the program it started with while a new one
    is installed.
    """
    root = Path(__file__).parent.parent.parent
    digest = hashlib.sha256(jinja2.__version__.encode())
    for path in [path for name in packages for path in _files(root / name)]:
        digest.update(digest_of(str(path.relative_to(root)).encode(), path.read_bytes()))
    return digest.digest()


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    )


def _text(files: Iterable[tuple[int, int]]) -> str:
    return " ".join(f"{size}:{time}" for size, time in files)
