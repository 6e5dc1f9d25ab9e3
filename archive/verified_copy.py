"""Copies of stored files, each verified twice: as it was read, and as it came to the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from archive import durable
from archive.digests import digest_file
from archive.pace import Pace
from schemas.errors import FixityError
from schemas.messages import _

_BLOCK_BYTES = 1 << 20


class DamagedSourceError(FixityError):
    """What was to be copied is not as recorded, or cannot be read."""


def copy_verified(source: Path, target: Path, sha512: str, pace: Pace) -> int:
    """Copy a file whose digest is known to a new name nobody looks for yet.

    Args:
        source: What to copy.
        target: A name in staging; what a failed copy leaves there is the caller's.
        sha512: What both must have.
        pace: Counts what was copied, or holds it back.

    Returns:
        The length in bytes. The bytes are on the disk; the caller syncs the folder.

    Raises:
        DamagedSourceError: ``source`` is not as recorded; ``target`` is not to be used.
        FixityError: What came to the disk is not what was read.
        StoreWriteError: The disk refused.
    """
    digest = hashlib.sha512()
    size_bytes = 0
    reading = _blocks(source)

    def blocks() -> Iterator[memoryview]:
        nonlocal size_bytes
        for block in reading:
            digest.update(block)
            size_bytes += len(block)
            pace.add(bytes_read=len(block))
            yield block

    durable.write_new_blocks(target, blocks())
    if digest.hexdigest() != sha512:
        raise DamagedSourceError(_("The file is not as recorded."), path=source)
    # Syncs again, and lets the system forget its own copy of the bytes.
    durable.sync_file(target)
    found = digest_file(target)
    if found.sha512 != sha512:
        raise FixityError(
            _("What was written to the disk reads back otherwise."),
            remedy=_("Do not use this disk. Check its cable, or take another one."),
            path=target,
        )
    pace.add(files_read=1)
    return size_bytes


def _blocks(source: Path) -> Iterator[memoryview]:
    buffer = bytearray(_BLOCK_BYTES)
    view = memoryview(buffer)
    try:
        if source.is_symlink():
            raise OSError("a link")
        with source.open("rb", buffering=0) as file:
            while length := file.readinto(buffer):
                yield view[:length]
    except OSError as error:
        raise DamagedSourceError(
            _("The file cannot be read: {reason}.").format(reason=error.strerror or error),
            path=source,
        ) from error
