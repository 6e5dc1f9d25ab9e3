"""A record as Linked Art 1.0: CIDOC CRM as JSON-LD, as museums publish it.

Linked Art lets a thing refer only to what has an address. A material, a type or a maker that the
catalogue names without one is said in words, as a statement of the kind Linked Art has for it,
so nothing is lost and nothing is made up.

Source: https://linked.art/model/ and https://linked.art/api/1.0/, version 1.0. The AAT numbers
are those that Linked Art's own documentation and cromulent 1.0.1 (Apache-2.0) give.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from schemas.dublincore import Statement
from schemas.names import bare_key, words_of
from schemas.records import Record

CONTEXT: Final = "https://linked.art/ns/v1/linked-art.json"
_AAT: Final = "http://vocab.getty.edu/aat/"
_LANGUAGE: Final = "http://id.loc.gov/vocabulary/iso639-1/"
_HTTP = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*)?")
_ISO_639_1 = re.compile(r"[a-z]{2}")

Thing = dict[str, Any]

# What is said in words, by DCMI term: number and name of the kind of statement.
_STATEMENTS: Final[Mapping[str, tuple[str, str]]] = {
    "abstract": ("300435416", "Description"),
    "accessRights": ("300133046", "Access Statement"),
    "bibliographicCitation": ("300026497", "Bibliography Statement"),
    "created": ("300435436", "Production Statement"),
    "contributor": ("300026687", "Credit Statement"),
    "creator": ("300435436", "Production Statement"),
    "description": ("300435416", "Description"),
    "extent": ("300435430", "Dimension Statement"),
    "format": ("300435452", "Physical Statement"),
    "language": ("300435433", "Language Statement"),
    "license": ("300435434", "Copyright/License Statement"),
    "medium": ("300435429", "Material Statement"),
    "provenance": ("300435438", "Provenance Statement"),
    "references": ("300026497", "Bibliography Statement"),
    "rights": ("300435434", "Copyright/License Statement"),
    "rightsHolder": ("300435434", "Copyright/License Statement"),
    "source": ("300404764", "Source Statement"),
    "tableOfContents": ("300435416", "Description"),
    "temporal": ("300435432", "Period Statement"),
}
_NOTE: Final = ("300027200", "Note")
# What names and numbers say elsewhere in the document.
_TOLD: Final = frozenset({"title", "alternative", "identifier"})
_DIMENSIONS: Final[Mapping[str, tuple[str, str]]] = {
    "height_mm": ("300055644", "Height"),
    "width_mm": ("300055647", "Width"),
    "length_mm": ("300055645", "Length"),
    "depth_mm": ("300072633", "Depth"),
    "thickness_mm": ("300055646", "Thickness"),
    "diameter_mm": ("300055624", "Diameter"),
    "weight_g": ("300056240", "Weight"),
}
_UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "mm": ("300379097", "millimeters"),
    "g": ("300379225", "grams"),
}
_DATE_TERMS: Final = ("created", "date", "issued")
_PERSON_KIND: Final = "person"
_INTANGIBLE_KIND: Final = "intangible"
# Words of a catalogue that say that a person's record is that of a group.
_GROUPS: Final = (
    "tap the", "doi van nghe", "doi", "nhom", "cau lac bo", "dong ho", "gia dinh", "hoi", "lop",
    "group", "family", "troupe", "club", "community", "organization", "association",
)  # fmt: skip


@dataclass(frozen=True)
class LinkedArtPlaces:
    """Where a thing is found.

    Attributes:
        page_url: Address of its page; empty where it has none.
        image_urls: Addresses of its images, the best first.
        museum_url: Address that stands for the museum; may be empty.
        museum: The museum's name; may be empty.
    """

    page_url: str = ""
    image_urls: Sequence[str] = ()
    museum_url: str = ""
    museum: str = ""


def linked_art(record: Record, places: LinkedArtPlaces, *, lang: str = "vi") -> Thing:
    """Return a record as a Linked Art document, valid against the schema of its class.

    Args:
        record: The record.
        places: Where the thing and its pictures are found.
        lang: Language of its label; texts in it come first.
    """
    statements = sorted(record.statements, key=lambda entry: entry.lang != lang)
    kind = entity_class(record)
    found: Thing = {
        "@context": CONTEXT,
        "id": f"{places.page_url}#object" if places.page_url else f"urn:hoaban:{record.item_id}",
        "type": kind,
        "_label": record.title(lang),
        "identified_by": list(_names(record, statements)),
    }
    _put(found, "classified_as", [_reference("Type", s) for s in _named(statements, "type")])
    _put(found, "referred_to_by", [_statement(s) for s in statements if s.term not in _TOLD])
    _put(found, "representation", [_shown(url) for url in places.image_urls if _is_url(url)])
    if _is_url(places.page_url):
        found["subject_of"] = [_page(places.page_url)]
    if kind == "HumanMadeObject":
        _put_object(found, statements, places)
    elif kind == "Person":
        _put(found, "born", _life("Birth", record, "birth"))
        _put(found, "died", _life("Death", record, "death"))
    return found


def entity_class(record: Record) -> str:
    """Return which class of Linked Art a record describes: by its kind, else an object."""
    if record.kind == _INTANGIBLE_KIND:
        return "PropositionalObject"
    if record.kind != _PERSON_KIND:
        return "HumanMadeObject"
    said = [f" {bare_key(words_of(entry.value))} " for entry in record.values("type")]
    is_group = any(f" {word} " in text for text in said for word in _GROUPS)
    return "Group" if is_group else "Person"


def _put_object(found: Thing, statements: Sequence[Statement], places: LinkedArtPlaces) -> None:
    _put(found, "dimension", [d for s in statements for d in _dimensions(s)])
    _put(found, "made_of", [_reference("Material", s) for s in _named(statements, "medium")])
    production: Thing = {"type": "Production"}
    _put(production, "timespan", _timespan(statements))
    if len(production) > 1:
        found["produced_by"] = production
    _put(found, "member_of", [_reference("Set", s) for s in _named(statements, "isPartOf")])
    if places.museum and _is_url(places.museum_url):
        keeper = {"id": places.museum_url, "type": "Group", "_label": places.museum}
        found["current_custodian"] = [keeper]


def _names(record: Record, statements: Iterable[Statement]) -> Iterable[Thing]:
    is_first = True
    for entry in statements:
        if entry.term == "title" and entry.value:
            kinds = [("300404670", "Primary Name")] if is_first else []
            is_first = False
            yield _text("Name", entry, kinds)
        elif entry.term == "alternative" and entry.value:
            yield _text("Name", entry, [("300264273", "Alternate Name")])
    yield _identifier(record.identifier, ("300312355", "Accession Number"))
    for entry in statements:
        text = entry.value or entry.uri
        if entry.term == "identifier" and text != record.identifier:
            yield _identifier(text, ("300404621", "Owner-Assigned Number"))


def _identifier(text: str, kind: tuple[str, str]) -> Thing:
    return {"type": "Identifier", "content": text, "classified_as": [_concept(kind)]}


def _text(kind: str, entry: Statement, kinds: Iterable[tuple[str, str]]) -> Thing:
    found: Thing = {"type": kind, "content": entry.value or entry.uri}
    _put(found, "classified_as", [_concept(concept) for concept in kinds])
    if entry.value and _ISO_639_1.fullmatch(entry.lang):
        found["language"] = [{"id": _LANGUAGE + entry.lang, "type": "Language"}]
    return found


def _statement(entry: Statement) -> Thing:
    found = _text("LinguisticObject", entry, [_STATEMENTS.get(entry.term, _NOTE)])
    found["_label"] = entry.field or entry.term
    if entry.uri and entry.uri != found["content"]:
        found["content"] = f"{entry.value} <{entry.uri}>"
    return found


def _concept(kind: tuple[str, str]) -> Thing:
    return {"id": _AAT + kind[0], "type": "Type", "_label": kind[1]}


def _named(statements: Iterable[Statement], term: str) -> list[Statement]:
    """Return the statements of a term that name something by its address."""
    return [entry for entry in statements if entry.term == term and _is_url(entry.uri)]


def _reference(kind: str, entry: Statement) -> Thing:
    found: Thing = {"id": entry.uri, "type": kind}
    _put(found, "_label", entry.value)
    return found


def _dimensions(entry: Statement) -> Iterable[Thing]:
    """Yield the measures a text was understood to say; a range or a doubt is only in words."""
    if entry.known("approximate") or entry.known("unconfirmed"):
        return
    for name, value in entry.normal:
        kind = _DIMENSIONS.get(name)
        if kind is None or isinstance(value, str):
            continue
        dimension, _underscore, unit = name.rpartition("_")
        if entry.known(f"{dimension}_upto_{unit}") is None:
            number, label = _UNITS[unit]
            yield {
                "type": "Dimension",
                "classified_as": [_concept(kind)],
                "value": value,
                "unit": {"id": _AAT + number, "type": "MeasurementUnit", "_label": label},
            }


def _timespan(statements: Iterable[Statement]) -> Thing:
    """Return when a thing was made, as it is written and as years; empty when nothing is said."""
    by_term: dict[str, list[Statement]] = {}
    for entry in statements:
        by_term.setdefault(entry.term, []).append(entry)
    dated = next((by_term[term] for term in _DATE_TERMS if term in by_term), [])
    if not dated:
        return {}
    found: Thing = {"type": "TimeSpan"}
    found["identified_by"] = [_text("Name", entry, ()) for entry in dated]
    years = [(entry.known("earliest"), entry.known("latest")) for entry in dated]
    first = [year for year, _last in years if isinstance(year, int) and 1 <= year <= 9999]
    last = [year for _first, year in years if isinstance(year, int) and 1 <= year <= 9999]
    if len(first) == len(last) == len(dated):
        found["begin_of_the_begin"] = f"{min(first):04d}-01-01T00:00:00Z"
        found["end_of_the_end"] = f"{max(last):04d}-12-31T23:59:59Z"
    return found


def _life(kind: str, record: Record, field: str) -> Thing:
    dated = [entry for entry in record.statements if entry.field == field]
    span = _timespan(dated)
    return {"type": kind, "timespan": span} if span else {}


def _shown(url: str) -> Thing:
    image = {
        "type": "DigitalObject",
        "classified_as": [_concept(("300215302", "Digital Image"))],
        "format": "image/jpeg",
        "access_point": [{"id": url, "type": "DigitalObject"}],
    }
    return {"type": "VisualItem", "digitally_shown_by": [image]}


def _page(url: str) -> Thing:
    page = {
        "type": "DigitalObject",
        "classified_as": [_concept(("300264578", "Web Page"))],
        "format": "text/html",
        "access_point": [{"id": url, "type": "DigitalObject"}],
    }
    return {"type": "LinguisticObject", "digitally_carried_by": [page]}


def _is_url(text: str) -> bool:
    return bool(_HTTP.fullmatch(text))


def _put(found: Thing, name: str, value: Any) -> None:
    if value:
        found[name] = value
