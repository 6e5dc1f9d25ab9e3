"""Every write that must survive a power cut goes through here.

Promise: when a function returns, what it wrote is on the disk, under its name; when it raises
or the machine stops, the name holds what it held before. Built from a file's own fsync, a
rename, and an fsync of the folder (which Windows does not offer; there it is left out).

The functions at the end are the only ones that touch the disk, one call each, so that the
fault tests can stop the world before any of them.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.refusals import why_refused
from schemas.errors import StoreWriteError
from schemas.messages import _

# A virus scanner or an indexer may hold a new file for a moment; Windows then refuses to rename.
_RENAME_PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8) if sys.platform == "win32" else ()


def write_file(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``, or leave what was there.

    Raises:
        StoreWriteError: The disk refused.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with translated_os_errors(path):
        try:
            _write_synced(temporary, data)
            _replace(temporary, path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def write_new_file(path: Path, data: bytes) -> None:
    """Write ``data`` to a file that nobody looks for yet; the caller syncs its folder.

    For staging, where a whole folder is built and then renamed.

    Raises:
        StoreWriteError: The disk refused.
    """
    with translated_os_errors(path):
        _write_synced(path, data)


def write_new_blocks(path: Path, blocks: Iterable[bytes | memoryview]) -> None:
    """Write a large file that nobody looks for yet, block by block, and sync it.

    The caller syncs its folder. An error that ``blocks`` raises leaves a part of the file.

    Raises:
        StoreWriteError: The disk refused.
    """
    with translated_os_errors(path):
        handle = _open_new(path)
    try:
        for block in blocks:
            with translated_os_errors(path):
                _write(handle, block)
        with translated_os_errors(path):
            _sync(handle)
    finally:
        os.close(handle)


def append_to_file(path: Path, data: bytes) -> None:
    """Add ``data`` to the end of a file that is there; what was there before stays.

    Cut off in the middle, it leaves a part of ``data`` at the end: for files of lines, whose
    reader leaves out a last line that is not whole.

    Raises:
        StoreWriteError: The disk refused.
    """
    with translated_os_errors(path):
        handle = _open_to_append(path)
        try:
            _write(handle, data)
            _sync(handle)
        finally:
            os.close(handle)


def make_folder(folder: Path) -> None:
    """Make ``folder`` and those above it, as far as they are missing.

    Raises:
        StoreWriteError: The disk refused.
    """
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for new in reversed(missing):
        with translated_os_errors(new):
            _mkdir(new)
            _sync_folder(new.parent)


def make_new_folder(folder: Path) -> None:
    """Make a folder that nobody looks for yet; the caller syncs the one it stands in.

    Raises:
        StoreWriteError: The disk refused.
    """
    with translated_os_errors(folder):
        _mkdir(folder)


def sync_file(path: Path) -> None:
    """Bring a file that something else wrote onto the disk, and forget its cached copy.

    What is read afterwards comes from the disk where the system allows it (not on macOS and
    Windows), so a digest made then tells of the stored bytes.

    Raises:
        StoreWriteError: The disk refused.
    """
    with translated_os_errors(path):
        # Windows syncs only what is open for writing.
        handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            _sync(handle)
            if sys.platform == "linux":
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


def move_file(source: Path, target: Path) -> None:
    """Rename ``source`` to ``target``, readable by whoever may read its new folder.

    The caller syncs the folder. (Temporary files are often readable by their owner only; a web
    server or a colleague could not read such a master.)

    Raises:
        StoreWriteError: The disk refused.
    """
    with translated_os_errors(target):
        _chmod(source, target.parent.stat().st_mode & 0o666)
        _rename(source, target)


def replace_file(source: Path, target: Path) -> None:
    """Put the synced file ``source`` in the place of ``target``; the caller syncs the folder.

    Raises:
        StoreWriteError: The disk refused.
    """
    with translated_os_errors(target):
        _replace(source, target)


def move_folder(source: Path, target: Path) -> None:
    """Rename a folder into place and sync the folder it now stands in.

    Raises:
        StoreWriteError: The disk refused, or ``target`` exists.
    """
    with translated_os_errors(target):
        _rename(source, target)
        _sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in ``folder`` onto the disk.

    Raises:
        StoreWriteError: The disk refused.
    """
    with translated_os_errors(folder):
        _sync_folder(folder)


