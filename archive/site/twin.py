"""The twin of the site: every file of it once more, by links, of which the next site is made.

After an edit nearly all files of a site are what they were. To link them all into a new folder, to
compare it with the old one and to remove that takes longer than to write what changed. So the old
site is kept: it is brought up to date by links to what changed, and the next build begins with it.

Promise: a build begins with a twin only if it has the very files of the site. A mark says so, which
is written when both are finished and removed before either is touched: it has which folders both
are, and when each folder in them was last changed. Of anything else the mark does not know (a copy
of the archive, a file that somebody put there, a build that was killed) all files are linked anew.
What somebody writes into a file is in both, and is noticed where it always was, by its time.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable
from pathlib import Path

from archive.durable import write_file
from archive.site.changes import Settled
from archive.site.files import NO_INODES, SiteTree, is_folder
from archive.site.place import SitePlace, recover, remove
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
        is_twin = before is not None and _is_marked(place.site, place.twin, place.mark)
        place.mark.unlink(missing_ok=True)
        if is_twin and _is_moved(place.twin, place.new):
            return SiteTree(place.new, before, is_twin=True)
        try:
            remove(place.twin)
        except OSError as error:
            # What a virus scanner or an open window holds on to stays until the next build.
            _log.warning("%s", error)
    place.new.mkdir()
    return SiteTree(place.new, before)


def keep_twin(place: SitePlace, settled: Settled) -> None:
    """Make the site before a twin of the one that took its place.

    Whatever the disk refuses costs only time: then there is no twin.

    Args:
        place: Where both stand.
        settled: What is new in the site, and its folders.
    """
    if place.twin is None or place.mark is None or not settled.is_linked:
        return
    changes = settled.changes
    if not is_folder(place.old) or len(changes.changed) > settled.files * FOLLOWED_SHARE:
        return
    try:
        _follow(place.site, place.old, changes.changed, changes.removed)
        place.old.rename(place.twin)
        times = {
            folder: [_time(f"{site}/{folder}") for site in (place.site, place.twin)]
            for folder in settled.folders
        }
        mark = {"site": _number(place.site), "twin": _number(place.twin), "folders": times}
        write_file(place.mark, json.dumps(mark).encode())
    except (OSError, StoreWriteError):
        _log.info("%s is not kept", place.twin, exc_info=True)


def _is_marked(site: Path, twin: Path, mark: Path) -> bool:
    """Say whether a site and its twin are those that a mark was written for, as they were then."""
    try:
        if not (is_folder(site) and is_folder(twin)):
            return False
        said = json.loads(mark.read_bytes())
        if (said["site"], said["twin"]) != (_number(site), _number(twin)):
            return False
        return bool(said["folders"]) and all(
            [_time(f"{site}/{folder}"), _time(f"{twin}/{folder}")] == times
            for folder, times in said["folders"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # There is none, or it is damaged.
        return False


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


def _time(folder: str) -> int:
    return os.stat(folder).st_mtime_ns  # noqa: PTH116  (many thousand times)
