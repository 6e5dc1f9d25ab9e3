"""What items were for the public in all their versions: a cache in the catalogue.

Versions never change, so what was read of them once stays true. Only items with more than one
version, and those that were taken out of the archive, have an entry.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.catalogue_file import translated
from schemas.records import Access, Record

# In the text of records with an embargo; a few others may have it too, as a text of theirs.
_EMBARGOED = '%"embargo_until"%'


@dataclass(frozen=True)
class State:
    """What one version of an item was for the public.

    Attributes:
        created_at: When the version was made, RFC 3339.
        is_open: The public may see it, at once or when its embargo ends.
        embargo_until: Last day of its embargo, or empty.
        views: Last days of the embargoes of its masters that are public, each once; empty for
            masters that are public at once.
    """

    created_at: str
    is_open: bool = False
    embargo_until: str = ""
    views: tuple[str, ...] = ()

    @classmethod
    def of(cls, created_at: str, record: Record) -> State:
        """Return what a version with this record was."""
        if record.access is not Access.PUBLIC or record.is_withdrawn:
            return cls(created_at)
        days = {view.embargo_until for view in record.views if view.access is Access.PUBLIC}
        return cls(created_at, True, record.embargo_until, tuple(sorted(days)))


class Pasts:
    """The pasts in a catalogue."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        """Use the table of an open catalogue at ``path``."""
        self._connection = connection
        self._path = path

    def known(self, item_id: str) -> tuple[State, ...]:
        """Return the states of an item that are kept, from its first version on."""
        rows = self._execute("SELECT states FROM pasts WHERE item_id = ?", item_id).fetchall()
        if not rows:
            return ()
        return tuple(
            State(created, is_open, until, tuple(views))
            for created, is_open, until, views in json.loads(rows[0][0])
        )

    def keep(self, item_id: str, states: Iterable[State]) -> None:
        """Keep the states of an item."""
        rows = [[s.created_at, s.is_open, s.embargo_until, s.views] for s in states]
        text = json.dumps(rows, separators=(",", ":"))
        self._execute(
            "INSERT INTO pasts (item_id, is_gone, states) VALUES (?, 0, ?)"
            " ON CONFLICT (item_id) DO UPDATE SET states = excluded.states",
            item_id,
            text,
        )

    def mark_gone(self, item_id: str, *, is_gone: bool) -> None:
        """Say that an item was taken out of the archive, or is in it again."""
        if not is_gone:
            self._execute("UPDATE pasts SET is_gone = 0 WHERE item_id = ?", item_id)
            return
        self._execute(
            "INSERT INTO pasts (item_id, is_gone, states) VALUES (?, 1, '[]')"
            " ON CONFLICT (item_id) DO UPDATE SET is_gone = 1",
            item_id,
        )

    def forget_all(self) -> None:
        """Forget everything."""
        self._execute("DELETE FROM pasts")

    def gone(self) -> list[str]:
        """Return the ids of items that were taken out of the archive, in order."""
        rows = self._execute("SELECT item_id FROM pasts WHERE is_gone = 1 ORDER BY item_id")
        return [row[0] for row in rows]

    def always_public(self) -> Iterator[tuple[str, str]]:
        """Yield the id and the time of public items with one version and without any embargo."""
        yield from self._execute(
            "SELECT item_id, created_at FROM items WHERE version = 1 AND is_public = 1"
            " AND record NOT LIKE ? ORDER BY item_id",
            _EMBARGOED,
        )

    def newest(self, most: int) -> list[str]:
        """Return the ids of the newest public items without any embargo, the newest first."""
        rows = self._execute(
            "SELECT item_id FROM items WHERE is_public = 1 AND record NOT LIKE ?"
            " ORDER BY created_at DESC, item_id LIMIT ?",
            _EMBARGOED,
            most,
        )
        return [row[0] for row in rows]

    def embargoed(self) -> list[str]:
        """Return the ids of items that are, or will be, public and say of an embargo."""
        rows = self._execute(
            "SELECT item_id FROM items WHERE is_public = 1 AND record LIKE ? ORDER BY item_id",
            _EMBARGOED,
        )
        return [row[0] for row in rows]

    def eventful(self) -> list[str]:
        """Return the ids of all other items that may be, or may have been, public; in order."""
        rows = self._execute(
            "SELECT item_id FROM items WHERE version > 1 OR (is_public = 1 AND record LIKE ?)"
            " ORDER BY item_id",
            _EMBARGOED,
        )
        return [row[0] for row in rows]

    def are_over(self, moment: str) -> bool:
        """Say whether every version in the catalogue was made before a moment, RFC 3339 in UTC."""
        found = self._execute("SELECT max(updated_at) FROM items").fetchone()
        return not found[0] or found[0] <= moment

    def _execute(self, statement: str, *values: object) -> sqlite3.Cursor:
        with translated(self._path):
            return self._connection.execute(statement, values)
