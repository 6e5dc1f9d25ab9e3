"""Values: of a value of a facet the documents that have it, and the columns of just these.

Who filters by some values of a facet and counts the others needs no whole columns.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from operator import itemgetter

from search.compiled.coding import NUMBERS, integers, steps
from search.compiled.files import ShardFolder, json_bytes

MOST_VALUES = 400
"""Values of a facet up to which they are kept: more are too long a list to load."""

COMMON = 3
"""A value of more than one of so many documents is only listed: the columns say as much."""

_VALUES, _COUNTS, _LIST = "q", "k", "v"
_DOCUMENTS_IN_SHARD = 1000

Columns = Mapping[str, Sequence[int]]
"""By name, for every document a place in the table of the column."""


def write_values(
    name: str, table: Sequence[Sequence[object]], columns: Columns, shards: ShardFolder
) -> str:
    """Write the values of a facet; return the name of the shard that lists them, or nothing.

    Args:
        name: The facet.
        table: The combinations of its column.
        columns: All columns.
        shards: Where shards go.

    Raises:
        OSError: The disk refused.
    """
    numbers = {str(value): array(NUMBERS) for combination in table for value in combination}
    if not 0 < len(numbers) <= MOST_VALUES:
        return ""
    of_place = [[numbers[str(value)] for value in dict.fromkeys(values)] for values in table]
    for number, place in enumerate(columns[name]):
        for found in of_place[place]:
            found.append(number)
    return shards.write(_LIST, json_bytes(_listed(numbers, columns, shards)))


def _listed(
    numbers: Mapping[str, array[int]], columns: Columns, shards: ShardFolder
) -> dict[str, tuple[int, str, int]]:
    """Write the shards; return of each value how many documents, its shard, its place in it."""
    documents = max(map(len, columns.values()))
    listed: dict[str, tuple[int, str, int]] = {}
    packed: dict[str, bytes] = {}
    size = 0

    def flush() -> None:
        if packed:
            shard = shards.write(_VALUES, _joined(list(packed.values())))
            for place, value in enumerate(packed):
                listed[value] = len(numbers[value]), shard, place
            packed.clear()

    for value in sorted(numbers):
        found = numbers[value]
        if len(found) * COMMON > documents:
            listed[value] = len(found), "", 0
            continue
        if size + len(found) > _DOCUMENTS_IN_SHARD:
            flush()
            size = 0
        size += len(found)
        packed[value] = _joined([steps(found), *(integers(at(c, found)) for c in columns.values())])
    flush()
    return listed


def _joined(parts: Sequence[bytes]) -> bytes:
    """Return how many parts there are, the length of each, and the parts."""
    return integers([len(parts), *map(len, parts)]) + b"".join(parts)


def at(column: Sequence[int], places: Sequence[int]) -> Sequence[int]:
    """Return the values of a column at some places."""
    return itemgetter(*places)(column) if len(places) > 1 else [column[place] for place in places]


def write_counts(columns: Columns, numbers: Sequence[int], shards: ShardFolder) -> str:
    """Write how many of some documents have each place of the table of each column.

    Raises:
        OSError: The disk refused.
    """
    result: list[bytes] = []
    for column in columns.values():
        uses = sorted(Counter(at(column, numbers)).items())
        result.append(integers([len(uses)]))
        result.append(steps([place for place, _count in uses]))
        result.append(integers([count for _place, count in uses]))
    return shards.write(_COUNTS, b"".join(result))
