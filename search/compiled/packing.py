"""How large shards are: for the web, for a small archive, for a stick."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_SMALL, _MIDDLING = 300, 5_000
_BLOCK = 1 << 16
_PART = 8192
_SPREAD_ONCE = 150_000
_MANY = 262_144
_SHARE = 32


class Packing(StrEnum):
    """Where the index will be read from."""

    WEB = "web"
    USB = "usb"


@dataclass(frozen=True)
class Sizes:
    """The sizes of shards.

    Attributes:
        part: Documents that are read at a time; whole groups of them.
        leaf: Bytes of a leaf before it is deflated, about 1.2 times what it has after.
        chunk: Documents in a shard with what hits show.
        group: Documents whose shards of this kind share a folder and its name; whole chunks.
        block: Documents in a shard of a column.
        largest_entry: Bytes of an entry above which only its head stays in the leaf.
        pieces: Whether leaves of words have shards beside them with the facets of their
            documents, and with what their first hits show.
        shown: Documents in such a shard with what hits show; of a frequent word the first has
            so many, the others three times as many.
        rows: Documents of which a shard has the facets that stand beside a value; beside words it
            has twice as many.
        spread: In how many folders, one in the other, the shards are spread.
        share: A word in at least one of so many documents is widespread: beside it stands what
            makes most queries with it small. 0 if none is.
    """

    part: int
    leaf: int
    chunk: int
    group: int
    block: int
    largest_entry: int
    pieces: bool
    shown: int
    rows: int
    spread: int
    share: int


def sizes_for(documents: int, packing: Packing) -> Sizes:
    """Return the sizes for so many documents.

    A reader on the web pays for bytes and round trips; a stick has clusters of up to 128 kB and
    pays for every file; a very small archive is a few files either way, and one that is not much
    larger has fewer files for somewhat more bytes.
    """
    spread = 0 if documents <= _SMALL else 1 if documents <= _SPREAD_ONCE else 2
    if packing is Packing.USB:
        spread = max(0, spread - 1)
        return _without_pieces(400_000, 2048, 2048, spread)
    if documents <= _SMALL:
        return _without_pieces(160_000, 512, 1024, spread)
    if documents <= _MIDDLING:
        return Sizes(_PART, 8_000, 64, 1024, _BLOCK, 6_000, True, 240, 1_800, spread, 0)
    # Hits of a large archive lie so far apart that few of a shard are shown.
    shown, share = (108, _SHARE) if documents > _MANY else (160, 0)
    return Sizes(_PART, 8_000, 16, 1024, _BLOCK, 6_000, True, shown, 1_200, spread, share)


def _without_pieces(leaf: int, chunk: int, group: int, spread: int) -> Sizes:
    return Sizes(_PART, leaf, chunk, group, 16 * _BLOCK, leaf, False, 0, 0, spread, 0)
