"""Which pictures look alike: the index of their fingerprints in the catalogue.

It is filled from the derivative sets, so it costs no decoding. A look-up touches only pictures
that share a band with the one in question, however many there are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from archive.catalogue_file import FINGERPRINT_TABLES, translated
from schemas.derivatives import DerivativeSet
from schemas.fingerprints import Fingerprint, is_alike, is_fingerprint


@dataclass(frozen=True, order=True)
class Picture:
    """One page or view that has a fingerprint.

    Attributes:
        item_id: Its item.
        canvas: Its key in the item, ``0001`` upward.
        master: Logical path of the master it shows.
        fingerprint: The fingerprint's text.
    """

    item_id: str
    canvas: str
    master: str
    fingerprint: str


def pictures_of(derivatives: DerivativeSet | None) -> list[Picture]:
    """Return what a set of derivatives shows."""
    if derivatives is None:
        return []
    return [
        Picture(derivatives.item_id, canvas.key, canvas.master, canvas.fingerprint)
        for canvas in derivatives.canvases
    ]


class Fingerprints:
    """The fingerprints of a catalogue, or of pictures that no catalogue knows."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        """Use the tables of an open catalogue at ``path``."""
        self._connection = connection
        self._path = path

    @classmethod
    def apart(cls) -> Self:
        """Return an index in memory, for pictures that are not in any archive."""
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.executescript(FINGERPRINT_TABLES)
        return cls(connection, Path())

    def close(self) -> None:
        """Close an index in memory."""
        self._connection.close()

    def put(self, item_id: str, pictures: Iterable[Picture]) -> None:
        """Replace what is known of an item.

        Pictures without a fingerprint, or with one of another version, are left out.
        """
        known = [picture for picture in pictures if is_fingerprint(picture.fingerprint)]
        with translated(self._path):
            self.forget(item_id)
            self._connection.executemany(
                "INSERT INTO pictures (item_id, canvas, master, fingerprint) VALUES (?, ?, ?, ?)",
                [(item_id, p.canvas, p.master, p.fingerprint) for p in known],
            )
            self._connection.executemany(
                "INSERT INTO picture_bands (band, item_id, canvas) VALUES (?, ?, ?)",
                [
                    (band, item_id, picture.canvas)
                    for picture in known
                    for band in Fingerprint.parse(picture.fingerprint).bands
                ],
            )

    def forget(self, item_id: str) -> None:
        """Forget an item's pictures."""
        with translated(self._path):
            for table in ("pictures", "picture_bands"):
                statement = f"DELETE FROM {table} WHERE item_id = ?"  # noqa: S608 (our own names)
                self._connection.execute(statement, (item_id,))

    def forget_all(self) -> None:
        """Forget all pictures."""
        with translated(self._path):
            self._connection.execute("DELETE FROM pictures")
            self._connection.execute("DELETE FROM picture_bands")

    def of(self, item_id: str) -> list[Picture]:
        """Return an item's pictures, in reading order."""
        with translated(self._path):
            rows = self._connection.execute(
                "SELECT item_id, canvas, master, fingerprint FROM pictures WHERE item_id = ?"
                " ORDER BY canvas",
                (item_id,),
            ).fetchall()
        return [Picture(*row) for row in rows]

    def alike(self, picture: Picture) -> list[Picture]:
        """Return the other pictures that show the same, upright or turned; in order of ids."""
        turns = list(Fingerprint.parse(picture.fingerprint).turns())
        bands = sorted({band for turn in turns for band in turn.bands})
        marks = ", ".join("?" * len(bands))
        with translated(self._path):
            rows = self._connection.execute(
                # Only question marks are filled in.
                "SELECT DISTINCT item_id, canvas, master, fingerprint FROM picture_bands"  # noqa: S608
                f" JOIN pictures USING (item_id, canvas) WHERE band IN ({marks})",
                bands,
            ).fetchall()
        return sorted(
            other
            for other in (Picture(*row) for row in rows)
            if (other.item_id, other.canvas) != (picture.item_id, picture.canvas)
            and any(is_alike(turn, Fingerprint.parse(other.fingerprint)) for turn in turns)
        )
