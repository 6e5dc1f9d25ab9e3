"""Digests of files, in one pass and little memory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class FileDigests:
    """What identifies a file's bytes.

    Attributes:
        size_bytes: Length.
        sha512: Hexadecimal digest.
        sha256: Hexadecimal digest; empty when it was not asked for.
    """

    size_bytes: int
    sha512: str
    sha256: str = ""


def digest_file(
    path: Path, *, with_sha256: bool = False, on_block: Callable[[int], object] | None = None
) -> FileDigests:
    """Return the digests of a file.

    Args:
        path: The file.
        with_sha256: Whether sha256 is wanted too.
        on_block: Called with the length of each block read, in bytes.

    Raises:
        OSError: The file cannot be read.
    """
    sha512, sha256, size_bytes = hashlib.sha512(), hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        # One buffer for the whole file: a new one a block costs as much as a tenth of sha512.
        buffer = bytearray(min(max(os.fstat(file.fileno()).st_size, 1), _BLOCK_BYTES))
        view = memoryview(buffer)
        while length := file.readinto(buffer):
            block = view[:length]
            size_bytes += length
            sha512.update(block)
            if with_sha256:
                sha256.update(block)
            if on_block is not None:
                on_block(length)
    return FileDigests(size_bytes, sha512.hexdigest(), sha256.hexdigest() if with_sha256 else "")


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file as hexadecimal digits, as checksum lists for others have it.

    Where the processor has instructions for it, it costs a third of sha512.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
