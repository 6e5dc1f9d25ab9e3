"""What a museum sets and writes itself, as files, and their digest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from archive.layout import Layout


def own_digest(layout: Layout, *more: Path) -> bytes:
    """Return the digest of everything that a museum sets and writes itself.

    Args:
        layout: The archive.
        more: Other files and folders that go in.
    """
    own = (layout.config, layout.profile, layout.periods, layout.vocabularies)
    return digest_of_places((*own, layout.stories, layout.theme, *more))


def digest_of_places(places: Iterable[Path]) -> bytes:
    """Return the digest of files and folders: names and contents."""
    digest = hashlib.sha256()
    for place in places:
        for name, path in files_in(place):
            digest.update(f"{place.name}/{name}\n".encode("utf-8", "surrogateescape"))
            digest.update(content_digest(path))
    return digest.digest()


def content_digest(path: Path) -> bytes:
    """Return the digest of a file's bytes, or nothing where they cannot be read: by nobody else."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return b""


def files_in(place: Path) -> list[tuple[str, Path]]:
    """Return the files of a place, by their POSIX names there; a file is its own place.

    Links are followed, as those who read the files follow them. Compiled code is left out.
    """
    if place.is_file():
        return [("", place)]
    found = (path for path in _walked(place) if path.is_file() and path.suffix != ".pyc")
    return sorted((path.relative_to(place).as_posix(), path) for path in found)


def _walked(place: Path) -> Iterator[Path]:
    """Yield what is in a folder and those below it, links to folders entered once."""
    seen: set[str] = set()
    for folder, folders, names in os.walk(place, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        yield from (Path(folder, name) for name in names)
