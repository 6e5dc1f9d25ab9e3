"""The files of a site that is being written, beside the one that readers see.

Nothing here is synced to disk, because the site can be made again from the archive at any time.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.digests import sha256_of
from archive.site.sight import Sight
from archive.site.smaller import NamedFile
from schemas.records import json_bytes

CLUSTER_BYTES = 128 * 1024
"""What a file takes at least on a stick: the largest usual cluster of exFAT and FAT32."""

NO_INODES = (0, 0xFFFFFFFF)
"""What disks without inode numbers, as some in a network, give for every file."""

_JUNCTION = 0xA0000003
"""IO_REPARSE_TAG_MOUNT_POINT of Windows."""

# Windows would write line ends in its own way without being told.
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


@dataclass
class Claims:
    """What of a twin of the site before belongs to the new site; of any other tree nothing.

    Attributes:
        paths: The files, but those of images.
        rewritten: Files that are perhaps not what they are in the site before, or in the twin.
        removed: Files of images that are no longer there.
        images: Folders that have the files of a folder of derivatives, by their paths.
    """

    paths: set[str] = field(default_factory=set)
    rewritten: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    images: dict[str, str] = field(default_factory=dict)

    def add(self, other: Claims) -> None:
        """Add what others claimed."""
        self.paths |= other.paths
        self.rewritten |= other.rewritten
        self.removed |= other.removed
        self.images |= other.images


@dataclass
class Counts:
    """What was written of a site.

    Attributes:
        pages: HTML pages.
        files: Files written or linked.
        size_bytes: Bytes of all files, linked images included.
        disk_bytes: Bytes they take on a stick, each in whole clusters.
        copies: Files that had to be copied because they could not be linked.
        claims: What of a twin belongs to the site.
    """

    pages: int = 0
    files: int = 0
    size_bytes: int = 0
    disk_bytes: int = 0
    copies: int = 0
    claims: Claims = field(default_factory=Claims)

    def add(self, other: Counts) -> None:
        """Add what others wrote."""
        self.pages += other.pages
        self.files += other.files
        self.size_bytes += other.size_bytes
        self.disk_bytes += other.disk_bytes
        self.copies += other.copies
        self.claims.add(other.claims)


class SiteTree:
    """A site that is being written.

    A file that is the same in the site before is hard-linked from there, so that it stays the same
    for whoever copies only what changed; where there are no links it is copied with its times.

    A twin of the site before has all its files already: only what changes is touched in it, and
    never a file that it has in common with that site is written to. What nobody claims is removed
    at the end (:mod:`archive.site.changes`), so until then it is no proof that a file stands there.

    Attributes:
        root: Its folder.
        before: The site before, or None.
        sight: If it began as a twin of the site before, what was seen in both; else None.
        counts: What was written so far.
    """

    def __init__(self, root: Path, before: Path | None = None, sight: Sight | None = None) -> None:
        self.root = root
        self.before = before
        self.sight = sight
        self.counts = Counts()
        self._root = str(root)
        self._folders: set[str] = set()

    @property
    def is_twin(self) -> bool:
        """Whether it began as a twin of the site before."""
        return self.sight is not None

    def write(self, path: str, content: bytes) -> None:
        """Write a file; ``path`` is relative to the root and its folders are made."""
        target = self._target(path)
        if self.before is None or not _holds(old := f"{self.before}/{path}", content):
            write_new(target, content)
            self._claim(path, is_rewritten=True)
        else:
            is_there = self.is_twin and _are_one_file(old, target)
            if not is_there:
                Path(target).unlink(missing_ok=True)
                self._link(old, target)
            self._claim(path, is_rewritten=not is_there)
        self._count(len(content))

    def keep(self, path: str, size_bytes: int) -> None:
        """Take a file of the site before as it is, ``size_bytes`` long."""
        if self.sight is None:
            self._link(f"{self.before}/{path}", self._target(path))
        else:
            is_there = self.sight.is_sure(path)
            if not is_there:
                old, target = f"{self.before}/{path}", self._target(path)
                is_there = _are_one_file(old, target)
                if not is_there:
                    # Programs that copy an archive may make two files of one.
                    Path(target).unlink(missing_ok=True)
                    self._link(old, target)
            self._claim(path, is_rewritten=not is_there)
        self._count(size_bytes)
        self.counts.pages += path.endswith(".html")

    def keep_sure(self, paths: Sequence[str], sizes: Sequence[int]) -> None:
        """Take files of a twin as they are, of which it is sure that they are the site's."""
        self.counts.claims.paths.update(paths)
        for size_bytes in sizes:
            self._count(size_bytes)
        self.counts.pages += sum(path.endswith(".html") for path in paths)

    def has(self, path: str) -> bool:
        """Say whether a file, but for those of images, was written or kept so far."""
        if self.is_twin and path not in self.counts.claims.paths:
            return False
        return os.path.isfile(f"{self._root}/{path}")  # noqa: PTH113  (many thousand times)

    def write_chunks(self, path: str, chunks: Iterable[bytes]) -> int:
        """Write a file that need not fit into memory; return its size in bytes."""
        with self.new_file(path).open("xb") as file:
            size_bytes = sum(file.write(chunk) for chunk in chunks)
        self._claim(path, is_rewritten=True)
        self._count(size_bytes)
        return size_bytes

    def new_file(self, path: str) -> Path:
        """Return where others write a file; nothing stands there."""
        target = Path(self._target(path))
        target.unlink(missing_ok=True)
        return target

    def new_folder(self, path: str) -> Path:
        """Return a new folder, in which others write."""
        folder = self.root / path
        if self.is_twin and folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        return folder

    def write_page(self, path: str, html: str) -> None:
        """Write an HTML page and count it."""
        self.write(path, html.encode())
        self.counts.pages += 1

    def write_json(self, path: str, data: Any) -> None:
        """Write a JSON document."""
        self.write(path, json_bytes(data))

    def link_folder(self, source: Path, path: str) -> None:
        """Make every file of ``source`` appear under ``path``: hard-linked, else copied."""
        if self.is_twin:
            self.counts.claims.images[path] = str(source)
            self._mirror(str(source), path, is_top=True)
            return
        for name, entry in iter_files(source):
            self._bring(entry, f"{path}/{name}")

    def link_files(self, source: Path, path: str, files: Iterable[NamedFile]) -> None:
        """Make chosen files of ``source`` appear under ``path`` by other names, likewise."""
        for file in files:
            self._bring(source / file.source, f"{path}/{file.name}")

    def copy_folder(self, source: Path, path: str) -> None:
        """Copy every file of ``source`` under ``path``."""
        for name, entry in iter_files(source):
            self.write(f"{path}/{name}", entry.read_bytes())

    def count_folder(self, path: str) -> None:
        """Count the files that others wrote under ``path``."""
        for name, entry in iter_files(self.root / path):
            self._claim(f"{path}/{name}", is_rewritten=True)
            self._count(entry.stat().st_size)

    def count_file(self, path: str) -> None:
        """Count a file that others wrote at ``path``; one as before becomes the same file."""
        target = self.root / path
        size_bytes = target.stat().st_size
        old = None if self.before is None else self.before / path
        if old is None or not old.is_file() or not filecmp.cmp(old, target, shallow=False):
            self._claim(path, is_rewritten=True)
        else:
            target.unlink()
            self._link(old, str(target))
            self._claim(path, is_rewritten=True)
        self._count(size_bytes)

    def write_checksums(self, name: str) -> None:
        """Write the sha256 of every file as ``sha256sum`` does, so that copies can be checked."""
        lines = (f"{sha256_of(entry)}  {path}\n" for path, entry in iter_files(self.root))
        self.write(name, "".join(lines).encode())

    def _bring(self, source: Path, path: str) -> None:
        target = self._target(path)
        self._link(source, target)
        self._count(os.stat(target).st_size)  # noqa: PTH116  (many thousand times)

    def _mirror(self, source: str, path: str, *, is_top: bool = False) -> None:
        """Make a folder of a twin have exactly the files of another, each the same file.

        Other files in the top one are left to whoever claims them.
        """
        there = _entries(self._target(f"{path}/").removesuffix("/"))
        for name, entry in _entries(source).items():
            own = there.pop(name, None)
            if entry.is_dir(follow_symlinks=False):
                if own is not None and not is_folder(own):
                    # Never into what a link leads to.
                    Path(own.path).unlink()
                self._mirror(entry.path, f"{path}/{name}")
            elif entry.is_file(follow_symlinks=False):
                found = os.stat(entry.path)  # noqa: PTH116  (many thousand times)
                if own is None or not _is_file(own.path, found):
                    target = f"{self._root}/{path}/{name}"
                    Path(target).unlink(missing_ok=True)
                    self._link(entry.path, target)
                    self.counts.claims.rewritten.add(f"{path}/{name}")
                elif not _is_file(f"{self.before}/{path}/{name}", found):
                    # Somebody put another in its place, in the site.
                    self.counts.claims.rewritten.add(f"{path}/{name}")
                self._count(found.st_size)
        for name, own in there.items():
            if is_folder(own):
                inner = (inside for inside, _entry in iter_files(Path(own.path)))
                self.counts.claims.removed.update(f"{path}/{name}/{inside}" for inside in inner)
                shutil.rmtree(own.path)
            elif not is_top:
                self.counts.claims.removed.add(f"{path}/{name}")
                Path(own.path).unlink()

    def _link(self, source: Path | str, target: str) -> None:
        self.counts.copies += not _link_or_copy(source, target)

    def _claim(self, path: str, *, is_rewritten: bool = False) -> None:
        """Note that a file of a twin belongs to the site."""
        if self.is_twin:
            self.counts.claims.paths.add(path)
            if is_rewritten:
                self.counts.claims.rewritten.add(path)

    def _target(self, path: str) -> str:
        """Return where a file of the site goes; its folder is there then."""
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            _make_folder(f"{self._root}/{folder}")
            self._folders.add(folder)
        return f"{self._root}/{path}"

    def _count(self, size_bytes: int) -> None:
        self.counts.files += 1
        self.counts.size_bytes += size_bytes
        self.counts.disk_bytes += -(-size_bytes // CLUSTER_BYTES) * CLUSTER_BYTES


def _make_folder(path: str) -> None:
    """Make a folder, which may be there; nearly always the one above it is."""
    try:
        os.mkdir(path)  # noqa: PTH102  (many thousand times)
    except FileExistsError:
        return
    except FileNotFoundError:
        os.makedirs(path, exist_ok=True)  # noqa: PTH103


def _link_or_copy(source: Path | str, target: str) -> bool:
    """Link a file, else copy it; say whether it is linked."""
    try:
        os.link(source, target)
    except OSError:
        # FAT and exFAT have no links, other disks and some network shares refuse them. With its
        # times a copy counts as unchanged for programs that compare them.
        shutil.copy2(source, target)
        return False
    return True


def write_new(path: str, content: bytes) -> None:
    """Write a file that nobody looks for yet.

    One of that name is replaced: it may be a link to the file of the site before.
    """
    try:
        file = os.open(path, _NEW_FILE, 0o666)  # a third of what a file object takes
    except FileExistsError:
        os.unlink(path)  # noqa: PTH108
        file = os.open(path, _NEW_FILE, 0o666)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(file, view) :]
    finally:
        os.close(file)


