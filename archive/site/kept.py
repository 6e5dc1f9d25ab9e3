"""What the pages of the site before were made from, so that only pages that change are made again.

Kept beside the site, never in it. A page is taken from the site before when it was made from the
same things *and* its file has the size and time of change it was written with. So a file that
somebody altered, a table that is missing, damaged or of another site costs only time: the page is
made again.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, is_dataclass
from pathlib import Path

import jinja2

from archive.layout import Layout
from archive.read_only import read_only_uri

_PACKAGES = ("archive", "schemas")
_SCHEMA = "CREATE TABLE made (name TEXT PRIMARY KEY, digest BLOB, files TEXT) WITHOUT ROWID"


@dataclass(frozen=True)
class Made:
    """Pages that are made together.

    Attributes:
        name: What they are of.
        digest: Of everything they are made from.
        files: Size and time of change, in nanoseconds, of each of their files.
    """

    name: str
    digest: bytes
    files: tuple[tuple[int, int], ...]


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
        return Made(name, digest, tuple(file for file in files if file))

    def _read(self, name: str) -> tuple[bytes, str] | None:
        if self._db is None:
            return None
        try:
            query = "SELECT digest, files FROM made WHERE name = ?"
            row: tuple[bytes, str] | None = self._db.execute(query, (name,)).fetchone()
        except sqlite3.Error:
            # Whatever is wrong with it: everything is made again, and it is written anew.
            self.close()
            return None
        return row


class MadePages:
    """Writes what the pages of a new site were made from."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(_SCHEMA)
        self._db.execute("BEGIN")

    def add(self, made: Iterable[Made]) -> None:
        """Take pages that are in the new site."""
        rows = ((entry.name, entry.digest, _text(entry.files)) for entry in made)
        self._db.executemany("INSERT INTO made VALUES (?, ?, ?)", rows)

    def finish(self) -> None:
        """Write what is left."""
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the table, whole or not."""
        self._db.close()


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


def key_of(layout: Layout, templates: Path | None, *data: object) -> bytes:
    """Return the digest of what all pages are made from, besides their items.

    That is the program with its templates, vocabularies and translations, the museum's own of
    them, and data such as settings; of those that are no plain data nothing can be known, so then
    no two digests are equal.

    Args:
        layout: The archive.
        templates: The museum's templates, or None.
        data: What else they are made from.
    """
    root = Path(__file__).parent.parent.parent
    folders = [root / name for name in _PACKAGES]
    own = [layout.vocabularies, *([templates] if templates else [])]
    digest = hashlib.sha256(jinja2.__version__.encode())
    for path in [path for folder in (*folders, *own) for path in _files(folder)]:
        name = path.relative_to(root) if path.is_relative_to(root) else path.name
        digest.update(digest_of(str(name).encode(), path.read_bytes()))
    if layout.periods.is_file():
        digest.update(layout.periods.read_bytes())
    for entry in data:
        is_plain = entry is None or isinstance(entry, str | int) or is_dataclass(entry)
        digest.update(repr(entry).encode() if is_plain else os.urandom(32))
    return digest.digest()


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    )


def _text(files: Iterable[tuple[int, int]]) -> str:
    return " ".join(f"{size}:{time}" for size, time in files)
