"""What stands in the folders of a site, each file looked at once when a build begins.

The mark of a twin (:mod:`archive.site.twin`) has a digest of each folder of the site as the build
before left it. Where it is the same, and neither the folder nor that of the twin was changed since,
every file in it is the one that was left, in the twin too, and nobody needs to look at it again.
Of the others, and of all images, each file is looked at by whoever takes it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

IMAGES = "images/"
# images/<shard>/<item>/<canvas>: what lies deeper are tiles.
_CANVAS_PARTS = 4
_SIZE = 16

# For Windows st_ctime is when a folder was made: there a change of a file may leave no trace in it.
_SHOWS_CHANGES = os.name != "nt"


@dataclass(frozen=True)
class MarkedFolder:
    """A folder of a site and its twin.

    Attributes:
        site_time: When anything in it was last changed in the site, as :func:`folder_time` says.
        twin_time: The same in the twin.
        digest: Of what is in it in the site, in hexadecimal; empty where that is not known.
    """

    site_time: Sequence[int]
    twin_time: Sequence[int]
    digest: str


@dataclass(frozen=True)
class Sight:
    """What was seen in a site and its twin.

    Attributes:
        folders: The folders of both, but for those of tiles.
        names: Paths of the files, but for those of images.
        doubtful: Those of them that are perhaps not what the build before left.
        build: Which build that was.
    """

    folders: dict[str, MarkedFolder]
    names: set[str]
    doubtful: frozenset[str]
    build: bytes

    def for_others(self) -> Sight:
        """Return what is asked of single files, for those who write parts of the site."""
        return replace(self, folders={}, names=set())

    def is_sure(self, path: str) -> bool:
        """Say whether a file is what was left, in the site and in the twin."""
        return path not in self.doubtful and not path.startswith(IMAGES)

    def are_sure(self, paths: Sequence[str]) -> bool:
        """Say whether all of some files are."""
        of_images = any(path.startswith(IMAGES) for path in paths)
        return self.doubtful.isdisjoint(paths) and not of_images


def see(site: str, twin: str, marked: dict[str, MarkedFolder], build: bytes) -> Sight:
    """Look at every file of a site that has a twin.

    Args:
        site: The site.
        twin: Its twin.
        marked: The folders as the mark has them, of which the times are still so.
        build: Which build the mark is of.

    Raises:
        OSError: A folder went meanwhile.
        ValueError: There is a folder that is not marked.
    """
    folders: dict[str, MarkedFolder] = {}
    names: set[str] = set()
    doubtful: set[str] = set()
    for path, folder in marked.items():
        if is_of_images(path):
            folders[path] = MarkedFolder(folder.site_time, folder.twin_time, "")
            continue
        prefix = f"{path}/" if path else ""
        digest, files, below = folder_digest(f"{site}/{path}")
        if not all(f"{prefix}{name}" in marked for name in below):
            raise ValueError(f"the mark has not all folders of {site}/{path}")
        found = [f"{prefix}{name}" for name in files]
        names.update(found)
        if not _SHOWS_CHANGES:
            found += [f"{prefix}{name}" for name in folder_digest(f"{twin}/{path}")[1]]
            names.update(found)
        if digest != folder.digest or not _SHOWS_CHANGES:
            doubtful.update(found)
        folders[path] = MarkedFolder(folder.site_time, folder.twin_time, digest)
    return Sight(folders, names, frozenset(doubtful), build)


def folder_digest(folder: str) -> tuple[str, list[str], list[str]]:
    """Return the digest of what is in a folder, and the names of its files and of its folders.

    Of a file it is another one as soon as that is another file (inode), or its rights, its size or
    the time of its last writing are others; of a folder it only has the name.

    Raises:
        OSError: It is not there, or a file went while they were looked at.
    """
    files: list[str] = []
    folders: list[str] = []
    said: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.append(name)
                continue
            # On Windows an entry knows no inode, and may have the time of another link.
            own = os.stat(entry.path, follow_symlinks=False)  # noqa: PTH116  (many thousand)
            files.append(name)
            said.append(f"{name}\0{own.st_mode} {own.st_ino} {own.st_size} {own.st_mtime_ns}\n")
    said.sort()
    said += [f"{name}\0\n" for name in sorted(folders)]
    text = "".join(said).encode("utf-8", "surrogateescape")
    return hashlib.blake2b(text, digest_size=_SIZE).hexdigest(), files, folders


def folder_time(folder: str) -> list[int]:
    """Return when anything was last changed in a folder, as far as its disk knows.

    Its first number is what programs that copy an archive set to what it was, its second is not.
    """
    found = os.stat(folder)  # noqa: PTH116  (many thousand times)
    return [found.st_mtime_ns, found.st_ctime_ns]


def is_of_images(folder: str) -> bool:
    """Say whether a folder has files of images in it or below it."""
    return f"{folder}/".startswith(IMAGES)


def folders_above(paths: Iterable[str]) -> Iterator[str]:
    """Yield every folder of some files, and those above it; the root is an empty path."""
    seen: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in seen:
            seen.add(folder)
            yield folder
            folder = folder.rpartition("/")[0]


def is_of_tiles(folder: str) -> bool:
    """Say whether a folder has nothing but tiles in it."""
    return folder.startswith(IMAGES) and folder.count("/") >= _CANVAS_PARTS
