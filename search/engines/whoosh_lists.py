"""The list of documents of one key, as Whoosh's own format has it, written and read at once.

Whoosh's matchers can walk through any list, and merging segments does; what is asked is read here,
whole blocks at a time, without a call for every document. Blocks are pickles, as Whoosh's are:
never open an index that came from outside (``search.engines.whoosh_engine``).
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import accumulate
from operator import sub
from pickle import dumps, load, loads

from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC
from whoosh.system import pack_int, unpack_int

_IN_BLOCK = 512
# Shorter blocks do not get smaller. Compressing more takes a third longer for a tenth less.
_COMPRESSED_FROM_BYTES = 80
# The first that knows bytes, and the last without frames, which small lists do not need.
_PICKLE_PROTOCOL = 3
_LENGTH_BYTES = 4

Block = tuple[Iterator[int], tuple[bytes, ...] | None]
"""Documents, and their values if the list has some."""


def list_bytes(numbers: array[int], values: list[bytes] | None) -> bytes:
    """Return one list as ``W3PostingsWriter`` writes it: blocks with their lengths and ranges."""
    parts = [WHOOSH3_HEADER_MAGIC]
    for start in range(0, len(numbers), _IN_BLOCK):
        block = numbers[start : start + _IN_BLOCK]
        steps = (block[0], *map(sub, block[1:], block))
        # Without weights: all weigh 1. Existence has no values.
        written = tuple(values[start : start + _IN_BLOCK]) if values else None
        data = dumps((steps, None, written), _PICKLE_PROTOCOL)
        compression = int(len(data) >= _COMPRESSED_FROM_BYTES)
        if compression:
            data = zlib.compress(data, compression)
        info = dumps((len(block), block[-1], 1.0, compression, 0, 0), _PICKLE_PROTOCOL)
        is_last = start + _IN_BLOCK >= len(numbers)
        length = len(info) + len(data)
        parts += pack_int(-length if is_last else length), info, data
    return b"".join(parts)


def iter_blocks(read: Callable[[int, int], bytes], start: int) -> Iterator[Block]:
    """Yield the blocks of a list.

    Args:
        read: Returns so many bytes (second) from a place (first) of the file.
        start: Where the list begins.

    Raises:
        ValueError: There is no list.
    """
    if read(start, len(WHOOSH3_HEADER_MAGIC)) != WHOOSH3_HEADER_MAGIC:
        raise ValueError("not a list of documents")
    start += len(WHOOSH3_HEADER_MAGIC)
    is_last = False
    while not is_last:
        length = unpack_int(read(start, _LENGTH_BYTES))[0]
        is_last = length < 0
        stream = BytesIO(read(start + _LENGTH_BYTES, abs(length)))
        is_compressed = load(stream)[3]  # noqa: S301
        block = stream.read()
        block = zlib.decompress(block) if is_compressed else block
        steps, _weights, values = loads(block)  # noqa: S301
        yield accumulate(steps), values
        start += _LENGTH_BYTES + abs(length)
