"""Blocks of zeros inside a file, as a failing disk, card or network copy leaves them.

Decoders of formats without checksums often show such a picture and say nothing: of JPEGs with one
lost block of 4096 bytes, four in ten are decoded without a complaint. Compressed data hardly ever
has that many zeros in a row; and to start and end exactly where the blocks of a disk do, with no
zero on either side, happens by chance once in sixteen million runs. Plain pixels may be black, so
nothing is said of uncompressed files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import tiff
from pipeline.identify import Identity

# Of a block of file systems, of flash memory and of today's disks.
BLOCK_BYTES = 4096
_ZEROS = bytes(BLOCK_BYTES)
_COMPRESSED = frozenset({"JPEG", "WebP", "AVIF", "HEIC", "JPEG 2000"})
# LZW, JPEG, Deflate: in the others zeros may mean white or black.
_TIFF_COMPRESSIONS = frozenset({5, 7, 8, 32946})


@dataclass(frozen=True)
class LostBlocks:
    """Zeros that start and end at the edges of blocks, with other bytes on both sides.

    Attributes:
        first_at: Where the first of them starts, in bytes from the start of the file.
        count: How many blocks there are in all.
    """

    first_at: int = 0
    count: int = 0


class ZeroRuns:
    """Finds lost blocks in a file that is read piece by piece, every piece but the last whole."""

    def __init__(self) -> None:
        self._at = 0
        self._last = 0
        self._run_at: int | None = None
        self._first_at = 0
        self._count = 0

    def add(self, piece: bytes) -> None:
        """Look at the next bytes; all pieces but the last are whole blocks."""
        firsts = piece[::BLOCK_BYTES]
        number = 0
        while number < len(firsts):
            if self._run_at is None:
                # The first byte of each block sorts out nearly all of them.
                number = firsts.find(0, number)
                if number < 0:
                    break
            start = number * BLOCK_BYTES
            is_zero = piece.startswith(_ZEROS, start)
            if self._run_at is not None and not is_zero:
                self._end_run(start, firsts[number])
            elif self._run_at is None and is_zero and (piece[start - 1] if start else self._last):
                self._run_at = self._at + start
            number += 1
        self._last = piece[-1]
        self._at += len(piece)

    def _end_run(self, start: int, following: int) -> None:
        if self._run_at is not None and following:
            self._first_at = self._first_at if self._count else self._run_at
            self._count += (self._at + start - self._run_at) // BLOCK_BYTES
        self._run_at = None

    @property
    def lost(self) -> LostBlocks:
        """What was found in all that was added."""
        return LostBlocks(self._first_at, self._count)


def tells_lost_blocks(path: Path, identity: Identity) -> bool:
    """Say whether zeros in a file of this kind can only be a loss.

    Raises:
        OSError: The file cannot be read.
    """
    if identity.format is None:
        return False
    if identity.format.name == "TIFF":
        try:
            return _is_compressed(tiff.read_directories(path))
        except ValueError:
            return False  # its reader tells what is wrong
    return identity.format.name in _COMPRESSED


def _is_compressed(directories: Sequence[tiff.Directory]) -> bool:
    return all(
        page.number(tiff.COMPRESSION, 1) in _TIFF_COMPRESSIONS for page in directories
    ) and bool(directories)
