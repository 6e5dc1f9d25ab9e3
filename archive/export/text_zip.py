"""A .zip of small texts that were compressed before: nothing of one that did not change is redone.

Python's ``zipfile`` compresses what it is given, always. Here the compressed form goes in as it is;
the bytes are those that ``zipfile`` would write.

Source: .ZIP File Format Specification 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3 (PKWARE).
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import IO, Self

_LOCAL = struct.Struct("<4s2B4HL2L2H")
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_END = struct.Struct("<4s4H2LH")
_LARGE_END = struct.Struct("<4sQ2H2L4Q")
_LARGE_PLACE = struct.Struct("<4sLQL")
_LARGE_OFFSET = struct.Struct("<HHQ")
_KEPT = struct.Struct(">LL")

_DEFLATE, _UNIX, _IS_UTF8 = 8, 3, 0x800
_VERSION, _LARGE_VERSION = 20, 45
_PLAIN_FILE = 0o644 << 16

# Where zipfile goes over to the fields of 64 bits.
_LARGEST = (1 << 31) - 1
_MOST_FILES = (1 << 16) - 1
_FULL, _FULL_COUNT = 0xFFFFFFFF, 0xFFFF


@dataclass(frozen=True)
class Deflated:
    """A text as it lies in a .zip.

    Attributes:
        crc: Its checksum, CRC-32.
        size_bytes: Its length.
        data: The text, compressed.
    """

    crc: int
    size_bytes: int
    data: bytes

    @classmethod
    def of(cls, content: bytes) -> Deflated:
        """Compress a text, as ``zipfile`` does without being told how much."""
        deflater = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
        return cls(zlib.crc32(content), len(content), deflater.compress(content) + deflater.flush())

    @classmethod
    def from_bytes(cls, kept: bytes) -> Deflated:
        """Return what :meth:`to_bytes` was asked of."""
        crc, size_bytes = _KEPT.unpack_from(kept)
        return cls(crc, size_bytes, kept[_KEPT.size :])

    def to_bytes(self) -> bytes:
        """Return it as it can be kept."""
        return _KEPT.pack(self.crc, self.size_bytes) + self.data


class TextZip:
    """Writes a .zip of texts; a context manager that finishes it if no error ends it.

    Args:
        file: Where it goes, from its beginning.
        moment: Dates every file in it; from 1980 on.
    """

    def __init__(self, file: IO[bytes], moment: datetime) -> None:
        self._file = file
        # Two seconds are the finest that it knows.
        self._time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
        self._date = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
        self._offset = 0
        self._directory: list[bytes] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self._finish()

    def add(self, name: str, text: Deflated) -> None:
        """Add a text as the file ``name`` (POSIX path in the .zip)."""
        encoded = name.encode()
        flags = 0 if name.isascii() else _IS_UTF8
        said = (flags, _DEFLATE, self._time, self._date, text.crc, len(text.data), text.size_bytes)
        local = _LOCAL.pack(b"PK\3\4", _VERSION, 0, *said, len(encoded), 0) + encoded
        extra, offset, version = b"", self._offset, _VERSION
        if offset > _LARGEST:
            extra, offset, version = _LARGE_OFFSET.pack(1, 8, offset), _FULL, _LARGE_VERSION
        versions = (version, _UNIX, version, 0)
        lengths = (len(encoded), len(extra), 0)
        central = _CENTRAL.pack(b"PK\1\2", *versions, *said, *lengths, 0, 0, _PLAIN_FILE, offset)
        self._directory.append(central + encoded + extra)
        self._file.write(local)
        self._file.write(text.data)
        self._offset += len(local) + len(text.data)

    def _finish(self) -> None:
        """Write the directory."""
        start, count = self._offset, len(self._directory)
        size = sum(self._file.write(entry) for entry in self._directory)
        if count > _MOST_FILES or start > _LARGEST or size > _LARGEST:
            versions = (_LARGE_VERSION, _LARGE_VERSION)
            said = (count, count, size, start)
            self._file.write(_LARGE_END.pack(b"PK\6\6", 44, *versions, 0, 0, *said))
            self._file.write(_LARGE_PLACE.pack(b"PK\6\7", 0, start + size, 1))
            count = min(count, _FULL_COUNT)
            size, start = min(size, _FULL), min(start, _FULL)
        self._file.write(_END.pack(b"PK\5\6", 0, 0, count, count, size, start, 0))
