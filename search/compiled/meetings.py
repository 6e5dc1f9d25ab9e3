"""How often places of two columns meet in some documents, and how that is written.

:mod:`search.compiled.meeting_tables` makes the same bytes sooner, where numpy is installed.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Protocol

from search.compiled.coding import integer, integers, steps

_AT_ONCE = 1 << 16
"""Documents that are counted before it is asked whether what they have is already too much."""


class Meetings(Protocol):
    """Some columns, of the same documents, at least one."""

    def uses(self, name: str) -> tuple[list[int], list[bytes]]:
        """Return the places that occur in a column, in order, and how many documents have each."""

    def of(
        self, names: tuple[str, str], most: int, wanted: tuple[bool, bool]
    ) -> Sequence[list[bytes]] | None:
        """Return what the places of two columns meet in the other one.

        Args:
            names: The columns.
            most: Pairs of places that may meet.
            wanted: Of which columns the places are asked.

        Returns:
            Of each column that is wanted, for each place that occurs, in order: how many places
            it meets, these as a list, how many documents have each. None if more pairs than
            ``most`` meet.
        """


def meetings(columns: Mapping[str, Sequence[int]]) -> Meetings:
    """Return how places of some columns meet, found the fastest way there is."""
    if _has_numpy():
        # It takes a tenth of a second to be there.
        from search.compiled.meeting_tables import MeetingTables

        return MeetingTables(columns)
    return PlainMeetings(columns)


@cache
def _has_numpy() -> bool:
    return find_spec("numpy") is not None


class PlainMeetings:
    """Meetings that are counted by nothing but Python."""

    def __init__(self, columns: Mapping[str, Sequence[int]]) -> None:
        self._columns = columns

    def uses(self, name: str) -> tuple[list[int], list[bytes]]:
        """Return the places that occur in a column, in order, and how many documents have each."""
        uses = sorted(Counter(self._columns[name]).items())
        return [place for place, _count in uses], [integer(count) for _place, count in uses]

    def of(
        self, names: tuple[str, str], most: int, wanted: tuple[bool, bool]
    ) -> Sequence[list[bytes]] | None:
        """Return what the places of two columns meet in the other one, as the protocol says."""
        one, other = names
        counts = _counted(self._columns[one], self._columns[other], most)
        if counts is None:
            return None
        return [
            _rows(counts.items(), at) if is_wanted else [] for at, is_wanted in enumerate(wanted)
        ]


def _rows(counts: Iterable[tuple[tuple[int, int], int]], at: int) -> list[bytes]:
    met: dict[int, dict[int, int]] = defaultdict(dict)
    for places, count in counts:
        met[places[at]][places[1 - at]] = count
    return [_row(met[place]) for place in sorted(met)]


def _row(met: Mapping[int, int]) -> bytes:
    places = sorted(met)
    return integers([len(places)]) + steps(places) + integers([met[place] for place in places])


def _counted(
    one: Sequence[int], other: Sequence[int], most: int
) -> Mapping[tuple[int, int], int] | None:
    """Return how often places of two columns meet; None if more than so many do."""
    if isinstance(one, bytes) and isinstance(other, bytes):
        found = _counted_bytes(one, other)
        return found if len(found) <= most else None
    found = Counter()
    for start in range(0, len(one), _AT_ONCE):
        behind = start + _AT_ONCE
        found.update(zip(one[start:behind], other[start:behind], strict=True))
        if len(found) > most:
            return None
    return found


def _counted_bytes(one: bytes, other: bytes) -> Counter[tuple[int, int]]:
    # Two columns of bytes are one of numbers: to count these takes half as long as pairs.
    both = bytearray(2 * len(one))
    both[::2], both[1::2] = one, other
    codes = array("H", bytes(both))
    if sys.byteorder == "big":
        codes.byteswap()
    return Counter({(code & 0xFF, code >> 8): count for code, count in Counter(codes).items()})
