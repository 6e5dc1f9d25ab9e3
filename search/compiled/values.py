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

_NARROW = 256
_SIDE_BY_SIDE = 8


class Rows:
    """The columns side by side, so that a document is looked up once for all of them.

    Args:
        columns: By name, for every document a place in the table of the column.
    """

    def __init__(self, columns: Mapping[str, array[int]]) -> None:
        self.names = tuple(columns)
        self.documents = max(map(len, columns.values()), default=0)
        narrow = [name for name, column in columns.items() if max(column, default=0) < _NARROW]
        self._wide = {name: column for name, column in columns.items() if name not in narrow}
        self._narrow: list[tuple[list[str], array[int]]] = []
        for start in range(0, len(narrow), _SIDE_BY_SIDE):
            names = narrow[start : start + _SIDE_BY_SIDE]
            rows = bytearray(_SIDE_BY_SIDE * self.documents)
            for place, name in enumerate(names):
                rows[place::_SIDE_BY_SIDE] = bytes(columns[name].tolist())
            # A row is one number of eight bytes.
            self._narrow.append((names, array("Q", bytes(rows))))

    def at(self, numbers: Sequence[int]) -> dict[str, Sequence[int]]:
        """Return the values of all columns for some documents, at least one."""
        found: dict[str, Sequence[int]] = {n: _at(c, numbers) for n, c in self._wide.items()}
        for names, rows in self._narrow:
            values = array("Q", _at(rows, numbers)).tobytes()
            found |= {name: values[at::_SIDE_BY_SIDE] for at, name in enumerate(names)}
        return {name: found[name] for name in self.names}


def write_values(
    table: Sequence[Sequence[object]],
    places: Sequence[int],
    rows: Rows,
    shown: Shown,
    shards: ShardFolder,
    most: int,
) -> Listed:
    """Write the values of a facet, if they are not too many.

    Args:
        table: The combinations of its column.
        places: The column: for every document a place in the table.
        rows: All columns.
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
    for number, place in enumerate(places):
        for found in of_place[place]:
            found.append(number)
    return _listed(numbers, rows, shown, shards, most)


def _listed(
    numbers: Mapping[str, array[int]],
    rows: Rows,
    shown: Shown,
    shards: ShardFolder,
    most: int,
) -> Listed:
    listed: dict[str, tuple[int, str]] = {}
    packed: dict[str, bytes] = {}
    size = 0

    def flush() -> None:
        if packed:
            shard = shards.write(_VALUES, _joined(list(packed.values())))
            listed.update((value, (place, shard)) for place, value in enumerate(packed))
            packed.clear()

    for value, found in numbers.items():
        if len(found) * COMMON > rows.documents:
            listed[value] = 0, NO_SHARD
            continue
        taken = len(found) + _ROWS_A_SHOWN * min(len(found), FIRST_SHOWN)
        if size + taken > most:
            flush()
            size = 0
        size += taken
        first = shown.rows(found[:FIRST_SHOWN])
        of_columns = map(integers, rows.at(found).values())
        packed[value] = _joined([steps(found), first, *of_columns])
    flush()
    places, names = zip(*(listed[value] for value in numbers), strict=True)
    values = [(value,) for value in numbers]
    return values, [len(found) for found in numbers.values()], list(places), "".join(names)


def _joined(parts: Sequence[bytes]) -> bytes:
    """Return how many parts there are, the length of each, and the parts."""
    return integers([len(parts), *map(len, parts)]) + b"".join(parts)


def _at(column: Sequence[int], places: Sequence[int]) -> Sequence[int]:
    return itemgetter(*places)(column) if len(places) > 1 else [column[place] for place in places]


def counts_of(rows: Rows, numbers: Sequence[int]) -> bytes:
    """Return how many of some documents have each place of the table of each column."""
    result: list[bytes] = []
    for values in rows.at(numbers).values():
        uses = sorted(Counter(values).items())
        result.append(integers([len(uses)]))
        result.append(steps([place for place, _count in uses]))
        result.append(integers([count for _place, count in uses]))
    return b"".join(result)
