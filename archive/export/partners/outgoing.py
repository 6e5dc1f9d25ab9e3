"""A package for a partner, with each file counted and digested while it is written."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from archive.export.masters import Digesting
from archive.export.package import Package, Readable, add_bytes


class Outgoing:
    """A package in the making.

    Attributes:
        files: Files written.
        size_bytes: Their lengths together.
    """

    def __init__(self, package: Package, algorithm: str, spool: IO[str]) -> None:
        """Write into ``package``.

        Args:
            package: Where to.
            algorithm: Of the list of checksums, or empty for none.
            spool: Where that list waits.
        """
        self._package = package
        self._algorithm = algorithm
        self._spool = spool
        self.files = self.size_bytes = 0

    def add(
        self, name: str, content: Readable, size_bytes: int, known: Mapping[str, str]
    ) -> Mapping[str, str]:
        """Add a file, and return the digests of its bytes."""
        stream = Digesting(content, known)
        self._package.add(name, stream, size_bytes)
        digests = stream.hexdigests()
        if self._algorithm:
            self._spool.write(f"{digests[self._algorithm]}  {name}\n")
        self.files += 1
        self.size_bytes += size_bytes
        return digests

    def add_bytes(self, name: str, content: bytes) -> None:
        """Add a small file."""
        self.add(name, io.BytesIO(content), len(content), {})

    def add_file(self, name: str, path: Path) -> None:
        """Add a file from the disk."""
        with path.open("rb") as file:
            self.add(name, file, path.stat().st_size, {})

    def add_checksums(self) -> None:
        """Add the list of the checksums of all files before, as ``sha256sum -c`` reads it."""
        if self._algorithm:
            self._spool.seek(0)
            content = self._spool.read().encode()
            add_bytes(self._package, f"checksums-{self._algorithm}.txt", content)
            self.files += 1
            self.size_bytes += len(content)
