"""What the lists of a site need of each item, kept beside the site from one build to the next.

An item that did not change is not read again: its row here, found by the item's stamp, says what
the first pass would find. Rows are believed only if they were made by the same program with the
same settings and profile (the key), and each has a digest of itself. A file that is missing,
damaged or of another key costs only time: what it said is gathered anew.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from archive.kept_items import DAMAGE, forget_database, is_refusal
from archive.kept_objects import packed, unpacked
from archive.site.facets import FacetValue
from archive.site.items import Card, ShownItem
from schemas.derivatives import DerivativeSet
from schemas.dublincore import PARTS, statement_of

DIGEST_BYTES = 16
_VALUES = 1 << 14
_READ_AHEAD = 256
Shown = tuple[ShownItem, DerivativeSet | None]
"""An item, and its derivatives as far as they are on the site."""

_parts = attrgetter(*PARTS)
_SCHEMA = """
CREATE TABLE key (key BLOB);
CREATE TABLE vals (number INTEGER PRIMARY KEY, value TEXT UNIQUE, seal BLOB);
CREATE TABLE items (
    number INTEGER PRIMARY KEY, item_id TEXT UNIQUE, stamp BLOB, gist BLOB, seal BLOB,
    cards BLOB, shown BLOB
);
CREATE TABLE passes (name TEXT PRIMARY KEY, data BLOB, seal BLOB);
"""


@dataclass(frozen=True)
class Gist:
    """An item as lists know it.

    Attributes:
        item_id: The item.
        identifier: Its inventory number.
        created_at: When its first version was stored, RFC 3339 in UTC.
        updated_at: When its latest version was stored, likewise.
        canvases: Keys of its canvases as far as they are on the site.
        files: Files of its derivatives, relative to their folder, that had to be there for that.
        is_broken: Whether its images should be there and are not.
        is_dated: Whether its date was understood.
        names: Keys of the names of what it describes, for records of people and the like.
        values: Numbers of its values in the file they are kept in, as bytes of an array of "I".
        cards: Digest of what lists show of it.
        state: Digest of the item with its images.
    """

    item_id: str
    identifier: str
    created_at: str
    updated_at: str
    canvases: tuple[str, ...]
    files: tuple[str, ...]
    is_broken: bool
    is_dated: bool
    names: tuple[str, ...]
    values: bytes
    cards: bytes
    state: bytes


class KeptGists:
    """The gists of one site in their file.

    Args:
        path: The file; made where there is none that can be used.
        key: Digest of what gists are made from besides their items; None for a file that no
            other build will read.

    Raises:
        sqlite3.OperationalError: The disk refused.
    """

    def __init__(self, path: Path, key: bytes | None) -> None:
        # Most values are those of other items, too.
        self._number = lru_cache(maxsize=_VALUES)(self._number_of)
        self._read: dict[bytes, tuple[Any, ...]] = {}
        self._first, self._last = b"\xff", b""
        if key is None or not _is_of(path, key):
            forget_database(path)
        is_new = not path.exists()
        self._db = sqlite3.connect(path, isolation_level=None)
        if key is None:
            # It is thrown away after the build: nothing of it needs to survive anything.
            self._db.execute("PRAGMA journal_mode = OFF")
            self._db.execute("PRAGMA synchronous = OFF")
        if is_new:
            self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN IMMEDIATE")
        if is_new:
            self._db.execute("INSERT INTO key VALUES (?)", (_whole(key or b""),))

    def close(self) -> None:
        """Close the file; what was not committed is forgotten."""
        self._db.close()

    def commit(self, places: array[int]) -> None:
        """Keep what was put, and forget the items that are not at these places."""
        (count,) = self._db.execute("SELECT count(*) FROM items").fetchone()
        if count != len(places):
            self._db.execute("CREATE TEMP TABLE seen (number INTEGER PRIMARY KEY)")
            self._db.executemany("INSERT INTO seen VALUES (?)", ((place,) for place in places))
            self._db.execute("DELETE FROM items WHERE number NOT IN (SELECT number FROM seen)")
            self._db.execute("DROP TABLE seen")
        self._db.execute("COMMIT")

    def find(self, item_id: str, stamp: bytes) -> tuple[int, Gist] | None:
        """Return the place of an item's gist and the gist, if it is of the item as it is now."""
        name = item_id.encode()
        if not self._first <= name <= self._last:
            self._read_from(item_id)
        row = self._read.get(name)
        if row is None:
            return None
        number, kept, data, seal = row
        if kept != stamp or not isinstance(data, bytes) or digest_of(stamp, data) != seal:
            return None
        return number, gist_of(data)

    def _read_from(self, item_id: str) -> None:
        """Read what is kept of an item and those behind it: they are asked for next."""
        rows = self._db.execute(
            "SELECT CAST(item_id AS BLOB), number, stamp, gist, seal FROM items WHERE item_id >= ?"
            " ORDER BY item_id LIMIT ?",
            (item_id, _READ_AHEAD),
        ).fetchall()
        self._read = {row[0]: row[1:] for row in rows}
        # What lies between the first and the last and was not read is not there.
        self._first = item_id.encode()
        self._last = max(self._read, default=self._first)

    def put(self, stamp: bytes, gist: Gist, cards: bytes, shown: bytes) -> int:
        """Keep an item; return its place."""
        data = packed(tuple(vars(gist).values()))
        row = (gist.item_id, stamp, data, digest_of(stamp, data), cards, shown)
        self._db.execute("DELETE FROM items WHERE item_id = ?", (gist.item_id,))
        found = self._db.execute(
            "INSERT INTO items (item_id, stamp, gist, seal, cards, shown)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            row,
        )
        return int(found.lastrowid or 0)

    def shown(self, place: int, state: bytes) -> Shown:
        """Return the item at a place, and its images; ``state`` is their digest."""
        return shown_at(self._db, place, state)

    def known_of(self, item_id: str) -> tuple[int, Gist] | None:
        """Return the place of an item's gist and the gist, of whatever it was made."""
        query = "SELECT number, stamp, gist, seal FROM items WHERE item_id = ?"
        row = self._db.execute(query, (item_id,)).fetchone()
        if row is None or not _are_bytes(*row[1:]) or digest_of(row[1], row[2]) != row[3]:
            return None
        return row[0], gist_of(row[2])

    def left(self, name: str) -> bytes | None:
        """Return what was kept of all items under a name, if it is whole."""
        query = "SELECT data, seal FROM passes WHERE name = ?"
        row = self._db.execute(query, (name,)).fetchone()
        if row is None or not _are_bytes(*row) or digest_of(name.encode(), row[0]) != row[1]:
            return None
        found: bytes = row[0]
        return found

    def leave(self, name: str, data: bytes) -> None:
        """Keep something of all items under a name."""
        row = (name, data, digest_of(name.encode(), data))
        self._db.execute("INSERT OR REPLACE INTO passes VALUES (?, ?, ?)", row)

    def numbers(self, values: Iterable[FacetValue]) -> array[int]:
        """Return the numbers of some values; they are kept."""
        return array("I", map(self._number, values))

    def _number_of(self, value: FacetValue) -> int:
        text = _text_of(value)
        row = self._db.execute("SELECT number FROM vals WHERE value = ?", (text,)).fetchone()
        if row is None:
            seal = digest_of(text.encode())
            done = self._db.execute("INSERT INTO vals (value, seal) VALUES (?, ?)", (text, seal))
            row = (done.lastrowid,)
        return int(row[0])

    def value(self, number: int) -> FacetValue:
        """Return the value with a number.

        Raises:
            sqlite3.DatabaseError: It is not there: the file is damaged.
        """
        query = "SELECT value, seal FROM vals WHERE number = ?"
        row = self._db.execute(query, (number,)).fetchone()
        if row is None or digest_of(str(row[0]).encode()) != row[1]:
            raise _damaged(number)
        facet, key, text, lang, known, is_broader, hidden_in = json.loads(row[0])
        return FacetValue(facet, key, text, lang, known, is_broader, frozenset(hidden_in))


