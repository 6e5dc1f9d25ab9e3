"""The check of one object's files against its inventories, and what it can find.

Everything is read: content of all versions, every inventory and sidecar, the declaration. An
object with a damaged inventory is still checked as far as another copy of it allows.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
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


class Check:
    """Collects what was read and what was wrong.

    Files are named by their POSIX path in the store: making path objects of them costs as much
    as reading small ones.

    Attributes:
        files_read: Files read so far.
        bytes_read: Their length together.
        problems: What is not as recorded, so far.
    """

    def __init__(self, root: Path, pace: Pace) -> None:
        """Begin with nothing.

        Args:
            root: The store.
            pace: Counts, holds back, or stops the reading.
        """
        self._root = f"{root}{os.sep}"
        self.pace = pace
        self.files_read = self.bytes_read = 0
        self.problems: list[Problem] = []

    def place(self, name: str) -> str:
        """Return where a file or folder of the store is."""
        return self._root + name.replace("/", os.sep)

    def is_link(self, name: str) -> bool:
        """Say whether a file is a link: nothing in a store is."""
        return Path(self.place(name)).is_symlink()

    def add(self, name: str, kind: ProblemKind, expected: str, found: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(name, kind, expected, found))

    def read(self, name: str, kind: ProblemKind) -> bytes | None:
        """Return a small file's bytes; None, and a problem, when it cannot be read."""
        try:
            if self.is_link(name):
                raise OSError("a link")
            with open(self.place(name), "rb", buffering=0) as file:  # noqa: PTH123 - as above
                data = file.readall()
        except OSError as error:
            self.unreadable(name, kind, "a file", error)
            return None
        self.files_read += 1
        self.bytes_read += len(data)
        self.pace.add(bytes_read=len(data), files_read=1)
        return data

    def unreadable(self, name: str, kind: ProblemKind, expected: str, error: OSError) -> None:
        """Note that a file could not be read, or is missing."""
        missing = isinstance(error, FileNotFoundError)
        self.add(name, ProblemKind.MISSING if missing else kind, expected, _words(error))

    def small_file(self, name: str, wanted: bytes) -> None:
        """Compare a file with the only bytes it may have."""
        data = self.read(name, ProblemKind.CHANGED)
        if data is not None and data != wanted:
            self.add(name, ProblemKind.CHANGED, _text(wanted), _text(data))


