"""Why a text file cannot be read, in the reader's language: the system says it in English."""

from __future__ import annotations

import errno

from schemas.messages import N_, _

_OF_THE_SYSTEM = {
    errno.ENOENT: N_("there is no such file"),
    errno.ENOTDIR: N_("there is no such file"),
    errno.EISDIR: N_("it is a folder"),
    errno.EACCES: N_("there is no right to read it"),
    errno.EPERM: N_("there is no right to read it"),
    errno.EIO: N_("the disk reports a fault"),
}


def why_unread(error: Exception) -> str:
    """Return why a text could not be read: part of a sentence, without a full stop.

    An error that has no words of ours keeps those of the system.
    """
    if isinstance(error, UnicodeDecodeError):
        return _("it is not text in UTF-8")
    if not isinstance(error, OSError):
        return str(error)
    known = _OF_THE_SYSTEM.get(error.errno or 0)
    return _(known) if known else error.strerror or str(error)
