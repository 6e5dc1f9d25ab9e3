"""What is new in a site against the one before it, for whoever copies only what changed."""

from __future__ import annotations

import filecmp
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.durable import write_file
from archive.layout import Layout
from archive.site.files import NO_INODES, Claims, SiteTree, is_folder
from archive.site.sight import IMAGES, MarkedFolder, Sight, folders_above, is_of_tiles


@dataclass(frozen=True)
class Changes:
    """Paths relative to the root of a site, sorted.

    Attributes:
        changed: Files that are new or are not what they were.
        removed: Files that are no longer there.
    """

    changed: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True)
class Settled:
    """A site that is ready to be put in place.

    Attributes:
        changes: What is new in it.
        folders: Its folders, but for those of tiles; itself is an empty path. Of those that are in
            the twin as well, and in which nothing was touched, it has what was seen there.
        files: How many files it has.
        is_linked: Whether every file that is as in the site before is the same file.
    """

    changes: Changes
    folders: dict[str, MarkedFolder | None]
    files: int
    is_linked: bool


def settle(tree: SiteTree) -> Settled:
    """Return what changed; what did not becomes the same file as in the site before.

    Of a twin, what does not belong to the new site is removed.

    Args:
        tree: The new site, not yet in its place.
    """
    before = str(tree.before) if tree.before else ""
    found = _Settling()
    if tree.sight is not None:
        claims = tree.counts.claims
        found.removed += claims.removed
        found.remove(str(tree.root), tree.sight, claims)
        for path in claims.rewritten:
            found.compare(f"{tree.root}/{path}", f"{before}/{path}", path)
        found.forget_touched(claims.rewritten, found.removed)
    else:
        found.settle(str(tree.root), before, "")
    return Settled(
        Changes(tuple(sorted(found.changed)), tuple(sorted(found.removed))),
        found.folders,
        tree.counts.files,
        not (found.copies or tree.counts.copies),
    )


def write_changes(layout: Layout, changes: Changes, tree: SiteTree) -> None:
    """Add what changed to the lists beside the site, which stay until somebody deletes them.

    Written before the site is put in place: after a crash between the two they name more than
    changed, never less, and the next build corrects what they say is gone.

    Args:
        layout: The archive.
        changes: What changed.
        tree: The new site.

    Raises:
        StoreWriteError: The disk refused.
    """
    there, gone = set(_listed(layout.site_changed)), set(_listed(layout.site_removed))
    named = {*changes.changed, *changes.removed, *there, *gone}
    if tree.is_twin:
        # Then the build before went well to its end, so what the lists say of its site is so.
        there = (there - {*changes.removed}) | {*changes.changed}
    else:
        folder = str(tree.root)
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


