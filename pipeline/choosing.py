"""Which items are meant: ``--only`` by inventory number, item id or pattern."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from schemas.errors import SourceError
from schemas.identifiers import item_id_for
from schemas.messages import _
from schemas.records import Record
from schemas.vietnamese import bare_form


class Only:
    """Chooses the records that one of some patterns fits.

    Case and Vietnamese marks do not matter; ``*`` stands for any characters, ``?`` for one.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        """Choose by ``patterns``; without any, every record is chosen."""
        self._patterns = tuple(patterns)
        self._folded = tuple(bare_form(pattern) for pattern in self._patterns)
        self._found = 0

    def __call__(self, record: Record) -> bool:
        """Say whether the record is meant."""
        names = (bare_form(record.identifier), record.item_id)
        is_meant = not self._folded or any(
            name == pattern or fnmatchcase(name, pattern)
            for name in names
            for pattern in self._folded
        )
        self._found += is_meant
        return is_meant

    def has_id(self, item_id: str) -> bool:
        """Say whether an item is meant whose record may not be readable: by its id alone."""
        is_meant = not self._patterns or any(
            fnmatchcase(item_id, bare_form(pattern)) or item_id == item_id_for(pattern)
            for pattern in self._patterns
            if pattern.strip()
        )
        self._found += is_meant
        return is_meant

    def check_found(self) -> None:
        """Make sure that the patterns fitted something.

        Raises:
            SourceError: They fitted nothing.
        """
        if self._patterns and not self._found:
            raise SourceError(
                _("No item is called {patterns}.").format(patterns=", ".join(self._patterns)),
                remedy=_("Give an inventory number, or a pattern such as 'BT-00*'."),
            )


ChooseRecord = Callable[[Record], bool]


def choose_all(record: Record) -> bool:
    """Choose every record."""
    return True
