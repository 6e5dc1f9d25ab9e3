"""Merge the runs of one range of keys into leaves, in the memory of that range."""

from __future__ import annotations

import hashlib
import pickle
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
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
from search.compiled.spans import Extra, KeptSpans, NotedShards, NotedShown, SpanWriter

REVERSED, LETTERS = "r", "l"
OLD, NEW = "old", "new"
KINDS = (PAIRS, WORDS, FIELDS, SUGGESTIONS, REVERSED)
_OF_FORMS = (WORDS, FIELDS)

Feed = Callable[[int], tuple[int, list[Extra]]]


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
        changed: Documents of which hits show something else than in the index before.
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
    changed: frozenset[int] = frozenset()

    def leaves(self, shards: ShardFolder, kind: str = "", beside: Beside | None = None) -> Leaves:
        """Return what writes leaves of its kind, or of another."""
        return Leaves(kind or self.kind, shards, self.sizes, beside, () if kind else self.pairs)

    def spans(self, which: str) -> Path:
        """Return the file of its spans of the index before, or of this one."""
        return self.runs / f"{which}-spans-{self.kind}-{self.key_range}"

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
    with NotedShown(task.runs) as shown:
        return merged(task, Beside(task.documents, columns, shown))


def columns_in(path: Path) -> dict[str, Sequence[int]]:
    """Return the columns that a file has, pickled, as bytes by name."""
    columns = pickle.loads(path.read_bytes())  # noqa: S301 - the build's own temporary file
    values = {name: numbers_of(data) for name, data in columns.items()}
    # Of bytes a value is taken faster.
    return {n: bytes(v.tolist()) if max(v, default=0) < 256 else v for n, v in values.items()}


class Entries:
    """The entries of several runs, in the order of their keys, those of one key together.

    Attributes:
        keys: The keys of all runs, in order: each as often as there are runs that have it.
    """

    def __init__(self, runs: Iterable[Run]) -> None:
        self._runs = list(runs)
        found: list[str] = []
        self._counts: list[array[int]] = []
        self._numbers: list[array[int]] = []
        for run in self._runs:
            found += run.keys
            for level, (counts, numbers) in enumerate(run.levels):
                if level == len(self._counts):
                    self._counts.append(array(NUMBERS))
                    self._numbers.append(array(NUMBERS))
                self._counts[level] += counts
                self._numbers[level] += numbers
        # The runs are sorted one by one, so this is a merge, in C.
        self._order = sorted(range(len(found)), key=found.__getitem__)
        self.keys = list(map(found.__getitem__, self._order))

    @cached_property
    def _levels(self) -> list[tuple[array[int], list[int]]]:
        """Of each level the numbers of all keys, and where those of each begin."""
        levels = zip(self._numbers, self._counts, strict=True)
        return [(numbers, [0, *accumulate(counts)]) for numbers, counts in levels]

    @cached_property
    def _begins(self) -> list[list[list[int]]]:
        """Of each run and level, where the numbers of each key begin."""
        return [[[0, *accumulate(c)] for c, _numbers in run.levels] for run in self._runs]

    def entry(self, at: int) -> tuple[str, list[Sequence[int]], int]:
        """Return the key at a place with its numbers, a list a level, and the place behind it."""
        after = self._behind(at)
        # Stable: those of the first run first.
        places = self._order[at:after]
        lists: list[Sequence[int]] = []
        lists += (_joined(numbers, ends, places) for numbers, ends in self._levels)
        return self.keys[at], lists, after

    def total(self, at: int) -> tuple[str, int, int]:
        """Return the key at a place with the sum of its counts, and the place behind it."""
        after = self._behind(at)
        return self.keys[at], sum(map(self._counts[0].__getitem__, self._order[at:after])), after

    def _behind(self, at: int) -> int:
        """Return the place behind all entries of the key at a place."""
        keys, after = self.keys, at + 1
        while after < len(keys) and keys[after] == keys[at]:
            after += 1
        return after

    def digest(self, first: str, stop: str) -> bytes:
        """Return the digest of the entries from one key to another, with all forms of both.

        Args:
            first: The first.
            stop: The last, or empty for all behind the first.
        """
        digest = hashlib.blake2b(digest_size=16)
        for run, begins in zip(self._runs, self._begins, strict=True):
            start = bisect_left(run.keys, first)
            # Behind all exact forms of it, or what else stands behind a NUL.
            end = bisect_left(run.keys, f"{stop}\x01") if stop else len(run.keys)
            digest.update(f"{end - start}\n".encode() + "\n".join(run.keys[start:end]).encode())
            for (counts, numbers), ends in zip(run.levels, begins, strict=True):
                digest.update(counts[start:end].tobytes())
                digest.update(numbers[ends[start] : ends[end]].tobytes() if numbers else b"")
        return digest.digest()


