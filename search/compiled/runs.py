"""Runs: what the documents of one part of the archive have, in sorted files to be merged.

A run file is a sequence of marshalled lists of entries, sorted; it lives in the build's own
temporary folder and is read by the same Python that wrote it, never kept.
"""

from __future__ import annotations

import marshal
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO

from search.compiled.coding import NUMBERS
from search.compiled.entries import Collected
from search.compiled.files import ShardFolder, json_bytes
from search.compiled.packing import Sizes
from search.documents import LEVELS, SearchDocument

RANGES = ("2", "c", "h", "m", "p", "t")
"""First signs of the keys at which the ranges of keys part that are merged on their own."""

WORDS, FIELDS, PAIRS, SUGGESTIONS = "w", "f", "p", "s"
_BATCH = 2048


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


@dataclass(frozen=True)
class Facts:
    """What the columns need of the documents of a part, in the order of their numbers.

    Attributes:
        facets: Of each document its (field, value).
        spans: Of each first and last year, or None.
        added: Of each when it came into the archive.
        groups: Names of the groups of shards with what hits show.
    """

    facets: list[tuple[tuple[str, str], ...]]
    spans: list[tuple[int, int] | None]
    added: list[str]
    groups: list[str]


def range_of(key: str, ranges: Sequence[str]) -> int:
    """Return which of the ranges of keys a key belongs to."""
    return bisect_right(ranges, key)


def write_runs(part: Part, shards: ShardFolder, sizes: Sizes) -> Facts:
    """Write the runs of a part and the shards with what its hits show.

    Args:
        part: The part; whole groups of documents, but for the last.
        shards: Where shards go.
        sizes: The sizes of shards.

    Raises:
        OSError: The disk refused.
    """
    collected = Collected()
    facts = Facts([], [], [], [])
    shown: list[bytes] = []
    for number, document in enumerate(_documents(part), part.start):
        collected.add(number, document)
        facts.facets.append(document.facets)
        facts.spans.append(document.span)
        facts.added.append(document.added)
        shown.append(json_bytes(display(document)))
    for start in range(0, len(shown), sizes.group):
        group = shown[start : start + sizes.group]
        chunks = [_list(group[n : n + sizes.chunk]) for n in range(0, len(group), sizes.chunk)]
        facts.groups.append(shards.write_group("d", chunks))
    if sizes.pieces:
        write_shown(part, shown)
    _write_collected(part, collected)
    return facts


def _list(texts: Sequence[bytes]) -> bytes:
    """Return a JSON list of JSON texts."""
    return b"[" + b",".join(texts) + b"]"


def _write_collected(part: Part, collected: Collected) -> None:
    own = part.number
    words = [(*forms, own, *map(_bytes, lists)) for forms, lists in collected.words.items()]
    fields = [(*forms, own, _bytes(numbers)) for forms, numbers in collected.fields.items()]
    pairs = [(pair, own, _bytes(numbers)) for pair, numbers in collected.pairs.items()]
    suggestions = [(key, own, count) for key, count in collected.suggestions.items()]
    kinds = ((WORDS, words), (FIELDS, fields), (PAIRS, pairs), (SUGGESTIONS, suggestions))
    for kind, entries in kinds:
        entries.sort()
        _write(part, kind, entries)


def display(document: SearchDocument) -> list[object]:
    """Return what a hit shows of a document."""
    titles = [list(title) for title in document.titles]
    return [document.item_id, document.identifier, titles, document.date, document.thumbnail]


def write_shown(part: Part, shown: Sequence[bytes]) -> None:
    """Write what hits show of a part's documents where :class:`Shown` finds it.

    Raises:
        OSError: The disk refused.
    """
    ends = array("q", accumulate(map(len, shown)))
    (part.folder / f"shown-{part.number}").write_bytes(b"".join(shown))
    (part.folder / f"ends-{part.number}").write_bytes(ends.tobytes())


class Shown:
    """What hits show of the documents of all parts; a context manager."""

    def __init__(self, folder: Path, part_size: int) -> None:
        self._folder = folder
        self._part_size = part_size
        self._open: dict[int, tuple[BinaryIO, array[int]]] = {}

    def __enter__(self) -> Shown:
        return self

    def __exit__(self, *_error: object) -> None:
        for stream, _ends in self._open.values():
            stream.close()

    def text(self, number: int) -> bytes:
        """Return what a hit shows of a document, as JSON."""
        part, place = divmod(number, self._part_size)
        if part not in self._open:
            ends = array("q")
            ends.frombytes((self._folder / f"ends-{part}").read_bytes())
            self._open[part] = ((self._folder / f"shown-{part}").open("rb"), ends)
        stream, ends = self._open[part]
        start = ends[place - 1] if place else 0
        stream.seek(start)
        return stream.read(ends[place] - start)


def read_run(path: Path) -> Iterator[tuple[Any, ...]]:
    """Yield the entries of a run; none where the part had none."""
    if not path.exists():
        return
    with path.open("rb") as stream:
        while stream.peek(1):
            yield from marshal.load(stream)  # noqa: S302 - its own temporary file


def run_path(folder: Path, kind: str, part: int, key_range: int) -> Path:
    """Return the file of the entries of one part in one range of keys."""
    return folder / f"{kind}-{key_range}-{part}.run"


def write_batches(path: Path, entries: list[Any]) -> None:
    """Add entries to a run file.

    Raises:
        OSError: The disk refused.
    """
    with path.open("ab") as stream:
        for start in range(0, len(entries), _BATCH):
            marshal.dump(entries[start : start + _BATCH], stream)


def _write(part: Part, kind: str, entries: list[Any]) -> None:
    start = 0
    keys = [entry[0] for entry in entries]
    ends = [*(bisect_left(keys, first) for first in part.ranges), len(keys)]
    for key_range, end in enumerate(ends):
        if start < end:
            path = run_path(part.folder, kind, part.number, key_range)
            write_batches(path, entries[start:end])
        start = end


def _documents(part: Part) -> Iterable[SearchDocument]:
    with part.spill.open("rb") as stream:
        for offset in part.offsets:
            stream.seek(offset)
            yield _unpacked(marshal.load(stream))  # noqa: S302 - its own temporary file


def packed(document: SearchDocument) -> bytes:
    """Return a document in a form that this Python reads back quickly."""
    return marshal.dumps(
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


def _unpacked(values: tuple[Any, ...]) -> SearchDocument:
    item_id, identifier, titles, texts, *rest = values
    return SearchDocument(item_id, identifier, titles, dict(zip(LEVELS, texts, strict=True)), *rest)


def _bytes(numbers: Iterable[int]) -> bytes:
    return array(NUMBERS, numbers).tobytes()
