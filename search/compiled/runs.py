"""Runs: what the documents of one part of the archive have, in sorted files to be merged.

A run file lives in the build's own temporary folder; what it holds may be kept for the next build
(:mod:`search.compiled.sources`), so its keys are JSON, its numbers bytes as this machine has them.
Keys and numbers lie in columns, so that no key costs an object of its own but the text.
"""

from __future__ import annotations

import json
import marshal
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, islice, pairwise
from pathlib import Path
from struct import Struct
from typing import Any

from search.compiled.coding import NUMBERS, numbers_of
from search.compiled.columns import Facts, PartColumns
from search.compiled.entries import Collected
from search.compiled.files import ShardFolder, json_bytes
from search.compiled.packing import Sizes
from search.compiled.shown import Display, display, joined, write_shown
from search.documents import LEVELS, SearchDocument

_RANGES = ("2", "c", "h", "m", "p", "t")
_MANY_RANGES = (
    *"123456789abcdefghijklmnopqrstuvwxyz",
    *("ba", "bo", "ca", "ch", "che", "cho", "co", "da", "de", "di", "do", "du", "ga", "gi"),
    *("ha", "hi", "ho", "hu", "ka", "kh", "khi", "la", "le", "lo", "ma", "mo", "na", "ng"),
    *("ngh", "ngo", "nh", "nho", "no", "pa", "ph", "qu", "ra", "ro", "sa", "so", "ta", "th"),
    *("the", "thi", "tho", "thu", "ti", "to", "tr", "tre", "tro", "tu", "va", "vi", "xa", "xo"),
)
_MANY_DOCUMENTS = 150_000

WORDS, FIELDS, PAIRS, SUGGESTIONS = "w", "f", "p", "s"
SHOWN, ENDS = "shown", "ends"
RUNS = (WORDS, FIELDS, PAIRS, SUGGESTIONS, SHOWN, ENDS)
"""What is written of a part, each in a file."""

_BATCH = 256
_LENGTH = Struct("<Q")


@dataclass(frozen=True)
class Part:
    """Documents that follow each other.

    Attributes:
        number: Which part it is.
        start: Number of its first document.
        spill: The file the documents were written to by :func:`packed`, one by one.
        offsets: Where each stands in the file, in the order of their numbers.
        folder: Where the runs go.
        ranges: First keys of the ranges but the first.
    """

    number: int
    start: int
    spill: Path
    offsets: array[int]
    folder: Path
    ranges: Sequence[str]

    def run(self, kind: str) -> Path:
        """Return the file of its run of a kind."""
        return run_path(self.folder, kind, self.number)


def ranges_for(documents: int, part_size: int) -> tuple[str, ...]:
    """Return the first signs of the keys at which the ranges part that are merged on their own.

    A range is merged in memory, so many documents have many.
    """
    if documents <= part_size:
        return ()
    return tuple(sorted(_MANY_RANGES)) if documents > _MANY_DOCUMENTS else _RANGES


def write_runs(part: Part, shards: ShardFolder, sizes: Sizes) -> Facts:
    """Write the runs of a part and the shards with what its hits show.

    Args:
        part: The part; whole groups of documents, but for the last.
        shards: Where shards go.
        sizes: The sizes of shards.

    Raises:
        OSError: The disk refused.
    """
    collected = Collected(part.start)
    columns = PartColumns()
    shown: list[Display] = []
    documents = iter(_documents(part))
    while batch := list(islice(documents, _BATCH)):
        collected.add(batch)
        for document in batch:
            columns.add(document)
            shown.append(display(document))
    write_shown(part.folder, part.number, shown)
    _write_collected(part, collected)
    return columns.finish(write_groups(shown, shards, sizes))


def write_groups(shown: Sequence[Display], shards: ShardFolder, sizes: Sizes) -> list[str]:
    """Write the shards with what hits show of a part's documents; return the names of the groups.

    Raises:
        OSError: The disk refused.
    """
    groups: list[str] = []
    for start in range(0, len(shown), sizes.group):
        group = shown[start : start + sizes.group]
        starts = range(0, len(group), sizes.chunk)
        chunks = [joined(group[n : n + sizes.chunk]) for n in starts]
        groups.append(shards.write_group("d", chunks))
    return groups


