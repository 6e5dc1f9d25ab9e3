"""What stands beside the entries of a leaf, parted into shards of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from search.compiled.coding import Piece
from search.compiled.files import NO_SHARD


class PieceWriter:
    """Parts what stands beside the entries of a leaf into pieces, and has them written."""

    def __init__(
        self, most: int, write: Callable[[Sequence[int]], str], *, is_listed: bool
    ) -> None:
        """Take how large a piece may be, how it is written, and which entries are listed.

        Args:
            most: Documents in a piece that is about more than one entry.
            write: Writes a piece about some documents; returns its name.
            is_listed: Whether every entry is listed, or only the first of each piece.
        """
        self._most = most
        self._write = write
        self._is_listed = is_listed
        self._entries: list[tuple[int, int, bool]] = []
        self._numbers: list[int] = []
        self._pieces: list[Piece] = []

    def add(self, place: int, numbers: Sequence[int], first: int = 0) -> None:
        """Add what stands beside the entry at a place of the leaf.

        Args:
            place: The place.
            numbers: The documents.
            first: Of a listed entry the first in order; if there is one but no documents, what
                follows it has no piece.
        """
        if not numbers and not first:
            return
        if self._numbers and len(self._numbers) + len(numbers) > self._most:
            self._cut()
        self._entries.append((place, first, bool(numbers)))
        self._numbers += numbers

    def finish(self) -> list[Piece]:
        """Return the pieces of a leaf, and be ready for the next."""
        if self._entries:
            self._cut()
        pieces, self._pieces = self._pieces, []
        return pieces

    def _cut(self) -> None:
        name = self._write(self._numbers) if self._numbers else NO_SHARD
        listed = self._entries if self._is_listed else self._entries[:1]
        self._pieces += (
            (place, first, name if has_piece else NO_SHARD) for place, first, has_piece in listed
        )
        self._entries, self._numbers = [], []
