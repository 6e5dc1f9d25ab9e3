"""Items as a build meets them: only those that changed since the build before are read."""

from __future__ import annotations

from typing import Protocol

from archive.site.items import SiteItem


class ListedItem(Protocol):
    """An item of the list that a site is made from, not yet read."""

    @property
    def item_id(self) -> str:
        """The item."""

    @property
    def stamp(self) -> bytes:
        """Digest of everything :meth:`read` gives: equal only where that is.

        What an item is may depend on the day, as an embargo does; then so does its stamp.
        """

    def read(self) -> SiteItem:
        """Return the item.

        Raises:
            RecordError: What is kept of it is damaged.
        """
