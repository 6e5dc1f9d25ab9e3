"""Which files of a site were looked through for what is not public, and for what.

Kept beside the site. A file need not be looked through again where the very same things are looked
for and it is the same file: path, inode, size and time of change. So whoever puts another file in
its place, or restores an older site, has it looked through; so does a list that is missing or
damaged.
"""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

from archive.durable import write_file
from schemas.errors import StoreWriteError

_SIZE = 16
_log = logging.getLogger("hoaban.site")


class Looked:
    """The files of a site that were looked through for the same things.

    Args:
        path: Where the list is kept.
        key: Digest of what is looked for, and of how.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key
        self._known = _read(path, key)
        self._looked: list[bytes] = []

    def is_known(self, name: str, found: os.stat_result) -> bool:
        """Say whether a file was looked through and is what it was; then it still counts."""
        file = _digest(name, found)
        if file not in self._known:
            return False
        self._looked.append(file)
        return True

    def add(self, name: str, found: os.stat_result) -> None:
        """Note a file that was looked through."""
        self._looked.append(_digest(name, found))

    def keep(self) -> None:
        """Keep the list, once the site is in its place; a disk that refuses it costs only time."""
        content = self._key + b"".join(self._looked)
        try:
            write_file(self._path, hashlib.sha256(content).digest() + content)
        except StoreWriteError:
            _log.info("%s is not kept", self._path, exc_info=True)


def _read(path: Path, key: bytes) -> frozenset[bytes]:
    try:
        found = path.read_bytes()
    except OSError:
        return frozenset()
    seal, content = found[:32], found[32:]
    if hashlib.sha256(content).digest() != seal or not content.startswith(key):
        return frozenset()
    return frozenset(
        content[start : start + _SIZE] for start in range(len(key), len(content), _SIZE)
    )


def _digest(name: str, found: os.stat_result) -> bytes:
    said = f"{found.st_ino} {found.st_size} {found.st_mtime_ns} {name}"
    return hashlib.blake2b(said.encode(), digest_size=_SIZE).digest()
