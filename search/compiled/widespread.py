"""Widespread words: how many documents every two of them share.

The list of a word in a third of a million records is longer than all else that a query loads. Who
knows how many documents two such words share needs only those that have them in their titles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, combinations_with_replacement, product
from pathlib import Path
from typing import Any

from search.compiled.coding import integers
from search.compiled.files import NO_SHARD, ShardFolder, json_bytes
from search.compiled.windows import Entries

TOGETHER = "o"
"""Kind of the shards that say how many documents two words share, and of their list."""

_SIDE = 32
"""Words at each side of such a shard."""

_BITS = bytes.maketrans(b"\0\1", b"01")

Each = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]
"""Gives what a function makes of each argument, in their order."""


@dataclass(frozen=True)
class Sets:
    """The documents of the widespread words of one range of keys.

    Attributes:
        path: The file that has, of each word, a bit for every document.
        words: The words, in order.
    """

    path: Path
    words: tuple[str, ...]


@dataclass(frozen=True)
class _Place:
    """Where the documents of a word stand."""

    path: Path
    start: int


def is_widespread(count: int, documents: int, share: int) -> bool:
    """Say whether a word in so many documents is; ``share`` 0 means that none is."""
    return 0 < documents <= count * share


def write_sets(path: Path, entries: Entries, documents: int, share: int) -> Sets:
    """Write the documents of the widespread words among some entries of words.

    Raises:
        OSError: The disk refused.
    """
    totals: dict[str, int] = {}
    for key, total in entries.sums():
        bare = key.partition("\0")[0]
        if " " not in bare:
            totals[bare] = totals.get(bare, 0) + total
    words: list[str] = []
    with path.open("wb") as stream:
        for word, total in totals.items():
            if is_widespread(total, documents, share):
                found = _set_of(entries.numbers(word), documents)
                # Its forms share documents, so that the sum may be too much.
                if is_widespread(found.bit_count(), documents, share):
                    stream.write(found.to_bytes(_size(documents), "little"))
                    words.append(word)
    return Sets(path, tuple(words))


def write_together(
    sets: Sequence[Sets],
    folders: Mapping[str, str],
    documents: int,
    shards: ShardFolder,
    each: Each,
) -> str:
    """Write how many documents every two widespread words share.

    Args:
        sets: Their documents, in the order of the words.
        folders: The folders of frequent words.
        documents: How many documents there are.
        shards: Where shards go.
        each: Has the parts done, by several processes perhaps.

    Returns:
        The name of the shard that lists words and shards; empty without two such words.

    Raises:
        OSError: The disk refused.
    """
    size = _size(documents)
    places = [_Place(own.path, size * at) for own in sets for at in range(len(own.words))]
    if len(places) < 2:
        return ""
    sides = [places[start : start + _SIDE] for start in range(0, len(places), _SIDE)]
    pairs = list(combinations_with_replacement(sides, 2))
    names = each(partial(_write_block, shards, size), pairs)
    words = [word for own in sets for word in own.words]
    named = "".join(folders.get(word, NO_SHARD) for word in words)
    return shards.write(TOGETHER, json_bytes([words, named, _SIDE, "".join(names)]))


def _write_block(
    shards: ShardFolder, size: int, sides: tuple[Sequence[_Place], Sequence[_Place]]
) -> str:
    """Write the counts of the words of one side with those of another, or of one with itself."""
    first, second = sides
    ones = list(_read(first, size))
    pairs = combinations(ones, 2) if first == second else product(ones, list(_read(second, size)))
    return shards.write(TOGETHER, integers([(one & other).bit_count() for one, other in pairs]))


def _read(places: Iterable[_Place], size: int) -> Iterator[int]:
    for place in places:
        with place.path.open("rb") as stream:
            stream.seek(place.start)
            yield int.from_bytes(stream.read(size), "little")


def _set_of(numbers: Iterable[int], documents: int) -> int:
    flags = bytearray(documents)
    for number in numbers:
        flags[-1 - number] = 1
    return int(flags.translate(_BITS), 2)


def _size(documents: int) -> int:
    return -(-documents // 8)
