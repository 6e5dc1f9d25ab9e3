"""What of a record is searched and what a hit shows of it.

Invariant: only statements of the record are indexed. Cells under unknown columns
(``Record.extra``) and fields the profile does not show to the public never are, because the
static index is public as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from schemas.dates import parse_date
from schemas.normalising import ValueTables
from schemas.profile import Field, Profile, SearchLevel, ValueType
from schemas.records import Record, best_value
from schemas.vocabularies import shipped
from search.analysis import Token, iter_words
from search.facet_values import facets_of

LEVELS = (SearchLevel.TITLE, SearchLevel.SUBJECT, SearchLevel.TEXT)
"""The levels that are searched, the one that counts most first."""

DATE_TERMS = ("created", "issued", "date", "temporal")
"""The terms whose statements date an item; the first one it has is shown with a hit."""

LONG_TERMS = frozenset({"abstract", "description", "tableOfContents"})
"""Terms whose texts are searched as words only, not by the name of their field."""

_ETHNIC_GROUPS = "ethnic-groups"
_DIGITS = re.compile(r"[0-9]+")
_LONGEST_NUMBER = 20


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
        span: First and last year of its dates, astronomical, or None.
        added: When it came into the archive, RFC 3339, or empty.
        fields: (field, text): what can be asked for by the name of its field.
        facets: (field, value): what is counted, see :mod:`search.facet_values`.
    """

    item_id: str
    identifier: str
    titles: tuple[tuple[str, str], ...]
    texts: Mapping[SearchLevel, tuple[str, ...]] = field(hash=False)
    date: str = ""
    thumbnail: str = ""
    span: tuple[int, int] | None = None
    added: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    facets: tuple[tuple[str, str], ...] = ()


def document_for(
    record: Record,
    profile: Profile,
    thumbnail: str,
    *,
    added: str = "",
    media: Iterable[str] = (),
    rights_uri: str = "",
    tables: ValueTables | None = None,
    with_hidden: bool = False,
) -> SearchDocument:
    """Return the search document of a record.

    Args:
        record: The item's description.
        profile: Says how much each field counts and whether it is public.
        thumbnail: Path of the thumbnail relative to the site's root, or empty.
        added: When the item came into the archive, RFC 3339, or empty.
        media: What it has besides its description: keys of :data:`search.facet_values.MEDIA`.
        rights_uri: The address of the rights of records that say nothing of theirs, or empty.
        tables: What values are understood by; those that ship when left out.
        with_hidden: Also index fields the profile does not show; only for an index that
            never leaves the museum.
    """
    texts, fields = _searched(record, profile.of(record.kind), with_hidden=with_hidden)
    span = _span(record)
    facets = facets_of(
        record,
        profile,
        span=span,
        tables=tables,
        media=media,
        rights_uri=rights_uri,
        with_hidden=with_hidden,
    )
    titles = tuple((title.lang, title.value) for title in record.values("title"))
    return SearchDocument(
        item_id=record.item_id,
        identifier=record.identifier,
        titles=titles or (("", record.identifier),),
        texts=texts,
        date=_date(record),
        thumbnail=thumbnail,
        span=span,
        added=added,
        fields=fields,
        facets=facets,
    )


def _searched(
    record: Record, profile: Profile, *, with_hidden: bool
) -> tuple[dict[SearchLevel, tuple[str, ...]], tuple[tuple[str, str], ...]]:
    """Return the texts of a record by level, and what can be asked for by the name of a field."""
    texts: dict[SearchLevel, list[str]] = {level: [] for level in LEVELS}
    texts[SearchLevel.TITLE].append(record.identifier)
    fields = [("identifier", record.identifier)]
    for statement in record.statements:
        entry = profile.get(statement.field) if statement.field else None
        if entry is not None and not (entry.is_shown or with_hidden):
            continue
        level = entry.search if entry is not None else SearchLevel.TEXT
        if level is SearchLevel.NONE:
            continue
        others = _other_names(entry, statement.value)
        texts[level].append(statement.value)
        texts[SearchLevel.TEXT] += others
        if entry is not None and entry.term not in LONG_TERMS:
            fields += ((entry.name, value) for value in (statement.value, *others))
    return {level: tuple(values) for level, values in texts.items()}, tuple(fields)


