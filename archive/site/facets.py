"""Ways in: what items are listed by, and which values an item has.

A facet is a kind of value (material, place, person …) that fields of any kind of record share.
Values that were understood are one value however they are written: a term of a vocabulary, a unit
of the gazetteer, the years of a date. Other texts are values of their own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from archive.site.years import spans_of, years_of
from schemas.dublincore import Statement
from schemas.fields import DEFAULT_KIND, Field, Profile, Role, ValueType
from schemas.gazetteer import Level, Place, find_place
from schemas.gazetteer.units import bare_name
from schemas.messages import N_, translate
from schemas.names import exact_key, words_of
from schemas.records import Record

KIND, PERIOD, PLACE, PERSON = "kind", "period", "place", "person"

_NO_SLUG = re.compile(r"[^a-z0-9]+")
_PLAIN_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG = 48

_OF_TYPE = {
    ValueType.ETHNIC_GROUP: "ethnic-group",
    ValueType.MATERIAL: "material",
    ValueType.OBJECT_TYPE: "type",
    ValueType.PLACE: PLACE,
    ValueType.LANGUAGE: "language",
}
_OF_NAME = {"object_type": "type", "people_shown": PERSON, "practitioners": PERSON}
_OF_TERM = {"creator": PERSON, "contributor": PERSON, "isPartOf": "collection"}
_LABELS = {
    KIND: N_("Kinds of record"),
    "type": N_("Types"),
    "ethnic-group": N_("Ethnic groups"),
    "material": N_("Materials"),
    PERIOD: N_("Periods"),
    PLACE: N_("Places"),
    PERSON: N_("People and groups"),
    "collection": N_("Collections"),
    "subject": N_("Subjects"),
    "culture": N_("Cultures"),
    "language": N_("Languages"),
}
"""Facets that have a name of their own; the first ones come first on pages."""


@dataclass(frozen=True)
class Facet:
    """A kind of value that items are listed by.

    Attributes:
        name: Its name in addresses.
        fields: The fields whose values it holds, of every kind; empty where it is not from fields.
    """

    name: str
    fields: tuple[Field, ...] = ()

    def label(self, lang: str) -> str:
        """Return what readers of ``lang`` call it."""
        if self.name in _LABELS:
            return translate(_LABELS[self.name], lang)
        return self.fields[0].label(lang)

    @property
    def order(self) -> int:
        """Its place among the facets; those of the museum's own fields come last."""
        names = list(_LABELS)
        return names.index(self.name) if self.name in names else len(names)

    @property
    def vocabulary(self) -> str:
        """Name of the vocabulary its values are terms of, or empty."""
        if self.name == "ethnic-group":
            return "ethnic-groups"
        if self.name == "language":
            return "languages"
        return next((field.vocabulary for field in self.fields if field.vocabulary), "")


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet, as one item has it.

    Attributes:
        facet: Name of the facet.
        key: What all spellings of the value have in common.
        text: As the museum wrote it; empty for values that come from elsewhere.
        lang: Language of the text, or empty.
        known: Id of the term, unit, span or kind it was understood as, or empty.
        is_broader: Whether the item has it only through a narrower one, as the province of its
            commune.
        hidden_in: Editions whose readers see the field in words of their own instead.
    """

    facet: str
    key: str
    text: str = ""
    lang: str = ""
    known: str = ""
    is_broader: bool = False
    hidden_in: frozenset[str] = frozenset()

    @property
    def page(self) -> str:
        """Path of the value's page, inside an edition."""
        return value_page(self.facet, self.key)


def facets_of(profile: Profile) -> tuple[Facet, ...]:
    """Return the facets of a profile, in the order of pages."""
    fields: dict[str, list[Field]] = {KIND: [], PERIOD: []}
    for shape in profile.each():
        for field in shape:
            name = facet_of(field)
            if name:
                fields.setdefault(name, []).append(field)
    found = [Facet(name, tuple(entries)) for name, entries in fields.items()]
    return tuple(sorted(found, key=lambda facet: facet.order))


@lru_cache(maxsize=1 << 12)
def facet_of(field: Field) -> str:
    """Return the name of the facet a field's values belong to, or empty."""
    if not (field.is_facet and field.is_shown and field.role is Role.VALUE):
        return ""
    if field.value_type is ValueType.DATE:
        return ""
    return (
        _OF_TYPE.get(field.value_type)
        or _OF_NAME.get(field.name)
        or _OF_TERM.get(field.term)
        or field.name.replace("_", "-")
    )


