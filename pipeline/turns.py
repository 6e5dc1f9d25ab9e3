"""One large page at a time, where several at once would not fit in a computer's memory.

Most readers decode a page strip by strip. Some libraries hold all of it, several times over
(:attr:`pipeline.readers.PageHeader.held_bytes`); nothing can make them need less, but the workers
of one computer can take turns. A turn is a courtesy: an item waits for its turns only so long, all
together, then its pages are decoded beside others, so one that hangs holds up nobody for good.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.lock import try_lock
from pipeline.memory import may_stand_beside_others
from pipeline.readers import PageHeader

# A page and its images take some ten seconds; a whole item has 15 minutes (``item_timeout_s``).
LONGEST_WAIT_S = 60.0
_ASKING_EVERY_S = 0.1


class Turns:
    """The turns that one item takes.

    Args:
        memory_mb: What its worker may use; 0 means any amount.
        wait_s: How long the item waits for all of them together.
    """

    def __init__(self, memory_mb: int, wait_s: float = LONGEST_WAIT_S) -> None:
        self._memory_mb = memory_mb
        self._left_s = wait_s

    @contextmanager
    def taken_for(self, page: PageHeader) -> Iterator[None]:
        """Hold a turn while a page is worked on, if it needs one and it can be had."""
        if may_stand_beside_others(page, memory_mb=self._memory_mb):
            yield
            return
        began = time.monotonic()
        with turn(self._left_s):
            self._left_s = max(0.0, self._left_s - (time.monotonic() - began))
            yield


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
    # On Windows the folder is each person's own already.
    person = "" if sys.platform == "win32" else f"-{os.getuid()}"
    return Path(tempfile.gettempdir()) / f"hoaban{person}-large-page.lock"