def field_names(profile: Profile, *, with_hidden: bool = False) -> dict[str, str]:
    """Return the fields that can be asked for by name: spelling, bare, to the field's name.

    A field is called by its name, by a label or heading in any language, or by the first word of
    its name or English label where no other field is called so (``ethnic`` for ``ethnic_group``).

    Args:
        profile: The fields of every kind.
        with_hidden: Also fields the profile does not show.
    """
    full: dict[str, str] = {}
    first: dict[str, set[str]] = {}
    for entry in (entry for kind in profile.each() for entry in kind):
        is_searched = entry.search is not SearchLevel.NONE and entry.term not in LONG_TERMS
        if not entry.term or not is_searched or not (entry.is_shown or with_hidden):
            continue
        for name in (entry.name, *entry.labels.values(), *entry.headings):
            full.setdefault(spelling_key(name), entry.name)
        for name in (entry.name, entry.labels.get("en", "")):
            first.setdefault(spelling_key(name).partition(" ")[0], set()).add(entry.name)
    short = {key: names.pop() for key, names in first.items() if len(names) == 1}
    return {key: name for key, name in sorted((short | full).items()) if key}


def date_fields(profile: Profile) -> tuple[str, ...]:
    """Return the names of the fields that date an item."""
    entries = (entry for kind in profile.each() for entry in kind)
    return tuple(sorted({entry.name for entry in entries if entry.term in DATE_TERMS}))


def spelling_key(name: str) -> str:
    """Return the name of a field as it is compared: the bare forms of its words."""
    return " ".join(token.bare for word in iter_words(name) for token in word.parts)


def order_key(document: SearchDocument) -> str:
    """Return what orders documents of equal score: the identifier, then the item id.

    Runs of digits count as numbers, so that BT.2 comes before BT.10.
    """
    number = _DIGITS.sub(lambda run: run[0].zfill(_LONGEST_NUMBER), document.identifier)
    return f"{number}\0{document.identifier}\0{document.item_id}"


def token_pairs(document: SearchDocument) -> set[str]:
    """Return the bare forms that stand side by side in a document, each two joined by a space."""
    return {
        f"{first} {second}"
        for level in LEVELS
        for text in document.texts.get(level, ())
        for first, second in pairwise(t.bare for word in iter_words(text) for t in word.parts)
    }


def field_terms(document: SearchDocument) -> set[str]:
    """Return what a document is found by under the names of its fields, see :func:`field_term`."""
    return {
        field_term(name, form, is_exact=is_exact)
        for name, text in document.fields
        for word in iter_words(text)
        for token in word.indexed
        for form, is_exact in ((token.exact, True), (token.bare, False))
    }


def field_term(name: str, form: str, *, is_exact: bool) -> str:
    """Return the term of one form in one field: ``material:da``, exactly ``material=đá``."""
    return f"{name}{'=' if is_exact else ':'}{form}"


def best_levels(document: SearchDocument) -> dict[Token, int]:
    """Return every token of a document with the number of the best level it stands in.

    The numbers are positions in :data:`LEVELS`, so 0 counts most.
    """
    best: dict[Token, int] = {}
    for number, level in enumerate(LEVELS):
        for text in document.texts.get(level, ()):
            for word in iter_words(text):
                for token in word.indexed:
                    best.setdefault(token, number)
    return best


def _date(record: Record) -> str:
    for term in DATE_TERMS:
        statement = best_value(record.values(term), "")
        if statement is not None:
            return statement.value
    return ""


def _span(record: Record) -> tuple[int, int] | None:
    """Return the years of the first date term that can be read; a period of a place says less."""
    for term in DATE_TERMS:
        values = [parse_date(statement.value) for statement in record.values(term)]
        known = [value for value in values if value is not None]
        if known:
            return min(v.earliest for v in known), max(v.latest for v in known)
    return None


def _other_names(entry: Field | None, value: str) -> tuple[str, ...]:
    """Return the other names of an ethnic group: what is catalogued as Mông is found as Mèo."""
    if entry is None or entry.value_type is not ValueType.ETHNIC_GROUP:
        return ()
    term = shipped(_ETHNIC_GROUPS).match(value)
    if term is None:
        return ()
    names = dict.fromkeys((*term.labels.values(), *term.variants, *term.former))
    return tuple(name for name in names if name != value)