def digest_of(*parts: bytes) -> bytes:
    """Return a digest of some parts, of which none begins where another may end."""
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


def gist_of(data: bytes) -> Gist:
    """Return the gist that some bytes of the file hold."""
    return Gist(*unpacked(data))


def gist_at(database: sqlite3.Connection, place: int) -> Gist:
    """Return the gist at a place of the file.

    Raises:
        sqlite3.DatabaseError: It is damaged.
    """
    query = "SELECT stamp, gist, seal FROM items WHERE number = ?"
    row = database.execute(query, (place,)).fetchone()
    if row is None or not _are_bytes(*row) or digest_of(row[0], row[1]) != row[2]:
        raise _damaged(place)
    return gist_of(row[1])


def shown_at(database: sqlite3.Connection, place: int, state: bytes) -> Shown:
    """Return the item at a place of the file, and its images; ``state`` is their digest.

    Raises:
        sqlite3.DatabaseError: It is damaged.
    """
    row = database.execute("SELECT shown FROM items WHERE number = ?", (place,)).fetchone()
    return _shown_of(_sealed(row, place, state))


def packed_item(item: ShownItem, images: DerivativeSet | None) -> bytes:
    """Return an item and its images as they are kept.

    Its statements are kept as their parts alone, which are read in a tenth of the time.
    """
    bare = replace(item, record=replace(item.record, statements=()))
    return packed((bare, tuple(map(_parts, item.record.statements)), images))


