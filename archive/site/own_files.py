"""What a museum sets and writes itself, as files, and digests of files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from archive.layout import Layout


def own_digest(layout: Layout) -> bytes:
    """Return the digest of everything that a museum sets and writes itself."""
    return digest_of_places(own_places(layout))


def own_places(layout: Layout) -> tuple[Path, ...]:
    """Return the files and folders that a museum sets and writes itself, there or not."""
    tables = (layout.periods, layout.vocabularies)
    return (layout.config, layout.profile, *tables, layout.stories, layout.theme)


def digest_of_places(
    places: Iterable[Path], *, is_wanted: Callable[[Path], bool] = lambda path: True
) -> bytes:
    """Return the digest of files, and of those in folders: their names and contents.

    A file that cannot be read, by nobody else either, counts by its name.
    """
    digest = hashlib.sha256()
    for place in places:
        for name, path in filter(lambda found: is_wanted(found[1]), files_in(place)):
            digest.update(f"{place.name}/{name}\n".encode("utf-8", "surrogateescape"))
            digest.update(_content_digest(path))
    return digest.digest()


def _content_digest(path: Path) -> bytes:
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
