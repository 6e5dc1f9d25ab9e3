"""The twin of the site: every file of it once more, by links, of which the next site is made.

After an edit nearly all files of a site are what they were. To link them all into a new folder, to
compare it with the old one and to remove that takes longer than to write what changed. So the old
site is kept: it is brought up to date by links to what changed, and the next build begins with it.

Promise: a build begins with a twin only if it has the very files of the site. A mark says so, which
is written when both are finished and removed before either is touched: it has which folders both
are, and when each folder in them was last changed. Of anything else the mark does not know (a copy
of the archive, a file that somebody put there, a build that was killed) all files are linked anew.
What somebody writes into a file is in both, and is noticed by its time: the mark has a digest of
the files of each folder. That was worked out before the build that wrote the mark began, so what
befell a file in the meantime is noticed, too; folders in which that build wrote have none.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from archive.durable import write_file
from archive.site.changes import Settled
from archive.site.files import NO_INODES, SiteTree, is_folder
from archive.site.kept import digest_of
from archive.site.place import SitePlace, recover, remove
from archive.site.sight import MarkedFolder, Sight, folder_time, see
from schemas.errors import StoreWriteError

FOLLOWED_SHARE = 0.5
"""Of how many of its files a twin is brought up to date at most; else all are linked anew."""

_log = logging.getLogger("hoaban.site")


def new_tree(place: SitePlace, *, keeps: bool = False) -> SiteTree:
    """Return the tree of a new site beside the site, after putting right what a crash left.

    Args:
        place: Where the site stands.
        keeps: Whether files that are the same in the site before are kept from there.

    Raises:
        OSError: The disk refused.
    """
    recover(place)
    before = place.site if keeps and place.site.is_dir() else None
    place.new.parent.mkdir(parents=True, exist_ok=True)
    if place.twin is not None and place.mark is not None:
        sight = _seen(place.site, place.twin, place.mark) if before is not None else None
        place.mark.unlink(missing_ok=True)
        if sight is not None and _is_moved(place.twin, place.new):
            return SiteTree(place.new, before, sight)
        try:
            remove(place.twin)
        except OSError as error:
            # What a virus scanner or an open window holds on to stays until the next build.
            _log.warning("%s", error)
    place.new.mkdir()
    return SiteTree(place.new, before)


def marked_folders(mark: Path) -> dict[str, MarkedFolder]:
    """Return the folders of a site as the mark of its twin has them; none without one."""
    try:
        return _folders_in(_read(mark))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _folders_in(said: dict[str, Any]) -> dict[str, MarkedFolder]:
    return {path: MarkedFolder(*values) for path, values in said["folders"].items()}


def _sealed(said: str) -> bytes:
    """Return what a mark says with a digest of it, each a line."""
    return f"{digest_of(said.encode()).hex()}\n{said}\n".encode()


def _read(mark: Path) -> dict[str, Any]:
    """Return what a mark says.

    Raises:
        OSError: There is none.
        ValueError: It is damaged.
    """
    content = mark.read_bytes()
    said = content.partition(b"\n")[2].removesuffix(b"\n").decode()
    if content != _sealed(said):
        raise ValueError(f"{mark} is damaged")
    found: dict[str, Any] = json.loads(said)
    return found


def keep_twin(place: SitePlace, settled: Settled, build: bytes) -> None:
    """Make the site before a twin of the one that took its place.

    Whatever the disk refuses costs only time: then there is no twin.

    Args:
        place: Where both stand.
        settled: What is new in the site, and its folders.
        build: What :func:`archive.site.kept.note_build` noted of this build; nothing if that was
            not kept.
    """
    if place.twin is None or place.mark is None or not settled.is_linked:
        return
    changes = settled.changes
    if not is_folder(place.old) or len(changes.changed) > settled.files * FOLLOWED_SHARE:
        return
    try:
        _follow(place.site, place.old, changes.changed, changes.removed)
        place.old.rename(place.twin)
        folders = {
            path: list(vars(_marked(f"{place.site}/{path}", f"{place.twin}/{path}", seen)).values())
            for path, seen in settled.folders.items()
        }
        numbers = {"site": _number(place.site), "twin": _number(place.twin)}
        mark = {"build": build.hex(), **numbers, "folders": folders}
        write_file(place.mark, _sealed(json.dumps(mark)))
    except (OSError, StoreWriteError):
        _log.info("%s is not kept", place.twin, exc_info=True)


def _marked(site: str, twin: str, seen: MarkedFolder | None) -> MarkedFolder:
    """Return what the mark is to say of a folder.

    Args:
        site: The folder in the site.
        twin: It in the twin.
        seen: What was seen in it before both changed places, if nothing was written there.

    Raises:
        OSError: The two do not have the same files.
    """
    if seen is not None and seen.digest:
        return MarkedFolder(seen.twin_time, seen.site_time, seen.digest)
    times = folder_time(site), folder_time(twin)
    if _inodes(site) != _inodes(twin):
        raise OSError(f"{twin} has not the files of {site}")
    return MarkedFolder(*times, "")


def _inodes(folder: str) -> dict[str, int]:
    """Return the files of a folder by name, each by what no other of this disk is."""
    with os.scandir(folder) as entries:
        return {e.name: 0 if e.is_dir(follow_symlinks=False) else e.inode() for e in entries}


def _seen(site: Path, twin: Path, mark: Path) -> Sight | None:
    """Look at a site and its twin; None if they are not those that a mark was written for."""
    try:
        if not (is_folder(site) and is_folder(twin)):
            return None
        said = _read(mark)
        if (said["site"], said["twin"]) != (_number(site), _number(twin)):
            return None
        build = bytes.fromhex(said.get("build", ""))
        folders = _folders_in(said)
        are_as_marked = bool(folders) and all(
            folder_time(f"{site}/{path}") == folder.site_time
            and folder_time(f"{twin}/{path}") == folder.twin_time
            for path, folder in folders.items()
        )
        return see(str(site), str(twin), folders, build) if are_as_marked else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # There is none, or it is damaged.
        return None


def _is_moved(folder: Path, target: Path) -> bool:
    """Rename a folder; say whether that could be done, which open files forbid on Windows."""
    try:
        folder.rename(target)
    except PermissionError:
        return False
    return True


def _follow(site: Path, twin: Path, changed: Iterable[str], removed: Iterable[str]) -> None:
    """Bring a twin up to date with its site.

    Raises:
        OSError: The disk refused, or a folder of the twin is a link to another.
    """
    seen = {twin}
    for path in removed:
        gone = twin / path
        _refuse_link(gone.parent, seen)
        gone.unlink(missing_ok=True)
        _remove_empty(gone.parent, twin)
    for path in changed:
        target = twin / path
        _refuse_link(target.parent, seen)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.hardlink_to(site / path)


def _refuse_link(folder: Path, seen: set[Path]) -> None:
    """Look whether a folder, and those above it that are not yet seen, are none but of the twin.

    Raises:
        NotADirectoryError: Something else has the name of one.
    """
    if folder in seen:
        return
    _refuse_link(folder.parent, seen)
    if os.path.lexists(folder) and not is_folder(folder):
        raise NotADirectoryError(f"{folder} is not a folder")
    seen.add(folder)


def _remove_empty(folder: Path, root: Path) -> None:
    """Remove a folder that has nothing in it, and those above it."""
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _number(folder: Path) -> list[int]:
    """Return what no other folder of this computer is.

    Raises:
        OSError: There are no such numbers on its disk.
    """
    found = folder.stat()
    if found.st_ino in NO_INODES:
        raise OSError(f"{folder} has no inode number")
    return [found.st_dev, found.st_ino]
