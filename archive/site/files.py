"""Writing the site: beside the old one, then in its place by a rename.

Invariant: whoever opens ``site/`` sees the old site or the new one, never a mix of both. Nothing
here is synced to disk, because the site can be made again from the archive at any time.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.layout import Layout
from schemas.errors import StoreWriteError
from schemas.messages import _
from schemas.records import json_bytes

_RENAME_TRIES = 6


class SiteTree:
    """A site that is being written.

    Attributes:
        root: Its folder.
        pages: HTML pages written so far.
        files: Files written or linked so far.
        size_bytes: Bytes of all files so far, linked images included.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pages = 0
        self.files = 0
        self.size_bytes = 0

    def write(self, path: str, content: bytes) -> None:
        """Write a file; ``path`` is relative to the root and its folders are made."""
        target = self.root / path
        try:
            target.write_bytes(content)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        self.files += 1
        self.size_bytes += len(content)

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
            target = self.root / path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            _link_or_copy(entry, target)
            self.files += 1
            self.size_bytes += target.stat().st_size

    def copy_folder(self, source: Path, path: str) -> None:
        """Copy every file of ``source`` under ``path``."""
        for name, entry in _iter_files(source):
            self.write(f"{path}/{name}", entry.read_bytes())

    def count_folder(self, path: str) -> None:
        """Count the files that others wrote under ``path``."""
        for _name, entry in _iter_files(self.root / path):
            self.files += 1
            self.size_bytes += entry.stat().st_size


def new_tree(layout: Layout) -> SiteTree:
    """Return an empty tree beside the site, after putting right what a crash left.

    A crash between the two renames of :func:`publish` leaves no site but the old one under
    another name: it is put back first, so that a failing build never takes the site away.
    """
    old, new = _old(layout), _new(layout)
    if old.is_dir() and not layout.site.exists():
        _rename(old, layout.site)
    for leftover in (old, new):
        if leftover.exists():
            shutil.rmtree(leftover)
    new.mkdir(parents=True)
    return SiteTree(new)


def publish(layout: Layout) -> None:
    """Put the new site in the place of the old one, and remove the old one."""
    old, new = _old(layout), _new(layout)
    had_site = layout.site.exists()
    if had_site:
        _rename(layout.site, old)
    try:
        _rename(new, layout.site)
    except StoreWriteError:
        if had_site:
            _rename(old, layout.site)
        raise
    # What a virus scanner or an open window holds on to is swept by the next build.
    shutil.rmtree(old, ignore_errors=True)


def discard(layout: Layout) -> None:
    """Remove a half-made site, as far as the disk lets us."""
    shutil.rmtree(_new(layout), ignore_errors=True)


def _new(layout: Layout) -> Path:
    return layout.staging / "site-new"


def _old(layout: Layout) -> Path:
    return layout.staging / "site-old"


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
