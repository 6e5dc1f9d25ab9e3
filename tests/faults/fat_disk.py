"""A folder with the manners of a FAT32 or exFAT disk, on any system and without rights.

Names FAT does not know, links, and syncs of folders are refused as its drivers refuse them; two
names that differ in case only are one. The rules are laid on the calls of the system, so whatever
writes there meets them, libraries too.

Source: Microsoft, FAT: General Overview of On-Disk Format 1.03, "Long Directory Entries"; exFAT
file system specification, 7.7.3 FileName Field
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_FORBIDDEN = re.compile(r'[\x00-\x1f"*/:<>?\\|\x7f]|[. ]$|^ ')
_LONGEST_UNITS = 255
_disks: list[Path] = []
_is_watching: list[bool] = []


@contextmanager
def fat_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let ``folder`` be such a disk within the block."""
    folder.mkdir(exist_ok=True)
    if not _is_watching:
        sys.addaudithook(_watch)  # stays for good, and does nothing without a disk
        _is_watching.append(True)
    sync = os.fsync

    def sync_of_fat(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        sync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", sync_of_fat)
        _disks.append(folder.resolve())
        try:
            yield folder
        finally:
            _disks.pop()


def _watch(event: str, args: tuple[object, ...]) -> None:
    if not _disks:
        return
    match event:
        case "open":
            path, _mode, flags = args
            if isinstance(flags, int) and flags & os.O_CREAT:
                _check_new(path)
        case "os.mkdir":
            _check_new(args[0])
        case "os.rename":
            _check_new(args[1])
        case "os.link" | "os.symlink" if _disk_of(args[1]):
            raise OSError(errno.EPERM, "Operation not permitted", args[1])


def _disk_of(path: object) -> Path | None:
    if not isinstance(path, str | bytes | os.PathLike):
        return None
    full = Path(os.fsdecode(path)).resolve()
    return next((disk for disk in _disks if full.is_relative_to(disk)), None)


def _check_new(path: object) -> None:
    disk = _disk_of(path)
    if disk is None:
        return
    full = Path(os.fsdecode(path)).resolve()  # type: ignore[call-overload]
    for name in full.relative_to(disk).parts:
        if _FORBIDDEN.search(name) or len(name.encode("utf-16-le")) > 2 * _LONGEST_UNITS:
            raise OSError(errno.EINVAL, "Invalid argument", str(full))
    if full.parent.is_dir():
        names = {entry.name for entry in full.parent.iterdir()} - {full.name}
        if full.name.upper() in {name.upper() for name in names}:
            raise OSError(errno.EEXIST, "File exists", str(full))