def values_of(
    record: Record, profile: Profile, languages: tuple[str, ...] = ()
) -> Iterator[FacetValue]:
    """Yield the values of a public record, each once.

    Args:
        record: What may be shown of an item.
        profile: The profile, of any kind.
        languages: The editions, to say in which of them a value is not read.
    """
    found: dict[tuple[str, str], FacetValue] = {}
    for value in _all_values(record, profile.of(record.kind), languages):
        before = found.get((value.facet, value.key))
        if before is None:
            found[value.facet, value.key] = value
        elif not before.hidden_in <= value.hidden_in:
            hidden = before.hidden_in & value.hidden_in
            found[value.facet, value.key] = replace(before, hidden_in=hidden)
    yield from found.values()


def _all_values(
    record: Record, profile: Profile, languages: tuple[str, ...]
) -> Iterator[FacetValue]:
    yield FacetValue(KIND, record.kind or DEFAULT_KIND, known=record.kind or DEFAULT_KIND)
    years = years_of(record)
    for span in spans_of(*years) if years else ():
        yield FacetValue(PERIOD, span.key, known=span.key)
    spoken: dict[str, set[str]] = {}
    for statement in record.statements:
        spoken.setdefault(statement.field, set()).add(statement.lang)
    for statement in record.statements:
        field = profile.get(statement.field) if statement.field else None
        if field is None:
            continue
        # As on the item's page: a reader's own words hide those in other languages.
        others = spoken[statement.field]
        hidden = frozenset(
            lang
            for lang in languages
            if statement.lang not in ("", lang) and not others.isdisjoint(("", lang))
        )
        for value in statement_values(statement, field):
            yield replace(value, hidden_in=hidden) if hidden and not value.known else value


def statement_values(statement: Statement, field: Field) -> Iterator[FacetValue]:
    """Yield the value a statement stands for, and the larger places it lies in."""
    facet = facet_of(field)
    if not facet or not statement.value:
        return
    text, lang = statement.value, statement.lang
    if facet == PLACE:
        yield from _place_values(statement)
        return
    known = statement.known("id") or statement.known("code")
    if known:
        yield FacetValue(facet, str(known), text, lang, known=str(known))
    else:
        yield FacetValue(facet, text_key(text), text, lang)


def _place_values(statement: Statement) -> Iterator[FacetValue]:
    text, lang = statement.value, statement.lang
    known = statement.known("id")
    if not known:
        yield FacetValue(PLACE, text_key(text), text, lang)
        return
    yield FacetValue(PLACE, str(known), text, lang, known=str(known))
    place = find_place(text).place
    if place is not None and place.id == known and place.province:
        province = find_place(place.province).place
        if province is not None and province.id != known:
            yield FacetValue(PLACE, province.id, known=province.id, is_broader=True)


@lru_cache(maxsize=1 << 15)
def text_key(text: str) -> str:
    """Return what spellings of one text share; different from every id."""
    return "=" + (exact_key(words_of(text)) or text.strip())


@lru_cache(maxsize=1 << 15)
def value_page(facet: str, key: str, number: int = 1) -> str:
    """Return the path of a page of a value's items, inside an edition.

    256 folders keep each small; the name says the value to people.
    """
    digest = hashlib.sha256(f"{facet} {key}".encode()).hexdigest()
    words = "-".join(_NO_SLUG.sub("", bare) for _exact, bare in words_of(key))[:_LONGEST_SLUG]
    # An id of a vocabulary is short and its own; a text needs what keeps it apart from others.
    slug = key if _PLAIN_ID.fullmatch(key) else f"{words.strip('-')}-{digest[:8]}".strip("-")
    part = "" if number == 1 else f".{number}"
    return f"browse/{facet}/{digest[:2]}/{slug}{part}.html"


def facet_page(facet: str) -> str:
    """Return the path of the list of a facet's values, inside an edition."""
    return f"browse/{facet}/index.html"


def short_place(place: Place) -> str:
    """Return the name of a unit as people say it: communes and provinces without their kind."""
    name = place.name.split(",")[0]
    return name if place.level is Level.DISTRICT else bare_name(name)
