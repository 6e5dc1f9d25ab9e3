"""What a record is counted by: its facets, by what its values mean.

Facets of the archive's own are the fields that the profile marks as facets. The value of a field
with a vocabulary is the term's Vietnamese label, whatever name or spelling the record has (what
is catalogued as Mèo or H'Mông counts as *Mông*), and counts for the terms above it too; a place
counts for its commune and its province of today. Any other value is its text; of texts in several
languages only those in Vietnamese or in no language count, where there are some. Fields of one
value type in kinds of record that call them differently (the address of a relic site, the place
of an object) are one facet.

Four facets are made by the program: ``kind``, ``period`` (centuries), ``has`` (images, sound,
video, 3D) and ``rights``.

A value is the same text in every language, so that an address with a filter can be cited and sent
to a reader of another language; :func:`value_label` says what readers see.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schemas.dublincore import Statement
from schemas.fields import Field, Profile, ValueType
from schemas.messages import N_, translate
from schemas.normalising import ValueTables, shipped_tables
from schemas.normalising.readers import vocabulary_of
from schemas.records import Record
from schemas.rights import rights_statement, statement_codes
from schemas.vocabularies import Term, Vocabulary
from search.date_query import Years

Facet = tuple[str, str]
"""(field, value)."""

KIND, PERIOD, HAS, RIGHTS = "kind", "period", "has", "rights"

MEDIA: Mapping[str, str] = MappingProxyType(
    {"images": N_("Images"), "audio": N_("Sound"), "video": N_("Video"), "3d": N_("3D model")}
)
"""What an item can have, as values of the facet ``has``, and what readers call it."""

EARLY = "early"
"""The period of everything before the first century that is counted by itself."""

_OWN = ("", "vi")
_FIRST = (KIND, "object_type", "ethnic_group", "material", PERIOD, "place", "collection")
_FIRST_CENTURY = -10
_LAST_CENTURY = 22
_YEARS = 100
_SHARED: Mapping[ValueType, str] = MappingProxyType(
    {
        ValueType.PLACE: "place",
        ValueType.MATERIAL: "material",
        ValueType.ETHNIC_GROUP: "ethnic_group",
        ValueType.OBJECT_TYPE: "object_type",
    }
)
_LABELS: Mapping[str, str] = MappingProxyType(
    {
        KIND: N_("Kind of record"),
        PERIOD: N_("Period"),
        HAS: N_("Media"),
        RIGHTS: N_("Rights"),
    }
)
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


@dataclass(frozen=True)
class FacetField:
    """One facet of an archive.

    Attributes:
        name: Its name, the same in every language.
        labels: What readers call it, by language.
        field: The field of the profile, or None for a facet made by the program.
    """

    name: str
    labels: Mapping[str, str]
    field: Field | None = None

    def label(self, lang: str) -> str:
        """Return the label in ``lang``, else in any language, else the name."""
        return self.labels.get(lang) or next(iter(self.labels.values()), self.name)


def facet_fields(profile: Profile, *, with_hidden: bool = False) -> tuple[FacetField, ...]:
    """Return the facets of an archive in the order readers see them: the usual ones first.

    Args:
        profile: The fields of every kind.
        with_hidden: Also fields the profile does not show.
    """
    found: dict[str, FacetField] = {}
    if len(profile.kinds) > 1:
        found[KIND] = _made(KIND)
    entries = list(_faceted(profile, with_hidden))
    for kind, entry in entries:
        name = profile_facet(entry, kind)
        own = next((other for _kind, other in entries if other.name == name), entry)
        found.setdefault(name, FacetField(name, own.labels, own))
    found |= {name: _made(name) for name in (PERIOD, HAS, RIGHTS)}
    first = [found[name] for name in _FIRST if name in found]
    last = [found[name] for name in (HAS, RIGHTS)]
    between = [facet for facet in found.values() if facet not in (*first, *last)]
    return (*first, *between, *last)


def profile_facet(field: Field, profile: Profile) -> str:
    """Return the name of the facet of a field.

    Args:
        field: A field that is a facet.
        profile: The fields of its kind.
    """
    shared = _SHARED.get(field.value_type, "")
    if not shared or field.name == shared or profile.get(shared) is not None:
        return field.name
    first = next(
        entry for entry in profile if entry.is_facet and entry.value_type is field.value_type
    )
    return shared if first.name == field.name else field.name


def facets_of(
    record: Record,
    profile: Profile,
    *,
    span: Years | None = None,
    tables: ValueTables | None = None,
    media: Iterable[str] = (),
    rights_uri: str = "",
    with_hidden: bool = False,
) -> tuple[Facet, ...]:
    """Return what a record is counted by, each (field, value) once.

    Args:
        record: The item's description.
        profile: The fields of every kind.
        span: First and last year of its dates, astronomical, or None.
        tables: What values are understood by; those that ship when left out.
        media: What it has besides its description: keys of :data:`MEDIA`.
        rights_uri: The address of the rights of records that say nothing of theirs, or empty.
        with_hidden: Also fields the profile does not show.
    """
    tables = tables or shipped_tables()
    profile = profile.of(record.kind)
    facets: list[Facet] = []
    if len(profile.kinds) > 1 and profile.kind_entry is not None:
        facets.append((KIND, profile.kind_entry.name))
    own = {statement.field for statement in record.statements if statement.lang in _OWN}
    for statement in record.statements:
        entry = profile.get(statement.field) if statement.field else None
        if entry is None or not entry.is_facet or not (entry.is_shown or with_hidden):
            continue
        if statement.field in own and statement.lang not in _OWN:
            continue
        name = profile_facet(entry, profile)
        facets += ((name, value) for value in values_of(entry, statement, tables))
    facets += ((PERIOD, value) for value in periods_of(span))
    facets += ((HAS, name) for name in MEDIA if name in set(media))
    if rights := _rights(record, profile, rights_uri, with_hidden=with_hidden):
        facets.append((RIGHTS, rights))
    return tuple(dict.fromkeys(facets))


def values_of(field: Field, statement: Statement, tables: ValueTables) -> tuple[str, ...]:
    """Return the values a statement counts as, the most particular first; none for no text."""
    if field.value_type is ValueType.PLACE:
        commune, province = statement.known("commune"), statement.known("province")
        if province:
            within = (f"{commune}, {province}",) if commune else ()
            return (*within, str(province))
    vocabulary = vocabulary_of(field, tables)
    if vocabulary is not None:
        known = statement.known("id")
        term = vocabulary.get(str(known)) if known else vocabulary.match(statement.value)
        if term is not None:
            return tuple(value_of_term(entry) for entry in _line(term, vocabulary))
    return (plain_value(statement.value),) if statement.value.strip() else ()


def value_of_term(term: Term) -> str:
    """Return the value that stands for a term of a vocabulary."""
    return plain_value(term.label("vi"))


def plain_value(text: str) -> str:
    """Return a text as a value: NFC, one space between words."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def periods_of(span: Years | None) -> tuple[str, ...]:
    """Return the centuries that dates touch, the oldest first: ``19`` is 1801 to 1900.

    The first and last year of a span of a hundred years or more do not count: "thế kỷ XIX" is kept
    as 1800 to 1899 and is not of the eighteenth century.

    Args:
        span: First and last year, astronomical, or None.
    """
    if span is None:
        return ()
    first, last = span
    if last - first >= _YEARS - 1:
        first, last = first + 1, last - 1
    centuries = range(max(_century(first), _FIRST_CENTURY - 1), _century(last) + 1)
    found = (EARLY if number < _FIRST_CENTURY else str(number) for number in centuries if number)
    early = (EARLY,) if not len(centuries) else ()
    return (*early, *found)


