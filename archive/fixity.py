"""Compare every byte of the store with what was recorded when it was stored.

Everything is read: masters and descriptions of all versions, every inventory and sidecar, the
declarations. Problems are collected, never raised, and an object with a damaged inventory is
still checked as far as another copy of the inventory allows. Memory stays flat: one object is
held at a time.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath

from archive.digests import digest_file
from archive.ocfl import (
    INVENTORY_NAME,
    OBJECT_DECLARATION,
    OBJECT_DECLARATION_BYTES,
    SIDECAR_NAME,
    Inventory,
    highest_version,
    parse_inventory,
    sidecar_bytes,
)
from archive.ocfl_commit import is_under_way
from archive.ocfl_root import ROOT_FILES, iter_objects, object_id, object_path
from archive.store import Store
from schemas.errors import RecordError

# A commit takes milliseconds; one that a crash left waits for recover, and is reported.
_TRIES = 3
_PAUSE_S = 0.2


class ProblemKind(StrEnum):
    """How stored bytes can differ from what was recorded."""

    MISSING = "missing"
    CHANGED = "changed"
    EXTRA = "extra"
    INVENTORY = "inventory"


@dataclass(frozen=True)
class Problem:
    """One difference between what is stored and what was recorded.

    Attributes:
        path: The file, relative to the store, POSIX form.
        kind: ``missing``, ``changed``, ``extra`` (nothing names it), or ``inventory`` (an
            inventory or sidecar is damaged or contradicts another one).
        expected: What was recorded: a digest, or a few words.
        found: What is there: a digest, or a few words.
    """

    path: str
    kind: ProblemKind
    expected: str
    found: str


@dataclass(frozen=True)
class AuditResult:
    """What the audit of one object found.

    Attributes:
        item_id: The item; empty for the storage root itself.
        files_checked: Files read.
        bytes_checked: Their length together.
        problems: Sorted by path.
    """

    item_id: str
    files_checked: int
    bytes_checked: int
    problems: tuple[Problem, ...]


@dataclass
class _Progress:
    report: Callable[[int, int], object] | None
    bytes_done: int = 0
    files_done: int = 0

    def add(self, *, bytes_read: int = 0, files_read: int = 0) -> None:
        self.bytes_done += bytes_read
        self.files_done += files_read
        if self.report is not None:
            self.report(self.bytes_done, self.files_done)


def iter_audit(
    store: Store, *, on_progress: Callable[[int, int], object] | None = None
) -> Iterator[AuditResult]:
    """Yield one result an object, and a last one for the storage root.

    Objects come in the order of the tree. A version that another process adds meanwhile is
    not taken for a problem.

    Args:
        store: What to check.
        on_progress: Called often, with the bytes and the files read so far.
    """
    progress = _Progress(on_progress)
    root = store.layout.store
    strays: list[Problem] = []
    for entry in iter_objects(root):
        if isinstance(entry, str):
            yield _audit_object(store, entry, progress)
        elif entry.is_unreadable:
            strays.append(Problem(entry.path, ProblemKind.MISSING, "a folder", entry.what))
        else:
            strays.append(Problem(entry.path, ProblemKind.EXTRA, "an object", entry.what))
    yield _audit_root(root, strays, progress)


def iter_missing(store: Store, item_ids: Iterable[str]) -> Iterator[AuditResult]:
    """Yield a result for each of ``item_ids`` that is not in the store at all.

    The store cannot know of an object whose whole folder was removed; the catalogue may.
    """
    for item_id in item_ids:
        if not store.has(item_id):
            problem = Problem(object_path(item_id), ProblemKind.MISSING, "an object", "nothing")
            yield AuditResult(item_id, 0, 0, (problem,))


def _audit_root(root: Path, strays: list[Problem], progress: _Progress) -> AuditResult:
    check = _Check(root, progress)
    for name, wanted in ROOT_FILES.items():
        check.small_file(name, wanted)
    problems = tuple(sorted(strays + check.problems, key=_by_path))
    return AuditResult("", check.files_read, check.bytes_read, problems)


def _audit_object(store: Store, item_id: str, progress: _Progress) -> AuditResult:
    """Audit one object; again if another process was committing to it in the middle."""
    path = store.folder_of(item_id) / INVENTORY_NAME
    for tries_left in reversed(range(_TRIES)):
        before = _bytes_or_none(path)
        check = _ObjectCheck(store.layout.store, progress)
        check.run(item_id)
        is_moving = is_under_way(store.layout, item_id) or _bytes_or_none(path) != before
        if not check.problems or not is_moving or not tries_left:
            break
        time.sleep(_PAUSE_S)
    problems = tuple(sorted(check.problems, key=_by_path))
    return AuditResult(item_id, check.files_read, check.bytes_read, problems)


@dataclass
class _Check:
    """Collects what was read and what was wrong."""

    root: Path
    progress: _Progress
    files_read: int = 0
    bytes_read: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: Path, kind: ProblemKind, expected: str, found: str) -> None:
        self.problems.append(Problem(path.relative_to(self.root).as_posix(), kind, expected, found))

    def read(self, path: Path, kind: ProblemKind) -> bytes | None:
        """Return a small file's bytes; None, and a problem, when it cannot be read."""
        try:
            if path.is_symlink():
                raise OSError("a link")
            data = path.read_bytes()
        except OSError as error:
            self.unreadable(path, kind, "a file", error)
            return None
        self.count(len(data))
        return data

    def unreadable(self, path: Path, kind: ProblemKind, expected: str, error: OSError) -> None:
        missing = isinstance(error, FileNotFoundError)
        self.add(path, ProblemKind.MISSING if missing else kind, expected, _words(error))

    def count(self, size_bytes: int) -> None:
        self.files_read += 1
        self.bytes_read += size_bytes
        self.progress.add(bytes_read=size_bytes, files_read=1)

    def small_file(self, name: str, wanted: bytes) -> None:
        data = self.read(self.root / name, ProblemKind.CHANGED)
        if data is not None and data != wanted:
            self.add(self.root / name, ProblemKind.CHANGED, _text(wanted), _text(data))


