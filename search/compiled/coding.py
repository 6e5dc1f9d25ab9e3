"""The bytes inside the shards: variable-length integers, front-coded keys, lists of documents.

An integer is written in groups of seven bits, the lowest first; all groups but the last have
their high bit set. A list of numbers is the steps between them, the first from 0.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise, repeat
from operator import sub
from struct import Struct

NUMBERS = "I"
"""Type code of arrays of document numbers."""


Piece = tuple[int, int, str]
"""A shard beside a leaf: the place of the entry it is about, the first document, its name."""


def integers(values: Iterable[int]) -> bytes:
    """Return non-negative integers as bytes."""
    # Of an array, bytes() would be its memory.
    values = values if isinstance(values, list | tuple | bytes) else list(values)
    # That one is too large shows while they are written: to look before takes as long again.
    try:
        written = bytes(values)
    except ValueError:
        return b"".join(_encoded(values))
    return written if written.isascii() else b"".join(map(_SHORT.__getitem__, written))


def _encoded(values: Sequence[int]) -> list[bytes]:
    # A list would give a negative number something from its end.
    if values and min(values) < 0:
        raise ValueError(f"a negative number cannot be written: {min(values)}")
    try:
        return list(map(_SHORT.__getitem__, values))
    except IndexError:
        return [_SHORT[v] if v < len(_SHORT) else integer(v) for v in values]


def integer(value: int) -> bytes:
    """Return one non-negative integer as bytes."""
    if value < 0x80:
        return _ONE[value]
    if value < 0x4000:
        return bytes((value & 0x7F | 0x80, value >> 7))
    if value < 0x200000:
        return bytes((value & 0x7F | 0x80, value >> 7 & 0x7F | 0x80, value >> 14))
    result = bytearray()
    while value > 0x7F:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    result.append(value)
    return bytes(result)


_COMPARED = 32
"""Bytes of two keys that are compared at once."""

_ONE = [bytes([value]) for value in range(0x80)]
# Most steps between documents are below this: a lookup, not a computation.
_SHORT = [*_ONE, *(bytes((value & 0x7F | 0x80, value >> 7)) for value in range(0x80, 0x4000))]


def steps_of_lists(numbers: Sequence[int], ends: Sequence[int]) -> list[bytes]:
    """Return :func:`steps` of many lists, none of them empty, one after the other.

    Args:
        numbers: The numbers of all lists.
        ends: Where the first list begins, then where each ends.
    """
    moved = list(map(sub, numbers, chain((0,), numbers)))
    for start in ends[:-1]:
        moved[start] = numbers[start]
    encoded = _encoded(moved)
    return [
        encoded[start] if end - start == 1 else b"".join(encoded[start:end])
        for start, end in pairwise(ends)
    ]


def steps(numbers: Sequence[int]) -> bytes:
    """Return ascending numbers as the bytes of the steps between them."""
    if len(numbers) == 1:
        return integer(numbers[0])
    return integers([numbers[0], *map(sub, numbers[1:], numbers)])


def numbers_of(data: bytes) -> array[int]:
    """Return the numbers that an array's ``tobytes`` wrote on this machine."""
    numbers = array(NUMBERS)
    numbers.frombytes(data)
    return numbers


def leaf(
    keys: Sequence[str], counts: Sequence[int], payloads: Sequence[bytes], *pieces: Sequence[Piece]
) -> bytes:
    """Return a leaf: the columns of its keys, then the payloads one after the other, then pieces.

    The columns, each as integers, are: how many entries; how many bytes of a key are those of
    the one before; how many follow; counts; lengths of payloads. Then the bytes of the keys
    that follow, in UTF-8. Pieces are how many there are, the place of the entry of each, the
    first document of each, and their names, all of one length.

    Args:
        keys: In order.
        counts: Of each, how many documents it is about.
        payloads: Of each its bytes, as the kind of tree says.
        pieces: The shards beside the leaf, of each kind there is.
    """
    encoded = [key.encode() for key in keys]
    shared = _shared(encoded)
    rests = [key[same:] for key, same in zip(encoded, shared, strict=True)]
    return b"".join(
        (
            integers([len(keys)]),
            integers(shared),
            integers(map(len, rests)),
            integers(counts),
            integers(map(len, payloads)),
            *rests,
            *payloads,
            *map(_pieces, pieces),
        )
    )


def _shared(keys: Sequence[bytes]) -> list[int]:
    """Return of each key how many bytes at its beginning are those of the one before."""
    # All keys, each cut or filled with zeros to one length, are one large number: where it differs
    # from itself moved by a key is where keys differ, and C finds that for all of them at once.
    columns = Struct(f"{_COMPARED}s" * len(keys))
    padded = columns.pack(*keys)
    before = bytes(_COMPARED) + padded[:-_COMPARED]
    differing = int.from_bytes(padded, "little") ^ int.from_bytes(before, "little")
    rests = columns.unpack(differing.to_bytes(len(padded), "little"))
    same = map(_COMPARED.__sub__, map(len, map(bytes.lstrip, rests, repeat(b"\0"))))
    lengths = list(map(len, keys))
    shared = list(map(min, same, lengths, [0, *lengths]))
    if max(lengths, default=0) > _COMPARED:
        for place, (one, other) in enumerate(pairwise(keys), start=1):
            end = min(len(one), len(other))
            while shared[place] >= _COMPARED and shared[place] < end:
                if one[shared[place]] != other[shared[place]]:
                    break
                shared[place] += 1
    return shared


def _pieces(pieces: Sequence[Piece]) -> bytes:
    places, documents, names = zip(*pieces, strict=True) if pieces else ((), (), ())
    return integers([len(pieces), *places, *documents]) + "".join(names).encode()
