"""Reading a scan: once, with its digests, and with its copy into staging on the way."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from pipeline.jobs import Scan
from pipeline.lost_blocks import LostBlocks, ZeroRuns
from pipeline.readers import ScanProblem

# What fits in a core's own cache is still there for the second digest and the copy.
_BLOCK_BYTES = 1 << 18


@dataclass(frozen=True)
class Copy:
    """One scan, read once.

    Attributes:
        scan: The scan.
        path: Where it can be read from now.
        size_bytes: Its length.
        sha512: Hexadecimal digest.
        sha256: Hexadecimal digest.
        lost: Blocks of nothing but zeros among others.
    """

    scan: Scan
    path: Path
    size_bytes: int
    sha512: str
    sha256: str
    lost: LostBlocks


def read_scan(scan: Scan, target: Path | None) -> Copy:
    """Read a scan once, digest it, and copy it to ``target`` on the way if there is one.

    Raises:
        ScanProblem: The scan cannot be read, or changed meanwhile.
        OSError: The copy cannot be written.
    """
    sha512, sha256, zeros, size = hashlib.sha512(), hashlib.sha256(), ZeroRuns(), 0
    before = _state(scan)
    with ExitStack() as stack:
        copy = stack.enter_context(target.open("xb")) if target else None
        for block in _blocks(scan):
            size += len(block)
            sha512.update(block)
            sha256.update(block)
            zeros.add(bytes(block))
            if copy:
                copy.write(block)
        if copy:
            # On the disk before it is named in any inventory; the store reads it back.
            copy.flush()
            os.fsync(copy.fileno())
    if _state(scan) != before or size != before[0]:
        raise ScanProblem("SCAN-changed")
    place = target or scan.source
    return Copy(scan, place, size, sha512.hexdigest(), sha256.hexdigest(), zeros.lost)


def _state(scan: Scan) -> tuple[int, int]:
    """Return the size and time that change when somebody writes to the scan."""
    try:
        state = scan.source.stat()
    except OSError as error:
        raise ScanProblem("SCAN-unreadable", reason=error.strerror or str(error)) from error
    if not stat.S_ISREG(state.st_mode):
        raise ScanProblem("SCAN-unreadable", reason="not a regular file")
    return state.st_size, state.st_mtime_ns


def _blocks(scan: Scan) -> Iterator[memoryview]:
    """Read the scan into one block after the other, each valid until the next.

    All but the last are whole. What goes wrong here is the scan's, not the copy's.
    """
    block = memoryview(bytearray(_BLOCK_BYTES))
    try:
        with scan.source.open("rb", buffering=0) as source:
            while filled := _fill(source, block):
                yield block[:filled]
    except OSError as error:
        raise ScanProblem("SCAN-unreadable", reason=error.strerror or str(error)) from error


def _fill(source: FileIO, block: memoryview) -> int:
    """Fill the block, which one read need not do on a network disk; return how far it came."""
    filled = 0
    while filled < len(block) and (length := source.readinto(block[filled:])):
        filled += length
    return filled
