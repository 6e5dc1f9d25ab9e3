"""Sets of documents as integers: bit n stands for document n.

Python joins, meets and counts such integers at the speed of memory, a hundred thousand documents
in some microseconds, so that whole answers are reckoned without touching one document after
another.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, count

Docs = int
"""A set of documents."""

NONE: Docs = 0

# Where a set has so many bits a document or fewer it takes less memory than a list.
_DENSE = 16
# Fewer than one in so many are sooner asked for one by one than found.
_SPARSE = 200
# Where it has so many or fewer it is faster written sign by sign than bit by bit.
_CROWDED = 32
_AS_FLAGS = bytes.maketrans(b"01", b"\0\1")


def docs_of(numbers: Sequence[int]) -> Docs:
    """Return the set of documents with these numbers, in any order."""
    if not numbers:
        return NONE
    size = max(numbers) + 1
    if len(numbers) * _CROWDED <= size:
        packed = bytearray(size // 8 + 1)
        for number in numbers:
            packed[number >> 3] |= 1 << (number & 7)
        return int.from_bytes(packed, "little")
    signs = bytearray(b"0") * size
    for number in numbers:
        signs[number] = 49
    return int(signs[::-1], 2)


def is_dense(numbers: Sequence[int]) -> bool:
    """Say whether documents take less memory as a set than as a list."""
    return len(numbers) * _DENSE > max(numbers, default=0)


def numbers_of(docs: Docs) -> list[int]:
    """Return the numbers of a set, rising."""
    if docs.bit_count() * _DENSE >= docs.bit_length():
        return list(compress(count(), flags(docs)))
    data = docs.to_bytes(-(-docs.bit_length() // 64) * 8, sys.byteorder)
    words = memoryview(data).cast("Q")
    if sys.byteorder == "big":
        words = words[::-1]
    numbers: list[int] = []
    for place in compress(count(), words):
        word, first = words[place], 64 * place - 1
        while word:
            numbers.append(first + (word & -word).bit_length())
            word &= word - 1
    return numbers


def those_in(docs: Docs, numbers: Sequence[int]) -> Sequence[int]:
    """Return those of some documents that are in a set, which has no others."""
    if len(numbers) * _SPARSE > docs.bit_length():
        return numbers_of(docs)
    bits = packed(docs)
    last = docs.bit_length()
    return [n for n in numbers if n < last and bits[n >> 3] >> (n & 7) & 1]


def packed(docs: Docs) -> bytes:
    """Return a set as bytes: document n is bit n % 8 of byte n // 8."""
    return docs.to_bytes(docs.bit_length() // 8 + 1, "little")


def flags(docs: Docs) -> bytes:
    """Return a set as one byte a document, 0 or 1, up to its last."""
    return format(docs, "b").encode()[::-1].translate(_AS_FLAGS)


def union(sets: Iterable[Docs]) -> Docs:
    """Return the documents that are in any of the sets."""
    docs = NONE
    for entry in sets:
        docs |= entry
    return docs


def at_least(sets: Iterable[Docs]) -> list[Docs]:
    """Return for 1, 2, … the documents that are in at least so many of the sets."""
    levels: list[Docs] = []
    for docs in sets:
        levels.append(NONE)
        for place in range(len(levels) - 1, 0, -1):
            levels[place] |= levels[place - 1] & docs
        levels[0] |= docs
    return levels


def first_in(order: Sequence[int], docs: Docs, wanted: int) -> Iterator[int]:
    """Yield the first documents of a set in an order of all documents."""
    bits = packed(docs)
    size = 8 * len(bits)
    for number in order:
        if not wanted:
            return
        if number < size and bits[number >> 3] >> (number & 7) & 1:
            wanted -= 1
            yield number
