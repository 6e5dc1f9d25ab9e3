"""Takes pages from the site before where they were made from the same things, else makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from archive.site.files import SiteTree
from archive.site.kept import KeptPages, Made, digest_of, file_state


class Reuse:
    """Makes the pages of one tree, or takes them from the site before.

    Attributes:
        made: What the pages that were made were made from, where that is kept.
        taken: The names of those that were taken from the site before.

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
        self.taken: list[str] = []

    @property
    def is_kept(self) -> bool:
        """Whether it is kept what pages are made from."""
        return self._key is not None

    def write(
        self,
        name: str,
        parts: Callable[[], Iterable[bytes]],
        paths: Sequence[str],
        make: Callable[[], bytes],
    ) -> bytes:
        """Make pages, or take them as they are; return what ``make`` does, or did.

        Args:
            name: What they are of; no two calls have the same.
            parts: Gives everything they are made from that others are not.
            paths: Their files, relative to the root of the site.
            make: Makes exactly these; returns what is to be known of them.
        """
        if self._key is None:
            return make()
        digest = digest_of(self._key, *parts())
        found = self._kept.find(name, digest, paths) if self._kept is not None else None
        if found is not None:
            for path, (size_bytes, _time) in zip(paths, found.files, strict=True):
                self._tree.keep(path, size_bytes)
            self.taken.append(name)
            return found.said
        said = make()
        states = [file_state(f"{self._tree.root}/{path}") for path in paths]
        files = tuple(state for state in states if state is not None)
        self.made.append(Made(name, digest, files, said))
        return said
