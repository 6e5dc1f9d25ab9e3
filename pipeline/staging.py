"""The folder in which a worker makes an item, and what a disk that refuses it means."""

from __future__ import annotations

import shutil
from pathlib import Path

from archive.refusals import why_refused
from schemas.errors import StoreWriteError
from schemas.messages import _

_PROBE_BYTES = 1 << 20


def make_empty(folder: Path) -> None:
    """Make ``folder`` exist and hold nothing."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)


def refusal_of_disk(folder: Path) -> OSError | None:
    """Return why the disk refuses a small write in ``folder``, or None when it takes it.

    libvips tells a full disk only in words, and mixes them with those of its encoders.
    """
    probe = folder / "probe"
    try:
        probe.write_bytes(b"\0" * _PROBE_BYTES)
        probe.unlink()
    except OSError as error:
        return error
    return None


def write_error(folder: Path, error: OSError) -> StoreWriteError:
    """Return the error of a worker whose staging folder the disk refuses to write."""
    return StoreWriteError(
        _("Work in progress cannot be written: {reason}.").format(reason=why_refused(error)),
        remedy=_("Free space on the disk or check the folder's rights, then run it again."),
        path=folder,
    )