def _shown_of(kept: tuple[ShownItem, tuple[Any, ...], DerivativeSet | None]) -> Shown:
    bare, parts, images = kept
    statements = tuple(map(statement_of, parts))
    return replace(bare, record=replace(bare.record, statements=statements)), images


def cards_at(database: sqlite3.Connection, place: int, digest: bytes) -> dict[str, Card]:
    """Return the item at a place of the file as a card by language.

    Raises:
        sqlite3.DatabaseError: It is damaged.
    """
    row = database.execute("SELECT cards FROM items WHERE number = ?", (place,)).fetchone()
    found: dict[str, Card] = _sealed(row, place, digest)
    return found


def _sealed(row: tuple[object] | None, place: int, digest: bytes) -> Any:
    """Return what the one value of a row holds, if it has its digest.

    Raises:
        sqlite3.DatabaseError: It is damaged.
    """
    data = row[0] if row is not None else None
    if not isinstance(data, bytes) or digest_of(data) != digest:
        raise _damaged(place)
    return unpacked(data)


def _are_bytes(*values: object) -> bool:
    """Say whether values are of the kind that was written: a flipped bit may make others."""
    return all(isinstance(value, bytes) for value in values)


def _damaged(place: int) -> sqlite3.DatabaseError:
    return sqlite3.DatabaseError(f"what is kept at {place} is not as it was written")


def _text_of(value: FacetValue) -> str:
    hidden_in = sorted(value.hidden_in)
    fields = (value.facet, value.key, value.text, value.lang, value.known, value.is_broader)
    return json.dumps([*fields, hidden_in], ensure_ascii=False)


def _whole(key: bytes) -> bytes:
    """Return a key that counts for the columns, too."""
    return digest_of(key, _SCHEMA.encode())


def _is_of(path: Path, key: bytes) -> bool:
    """Say whether there is a file of this key that can be read."""
    if not path.is_file():
        return False
    database = sqlite3.connect(path)
    try:
        return bool(database.execute("SELECT key FROM key").fetchall() == [(_whole(key),)])
    except DAMAGE as error:
        if is_refusal(error):
            raise
        return False
    finally:
        database.close()