def _write_collected(part: Part, collected: Collected) -> None:
    fields = collected.fields
    keys = sorted(fields)
    write_run(part.run(FIELDS), Run.of(keys, [[fields[key] for key in keys]]), part.ranges)
    keys, found, titled = collected.pairs.without_digits()
    write_run(part.run(PAIRS), Run(keys, [found, titled]), part.ranges)
    words: dict[str, tuple[Sequence[int], ...]] = {**collected.words}
    for key, (numbers, titles) in collected.pairs.with_digits().items():
        words[f"{key}\0"] = numbers, titles, []
    keys = sorted(words)
    levels = [list(level) for level in zip(*map(words.__getitem__, keys), strict=True)]
    write_run(part.run(WORDS), Run.of(keys, levels), part.ranges)
    keys = sorted(collected.suggestions)
    counts = array(NUMBERS, map(collected.suggestions.__getitem__, keys))
    write_run(part.run(SUGGESTIONS), Run(keys, [(counts, array(NUMBERS))]), part.ranges)


@dataclass(frozen=True)
class Run:
    """Sorted keys and, of each level, how many numbers each key has, and all these numbers.

    Suggestions have counts and no numbers.
    """

    keys: list[str]
    levels: list[tuple[array[int], array[int]]]

    @classmethod
    def of(cls, keys: list[str], levels: Iterable[Sequence[Sequence[int]]]) -> Run:
        """Return the run of some keys with their lists of numbers, a list of lists a level."""
        return cls(
            keys,
            [
                (array(NUMBERS, map(len, lists)), array(NUMBERS, chain.from_iterable(lists)))
                for lists in levels
            ],
        )

    def slice(self, start: int, end: int) -> Run:
        """Return the part of it from one place to another."""
        levels = []
        for counts, numbers in self.levels:
            first = sum(counts[:start])
            last = first + sum(counts[start:end])
            levels.append((counts[start:end], numbers[first:last]))
        return Run(self.keys[start:end], levels)


def write_run(path: Path, run: Run, ranges: Sequence[str]) -> None:
    """Write a run, its ranges of keys one after the other, where each begins in front of them.

    Raises:
        OSError: The disk refused.
    """
    ends = [*(bisect_left(run.keys, first) for first in ranges), len(run.keys)]
    with path.open("wb") as stream:
        offsets = array("Q", bytes(8 * (len(ends) + 1)))
        stream.write(offsets.tobytes())
        for key_range, (start, end) in enumerate(pairwise((0, *ends))):
            offsets[key_range] = stream.tell()
            own = run.slice(start, end)
            keys = json_bytes(own.keys)
            columns = [column for level in own.levels for column in level]
            stream.write(array("Q", [len(columns), len(keys), *map(len, columns)]).tobytes())
            stream.write(keys)
            for column in columns:
                stream.write(column.tobytes())
        offsets[-1] = stream.tell()
        stream.seek(0)
        stream.write(offsets.tobytes())


def read_run(path: Path, key_range: int) -> Run:
    """Return one range of keys of a run."""
    with path.open("rb") as stream:
        stream.seek(8 * key_range)
        offsets = array("Q")
        offsets.frombytes(stream.read(16))
        start, end = offsets
        stream.seek(start)
        data = stream.read(end - start)
    (count,) = _LENGTH.unpack_from(data)
    size, *lengths = (length for (length,) in _LENGTH.iter_unpack(data[8 : 8 * (2 + count)]))
    at = 8 * (2 + count)
    keys = json.loads(data[at : at + size])
    ends = accumulate((4 * length for length in lengths), initial=at + size)
    columns = [numbers_of(data[first:last]) for first, last in pairwise(ends)]
    return Run(keys, list(zip(columns[::2], columns[1::2], strict=True)))


def run_path(folder: Path, kind: str, part: int) -> Path:
    """Return the file of the run of one part."""
    return folder / f"{kind}-{part}.run"


def _documents(part: Part) -> Iterable[SearchDocument]:
    size = _LENGTH.size
    with part.spill.open("rb") as stream:
        for offset in part.offsets:
            stream.seek(offset)
            (length,) = _LENGTH.unpack(stream.read(size))
            # Not marshal.load: it asks a stream for every few bytes.
            yield _unpacked(marshal.loads(stream.read(length)))  # noqa: S302 - its own file


def packed(document: SearchDocument) -> bytes:
    """Return a document in a form that this Python reads back quickly, its length in front."""
    data = marshal.dumps(
        (
            document.item_id,
            document.identifier,
            document.titles,
            tuple(document.texts.get(level, ()) for level in LEVELS),
            document.date,
            document.thumbnail,
            document.span,
            document.added,
            document.fields,
            document.facets,
        )
    )
    return _LENGTH.pack(len(data)) + data


def _unpacked(values: tuple[Any, ...]) -> SearchDocument:
    item_id, identifier, titles, texts, *rest = values
    return SearchDocument(item_id, identifier, titles, dict(zip(LEVELS, texts, strict=True)), *rest)
