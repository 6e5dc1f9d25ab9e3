"""Spans: leaves of the index before, taken where everything they were made of is the same.

A span is a leaf with what stands beside it, and the frequent words before and in it. Which entries
a leaf has follows from the keys from its first one on, so whoever finds a leaf's first key again,
with the same entries behind it, would write the same leaf, up to the key that begins the next.

Invariant: with spans or without, the same files are written.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from archive.kept_objects import packed, unpacked
from search.compiled.files import Child, ShardFolder
from search.compiled.leaves import Leaves
from search.compiled.shown import Shown

File = tuple[str, bytes]
"""Path of a file and digest of what is in it."""

Extra = tuple[str, int]
"""A key and a count that somebody else needs of an entry."""


@dataclass(frozen=True)
class Span:
    """A leaf, and what else was written since the one before.

    Attributes:
        first: Its first key.
        before: The last key of the leaf before.
        stop: The first key behind it, or empty at the end.
        last: The last key of its leaf.
        digest: Of all entries from ``first`` to ``stop``, both among them.
        children: First key and name of what was written.
        files: Paths of the shards, relative to the folder of the search, with their digests.
        shown: Documents of which it is written what hits show.
        extras: What somebody else needs of its entries.
    """

    first: str
    before: str
    stop: str
    last: str
    digest: bytes
    children: tuple[Child, ...]
    files: tuple[File, ...]
    shown: tuple[int, ...]
    extras: tuple[Extra, ...]


@dataclass(frozen=True)
class NotedShards(ShardFolder):
    """Shards that are noted as they are written.

    Attributes:
        files: Their paths, relative to the folder of the search, with the digests of the files.
    """

    files: list[File] = field(default_factory=list)

    @classmethod
    def of(cls, shards: ShardFolder) -> NotedShards:
        """Return the same folder, with notes."""
        return cls(shards.root, shards.spread, shards.before)

    def note(self, path: str, content: bytes) -> None:
        """Note a file that is written, or is there already."""
        self.files.append((path, _seal(content)))


class NotedShown(Shown):
    """What hits show, with a note of which documents were asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.numbers: list[int] = []

    def rows(self, numbers: Iterable[int]) -> bytes:
        """Return what hits show of some documents, and note these."""
        asked = list(numbers)
        self.numbers += asked
        return super().rows(asked)


class KeptSpans:
    """The spans of one range of keys, of the index before and of the one that is written.

    Args:
        old: The spans of the index before, as :meth:`written` gave them; or None.
        changed: Documents of which hits show something else than before.
    """

    def __init__(self, old: bytes | None, changed: frozenset[int]) -> None:
        spans = [Span(*values) for values in unpacked(old)] if old is not None else []
        self._old = {span.first: span for span in spans}
        self._changed = changed
        self.new: list[Span] = []

    def written(self) -> bytes:
        """Return the spans that were written, to be kept."""
        return packed([tuple(vars(span).values()) for span in self.new])

    def find(self, first: str, before: str) -> Span | None:
        """Return the span that began with a key after another one, if all it shows is as it was."""
        span = self._old.get(first)
        if span is None or span.before != before or not self._changed.isdisjoint(span.shown):
            return None
        return span


class SpanWriter:
    """Writes the leaves of a range of keys span by span.

    Args:
        leaves: Writes leaves.
        shards: What these write to.
        shown: What hits show, if it stands beside them.
        kept: The spans.
        digest: Returns the digest of the entries from one key to another, both among them; to the
            end where that is empty.
    """

    def __init__(
        self,
        leaves: Leaves,
        shards: NotedShards,
        shown: NotedShown | None,
        kept: KeptSpans,
        digest: Callable[[str, str], bytes],
    ) -> None:
        self._leaves = leaves
        self._shards = shards
        self._shown = shown
        self._kept = kept
        self._digest = digest
        self._first = self._before = self._next = ""
        self._is_open = False
        self._marks = 0, 0, 0
        self._extras: list[Extra] = []
        leaves.on_flush = self._close

    def write(
        self,
        keys: Sequence[str],
        begins: Callable[[str], str],
        feed: Callable[[int], tuple[int, list[Extra]]],
    ) -> list[Extra]:
        """Write all leaves; return the extras of all entries.

        Args:
            keys: The keys of the entries, each as often as there are runs that have it.
            begins: Returns what keys that are fed together begin with.
            feed: Adds entries from a place on to the leaves, and returns the place behind them and
                extras; ends a leaf only if the first entry begins another, and adds none then.
        """
        at = 0
        while at < len(keys):
            key = begins(keys[at])
            if not self._is_open:
                same = self._same(key)
                if same is not None:
                    self._take(same)
                    at = bisect_left(keys, same.stop) if same.stop else len(keys)
                    continue
                self._open(key)
            self._next = key
            at, extras = feed(at)
            self._extras += extras
        self._next = ""
        self._leaves.finish()
        if self._is_open:
            self._close()
        # Else both would know each other, and never be let go: no cycles are looked for.
        self._leaves.on_flush = None
        return [extra for span in self._kept.new for extra in span.extras]

    def _open(self, first: str) -> None:
        self._first, self._before, self._is_open = first, self._leaves.last, True
        self._extras = []

    def _mark(self) -> None:
        shown = len(self._shown.numbers) if self._shown else 0
        self._marks = len(self._leaves.children), len(self._shards.files), shown

    def _close(self) -> None:
        """Note the span that ends here; the next key begins another."""
        children, files, shown = self._marks
        span = Span(
            first=self._first,
            before=self._before,
            stop=self._next,
            last=self._leaves.last,
            digest=self._digest(self._first, self._next),
            children=tuple(self._leaves.children[children:]),
            files=tuple(dict.fromkeys(self._shards.files[files:])),
            shown=tuple(sorted(set(self._shown.numbers[shown:]))) if self._shown else (),
            extras=tuple(self._extras),
        )
        self._kept.new.append(span)
        self._is_open = False
        self._mark()

    def _same(self, first: str) -> Span | None:
        """Return the span that begins with a key, if it would be written as it was; link it."""
        span = self._kept.find(first, self._leaves.last)
        if span is None or span.digest != self._digest(first, span.stop):
            return None
        return span if _link(self._shards, span.files) else None

    def _take(self, span: Span) -> None:
        self._leaves.take(span.last, span.children)
        self._kept.new.append(span)
        self._mark()


def _link(shards: ShardFolder, files: Sequence[File]) -> bool:
    """Bring files of the older search into the new one if all are what they were; say whether.

    Raises:
        OSError: The disk refused.
    """
    before = shards.before
    # None is linked before all are looked at: what is left of a span would be in the way of it.
    if before is None or not all(_is_same(shards, before, *file) for file in files):
        return False
    for path, _digest in files:
        old, new = f"{before}/{path}", Path(f"{shards.root}/{path}")
        if not new.exists():
            new.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(old, new)
            except OSError:
                shutil.copyfile(old, new)
    return True


def _is_same(shards: ShardFolder, before: Path, path: str, seal: bytes) -> bool:
    """Say whether a file of the older search is what it was, and nothing else in its place."""
    try:
        if _seal(Path(f"{before}/{path}").read_bytes()) != seal:
            return False
        new = Path(f"{shards.root}/{path}")
        return not new.exists() or _seal(new.read_bytes()) == seal
    except OSError:
        return False


def _seal(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()
