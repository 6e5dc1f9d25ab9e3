"""A .zip of files that are stored as they are, with sizes and places of any length (zip64).

The same bytes as Python's ``zipfile`` writes, for two thirds of what that takes beside the
digests of a large file: ``zipfile`` has only the CRC-32 of the zlib that Python was built with,
which may take a fifth of the time of sha512, and passes every piece through one more buffer.

Source: PKWARE, .ZIP File Format Specification (APPNOTE.TXT) 6.3.10, sections 4.3.7, 4.3.12,
4.3.14 to 4.3.16 and 4.5.3.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import IO

LIMIT = 0x7FFFFFFF
"""A size or place above it is written in 64 bits; programs were seen that take 32 as signed."""
FILES_LIMIT = 0xFFFF

_IN_ZIP64 = 0xFFFFFFFF
_VERSION, _ZIP64_VERSION = 20, 45
_UNIX = 3
_UTF_8 = 0x800
_MODE = 0o644 << 16

Crc = Callable[[bytes, int], int]
DateTime = tuple[int, int, int, int, int, int]


def fastest_crc32() -> Crc:
    """Return the CRC-32 of zlib-ng, the optional part ``zip``, or else that of Python's zlib."""
    try:
        found: Crc = import_module("zlib_ng.zlib_ng").crc32
    except ImportError:
        return zlib.crc32
    return found


@dataclass
class _Entry:
    """One file of the package, as both of its headers say it."""

    name: bytes
    flags: int
    dos_date: int
    dos_time: int
    size_bytes: int
    place: int
    crc: int = 0

    def local_header(self) -> bytes:
        """Return what stands before the file's bytes."""
        size, extra, version = self.size_bytes, b"", _VERSION
        if size > LIMIT:
            extra = struct.pack("<HHQQ", 1, 16, size, size)
            size, version = _IN_ZIP64, _ZIP64_VERSION
        head = struct.pack("<4sHHHHHLLLHH", b"PK\3\4", version, *self._common(size, extra))
        return head + self.name + extra

    def central_header(self) -> bytes:
        """Return the line of the directory at the end."""
        size, place, in_64 = self.size_bytes, self.place, []
        if size > LIMIT:
            in_64 += [size, size]
            size = _IN_ZIP64
        if place > LIMIT:
            in_64.append(place)
            place = _IN_ZIP64
        extra = struct.pack(f"<HH{len(in_64)}Q", 1, 8 * len(in_64), *in_64) if in_64 else b""
        version = _ZIP64_VERSION if in_64 else _VERSION
        head = struct.pack(
            "<4sBBHHHHHLLLHHHHHLL",
            *(b"PK\1\2", version, _UNIX, version, *self._common(size, extra)),
            *(0, 0, 0, _MODE, place),
        )
        return head + self.name + extra

    def _common(self, size: int, extra: bytes) -> tuple[int, ...]:
        """Return what both headers have: flags, method, time, date, CRC, sizes, lengths."""
        times = (self.dos_time, self.dos_date)
        return (self.flags, 0, *times, self.crc, size, size, len(self.name), len(extra))


class Writing:
    """Takes the bytes of one file.

    Attributes:
        crc: CRC-32 of what was written so far.
    """

    def __init__(self, file: IO[bytes], crc32: Crc) -> None:
        """Write to where ``file`` stands."""
        self._file = file
        self._crc32 = crc32
        self.crc = 0

    def write(self, chunk: bytes) -> object:
        """Write the next piece."""
        self.crc = self._crc32(chunk, self.crc)
        return self._file.write(chunk)


class StoredZip:
    """Writes a .zip, one file after the other; :meth:`close` writes its directory."""

    def __init__(self, file: IO[bytes], date_time: DateTime) -> None:
        """Begin at the start of an empty file.

        Args:
            file: Where to; it can be gone back in, and writes all it is given.
            date_time: Year from 1980, month, day, hour, minute, second, of all files.
        """
        self._file = file
        year, month, day, hour, minute, second = date_time
        self._dos_date = (year - 1980) << 9 | month << 5 | day
        self._dos_time = hour << 11 | minute << 5 | second // 2
        self._crc32 = fastest_crc32()
        self._entries: list[_Entry] = []

    @contextmanager
    def new_file(self, name: str, size_bytes: int) -> Iterator[Writing]:
        """Begin a file; within the block all its bytes are written.

        Args:
            name: Its path in the package, POSIX.
            size_bytes: How long it will be.
        """
        entry = _Entry(
            name.encode(),
            0 if name.isascii() else _UTF_8,
            self._dos_date,
            self._dos_time,
            size_bytes,
            place=self._file.tell(),
        )
        self._file.write(entry.local_header())
        writing = Writing(self._file, self._crc32)
        yield writing
        end = self._file.tell()
        entry.crc = writing.crc
        self._file.seek(entry.place)
        self._file.write(entry.local_header())
        self._file.seek(end)
        self._entries.append(entry)

    def close(self) -> None:
        """Write the directory."""
        start = self._file.tell()
        for entry in self._entries:
            self._file.write(entry.central_header())
        end, count = self._file.tell(), len(self._entries)
        size = end - start
        if count > FILES_LIMIT or start > LIMIT or size > LIMIT:
            versions = (_ZIP64_VERSION, _ZIP64_VERSION)
            places = (count, count, size, start)
            self._file.write(struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, *versions, 0, 0, *places))
            self._file.write(struct.pack("<4sLQL", b"PK\6\7", 0, end, 1))
        count, size, start = min(count, 0xFFFF), min(size, _IN_ZIP64), min(start, _IN_ZIP64)
        self._file.write(struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, count, count, size, start, 0))
