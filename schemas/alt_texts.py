"""Texts that say what a picture shows, for people who do not see it.

They are the values of one field, in the order of the item's views: the first value in a language is
that of the first view. A value without a letter or digit (``-``) keeps the place of a picture that
has none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from schemas.dublincore import Statement

ALT_TEXT = "alt_text"
"""Name of the field in the profile."""


def alt_texts(statements: Iterable[Statement], view: int) -> Iterator[Statement]:
    """Yield what is said of the view at a place, from 0, in every language."""
    for place, entry in _placed(statements):
        if place == view and any(map(str.isalnum, entry.value)):
            yield entry


def without_views(
    statements: Iterable[Statement], closed: Collection[int]
) -> tuple[Statement, ...]:
    """Return statements without what is said of some views, by their places from 0.

    What is said of the others comes to the places they have then.
    """
    return tuple(entry for place, entry in _placed(statements) if place not in closed)


def _placed(statements: Iterable[Statement]) -> Iterator[tuple[int | None, Statement]]:
    """Yield every statement with the place of the view it is about, or None."""
    places = Counter[str]()
    for entry in statements:
        is_about_view = entry.field == ALT_TEXT
        yield places[entry.lang] if is_about_view else None, entry
        if is_about_view:
            places[entry.lang] += 1
