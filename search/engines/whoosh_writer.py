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

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias, cast

from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3Segment, W3TermInfo
from whoosh.fields import COLUMN, ID, STORED, Schema
from whoosh.filedb.compound import CompoundStorage
from whoosh.formats import Positions
from whoosh.index import TOC, clean_files, create_in
from whoosh.system import pack_ushort
from whoosh.writing import SegmentWriter

from archive.digests import sha256_of
from search.documents import SearchDocument
from search.engines.whoosh_lists import list_bytes
from search.engines.workers import PARTS, Add
from search.keys import Entry, entry_for

# The number belongs to the schema below, to the keys and to the analysis: a change to any makes
# older indexes "missing", which the remedy mends.
NAME = "hoaban5"
# Of a segment that is being written; some 150 MB for all parts that one process may write.
_MOST_POSTINGS = 5_000_000 // PARTS
# Of the sha256 of a segment, in its name: as long as the names that Whoosh makes up.
_NAME_DIGITS = 16
_FIRST = 1
# Field, term, its documents, and their values if it has some.
_List: TypeAlias = "tuple[str, bytes, array[int], list[bytes] | None]"
_Lists: TypeAlias = "defaultdict[str, array[int]]"


def new_index(folder: Path) -> Any:
    """Make an empty index in ``folder`` and return it."""
    return create_in(str(folder), _schema(), indexname=NAME)


def _schema() -> Schema:
    pairs = ID()
    pairs.format = Positions()  # whatever it is called: a value of any length
    return Schema(
        item_id=ID(stored=True, unique=True),
        order=COLUMN(),
        added=COLUMN(),
        display=STORED,
        keys=ID(),
        pairs=pairs,
    )


@contextmanager
def new_part(folder: Path) -> Iterator[Add]:
    """Make a new index in ``folder``; documents added in the block are its segments.

    The same documents give the same segments, byte for byte.
    """
    folder.mkdir(parents=True)
    index = new_index(folder)
    writer = _PartWriter(index)

    def add(documents: Iterable[SearchDocument]) -> None:
        nonlocal writer
        for document in documents:
            if writer.is_full:
                writer.commit(merge=False)
                writer = _PartWriter(index)
            writer.add_entry(entry_for(document))

    try:
        yield add
        writer.commit(merge=False)
    except BaseException:
        # Whoosh has freed its lock when a commit fails, and then refuses; the error above counts.
        with suppress(Exception):
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


class _PartWriter(KeyWriter):
    """A writer of one segment of a whole build: the same documents give the same bytes.

    Whoosh names a segment by chance, and notes when its files were written and in whatever order
    the system lists them. Here the name is made from what is in the files, and there are no times.
    """

    def _assemble_segment(self) -> None:
        segment = self.get_segment()
        by_chance = segment.segment_id()
        files = sorted(segment.list_files(self.storage))
        content = hashlib.sha256()
        for file in files:
            digest = sha256_of(Path(self.storage.folder, file))
            content.update(f"{digest}  {file.removeprefix(by_chance)}\n".encode())
        segment.segid = content.hexdigest()[:_NAME_DIGITS]
        named = [segment.make_filename(file.removeprefix(by_chance)) for file in files]
        for file, name in zip(files, named, strict=True):
            self.storage.rename_file(file, name, safe=True)
        whole = segment.create_file(self.storage, segment.COMPOUND_EXT)
        CompoundStorage.assemble(whole, _Undated(self.storage), named)
        for name in named:
            self.storage.delete_file(name)
        segment.compound = True


class _Undated:
    """Whoosh's folder of files, but none says when it was written."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def file_modified(self, _name: str) -> float:
        """Return no time."""
        return 0.0


class Replacing(KeyWriter):
    """A writer that puts the segments of parts in the place of everything."""

    def replace_by(self, segments: Iterable[Any]) -> None:
        """Let the commit make ``segments``, whose files are here, the index."""
        self.mergetype = lambda _writer, _old: [_same(segment) for segment in segments]

    def _commit_toc(self, segments: list[Any]) -> None:
        # The next generation is the index as soon as it has its name. Then it is written once
        # more as the first, so that its name and number tell nothing of earlier ones; a process
        # killed in between leaves both, which say the same. Where Windows keeps a first that
        # another process reads, the commit is done without.
        self._write_toc(segments, self.generation)
        if not self.storage.file_exists(TOC._filename(NAME, _FIRST)):
            self._write_toc(segments, _FIRST)

    def _write_toc(self, segments: list[Any], generation: int) -> None:
        TOC(_schema(), segments, generation).write(self.storage, NAME)
        clean_files(self.storage, NAME, generation, segments)


def _same(segment: Any) -> Any:
    """Return a segment as if it had just been made: pickled, it is the same bytes."""
    same = W3Segment(_KeyCodec(), NAME, segment.doc_count_all(), segment.segid)
    same.compound = segment.compound
    return same


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
            self._values[first].append(f" {' '.join(sorted(seconds))} ".encode())
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
