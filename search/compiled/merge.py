"""Merge the runs of one range of keys into leaves, in the memory of that range."""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby
from pathlib import Path

from search.compiled.coding import NUMBERS, numbers_of, steps
from search.compiled.files import Child, ShardFolder
from search.compiled.leaves import FEWEST_SHOWN, Beside, Leaves, is_of_letters
from search.compiled.packing import Sizes
from search.compiled.runs import (
    FIELDS,
    PAIRS,
    SUGGESTIONS,
    WORDS,
    Run,
    read_run,
    run_path,
    write_run,
)
from search.compiled.shown import Shown

REVERSED, LETTERS = "r", "l"


@dataclass(frozen=True)
class Task:
    """One range of keys of one kind, and where it comes from and goes to.

    Attributes:
        kind: Words, fields, pairs or suggestions, or pairs reversed.
        key_range: Which range.
        ranges: First keys of the ranges but the first.
        parts: How many parts have runs.
        documents: How many documents there are.
        runs: The folder of the runs.
        columns: The file of the columns, see :func:`columns_in`.
        shards: Where shards go.
        sizes: The sizes of shards.
        pairs: Of a range of words, the leaves of the pairs that begin with them.
    """

    kind: str
    key_range: int
    ranges: Sequence[str]
    parts: int
    documents: int
    runs: Path
    columns: Path
    shards: ShardFolder
    sizes: Sizes
    pairs: Sequence[Child] = ()

    def leaves(self, kind: str = "", beside: Beside | None = None) -> Leaves:
        """Return what writes leaves of its kind, or of another."""
        return Leaves(
            kind or self.kind, self.shards, self.sizes, beside, () if kind else self.pairs
        )

    def entries(self) -> Entries:
        """Return the entries of its range of all runs."""
        runs = len(self.ranges) + 1 if self.kind == REVERSED else self.parts
        paths = (run_path(self.runs, self.kind, number) for number in range(runs))
        return Entries(read_run(path, self.key_range) for path in paths)


@dataclass
class Merged:
    """What came of a range.

    Attributes:
        leaves: First key and name of each leaf.
        letters: The leaves of the words made of letters alone.
    """

    leaves: list[Child] = field(default_factory=list)
    letters: list[Child] = field(default_factory=list)


def merge(task: Task) -> Merged:
    """Merge one range of keys.

    Raises:
        OSError: The disk refused.
    """
    if task.kind in (SUGGESTIONS, REVERSED):
        return _merge_counts(task)
    merged = _merge_pairs if task.kind == PAIRS else _merge_forms
    if task.kind == FIELDS or not task.sizes.pieces:
        return merged(task, None)
    columns = columns_in(task.columns) if task.kind == WORDS else {}
    with Shown(task.runs, task.sizes.part) as shown:
        return merged(task, Beside(task.documents, columns, shown))


def columns_in(path: Path) -> dict[str, Sequence[int]]:
    """Return the columns that a file has, pickled, as bytes by name."""
    columns = pickle.loads(path.read_bytes())  # noqa: S301 - the build's own temporary file
    values = {name: numbers_of(data) for name, data in columns.items()}
    # Of bytes a value is taken faster.
    return {n: bytes(v.tolist()) if max(v, default=0) < 256 else v for n, v in values.items()}


class Entries:
    """The entries of several runs, in the order of their keys, those of one key together."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self._keys: list[str] = []
        self._counts: list[array[int]] = []
        self._numbers: list[array[int]] = []
        for run in runs:
            self._keys += run.keys
            for level, (counts, numbers) in enumerate(run.levels):
                if level == len(self._counts):
                    self._counts.append(array(NUMBERS))
                    self._numbers.append(array(NUMBERS))
                self._counts[level] += counts
                self._numbers[level] += numbers

    def _places(self) -> Iterator[tuple[str, list[int]]]:
        """Yield every key with the places it stands at, those of the first run first."""
        keys = self._keys
        # The runs are sorted one by one, so this is a merge, in C.
        order = sorted(range(len(keys)), key=keys.__getitem__)
        last, places = None, []
        for place in order:
            key = keys[place]
            if key == last:
                places.append(place)
                continue
            if last is not None:
                yield last, places
            last, places = key, [place]
        if last is not None:
            yield last, places

    def lists(self) -> Iterator[tuple[str, list[Sequence[int]]]]:
        """Yield every key with its numbers, a list a level."""
        levels = [
            (numbers, [0, *accumulate(counts)])
            for numbers, counts in zip(self._numbers, self._counts, strict=True)
        ]
        for key, places in self._places():
            if len(places) > 1:
                yield key, [_joined(numbers, ends, places) for numbers, ends in levels]
                continue
            (place,) = places
            yield key, [numbers[ends[place] : ends[place + 1]] for numbers, ends in levels]

    def totals(self) -> Iterator[tuple[str, int]]:
        """Yield every key with the sum of its counts."""
        counts = self._counts[0] if self._counts else array(NUMBERS)
        for key, places in self._places():
            yield key, sum(map(counts.__getitem__, places))


def _joined(numbers: array[int], ends: Sequence[int], places: Sequence[int]) -> array[int]:
    """Return the numbers that stand at some places, one after the other."""
    joined = array(NUMBERS)
    for place in places:
        joined += numbers[ends[place] : ends[place + 1]]
    return joined


def _merge_forms(task: Task, beside: Beside | None) -> Merged:
    """Merge words or fields: an entry has a list for every exact form and level."""
    leaves, letters = task.leaves(beside=beside), task.leaves(LETTERS)
    for bare, rows in groupby(task.entries().lists(), key=_bare_of):
        if task.kind == WORDS and " " in bare:
            for _form, (numbers, titled, _none) in rows:
                leaves.add_pair(bare, numbers, titled)
            continue
        leaves.add_forms(bare, [(form.partition("\0")[2], lists) for form, lists in rows])
        if task.kind == WORDS and is_of_letters(bare):
            letters.add(bare, leaves.last_count, b"")
    return Merged(leaves.finish(), letters.finish())


def _bare_of(entry: tuple[str, list[Sequence[int]]]) -> str:
    return entry[0].partition("\0")[0]


def _merge_pairs(task: Task, beside: Beside | None) -> Merged:
    leaves = task.leaves(beside=beside)
    turned: list[str] = []
    counts = array(NUMBERS)
    for pair, (numbers, titled) in task.entries().lists():
        if len(titled) >= FEWEST_SHOWN:
            leaves.add_pair(pair, numbers, titled)
        else:
            leaves.add(pair, len(numbers), steps(numbers))
        first, _space, second = pair.partition(" ")
        turned.append(f"{second} {first}")
        counts.append(len(numbers))
    order = sorted(range(len(turned)), key=turned.__getitem__)
    keys = list(map(turned.__getitem__, order))
    counts = array(NUMBERS, map(counts.__getitem__, order))
    path = run_path(task.runs, REVERSED, task.key_range)
    write_run(path, Run(keys, [(counts, array(NUMBERS))]), task.ranges)
    return Merged(leaves.finish())


def _merge_counts(task: Task) -> Merged:
    """Merge suggestions, or the counts of pairs by their second word."""
    leaves = task.leaves()
    for key, count in task.entries().totals():
        leaves.add(key, count, b"")
    return Merged(leaves.finish())