def _joined(numbers: array[int], ends: Sequence[int], places: Sequence[int]) -> array[int]:
    """Return the numbers that stand at some places, one after the other."""
    joined = array(NUMBERS)
    for place in places:
        joined += numbers[ends[place] : ends[place + 1]]
    return joined


def _merge_forms(task: Task, beside: Beside | None) -> Merged:
    """Merge words or fields: an entry has a list for every exact form and level."""
    shards = NotedShards.of(task.shards)
    leaves = task.leaves(shards, beside=beside)
    entries = task.entries()

    def feed(at: int) -> tuple[int, list[Extra]]:
        forms: list[tuple[str, list[Sequence[int]]]] = []
        bare = bare_of(entries.keys[at])
        while at < len(entries.keys) and bare_of(entries.keys[at]) == bare:
            form, lists, at = entries.entry(at)
            forms.append((form.partition("\0")[2], lists))
        if task.kind == WORDS and " " in bare:
            for _form, (numbers, titled, _none) in forms:
                leaves.add_pair(bare, numbers, titled)
            return at, []
        leaves.add_forms(bare, forms)
        is_word = task.kind == WORDS and is_of_letters(bare)
        return at, [(bare, leaves.last_count)] if is_word else []

    extras = _write_spans(task, leaves, shards, beside, entries, feed)
    letters = task.leaves(task.shards, LETTERS)
    for bare, count in extras:
        letters.add(bare, count, b"")
    return Merged(leaves.finish(), letters.finish())


def _write_spans(
    task: Task,
    leaves: Leaves,
    shards: NotedShards,
    beside: Beside | None,
    entries: Entries,
    feed: Feed,
) -> list[Extra]:
    """Write all leaves of a range, those that are as they were by taking them; keep the spans."""
    old = task.spans(OLD).read_bytes() if task.spans(OLD).is_file() else None
    kept = KeptSpans(old, task.changed)
    shown = beside.shown if beside is not None else None
    of_pairs = [key for key, _name in task.pairs]

    def digest(first: str, stop: str) -> bytes:
        # Beside a word stand the leaves of the pairs that begin with it.
        start = max(0, bisect_right(of_pairs, f"{first} ") - 1)
        pairs = task.pairs[start : bisect_left(of_pairs, f"{stop}!") if stop else None]
        found = entries.digest(first, stop) + repr(pairs).encode()
        return hashlib.blake2b(found, digest_size=16).digest()

    noted = shown if isinstance(shown, NotedShown) else None
    # Spans part where another form begins, or another key of what has no forms.
    begins = bare_of if task.kind in _OF_FORMS else str
    writer = SpanWriter(leaves, shards, noted, kept, digest)
    written = writer.write(entries.keys, begins, feed)
    task.spans(NEW).write_bytes(kept.written())
    return written


def bare_of(key: str) -> str:
    """Return the bare form of a key of words or fields."""
    return key.partition("\0")[0]


def _merge_pairs(task: Task, beside: Beside | None) -> Merged:
    shards = NotedShards.of(task.shards)
    leaves = task.leaves(shards, beside=beside)
    entries = task.entries()

    def feed(at: int) -> tuple[int, list[Extra]]:
        pair, (numbers, titled), after = entries.entry(at)
        if len(titled) >= FEWEST_SHOWN:
            leaves.add_pair(pair, numbers, titled)
        else:
            leaves.add(pair, len(numbers), steps(numbers))
        first, _space, second = pair.partition(" ")
        return after, [(f"{second} {first}", len(numbers))]

    turned = sorted(_write_spans(task, leaves, shards, beside, entries, feed))
    counts = array(NUMBERS, (count for _key, count in turned))
    path = run_path(task.runs, REVERSED, task.key_range)
    write_run(path, Run([key for key, _count in turned], [(counts, array(NUMBERS))]), task.ranges)
    return Merged(leaves.finish())


def _merge_counts(task: Task) -> Merged:
    """Merge suggestions, or the counts of pairs by their second word."""
    shards = NotedShards.of(task.shards)
    leaves = task.leaves(shards)
    entries = task.entries()

    def feed(at: int) -> tuple[int, list[Extra]]:
        key, count, after = entries.total(at)
        leaves.add(key, count, b"")
        return after, []

    _write_spans(task, leaves, shards, None, entries, feed)
    return Merged(leaves.finish())
