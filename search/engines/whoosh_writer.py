"""Writing keys to Whoosh, several times faster than through its general writer.

Whoosh's own way takes a tuple for every posting, sorts and merges them all, and computes lengths
and weights that mere existence does not have. Here the lists of a segment grow in memory, and each
is written at once. What is written is Whoosh's own format, which all its lines read.

Pairs of words are by far the most keys, and most of them stand in one document, so that each would
cost more than its use. They are kept under their first word instead: field ``pairs``, a posting for
each document with the words that follow there as its value.

Invariant: memory is bounded by ``_MOST_POSTINGS``, whatever the number of documents.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias, cast

from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3TermInfo
from whoosh.fields import COLUMN, ID, STORED, Schema
from whoosh.formats import Positions
from whoosh.index import create_in
from whoosh.system import pack_ushort
from whoosh.writing import SegmentWriter

from search.documents import SearchDocument
from search.engines.whoosh_lists import list_bytes
from search.keys import Entry, entry_for

# The number belongs to the schema below, to the keys and to the analysis: a change to any makes
# older indexes "missing", which the remedy mends.
NAME = "hoaban5"
# Of a segment that is being written; some 150 MB.
_MOST_POSTINGS = 5_000_000
# Field, term, its documents, and their values if it has some.
_List: TypeAlias = "tuple[str, bytes, array[int], list[bytes] | None]"
_Lists: TypeAlias = "defaultdict[str, array[int]]"


def new_index(folder: Path) -> Any:
    """Make an empty index in ``folder`` and return it."""
    pairs = ID()
    pairs.format = Positions()  # whatever it is called: a value of any length
    schema = Schema(
        item_id=ID(stored=True, unique=True),
        order=COLUMN(),
        added=COLUMN(),
        display=STORED,
        keys=ID(),
        pairs=pairs,
    )
    return create_in(str(folder), schema, indexname=NAME)


def build_segments(documents: Iterable[SearchDocument], folder: Path) -> None:
    """Write ``documents`` as segments of a new index in ``folder``."""
    folder.mkdir(parents=True)
    index = new_index(folder)
    writer = KeyWriter(index)
    try:
        for document in documents:
            if writer.is_full:
                writer.commit(merge=False)
                writer = KeyWriter(index)
            writer.add_entry(entry_for(document))
        writer.commit(merge=False)
    except BaseException:
        writer.cancel()
        raise


class KeyWriter(SegmentWriter):
    """A writer of one segment of keys."""

    def __init__(self, index: Any) -> None:
        super().__init__(index, codec=_KeyCodec())
        self._lists = _KeyPool()
        self.pool = cast(Any, self._lists)

    @property
    def is_full(self) -> bool:
        """Say whether the segment should be committed."""
        return self._lists.count >= _MOST_POSTINGS

    def add_entry(self, entry: Entry) -> None:
        """Add one document."""
        number = self.docnum
        self.add_document(
            item_id=entry.item_id,
            order=entry.order.encode(),
            added=entry.added.encode(),
            display=entry.display,
        )
        self._lists.add_entry(number, entry)


class _KeyPool:
    """The lists of one segment, in the place of Whoosh's pool of postings.

    Documents come in rising order, those of merged segments last, so every list is sorted as it
    grows.

    Attributes:
        count: Postings that were added.
    """

    def __init__(self) -> None:
        self.fieldnames: set[str] = set()
        self.count = 0
        self._numbers: dict[str, _Lists] = {}
        self._values: defaultdict[str, list[bytes]] = defaultdict(list)

    def add_entry(self, number: int, entry: Entry) -> None:
        """Take the keys of one document."""
        lists = self._lists("keys")
        for key in entry.keys:
            lists[key].append(number)
        lists = self._lists("pairs")
        for first, seconds in entry.followers.items():
            lists[first].append(number)
            self._values[first].append(f" {' '.join(seconds)} ".encode())
        self.count += len(entry.keys) + len(entry.followers)

    def add(self, posting: tuple[str, bytes, int, float, bytes]) -> None:
        """Take one posting as Whoosh gives them, of another field or when it merges segments."""
        name, text, number, _weight, value = posting
        term = text.decode()
        self._lists(name)[term].append(number)
        if name == "pairs":
            self._values[term].append(value)
        self.count += 1

    def _lists(self, name: str) -> _Lists:
        lists = self._numbers.get(name)
        if lists is None:
            lists = self._numbers[name] = defaultdict(_no_documents)
        return lists

    def iter_postings(self) -> Iterator[_List]:
        """Yield the lists, sorted by field and term."""
        for name, lists in sorted(self._numbers.items()):
            for term in sorted(lists):
                values = self._values[term] if name == "pairs" else None
                yield name, term.encode(), lists[term], values

    def cleanup(self) -> None:
        """Free the memory."""
        self._numbers.clear()
        self._values.clear()


def _no_documents() -> array[int]:
    return array("I")


class _KeyCodec(W3Codec):
    """Whoosh's format, written by lists."""

    def field_writer(self, storage: Any, segment: Any) -> _ListWriter:
        """Return what writes the lists of a segment."""
        return _ListWriter(self, storage, segment)


class _ListWriter(W3FieldWriter):
    """Writes whole lists."""

    def add_postings(self, schema: Schema, _lengths: object, lists: Iterable[_List]) -> None:
        """Write all lists of a segment, which come sorted."""
        last, field_bytes = "", b""
        for name, text, numbers, values in lists:
            if name != last:
                self.start_field(name, schema[name])
                self.finish_field()
                last, field_bytes = name, pack_ushort(self._fieldid)
            written = list_bytes(numbers, values)
            count = len(numbers)
            info = W3TermInfo(count, count, None, 0, 1.0, numbers[0], numbers[-1])
            info.set_extent(self._postfile.tell(), len(written))
            self._postfile.write(written)
            self._tindex.add(field_bytes + text, info.to_bytes())
