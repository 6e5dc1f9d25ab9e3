"""Crossings: how often values of two facets meet in the documents of a widespread word.

Who filters such a word by values of one facet, and counts the others, adds up rows of counts here,
and needs neither all documents of the word nor those of the values.

Memory follows the length of what is kept, however many values the facets have.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations

from search.compiled.coding import integer, integers, steps
from search.compiled.columns import YEARS
from search.compiled.values import Rows

BEGUN = 1024
"""Documents of each list of titles and subjects of which it is kept what value they have."""

_NONE = integer(0)
_AT_ONCE = 1 << 16
"""Documents that are counted before it is asked whether what they have is already too much."""

_BYTES = 2
"""Of two places that meet at least: the place in the other column, and how often."""

Meetings = Mapping[int, Mapping[int, int]]
"""By a place in one column, of places in another one how many documents have both."""


class _Crossing:
    """A payload while it is made; nothing of it is held from when on it is too long."""

    def __init__(self, uses: Mapping[int, int], most: int) -> None:
        self._most = most
        self._rows = {place: integer(count) for place, count in sorted(uses.items())}

    @property
    def left(self) -> int:
        """How many bytes may follow; 0 if it is too long."""
        return max(0, self._most - sum(map(len, self._rows.values()))) if self._rows else 0

    def add(self, met: Meetings) -> None:
        """Add how often its places meet those of one more column; of no meetings drop it."""
        self._rows = {place: row + _met(met[place]) for place, row in self._rows.items() if met}
        if not self.left:
            self._rows = {}

    def finish(self, behind: bytes) -> bytes:
        """Return it with something behind it; no place if it is too long."""
        rows = self._rows
        if not rows:
            return _NONE
        parts = integers([len(rows)]), steps(list(rows)), integers([*map(len, rows.values())])
        whole = b"".join((*parts, *rows.values(), behind))
        return whole if len(whole) < self._most else _NONE


def crossings(
    rows: Rows, lists: Iterable[Sequence[int]], numbers: Sequence[int], most: int
) -> list[bytes]:
    """Return of each facet two payloads: its crossings with other facets, and with the years.

    Each is how many places of the column of the facet occur, these as a list, how many bytes each
    has, then of each: how many documents, and of every other column how many places occur with it,
    these as a list, how many documents have each. Behind the crossings with other facets stand the
    places of the first documents of some lists.

    Args:
        rows: All columns.
        lists: The documents of the word in titles and subjects, by exact form.
        numbers: All its documents.
        most: Bytes from which on crossings are not kept: they are only 0 then, no place.
    """
    values = rows.at(numbers)
    facets = [name for name in rows.names if name != YEARS]
    uses = {name: Counter(values[name]) for name in facets}
    of_facets, of_years = ({name: _Crossing(uses[name], most) for name in facets} for _ in range(2))
    # So each of them hears of the other columns in their order.
    for one, other in combinations(facets, 2):
        _cross((of_facets[one], of_facets[other]), values[one], values[other])
    for name in facets:
        _cross((of_years[name],), values[name], values[YEARS])
    begun = list(chain.from_iterable(own[:BEGUN] for own in lists))
    places = rows.at(begun) if begun else {}
    finished = (
        (of_facets[name].finish(integers(places.get(name, ()))), of_years[name].finish(b""))
        for name in facets
    )
    return list(chain.from_iterable(finished))


def _cross(pair: Sequence[_Crossing], one: Sequence[int], other: Sequence[int]) -> None:
    """Add how often places of two columns, side by side, meet: by the first, by the second."""
    most = max(crossing.left for crossing in pair) // _BYTES
    counts = _counted(one, other, most) if most else {}
    for at, crossing in enumerate(pair):
        if not crossing.left:
            continue
        met: dict[int, dict[int, int]] = defaultdict(dict)
        for places, count in counts.items():
            met[places[at]][places[1 - at]] = count
        crossing.add(met)


def _met(column: Mapping[int, int]) -> bytes:
    places = sorted(column)
    counts = [column[place] for place in places]
    return integers([len(places)]) + steps(places) + integers(counts)


def _counted(one: Sequence[int], other: Sequence[int], most: int) -> Mapping[tuple[int, int], int]:
    """Return how often places of two columns meet; nothing if more than so many do."""
    if isinstance(one, bytes) and isinstance(other, bytes):
        return _counted_bytes(one, other)
    found: Counter[tuple[int, int]] = Counter()
    for start in range(0, len(one), _AT_ONCE):
        behind = start + _AT_ONCE
        found.update(zip(one[start:behind], other[start:behind], strict=True))
        if len(found) > most:
            return {}
    return found


def _counted_bytes(one: bytes, other: bytes) -> Mapping[tuple[int, int], int]:
    # Two columns of bytes are one of numbers: to count these takes half as long as pairs.
    both = bytearray(2 * len(one))
    both[::2], both[1::2] = one, other
    codes = array("H", bytes(both))
    if sys.byteorder == "big":
        codes.byteswap()
    return {(code & 0xFF, code >> 8): count for code, count in Counter(codes).items()}
