"""What an engine must do for the index, and nothing more: map keys to documents.

An engine neither analyses nor ranks: ``search.keys`` gives it the keys of each document,
``search.lookup`` asks for the documents of keys, ``search.scoring`` ranks them. So every engine
gives the same answers, and one that passes ``tests/search/test_engines.py`` can be added.

Invariant: a write is seen whole or not at all, also by a process that opens the index after the
writer was killed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from archive.refusals import why_refused
from schemas.errors import (
    DependencyError,
    RecordError,
    SourceError,
    StoreBusyError,
    StoreWriteError,
)
from schemas.messages import _
from search.docsets import Docs
from search.documents import SearchDocument


class Snapshot(Protocol):
    """What an index holds at one moment; later writes do not change it.

    A document is known by its *number*, which means something within one snapshot only; numbers
    begin at 0 and leave gaps only where documents were taken out. Damaged files may raise any
    exception.
    """

    is_for_many: bool
    """Whether the engine is for very many documents: to ask for one beginning of keys takes some
    microseconds, however many there are, and numpy is there to count with."""

    @property
    def document_count(self) -> int:
        """How many documents there are."""

    def living(self) -> Docs:
        """Return all documents."""

    def having(self, key: str) -> Sequence[int] | Docs:
        """Return the documents that have ``key``: as a set, if the engine keeps it as one.

        Otherwise their numbers, in no order, none twice.
        """

    def keys(self, prefix: str) -> Iterable[str]:
        """Return the keys that begin with ``prefix``, in no order, none twice.

        A key whose documents were all taken out may still be among them. Keys of pairs
        (``search.keys.PAIR``) need not be.
        """

    def paired(self) -> Iterable[int]:
        """Yield the numbers of the documents of the pairs that ``keys`` leaves out; slow."""

    def counts(self, prefix: str) -> Iterable[tuple[str, int]]:
        """Return the keys that begin with ``prefix``, each with how many documents have it."""

    def most(self, prefix: str) -> int:
        """Return a number that the documents with keys that begin with ``prefix`` do not exceed.

        It may be above theirs, for documents with several of the keys and those taken out.
        """

    def order(self, number: int) -> str:
        """Return what orders a document among equals."""

    def in_order(self) -> Sequence[int]:
        """Return the numbers of all documents by what orders them."""

    def added(self, number: int) -> str:
        """Return when a document's item came into the archive, or empty."""

    def stored(self, number: int) -> tuple[str, str]:
        """Return the item id of a document and the JSON of what a hit shows."""

    def close(self) -> None:
        """Let go of the files."""


class Engine(Protocol):
    """An index in one folder, as one engine keeps it.

    For use by one thread, but one may write while another asks.
    """

    def snapshot(self) -> Snapshot:
        """Return what the index holds now: the same object as before if nothing was written."""

    def replace_all(self, documents: Iterable[SearchDocument], *, jobs: int) -> int:
        """Put ``documents`` in the place of everything, in one step; return how many they are.

        Args:
            documents: Read one after another.
            jobs: Processes that may work, at least 1.

        Raises:
            ValueError: An item stands twice in ``documents``.
            StoreBusyError: Another process is writing to the index.
            StoreWriteError: The disk refused a write.
        """

    def update(self, documents: Iterable[SearchDocument], removed: Iterable[str]) -> int:
        """Add ``documents``, each in the place of its item's, and take out others, in one step.

        Args:
            documents: Read one after another.
            removed: Item ids; read after the documents. Those not there are passed over.

        Returns:
            How many documents were added.

        Raises:
            ValueError: An item stands twice in ``documents``.
            StoreBusyError: Another process is writing to the index.
            StoreWriteError: The disk refused a write.
        """

    def close(self) -> None:
        """Let go of the files."""


class EngineKind(Protocol):
    """One kind of engine: how its indexes are opened and made."""

    def open(self, folder: Path) -> Engine:
        """Return the index in ``folder``.

        Raises:
            DependencyError: The engine is an extra that is not installed.
            SourceError: There is none of this kind and version.
            RecordError: It is damaged.
        """

    def create(self, folder: Path) -> Engine:
        """Make an empty index in ``folder``, which exists; files of older ones go.

        Raises:
            DependencyError: The engine is an extra that is not installed.
            OSError: The folder cannot be written.
        """

    def discard(self, folder: Path) -> None:
        """Remove every index of this kind from ``folder``, and nothing else.

        Raises:
            OSError: A file cannot be removed.
        """


def once_each(documents: Iterable[SearchDocument]) -> Iterator[SearchDocument]:
    """Yield ``documents``.

    Raises:
        ValueError: An item stands twice among them.
    """
    seen: set[str] = set()
    for document in documents:
        if document.item_id in seen:
            raise ValueError(f"item {document.item_id!r} stands twice among the documents")
        seen.add(document.item_id)
        yield document


def missing_index(folder: Path) -> SourceError:
    """Return the error for a folder without an index."""
    return SourceError(
        _("There is no search index of this version."), remedy=_remedy(), path=folder
    )


def damaged_index(error: Exception, folder: Path) -> RecordError:
    """Return the error for an index whose files are not in order."""
    return RecordError(
        _("The search index is damaged: {reason}.").format(reason=error or type(error).__name__),
        remedy=_remedy(),
        path=folder,
    )


def busy_index(folder: Path) -> StoreBusyError:
    """Return the error for an index that another process is writing to."""
    return StoreBusyError(
        _("Another process is writing to the search index."),
        remedy=_("Wait until it has finished, then try again."),
        path=folder,
    )


def unwritable_index(error: OSError, folder: Path) -> StoreWriteError:
    """Return the error for a disk that refuses."""
    return StoreWriteError(
        _("The search index cannot be written: {reason}.").format(reason=why_refused(error)),
        remedy=_("Make room or give yourself the right to write, then run: hoaban rebuild"),
        path=folder,
    )


def lost_process() -> DependencyError:
    """Return the error for a process that helped to build an index and ended by itself."""
    return DependencyError(
        _("A process that was building the search index has ended."),
        remedy=_("Try again with fewer at once: jobs = 1 in hoaban.toml"),
    )


def _remedy() -> str:
    return _("Make it again: hoaban rebuild")