def value_label(facet: FacetField, value: str, profile: Profile, lang: str) -> str:
    """Return what readers of ``lang`` see for a value; terms of vocabularies are not translated.

    See :func:`term_labels` for these.
    """
    if facet.name == KIND:
        kind = next((entry for entry in profile.kinds if entry.name == value), None)
        return kind.label(lang) if kind else value
    if facet.name == HAS:
        return translate(MEDIA.get(value, value), lang)
    if facet.name == PERIOD:
        return _period_label(value, lang)
    if facet.name == RIGHTS:
        known = rights_statement(f"http://rightsstatements.org/vocab/{value}/1.0/")
        return translate(known.meaning, lang) if known else value
    return value


def term_labels(facet: FacetField, tables: ValueTables, lang: str) -> dict[str, str]:
    """Return what readers of ``lang`` see for the values of a facet with a vocabulary.

    Values whose label is the value itself are left out.
    """
    vocabulary = vocabulary_of(facet.field, tables) if facet.field else None
    labels = {value_of_term(term): plain_value(term.label(lang)) for term in vocabulary or ()}
    return {value: label for value, label in labels.items() if label != value}


def facet_words(profile: Profile, tables: ValueTables, lang: str) -> list[dict[str, object]]:
    """Return the facets the public sees as the search page takes them, in order.

    Returns:
        For each its ``name``, its ``label`` in ``lang``, and ``values``: what readers of ``lang``
        see for a value, where that is not the value itself.
    """
    words: list[dict[str, object]] = []
    for facet in facet_fields(profile):
        labels = term_labels(facet, tables, lang)
        for value in _coded(facet, profile):
            label = value_label(facet, value, profile, lang)
            labels |= {value: label} if label != value else {}
        words.append({"name": facet.name, "label": facet.label(lang), "values": labels})
    return words


