"""A real disk of any size: a tmpfs, mounted for a test and made larger in it. Linux only.

The test itself runs in a mount namespace of its own (``run_where_it_may_mount``), for root too: the
disks are gone with its last process, however it ends. Who is not root is root of a user namespace.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LARGE_BYTES = 512 << 20
PAGE_BYTES = 4096
_IS_THERE = "HOABAN_TEST_MAY_MOUNT"
_NAMESPACE = ("unshare", "--mount", "--kill-child")
_OWN_USERS = ("--user", "--map-root-user")
_MOST_SECONDS = 3600


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
    folder.mkdir(parents=True)
    _mount("-t", "tmpfs", "-o", f"size={LARGE_BYTES}", "tmpfs", str(folder))
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def is_where_it_may_mount() -> bool:
    """Say whether this is the run in a mount namespace of its own."""
    return _IS_THERE in os.environ


def run_where_it_may_mount(
    test_id: str,
    root: Path,
    folder: Path,
    most_seconds: float = _MOST_SECONDS,
    *,
    prefix: tuple[str, ...] = (),
) -> None:
    """Run a test in a mount namespace of its own, and assert that it passes.

    Args:
        test_id: The test, as pytest names it.
        root: Folder of the project.
        folder: Where that run has its temporary files.
        most_seconds: How long it may take.
        prefix: Words before the command, of a program that runs it.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", ""]
    done = subprocess.run(
        [*namespace(), *prefix, *command, "--basetemp", str(folder), test_id],
        cwd=root,
        env=os.environ | {_IS_THERE: "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=most_seconds,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def namespace() -> tuple[str, ...]:
    """Return the words that run a command in a mount namespace in which it may mount.

    Raises:
        AssertionError: A program is missing, or the system refuses; says which and why.
    """
    for program in ("mount", "umount", "unshare"):
        assert shutil.which(program), (
            f"the program {program} is missing: install util-linux (and mount), which has it"
        )
    words = _NAMESPACE if os.geteuid() == 0 else (*_NAMESPACE, *_OWN_USERS)
    tried = subprocess.run(
        [*words, "mount", "-t", "tmpfs", "tmpfs", tempfile.gettempdir()],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert tried.returncode == 0, (
        f"no disk can be mounted here ({' '.join(words)}: {tried.stderr.strip()}): "
        "run as root with the right to mount (CAP_SYS_ADMIN), or allow user namespaces"
    )
    return words


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)
