"""The search of a site: written anew, or taken from the site before where nothing of it changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from archive.layout import Layout
from archive.site.files import SiteTree, iter_files
from archive.site.kept import KeptPages, Made, MadeGroup, digest_of, file_state, note_made

_FOLDER = "search"


class SearchFolder:
    """The folder of the search in one site.

    Args:
        layout: The archive.
        key: Digest of everything that the index is made from besides the items; None where it is
            not to be kept.
    """

    def __init__(self, layout: Layout, key: bytes | None) -> None:
        self._layout = layout
        self._key = key
        self._digest = b""

    def write(self, tree: SiteTree, items: bytes, make: Callable[[Path], object]) -> None:
        """Write the search into a site, or take it as it is.

        Args:
            tree: The site.
            items: Digest of all items.
            make: Writes the search into the folder it is given.
        """
        if self._key is not None:
            self._digest = digest_of(self._key, items)
        if self._key is None or not self._is_taken(tree):
            make(tree.new_folder(_FOLDER))
            tree.count_folder(_FOLDER)

    def note(self, tree: SiteTree, table: Path) -> None:
        """Note what it was made from, once its files are those that will stay.

        Args:
            tree: The site.
            table: Where :class:`archive.site.kept.MadePages` noted the same of the pages.
        """
        if self._key is not None:
            paths = tuple(_paths(tree.root))
            found = (file_state(f"{tree.root}/{path}") for path in paths)
            made = Made(self._digest, paths, tuple(state for state in found if state is not None))
            note_made(table, MadeGroup(_FOLDER, self._digest, {_FOLDER: made}, self._key))

    def _is_taken(self, tree: SiteTree) -> bool:
        if tree.before is None or not (tree.before / _FOLDER).is_dir():
            return False
        with closing(KeptPages(self._layout.site_pages, tree.before)) as kept:
            found = kept.find(_FOLDER)
            if found is None or found.digest != self._digest:
                return False
            made = found.pages[_FOLDER]
            if list(made.paths) != _paths(tree.before) or not kept.stands(made):
                return False
        for path, (size_bytes, _time) in zip(made.paths, made.files, strict=True):
            tree.keep(path, size_bytes)
        return True


def search_before(layout: Layout, key: bytes) -> Path | None:
    """Return the folder of the search in the site before, if it was made by the same key."""
    with closing(KeptPages(layout.site_pages, layout.site)) as kept:
        found = kept.find(_FOLDER)
    return layout.site / _FOLDER if found is not None and found.hint == key else None


def _paths(site: Path) -> list[str]:
    """Return the files of the search, relative to the root of a site."""
    return [f"{_FOLDER}/{name}" for name, _path in iter_files(site / _FOLDER)]