class _ObjectCheck(_Check):
    """The audit of one object."""

    def run(self, item_id: str) -> None:
        folder = self.root / object_path(item_id)
        known = {OBJECT_DECLARATION, INVENTORY_NAME, SIDECAR_NAME}
        self.small_file(f"{object_path(item_id)}/{OBJECT_DECLARATION}", OBJECT_DECLARATION_BYTES)
        inventory = self.inventories(folder, object_id(item_id), known)
        if inventory is not None:
            for digest, path in sorted(inventory.manifest.items(), key=lambda entry: entry[1]):
                known.add(path)
                self.content(folder / path, digest)
            self.extras(folder, known)

    def inventories(self, folder: Path, identifier: str, known: set[str]) -> Inventory | None:
        """Check every inventory; return the best one there is."""
        highest = folder / f"v{highest_version(folder)}"
        root_data, root_inventory = self.inventory(folder, identifier, twin=highest)
        head = root_inventory.head if root_inventory else highest_version(folder)
        best = root_inventory
        for number in range(head, 0, -1):
            version = folder / f"v{number}"
            known |= {f"v{number}/{name}" for name in (INVENTORY_NAME, SIDECAR_NAME)}
            twin = folder if number == head else None
            data, inventory = self.inventory(version, identifier, twin=twin)
            best = best or inventory
            if inventory is None or best is None:
                continue
            path = version / INVENTORY_NAME
            if number == head and root_inventory is not None and data != root_data:
                self.add(path, ProblemKind.INVENTORY, "as in the object's root", "other bytes")
            elif not _is_earlier(inventory, best, number):
                self.add(path, ProblemKind.INVENTORY, "part of the newest", "contradicts it")
        return best

    def inventory(
        self, folder: Path, identifier: str, *, twin: Path | None
    ) -> tuple[bytes | None, Inventory | None]:
        """Check one inventory and its sidecar; the inventory is None when not to be trusted.

        Args:
            folder: Where they are.
            identifier: The object id the inventory must have.
            twin: A folder whose inventory must have the same bytes. Where it has, a digest
                that differs is the sidecar's fault.
        """
        path, sidecar_path = folder / INVENTORY_NAME, folder / SIDECAR_NAME
        data = self.read(path, ProblemKind.INVENTORY)
        sidecar = self.read(sidecar_path, ProblemKind.INVENTORY)
        if data is None or sidecar is None:
            return data, None
        if sidecar != sidecar_bytes(data):
            is_as_twin = twin is not None and data == _bytes_or_none(twin / INVENTORY_NAME)
            self.add(
                sidecar_path if is_as_twin else path,
                ProblemKind.INVENTORY,
                hashlib.sha512(data).hexdigest() if is_as_twin else _text(sidecar),
                _text(sidecar) if is_as_twin else hashlib.sha512(data).hexdigest(),
            )
            return data, None
        try:
            inventory = parse_inventory(data, path)
        except RecordError as error:
            self.add(path, ProblemKind.INVENTORY, "an inventory", error.problem)
            return data, None
        if inventory.object_id != identifier:
            self.add(path, ProblemKind.INVENTORY, identifier, inventory.object_id)
            return data, None
        return data, inventory

    def content(self, path: Path, digest: str) -> None:
        try:
            if path.is_symlink():
                raise OSError("a link")
            found = digest_file(path, on_block=lambda n: self.progress.add(bytes_read=n))
        except OSError as error:
            self.unreadable(path, ProblemKind.CHANGED, digest, error)
            return
        self.files_read += 1
        self.bytes_read += found.size_bytes
        self.progress.add(files_read=1)
        if found.sha512 != digest:
            self.add(path, ProblemKind.CHANGED, digest, found.sha512)

    def extras(self, folder: Path, known: set[str]) -> None:
        folders = {str(parent) for name in known for parent in PurePosixPath(name).parents}
        for path in folder.rglob("*"):
            name = path.relative_to(folder).as_posix()
            is_folder = path.is_dir() and not path.is_symlink()
            if name not in (folders if is_folder else known):
                self.add(path, ProblemKind.EXTRA, "nothing", "a folder" if is_folder else "a file")


def _is_earlier(older: Inventory, newest: Inventory, number: int) -> bool:
    """Say whether ``older`` is what ``newest`` was at its version ``number``."""
    return (
        older.versions == newest.versions[:number]
        and older.manifest.items() <= newest.manifest.items()
        and older.sha256.items() <= newest.sha256.items()
    )


def _bytes_or_none(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _words(error: OSError) -> str:
    return error.strerror or str(error)


def _text(data: bytes) -> str:
    return data[:200].decode("utf-8", "replace").strip()


def _by_path(problem: Problem) -> tuple[str, str]:
    return problem.path, problem.kind
