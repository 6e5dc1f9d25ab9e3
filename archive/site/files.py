"""Writing the site: beside the old one, then in its place by a rename.

Invariant: whoever opens ``site/`` sees the old site or the new one, never a mix of both. Nothing
here is synced to disk, because the site can be made again from the archive at any time.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.digests import sha256_of
from archive.layout import Layout
from archive.site.smaller import NamedFile
from schemas.errors import StoreWriteError
from schemas.messages import _
from schemas.records import json_bytes

CLUSTER_BYTES = 128 * 1024
"""What a file takes at least on a stick: the largest usual cluster of exFAT and FAT32."""

_RENAME_TRIES = 6
# Windows would write line ends in its own way without being told.
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


@dataclass
class Counts:
    """What was written of a site.

    Attributes:
        pages: HTML pages.
        files: Files written or linked.
        size_bytes: Bytes of all files, linked images included.
        disk_bytes: Bytes they take on a stick, each in whole clusters.
    """

    pages: int = 0
    files: int = 0
    size_bytes: int = 0
    disk_bytes: int = 0

    def add(self, other: Counts) -> None:
        """Add what others wrote."""
        self.pages += other.pages
        self.files += other.files
        self.size_bytes += other.size_bytes
        self.disk_bytes += other.disk_bytes


class SiteTree:
    """A site that is being written.

    A file that is the same in the site before is hard-linked from there, so that it stays the same
    for whoever copies only what changed; where there are no links it is copied with its times.

    Attributes:
        root: Its folder.
        before: The site before, or None.
        counts: What was written so far.
    """

    def __init__(self, root: Path, before: Path | None = None) -> None:
        self.root = root
        self.before = before
        self.counts = Counts()
        self._root = str(root)
        self._folders: set[str] = set()

    def write(self, path: str, content: bytes) -> None:
        """Write a file; ``path`` is relative to the root and its folders are made."""
        target = self._target(path)
        if self.before is None or not _holds(old := f"{self.before}/{path}", content):
            write_new(target, content)
        else:
            Path(target).unlink(missing_ok=True)
            _link_or_copy(old, target)
        self._count(len(content))

    def keep(self, path: str, size_bytes: int) -> None:
        """Take a file of the site before as it is, ``size_bytes`` long."""
        _link_or_copy(f"{self.before}/{path}", self._target(path))
        self._count(size_bytes)
        self.counts.pages += path.endswith(".html")

    def write_chunks(self, path: str, chunks: Iterable[bytes]) -> int:
        """Write a file that need not fit into memory; return its size in bytes."""
        with Path(self._target(path)).open("wb") as file:
            size_bytes = sum(file.write(chunk) for chunk in chunks)
        self._count(size_bytes)
        return size_bytes

    def write_page(self, path: str, html: str) -> None:
        """Write an HTML page and count it."""
        self.write(path, html.encode())
        self.counts.pages += 1

    def write_json(self, path: str, data: Any) -> None:
        """Write a JSON document."""
        self.write(path, json_bytes(data))

    def link_folder(self, source: Path, path: str) -> None:
        """Make every file of ``source`` appear under ``path``: hard-linked, else copied."""
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
        for _name, entry in iter_files(self.root / path):
            self._count(entry.stat().st_size)

    def count_file(self, path: str) -> None:
        """Count a file that others wrote at ``path``."""
        self._count((self.root / path).stat().st_size)

    def write_checksums(self, name: str) -> None:
        """Write the sha256 of every file as ``sha256sum`` does, so that copies can be checked."""
        lines = (f"{sha256_of(entry)}  {path}\n" for path, entry in iter_files(self.root))
        self.write(name, "".join(lines).encode())

    def _bring(self, source: Path, path: str) -> None:
        target = self._target(path)
        _link_or_copy(source, target)
        self._count(os.stat(target).st_size)  # noqa: PTH116  (many thousand times)

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


@dataclass(frozen=True)
class SitePlace:
    """Where a site stands, and where it is while it is made.

    Attributes:
        site: The finished site.
        new: The one that is being written.
        old: The one before, for the moment between two renames.
    """

    site: Path
    new: Path
    old: Path

    @classmethod
    def of(cls, layout: Layout, edition: str = "") -> SitePlace:
        """Return the place of the site, or of an edition of it."""
        name = edition or "site"
        site = layout.editions / edition if edition else layout.site
        # Whatever lies in the staging folder is thrown away after a crash: not the only site.
        old = site.with_name(f".{site.name}-old")
        return cls(site, layout.staging / f"{name}-new", old)


def new_tree(place: SitePlace, *, keeps: bool = False) -> SiteTree:
    """Return an empty tree beside the site, after putting right what a crash left.

    A crash between the two renames of :func:`publish` leaves no site but the old one under
    another name: it is put back first, so that a failing build never takes the site away.

    Args:
        place: Where the site stands.
        keeps: Whether files that are the same in the site before are kept from there.
    """
    if place.old.is_dir() and not place.site.exists():
        _rename(place.old, place.site)
    for leftover in (place.old, place.new):
        if leftover.exists():
            shutil.rmtree(leftover)
    place.new.mkdir(parents=True)
    return SiteTree(place.new, place.site if keeps and place.site.is_dir() else None)


def publish(place: SitePlace) -> None:
    """Put the new site in the place of the old one, and remove the old one."""
    place.site.parent.mkdir(exist_ok=True)
    had_site = place.site.exists()
    if had_site:
        _rename(place.site, place.old)
    try:
        _rename(place.new, place.site)
    except StoreWriteError:
        if had_site:
            _rename(place.old, place.site)
        raise
    # What a virus scanner or an open window holds on to is swept by the next build.
    shutil.rmtree(place.old, ignore_errors=True)


def discard(place: SitePlace) -> None:
    """Remove a half-made site, as far as the disk lets us."""
    shutil.rmtree(place.new, ignore_errors=True)


def _rename(source: Path, target: Path) -> None:
    """Rename a folder; where open files forbid it (Windows), wait a little and try again."""
    for attempt in range(_RENAME_TRIES):
        try:
            source.rename(target)
        except PermissionError as error:
            if attempt == _RENAME_TRIES - 1:
                raise StoreWriteError(
                    _("The site cannot be put in place: {reason}.").format(reason=error),
                    remedy=_("Close the programs that show the site and build again."),
                    path=target,
                ) from error
            time.sleep(0.05 * 2**attempt)
        else:
            return


def _make_folder(path: str) -> None:
    """Make a folder, which may be there; nearly always the one above it is."""
    try:
        os.mkdir(path)  # noqa: PTH102  (many thousand times)
    except FileExistsError:
        return
    except FileNotFoundError:
        os.makedirs(path, exist_ok=True)  # noqa: PTH103


def _link_or_copy(source: Path | str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        # FAT and exFAT have no links, other disks and some network shares refuse them. With its
        # times a copy counts as unchanged for programs that compare them.
        shutil.copy2(source, target)


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


def iter_files(folder: Path, prefix: str = "") -> Iterator[tuple[str, Path]]:
    """Yield the files below a folder, each with its path there, in order."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            yield from iter_files(Path(entry.path), f"{prefix}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            yield prefix + entry.name, Path(entry.path)
