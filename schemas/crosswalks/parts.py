"""What each statement of a record is to a museum standard: a material, a culture, a collector.

Dublin Core terms are too coarse for that (a condition and an inscription are both
``description``), so the name of the field decides first, then the kind of its values, then its
term. A museum's own field under a known term is never lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as _field
from enum import StrEnum
from typing import Final

from schemas.crosswalks.exchange import Exchange
from schemas.crosswalks.tree import Piece
from schemas.dublincore import Statement
from schemas.fields import Field, Role, ValueType
from schemas.records import Record
from schemas.vocabularies import Term


class Part(StrEnum):
    """What a statement is about."""

    TITLE = "title"
    OTHER_TITLE = "other title"
    NUMBER = "number"
    TYPE = "type"
    GENRE = "genre"
    CREATOR = "creator"
    COLLECTOR = "collector"
    PERFORMER = "performer"
    CONTRIBUTOR = "contributor"
    DATE = "date"
    ISSUED = "issued"
    OTHER_DATE = "other date"
    PERIOD = "period"
    MATERIAL = "material"
    SIZE = "size"
    CULTURE = "culture"
    SUBJECT = "subject"
    PERSON = "person shown"
    PLACE = "place"
    SITE = "where it stands"
    DESCRIPTION = "description"
    CONDITION = "condition"
    INSCRIPTION = "inscription"
    TRANSLATION = "translation"
    NOTE = "note"
    PROVENANCE = "provenance"
    COLLECTION = "collection"
    HOLDER = "holder"
    PUBLISHER = "publisher"
    LANGUAGE = "language"
    SCRIPT = "script"
    SOURCE = "source"
    RIGHTS = "rights"
    RIGHTS_HOLDER = "rights holder"
    ACCESS = "access"
    RELATED = "related"
    STORAGE = "storage"


_BY_FIELD: Final[Mapping[str, Part]] = {
    name: part
    for part, names in {
        Part.GENRE: "genre resource_type",
        Part.COLLECTOR: "collector recorded_by",
        Part.PERFORMER: "performers practitioners",
        Part.CULTURE: "ethnic_group culture",
        Part.PERSON: "people_shown",
        Part.SITE: "address coordinates",
        Part.CONDITION: "condition vitality safeguarding",
        Part.INSCRIPTION: "inscription transcription",
        Part.TRANSLATION: "translation",
        Part.NOTE: "note",
        Part.HOLDER: "holding_institution",
        Part.SCRIPT: "script",
        Part.STORAGE: "storage_location",
    }.items()
    for name in names.split()
}
_BY_VALUE: Final[Mapping[ValueType, Part]] = {
    ValueType.ETHNIC_GROUP: Part.CULTURE,
    ValueType.MATERIAL: Part.MATERIAL,
    ValueType.COORDINATE: Part.SITE,
}
_BY_TERM: Final[Mapping[str, Part]] = {
    term: part
    for part, terms in {
        Part.TITLE: "title",
        Part.OTHER_TITLE: "alternative",
        Part.NUMBER: "identifier",
        Part.TYPE: "type",
        Part.CREATOR: "creator",
        Part.CONTRIBUTOR: "contributor mediator",
        Part.DATE: "created date",
        Part.ISSUED: "issued available",
        Part.OTHER_DATE: "dateAccepted dateCopyrighted dateSubmitted modified valid",
        Part.PERIOD: "temporal",
        Part.MATERIAL: "medium format",
        Part.SIZE: "extent",
        Part.SUBJECT: "subject",
        Part.PLACE: "spatial coverage",
        Part.DESCRIPTION: "description abstract tableOfContents",
        Part.PROVENANCE: "provenance",
        Part.COLLECTION: "isPartOf",
        Part.PUBLISHER: "publisher",
        Part.LANGUAGE: "language",
        Part.SOURCE: "source",
        Part.RIGHTS: "rights license",
        Part.RIGHTS_HOLDER: "rightsHolder",
        Part.ACCESS: "accessRights",
        Part.RELATED: "relation bibliographicCitation conformsTo hasFormat hasPart hasVersion"
        " isFormatOf isReferencedBy isReplacedBy isRequiredBy isVersionOf references replaces"
        " requires",
        Part.NOTE: "accrualMethod accrualPeriodicity accrualPolicy audience educationLevel"
        " instructionalMethod",
    }.items()
    for term in terms.split()
}
_NOT_SAID = (Role.FILES, Role.ACCESS, Role.KIND)
# Materials, places and names come again from record to record; a long text hardly does.
_SHORT_CHARACTERS = 100
_MOST_KEPT = 1 << 12


@dataclass(frozen=True, slots=True)
class Said:
    """One statement, with what its field and its vocabulary add to it.

    Attributes:
        statement: The statement.
        field: The field it came from, or None.
        term: The vocabulary's term it names, or None.
        pieces: What is made of it alone, by the name of the element.
    """

    statement: Statement
    field: Field | None = None
    term: Term | None = None
    pieces: dict[str, Piece] = _field(default_factory=dict, compare=False, repr=False)

    @property
    def text(self) -> str:
        """The text as written, else the URI."""
        return self.statement.value or self.statement.uri

    @property
    def lang(self) -> str:
        """The language of the text, or empty."""
        return self.statement.lang if self.statement.value else ""

    @property
    def uri(self) -> str:
        """What it names: the museum's own address, else the vocabulary's; may be empty."""
        return self.statement.uri or (self.term.uri if self.term else "")

    def labels(self) -> tuple[tuple[str, str], ...]:
        """Return (language, name) of what it names: the vocabulary's, or nothing."""
        return tuple(self.term.labels.items()) if self.term else ()

    def names(self) -> tuple[tuple[str, str], ...]:
        """Return (language, text): as written first, then the vocabulary's other names."""
        written = ((self.lang, self.statement.value),) if self.statement.value else ()
        known = {text.casefold() for _lang, text in written}
        more = tuple(pair for pair in self.labels() if pair[1].casefold() not in known)
        return (*written, *more) or ((self.lang, self.text),)

    def field_labels(self) -> tuple[tuple[str, str], ...]:
        """Return (language, label) of its field, or nothing."""
        return tuple(self.field.labels.items()) if self.field else ()

    def field_label(self, lang: str) -> str:
        """Return the label of its field in ``lang``, or an empty text."""
        return self.field.label(lang) if self.field else ""


