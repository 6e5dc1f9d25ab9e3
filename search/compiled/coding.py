"""The bytes inside the shards: variable-length integers, front-coded keys, lists of documents.

An integer is written in groups of seven bits, the lowest first; all groups but the last have
their high bit set. A list of numbers is the steps between them, the first from 0.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import sub

NUMBERS = "I"
"""Type code of arrays of document numbers."""


Pieces = Sequence[tuple[int, str]]
"""Shards beside a leaf: the place of the first entry each is about, and its name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a leaf keeps under one key.

    Attributes:
        key: Its key.
        count: How many documents it is about.
        payload: Its bytes, as the kind of tree says.
    """

    key: str
    count: int
    payload: bytes


def integers(values: Iterable[int]) -> bytes:
    """Return non-negative integers as bytes."""
    # Of an array, bytes() would be its memory.
    values = values if isinstance(values, list) else list(values)
    if not values or max(values) < 0x80:
        return bytes(values)
    return b"".join([_SHORT[value] if value < 0x80 else _integer(value) for value in values])


_SHORT = [bytes([value]) for value in range(0x80)]


def _integer(value: int) -> bytes:
    if value < 0x4000:
        return bytes((value & 0x7F | 0x80, value >> 7))
    result = bytearray()
    while value > 0x7F:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    result.append(value)
    return bytes(result)


def steps(numbers: Sequence[int]) -> bytes:
    """Return ascending numbers as the bytes of the steps between them."""
    if len(numbers) == 1:
        return _integer(numbers[0])
    return integers([numbers[0], *map(sub, numbers[1:], numbers)])


def numbers_of(data: bytes) -> array[int]:
    """Return the numbers that an array's ``tobytes`` wrote on this machine."""
    numbers = array(NUMBERS)
    numbers.frombytes(data)
    return numbers


def leaf(entries: Sequence[Entry], *pieces: Pieces) -> bytes:
    """Return a leaf: the columns of its keys, then the payloads one after the other, then pieces.

    The columns, each as integers, are: how many entries; how many bytes of a key are those of
    the one before; how many follow; counts; lengths of payloads. Then the bytes of the keys
    that follow, in UTF-8. Pieces are how many there are, the place of the entry at which each
    begins, and their names, all of one length.
    """
    shared: list[int] = []
    rests: list[bytes] = []
    previous = b""
    for entry in entries:
        key = entry.key.encode()
        same = _same(previous, key)
        shared.append(same)
        rests.append(key[same:])
        previous = key
    return b"".join(
        (
            integers([len(entries)]),
            integers(shared),
            integers([len(rest) for rest in rests]),
            integers([entry.count for entry in entries]),
            integers([len(entry.payload) for entry in entries]),
            *rests,
            *(entry.payload for entry in entries),
            *(
                integers([len(found), *(start for start, _name in found)])
                + "".join(name for _start, name in found).encode()
                for found in pieces
            ),
        )
    )


def _same(one: bytes, other: bytes) -> int:
    """Return how many first bytes are the same."""
    shortest = min(len(one), len(other))
    place = 0
    while place < shortest and one[place] == other[place]:
        place += 1
    return place
