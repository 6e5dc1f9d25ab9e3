"""Crossings: how often values of two facets meet in the documents of a widespread word.

Who filters such a word by values of one facet, and counts the others, adds up rows of counts here,
and needs neither all documents of the word nor those of the values.
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

Meetings = Mapping[int, Mapping[int, int]]
"""By a place in one column, of places in another one how many documents have both."""


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
    met: dict[tuple[str, str], Meetings] = {}
    for one, other in combinations(rows.names, 2):
        met[one, other], met[other, one] = _meetings(values[one], values[other])
    begun = list(chain.from_iterable(own[:BEGUN] for own in lists))
    places = rows.at(begun) if begun else {}
    payloads: list[bytes] = []
    for name in facets:
        uses = Counter(values[name])
        others = [met[name, other] for other in facets if other != name]
        of_facets = _written(uses, others) + integers(places.get(name, ()))
        of_years = _written(uses, [met[name, YEARS]])
        payloads += (own if len(own) < most else _NONE for own in (of_facets, of_years))
    return payloads


def _written(uses: Mapping[int, int], others: Sequence[Meetings]) -> bytes:
    rows = {place: _row(uses[place], [met[place] for met in others]) for place in sorted(uses)}
    parts = integers([len(rows)]), steps(list(rows)), integers([*map(len, rows.values())])
    return b"".join((*parts, *rows.values()))


def _row(count: int, columns: Iterable[Mapping[int, int]]) -> bytes:
    parts = [integer(count)]
    for column in columns:
        places = sorted(column)
        parts += integer(len(places)), steps(places), integers([column[at] for at in places])
    return b"".join(parts)


def _meetings(one: Sequence[int], other: Sequence[int]) -> tuple[Meetings, Meetings]:
    """Return how often places of two columns, side by side, meet: by the first, by the second."""
    of_one: dict[int, dict[int, int]] = defaultdict(dict)
    of_other: dict[int, dict[int, int]] = defaultdict(dict)
    for (first, second), count in _counted(one, other):
        of_one[first][second] = count
        of_other[second][first] = count
    return of_one, of_other


def _counted(one: Sequence[int], other: Sequence[int]) -> Iterable[tuple[tuple[int, int], int]]:
    if not (isinstance(one, bytes) and isinstance(other, bytes)):
        return Counter(zip(one, other, strict=True)).items()
    # Two columns of bytes are one of numbers: to count these takes half as long as pairs.
    both = bytearray(2 * len(one))
    both[::2], both[1::2] = one, other
    codes = array("H", bytes(both))
    if sys.byteorder == "big":
        codes.byteswap()
    return (((code & 0xFF, code >> 8), count) for code, count in Counter(codes).items())