class ObjectCheck(Check):
    """The audit of one object."""

    def __init__(self, root: Path, pace: Pace, item_id: str) -> None:
        """Take the object of ``item_id`` in the store ``root``."""
        super().__init__(root, pace)
        self._identifier = object_id(item_id)
        self._folder = f"{object_path(item_id)}/"
        self._links: set[str] = set()

    def is_link(self, name: str) -> bool:
        """Say whether a file of the object was listed as a link."""
        return name in self._links

    def run(self) -> None:
        """Check the object."""
        # Listed once, before anything is read: the names say what is a link.
        listed = list(self._entries())
        known = {OBJECT_DECLARATION, INVENTORY_NAME, SIDECAR_NAME}
        self.small_file(self._folder + OBJECT_DECLARATION, OBJECT_DECLARATION_BYTES)
        inventory = self.inventories(known)
        if inventory is not None:
            for digest, path in sorted(inventory.manifest.items(), key=lambda entry: entry[1]):
                known.add(path)
                self.content(self._folder + path, digest)
            self.extras(listed, known)

    def inventories(self, known: set[str]) -> Inventory | None:
        """Check every inventory; return the best one there is."""
        root_data, root_inventory = self.inventory("", twin=lambda: f"v{self._highest()}/")
        head = root_inventory.head if root_inventory else self._highest()
        best = root_inventory
        for number in range(head, 0, -1):
            version = f"v{number}/"
            known |= {version + name for name in (INVENTORY_NAME, SIDECAR_NAME)}
            twin = (lambda: "") if number == head else None
            known_as = (root_data, root_inventory) if root_inventory else None
            data, inventory = self.inventory(version, twin=twin, known_as=known_as)
            best = best or inventory
            if inventory is None or best is None:
                continue
            name = self._folder + version + INVENTORY_NAME
            if number == head and root_inventory is not None and data != root_data:
                self.add(name, ProblemKind.INVENTORY, "as in the object's root", "other bytes")
            elif inventory is not best and not is_earlier(inventory, best, number):
                self.add(name, ProblemKind.INVENTORY, "part of the newest", "contradicts it")
        return best

    def inventory(
        self,
        folder: str,
        *,
        twin: Callable[[], str] | None,
        known_as: tuple[bytes | None, Inventory | None] | None = None,
    ) -> tuple[bytes | None, Inventory | None]:
        """Check one inventory and its sidecar; the inventory is None when not to be trusted.

        Args:
            folder: Where they are in the object: empty, or ``v1/``.
            twin: Gives a folder whose inventory must have the same bytes. Where it has, a
                digest that differs is the sidecar's fault.
            known_as: Bytes that were parsed and checked already, and what they say.
        """
        name, sidecar_name = (self._folder + folder + n for n in (INVENTORY_NAME, SIDECAR_NAME))
        data = self.read(name, ProblemKind.INVENTORY)
        sidecar = self.read(sidecar_name, ProblemKind.INVENTORY)
        if data is None or sidecar is None:
            return data, None
        if sidecar != sidecar_bytes(data):
            is_as_twin = twin is not None and data == bytes_or_none(
                Path(self.place(self._folder + twin() + INVENTORY_NAME))
            )
            self.add(
                sidecar_name if is_as_twin else name,
                ProblemKind.INVENTORY,
                hashlib.sha512(data).hexdigest() if is_as_twin else _text(sidecar),
                _text(sidecar) if is_as_twin else hashlib.sha512(data).hexdigest(),
            )
            return data, None
        if known_as is not None and data == known_as[0]:
            return known_as
        try:
            inventory = parse_inventory(data, Path(self.place(name)))
        except RecordError as error:
            self.add(name, ProblemKind.INVENTORY, "an inventory", error.problem)
            return data, None
        if inventory.object_id != self._identifier:
            self.add(name, ProblemKind.INVENTORY, self._identifier, inventory.object_id)
            return data, None
        return data, inventory

    def content(self, name: str, digest: str) -> None:
        """Compare a content file with its digest."""
        try:
            if self.is_link(name):
                raise OSError("a link")
            found = digest_file(self.place(name), on_block=self._count_block)
        except OSError as error:
            self.unreadable(name, ProblemKind.CHANGED, digest, error)
            return
        self.files_read += 1
        self.bytes_read += found.size_bytes
        self.pace.add(files_read=1)
        if found.sha512 != digest:
            self.add(name, ProblemKind.CHANGED, digest, found.sha512)

    def extras(self, listed: Iterable[tuple[str, bool]], known: set[str]) -> None:
        """Note every file and folder that nothing names; links are files and not followed."""
        folders = {parent for name in known for parent in _parents(name)}
        for name, is_folder in listed:
            if name not in (folders if is_folder else known):
                what = "a folder" if is_folder else "a file"
                self.add(self._folder + name, ProblemKind.EXTRA, "nothing", what)

    def _entries(self) -> Iterator[tuple[str, bool]]:
        """Yield every file and folder of the object, and whether it is a folder."""
        waiting = [""]
        while waiting:
            above = waiting.pop()
            for entry in self._listed(self._folder + above):
                name, is_folder = above + entry.name, entry.is_dir(follow_symlinks=False)
                if entry.is_symlink():
                    self._links.add(self._folder + name)
                if is_folder:
                    waiting.append(f"{name}/")
                yield name, is_folder

    def _listed(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self.place(folder)) as entries:
                return list(entries)
        except FileNotFoundError:
            return []  # what should be in it is missing, and told
        except OSError as error:
            self.unreadable(folder.rstrip("/"), ProblemKind.CHANGED, "a folder", error)
            return []

    def _count_block(self, size_bytes: int) -> None:
        self.pace.add(bytes_read=size_bytes)

    def _highest(self) -> int:
        return highest_version(Path(self.place(self._folder)))


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
