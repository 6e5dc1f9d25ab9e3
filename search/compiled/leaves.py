"""Write sorted entries as leaves, with the shards that stand beside leaves of words."""

from __future__ import annotations

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, chain
from operator import sub

from search.compiled.coding import Piece, integer, integers, leaf, steps
from search.compiled.columns import YEARS
from search.compiled.crossings import crossings
from search.compiled.files import (
    FREQUENT,
    Child,
    ShardFolder,
    is_boundary,
    json_bytes,
    node,
)
from search.compiled.first_hits import Block, Variant, shown_of
from search.compiled.packing import Sizes
from search.compiled.pairs import has_digit
from search.compiled.pieces import PieceWriter
from search.compiled.runs import FIELDS, PAIRS, SUGGESTIONS, WORDS
from search.compiled.shown import Shown
from search.compiled.values import COMMON, Rows, counts_of
from search.compiled.widespread import is_widespread

HEAD = 64
"""Documents of each list that the head of a large entry keeps."""

FEWEST_SHOWN = 4
"""Documents of a word, or with a pair in their titles, from which on this is kept."""

_ALL, _HEADS, _TOPS = (None, None, None), (HEAD, HEAD, HEAD), (None, None, 0)
_TOP = 4
"""Number of the shard of a widespread word that has its lists of titles and subjects."""

_FACETS, _SHOWN = "g", "b"
_FIRST_OF_PAIR = 20
_TITLES_OF_PAIR = 48
_KEY_BYTES = 4
_NUMBERS_SHRINK = 2
_SHORT_ENTRY = 16


@dataclass(frozen=True)
class Beside:
    """What the shards beside the leaves are made of.

    Attributes:
        documents: How many there are.
        rows: Of each facet the place of the values of each document.
        shown: What hits show.
    """

    documents: int
    rows: Rows
    shown: Shown


@dataclass(frozen=True)
class Batch:
    """Entries that follow each other.

    Attributes:
        keys: Their keys, in order.
        counts: How many documents each is about.
        payloads: Their bytes, as the kind of tree says.
        ends: 0, then of each about how many bytes it has when deflated, with those before it.
        hits: By the places of some the documents whose hits are shown beside them.
    """

    keys: Sequence[str]
    counts: Sequence[int]
    payloads: Sequence[bytes]
    ends: Sequence[int]
    hits: Mapping[int, Sequence[int]]

    def is_boundary(self, at: int, half: int) -> bool:
        """Say whether the entry at a place begins a leaf, if the one before may end."""
        return is_boundary(self.keys[at], half, self.ends[at + 1] - self.ends[at])

    def shown_between(self, start: int, end: int) -> Sequence[int]:
        """Return the places from one to another that have hits shown beside them."""
        places = list(self.hits)
        return places[bisect_left(places, start) : bisect_left(places, end)]


