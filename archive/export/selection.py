"""Which items are meant for somebody: what a person asks for, and the judge of one record.

A selection is said in the words of people (:class:`Selection`). ``pipeline.selection`` makes a
:class:`Selector` of it, which can be asked of any record: of today's, and of one that an older
version had.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from schemas.dublincore import Statement
from schemas.errors import SourceError
from schemas.fields import Profile
from schemas.messages import _
from schemas.names import Words, exact_key, may_be, words_of
from schemas.records import Record
from search.documents import field_names, spelling_key

COLLECTION_TERM = "isPartOf"


@dataclass(frozen=True)
class Selection:
    """What a person asks for; every part that is given narrows the others.

    Attributes:
        query: A search, in the language of ``hoaban search``; empty for every item.
        facets: (field, value): the field by any of its names. Values of one field are
            alternatives, fields narrow each other.
        collections: Names of collections (``dcterms:isPartOf``), alternatives.
        batches: Names of ingests or edits that made a version of the item, alternatives.
        list_file: A text file of inventory numbers, one a line, or None.
        since: Only what is new or changed since this moment, or None.
    """

    query: str = ""
    facets: tuple[tuple[str, str], ...] = ()
    collections: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    list_file: Path | None = None
    since: datetime | None = None


EVERYTHING = Selection()


class Judge(Protocol):
    """Says of a record whether it is meant."""

    def is_said_by(self, record: Record) -> bool:
        """Say whether the record says what it must."""


@dataclass(frozen=True)
class Wanted:
    """One thing a record must say.

    Attributes:
        field: Name of the field that must say it, or empty.
        term: DCMI term that must say it where no field is named.
        names: The values, each as its words; one of them is enough.
        uris: The values as they were typed, for statements that have only an address.
    """

    field: str
    term: str
    names: tuple[Words, ...]
    uris: frozenset[str]

    def is_said_by(self, record: Record) -> bool:
        """Say whether the record has one of the values.

        Case, hyphens and the place of a tone do not count; a word typed without any mark is
        any word that it may be, one with marks is only itself.
        """
        return any(self._is(statement) for statement in record.statements)

    def _is(self, statement: Statement) -> bool:
        if (statement.field != self.field) if self.field else (statement.term != self.term):
            return False
        if statement.uri and statement.uri in self.uris:
            return True
        words = words_of(statement.value)
        return bool(words) and any(may_be(name, words) for name in self.names)


@dataclass(frozen=True)
class Selector:
    """Says of a record whether it is meant.

    Attributes:
        ids: The items that may be meant, or None for all.
        wanted: What a record must say, each of it.
    """

    ids: frozenset[str] | None = None
    wanted: tuple[Judge, ...] = ()

    def takes(self, item_id: str, record: Record) -> bool:
        """Say whether an item with this record is meant."""
        return (self.ids is None or item_id in self.ids) and self.has_values(record)

    def has_values(self, record: Record) -> bool:
        """Say whether a record says everything it must, whoever's it is."""
        return all(wanted.is_said_by(record) for wanted in self.wanted)


def wanted_by(selection: Selection, profile: Profile) -> tuple[Wanted, ...]:
    """Return what records must say to be in a selection by facets and collections.

    Raises:
        SourceError: A facet names no field of the profile, or has no value.
    """
    by_field: dict[str, list[str]] = {}
    for name, value in selection.facets:
        by_field.setdefault(field_called(name, profile), []).append(_value(name, value))
    wanted = [_wanted(field, "", values) for field, values in by_field.items()]
    if selection.collections:
        values = [_value("collection", name) for name in selection.collections]
        wanted.append(_wanted("", COLLECTION_TERM, values))
    return tuple(wanted)


def field_called(name: str, profile: Profile) -> str:
    """Return the stable name of a field called by its name, a label or a heading.

    Raises:
        SourceError: No field of any kind of record is called so.
    """
    fields = [field for kind in profile.each() for field in kind if field.term]
    if name in {field.name for field in fields}:
        return name
    searched = field_names(profile, with_hidden=True).get(spelling_key(name))
    if searched:
        return searched
    asked = words_of(name)
    for field in fields:
        called = (*field.labels.values(), *field.headings)
        if asked and any(may_be(asked, words_of(one)) for one in called):
            return field.name
    facets = dict.fromkeys(field.name for field in fields if field.is_facet)
    raise SourceError(
        _("There is no field '{name}' in the profile.").format(name=name),
        remedy=_("The fields with facets are: {names}.").format(names=", ".join(facets)),
    )


def _value(name: str, value: str) -> str:
    if not words_of(value):
        raise SourceError(
            _("The selection by '{name}' has no value.").format(name=name),
            remedy=_("Write it as field=value, for example: --facet 'material=đồng'"),
        )
    return value


def _wanted(field: str, term: str, values: Iterable[str]) -> Wanted:
    values = tuple(values)
    names = {exact_key(words): words for words in map(words_of, values)}
    return Wanted(field, term, tuple(names.values()), frozenset(value.strip() for value in values))
