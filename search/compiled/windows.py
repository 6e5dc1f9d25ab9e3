"""The entries of several runs in the order of their keys, one by one or many at a time."""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, compress, count, islice
from operator import ne, sub

from search.compiled.coding import NUMBERS
from search.compiled.runs import Run

_PLACES = "q"
_WINDOW = 1024
"""Entries that are looked at together."""


@dataclass(frozen=True)
class Window:
    """Some entries of several runs that follow each other.

    Attributes:
        start: The place of the first.
        entries: Their keys, each as often as there are runs that have it.
        bounds: Where the entries of each key begin, from ``start`` on; then how many there are.
        places: Where each stands in the runs.
    """

    start: int
    entries: Sequence[str]
    bounds: Sequence[int]
    places: Sequence[int]

    @cached_property
    def keys(self) -> list[str]:
        """Each key once."""
        return list(map(self.entries.__getitem__, self.bounds[:-1]))

    def sums(self, values: Iterable[int]) -> list[int]:
        """Return of each key the sum of the values of its entries."""
        ends = [0, *accumulate(values)]
        ends = list(map(ends.__getitem__, self.bounds))
        return list(map(sub, ends[1:], ends))


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
        # Not kept as a list, and nothing else that has a number of every key: its numbers take
        # five times as much, and all inventory numbers of a million records are in one range.
        self._order = array(_PLACES, sorted(range(len(found)), key=found.__getitem__))
        self.keys = list(map(found.__getitem__, self._order))

    @cached_property
    def _levels(self) -> list[tuple[array[int], array[int]]]:
        """Of each level the numbers of all keys, and where those of each begin."""
        levels = zip(self._numbers, self._counts, strict=True)
        return [(numbers, _starts(counts)) for numbers, counts in levels]

    @cached_property
    def _begins(self) -> list[list[array[int]]]:
        """Of each run and level, where the numbers of each key begin."""
        return [[_starts(counts) for counts, _numbers in run.levels] for run in self._runs]

    def entry(self, at: int) -> tuple[str, list[Sequence[int]], int]:
        """Return the key at a place with its numbers, a list a level, and the place behind it."""
        after = self._behind(at)
        # Stable: those of the first run first.
        places = self._order[at:after]
        lists: list[Sequence[int]] = []
        lists += (_joined(numbers, ends, places) for numbers, ends in self._levels)
        return self.keys[at], lists, after

    def window(self, at: int) -> Window:
        """Return all entries of some hundred keys from a place on, of fewer at the end."""
        keys, end = self.keys, min(at + _WINDOW, len(self.keys))
        while end < len(keys) and keys[end] == keys[end - 1]:
            end += 1
        own = keys[at:end]
        others = compress(count(1), map(ne, own, islice(own, 1, None)))
        return Window(at, own, [0, *others, len(own)], self._order[at:end])

    def totals(self, window: Window) -> list[int]:
        """Return the sum of the counts of each key."""
        return window.sums(map(self._counts[0].__getitem__, window.places))

    def lists(self, window: Window, level: int) -> tuple[list[int], list[int]]:
        """Return the numbers of all keys at a level, and how many there are up to each."""
        numbers, ends = self._levels[level]
        starts = list(map(ends.__getitem__, window.places))
        behind = list(map(ends.__getitem__, map((1).__add__, window.places)))
        found = chain.from_iterable(map(numbers.__getitem__, map(slice, starts, behind)))
        return list(found), [0, *accumulate(window.sums(map(sub, behind, starts)))]

    def sums(self) -> Iterator[tuple[str, int]]:
        """Yield the key of every entry and how many numbers it has, at all levels together."""
        counts = zip(*self._counts, strict=True) if self._counts else ()
        totals = list(map(sum, counts))
        return zip(self.keys, map(totals.__getitem__, self._order), strict=True)

    def numbers(self, name: str) -> Iterator[int]:
        """Yield the numbers of all entries of a key with all its forms, at all levels."""
        for at in range(bisect_left(self.keys, name), len(self.keys)):
            if self.keys[at].partition("\0")[0] != name:
                return
            place = self._order[at]
            for numbers, ends in self._levels:
                yield from numbers[ends[place] : ends[place + 1]]

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


def _starts(counts: Iterable[int]) -> array[int]:
    """Return where the numbers of each key begin, and where the last end."""
    return array(_PLACES, accumulate(counts, initial=0))


def _joined(numbers: array[int], ends: Sequence[int], places: Sequence[int]) -> array[int]:
    """Return the numbers that stand at some places, one after the other."""
    joined = array(NUMBERS)
    for place in places:
        joined += numbers[ends[place] : ends[place + 1]]
    return joined