class Leaves:
    """Parts entries into leaves where their keys say so, and writes them."""

    def __init__(
        self,
        kind: str,
        shards: ShardFolder,
        sizes: Sizes,
        beside: Beside | None = None,
        pairs: Sequence[Child] = (),
    ) -> None:
        """Take what it writes, where, how large, and what stands beside the leaves.

        Args:
            kind: Letter of the leaves.
            shards: Where they go.
            sizes: Their sizes.
            beside: What the shards beside them are made of; none are written without.
            pairs: Of words, the leaves of the pairs that begin with them.
        """
        self._kind = kind
        # A query needs few entries of a leaf, but of suggestions and letters many.
        is_halved = kind in (WORDS, PAIRS) and sizes.pieces
        self._half = sizes.leaf // 4 if is_halved else sizes.leaf // 2
        # No pair in a tree of pairs, and none of the words for corrections, has a digit.
        self._has_numbers = kind in (WORDS, FIELDS, SUGGESTIONS)
        self._shards = shards
        self._sizes = sizes
        self._beside = beside
        self._pairs = pairs
        self._first_pairs = [key for key, _name in pairs]
        self._keys: list[str] = []
        self._counts: list[int] = []
        self._payloads: list[bytes] = []
        self._bytes = 0
        self._last = ""
        self._children: list[Child] = []
        write = partial(_write_facets, shards, beside), partial(_write_hits, shards, beside)
        self._facets = PieceWriter(2 * sizes.rows, write[0], is_listed=False)
        self._hits = PieceWriter(sizes.shown, write[1], is_listed=True)
        self.last_count = 0
        self.on_flush: Callable[[], None] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits for the leaf it will be in."""
        return not self._keys

    @property
    def last(self) -> str:
        """The last key of the last leaf."""
        return self._last

    @property
    def children(self) -> Sequence[Child]:
        """What was written, in the order it was."""
        return self._children

    def take(self, last: str, children: Sequence[Child]) -> None:
        """Take what others wrote as if it were written here; ``last`` is its last key."""
        self._last = last
        self._children += children

    def add_all(self, batch: Batch, start: int) -> int:
        """Add entries of a batch, from a place on, up to one that begins another leaf.

        Returns:
            How many were added: none if the first begins a leaf, which ends the one before.
        """
        half, ends, behind = self._half, batch.ends, len(batch.keys)
        # What the leaf would have with all of the batch before a place is its end and this.
        base = self._bytes - ends[start]
        first = start if self._keys else start + 1
        most = min(behind, max(first, bisect_right(ends, 3 * half - base, start + 1) - 1))
        full = max(first, bisect_left(ends, half - base, start))
        end = next((at for at in range(full, most) if batch.is_boundary(at, half)), most)
        if end == start:
            self._flush()
            return 0
        place = len(self._keys) - start
        for shown in batch.shown_between(start, end):
            self._hits.add(place + shown, batch.hits[shown])
        self._keys += batch.keys[start:end]
        self._counts += batch.counts[start:end]
        self._payloads += batch.payloads[start:end]
        self._bytes = base + ends[end]
        return end - start

    def batch(
        self,
        keys: Sequence[str],
        counts: Sequence[int],
        payloads: Sequence[bytes],
        hits: Mapping[int, Sequence[int]] | None = None,
    ) -> Batch:
        """Return entries that follow each other, for :meth:`add_all`.

        Args:
            keys: Their keys.
            counts: How many documents each is about.
            payloads: Their bytes, as the kind of tree says.
            hits: By the places of some, in order, the documents whose hits are shown beside them.
        """
        sizes = map(_KEY_BYTES.__add__, map(len, payloads))
        if self._has_numbers:
            sizes = map(_weight, keys, sizes)
        return Batch(keys, counts, payloads, [0, *accumulate(sizes)], hits or {})

    def _is_begun_by(self, key: str, weight: int) -> bool:
        """Say whether an entry begins another leaf; if so, the one before is ended."""
        half, size = self._half, self._bytes
        is_full = size >= half and is_boundary(key, half, weight)
        if self._keys and (is_full or size + weight > 3 * half):
            self._flush()
            return True
        return False

    def _add_with(
        self,
        key: str,
        count: int,
        payload: bytes,
        faceted: Sequence[int],
        shown: Sequence[Block],
    ) -> bool:
        size = len(payload) + _KEY_BYTES
        weight = _weight(key, size) if self._has_numbers else size
        if self._is_begun_by(key, weight):
            return False
        place = len(self._keys)
        self._facets.add(place, faceted)
        for first, block in shown:
            self._hits.add(place, block, first)
        self._keys.append(key)
        self._counts.append(count)
        self._payloads.append(payload)
        self._bytes += weight
        return True

    def add_pair(self, key: str, numbers: Sequence[int], titled: Sequence[int]) -> bool:
        """Add a pair; say whether it was: not if it begins another leaf, as :meth:`add_all`."""
        hits = self.hits_of_pair(numbers, titled)
        return self._add_with(key, len(numbers), steps(numbers), (), [(0, hits)] if hits else [])

    def hits_of_pair(self, numbers: Sequence[int], titled: Sequence[int]) -> Sequence[int]:
        """Return the documents of a pair whose hits are shown beside it, those in titles first."""
        if self._beside is None or len(titled) < FEWEST_SHOWN:
            return ()
        first = titled[:_TITLES_OF_PAIR]
        shown = list(dict.fromkeys((*first, *numbers[:_FIRST_OF_PAIR])))
        return shown[: max(len(first), _FIRST_OF_PAIR)]

    def add_forms(self, key: str, variants: Sequence[Variant]) -> bool:
        """Add the lists of a key; say whether they were added, as :meth:`add_pair` does."""
        lists = [numbers for _exact, levels in variants for numbers in levels if numbers]
        union = lists[0] if len(lists) == 1 else _united(lists)
        count = self.last_count = len(union)
        beside = self._beside
        faceted = union if beside and count * COMMON <= beside.documents else ()
        shown = (
            shown_of(key, variants, beside.documents, self._sizes.shown)
            if beside and count >= FEWEST_SHOWN
            else ()
        )
        payload = forms(key, variants)
        if len(payload) <= self._sizes.largest_entry:
            return self._add_with(key, count, payload, faceted, shown)
        pieces = self._pieces_of(shown)
        pairs, counts = self._pairs_of(key, key), counts_of(beside.rows, union) if beside else b""

        def listed(lists: bytes) -> bytes:
            return leaf([key], [count], [lists], (), pieces) + pairs

        shards: list[bytes | None] = [
            listed(forms(key, variants, _HEADS)) + counts,
            listed(payload) + counts,
        ]
        shards += _facets_of(beside, faceted) if faceted else ()
        if beside and is_widespread(count, beside.documents, self._sizes.share):
            shards += [None] * (_TOP - len(shards)) + [listed(forms(key, variants, _TOPS))]
            tops = [numbers for _exact, levels in variants for numbers in levels[:2]]
            shards += crossings(beside.rows, tops, union, len(payload))
            shards += [steps(texts) if texts else None for _exact, (*_tops, texts) in variants]
        # Long lists hardly repeat themselves: looking for that makes them larger, by a tenth.
        name = self._shards.write_group(FREQUENT, shards, zlib.Z_RLE)
        self._children.append((key, name))
        return True

    def finish(self) -> list[Child]:
        """Return first key and name of every leaf, and key and name of every frequent word."""
        if self._keys:
            self._flush()
        return sorted(self._children)

    def _pieces_of(self, shown: Sequence[Block]) -> list[Piece]:
        """Write what hits of one frequent word show."""
        write = partial(_write_hits, self._shards, self._beside)
        writer = PieceWriter(0, write, is_listed=True)
        for first, block in shown:
            writer.add(0, block, first)
        return writer.finish()

    def _flush(self) -> None:
        beside = self._facets.finish(), self._hits.finish()
        payload = leaf(self._keys, self._counts, self._payloads, *beside)
        payload += self._pairs_of(self._keys[0], self._keys[-1])
        name = self._shards.write(self._kind, payload)
        self._children.append((_parting(self._last, self._keys[0]), name))
        self._last = self._keys[-1]
        self._keys, self._counts, self._payloads, self._bytes = [], [], [], 0
        if self.on_flush is not None:
            self.on_flush()

    def _pairs_of(self, first: str, last: str) -> bytes:
        """Return the leaves of the pairs that begin with a word from one to another."""
        start = max(0, bisect_right(self._first_pairs, f"{first} ") - 1)
        end = bisect_left(self._first_pairs, f"{last}!")
        data = json_bytes(node(self._pairs[start:end]))
        return integers([len(data)]) + data


# Not methods: whoever writes for leaves and is known to them would never be let go, because the
# collector of cycles is off.
def _facets_of(beside: Beside | None, numbers: Sequence[int]) -> tuple[bytes, bytes]:
    """Return the facets of documents, and apart from them their years."""
    columns = beside.rows.at(numbers) if beside else {}
    years = columns.pop(YEARS, ())
    written = list(map(integers, columns.values()))
    return integers(list(map(len, written))) + b"".join(written), integers(years)


def _write_facets(shards: ShardFolder, beside: Beside | None, numbers: Sequence[int]) -> str:
    return "".join(shards.write(_FACETS, part) for part in _facets_of(beside, numbers))


def _write_hits(shards: ShardFolder, beside: Beside | None, numbers: Sequence[int]) -> str:
    unique = sorted(set(numbers))
    distances = list(map(sub, unique, [0, *unique]))
    rows = beside.shown.rows(unique) if beside else b""
    # As JSON has it, and faster.
    listed = f"{distances}".replace(" ", "").encode()
    return shards.write(_SHOWN, b"[%s,%s]" % (listed, rows))


def _weight(key: str, size: int) -> int:
    """Return about how many bytes an entry of so many has when it is deflated."""
    # Numbers follow each other, and so do the documents that have them.
    return size // _NUMBERS_SHRINK if size < _SHORT_ENTRY and has_digit(key) else size


def _parting(last: str, key: str) -> str:
    """Return the beginning of a key that is enough to know it from the one before."""
    if not last:
        return key
    same = next(
        (at for at, (one, other) in enumerate(zip(last, key, strict=False)) if one != other),
        len(last),
    )
    return key[: same + 1]


def _united(lists: Sequence[Sequence[int]]) -> list[int]:
    # Joined, they are runs for the sort to merge: faster than a set.
    return list(dict.fromkeys(sorted(chain.from_iterable(lists))))


def forms(key: str, variants: Sequence[Variant], most: Sequence[int | None] = _ALL) -> bytes:
    """Return the lists of a key: of each exact form its spelling, then a list a level.

    A list is how many documents it has, then their steps; of each level the first ``most``.
    """
    bare = key.partition(":")[2] if ":" in key else key
    result = [integer(len(variants))]
    for exact, levels in variants:
        spelled = b"" if exact == bare else exact.encode()
        result += (integer(len(spelled)), spelled)
        # Fields have one level.
        for numbers, first in zip(levels, most, strict=False):
            result.append(integer(len(numbers)))
            if numbers and first != 0:
                result.append(steps(numbers[:first]))
    return b"".join(result)
