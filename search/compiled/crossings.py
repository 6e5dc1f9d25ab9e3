"""Crossings: how often values of two facets meet in the documents of a widespread word.

Who filters such a word by values of one facet, and counts the others, adds up rows of counts here,
and needs neither all documents of the word nor those of the values.

Memory follows the length of what is kept, however many values the facets have.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, combinations
from operator import add

from search.compiled.coding import integer, integers, steps
from search.compiled.columns import YEARS
from search.compiled.meetings import Meetings, meetings
from search.compiled.values import Rows

BEGUN = 1024
"""Documents of each list of titles and subjects of which it is kept what value they have."""

_NONE = integer(0)
_BYTES = 2
"""Of two places that meet at least: the place in the other column, and how often."""


class _Crossing:
    """A payload while it is made; nothing of it is held from when on it is too long."""

    def __init__(self, places: list[int], uses: list[bytes], most: int) -> None:
        self._most = most
        self._places = places
        self._rows = uses

    @property
    def left(self) -> int:
        """How many bytes may follow; 0 if it is too long."""
        return max(0, self._most - sum(map(len, self._rows))) if self._rows else 0

    def add(self, met: Sequence[bytes]) -> None:
        """Add what each of its places meets in one more column; without that it is dropped."""
        self._rows = list(map(add, self._rows, met)) if met else []
        if not self.left:
            self._rows = []

    def finish(self, behind: bytes) -> bytes:
        """Return it with something behind it; no place if it is too long."""
        rows = self._rows
        if not rows:
            return _NONE
        parts = integers([len(rows)]), steps(self._places), integers([*map(len, rows)])
        whole = b"".join((*parts, *rows, behind))
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
    met = meetings(rows.at(numbers))
    facets = [name for name in rows.names if name != YEARS]
    uses = {name: met.uses(name) for name in facets}
    of_facets, of_years = ({n: _Crossing(*uses[n], most) for n in facets} for _kind in range(2))
    # So each of them hears of the other columns in their order.
    for one, other in combinations(facets, 2):
        _cross(met, (one, other), (of_facets[one], of_facets[other]))
    for name in facets:
        _cross(met, (name, YEARS), (of_years[name],))
    begun = list(chain.from_iterable(own[:BEGUN] for own in lists))
    places = rows.at(begun) if begun else {}
    finished = (
        (of_facets[name].finish(integers(places.get(name, ()))), of_years[name].finish(b""))
        for name in facets
    )
    return list(chain.from_iterable(finished))


def _cross(met: Meetings, names: tuple[str, str], pair: Sequence[_Crossing]) -> None:
    """Add how often places of two columns meet to what is kept of the first, or of both."""
    left = [crossing.left for crossing in pair]
    if not any(left):
        return
    wanted = left[0] > 0, len(left) > 1 and left[1] > 0
    rows = met.of(names, max(left) // _BYTES, wanted)
    for at, crossing in enumerate(pair):
        if left[at]:
            crossing.add(rows[at] if rows else ())
