"""One large page at a time, where several at once would not fit in a computer's memory.

Most readers decode a page strip by strip. Some libraries hold all of it, several times over
(:attr:`pipeline.readers.PageHeader.held_bytes`); nothing can make them need less, but the workers
of one computer can take turns. A turn is a courtesy: it is waited for only so long, then the page
is decoded beside the other, so one that hangs holds up nobody for good.
"""

from __future__ import annotations

import getpass
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.lock import try_lock

# A large page takes some seconds to decode.
LONGEST_WAIT_S = 60.0
_ASKING_EVERY_S = 0.1


@contextmanager
def turn(wait_s: float = LONGEST_WAIT_S) -> Iterator[bool]:
    """Hold the turn of this computer's large pages during the block; yield whether it was had.

    Args:
        wait_s: How long to wait for it; the block runs without it then.
    """
    try:
        handle = os.open(_lock_file(), os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError:
        # A computer whose temporary folder cannot be written has no turns.
        yield False
        return
    try:
        yield _had(handle, wait_s)
    finally:
        # Closing frees the lock, on every system; the file stays, for the next.
        os.close(handle)


def _had(handle: int, wait_s: float) -> bool:
    until = time.monotonic() + wait_s
    try:
        while not try_lock(handle):
            if time.monotonic() >= until:
                return False
            time.sleep(_ASKING_EVERY_S)
    except OSError:
        # A disk without locks has no turns.
        return False
    return True


def _lock_file() -> Path:
    """Return the file that is locked: each person's own, for others may not open it."""
    person = getpass.getuser() if sys.platform == "win32" else os.getuid()
    return Path(tempfile.gettempdir()) / f"hoaban-{person}-large-page.lock"
