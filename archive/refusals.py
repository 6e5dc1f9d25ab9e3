"""Why a disk refuses a write, in the reader's language: the system itself says it in English."""

from __future__ import annotations

import errno
import sqlite3

from schemas.messages import N_, _

_FULL = N_("the disk is full, or your share of it is used up")
_PROTECTED = N_("the disk is write-protected")
_NO_RIGHT = N_("there is no right to write here")
_FAULT = N_("the disk reports a fault")
_HELD = N_("another program, or the system itself, holds it")

_OF_THE_SYSTEM = {
    errno.ENOSPC: _FULL,
    getattr(errno, "EDQUOT", errno.ENOSPC): _FULL,
    errno.EROFS: _PROTECTED,
    errno.EACCES: _NO_RIGHT,
    errno.EPERM: _NO_RIGHT,
    errno.EBUSY: _HELD,
    errno.EIO: _FAULT,
    errno.EEXIST: N_("there is a file of this name already"),
    errno.ENOENT: N_("the folder is not there"),
}
# Windows has more to say than the number it gives for all of these: that there is no right.
_OF_WINDOWS = {19: _PROTECTED, 32: _HELD, 33: _HELD, 39: _FULL, 112: _FULL}
# SQLite does not say whether it was the disk or the right.
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _NO_RIGHT,
    sqlite3.SQLITE_CANTOPEN: _NO_RIGHT,
    sqlite3.SQLITE_PERM: _NO_RIGHT,
    sqlite3.SQLITE_IOERR: _FAULT,
}


def why_refused(error: OSError | sqlite3.Error) -> str:
    """Return why a write was refused: part of a sentence, without a full stop.

    An error that has no words of ours keeps those of the system.
    """
    if isinstance(error, OSError):
        by_windows = _OF_WINDOWS.get(getattr(error, "winerror", None) or 0)
        known = by_windows or _OF_THE_SYSTEM.get(error.errno or 0)
        return _(known) if known else error.strerror or str(error)
    known = _OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return _(known) if known else str(error)