def _coded(facet: FacetField, profile: Profile) -> tuple[str, ...]:
    """Return every value of a facet whose values are codes; of rights those without a mark."""
    if facet.name == PERIOD:
        return (EARLY, *(str(number) for number in range(_FIRST_CENTURY, _LAST_CENTURY) if number))
    return {
        KIND: tuple(kind.name for kind in profile.kinds),
        HAS: tuple(MEDIA),
        RIGHTS: statement_codes(),
    }.get(facet.name, ())


def value_named(facet: FacetField, text: str, profile: Profile, tables: ValueTables) -> str:
    """Return the value a person means by ``text``: any name of a term, a label, or the value.

    Args:
        facet: The facet.
        text: As typed.
        profile: The fields of every kind.
        tables: What values are understood by.
    """
    text = plain_value(text)
    vocabulary = vocabulary_of(facet.field, tables) if facet.field else None
    term = vocabulary.match(text) if vocabulary else None
    if term is not None:
        return value_of_term(term)
    for value in _coded(facet, profile):
        labels = (value_label(facet, value, profile, lang) for lang in ("vi", "en"))
        if text.casefold() in (value.casefold(), *(label.casefold() for label in labels)):
            return value
    return text


def _faceted(profile: Profile, with_hidden: bool) -> Iterable[tuple[Profile, Field]]:
    for kind in profile.each():
        for entry in kind:
            if entry.is_facet and (entry.is_shown or with_hidden) and entry.name not in _LABELS:
                yield kind, entry


def _made(name: str) -> FacetField:
    return FacetField(name, {lang: translate(_LABELS[name], lang) for lang in ("vi", "en")})


def _line(term: Term, vocabulary: Vocabulary) -> Iterable[Term]:
    """Yield a term and those above it."""
    seen: set[str] = set()
    entry: Term | None = term
    while entry is not None and entry.id not in seen:
        yield entry
        seen.add(entry.id)
        entry = vocabulary.get(entry.broader) if entry.broader else None


def _century(year: int) -> int:
    """Return the century of an astronomical year: 19 for 1900, -3 for -299; never 0."""
    return (year - 1) // _YEARS + 1 if year > 0 else -(-year // _YEARS + 1)


def _rights(record: Record, profile: Profile, default_uri: str, *, with_hidden: bool) -> str:
    """Return the mark of a record's licence, or the code of its rights statement, or empty."""
    own = record.rights
    entries = ((statement, profile.get(statement.field)) for statement in own)
    shown = [s for s, entry in entries if entry is None or entry.is_shown or with_hidden]
    for address in [s.uri or s.value for s in shown] if own else [default_uri]:
        found = rights_statement(address)
        if found is not None:
            return found.mark or found.uri.rstrip("/").split("/")[-2]
    return ""


def _period_label(value: str, lang: str) -> str:
    if value == EARLY:
        return translate(N_("before 1000 BC"), lang)
    if not value.lstrip("-").isdecimal():
        return value
    number = int(value)
    text = N_("{ordinal} century") if number > 0 else N_("{ordinal} century BC")
    ordinal = _roman(abs(number)) if lang == "vi" else _ordinal(abs(number))
    return translate(text, lang).format(ordinal=ordinal)


def _ordinal(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if number // 10 == 1 else endings.get(number % 10, "th")
    return f"{number}{ending}"


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        while number >= value:
            text, number = text + letters, number - value
    return text