def _holds(path: str, content: bytes) -> bool:
    """Say whether a file is there and holds exactly ``content``."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  (many thousand times)
            return os.fstat(file.fileno()).st_size == len(content) and file.readall() == content
    except OSError:
        return False


def _entries(folder: str) -> dict[str, os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return {entry.name: entry for entry in entries}


def is_folder(entry: Path | os.DirEntry[str]) -> bool:
    """Say whether something is a folder itself, not a link to one."""
    if entry.is_symlink() or not entry.is_dir():
        return False
    # For Python a junction of Windows is no link.
    return os.name != "nt" or getattr(os.lstat(entry), "st_reparse_tag", 0) != _JUNCTION


def _is_file(path: str, found: os.stat_result) -> bool:
    """Say whether at a path is a certain file."""
    try:
        own = os.stat(path, follow_symlinks=False)  # noqa: PTH116  (many thousand times)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return os.path.samestat(own, found) and own.st_ino not in NO_INODES


def _are_one_file(path: str, other: str) -> bool:
    """Say whether two paths are surely one file."""
    try:
        found = os.stat(path), os.stat(other, follow_symlinks=False)  # noqa: PTH116
    except OSError:
        return False
    return os.path.samestat(*found) and found[0].st_ino not in NO_INODES


def iter_files(folder: Path, prefix: str = "") -> Iterator[tuple[str, Path]]:
    """Yield the files below a folder, each with its path there, in order."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            yield from iter_files(Path(entry.path), f"{prefix}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            yield prefix + entry.name, Path(entry.path)
