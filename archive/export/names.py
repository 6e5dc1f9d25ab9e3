"""File names that every disk, archive format and bag can hold.

A payload name in a bag is read on other machines: Windows refuses some characters and device
names, macOS does not tell NFC from NFD, both do not tell case; and a bag's manifest would have
to percent-encode CR, LF and %, which the usual reader (bagit-python) does not decode. So such
names are replaced here, and the caller keeps the true one beside it.

Source: RFC 8493, sections 2.1.3 and 5.2; https://learn.microsoft.com/windows/win32/fileio/naming-a-file
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

_UNSAFE = re.compile('[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff<>:"\\\\|?*%~]')
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])[ ]*(?:\..*)?", re.IGNORECASE
)
_LONGEST_BYTES = 120


def safe_paths(paths: Iterable[str]) -> dict[str, str]:
    """Return a safe relative path for each of ``paths``, no two alike on any file system.

    A path that is safe already stays as it is, in NFC. The same paths in the same order always
    give the same answer. Folders are mapped once, so files of one folder stay together.

    Args:
        paths: Relative POSIX paths.
    """
    made: dict[_Place, str] = {}
    taken: set[str] = set()
    return {path: _safe_path(path.split("/"), made, taken) for path in paths}


def safe_name(name: str) -> str:
    """Return one file or folder name that is safe everywhere; ``name`` itself if it is."""
    safe = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).replace("/", "_")
    safe = re.sub(r"^ +|[. ]+$", lambda found: "_" * len(found[0]), safe)
    if not safe or _DEVICE.fullmatch(safe):
        safe = "_" + safe
    if len(safe.encode()) > _LONGEST_BYTES:
        safe = _shortened(safe)
    return safe


# A folder or a file by its true parts; a file and a folder of one name are two places.
_Place = tuple[tuple[str, ...], bool]


def _safe_path(parts: list[str], made: dict[_Place, str], taken: set[str]) -> str:
    safe = ""
    for depth, part in enumerate(parts, start=1):
        place = (tuple(parts[:depth]), depth == len(parts))
        if place not in made:
            made[place] = _unique(f"{safe}/" if safe else "", safe_name(part), taken)
        safe = made[place]
    return safe


def _unique(folder: str, name: str, taken: set[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    path, number = folder + name, 1
    while _same_name(path) in taken:
        number += 1
        path = f"{folder}{stem}-{number}{dot}{ending}"
    taken.add(_same_name(path))
    return path


def _same_name(path: str) -> str:
    """Return the form in which two paths are alike on the least discerning file system."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", path).casefold())


def _shortened(name: str) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    ending = PurePosixPath(name).suffix if len(PurePosixPath(name).suffix.encode()) <= 12 else ""
    room = _LONGEST_BYTES - len(digest) - len(ending.encode()) - 1
    stem = name.removesuffix(ending).encode()[:room].decode(errors="ignore")
    return f"{stem.rstrip(' .')}-{digest}{ending}"
