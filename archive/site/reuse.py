"""Takes pages from the site before where they were made from the same things, else makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from archive.site.files import SiteTree
from archive.site.kept import KeptPages, Made, digest_of, file_state


class Reuse:
    """Makes the pages of one tree, or takes them from the site before.

    Attributes:
        made: What the pages were made from, where that is kept.

    Args:
        tree: The new site.
        kept: What the pages of the site before were made from; None without one.
        key: Digest of what all pages are made from; None where it is not to be kept, as in an
            edition.
    """

    def __init__(self, tree: SiteTree, kept: KeptPages | None, key: bytes | None) -> None:
        self._tree = tree
        self._kept = kept
        self._key = key
        self.made: list[Made] = []

    def write(
        self,
        name: str,
        parts: Callable[[], Iterable[bytes]],
        paths: Sequence[str],
        make: Callable[[], None],
    ) -> None:
        """Make pages, or take them as they are.

        Args:
            name: What they are of; no two calls have the same.
            parts: Gives everything they are made from that others are not.
            paths: Their files, relative to the root of the site.
            make: Makes exactly these.
        """
        if self._key is None:
            make()
            return
        digest = digest_of(self._key, *parts())
        found = self._kept.find(name, digest, paths) if self._kept is not None else None
        if found is not None:
            for path, (size_bytes, _time) in zip(paths, found.files, strict=True):
                self._tree.keep(path, size_bytes)
            self.made.append(found)
            return
        make()
        states = [file_state(f"{self._tree.root}/{path}") for path in paths]
        files = tuple(state for state in states if state is not None)
        self.made.append(Made(name, digest, files))
