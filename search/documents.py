"""What of a record is searched and what a hit shows of it.

Invariant: only statements of the record are indexed. Cells under unknown columns
(``Record.extra``) and fields the profile does not show to the public never are, because the
static index is public as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.profile import Profile, SearchLevel
from schemas.records import Record, best_value
from search.analysis import Token, iter_words

LEVELS = (SearchLevel.TITLE, SearchLevel.SUBJECT, SearchLevel.TEXT)
"""The levels that are searched, the one that counts most first."""

_DATE_TERMS = ("created", "issued", "date", "temporal")


@dataclass(frozen=True)
class SearchDocument:
    """One item as the indexes take it.

    Attributes:
        item_id: The item.
        identifier: Its inventory number.
        titles: (language tag or empty, title), at least one.
        texts: The texts searched, by level.
        date: Its date as the museum writes it, or empty.
        thumbnail: Path of its thumbnail relative to the site's root, or empty.
    """

    item_id: str
    identifier: str
    titles: tuple[tuple[str, str], ...]
    texts: Mapping[SearchLevel, tuple[str, ...]] = field(hash=False)
    date: str = ""
    thumbnail: str = ""


def document_for(
    record: Record, profile: Profile, thumbnail: str, *, with_hidden: bool = False
) -> SearchDocument:
    """Return the search document of a record.

    Args:
        record: The item's description.
        profile: Says how much each field counts and whether it is public.
        thumbnail: Path of the thumbnail relative to the site's root, or empty.
        with_hidden: Also index fields the profile does not show; only for an index that
            never leaves the museum.
    """
    texts: dict[SearchLevel, list[str]] = {level: [] for level in LEVELS}
    texts[SearchLevel.TITLE].append(record.identifier)
    profile = profile.of(record.kind)
    for statement in record.statements:
        entry = profile.get(statement.field) if statement.field else None
        if entry is not None and not (entry.is_shown or with_hidden):
            continue
        level = entry.search if entry is not None else SearchLevel.TEXT
        if level is not SearchLevel.NONE:
            texts[level].append(statement.value)
    titles = tuple((title.lang, title.value) for title in record.values("title"))
    return SearchDocument(
        item_id=record.item_id,
        identifier=record.identifier,
        titles=titles or (("", record.identifier),),
        texts={level: tuple(values) for level, values in texts.items()},
        date=_date(record),
        thumbnail=thumbnail,
    )


def order_key(document: SearchDocument) -> str:
    """Return what orders documents of equal score: the identifier, then the item id."""
    return f"{document.identifier}\0{document.item_id}"


def best_levels(document: SearchDocument) -> dict[Token, int]:
    """Return every token of a document with the number of the best level it stands in.

    The numbers are positions in :data:`LEVELS`, so 0 counts most.
    """
    best: dict[Token, int] = {}
    for number, level in enumerate(LEVELS):
        for text in document.texts.get(level, ()):
            for word in iter_words(text):
                for token in word.tokens:
                    best.setdefault(token, number)
    return best


def _date(record: Record) -> str:
    for term in _DATE_TERMS:
        statement = best_value(record.values(term), "")
        if statement is not None:
            return statement.value
    return ""
