"""Masters on their way into a package: read once, and only bytes that are as recorded.

The sha512 is computed while a master is copied and compared with the recorded one; if they
differ, the package is not made. The sha256 was recorded in the same reading as the sha512, so
bytes that have the one have the other: it is taken from the record and not computed again, which
is a third of the time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from archive.export.items import ExportMasters
from archive.export.names import safe_paths
from archive.export.package import Package, Readable, add_bytes
from schemas.errors import FixityError, RecordError, SourceError
from schemas.messages import _
from schemas.technical import Technical

ALGORITHMS = ("sha256", "sha512")

AddFile = Callable[[str, Readable, int, Mapping[str, str]], Mapping[str, str]]
"""Adds a file to a package by name, content, length and the digests that are known already, and
gives all digests of its bytes."""


class Digesting:
    """A stream that computes the digests of what is read from it, piece by piece.

    Not in a thread beside the writing: that saved no time by the clock and cost a tenth more of
    the processors, because each piece was fetched by two cores.
    """

    def __init__(self, content: Readable, known: Mapping[str, str] | None = None) -> None:
        """Digest ``content`` by :data:`ALGORITHMS`, but for the digests that are known."""
        self._content = content
        self._known = dict(known or {})
        self._digests = {name: hashlib.new(name) for name in ALGORITHMS if name not in self._known}

    def read(self, size: int = -1, /) -> bytes:
        """Return at most ``size`` bytes of the content."""
        chunk = self._content.read(size)
        for digest in self._digests.values():
            digest.update(chunk)
        return chunk

    def hexdigests(self) -> dict[str, str]:
        """Return the digests of what was read, by algorithm."""
        computed = {name: digest.hexdigest() for name, digest in self._digests.items()}
        return self._known | computed


def master_names(item: ExportMasters) -> dict[str, str]:
    """Return where each master stands in an item's folder, by its logical path.

    Raises:
        RecordError: A master has no recorded digests.
    """
    names = safe_paths(technical.path for technical in item.technical)
    if missing := sorted(set(item.masters) - set(names)):
        raise RecordError(
            _("The item '{item}' has masters without recorded digests: {paths}.").format(
                item=item.item_id, paths=", ".join(missing)
            ),
            remedy=_("Check the archive with: hoaban audit"),
        )
    return names


def without_tags(masters: Iterable[Technical]) -> tuple[Technical, ...]:
    """Return what was read, without what the camera wrote, as the place.

    Who gets images instead of masters gets none of it.
    """
    return tuple(replace(technical, exif={}) for technical in masters)


def add_master(add: AddFile, item: ExportMasters, technical: Technical, name: str) -> None:
    """Add a master under a name.

    Raises:
        FixityError: Its bytes are not as recorded, or it is gone.
    """
    source = item.masters.get(technical.path)
    if source is None:
        raise FixityError(
            _("The master '{path}' of '{item}' is recorded but not in the store.").format(
                path=technical.path, item=item.item_id
            ),
            remedy=_("Check the archive with: hoaban audit"),
        )
    with _open_master(source) as file:
        found_bytes = source.stat().st_size
        if found_bytes != technical.size_bytes:
            raise _changed(source, technical, f"{technical.size_bytes}", f"{found_bytes}")
        known = {"sha256": technical.sha256}
        digests = add(name, _Master(file, source), technical.size_bytes, known)
    if digests["sha512"] != technical.sha512:
        raise _changed(source, technical, technical.sha512, digests["sha512"])


def image_bytes(path: Path) -> bytes:
    """Return the bytes of an image that goes out in place of a master.

    Raises:
        SourceError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(
            _("The image cannot be read: {reason}.").format(reason=error.strerror or error),
            remedy=_("Make the images again: hoaban rebuild"),
            path=path,
        ) from error


class _Master:
    """A master being read; what goes wrong is told of the master, not of the export."""

    def __init__(self, file: BinaryIO, source: Path) -> None:
        self._file = file
        self._source = source

    def read(self, size: int = -1, /) -> bytes:
        try:
            chunk = self._file.read(size)
        except OSError as error:
            raise _unreadable(self._source, error) from error
        if not chunk and size != 0:
            raise FixityError(_("The file became shorter while it was read."), path=self._source)
        return chunk


def _open_master(source: Path) -> BinaryIO:
    try:
        return source.open("rb")
    except OSError as error:
        raise _unreadable(source, error) from error


def _unreadable(source: Path, error: OSError) -> FixityError:
    return FixityError(
        _("The master cannot be read: {reason}.").format(reason=error.strerror or error),
        remedy=_("Check the archive with: hoaban audit"),
        path=source,
    )


def _changed(source: Path, technical: Technical, expected: str, found: str) -> FixityError:
    return FixityError(
        _("The master '{path}' is not as recorded: expected {expected}, found {found}.").format(
            path=technical.path, expected=expected, found=found
        ),
        remedy=_("No package was made. Restore the file from a copy, then check: hoaban audit"),
        path=source,
    )


class CountedPackage:
    """A package that counts what is added to it and gives the digests.

    Attributes:
        files: Files added so far.
        size_bytes: Their length together.
    """

    def __init__(self, package: Package) -> None:
        """Begin with nothing."""
        self._package = package
        self.files = 0
        self.size_bytes = 0

    def add(
        self, name: str, content: Readable, size_bytes: int, known: Mapping[str, str]
    ) -> dict[str, str]:
        """Add a file and return its digests, computed but for the ``known`` ones."""
        stream = Digesting(content, known)
        self._package.add(name, stream, size_bytes)
        self._count(size_bytes)
        return stream.hexdigests()

    def add_bytes(self, name: str, content: bytes) -> None:
        """Add a small file."""
        add_bytes(self._package, name, content)
        self._count(len(content))

    def _count(self, size_bytes: int) -> None:
        self.files += 1
        self.size_bytes += size_bytes
