"""The documents of a build in the order of their numbers, part by part.

What was made of a part may be kept from one build to the next. It is found by a digest of which
documents these are, and as what: where that is the same, none of them is read or analysed again.
Whoever keeps it sees to it that it is of this program, and whole.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import Protocol

from archive.kept_objects import packed as plainly_packed
from archive.kept_objects import unpacked as plainly_unpacked
from search.compiled.columns import Facts
from search.compiled.files import ShardFolder
from search.compiled.merge import NEW, OLD, Task
from search.compiled.packing import Sizes
from search.compiled.runs import ENDS, RUNS, SHOWN, WORDS, Part, packed, run_path, write_groups
from search.compiled.shown import displays_in
from search.documents import SearchDocument, order_key

_DISPLAYS = "displays"
_SEAL = 8


class Keeper(Protocol):
    """Keeps bytes by name and stamp; finds nothing that is not as it was put."""

    def get(self, item_id: str, stamp: bytes) -> bytes | None:
        """Return what was put under a name with the same stamp, or None."""

    def put(self, item_id: str, stamp: bytes, data: bytes) -> None:
        """Keep something under a name."""


@dataclass(frozen=True)
class ListedDocument:
    """A document that is not yet read.

    Attributes:
        order: What orders it among the others, as ``search.documents.order_key`` says.
        item_id: Its item.
        stamp: Digest of all that it says.
    """

    order: str
    item_id: str
    stamp: bytes


@dataclass(frozen=True)
class KnownDocuments:
    """Documents of which only those are read whose parts changed.

    Attributes:
        listed: All of them, in any order.
        read: Returns one.
        keeper: Keeps what is made of parts, or None.
    """

    listed: Iterable[ListedDocument]
    read: Callable[[ListedDocument], SearchDocument]
    keeper: Keeper | None = None


class Source:
    """The documents of one build.

    Args:
        documents: The documents, in any order.
        spill: A file for those that are read.

    Raises:
        ValueError: An item stands twice among them.
        OSError: The disk refused.
    """

    def __init__(self, documents: Iterable[SearchDocument] | KnownDocuments, spill: Path) -> None:
        self._spill = spill
        self._known = documents if isinstance(documents, KnownDocuments) else None
        self._listed: list[ListedDocument] = []
        self._offsets = array("q")
        if isinstance(documents, KnownDocuments):
            self._listed = sorted(documents.listed, key=attrgetter("order", "item_id"))
            _refuse_twins({one.item_id for one in self._listed}, len(self._listed))
        else:
            self._offsets = _spilled(documents, spill)

    def __len__(self) -> int:
        """Return how many documents there are."""
        return len(self._listed) if self._known else len(self._offsets)

    @property
    def is_known(self) -> bool:
        """Whether parts may be kept."""
        return self._known is not None

    @property
    def is_kept(self) -> bool:
        """Whether what is made of parts and leaves is kept for the next build."""
        return self._known is not None and self._known.keeper is not None

    def part(self, number: int, sizes: Sizes, folder: Path, ranges: Sequence[str]) -> Part:
        """Return a part; its documents are read by :meth:`spilled` where they are known."""
        start = number * sizes.part
        offsets = self._offsets[start : start + sizes.part]
        return Part(number, start, self._spill, offsets, folder, ranges)

    def restored(self, part: Part, shards: ShardFolder, sizes: Sizes) -> Facts | None:
        """Write what is kept of a part as if it were made; return what its columns have.

        Raises:
            OSError: The disk refused.
        """
        keeper = self._known.keeper if self._known is not None else None
        data = keeper.get(_name(part), self._stamp(part, sizes)) if keeper is not None else None
        if data is None:
            return None
        runs, facts = plainly_unpacked(data)
        of_kind = dict(zip(RUNS, runs, strict=True))
        for kind, content in of_kind.items():
            part.run(kind).write_bytes(content)
        shown = displays_in(of_kind[SHOWN], of_kind[ENDS])
        found: Facts = replace(facts, groups=write_groups(shown, shards, sizes))
        return found

    def spilled(self, part: Part, sizes: Sizes) -> Part:
        """Return a part whose documents are in its file."""
        if self._known is None:
            return part
        offsets = array("q")
        with self._spill.open("ab") as stream:
            for listed in self._documents(part, sizes):
                offsets.append(stream.tell())
                stream.write(packed(self._known.read(listed)))
        return replace(part, offsets=offsets)

    def keep(self, part: Part, facts: Facts, sizes: Sizes) -> None:
        """Keep what was made of a part."""
        if self._known is not None and self._known.keeper is not None:
            runs = [part.run(kind).read_bytes() for kind in RUNS]
            data = plainly_packed((runs, replace(facts, groups=[])))
            self._known.keeper.put(_name(part), self._stamp(part, sizes), data)

    def restore_spans(self, tasks: Sequence[Task], parts: int) -> frozenset[int]:
        """Write what is kept of leaves where it is looked for; return the documents that changed.

        These are those of which hits show something else than in the index before.
        """
        keeper = self._known.keeper if self._known is not None else None
        if keeper is None or not tasks:
            return frozenset()
        now = _displays(tasks[0].runs, parts)
        before = keeper.get(_DISPLAYS, _tree_stamp(tasks[0]))
        keeper.put(_DISPLAYS, _tree_stamp(tasks[0]), now)
        for task in tasks:
            spans = keeper.get(_spans_name(task), _spans_stamp(task))
            if spans is not None and before is not None and len(before) == len(now):
                task.spans(OLD).write_bytes(spans)
        if before is None or before == now:
            return frozenset()
        ends = range(0, len(now), _SEAL)
        return frozenset(
            number
            for number, at in enumerate(ends)
            if now[at : at + _SEAL] != before[at : at + _SEAL]
        )

    def keep_spans(self, tasks: Sequence[Task]) -> None:
        """Keep what was written of leaves for the next build."""
        keeper = self._known.keeper if self._known is not None else None
        for task in tasks if keeper is not None else ():
            new, old = task.spans(NEW).read_bytes(), task.spans(OLD)
            if keeper is not None and not (old.is_file() and old.read_bytes() == new):
                keeper.put(_spans_name(task), _spans_stamp(task), new)

    def _documents(self, part: Part, sizes: Sizes) -> Sequence[ListedDocument]:
        return self._listed[part.start : part.start + sizes.part]

    def _stamp(self, part: Part, sizes: Sizes) -> bytes:
        """Return the digest of what the runs of a part are made from."""
        said = (sys.byteorder, part.start, sizes, tuple(part.ranges))
        digest = hashlib.blake2b(repr(said).encode(), digest_size=16)
        for document in self._documents(part, sizes):
            digest.update(f"{len(document.item_id)} {document.item_id}".encode() + document.stamp)
        return digest.digest()


def _displays(folder: Path, parts: int) -> bytes:
    """Return a digest of what hits show of each document, one after the other."""
    found: list[bytes] = []
    for part in range(parts):
        shown = run_path(folder, SHOWN, part).read_bytes()
        ends = run_path(folder, ENDS, part).read_bytes()
        for row, titles in displays_in(shown, ends):
            found.append(hashlib.blake2b(b"%s\n%s" % (row, titles), digest_size=_SEAL).digest())
    return b"".join(found)


def _tree_stamp(task: Task) -> bytes:
    """Return the digest of what the leaves of all kinds are made from besides their entries."""
    said = (sys.byteorder, task.sizes, task.documents, tuple(task.ranges))
    return hashlib.blake2b(repr(said).encode(), digest_size=16).digest()


def _spans_stamp(task: Task) -> bytes:
    columns = task.columns.read_bytes() if task.kind == WORDS else b""
    return hashlib.blake2b(_tree_stamp(task) + columns, digest_size=16).digest()


def _spans_name(task: Task) -> str:
    return f"spans {task.kind} {task.key_range}"


def _name(part: Part) -> str:
    return f"part {part.number}"


def _spilled(documents: Iterable[SearchDocument], spill: Path) -> array[int]:
    """Write the documents to a file; return where each stands, in the order of their numbers."""
    keys: list[tuple[str, int]] = []
    items: set[str] = set()
    with spill.open("wb") as stream:
        for document in documents:
            keys.append((order_key(document), stream.tell()))
            items.add(document.item_id)
            stream.write(packed(document))
    _refuse_twins(items, len(keys))
    keys.sort()
    return array("q", (offset for _key, offset in keys))


def _refuse_twins(items: set[str], documents: int) -> None:
    if len(items) != documents:
        raise ValueError("an item stands twice among the documents")
