"""Folders that take no write: by their rights, or because their disk is write-protected. Linux.

Rights mean nothing to root, so a test of them gives up what lets root pass (``AS_A_USER``); disks
are mounted as ``tests.faults.small_disk`` does.
"""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

# From util-linux, which has unshare too; what is started so is root without the right to all files.
AS_A_USER = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


@contextlib.contextmanager
def without_rights(folder: Path) -> Iterator[None]:
    """Take the right to write from a folder and all that is in it, and give it back."""
    paths = [folder, *(path for path in folder.rglob("*") if not path.is_symlink())]
    modes = {path: path.stat().st_mode for path in paths}
    for path, mode in modes.items():
        path.chmod(stat.S_IMODE(mode) & ~_WRITE)
    assert not os.access(folder, os.W_OK), "who runs this passes every right"
    try:
        yield
    finally:
        for path, mode in modes.items():
            # A site that was put in the place of this one is removed with it.
            with contextlib.suppress(FileNotFoundError):
                path.chmod(stat.S_IMODE(mode))


@contextlib.contextmanager
def write_protected(folder: Path) -> Iterator[None]:
    """Make a folder one of a write-protected disk, and part of its own disk again."""
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)
