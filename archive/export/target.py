"""New files and folders that are whole or not there.

What is written is built in a hidden folder beside its final name and renamed into place at
the end. If anything goes wrong, or the disk is full, the hidden folder is removed and the
final name was never taken. What already stands under that name is never touched.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.refusals import why_refused
from schemas.errors import StoreWriteError
from schemas.messages import _


@contextmanager
def new_path(path: Path) -> Iterator[Path]:
    """Give a path to write a file or make a folder at; it becomes ``path`` when all went well.

    Raises:
        StoreWriteError: ``path`` exists already, or the disk refused a write.
    """
    _check_is_new(path)
    building: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{path.name[:32]}.", dir=path.parent))
        yield building / "new"
        _check_is_new(path)
        (building / "new").rename(path)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        if building is not None:
            shutil.rmtree(building, ignore_errors=True)


def _check_is_new(path: Path) -> None:
    if os.path.lexists(path):
        raise StoreWriteError(
            _("There is already something with this name, and an export replaces nothing."),
            remedy=_("Give another name, or move it away first."),
            path=path,
        )


def _refused(path: Path, error: OSError) -> StoreWriteError:
    is_full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
    return StoreWriteError(
        _("The export could not be written: {reason}.").format(reason=why_refused(error)),
        remedy=_("Make room on the disk, or write to another disk.")
        if is_full
        else _("Check the disk and your rights in this folder."),
        path=path,
    )
