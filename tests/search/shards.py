"""Reads a sharded index in Python, as docs/static-index.md describes it, to look into it."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator
from itertools import accumulate, combinations, combinations_with_replacement, product
from pathlib import Path
from typing import Any

from search.compiled.packing import Sizes

_NAME = 7

MANY_SHARDS = Sizes(
    part=16,
    leaf=600,
    chunk=2,
    group=8,
    block=16,
    largest_entry=40,
    pieces=True,
    shown=8,
    rows=40,
    spread=1,
    share=4,
)
"""So small that a few documents have shards of every kind."""


class Shards:
    """The index in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        text = (folder / "search-index.js").read_text(encoding="utf-8")
        self.manifest: dict[str, Any] = json.loads(text[text.index("{") : text.rindex("}") + 1])

    def bytes(self, name: str) -> bytes:
        """Return what a shard holds."""
        spread = "".join(f"{sign}/" for sign in name[1 : 1 + self.manifest["spread"]])
        text = (self._folder / "shards" / f"{spread}{name}.js").read_text(encoding="ascii")
        taken, data = text.removeprefix("HoabanSearch.receive(").split(",")
        assert json.loads(taken) == name
        return zlib.decompress(base64.b64decode(json.loads(data[:-3])), -zlib.MAX_WBITS)

    def json(self, name: str) -> Any:
        """Return the JSON data of a shard."""
        return json.loads(self.bytes(name))

    def leaves(self, kind: str) -> Iterator[str]:
        """Yield the names of the leaves of a tree, in order."""
        if kind == "p":
            yield from dict.fromkeys(self._leaves_of_pairs())
            return
        yield from (name for _key, name in self._children(kind, 0))

    def _leaves_of_pairs(self) -> Iterator[str]:
        for name in [*self.leaves("w"), *(f"{name}/1" for name in self.folders("w").values())]:
            read = _after_pieces(self.bytes(name))[1]
            yield from _names(json.loads(read.part(read.integer()))[1])

    def folders(self, kind: str) -> dict[str, str]:
        """Return of every frequent word of a tree the name of its folder."""
        return dict(self._children(kind, 2))

    def entries(self, kind: str) -> Iterator[tuple[str, int, bytes]]:
        """Yield key, count and payload of every entry of a tree."""
        folders = self.folders(kind) if kind != "p" else {}
        names = [*self.leaves(kind), *(f"{name}/1" for name in folders.values())]
        yield from sorted(entry for name in names for entry in leaf_entries(self.bytes(name)))

    def pairs(self) -> Iterator[tuple[str, str, int, list[int]]]:
        """Yield the words of every pair, how many documents have it, and these."""
        for kind in "pw":
            for key, count, payload in self.entries(kind):
                first, *rest = key.split(" ")
                if rest:
                    turned = (rest[1], first) if len(rest) == 2 else (first, rest[0])
                    yield *turned, count, Reader(payload).steps(count)

    def forms(self, kind: str) -> Iterator[tuple[str, str, list[list[int]]]]:
        """Yield key, exact form and the lists of each level of words (w) or fields (f)."""
        for key, _count, payload in self.entries(kind):
            read = Reader(payload)
            for _variant in range(0 if " " in key else read.integer()):
                exact = read.part(read.integer()).decode() or key.partition(":")[2] or key
                levels = 3 if kind == "w" else 1
                yield key, exact, [read.steps(read.integer()) for _level in range(levels)]

    def shown(self) -> Iterator[list[Any]]:
        """Yield what a hit shows of every document."""
        chunks = -(-self.manifest["documents"] // self.manifest["chunk"])
        in_group = self.manifest["group"] // self.manifest["chunk"]
        for chunk in range(chunks):
            group, place = divmod(chunk, in_group)
            yield from _rows(self.json(f"{_names(self.manifest['groups'])[group]}/{place}"))

    def column(self, name: str) -> Iterator[list[Any]]:
        """Yield the values of every document in a column."""
        blocks, parts = self.manifest["columns"][name]
        table = [values for part in _names(parts) for values in self.json(part)]
        table = table or self.json(self.manifest["combinations"])[0][name]
        for block in _names(blocks):
            read = Reader(self.bytes(block))
            while not read.is_at_end:
                yield table[read.integer()]

    def values(self, name: str) -> Iterator[tuple[str, list[tuple[int, ...]], list[list[Any]]]]:
        """Yield the values of a facet that are kept.

        Each with (number, place in each column) rows, and what the first of these show.
        """
        values, counts, places, shards = self.json(self.manifest["combinations"])[1][name]
        for value, count, place, shard in zip(values, counts, places, _names(shards), strict=True):
            if not shard.startswith("-"):
                parts = _parts(_parts(self.bytes(shard))[place])
                columns = [Reader(parts[0]).steps(count)]
                columns += (Reader(part).integers(count) for part in parts[2:])
                yield value[0], list(zip(*columns, strict=True)), _rows(json.loads(parts[1]))

    def combinations_at(self, number: int) -> tuple[int, ...]:
        """Return the place of a document in the table of each column."""
        block, row = divmod(number, self.manifest["block"])
        return tuple(
            Reader(self.bytes(_names(blocks)[block])).integers(row + 1)[-1]
            for blocks, _parts in self.manifest["columns"].values()
        )

    def beside(self, kind: str) -> Iterator[tuple[str, list[int], list[Any]]]:
        """Yield the keys of a tree beside which stands what hits show, with these documents."""
        folders = self.folders(kind) if kind != "p" else {}
        for name in [*self.leaves(kind), *(f"{name}/1" for name in folders.values())]:
            data = self.bytes(name)
            entries = list(leaf_entries(data))
            for place, _first, shard in _listed_pieces(data):
                if not shard.startswith("-"):
                    distances, columns = self.json(shard)
                    yield entries[place][0], list(accumulate(distances)), _rows(columns)

    def together(self) -> dict[tuple[str, str], int]:
        """Return how many documents every two widespread words share."""
        words, _folders, side, names = self.json(self.manifest["together"])
        sides = [words[start : start + side] for start in range(0, len(words), side)]
        found: dict[tuple[str, str], int] = {}
        blocks = combinations_with_replacement(sides, 2)
        for (ones, others), name in zip(blocks, _names(names), strict=True):
            read = Reader(self.bytes(name))
            for pair in combinations(ones, 2) if ones is others else product(ones, others):
                found[pair] = read.integer()
            assert read.is_at_end
        return found

    def crossings(self, word: str, number: int, columns: int) -> dict[int, list[dict[int, int]]]:
        """Return one of the crossings of a widespread word.

        By each place of its facet how many documents have it, under 0, then of each other column
        how many have each place with it.
        """
        read = Reader(self.bytes(f"{self.folders('w')[word]}/{number}"))
        size = read.integer()
        places, lengths = read.steps(size), read.integers(size)
        found: dict[int, list[dict[int, int]]] = {}
        for place, length in zip(places, lengths, strict=True):
            own = Reader(read.part(length))
            found[place] = [{0: own.integer()}]
            for _column in range(columns):
                many = own.integer()
                met = own.steps(many), own.integers(many)
                found[place].append(dict(zip(*met, strict=True)))
        return found

    def _children(self, kind: str, at: int) -> Iterator[tuple[str, str]]:
        """Yield key and name of the leaves (0) or the folders (2) of a tree."""
        levels, *root = self.manifest["trees"][kind]
        nodes = [root]
        for _level in range(levels):
            nodes = [self.json(name) for node in nodes for name in _names(node[1])]
        for node in nodes:
            yield from zip(node[at], _names(node[at + 1]), strict=True) if node[at:] else ()


class Reader:
    """Reads the integers of a payload."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return self._place >= len(self._data)

    def integer(self) -> int:
        """Return the next integer."""
        value = shift = 0
        while True:
            byte = self._data[self._place]
            self._place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def integers(self, count: int) -> list[int]:
        """Return the next integers."""
        return [self.integer() for _number in range(count)]

    def steps(self, count: int) -> list[int]:
        """Return the next ascending numbers."""
        numbers: list[int] = []
        for step in self.integers(count):
            numbers.append((numbers[-1] if numbers else 0) + step)
        return numbers

    def part(self, length: int) -> bytes:
        """Return the next bytes."""
        self._place += length
        return self._data[self._place - length : self._place]


def leaf_entries(data: bytes) -> Iterator[tuple[str, int, bytes]]:
    """Yield key, count and payload of the entries of a leaf."""
    read = Reader(data)
    size = read.integer()
    shared, rests, counts, lengths = (read.integers(size) for _column in range(4))
    key, keys = b"", []
    for same, rest in zip(shared, rests, strict=True):
        key = key[:same] + read.part(rest)
        keys.append(key.decode())
    for found, count, length in zip(keys, counts, lengths, strict=True):
        yield found, count, read.part(length)


def _listed_pieces(data: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield place, first document and name of the shards beside a leaf with what hits show."""
    yield from _after_pieces(data)[0]


def _after_pieces(data: bytes) -> tuple[list[tuple[int, int, str]], Reader]:
    read = Reader(data)
    size = read.integer()
    lengths = [read.integers(size) for _column in range(4)]
    read.part(sum(lengths[1]) + sum(lengths[3]))
    for width in (2 * _NAME, _NAME):
        count = read.integer()
        places, firsts = read.integers(count), read.integers(count)
        names = [read.part(width).decode() for _piece in range(count)]
    return list(zip(places, firsts, names, strict=True)), read


def _rows(columns: list[list[Any]]) -> list[list[Any]]:
    """Return what hits show of each document."""
    return [[*row, titles] for row, titles in zip(*columns, strict=True)]


def _parts(data: bytes) -> list[bytes]:
    read = Reader(data)
    return [read.part(length) for length in read.integers(read.integer())]


def _names(text: str) -> list[str]:
    return [text[start : start + _NAME] for start in range(0, len(text), _NAME)]


def files_in(folder: Path) -> dict[str, bytes]:
    """Return what all files below a folder hold, by their paths in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
