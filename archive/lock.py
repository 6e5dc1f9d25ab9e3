"""One writer at a time: a lock the operating system frees when its holder dies.

No lock file is ever left "held": the file stays, its lock goes with the process. The lock is
not inherited by worker processes that are spawned.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.layout import Layout
from archive.refusals import why_refused
from schemas.errors import StoreBusyError, StoreWriteError
from schemas.messages import _

# What the systems answer when somebody else holds the lock; anything else is another trouble,
# as a network disk that has no locks.
_HELD = {errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK}


@contextmanager
def write_lock(layout: Layout) -> Iterator[None]:
    """Hold the archive's write lock during the block.

    Raises:
        StoreBusyError: Another process, or another block of this one, holds it.
        StoreWriteError: The lock file cannot be made.
    """
    with _locked(layout.lock, layout.root, _("Another command is writing to this archive.")):
        yield


@contextmanager
def audit_lock(layout: Layout) -> Iterator[None]:
    """Hold the lock of the archive's audit logs during the block; the store is not locked.

    Raises:
        StoreBusyError: Another audit holds it.
        StoreWriteError: The lock file cannot be made.
    """
    with _locked(layout.audit_lock, layout.root, _("Another audit of this archive is at work.")):
        yield


def try_lock(handle: int) -> bool:
    """Take the lock of an open file and return True, or return False if somebody holds it.

    Raises:
        OSError: The file's disk has no locks.
    """
    try:
        _lock(handle)
    except OSError as error:
        if error.errno not in _HELD:
            raise
        return False
    return True


@contextmanager
def _locked(path: Path, root: Path, busy: str) -> Iterator[None]:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise _cannot_lock(path, error) from error
    try:
        try:
            is_ours = try_lock(handle)
        except OSError as error:
            raise _cannot_lock(path, error) from error
        if not is_ours:
            raise StoreBusyError(
                busy,
                remedy=_("Wait until it has finished, or stop it; then run this one again."),
                path=root,
            )
        yield
    finally:
        # Closing frees the lock, on every system.
        os.close(handle)


def _cannot_lock(path: Path, error: OSError) -> StoreWriteError:
    return StoreWriteError(
        _("The archive cannot be locked: {reason}.").format(reason=why_refused(error)),
        remedy=_("Check that the archive's folder exists and that you may write into it."),
        path=path,
    )


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