class Parts(dict[Part, list[Said]]):
    """The statements of a record by what they are; a part that nothing is said of is empty."""

    def __missing__(self, part: Part) -> list[Said]:
        return []

    def of(self, *parts: Part) -> list[Said]:
        """Return what is said of some parts, in their order."""
        return [said for part in parts for said in self[part]]


def parts_of(record: Record, exchange: Exchange) -> Parts:
    """Return the statements of ``record`` by what they are, each once and in its order."""
    found = Parts()
    for statement in record.statements:
        part, said = _said(statement, record.kind, exchange)
        if part is None or (part is Part.NUMBER and statement.value == record.identifier):
            continue
        entries = found.setdefault(part, [])
        if said not in entries:
            entries.append(said)
    return found


def _said(statement: Statement, kind: str, exchange: Exchange) -> tuple[Part | None, Said]:
    """Return what a statement is about, None where it is not said, and the statement."""
    if len(statement.value) > _SHORT_CHARACTERS:
        return _read(statement, kind, exchange)
    kept = exchange.kept
    found: tuple[Part | None, Said] | None = kept.get((kind, statement))
    if found is None:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        found = kept[kind, statement] = _read(statement, kind, exchange)
    return found


def _read(statement: Statement, kind: str, exchange: Exchange) -> tuple[Part | None, Said]:
    described = exchange.profile.of(kind).get(statement.field) if statement.field else None
    said = Said(statement, described, exchange.term_of(statement, described))
    is_empty = not statement.value.strip() and not statement.uri.strip()
    if is_empty or (described is not None and described.role in _NOT_SAID):
        return None, said
    return _part(statement, described), said


def _part(statement: Statement, described: Field | None) -> Part:
    if statement.field in _BY_FIELD:
        return _BY_FIELD[statement.field]
    if described is not None and described.value_type in _BY_VALUE:
        return _BY_VALUE[described.value_type]
    return _BY_TERM[statement.term]
