"""The catalogue: a SQLite cache of the store, so that nobody walks the store to list items.

Promise: what was put and committed survives a power cut (WAL, synchronous=FULL). Everything in
it about items can be made again from the store, so a file that is damaged or of another format
is thrown away and begun anew; :attr:`Catalogue.is_complete` is then False until whoever fills
it says that it holds the whole store again. One process writes; others may read meanwhile.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from archive.catalogue_file import open_database, open_for_reading, translated
from archive.fingerprints import Fingerprints, pictures_of
from archive.job_table import JobTable
from archive.pasts import Pasts
from schemas.derivatives import DerivativeSet
from schemas.errors import RecordError
from schemas.messages import _
from schemas.public_views import closed_paths, public_derivatives, public_technical, public_views
from schemas.records import Access, Record, is_public, is_view_public
from schemas.technical import Technical

_PAGE_ROWS = 200
_ALL = "SELECT * FROM entries WHERE item_id > ? ORDER BY item_id LIMIT ?"
_PUBLIC = "SELECT * FROM public_entries WHERE item_id > ? ORDER BY item_id LIMIT ?"
# In the text of records with an embargo; a few others may have it too, as a text of theirs.
_EMBARGO_KEY = '"embargo_until"'
_EMBARGOED = f"%{_EMBARGO_KEY}%"
# No text of a record can be taken for these, because a quote in it is escaped: items that are not
# public, those with an embargo, those with an access of one of their views.
_PERHAPS_CLOSED = ('%"access":"public"%', _EMBARGOED, '%"access":%"access":%')


@dataclass(frozen=True)
class CatalogueItem:
    """What the catalogue knows of one item: its newest version, and its derivatives.

    Attributes:
        item_id: The item.
        version: Number of its newest version.
        created_at: When version 1 was made, RFC 3339.
        updated_at: When the newest version was made, RFC 3339.
        record: The description.
        technical: What was read from each master, in reading order.
        derivatives: What was made from the masters, or None when nothing was yet.
    """

    item_id: str
    version: int
    created_at: str
    updated_at: str
    record: Record
    technical: tuple[Technical, ...]
    derivatives: DerivativeSet | None = None


@dataclass(frozen=True)
class CatalogueRow:
    """An item that the catalogue lists, not yet read.

    Attributes:
        item_id: The item.
        stamp: Digest of all that the catalogue has of it, and of which of its views are open on
            the day where an embargo decides that.
        read: Returns it; raises RecordError where its entry is damaged.
    """

    item_id: str
    stamp: bytes
    read: Callable[[], CatalogueItem]


def public_part(item: CatalogueItem, today: date) -> CatalogueItem:
    """Return a public item without its masters, and their images, that are closed on a day."""
    closed = closed_paths(item.record, today)
    if not closed:
        return item
    return replace(
        item,
        record=public_views(item.record, today),
        technical=public_technical(item.technical, closed),
        derivatives=public_derivatives(item.derivatives, closed),
    )


class Catalogue:
    """The catalogue of one archive; a context manager that closes it.

    Attributes:
        path: The database file.
        work: Its batches and jobs.
        fingerprints: What its pictures look like.
        pasts: What items were for the public.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        """Take over an open database; callers use :meth:`open`."""
        self._connection = connection
        self.path = path
        self.work = JobTable(connection, path)
        self.fingerprints = Fingerprints(connection, path)
        self.pasts = Pasts(connection, path)

    @classmethod
    def open(cls, path: Path, *, anew: bool = False) -> Self:
        """Open the catalogue at ``path``; make it where there is none that can be used.

        Args:
            path: The database file.
            anew: Throw away what is there, as ``rebuild`` does.

        Raises:
            StoreBusyError: Another process holds it.
            StoreWriteError: The disk refused.
        """
        return cls(open_database(path, anew=anew), path)

    @classmethod
    def open_for_reading(cls, path: Path) -> Self:
        """Open a catalogue that holds the whole store, to read and never to change it.

        Raises:
            RecordError: There is none, or it is damaged or not complete.
            StoreBusyError: Another process holds it.
        """
        catalogue = cls(open_for_reading(path), path)
        if not catalogue.is_complete:
            catalogue.close()
            raise RecordError(
                _("catalogue.db does not hold the whole archive."),
                remedy=_("Make it again from the store: hoaban rebuild"),
                path=path,
            )
        return catalogue

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def is_complete(self) -> bool:
        """Whether it was said, since the file was made, that it holds the whole store."""
        return bool(self._one("SELECT is_complete FROM state"))

    def mark_complete(self) -> None:
        """Say that the catalogue holds every item of the store."""
        self._write("UPDATE state SET is_complete = 1")

    def forget_items(self) -> None:
        """Forget every item, so that the catalogue is filled anew; batches and jobs stay."""
        with self.transaction():
            self._write("DELETE FROM items")
            self.fingerprints.forget_all()
            self.pasts.forget_all()
            self._write("UPDATE state SET is_complete = 0")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all writes of the block one: durable together at its end, or none of them.

        A write outside such a block is durable at once, which costs a sync of the disk.
        A block inside a block joins it.
        """
        if self._connection.in_transaction:
            yield
            return
        with translated(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with translated(self.path):
                self._connection.execute("COMMIT")
        finally:
            self._roll_back()

    # --- items ---

    def put(self, item: CatalogueItem) -> None:
        """Add an item, or replace what is known of it, derivatives included."""
        derivatives = _text(item.derivatives.to_json()) if item.derivatives else None
        with self.transaction():
            self._write(
                "INSERT OR REPLACE INTO items (item_id, version, created_at, updated_at, is_public,"
                " record, technical, derivatives) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                item.item_id,
                item.version,
                item.created_at,
                item.updated_at,
                item.record.access is Access.PUBLIC,
                _text(item.record.to_json()),
                _text([entry.to_json() for entry in item.technical]),
                derivatives,
            )
            self.fingerprints.put(item.item_id, pictures_of(item.derivatives))
            self.pasts.mark_gone(item.item_id, is_gone=False)

    def set_derivatives(self, derivatives: DerivativeSet) -> None:
        """Record what was made from an item's masters.

        Raises:
            ValueError: The catalogue does not have the item.
        """
        with self.transaction():
            if not self._write(
                "UPDATE items SET derivatives = ? WHERE item_id = ?",
                _text(derivatives.to_json()),
                derivatives.item_id,
            ):
                raise ValueError(f"the catalogue has no item {derivatives.item_id!r}")
            self.fingerprints.put(derivatives.item_id, pictures_of(derivatives))

    def get(self, item_id: str) -> CatalogueItem | None:
        """Return an item, or None."""
        rows = self._rows("SELECT * FROM entries WHERE item_id = ?", item_id)
        return self._item(rows[0]) if rows else None

    def remove(self, item_id: str) -> None:
        """Forget an item, if it is there."""
        with self.transaction():
            self._write("DELETE FROM items WHERE item_id = ?", item_id)
            self.fingerprints.forget(item_id)
            self.pasts.mark_gone(item_id, is_gone=True)

    def iter_items(self, *, public_on: date | None = None) -> Iterator[CatalogueItem]:
        """Yield every item in the order of item ids, or those the public may see on a day.

        Of the latter only the public part: files that are closed on their own are left out.
        A page at a time is held, so the catalogue may be written to between two items: an item
        added behind the reader's place is not seen, one before it is.
        """
        for item in map(self._item, self._paged(_ALL if public_on is None else _PUBLIC)):
            if public_on is None:
                yield item
            elif is_public(item.record, public_on):
                yield public_part(item, public_on)

    def iter_public_rows(self, today: date) -> Iterator[CatalogueRow]:
        """Yield what :meth:`iter_items` yields for the public on a day, as yet unread."""
        for row in self._paged(_PUBLIC):
            texts = ["" if value is None else str(value) for value in row]
            if _EMBARGO_KEY in row[4]:
                record = self._item(row).record
                if not is_public(record, today):
                    continue
                # What the day decides; not the day, or each day would make all of it anew.
                texts.append(repr([is_view_public(view, today) for view in record.views]))
            stamp = blake2b("\0".join(texts).encode(), digest_size=16).digest()
            yield CatalogueRow(row[0], stamp, partial(self._public_item, row, today))

    def _public_item(self, row: tuple[Any, ...], today: date) -> CatalogueItem:
        return public_part(self._item(row), today)

    def iter_perhaps_closed(self) -> Iterator[CatalogueItem]:
        """Yield every item that is not public, or of which something may not be, on any day."""
        query = (
            "SELECT * FROM entries WHERE item_id > ? AND (record NOT LIKE ? OR record LIKE ?"
            " OR record LIKE ?) ORDER BY item_id LIMIT ?"
        )
        yield from map(self._item, self._paged(query, *_PERHAPS_CLOSED))

    def digest(self) -> bytes:
        """Return a digest of all items, which is another one as soon as anything of one is."""
        digest = blake2b(digest_size=16)
        for row in self._paged(_ALL):
            digest.update(repr(row).encode())
        return digest.digest()

    def item_ids(self) -> Iterator[str]:
        """Yield the id of every item, in order; as safe against writes as :meth:`iter_items`."""
        query = "SELECT item_id FROM items WHERE item_id > ? ORDER BY item_id LIMIT ?"
        last = ""
        while rows := self._rows(query, last, _PAGE_ROWS * 10):
            yield from (row[0] for row in rows)
            last = rows[-1][0]

    def ids_without_derivatives(self) -> list[str]:
        """Return the ids of the items of which nothing is known to be made from masters."""
        return [row[0] for row in self._rows("SELECT item_id FROM items WHERE derivatives IS NULL")]

    def identifiers(self) -> Iterator[tuple[str, str]]:
        """Yield the id and the inventory number of every item."""
        yield from self._rows("SELECT item_id, json_extract(record, '$.identifier') FROM items")

    def count(self, *, public_on: date | None = None) -> int:
        """Return the number of items, or of those the public may see on a day."""
        if public_on is not None:
            query = "SELECT count(*) FROM items WHERE is_public = 1 AND record NOT LIKE ?"
            plain = self._rows(query, _EMBARGOED)[0][0]
            query = "SELECT record FROM items WHERE is_public = 1 AND record LIKE ?"
            found = (json.loads(row[0]) for row in self._rows(query, _EMBARGOED))
            return int(plain) + sum(is_public(Record.from_json(one), public_on) for one in found)
        return int(self._one("SELECT count(*) FROM items"))

    def count_changed_after(self, moment: str) -> int:
        """Return the number of items whose newest version was stored after a moment, RFC 3339."""
        return int(self._rows("SELECT count(*) FROM items WHERE updated_at > ?", moment)[0][0])

    # --- scans that were read before ---

    def source_digest(self, path: str, size: int, mtime_ns: int) -> str | None:
        """Return the sha512 of a scan that was read before and has the same size and time.

        Args:
            path: Where the scan is.
            size: Its length now, in bytes.
            mtime_ns: Its time of change now, in nanoseconds.
        """
        rows = self._rows(
            "SELECT sha512 FROM sources WHERE path = ? AND size_bytes = ? AND mtime_ns = ?",
            path,
            size,
            mtime_ns,
        )
        return str(rows[0][0]) if rows else None

    def remember_source(self, path: str, size: int, mtime_ns: int, sha512: str) -> None:
        """Remember the digest of a scan, so that it need not be read again while unchanged."""
        self._write(
            "INSERT OR REPLACE INTO sources (path, size_bytes, mtime_ns, sha512)"
            " VALUES (?, ?, ?, ?)",
            path,
            size,
            mtime_ns,
            sha512,
        )

    # --- the database ---

    def _roll_back(self) -> None:
        """Undo an open transaction; it is open only if the block or the commit failed."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _write(self, statement: str, *values: object) -> int:
        """Execute one writing statement and return how many rows it touched."""
        with translated(self.path):
            return self._connection.execute(statement, values).rowcount

    def _rows(self, query: str, *values: object) -> list[Any]:
        with translated(self.path):
            return self._connection.execute(query, values).fetchall()

    def _paged(self, query: str, *values: object) -> Iterator[Any]:
        """Yield the rows of a query that goes on after an item id, a page at a time."""
        last = ""
        while rows := self._rows(query, last, *values, _PAGE_ROWS):
            yield from rows
            last = rows[-1][0]

    def _one(self, query: str) -> Any:
        return self._rows(query)[0][0]

    def _item(self, row: tuple[Any, ...]) -> CatalogueItem:
        item_id, version, created_at, updated_at, record, technical, derivatives = row
        try:
            return CatalogueItem(
                item_id=item_id,
                version=version,
                created_at=created_at,
                updated_at=updated_at,
                record=Record.from_json(json.loads(record)),
                technical=tuple(Technical.from_json(entry) for entry in json.loads(technical)),
                derivatives=DerivativeSet.from_json(json.loads(derivatives))
                if derivatives
                else None,
            )
        except (ValueError, RecordError) as error:
            raise RecordError(
                _("The entry of '{item}' in catalogue.db is damaged: {reason}.").format(
                    item=item_id, reason=error
                ),
                remedy=_("The store is not concerned. Make the catalogue again: hoaban rebuild"),
                path=self.path,
            ) from error


def _text(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
