"""What is new in a site against the one before it, for whoever copies only what changed."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.durable import write_file
from archive.layout import Layout

_IMAGES = "images/"
# What disks without inode numbers, as some in a network, give for every file.
_NO_INODES = (0, 0xFFFFFFFF)


@dataclass(frozen=True)
class Changes:
    """Paths relative to the root of a site, sorted.

    Attributes:
        changed: Files that are new or are not what they were.
        removed: Files that are no longer there.
    """

    changed: tuple[str, ...]
    removed: tuple[str, ...]


def settle(site: Path, before: Path | None) -> Changes:
    """Return what changed; what did not becomes the same file as in the site before.

    Args:
        site: The new site, not yet in its place.
        before: The site before, or None.
    """
    changed: list[str] = []
    removed: list[str] = []
    _settle(str(site), str(before) if before else "", "", changed, removed)
    return Changes(tuple(sorted(changed)), tuple(sorted(removed)))


def write_changes(layout: Layout, changes: Changes, site: Path) -> None:
    """Add what changed to the lists beside the site, which stay until somebody deletes them.

    Written before the site is put in place: after a crash between the two they name more than
    changed, never less, and the next build corrects what they say is gone.

    Args:
        layout: The archive.
        changes: What changed.
        site: The new site.

    Raises:
        StoreWriteError: The disk refused.
    """
    named = {*changes.changed, *changes.removed, *_listed(layout.site_changed)}
    named.update(_listed(layout.site_removed))
    folder = str(site)
    # Many thousand times.
    there = {path for path in named if os.path.isfile(f"{folder}/{path}")}  # noqa: PTH113
    _write(layout.site_changed, there)
    _write(layout.site_removed, named - there)


def _listed(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8").split("\n") if line]
    except (FileNotFoundError, UnicodeDecodeError):
        return []


def _write(path: Path, names: set[str]) -> None:
    write_file(path, "".join(f"{name}\n" for name in sorted(names)).encode())


def _settle(site: str, before: str, prefix: str, changed: list[str], removed: list[str]) -> None:
    old = _entries(before) if before else {}
    for name, entry in _entries(site).items():
        known = old.pop(name, None)
        path = f"{prefix}{name}"
        if entry.is_dir(follow_symlinks=False):
            is_folder = known is not None and known.is_dir(follow_symlinks=False)
            if known is not None and not is_folder:
                removed.append(path)
            _settle(
                entry.path, known.path if known and is_folder else "", f"{path}/", changed, removed
            )
        elif known is not None and _is_one_file(entry, known):
            # Nearly all.
            continue
        elif known is None or not known.is_file(follow_symlinks=False):
            changed.append(path)
            if known is not None:
                removed.extend(_below(known, path))
        elif not _is_same(entry, known, path):
            changed.append(path)
    for name, known in old.items():
        removed.extend(_below(known, f"{prefix}{name}"))


def _is_one_file(entry: os.DirEntry[str], known: os.DirEntry[str]) -> bool:
    """Say whether an entry that is no folder is surely one file with another."""
    inode = _inode(entry)
    is_known = inode == _inode(known) and inode not in _NO_INODES
    return is_known and not known.is_dir(follow_symlinks=False)


def _inode(entry: os.DirEntry[str]) -> int:
    return entry.inode()


def _is_same(entry: os.DirEntry[str], known: os.DirEntry[str], path: str) -> bool:
    """Say whether a file is what it was; make it the same file then."""
    new, old = entry.stat(), known.stat()
    if new.st_size != old.st_size:
        return False
    if os.path.samestat(new, old) and new.st_ino not in _NO_INODES:
        return True
    if path.startswith(_IMAGES) and new.st_mtime_ns == old.st_mtime_ns:
        # Copies with the times of one original, where there are no links; they may be many GB.
        return True
    if not filecmp.cmp(entry.path, known.path, shallow=False):
        return False
    _adopt(entry.path, known.path)
    return True


def _adopt(path: str, old: str) -> None:
    """Put the file of the site before in the place of one that is equal."""
    temporary = f"{path}.~"
    try:
        os.link(old, temporary)
    except OSError:
        shutil.copystat(old, path)
    else:
        Path(temporary).replace(path)
        # Where both are one file already, the system leaves it.
        Path(temporary).unlink(missing_ok=True)


def _entries(folder: str) -> dict[str, os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return {entry.name: entry for entry in entries}


def _below(entry: os.DirEntry[str], path: str) -> Iterator[str]:
    """Yield a file, or the files of a folder."""
    if not entry.is_dir(follow_symlinks=False):
        yield path
        return
    for name, inner in _entries(entry.path).items():
        yield from _below(inner, f"{path}/{name}")
