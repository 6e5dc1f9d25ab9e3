"""Remembering what a scan held, so that an unchanged one is not read again at every run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from archive.catalogue import Catalogue
from archive.digests import digest_file
from pipeline.jobs import Scan

# A file written again within the tick of the disk's clock keeps its time and, uncompressed, its
# size. FAT and exFAT tick every two seconds; a file younger than this is not trusted to memory.
_SETTLED_AFTER_NS = 3_000_000_000

Key = tuple[str, int, int]


class ScanDigests:
    """The digests of scans, by path, size and time of change; kept in the catalogue."""

    def __init__(
        self, catalogue: Catalogue, now: Callable[[], datetime], *, reread: bool = False
    ) -> None:
        """Set up the memory.

        Args:
            catalogue: Where digests are kept.
            now: The clock.
            reread: Trust no earlier run; read every scan.
        """
        self._catalogue = catalogue
        self._now = now
        self._reread = reread
        self._keys: dict[Path, Key] = {}
        self._read: dict[Key, str] = {}

    def of(self, scan: Scan) -> str | None:
        """Return the sha512 of a scan, or None where it cannot be read.

        Whoever copies the scan meets the same error and reports it.
        """
        try:
            key = _key_of(scan.source)
            digest = self._read.get(key)
            if digest is None and not self._reread:
                digest = self._catalogue.source_digest(*key)
            if digest is None:
                digest = digest_file(scan.source).sha512
                self._keep(key, digest)
        except OSError:
            return None
        return digest

    def expect(self, scan: Scan) -> None:
        """Take the key of a scan before it is copied.

        A file touched after this has another key, so its old digest can never be taken for its
        new bytes.
        """
        try:
            self._keys[scan.source] = _key_of(scan.source)
        except OSError:
            self._keys.pop(scan.source, None)

    def remember(self, scan: Scan, sha512: str) -> None:
        """Remember what an expected scan held when it was copied."""
        key = self._keys.pop(scan.source, None)
        if key is not None:
            self._keep(key, sha512)

    def _keep(self, key: Key, sha512: str) -> None:
        self._read[key] = sha512
        _path, _size, mtime_ns = key
        if int(self._now().timestamp() * 1e9) - mtime_ns > _SETTLED_AFTER_NS:
            self._catalogue.remember_source(*key, sha512)


def _key_of(path: Path) -> Key:
    stat = path.stat()
    return str(path.resolve()), stat.st_size, stat.st_mtime_ns
