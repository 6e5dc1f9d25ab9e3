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


class SiteTree:
    """A site that is being written.

    Attributes:
        root: Its folder.
        pages: HTML pages written so far.
        files: Files written or linked so far.
        size_bytes: Bytes of all files so far, linked images included.
        disk_bytes: Bytes they take on a stick, each in whole clusters.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pages = 0
        self.files = 0
        self.size_bytes = 0
        self.disk_bytes = 0

    def write(self, path: str, content: bytes) -> None:
        """Write a file; ``path`` is relative to the root and its folders are made."""
        target = self.root / path
        try:
            target.write_bytes(content)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        self._count(len(content))

    def write_chunks(self, path: str, chunks: Iterable[bytes]) -> int:
        """Write a file that need not fit into memory; return its size in bytes."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            size_bytes = sum(file.write(chunk) for chunk in chunks)
        self._count(size_bytes)
        return size_bytes

    def write_page(self, path: str, html: str) -> None:
        """Write an HTML page and count it."""
        self.write(path, html.encode())
        self.pages += 1

    def write_json(self, path: str, data: Any) -> None:
        """Write a JSON document."""
        self.write(path, json_bytes(data))

    def link_folder(self, source: Path, path: str) -> None:
        """Make every file of ``source`` appear under ``path``: hard-linked, else copied."""
        for name, entry in _iter_files(source):
            self._bring(entry, f"{path}/{name}")

    def link_files(self, source: Path, path: str, files: Iterable[NamedFile]) -> None:
        """Make chosen files of ``source`` appear under ``path`` by other names, likewise."""
        for file in files:
            self._bring(source / file.source, f"{path}/{file.name}")

    def copy_folder(self, source: Path, path: str) -> None:
        """Copy every file of ``source`` under ``path``."""
        for name, entry in _iter_files(source):
            self.write(f"{path}/{name}", entry.read_bytes())

    def count_folder(self, path: str) -> None:
        """Count the files that others wrote under ``path``."""
        for _name, entry in _iter_files(self.root / path):
            self._count(entry.stat().st_size)

    def count_file(self, path: str) -> None:
        """Count a file that others wrote at ``path``."""
        self._count((self.root / path).stat().st_size)

    def write_checksums(self, name: str) -> None:
        """Write the sha256 of every file as ``sha256sum`` does, so that copies can be checked."""
        lines = (f"{sha256_of(entry)}  {path}\n" for path, entry in _iter_files(self.root))
        self.write(name, "".join(lines).encode())

    def _bring(self, source: Path, path: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        _link_or_copy(source, target)
        self._count(target.stat().st_size)

    def _count(self, size_bytes: int) -> None:
        self.files += 1
        self.size_bytes += size_bytes
        self.disk_bytes += -(-size_bytes // CLUSTER_BYTES) * CLUSTER_BYTES


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
        return cls(site, layout.staging / f"{name}-new", layout.staging / f"{name}-old")


def new_tree(place: SitePlace) -> SiteTree:
    """Return an empty tree beside the site, after putting right what a crash left.

    A crash between the two renames of :func:`publish` leaves no site but the old one under
    another name: it is put back first, so that a failing build never takes the site away.
    """
    if place.old.is_dir() and not place.site.exists():
        _rename(place.old, place.site)
    for leftover in (place.old, place.new):
        if leftover.exists():
            shutil.rmtree(leftover)
    place.new.mkdir(parents=True)
    return SiteTree(place.new)


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


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # FAT and exFAT have no links, other disks and some network shares refuse them.
        shutil.copyfile(source, target)


def _iter_files(folder: Path, prefix: str = "") -> Iterator[tuple[str, Path]]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            yield from _iter_files(Path(entry.path), f"{prefix}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            yield prefix + entry.name, Path(entry.path)
