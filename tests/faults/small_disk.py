"""A real disk of any size: a tmpfs, mounted for a test and made larger in it. Linux only.

Who may not mount (no root, or a container without that right) runs the test as the root of a user
namespace of its own: ``run_where_it_may_mount``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LARGE_BYTES = 512 << 20
PAGE_BYTES = 4096
_IS_THERE = "HOABAN_TEST_MAY_MOUNT"
_OWN_NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")


class SmallDisk:
    """A mounted tmpfs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resize(self, size_bytes: int) -> None:
        """Give the disk this size, which may be less than it has, and not than it holds."""
        _mount("-o", f"remount,size={size_bytes}", str(self.folder))

    @property
    def used_bytes(self) -> int:
        """What is in use; files of a few bytes use a page each."""
        state = os.statvfs(self.folder)
        return (state.f_blocks - state.f_bfree) * state.f_frsize


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """Mount a disk, large at first, at a new folder, and take it away in the end."""
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={LARGE_BYTES}", "tmpfs", str(folder))
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def may_mount(folder: Path) -> bool:
    """Try it."""
    try:
        with small_disk(folder):
            return True
    except subprocess.CalledProcessError:
        return False


def run_where_it_may_mount(test_id: str, root: Path, folder: Path) -> None:
    """Run a test in a namespace in which this user may mount, and assert that it passes."""
    assert _IS_THERE not in os.environ, "no disk can be mounted here, in a user namespace either"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", ""]
    done = subprocess.run(
        [*_OWN_NAMESPACE, *command, "--basetemp", str(folder), test_id],
        cwd=root,
        env=os.environ | {_IS_THERE: "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)
