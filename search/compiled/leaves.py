"""Write sorted entries as leaves, with the shards that stand beside leaves of words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from schemas.vietnamese import toned_forms
from search.compiled.coding import Piece, integers, leaf, steps
from search.compiled.columns import YEARS
from search.compiled.files import HASH_SIGNS, Child, ShardFolder, is_boundary, json_bytes
from search.compiled.packing import Sizes
from search.compiled.runs import WORDS, Shown
from search.compiled.values import COMMON, at, write_counts
from search.scoring import BARE_WEIGHTS, EXACT_WEIGHTS, MARKED_WEIGHTS, TONELESS_WEIGHTS

HEAD = 64
"""Documents of each list that the head of a large entry keeps."""

FIRST_HITS = 24
"""Documents shown first of which is kept beside the leaf what hits show."""

FEWEST_SHOWN = 4
"""Documents of a word, or with a pair in their titles, from which on this is kept."""

_TAILS = "t"
_NO_PIECE = "-" * (1 + HASH_SIGNS)
_FACETS, _FACETS_OF_TAIL, _FIRST_SHOWN = "g", "h", "b"
_FACETS_IN_PIECE = 2400
_HITS_IN_PIECE = 160
_FIRST_OF_PAIR = 20
_TITLED = 10
_KEY_BYTES = 4

Block = tuple[int, Sequence[int]]
"""Documents of which is kept what hits show, and the first of those in order; see shown_of."""

Variant = tuple[str, Sequence[Sequence[int]]]
"""An exact form and its documents, a list a level."""


@dataclass(frozen=True)
class Beside:
    """What the shards beside the leaves are made of.

    Attributes:
        documents: How many there are.
        columns: Of each facet the place of the values of each document.
        shown: What hits show.
    """

    documents: int
    columns: Mapping[str, Sequence[int]]
    shown: Shown


class Leaves:
    """Parts entries into leaves where their keys say so, and writes them."""

    def __init__(
        self, kind: str, shards: ShardFolder, sizes: Sizes, beside: Beside | None = None
    ) -> None:
        self._kind = kind
        # A query has more words than pairs, and only a few of a leaf's words.
        is_halved = kind == WORDS and sizes.pieces
        self._half = sizes.leaf // 4 if is_halved else sizes.leaf // 2
        self._shards = shards
        self._sizes = sizes
        self._beside = beside
        self._keys: list[str] = []
        self._counts: list[int] = []
        self._payloads: list[bytes] = []
        self._bytes = 0
        self._children: list[Child] = []
        self._facets = _PieceWriter(_FACETS_IN_PIECE, self._write_facets, is_listed=False)
        self._hits = _PieceWriter(_HITS_IN_PIECE, self._write_hits, is_listed=True)
        self.last_count = 0

    def add(self, key: str, count: int, payload: bytes) -> None:
        """Add the next entry in the order of keys.

        Args:
            key: Its key.
            count: How many documents it is about.
            payload: Its bytes, as the kind of tree says.
        """
        weight = len(payload) + _KEY_BYTES
        if self._keys and self._bytes + weight > self._half:
            self._flush_before(key, weight)
        self._keys.append(key)
        self._counts.append(count)
        self._payloads.append(payload)
        self._bytes += weight

    def _flush_before(self, key: str, weight: int) -> None:
        half = self._half
        is_full = self._bytes >= half and is_boundary(key, half, weight)
        if is_full or self._bytes + weight > 3 * half:
            self._flush()

    def _add_with(
        self,
        key: str,
        count: int,
        payload: bytes,
        faceted: Sequence[int],
        shown: Sequence[Block],
    ) -> None:
        # What stands beside an entry goes with the leaf the entry is in.
        if self._keys:
            self._flush_before(key, len(payload) + _KEY_BYTES)
        place = len(self._keys)
        self._facets.add(place, faceted)
        for first, block in shown:
            self._hits.add(place, block, first)
        self.add(key, count, payload)

    def add_pair(self, key: str, numbers: Sequence[int], titled: Sequence[int]) -> None:
        """Add a pair with what its first hits show, those that have it in their titles first."""
        shown = list(dict.fromkeys((*titled[:_FIRST_OF_PAIR], *numbers[:_FIRST_OF_PAIR])))
        blocks = [(0, shown[:_FIRST_OF_PAIR])] if self._beside else []
        self._add_with(key, len(numbers), steps(numbers), (), blocks)

    def add_forms(self, key: str, variants: Sequence[Variant]) -> None:
        """Add the lists of a key."""
        lists = [numbers for _exact, levels in variants for numbers in levels if numbers]
        union = lists[0] if len(lists) == 1 else _united(lists)
        count = self.last_count = len(union)
        payload = forms(key, variants)
        beside = self._beside
        faceted = union if beside and count * COMMON <= beside.documents else ()
        shown = (
            shown_of(key, variants, beside.documents) if beside and count >= FEWEST_SHOWN else ()
        )
        if len(payload) <= self._sizes.largest_entry:
            self._add_with(key, count, payload, faceted, shown)
            return
        names = self._shards.write(_TAILS, payload)
        if beside:
            names += write_counts(beside.columns, union, self._shards)
        if faceted:
            names += self._write_facets(faceted, _FACETS_OF_TAIL)
        head = integers([0, len(names)]) + names.encode() + forms(key, variants, HEAD)
        self._add_with(key, count, head, (), shown)

    def finish(self) -> list[Child]:
        """Return first key and name of every leaf."""
        if self._keys:
            self._flush()
        return self._children

    def _flush(self) -> None:
        beside = self._facets.finish(), self._hits.finish()
        payload = leaf(self._keys, self._counts, self._payloads, *beside)
        self._children.append((self._keys[0], self._shards.write(self._kind, payload)))
        self._keys, self._counts, self._payloads, self._bytes = [], [], [], 0

    def _write_facets(self, numbers: Sequence[int], kind: str = _FACETS) -> str:
        """Write the facets of documents, and apart from them their years; return both names."""
        columns = dict(self._beside.columns) if self._beside else {}
        years = columns.pop(YEARS, b"")
        written = [integers(at(column, numbers)) for column in columns.values()]
        sizes = integers([len(column) for column in written])
        name = self._shards.write(kind, sizes + b"".join(written))
        return name + self._shards.write(kind, integers(at(years, numbers)))

    def _write_hits(self, numbers: Sequence[int]) -> str:
        unique = sorted(set(numbers))
        texts = [self._beside.shown.text(number) for number in unique] if self._beside else []
        data = b"[%s,[%s]]" % (json_bytes(unique), b",".join(texts))
        return self._shards.write(_FIRST_SHOWN, data)


class _PieceWriter:
    """Parts what stands beside the entries of a leaf into pieces, and has them written."""

    def __init__(
        self, most: int, write: Callable[[Sequence[int]], str], *, is_listed: bool
    ) -> None:
        """Take how large a piece may be, how it is written, and which entries are listed.

        Args:
            most: Documents in a piece that is about more than one entry.
            write: Writes a piece about some documents; returns its name.
            is_listed: Whether every entry is listed, or only the first of each piece.
        """
        self._most = most
        self._write = write
        self._is_listed = is_listed
        self._entries: list[tuple[int, int, bool]] = []
        self._numbers: list[int] = []
        self._pieces: list[Piece] = []

    def add(self, place: int, numbers: Sequence[int], first: int = 0) -> None:
        """Add what stands beside the entry at a place of the leaf.

        Args:
            place: The place.
            numbers: The documents.
            first: Of a listed entry the first in order; if there is one but no documents, what
                follows it has no piece.
        """
        if not numbers and not first:
            return
        if self._numbers and len(self._numbers) + len(numbers) > self._most:
            self._cut()
        self._entries.append((place, first, bool(numbers)))
        self._numbers += numbers

    def finish(self) -> list[Piece]:
        """Return the pieces of a leaf, and be ready for the next."""
        if self._numbers:
            self._cut()
        pieces, self._pieces = self._pieces, []
        return pieces

    def _cut(self) -> None:
        name = self._write(self._numbers)
        listed = self._entries if self._is_listed else self._entries[:1]
        self._pieces += (
            (place, first, name if has_piece else _NO_PIECE) for place, first, has_piece in listed
        )
        self._entries, self._numbers = [], []


def _united(lists: Sequence[Sequence[int]]) -> list[int]:
    # Joined, they are runs for the sort to merge: faster than a set.
    return list(dict.fromkeys(sorted(chain.from_iterable(lists))))


def shown_of(key: str, variants: Sequence[Variant], documents: int) -> list[Block]:
    """Return the documents of a word of which is kept what hits show, block after block.

    The first block has those shown first for the word alone, and as many as fit of those that
    have it in their titles; the others have the rest of these, in order: the first hits of
    most queries with the word are among them. Of numbers and of words in many titles the rest
    is left out: the block that would have it is empty.
    """
    first = first_hits(key, variants)
    titled = _united([levels[0] for _exact, levels in variants])
    room = max(0, _HITS_IN_PIECE - len(first))
    blocks: list[Block] = [(0, sorted({*first, *titled[:room]}))]
    if len(titled) > room and not (is_of_letters(key) and len(titled) * _TITLED <= documents):
        return [*blocks, (titled[room], ())]
    for start in range(room, len(titled), _HITS_IN_PIECE):
        block = titled[start : start + _HITS_IN_PIECE]
        blocks.append((block[0], block))
    return blocks


def is_of_letters(form: str) -> bool:
    """Say whether a bare form is a word, and no number."""
    return len(form) > 1 and not any(character.isdecimal() for character in form)


def first_hits(key: str, variants: Sequence[Variant]) -> list[int]:
    """Return the documents shown first to who types a word alone, without marks or exactly so."""
    typed = [key, *(exact for exact, lists in variants if sum(map(len, lists)) >= FIRST_HITS)]
    found: list[int] = []
    for form in dict.fromkeys(typed):
        classes: dict[int, list[int]] = {}
        toned = toned_forms(form)
        for exact, levels in variants:
            weights = BARE_WEIGHTS
            if exact == form:
                weights = EXACT_WEIGHTS if form == key else MARKED_WEIGHTS
            elif exact in toned:
                weights = TONELESS_WEIGHTS
            for weight, numbers in zip(weights, levels, strict=True):
                classes.setdefault(weight, []).extend(numbers[:FIRST_HITS])
        first: dict[int, None] = {}
        for weight in sorted(classes, reverse=True):
            first |= dict.fromkeys(sorted(classes[weight]))
            if len(first) >= FIRST_HITS:
                break
        found += list(first)[:FIRST_HITS]
    return found


def forms(key: str, variants: Sequence[Variant], most: int | None = None) -> bytes:
    """Return the lists of a key: of each exact form its spelling, then a list a level.

    A list is how many documents it has, then their steps; of a head the first ``most``.
    """
    bare = key.partition(":")[2] if ":" in key else key
    result = [integers([len(variants)])]
    for exact, levels in variants:
        spelled = b"" if exact == bare else exact.encode()
        result += (integers([len(spelled)]), spelled)
        for numbers in levels:
            result.append(integers([len(numbers)]))
            if numbers:
                result.append(steps(numbers[:most]))
    return b"".join(result)
