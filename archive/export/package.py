"""One package of many files: a folder, a .tar or a .zip, written in one pass, never held in memory.

The three give the same files under the same names. Everything in them is dated by the caller,
so the same export made twice is the same bytes.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Protocol

from archive.export.fast_zip import fast_zip_file
from archive.export.names import safe_name

# A piece is read, digested and written while a core's own cache holds it.
_CHUNK_BYTES = 256 * 1024
_ZIP_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)


class Readable(Protocol):
    """A stream that can be read in pieces."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most ``size`` bytes, or none at the end."""


class Package(Protocol):
    """What files are added to, one after the other."""

    def add(self, name: str, content: Readable, size_bytes: int) -> None:
        """Write ``size_bytes`` of ``content`` as the file ``name`` (POSIX path in the package)."""


def kind_of(path: Path) -> str:
    """Return ``tar``, ``zip`` or ``folder``, by the ending of ``path``."""
    return {".tar": "tar", ".zip": "zip"}.get(path.suffix.lower(), "folder")


@contextmanager
def new_package(
    path: Path, *, kind: str, name: str, at: str, is_text: bool = False
) -> Iterator[Package]:
    """Open a new package at ``path``.

    Args:
        path: The file or folder to make; it must not exist.
        kind: What :func:`kind_of` says.
        name: Final name of the file or folder; a .tar or .zip has one base folder of that name.
        at: RFC 3339 moment that dates every file in a .tar or .zip.
        is_text: Only texts go in, so a .zip is worth compressing: XML takes a tenth.
    """
    base = safe_name(Path(name).stem)
    moment = datetime.fromisoformat(at).astimezone(UTC)
    if kind == "tar":
        # tarfile's own pieces are 16 KB, which costs more than the copying.
        with tarfile.TarFile(path, "w", format=tarfile.PAX_FORMAT, copybufsize=_CHUNK_BYTES) as tar:
            yield _TarPackage(tar, base, int(moment.timestamp()))
    elif kind == "zip":
        # Images are compressed already, and a stored file can be read with any tool.
        method = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
        with fast_zip_file()(path, "x", method) as zipped:
            yield _ZipPackage(zipped, base, max(moment, _ZIP_EPOCH))
    else:
        path.mkdir()
        yield _FolderPackage(path)


def add_bytes(package: Package, name: str, content: bytes) -> None:
    """Add a small file."""
    package.add(name, io.BytesIO(content), len(content))


class _FolderPackage:
    def __init__(self, root: Path) -> None:
        self._root = root

    def add(self, name: str, content: Readable, size_bytes: int) -> None:
        path = self._root.joinpath(*name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            _copy(content, file, size_bytes)


class _TarPackage:
    def __init__(self, tar: tarfile.TarFile, base: str, mtime: int) -> None:
        self._tar = tar
        self._base = base
        self._mtime = mtime

    def add(self, name: str, content: Readable, size_bytes: int) -> None:
        info = tarfile.TarInfo(f"{self._base}/{name}")
        info.size = size_bytes
        info.mtime = self._mtime
        info.mode = 0o644
        self._tar.addfile(info, content)


class _ZipPackage:
    def __init__(self, zipped: zipfile.ZipFile, base: str, moment: datetime) -> None:
        self._zip = zipped
        self._base = base
        self._date_time = moment.timetuple()[:6]

    def add(self, name: str, content: Readable, size_bytes: int) -> None:
        info = zipfile.ZipInfo(f"{self._base}/{name}", self._date_time)
        info.file_size = size_bytes
        info.create_system = 3
        info.external_attr = 0o644 << 16
        info.compress_type = self._zip.compression
        with self._zip.open(info, "w") as file:
            _copy(content, file, size_bytes)


def _copy(content: Readable, file: IO[bytes], size_bytes: int) -> None:
    left = size_bytes
    while left > 0:
        chunk = content.read(min(left, _CHUNK_BYTES))
        if not chunk:
            raise ValueError(f"content ends {left} bytes before its size")
        file.write(chunk)
        left -= len(chunk)
