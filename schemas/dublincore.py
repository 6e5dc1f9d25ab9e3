"""Dublin Core: the fifteen elements, the DCMI terms, and values that know their language.

Source: DCMI Metadata Terms, 2020-01-20, https://www.dublincore.org/specifications/dublin-core/dcmi-terms/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

Normal = tuple[tuple[str, str | int | float], ...]
"""What a text means, as pairs of name and value, sorted by name."""

URI_KEY = "uri"

RIGHTS_TERMS = ("rights", "license")
"""The terms that say what may be done with an item."""

ELEMENTS_NS = "http://purl.org/dc/elements/1.1/"
TERMS_NS = "http://purl.org/dc/terms/"
TYPE_NS = "http://purl.org/dc/dcmitype/"

ELEMENTS = (
    "title",
    "creator",
    "subject",
    "description",
    "publisher",
    "contributor",
    "date",
    "type",
    "format",
    "identifier",
    "source",
    "language",
    "relation",
    "coverage",
    "rights",
)

# Every property of the /terms/ namespace and the element of the fifteen that it refines (its
# rdfs:subPropertyOf chain ends there), or None where it refines none.
TERMS: Mapping[str, str | None] = {
    **{name: name for name in ELEMENTS},
    "abstract": "description",
    "accessRights": "rights",
    "accrualMethod": None,
    "accrualPeriodicity": None,
    "accrualPolicy": None,
    "alternative": "title",
    "audience": None,
    "available": "date",
    "bibliographicCitation": "identifier",
    "conformsTo": "relation",
    "created": "date",
    "dateAccepted": "date",
    "dateCopyrighted": "date",
    "dateSubmitted": "date",
    "educationLevel": None,
    "extent": "format",
    "hasFormat": "relation",
    "hasPart": "relation",
    "hasVersion": "relation",
    "instructionalMethod": None,
    "isFormatOf": "relation",
    "isPartOf": "relation",
    "isReferencedBy": "relation",
    "isReplacedBy": "relation",
    "isRequiredBy": "relation",
    "isVersionOf": "relation",
    "issued": "date",
    "license": "rights",
    "mediator": None,
    "medium": "format",
    "modified": "date",
    "provenance": None,
    "references": "relation",
    "replaces": "relation",
    "requires": "relation",
    "rightsHolder": None,
    "spatial": "coverage",
    "tableOfContents": "description",
    "temporal": "coverage",
    "valid": "date",
}


class DcmiType(StrEnum):
    """The DCMI Type Vocabulary (the classes that dcterms:type may name)."""

    COLLECTION = "Collection"
    DATASET = "Dataset"
    EVENT = "Event"
    IMAGE = "Image"
    INTERACTIVE_RESOURCE = "InteractiveResource"
    MOVING_IMAGE = "MovingImage"
    PHYSICAL_OBJECT = "PhysicalObject"
    SERVICE = "Service"
    SOFTWARE = "Software"
    SOUND = "Sound"
    STILL_IMAGE = "StillImage"
    TEXT = "Text"


@dataclass(frozen=True, slots=True)
class Statement:
    """One value of one term: a literal with an optional language, an optional URI, or both.

    Attributes:
        term: A key of :data:`TERMS`.
        value: The text, in NFC; may be empty only when ``uri`` is given.
        lang: BCP 47 language tag of the text, or empty.
        uri: What the text names, as an absolute URI, or empty.
        field: Name of the field of the application profile it came from, or empty; two
            fields may share a term.
        normal: What the text was understood to mean; empty where it was not. Its ``uri`` says
            that :attr:`uri` was found in the text's meaning and not written by the museum.
    """

    term: str
    value: str
    lang: str = ""
    uri: str = ""
    field: str = ""
    normal: Normal = ()

    def __post_init__(self) -> None:
        if self.term not in TERMS:
            raise ValueError(f"{self.term!r} is not a DCMI term")
        if not self.value and not self.uri:
            raise ValueError(f"a statement of {self.term!r} needs a value or a URI")

    @property
    def written_uri(self) -> str:
        """The URI that the museum wrote itself, or empty."""
        return "" if self.uri and self.uri == self.known(URI_KEY) else self.uri

    @property
    def written(self) -> str:
        """The statement as the museum writes it: its text, its URI, or ``text <URI>``."""
        uri = self.written_uri
        if self.value and uri and self.value != uri:
            return f"{self.value} <{uri}>"
        return self.value or uri

    def known(self, name: str) -> str | int | float | None:
        """Return what the text is understood to say of ``name``, as ``edtf``, or None."""
        return next((value for key, value in self.normal if key == name), None)


PARTS = ("term", "value", "lang", "uri", "field", "normal")
"""The fields of a statement, in their order."""

_SETTERS = tuple(getattr(Statement, name).__set__ for name in PARTS)


def statement_of(parts: Iterable[object]) -> Statement:
    """Return the statement that had these parts, without checking them again.

    Making one anew takes five times as long, and a site reads every statement of an archive.
    """
    found = object.__new__(Statement)
    for put, part in zip(_SETTERS, parts, strict=True):
        put(found, part)
    return found


def element_of(term: str) -> str | None:
    """Return the element of the fifteen that ``term`` refines, or None ("dumbing down")."""
    return TERMS[term]


def term_uri(term: str) -> str:
    """Return the URI of a term, for example ``http://purl.org/dc/terms/medium``."""
    if term not in TERMS:
        raise ValueError(f"{term!r} is not a DCMI term")
    return TERMS_NS + term
