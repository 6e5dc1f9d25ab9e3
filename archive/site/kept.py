"""What the pages of the site before were made from, so that only pages that change are made again.

Kept beside the site, never in it. Pages are kept in groups, some dozens together: where nothing of
a whole group changed, nobody asks for each of its pages. A page is taken from the site before when
it was made from the same things *and* its files have the size and time of change they were written
with. So a file that somebody altered, a table that is missing, damaged or of another site costs
only time: the page is made again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, is_dataclass
from functools import cache, cached_property
from pathlib import Path

import jinja2

from archive.kept_items import DAMAGE, forget_database
from archive.kept_objects import packed, unpacked
from archive.layout import Layout
from archive.read_only import read_only_uri
from archive.site.own_files import files_in
from archive.site.sight import Sight

_log = logging.getLogger("hoaban.site")

KEY_NAME = "key"
"""The name under which it is kept what all pages were made from."""

_BUILD_NAME = "build"
"""The name under which it is kept which build it was; the mark of its twin has the same."""

_PACKAGES = ("archive", "schemas")
# Of what a row holds: one of an older program is another.
_FORM = b"2"
_TABLE = "(name TEXT PRIMARY KEY, data BLOB, seal BLOB)"

FileState = tuple[int, int]
"""Size and time of change, in nanoseconds, of a file."""


@dataclass(frozen=True)
class Made:
    """Pages that are made together.

    Attributes:
        digest: Of everything they are made from.
        paths: Their files, relative to the root of the site.
        files: What each of these was when it was written.
        said: What else is to be known of them, as whoever made them wrote it.
    """

    digest: bytes
    paths: tuple[str, ...] = ()
    files: tuple[FileState, ...] = ()
    said: bytes = b""


@dataclass(frozen=True)
class MadeGroup:
    """Pages that are kept together.

    Attributes:
        name: What they are of; no two groups of a site have the same.
        digest: Of everything all of them are made from; empty where that is not known.
        pages: The pages, by their names, in order.
        hint: What saves whoever made them time, and never changes what is made.
        said: What else is to be known of all of them together.
    """

    name: str
    digest: bytes
    pages: dict[str, Made]
    hint: bytes = b""
    said: bytes = b""


@dataclass(frozen=True)
class KeptGroup:
    """Pages that were kept together, as :class:`MadeGroup` says; each is read when asked for.

    Attributes:
        paths: The files of all of them.
        sizes: The sizes of these, in bytes.
        kept_pages: The pages, as they are kept.
    """

    name: str
    digest: bytes
    hint: bytes
    said: bytes
    paths: tuple[str, ...]
    sizes: array[int]
    kept_pages: bytes

    @cached_property
    def pages(self) -> dict[str, Made]:
        """The pages, by their names, in order.

        Raises:
            sqlite3.DatabaseError: They are not as they were written.
        """
        return {page: Made(*made) for page, *made in unpacked(self.kept_pages)}


class KeptPages:
    """Reads what the pages of the site before were made from.

    Args:
        path: The table; may be missing.
        site: The site before.
        sight: What was seen in it, or None. It is believed if it is of the build of the table.
    """

    def __init__(self, path: Path, site: Path, sight: Sight | None = None) -> None:
        self._site = site
        self._sight = sight
        self._db: sqlite3.Connection | None = None
        try:
            uri = read_only_uri(path, is_immutable=True)
            self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
        except sqlite3.Error:
            self._db = None
        # What was seen is what the build of the mark left, not what that of another table wrote.
        if sight is not None and not self._is_of(sight.build):
            self._sight = None

    def close(self) -> None:
        """Close the table."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def find(self, name: str) -> KeptGroup | None:
        """Return a group by its name, or None; its files may have changed since."""
        if self._db is None:
            return None
        try:
            query = "SELECT data, seal FROM made WHERE name = ?"
            row = self._db.execute(query, (name,)).fetchone()
            # A flipped bit may make values of other kinds.
            if row is None or not isinstance(row[0], bytes) or _seal_of(name, row[0]) != row[1]:
                return None
            return KeptGroup(name, *unpacked(row[0]))
        except DAMAGE:
            # Whatever is wrong with it: everything is made again, and it is written anew.
            self.close()
            return None

    def _is_of(self, build: bytes) -> bool:
        """Say whether the table is of a build."""
        found = self.find(_BUILD_NAME)
        return found is not None and bool(build) and found.digest == build

    def stand(self, group: KeptGroup) -> bool:
        """Say whether the files of a whole group are surely in the site before and in its twin."""
        if self._sight is None or len(group.paths) != len(group.sizes):
            return False
        return self._sight.are_sure(group.paths)

    def stands(self, made: Made) -> bool:
        """Say whether the files of some pages are in the site before as they were written."""
        site = self._site
        if len(made.paths) != len(made.files):
            return False
        if self._sight is not None and self._sight.are_sure(made.paths):
            return True
        states = zip(made.paths, made.files, strict=True)
        return all(file_state(f"{site}/{path}") == state for path, state in states)


class MadePages:
    """Notes which groups a new site has, and the pages of those that were made for it.

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

    def add(self, made: Iterable[MadeGroup], taken: Iterable[str]) -> None:
        """Take groups that are in the new site: those with new pages, and the names of others."""
        for group in made:
            _insert(self._db, group)
        self._db.executemany("INSERT INTO names VALUES (?)", ((name,) for name in taken))

    def finish(self) -> None:
        """Write what is left."""
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the table, whole or not."""
        self._db.close()


def note_build(path: Path) -> bytes:
    """Note which build it is where :class:`MadePages` noted its pages; return what it noted."""
    build = os.urandom(16)
    note_made(path, MadeGroup(_BUILD_NAME, build, {}))
    return build


def note_made(path: Path, group: MadeGroup) -> None:
    """Note something else that a new site has where :class:`MadePages` noted its pages."""
    database = sqlite3.connect(path)
    try:
        with database:
            _insert(database, group)
    finally:
        database.close()


def _insert(database: sqlite3.Connection, group: MadeGroup) -> None:
    pages = [(name, m.digest, m.paths, m.files, m.said) for name, m in group.pages.items()]
    paths = tuple(path for made in group.pages.values() for path in made.paths)
    sizes = array("Q", (size for made in group.pages.values() for size, _time in made.files))
    data = packed((group.digest, group.hint, group.said, paths, sizes, packed(pages)))
    row = (group.name, data, _seal_of(group.name, data))
    database.execute("INSERT INTO made VALUES (?, ?, ?)", row)
    database.execute("INSERT INTO names VALUES (?)", (group.name,))


def keep_made(path: Path, made: Path) -> bool:
    """Bring the table of a site up to date with what a build noted, which is removed; say if done.

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
        return False
    return True


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


def _seal_of(name: str, data: bytes) -> bytes:
    """Return the digest of a row: a damaged one is not believed."""
    said = _FORM + name.encode() + b"\0" + data
    return hashlib.blake2b(said, digest_size=16).digest()


def file_state(path: str) -> FileState | None:
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
        for name, path in files_in(folder):
            digest.update(digest_of(os.fsencode(name), path.read_bytes()))
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
    for path in [path for name in packages for _name, path in files_in(root / name)]:
        digest.update(digest_of(str(path.relative_to(root)).encode(), path.read_bytes()))
    return digest.digest()
