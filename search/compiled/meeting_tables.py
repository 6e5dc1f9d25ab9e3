"""How often places of two columns meet, counted and written by numpy.

The same bytes as :mod:`search.compiled.meetings` makes, sooner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_Numbers = NDArray[np.int64]

_TABLE = 1 << 20
"""Pairs of places up to which a table of all pairs is counted in."""

_GROUP = 7
_LOW = (1 << _GROUP) - 1
_MORE = 1 << _GROUP
_LARGEST_BITS = 32


class MeetingTables:
    """Meetings as :class:`search.compiled.meetings.Meetings` says."""

    def __init__(self, columns: Mapping[str, Sequence[int]]) -> None:
        self._columns = {name: _column(places) for name, places in columns.items()}

    def uses(self, name: str) -> tuple[list[int], list[bytes]]:
        """Return the places that occur in a column, in order, and how many documents have each."""
        uses = np.bincount(self._columns[name])
        places = np.flatnonzero(uses)
        data, begins = _written(uses[places])
        return places.tolist(), _each(data, begins)

    def of(
        self, names: tuple[str, str], most: int, wanted: tuple[bool, bool]
    ) -> Sequence[list[bytes]] | None:
        """Return what the places of two columns meet in the other one, as the protocol says."""
        one, other = (self._columns[name] for name in names)
        width = int(other.max()) + 1
        pairs, counts = _counted(one * width + other, (int(one.max()) + 1) * width)
        if len(pairs) > most:
            return None
        first, second = np.divmod(pairs, width)
        order = np.argsort(second, kind="stable")
        return [
            _rows(first, second, counts) if wanted[0] else [],
            _rows(second[order], first[order], counts[order]) if wanted[1] else [],
        ]


def _column(places: Sequence[int]) -> _Numbers:
    found = np.frombuffer(places, np.uint8) if isinstance(places, bytes) else np.asarray(places)
    return found.astype(np.int64)


def _counted(codes: _Numbers, size: int) -> tuple[_Numbers, _Numbers]:
    """Return the numbers below ``size`` that occur, in order, and how often each does."""
    if size > _TABLE:
        return np.unique(codes, return_counts=True)
    uses = np.bincount(codes)
    found = np.flatnonzero(uses)
    return found, uses[found]


def _rows(places: _Numbers, met: _Numbers, counts: _Numbers) -> list[bytes]:
    """Write of each place how many it meets, these as a list, and how often each.

    Args:
        places: Ascending.
        met: What they meet, ascending for each.
        counts: How often.
    """
    begins = np.flatnonzero(np.diff(places, prepend=-1))
    lengths = np.diff(begins, append=len(places))
    distances = np.diff(met, prepend=0)
    distances[begins] = met[begins]
    # Of each place: its length, the distances, the counts.
    starts = 2 * begins + np.arange(len(begins))
    numbers = np.empty(2 * len(places) + len(begins), np.int64)
    numbers[starts] = lengths
    at = np.arange(len(places)) - np.repeat(begins - starts - 1, lengths)
    numbers[at] = distances
    numbers[at + np.repeat(lengths, lengths)] = counts
    data, begun = _written(numbers)
    return _each(data, begun[starts])


def _written(numbers: _Numbers) -> tuple[bytes, _Numbers]:
    """Return numbers as :func:`search.compiled.coding.integers` does, and where each begins."""
    sizes = np.ones(len(numbers), np.int64)
    for bits in range(_GROUP, _LARGEST_BITS, _GROUP):
        sizes += numbers >> bits > 0
    begins = np.cumsum(sizes) - sizes
    written = np.empty(int(sizes.sum()), np.uint8)
    for group in range(int(sizes.max(initial=0))):
        has = sizes > group
        more = np.where(sizes[has] > group + 1, _MORE, 0)
        written[begins[has] + group] = (numbers[has] >> _GROUP * group) & _LOW | more
    return written.tobytes(), begins


def _each(data: bytes, begins: _Numbers) -> list[bytes]:
    return [data[start:end] for start, end in pairwise([*begins.tolist(), len(data)])]
