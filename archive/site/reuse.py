"""Takes pages from the site before where they were made from the same things, else makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from archive.site.files import SiteTree
from archive.site.kept import KeptGroup, KeptPages, Made, MadeGroup, digest_of, file_state


class Reuse:
    """Makes the pages of one tree, or takes them from the site before.

    Pages are made, and kept, in groups: whoever finds that nothing of a group changed takes all
    of it by one question; else each page is asked for.

    Attributes:
        made: The groups with new pages, where it is kept what they were made from.
        taken: The names of the groups that were taken from the site before as they are.

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
        self.made: list[MadeGroup] = []
        self.taken: list[str] = []

    @property
    def is_kept(self) -> bool:
        """Whether it is kept what pages are made from."""
        return self._key is not None

    def group(self, name: str) -> PageGroup:
        """Return a group to be written; it is done when it is closed.

        Args:
            name: What its pages are of; no two groups have the same.
        """
        before = self._kept.find(name) if self._kept is not None and self.is_kept else None
        return PageGroup(name, self._tree, self._kept, before, self._key)

    def close(self, group: PageGroup, hint: bytes = b"", said: bytes = b"") -> None:
        """Note a group that is done.

        Args:
            group: The group.
            hint: What :attr:`PageGroup.hint` will be.
            said: What :meth:`PageGroup.take` will return.
        """
        if self._key is None:
            return
        # Another program, or one with other settings, would perhaps work it out otherwise.
        hint = digest_of(self._key) + hint if hint else b""
        if group.is_as_before(hint, said):
            self.taken.append(group.name)
        else:
            self.made.append(MadeGroup(group.name, group.digest, group.pages, hint, said))

    def write(
        self,
        name: str,
        parts: Callable[[], Iterable[bytes]],
        paths: Sequence[str],
        make: Callable[[], bytes],
    ) -> bytes:
        """Make pages that are a group of their own, as :meth:`PageGroup.write` does."""
        group = self.group(name)
        said = group.write(name, parts, paths, make)
        self.close(group)
        return said


class PageGroup:
    """Some pages that are made and kept together.

    Attributes:
        name: What they are of.
        digest: Of everything all of them are made from, as :meth:`take` was told; else empty.
    """

    def __init__(
        self,
        name: str,
        tree: SiteTree,
        kept: KeptPages | None,
        before: KeptGroup | None,
        key: bytes | None,
    ) -> None:
        self.name = name
        self.digest = b""
        self._pages: dict[str, Made] = {}
        self._is_whole = False
        self._tree = tree
        self._kept = kept
        self._before = before
        self._key = key

    @property
    def pages(self) -> dict[str, Made]:
        """Those that are in the new site, by their names."""
        return self._before.pages if self._is_whole and self._before is not None else self._pages

    @property
    def hint(self) -> bytes:
        """What the group was closed with for the site before by the same key, or empty."""
        if self._before is None or self._key is None:
            return b""
        sign = digest_of(self._key)
        return self._before.hint.removeprefix(sign) if self._before.hint.startswith(sign) else b""

    def is_as_before(self, hint: bytes, said: bytes) -> bool:
        """Say whether the group, with a hint as it is kept, is what it was for the site before."""
        before = self._before
        return (
            before is not None
            and (before.digest, before.hint, before.said) == (self.digest, hint, said)
            and (self._is_whole or before.pages == self._pages)
        )

    def take(self, parts: Iterable[bytes]) -> bytes | None:
        """Take all pages as they are, if nothing of them changed; return what the group said.

        Args:
            parts: Everything they are made from that those of other groups are not.
        """
        if self._key is None:
            return None
        before, self.digest = self._before, digest_of(self._key, *parts)
        if before is None or self._kept is None or before.digest != self.digest:
            return None
        if self._kept.stand(before):
            self._is_whole = True
            self._tree.keep_sure(before.paths, before.sizes)
            return before.said
        if not all(map(self._kept.stands, before.pages.values())):
            return None
        for name, made in before.pages.items():
            self._keep(name, made)
        return before.said

    def write(
        self,
        name: str,
        parts: Callable[[], Iterable[bytes]],
        paths: Sequence[str],
        make: Callable[[], bytes],
    ) -> bytes:
        """Make pages, or take them as they are; return what ``make`` does, or did.

        Args:
            name: What they are of; no two calls for a group have the same.
            parts: Gives everything they are made from that others are not.
            paths: Their files, relative to the root of the site.
            make: Makes exactly these; returns what is to be known of them.
        """
        if self._key is None:
            return make()
        digest = digest_of(self._key, *parts())
        found = self._before.pages.get(name) if self._before is not None else None
        if (
            found is not None
            and self._kept is not None
            and (found.digest, found.paths) == (digest, tuple(paths))
            and self._kept.stands(found)
        ):
            self._keep(name, found)
            return found.said
        said = make()
        states = [file_state(f"{self._tree.root}/{path}") for path in paths]
        files = tuple(state for state in states if state is not None)
        self._pages[name] = Made(digest, tuple(paths), files, said)
        return said

    def _keep(self, name: str, made: Made) -> None:
        for path, (size_bytes, _time) in zip(made.paths, made.files, strict=True):
            self._tree.keep(path, size_bytes)
        self._pages[name] = made