def sync_disk() -> None:
    """Bring everything written so far onto the disk, where the system can: one call for many files.

    For what can be made again: cheaper than a sync a file, and nothing is published by it.
    """
    if hasattr(os, "sync"):
        os.sync()


def sync_folders_below(folder: Path) -> None:
    """Sync ``folder`` and every folder in it, the deepest first.

    Raises:
        StoreWriteError: The disk refused.
    """
    with translated_os_errors(folder):
        for parent, _folders, _files in os.walk(folder, topdown=False):
            _sync_folder(Path(parent))


def remove_file(path: Path) -> None:
    """Remove ``path`` if it is there.

    Raises:
        StoreWriteError: The disk refused.
    """
    with translated_os_errors(path):
        if os.path.lexists(path):
            _unlink(path)


def remove_tree(folder: Path) -> None:
    """Remove ``folder`` and all it holds, if it is there; links in it are not followed.

    Raises:
        StoreWriteError: The disk refused.
    """
    with translated_os_errors(folder):
        for parent, folders, files in os.walk(folder, topdown=False):
            for name in files:
                _unlink(Path(parent, name))
            for name in folders:
                path = Path(parent, name)
                if path.is_symlink():
                    _unlink(path)
                else:
                    _rmdir(path)
        if folder.is_dir():
            _rmdir(folder)


def remove_empty_folders(folder: Path, *, stop: Path) -> None:
    """Remove ``folder`` and those above it while they are empty, but never ``stop``.

    Raises:
        StoreWriteError: The disk refused.
    """
    while folder != stop and stop in folder.parents:
        with translated_os_errors(folder):
            if folder.is_dir():
                if any(folder.iterdir()):
                    return
                _rmdir(folder)
        folder = folder.parent


@contextmanager
def translated_os_errors(path: Path) -> Iterator[None]:
    """Raise StoreWriteError with a remedy for an OSError of the block."""
    try:
        yield
    except OSError as error:
        problem, remedy = _what_to_do(error)
        raise StoreWriteError(problem, remedy=remedy, path=path) from error


def _what_to_do(error: OSError) -> tuple[str, str]:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return _("The disk is full, or your share of it is used up."), _(
            "Free some space and run the same command again; it goes on where it stopped."
        )
    if error.errno == errno.EROFS:
        return _("The disk is write-protected."), _(
            "Make it writable, or move the archive to another disk."
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return _("There is no right to write here, or another program keeps the file open."), _(
            "Close programs that use the archive and check the rights of its folder."
        )
    if error.errno == errno.EXDEV:
        return _("The folders 'store' and '.staging' are on different disks."), _(
            "Keep the whole archive on one disk; a link to another disk does not work."
        )
    if error.errno == errno.ENAMETOOLONG:
        return _("The path is too long for this system."), _(
            "Move the archive to a folder with a shorter path."
        )
    return _("The disk refused a write: {reason}.").format(reason=why_refused(error)), _(
        "Check the disk and its cable, then run the same command again."
    )


def _write_synced(path: Path, data: bytes) -> None:
    handle = _open_new(path)
    try:
        _write(handle, data)
        _sync(handle)
    finally:
        os.close(handle)


def _patiently(rename: Callable[[Path], Path], target: Path) -> None:
    for pause_s in _RENAME_PAUSES_S:
        try:
            rename(target)
        except PermissionError:
            time.sleep(pause_s)
        else:
            return
    rename(target)


# --- one disk call each; the fault tests replace these ---------------------------------------


def _open_new(path: Path) -> int:
    # Not tempfile: its files are 0600, and a web server may not read them. This honours umask.
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, 0o666)


def _open_to_append(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))


def _write(handle: int, data: bytes | memoryview) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _sync(handle: int) -> None:
    if sys.platform == "darwin":
        import fcntl

        try:
            # macOS: fsync reaches the drive's cache only.
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
        except OSError:  # a network disk that does not know it
            os.fsync(handle)
    else:
        os.fsync(handle)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some network disks sync files but have no such thing for folders.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(handle)


def _rename(source: Path, target: Path) -> None:
    _patiently(source.rename, target)


def _replace(source: Path, target: Path) -> None:
    _patiently(source.replace, target)


def _chmod(path: Path, mode: int) -> None:
    path.chmod(mode)


def _mkdir(folder: Path) -> None:
    folder.mkdir(exist_ok=True)


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)


def _rmdir(folder: Path) -> None:
    folder.rmdir()
