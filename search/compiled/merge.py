"""Merge the runs of one range of keys into leaves, in the memory of that range."""

from __future__ import annotations

import hashlib
import pickle
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import sub
from pathlib import Path

from search.compiled.coding import NUMBERS, numbers_of, steps_of_lists
from search.compiled.files import Child, ShardFolder
from search.compiled.first_hits import is_of_letters
from search.compiled.leaves import FEWEST_SHOWN, Batch, Beside, Leaves
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
from search.compiled.spans import Extra, KeptSpans, NotedShards, NotedShown, SpanWriter
from search.compiled.values import Rows
from search.compiled.widespread import Sets, write_sets
from search.compiled.windows import Entries, Window

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
        is_kept: Whether its spans are kept for the next build.
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
    is_kept: bool = False

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

    def noted(self) -> ShardFolder:
        """Return where shards go; they are noted if its spans are kept."""
        return NotedShards.of(self.shards) if self.is_kept else self.shards


@dataclass
class Merged:
    """What came of a range.

    Attributes:
        leaves: First key and name of each leaf.
        letters: The leaves of the words made of letters alone.
        widespread: The documents of the widespread words.
    """

    leaves: list[Child] = field(default_factory=list)
    letters: list[Child] = field(default_factory=list)
    widespread: Sets | None = None


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
    rows = Rows(columns_in(task.columns) if task.kind == WORDS else {})
    with NotedShown(task.runs) if task.is_kept else Shown(task.runs) as shown:
        return merged(task, Beside(task.documents, rows, shown))


def columns_in(path: Path) -> dict[str, array[int]]:
    """Return the columns that a file has, pickled, by name."""
    columns = pickle.loads(path.read_bytes())  # noqa: S301 - the build's own temporary file
    return {name: numbers_of(data) for name, data in columns.items()}


def _merge_forms(task: Task, beside: Beside | None) -> Merged:
    """Merge words or fields: an entry has a list for every exact form and level."""
    shards = task.noted()
    leaves = task.leaves(shards, beside=beside)
    entries = task.entries()

    def feed(at: int) -> tuple[int, list[Extra]]:
        start = at
        forms: list[tuple[str, list[Sequence[int]]]] = []
        bare = bare_of(entries.keys[at])
        while at < len(entries.keys) and bare_of(entries.keys[at]) == bare:
            form, lists, at = entries.entry(at)
            forms.append((form.partition("\0")[2], lists))
        if task.kind == WORDS and " " in bare:
            # A pair has one form, and no third level.
            ((_form, (numbers, titled, _none)),) = forms
            return at if leaves.add_pair(bare, numbers, titled) else start, []
        if not leaves.add_forms(bare, forms):
            return start, []
        is_word = task.kind == WORDS and is_of_letters(bare)
        return at, [(bare, leaves.last_count)] if is_word else []

    extras = _write_spans(task, leaves, shards, beside, entries, feed)
    letters = task.leaves(task.shards, LETTERS)
    _add_counts(letters, dict(extras))
    return Merged(leaves.finish(), letters.finish(), _widespread(task, entries))


def _widespread(task: Task, entries: Entries) -> Sets | None:
    if task.kind != WORDS or not task.sizes.share:
        return None
    path = task.runs / f"sets-{task.key_range}"
    return write_sets(path, entries, task.documents, task.sizes.share)


def _add_counts(leaves: Leaves, counts: Mapping[str, int]) -> None:
    """Add entries that have a count and nothing else, in the order of their keys."""
    batch = leaves.batch(list(counts), list(counts.values()), [b""] * len(counts))
    at = 0
    while at < len(counts):
        at += leaves.add_all(batch, at)


def _write_spans(
    task: Task,
    leaves: Leaves,
    shards: ShardFolder,
    beside: Beside | None,
    entries: Entries,
    feed: Feed,
) -> list[Extra]:
    """Write all leaves of a range, those that are as they were by taking them; keep the spans."""
    if not isinstance(shards, NotedShards):
        return _fed(leaves, entries, feed)
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


def _fed(leaves: Leaves, entries: Entries, feed: Feed) -> list[Extra]:
    """Write all leaves of a range, and keep nothing."""
    extras: list[Extra] = []
    at = 0
    while at < len(entries.keys):
        at, found = feed(at)
        extras += found
    leaves.finish()
    return extras


def bare_of(key: str) -> str:
    """Return the bare form of a key of words or fields."""
    return key.partition("\0")[0]


def _merge_pairs(task: Task, beside: Beside | None) -> Merged:
    shards = task.noted()
    leaves = task.leaves(shards, beside=beside)
    entries = task.entries()

    def made(window: Window) -> tuple[Batch, list[str]]:
        numbers, ends = entries.lists(window, 0)
        titled, titles = entries.lists(window, 1)
        hits: dict[int, Sequence[int]] = {}
        for at, many in enumerate(map(sub, titles[1:], titles)):
            if many >= FEWEST_SHOWN:
                own = numbers[ends[at] : ends[at + 1]], titled[titles[at] : titles[at + 1]]
                hits[at] = leaves.hits_of_pair(*own)
        payloads = steps_of_lists(numbers, ends)
        batch = leaves.batch(window.keys, list(map(sub, ends[1:], ends)), payloads, hits)
        turned = [f"{second} {first}" for first, second in map(str.split, window.keys, repeat(" "))]
        return batch, turned

    feed = _Windows(entries, leaves, made)
    turned = dict(_write_spans(task, leaves, shards, beside, entries, feed))
    keys = sorted(turned)
    counts = array(NUMBERS, map(turned.__getitem__, keys))
    path = run_path(task.runs, REVERSED, task.key_range)
    write_run(path, Run(keys, [(counts, array(NUMBERS))]), task.ranges)
    return Merged(leaves.finish())


def _merge_counts(task: Task) -> Merged:
    """Merge suggestions, or the counts of pairs by their second word."""
    shards = task.noted()
    leaves = task.leaves(shards)
    entries = task.entries()

    def made(window: Window) -> tuple[Batch, list[str]]:
        totals = entries.totals(window)
        return leaves.batch(window.keys, totals, [b""] * len(totals)), []

    _write_spans(task, leaves, shards, None, entries, _Windows(entries, leaves, made))
    return Merged(leaves.finish())


class _Windows:
    """Feeds leaves with many entries at a time.

    Args:
        entries: The entries.
        leaves: What is fed.
        made: Returns what is fed of some of them, and under which key somebody else needs the
            count of each, if at all.
    """

    def __init__(
        self, entries: Entries, leaves: Leaves, made: Callable[[Window], tuple[Batch, list[str]]]
    ) -> None:
        self._entries = entries
        self._leaves = leaves
        self._made = made
        self._window = Window(0, (), (0,), ())
        self._batch = leaves.batch((), (), ())
        self._turned: list[str] = []

    def __call__(self, at: int) -> tuple[int, list[Extra]]:
        """Add entries from a place on, as :meth:`Leaves.add_all`; return the place behind them."""
        window = self._window
        key = bisect_left(window.bounds, at - window.start)
        if key >= len(window.keys) or window.bounds[key] != at - window.start:
            window = self._window = self._entries.window(at)
            self._batch, self._turned = self._made(window)
            key = 0
        after = key + self._leaves.add_all(self._batch, key)
        # Not strict: mostly nobody needs them.
        extras = list(zip(self._turned[key:after], self._batch.counts[key:after], strict=False))
        return window.start + window.bounds[after], extras
