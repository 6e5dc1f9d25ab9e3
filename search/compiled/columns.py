"""Columns: of every document the values of a facet, the years of its dates, when it came.

A column has a small number for each document: the place of its *combination* of values in the
table of the column, the most frequent first, so that most fit into one byte and deflate well.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from search.compiled.coding import NUMBERS, integers, numbers_of
from search.compiled.files import ShardFolder, json_bytes
from search.compiled.packing import Sizes
from search.compiled.shown import Shown
from search.compiled.values import Listed, Rows, counts_of, write_values
from search.documents import SearchDocument

YEARS = "\0years"
"""Name of the column of first and last years."""

TABLE_PART = 4096
"""Combinations in one shard of a table."""

_SMALL_TABLE = 6_000
_SMALL_TABLES = 12
_COLUMN, _TABLE, _COUNTS = "c", "v", "k"

Combination = tuple[Hashable, ...]


class Column:
    """One column while it is filled."""

    def __init__(self) -> None:
        self._numbers: dict[Combination, int] = {(): 0}
        self._rows = array(NUMBERS)

    def add(self, row: int, combination: Combination) -> None:
        """Give a document its combination; those passed over have the empty one."""
        self._fill(row)
        self._rows.append(self._numbers.setdefault(combination, len(self._numbers)))

    def _fill(self, documents: int) -> None:
        missing = documents - len(self._rows)
        if missing > 0:
            self._rows.frombytes(bytes(self._rows.itemsize * missing))

    def of_part(self) -> PartColumn:
        """Return what was added, for :meth:`join`."""
        return list(self._numbers), self._rows.tobytes()

    def join(self, start: int, part: PartColumn) -> None:
        """Take in what :meth:`of_part` gave of documents from number ``start``."""
        self._fill(start)
        numbers = self._numbers
        places = [numbers.setdefault(combination, len(numbers)) for combination in part[0]]
        self._rows.extend(map(places.__getitem__, numbers_of(part[1])))

    def finish(self, documents: int) -> tuple[list[Combination], array[int]]:
        """Return the table, most frequent first, and the place in it of every document."""
        self._fill(documents)
        uses = Counter(self._rows)
        entries = sorted(self._numbers.items(), key=lambda entry: (-uses[entry[1]], str(entry[0])))
        places = array(NUMBERS, bytes(4 * len(entries)))
        for place, (_combination, number) in enumerate(entries):
            places[number] = place
        table = [combination for combination, number in entries if uses[number]]
        return table, array(NUMBERS, map(places.__getitem__, self._rows))


PartColumn = tuple[list[Combination], bytes]
"""Combinations, and of every document its place among them; documents at the end may lack."""


@dataclass
class Facts:
    """What the columns have of the documents of a part, in the order of their numbers.

    Attributes:
        documents: How many.
        facets: Of each facet its column.
        years: Of each first and last year; empty where there is none.
        added: When each came into the archive.
        groups: Names of the groups of shards with what hits show.
    """

    documents: int
    facets: dict[str, PartColumn]
    years: PartColumn
    added: list[str]
    groups: list[str]


class PartColumns:
    """The columns of one part while they are filled, document after document."""

    def __init__(self) -> None:
        self._facets: dict[str, Column] = {}
        self._years = Column()
        self._added: list[str] = []

    def add(self, document: SearchDocument) -> None:
        """Take in the next document."""
        row = len(self._added)
        by_field: dict[str, Combination] = {}
        for name, value in document.facets:
            by_field[name] = (*by_field.get(name, ()), value)
        for name, combination in by_field.items():
            if name not in self._facets:
                self._facets[name] = Column()
            self._facets[name].add(row, combination)
        if document.span is not None:
            self._years.add(row, document.span)
        self._added.append(document.added)

    def finish(self, groups: list[str]) -> Facts:
        """Return the columns, with the names of the groups of the part."""
        facets = {name: column.of_part() for name, column in self._facets.items()}
        return Facts(len(self._added), facets, self._years.of_part(), self._added, groups)


@dataclass
class Columns:
    """All columns while they are filled, part after part."""

    facets: dict[str, Column] = field(default_factory=dict)
    years: Column = field(default_factory=Column)
    added: list[str] = field(default_factory=list)
    documents: int = 0

    def add(self, facts: Facts) -> None:
        """Take in the next part."""
        for name, part in facts.facets.items():
            self.facets.setdefault(name, Column()).join(self.documents, part)
        self.years.join(self.documents, facts.years)
        self.added += facts.added
        self.documents += facts.documents

    def write(
        self, shards: ShardFolder, sizes: Sizes, shown: Shown
    ) -> tuple[dict[str, array[int]], dict[str, object]]:
        """Write all columns; return those for companions and what the manifest says of each.

        The manifest has under the name of a column [names of its blocks, names of the parts of
        its table], the latter empty if the table is small: all small tables are one shard. The
        column of times has no table but ranks, the newest first.

        Raises:
            OSError: The disk refused.
        """
        places: dict[str, array[int]] = {}
        tables: dict[str, list[Combination]] = {}
        for name, column in (*sorted(self.facets.items()), (YEARS, self.years)):
            tables[name], places[name] = column.finish(self.documents)
        small = [name for name, table in tables.items() if _is_small(table)][:_SMALL_TABLES]
        listed = {
            name: [
                _blocks(places[name], shards, sizes),
                "" if name in small else _parts(table, shards),
            ]
            for name, table in tables.items()
        }
        ranks = {at: rank for rank, at in enumerate(sorted(set(self.added), reverse=True))}
        times = array(NUMBERS, (ranks[at] for at in self.added))
        rows = Rows(places)
        return places, {
            "columns": listed,
            "combinations": shards.write(
                _TABLE,
                json_bytes(
                    [
                        {name: tables[name] for name in small},
                        _values(tables, places, rows, shown, shards, sizes) if sizes.pieces else {},
                    ]
                ),
            ),
            "counts": self._counts(rows, shards) if sizes.pieces else "",
            "added": _blocks(array(NUMBERS, _turns(times)), shards, sizes),
        }

    def _counts(self, rows: Rows, shards: ShardFolder) -> str:
        counts = counts_of(rows, range(self.documents)) if self.documents else b""
        return shards.write(_COUNTS, counts) if counts else ""


def _values(
    tables: Mapping[str, list[Combination]],
    places: Mapping[str, array[int]],
    rows: Rows,
    shown: Shown,
    shards: ShardFolder,
    sizes: Sizes,
) -> dict[str, Listed]:
    facets = (name for name in tables if name != YEARS)
    written = {
        name: write_values(tables[name], places[name], rows, shown, shards, sizes.rows)
        for name in facets
    }
    return {name: values for name, values in written.items() if values[0]}


def _is_small(table: list[Combination]) -> bool:
    return len(json_bytes(table)) <= _SMALL_TABLE


def _parts(table: list[Combination], shards: ShardFolder) -> str:
    return "".join(
        shards.write(_TABLE, json_bytes(table[start : start + TABLE_PART]))
        for start in range(0, len(table), TABLE_PART)
    )


def _blocks(values: array[int], shards: ShardFolder, sizes: Sizes) -> str:
    return "".join(
        shards.write(_COLUMN, integers(values[start : start + sizes.block]))
        for start in range(0, len(values), sizes.block)
    )


def _turns(values: Iterable[int]) -> Iterable[int]:
    """Return each value as its distance from the one before, the sign in the lowest bit."""
    previous = 0
    for value in values:
        distance = value - previous
        yield distance * 2 if distance >= 0 else -distance * 2 - 1
        previous = value


def stored(columns: Mapping[str, array[int]]) -> dict[str, bytes]:
    """Return columns in a form that goes to another process quickly."""
    return {name: column.tobytes() for name, column in columns.items()}
