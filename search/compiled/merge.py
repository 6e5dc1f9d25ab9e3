"""Merge the runs of one range of keys into leaves, in the memory of a few leaves."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from schemas.vietnamese import toned_forms
from search.compiled.coding import Entry, Pieces, integers, leaf, numbers_of, steps
from search.compiled.columns import YEARS
from search.compiled.files import Child, ShardFolder, is_boundary, json_bytes
from search.compiled.packing import Sizes
from search.compiled.runs import (
    PAIRS,
    SUGGESTIONS,
    WORDS,
    Shown,
    range_of,
    read_run,
    run_path,
    write_batches,
)
from search.scoring import BARE_WEIGHTS, EXACT_WEIGHTS, MARKED_WEIGHTS, TONELESS_WEIGHTS

HEAD = 64
"""Documents of each list that the head of a large entry keeps."""

COMMON = 3
"""Of a word in more than one of so many documents no facets are kept: the columns say as much."""

FIRST_HITS = 24
"""Documents of which is kept beside the leaf what hits show, where a word has so many."""

REVERSED, LETTERS, TAILS = "r", "l", "t"
FACETS, FACETS_OF_TAIL, FIRST_SHOWN, COUNTS = "g", "h", "b", "k"
_FACETS_IN_PIECE = 2400
_HITS_IN_PIECE = 160
_KEY_BYTES = 4
_BUFFERED = 50_000

Column = Sequence[int]
Variant = tuple[str, list[Sequence[int]]]
"""An exact form and its documents, a list a level."""


@dataclass(frozen=True)
class Task:
    """One range of keys of one kind, and where it comes from and goes to.

    Attributes:
        kind: Words, fields or pairs, or pairs reversed.
        key_range: Which range.
        ranges: First keys of the ranges but the first.
        parts: How many parts have runs.
        runs: The folder of the runs.
        shards: Where shards go.
        sizes: The sizes of shards.
    """

    kind: str
    key_range: int
    ranges: Sequence[str]
    parts: int
    runs: Path
    shards: ShardFolder
    sizes: Sizes


@dataclass
class Merged:
    """What came of a range.

    Attributes:
        leaves: First key and name of each leaf.
        letters: The leaves of the words made of letters alone.
    """

    leaves: list[Child] = field(default_factory=list)
    letters: list[Child] = field(default_factory=list)


@dataclass(frozen=True)
class Beside:
    """What the shards beside the leaves are made of.

    Attributes:
        columns: Of each facet the place of the values of each document.
        shown: What hits show.
    """

    columns: Mapping[str, Column]
    shown: Shown


def merge(task: Task, beside: Beside) -> Merged:
    """Merge one range of keys.

    Args:
        task: Which.
        beside: For the shards beside the leaves.

    Raises:
        OSError: The disk refused.
    """
    if task.kind == PAIRS:
        return _merge_pairs(task)
    if task.kind == SUGGESTIONS:
        return _merge_suggestions(task)
    if task.kind == REVERSED:
        return _merge_reversed(task)
    return _merge_forms(task, beside)


def _entries(task: Task) -> Iterator[tuple[Any, ...]]:
    paths = (run_path(task.runs, task.kind, part, task.key_range) for part in range(task.parts))
    return heapq.merge(*map(read_run, paths))


def _merge_forms(task: Task, beside: Beside) -> Merged:
    """Merge words or fields: an entry has a list for every exact form and level."""
    leaves = _Leaves(task, beside if task.kind == WORDS and task.sizes.pieces else None)
    letters = _Leaves(task, kind=LETTERS)
    for key, rows in groupby(_entries(task), itemgetter(0)):
        variants = [
            (exact, _joined(entries)) for exact, entries in groupby(rows, key=itemgetter(1))
        ]
        leaves.add_forms(key, variants)
        if task.kind == WORDS and is_of_letters(key):
            letters.add(Entry(key, leaves.last_count, b""))
    return Merged(leaves.finish(), letters.finish())


def is_of_letters(form: str) -> bool:
    """Say whether a bare form may be what was meant by a word with a slip."""
    return len(form) > 1 and not any(character.isdecimal() for character in form)


def _joined(entries: Iterable[tuple[Any, ...]]) -> list[Sequence[int]]:
    """Return the lists of one exact form, by level, of all parts together."""
    rows = list(entries)
    if len(rows) == 1:
        return [numbers_of(data) for data in rows[0][3:]]
    return [numbers_of(b"".join(data)) for data in zip(*(row[3:] for row in rows), strict=True)]


def _merge_pairs(task: Task) -> Merged:
    leaves = _Leaves(task)
    reversed_counts: list[list[tuple[str, int]]] = [[] for _range in range(len(task.ranges) + 1)]
    for pair, rows in groupby(_entries(task), itemgetter(0)):
        numbers = numbers_of(b"".join(row[2] for row in rows))
        leaves.add(Entry(pair, len(numbers), steps(numbers)))
        first, _space, second = pair.partition(" ")
        place = range_of(second, task.ranges)
        reversed_counts[place].append((f"{second} {first}", len(numbers)))
        if len(reversed_counts[place]) >= _BUFFERED:
            _pour(task, place, reversed_counts[place])
    for key_range, bucket in enumerate(reversed_counts):
        _pour(task, key_range, bucket)
    return Merged(leaves.finish())


def _merge_suggestions(task: Task) -> Merged:
    leaves = _Leaves(task)
    for key, rows in groupby(_entries(task), itemgetter(0)):
        leaves.add(Entry(key, sum(row[2] for row in rows), b""))
    return Merged(leaves.finish())


def _pour(task: Task, key_range: int, bucket: list[tuple[str, int]]) -> None:
    bucket.sort()
    # Each bucket poured is a run of its own part, so that it is merged in order.
    number = 0
    while (path := _reversed_path(task.runs, task.key_range, key_range, number)).exists():
        number += 1
    write_batches(path, bucket)
    bucket.clear()


def _reversed_path(runs: Path, source: int, key_range: int, number: int) -> Path:
    return runs / f"{REVERSED}-{key_range}-{source}-{number}.run"


def _merge_reversed(task: Task) -> Merged:
    """Merge the counts of pairs by their second word."""
    leaves = _Leaves(task)
    paths = sorted(task.runs.glob(f"{REVERSED}-{task.key_range}-*.run"))
    for key, count in heapq.merge(*map(read_run, paths)):
        leaves.add(Entry(key, count, b""))
    return Merged(leaves.finish())


class _Leaves:
    """Parts entries into leaves where their keys say so, and writes them."""

    def __init__(self, task: Task, beside: Beside | None = None, kind: str = "") -> None:
        self._kind = kind or task.kind
        self._shards = task.shards
        self._sizes = task.sizes
        self._beside = beside
        self._entries: list[Entry] = []
        self._bytes = 0
        self._children: list[Child] = []
        self._facets = _PieceWriter(_FACETS_IN_PIECE, self._write_facets)
        self._hits = _PieceWriter(_HITS_IN_PIECE, self._write_hits)
        self.last_count = 0

    def add(self, entry: Entry, union: Sequence[int] = (), first: Sequence[int] = ()) -> None:
        """Add the next entry in the order of keys.

        Args:
            entry: The entry.
            union: Its documents, if their facets are kept beside the leaf.
            first: The documents shown first, if what is shown is kept beside the leaf.
        """
        weight = len(entry.payload) + _KEY_BYTES
        half = self._sizes.leaf // 2
        is_full = self._bytes >= half and is_boundary(entry.key, half, weight)
        if self._entries and (is_full or self._bytes + weight > 3 * half):
            self._flush()
        if self._beside:
            self._facets.add(len(self._entries), union)
            self._hits.add(len(self._entries), first)
        self._entries.append(entry)
        self._bytes += weight

    def add_forms(self, key: str, variants: Sequence[Variant]) -> None:
        """Add the lists of a key."""
        lists = [numbers for _exact, levels in variants for numbers in levels if numbers]
        union = lists[0] if len(lists) == 1 else sorted(set().union(*lists))
        self.last_count = len(union)
        payload = forms(key, variants)
        faceted = union if self._beside and len(union) * COMMON <= self._documents else ()
        first = first_hits(key, variants) if self._beside and len(union) >= FIRST_HITS else ()
        if len(payload) <= self._sizes.largest_entry:
            self.add(Entry(key, len(union), payload), faceted, first)
            return
        names = self._shards.write(TAILS, payload)
        if self._beside:
            names += self._write_counts(union)
        if faceted:
            names += self._write_facets(faceted, FACETS_OF_TAIL)
        head = integers([0, len(names)]) + names.encode() + forms(key, variants, HEAD)
        self.add(Entry(key, len(union), head), (), first)

    @property
    def _documents(self) -> int:
        return max(map(len, self._beside.columns.values())) if self._beside else 0

    def finish(self) -> list[Child]:
        """Return first key and name of every leaf."""
        if self._entries:
            self._flush()
        return self._children

    def _flush(self) -> None:
        payload = leaf(self._entries, self._facets.finish(), self._hits.finish())
        self._children.append((self._entries[0].key, self._shards.write(self._kind, payload)))
        self._entries, self._bytes = [], 0

    def _write_facets(self, numbers: Sequence[int], kind: str = FACETS) -> str:
        """Write the facets of documents, and apart from them their years; return both names."""
        columns = dict(self._beside.columns) if self._beside else {}
        years = columns.pop(YEARS, ())
        written = [integers([column[n] for n in numbers]) for column in columns.values()]
        sizes = integers([len(column) for column in written])
        name = self._shards.write(kind, sizes + b"".join(written))
        return name + self._shards.write(kind, integers([years[n] for n in numbers]))

    def _write_counts(self, numbers: Sequence[int]) -> str:
        result: list[bytes] = []
        for column in self._beside.columns.values() if self._beside else ():
            uses = sorted(Counter(map(column.__getitem__, numbers)).items())
            result.append(integers([len(uses)]))
            result.append(steps([place for place, _count in uses]))
            result.append(integers([count for _place, count in uses]))
        return self._shards.write(COUNTS, b"".join(result))

    def _write_hits(self, numbers: Sequence[int]) -> str:
        unique = sorted(set(numbers))
        texts = [self._beside.shown.text(number) for number in unique] if self._beside else []
        data = b"[%s,[%s]]" % (json_bytes(unique), b",".join(texts))
        return self._shards.write(FIRST_SHOWN, data)


class _PieceWriter:
    """Parts what stands beside the entries of a leaf into pieces, and has them written."""

    def __init__(self, most: int, write: Callable[[Sequence[int]], str]) -> None:
        self._most = most
        self._write = write
        self._start = 0
        self._numbers: list[int] = []
        self._pieces: list[tuple[int, str]] = []

    def add(self, place: int, numbers: Sequence[int]) -> None:
        """Add what stands beside the entry at a place of the leaf."""
        if not numbers:
            return
        if self._numbers and len(self._numbers) + len(numbers) > self._most:
            self._cut()
        if not self._numbers:
            self._start = place
        self._numbers += numbers

    def finish(self) -> Pieces:
        """Return the pieces of a leaf, and be ready for the next."""
        if self._numbers:
            self._cut()
        pieces, self._pieces = self._pieces, []
        return pieces

    def _cut(self) -> None:
        self._pieces.append((self._start, self._write(self._numbers)))
        self._numbers = []


def first_hits(key: str, variants: Sequence[Variant]) -> list[int]:
    """Return the documents shown first to who types a word alone, without marks or exactly so."""
    typed = [key, *(exact for exact, lists in variants if sum(map(len, lists)) >= FIRST_HITS)]
    found: list[int] = []
    for form in dict.fromkeys(typed):
        classes: dict[int, list[int]] = {}
        toned = toned_forms(form)
        for exact, levels in variants:
            weights = BARE_WEIGHTS
            if exact == form:
                weights = EXACT_WEIGHTS if form == key else MARKED_WEIGHTS
            elif exact in toned:
                weights = TONELESS_WEIGHTS
            for weight, numbers in zip(weights, levels, strict=True):
                classes.setdefault(weight, []).extend(numbers[:FIRST_HITS])
        first: dict[int, None] = {}
        for weight in sorted(classes, reverse=True):
            first |= dict.fromkeys(sorted(classes[weight]))
            if len(first) >= FIRST_HITS:
                break
        found += list(first)[:FIRST_HITS]
    return found


def forms(key: str, variants: Sequence[Variant], most: int | None = None) -> bytes:
    """Return the lists of a key: of each exact form its spelling, then a list a level.

    A list is how many documents it has, then their steps; of a head the first ``most``.
    """
    bare = key.partition(":")[2] if ":" in key else key
    result = [integers([len(variants)])]
    for exact, levels in variants:
        spelled = b"" if exact == bare else exact.encode()
        result += (integers([len(spelled)]), spelled)
        for numbers in levels:
            result.append(integers([len(numbers)]))
            if numbers:
                result.append(steps(numbers[:most]))
    return b"".join(result)