class _Settling:
    """Compares a new site with the one before.

    Attributes:
        changed: Files that are new or are not what they were.
        removed: Files that are no longer there.
        folders: The folders of the new site, but for those of tiles; with what was seen there.
        copies: Files that are equal, but could not be made the same file.
    """

    def __init__(self) -> None:
        self.changed: list[str] = []
        self.removed: list[str] = []
        self.folders: dict[str, MarkedFolder | None] = {}
        self.copies = 0

    def settle(self, site: str, before: str, prefix: str) -> None:
        """Compare a folder with what it was; ``before`` is empty where it was not."""
        self._note_folder(prefix)
        old = _entries(before) if before else {}
        for name, entry in _entries(site).items():
            known = old.pop(name, None)
            path = f"{prefix}{name}"
            if entry.is_dir(follow_symlinks=False):
                was_folder = known is not None and is_folder(known)
                if known is not None and not was_folder:
                    self.removed.append(path)
                self.settle(entry.path, known.path if known and was_folder else "", f"{path}/")
            elif known is not None and _is_one_file(entry, known):
                # Nearly all.
                continue
            elif known is None or not known.is_file(follow_symlinks=False):
                self.changed.append(path)
                if known is not None:
                    self.removed.extend(_below(known, path))
            else:
                self.compare(entry.path, known.path, path)
        for name, known in old.items():
            self.removed.extend(_below(known, f"{prefix}{name}"))

    def remove(self, root: str, sight: Sight, claims: Claims) -> None:
        """Remove from a twin what nobody claims."""
        self.folders |= {
            path: folder for path, folder in sight.folders.items() if not path.startswith(IMAGES)
        }
        gone = sight.names - claims.paths
        self.removed += gone
        for path in gone:
            Path(f"{root}/{path}").unlink(missing_ok=True)
        for path in sorted(folders_above(gone), key=len, reverse=True):
            folder = Path(f"{root}/{path}")
            if path and not (folder.is_dir() and any(folder.iterdir())):
                self.folders.pop(path, None)
                if folder.is_dir():
                    folder.rmdir()
        images = f"{root}/{IMAGES[:-1]}"
        if is_folder(Path(images)) and self._sweep(images, IMAGES, claims):
            os.rmdir(images)  # noqa: PTH106
            self.folders.pop(IMAGES[:-1], None)

    def forget_touched(self, written: Iterable[str], removed: Iterable[str]) -> None:
        """Forget what was seen of folders in which files were written or removed."""
        for folder in folders_above(written):
            self._note_folder(f"{folder}/" if folder else "")
        for folder in folders_above(removed):
            if folder in self.folders:
                self.folders[folder] = None
        # It is renamed itself, which changes its times.
        self.folders[""] = None

    def _sweep(self, folder: str, prefix: str, claims: Claims) -> bool:
        """Remove from a folder of images what nobody claims; say whether nothing is left in it."""
        self._note_folder(prefix)
        is_empty = True
        source = claims.images.get(prefix[:-1])
        for name, entry in _entries(folder).items():
            path = f"{prefix}{name}"
            if is_folder(entry):
                # Folders of tiles have exactly what they should already.
                if source is None and self._sweep(entry.path, f"{path}/", claims):
                    os.rmdir(entry.path)  # noqa: PTH106
                    self.folders.pop(path, None)
                else:
                    is_empty = False
            elif path in claims.paths or (source and os.path.lexists(f"{source}/{name}")):
                is_empty = False
            else:
                os.unlink(entry.path)  # noqa: PTH108
                self.removed.append(path)
        return is_empty

    def compare(self, file: str, old: str, path: str) -> None:
        """Compare a file with what it was, if it was there."""
        try:
            states = os.stat(file), os.stat(old, follow_symlinks=False)  # noqa: PTH116
        except (FileNotFoundError, NotADirectoryError):
            self.changed.append(path)
            return
        new, known = states
        if os.path.samestat(new, known) and new.st_ino not in NO_INODES:
            return
        if not stat.S_ISREG(known.st_mode) or new.st_size != known.st_size:
            self.changed.append(path)
        elif path.startswith(IMAGES) and new.st_mtime_ns == known.st_mtime_ns:
            # Copies with the times of one original, where there are no links; they may be many GB.
            self.copies += 1
        elif not filecmp.cmp(file, old, shallow=False):
            self.changed.append(path)
        elif not _adopt(file, old):
            self.copies += 1

    def _note_folder(self, prefix: str) -> None:
        if not is_of_tiles(prefix[:-1]):
            self.folders[prefix[:-1]] = None


def _is_one_file(entry: os.DirEntry[str], known: os.DirEntry[str]) -> bool:
    """Say whether an entry that is no folder is surely one file with another."""
    inode = _inode(entry)
    is_known = inode == _inode(known) and inode not in NO_INODES
    return is_known and not known.is_dir(follow_symlinks=False)


def _inode(entry: os.DirEntry[str]) -> int:
    return entry.inode()


def _adopt(path: str, old: str) -> bool:
    """Put the file of the site before in the place of one that is equal; say whether it is it."""
    temporary = f"{path}.~"
    try:
        os.link(old, temporary)
    except OSError:
        shutil.copystat(old, path)
        return False
    Path(temporary).replace(path)
    # Where both are one file already, the system leaves it.
    Path(temporary).unlink(missing_ok=True)
    return True


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
