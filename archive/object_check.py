"""The check of one object's files against its inventories, and what it can find.

Everything is read: content of all versions, every inventory and sidecar, the declaration. An
object with a damaged inventory is still checked as far as another copy of it allows.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

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
from archive.ocfl_root import object_id, object_path
from archive.pace import Pace
from schemas.errors import RecordError


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


@dataclass
class Check:
    """Collects what was read and what was wrong."""

    root: Path
    pace: Pace
    files_read: int = 0
    bytes_read: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: Path, kind: ProblemKind, expected: str, found: str) -> None:
        """Note a problem."""
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
        """Note that a file could not be read, or is missing."""
        missing = isinstance(error, FileNotFoundError)
        self.add(path, ProblemKind.MISSING if missing else kind, expected, _words(error))

    def count(self, size_bytes: int) -> None:
        """Count a small file that was read."""
        self.files_read += 1
        self.bytes_read += size_bytes
        self.pace.add(bytes_read=size_bytes, files_read=1)

    def small_file(self, name: str, wanted: bytes) -> None:
        """Compare a file with the only bytes it may have."""
        data = self.read(self.root / name, ProblemKind.CHANGED)
        if data is not None and data != wanted:
            self.add(self.root / name, ProblemKind.CHANGED, _text(wanted), _text(data))


class ObjectCheck(Check):
    """The audit of one object."""

    def run(self, item_id: str) -> None:
        """Check the object of ``item_id``."""
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
        root_data, root_inventory = self.inventory(
            folder, identifier, twin=lambda: folder / f"v{highest_version(folder)}"
        )
        head = root_inventory.head if root_inventory else highest_version(folder)
        best = root_inventory
        for number in range(head, 0, -1):
            version = folder / f"v{number}"
            known |= {f"v{number}/{name}" for name in (INVENTORY_NAME, SIDECAR_NAME)}
            twin = (lambda: folder) if number == head else None
            known_as = (root_data, root_inventory) if root_inventory else None
            data, inventory = self.inventory(version, identifier, twin=twin, known_as=known_as)
            best = best or inventory
            if inventory is None or best is None:
                continue
            path = version / INVENTORY_NAME
            if number == head and root_inventory is not None and data != root_data:
                self.add(path, ProblemKind.INVENTORY, "as in the object's root", "other bytes")
            elif not is_earlier(inventory, best, number):
                self.add(path, ProblemKind.INVENTORY, "part of the newest", "contradicts it")
        return best

    def inventory(
        self,
        folder: Path,
        identifier: str,
        *,
        twin: Callable[[], Path] | None,
        known_as: tuple[bytes | None, Inventory | None] | None = None,
    ) -> tuple[bytes | None, Inventory | None]:
        """Check one inventory and its sidecar; the inventory is None when not to be trusted.

        Args:
            folder: Where they are.
            identifier: The object id the inventory must have.
            twin: Gives a folder whose inventory must have the same bytes. Where it has, a
                digest that differs is the sidecar's fault.
            known_as: Bytes that were parsed and checked already, and what they say.
        """
        path, sidecar_path = folder / INVENTORY_NAME, folder / SIDECAR_NAME
        data = self.read(path, ProblemKind.INVENTORY)
        sidecar = self.read(sidecar_path, ProblemKind.INVENTORY)
        if data is None or sidecar is None:
            return data, None
        if sidecar != sidecar_bytes(data):
            is_as_twin = twin is not None and data == bytes_or_none(twin() / INVENTORY_NAME)
            self.add(
                sidecar_path if is_as_twin else path,
                ProblemKind.INVENTORY,
                hashlib.sha512(data).hexdigest() if is_as_twin else _text(sidecar),
                _text(sidecar) if is_as_twin else hashlib.sha512(data).hexdigest(),
            )
            return data, None
        if known_as is not None and data == known_as[0]:
            return known_as
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
        """Compare a content file with its digest."""
        try:
            if path.is_symlink():
                raise OSError("a link")
            found = digest_file(path, on_block=lambda n: self.pace.add(bytes_read=n))
        except OSError as error:
            self.unreadable(path, ProblemKind.CHANGED, digest, error)
            return
        self.files_read += 1
        self.bytes_read += found.size_bytes
        self.pace.add(files_read=1)
        if found.sha512 != digest:
            self.add(path, ProblemKind.CHANGED, digest, found.sha512)

    def extras(self, folder: Path, known: set[str]) -> None:
        """Note every file and folder that nothing names; links are files and not followed."""
        folders = {parent for name in known for parent in _parents(name)}
        waiting = [""]
        while waiting:
            above = waiting.pop()
            for entry in self._listed(folder / above):
                name, is_folder = above + entry.name, entry.is_dir(follow_symlinks=False)
                if name not in (folders if is_folder else known):
                    what = "a folder" if is_folder else "a file"
                    self.add(folder / name, ProblemKind.EXTRA, "nothing", what)
                if is_folder:
                    waiting.append(f"{name}/")

    def _listed(self, folder: Path) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return list(entries)
        except FileNotFoundError:
            return []  # what should be in it is missing, and told
        except OSError as error:
            self.unreadable(folder, ProblemKind.CHANGED, "a folder", error)
            return []


def _parents(name: str) -> Iterator[str]:
    """Yield the folders above a path."""
    while cut := max(name.rfind("/"), 0):
        name = name[:cut]
        yield name


def is_earlier(older: Inventory, newest: Inventory, number: int) -> bool:
    """Say whether ``older`` is what ``newest`` was at its version ``number``."""
    return (
        older.versions == newest.versions[:number]
        and older.manifest.items() <= newest.manifest.items()
        and older.sha256.items() <= newest.sha256.items()
    )


def bytes_or_none(path: Path) -> bytes | None:
    """Return a small file's bytes; None when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def _words(error: OSError) -> str:
    return error.strerror or str(error)


def _text(data: bytes) -> str:
    return data[:200].decode("utf-8", "replace").strip()


def by_path(problem: Problem) -> tuple[str, str]:
    """Return the place of a problem in a sorted list."""
    return problem.path, problem.kind
