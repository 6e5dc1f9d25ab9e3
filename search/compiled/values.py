"""Values: of a value of a facet the documents that have it, and the columns of just these.

Who filters by some values of a facet and counts the others needs no whole columns.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from operator import itemgetter

from search.compiled.coding import NUMBERS, integers, steps
from search.compiled.files import NO_SHARD, ShardFolder
from search.compiled.shown import Shown

MOST_VALUES = 400
"""Values of a facet up to which they are kept: more are too long a list to load."""

COMMON = 3
"""A value of more than one of so many documents is only listed: the columns say as much."""

FIRST_SHOWN = 128
"""Documents of a value of which is kept what hits show: the first hits that have no title in
common are the first by number."""

_VALUES = "q"
_ROWS_A_SHOWN = 6

Listed = tuple[list[tuple[str]], list[int], list[int], str]
"""The values of a facet: themselves, how many documents each has, its place in its shard, these."""

Columns = Mapping[str, Sequence[int]]
"""By name, for every document a place in the table of the column."""


def write_values(
    name: str,
    table: Sequence[Sequence[object]],
    columns: Columns,
    shown: Shown,
    shards: ShardFolder,
    most: int,
) -> Listed:
    """Write the values of a facet, if they are not too many.

    Args:
        name: The facet.
        table: The combinations of its column.
        columns: All columns.
        shown: What hits show.
        shards: Where shards go.
        most: Rows in a shard with several values.

    Returns:
        The values, each a list like a combination, in the order of the table; how many documents
        each has, its place in its shard, and the names of these shards one after the other.

    Raises:
        OSError: The disk refused.
    """
    numbers = {str(value): array(NUMBERS) for combination in table for value in combination}
    if not 0 < len(numbers) <= MOST_VALUES:
        return [], [], [], ""
    of_place = [[numbers[str(value)] for value in dict.fromkeys(values)] for values in table]
    for number, place in enumerate(columns[name]):
        for found in of_place[place]:
            found.append(number)
    return _listed(numbers, columns, shown, shards, most)


def _listed(
    numbers: Mapping[str, array[int]],
    columns: Columns,
    shown: Shown,
    shards: ShardFolder,
    most: int,
) -> Listed:
    documents = max(map(len, columns.values()))
    listed: dict[str, tuple[int, str]] = {}
    packed: dict[str, bytes] = {}
    size = 0

    def flush() -> None:
        if packed:
            shard = shards.write(_VALUES, _joined(list(packed.values())))
            listed.update((value, (place, shard)) for place, value in enumerate(packed))
            packed.clear()

    for value, found in numbers.items():
        if len(found) * COMMON > documents:
            listed[value] = 0, NO_SHARD
            continue
        rows = len(found) + _ROWS_A_SHOWN * min(len(found), FIRST_SHOWN)
        if size + rows > most:
            flush()
            size = 0
        size += rows
        first = shown.rows(found[:FIRST_SHOWN])
        of_columns = (integers(at(column, found)) for column in columns.values())
        packed[value] = _joined([steps(found), first, *of_columns])
    flush()
    places, names = zip(*(listed[value] for value in numbers), strict=True)
    values = [(value,) for value in numbers]
    return values, [len(found) for found in numbers.values()], list(places), "".join(names)


def _joined(parts: Sequence[bytes]) -> bytes:
    """Return how many parts there are, the length of each, and the parts."""
    return integers([len(parts), *map(len, parts)]) + b"".join(parts)


def at(column: Sequence[int], places: Sequence[int]) -> Sequence[int]:
    """Return the values of a column at some places."""
    return itemgetter(*places)(column) if len(places) > 1 else [column[place] for place in places]


def counts_of(columns: Columns, numbers: Sequence[int]) -> bytes:
    """Return how many of some documents have each place of the table of each column."""
    result: list[bytes] = []
    for column in columns.values():
        uses = sorted(Counter(at(column, numbers)).items())
        result.append(integers([len(uses)]))
        result.append(steps([place for place, _count in uses]))
        result.append(integers([count for _place, count in uses]))
    return b"".join(result)
