"""What Europeana's data model demands beyond its schema, and what a record lacks of it.

Source: Europeana, EDM mapping guidelines 2.4, and the Schematron rules in its EDM schemas
(metis-schema of 2025-12-18); https://rightsstatements.org and https://creativecommons.org
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from schemas.crosswalks.credit import RightsSaid
from schemas.crosswalks.exchange import Exchange, Published, unfit_finding
from schemas.crosswalks.jsonld import schema_type
from schemas.crosswalks.parts import Part, Parts
from schemas.dublincore import TYPE_NS, DcmiType
from schemas.findings import Finding
from schemas.names import exact_key, words_of
from schemas.records import Record
from schemas.xml import is_language_tag

EDM_TYPES: Final = ("TEXT", "IMAGE", "SOUND", "VIDEO", "3D")

_PORTS: Final[Mapping[str, str]] = {
    "1.0": "fi|il|nl",
    "2.0": "au|at|be|br|ca|cl|hr|uk|fr|de|it|jp|nl|pl|kr|es|tw",
    "2.5": "ar|au|br|bg|ca|cn|co|hr|dk|hu|in|il|it|mk|my|mt|mx|nl|pe|pl|pt"
    "|scotland|si|za|es|se|ch|tw",
    "3.0": "au|at|br|cl|cn|cr|hr|cz|ec|eg|ee|fr|de|gr|gt|hk|igo|ie|it|lu|nl|nz|no|ph|pl|pt|pr|ro|rs"
    "|sg|za|es|ch|tw|th|ug|us|ve|vn",
    "4.0": "",
}
_CREATIVE_COMMONS = "|".join(
    rf"{re.escape(version)}/(?:(?:{ports})/)?" if ports else rf"{re.escape(version)}/"
    for version, ports in _PORTS.items()
)
_ALLOWED_RIGHTS = re.compile(
    rf"http://creativecommons\.org/licenses/by(?:-sa|-nd|-nc|-nc-sa|-nc-nd)?/(?:{_CREATIVE_COMMONS})"
    r"|http://creativecommons\.org/publicdomain/(?:zero|mark)/1\.0/"
    r"|http://rightsstatements\.org/vocab/(?:NoC-NC|NoC-OKLR|InC|InC-EDU|InC-OW-EU|CNE)/1\.0/"
)
_BY_DCMI: Final[Mapping[str, str]] = {
    DcmiType.TEXT: "TEXT",
    DcmiType.SOUND: "SOUND",
    DcmiType.MOVING_IMAGE: "VIDEO",
}
_BY_KIND: Final[Mapping[str, str]] = {"document": "TEXT", "film_sound": "VIDEO"}
_TEXTS: Final = frozenset({"Book", "Manuscript"})
_PICTURES: Final = frozenset(
    {"Photograph", "Map", "Painting", "Drawing", "Poster", "VisualArtwork", "Sculpture"}
)


def is_allowed_rights(uri: str) -> bool:
    """Say whether ``edm:rights`` may be ``uri``, which must be in its http form."""
    return _ALLOWED_RIGHTS.fullmatch(uri) is not None


def allowed_rights(rights: RightsSaid) -> str:
    """Return the first address of some rights that ``edm:rights`` may be, or an empty text."""
    return next((s.uri for s in rights.statements if is_allowed_rights(s.uri)), "")


def edm_type(record: Record, parts: Parts, exchange: Exchange) -> str:
    """Return EDM's type of an item, one of :data:`EDM_TYPES`: what its scans or recordings are.

    First comes what the museum set for its object type or kind, then what the record says of
    itself, then what is usual for its kind: a document is text unless it is a picture.
    """
    said = {exact_key(words_of(key)): value for key, value in exchange.edm_types.items()}
    for entry in parts.of(Part.TYPE, Part.GENRE) if said else ():
        names = (*(text for _lang, text in entry.names()), entry.term.id if entry.term else "")
        for name in names:
            if name and (found := said.get(exact_key(words_of(name)))):
                return found
    kind = exchange.profile.of(record.kind).kind_entry
    kind_name = record.kind or (kind.name if kind else "")
    if kind_name in exchange.edm_types:
        return exchange.edm_types[kind_name]
    for entry in parts.of(Part.TYPE, Part.GENRE):
        name = entry.uri.removeprefix(TYPE_NS) if entry.uri.startswith(TYPE_NS) else entry.text
        if name.replace(" ", "") in _BY_DCMI:
            return _BY_DCMI[name.replace(" ", "")]
    described = schema_type(record)
    if described in _TEXTS:
        return "TEXT"
    return "IMAGE" if described in _PICTURES else _BY_KIND.get(kind_name, "IMAGE")


def languages_of(parts: Parts) -> tuple[str, ...]:
    """Return the tags of the languages an item is in, each once."""
    tags: dict[str, None] = {}
    for said in parts[Part.LANGUAGE]:
        tag = str(said.statement.known("tag") or said.statement.known("code") or "")
        if not tag and len(said.text) <= 8 and is_language_tag(said.text) and said.text.islower():
            tag = said.text
        if tag:
            tags[tag] = None
    return tuple(tags)


def edm_findings(
    record: Record,
    parts: Parts,
    rights: RightsSaid,
    published: Published,
    exchange: Exchange,
) -> tuple[Finding, ...]:
    """Return what a record lacks of what EDM demands; nothing when it can be written."""
    gaps = _gaps(record, parts, rights, published, exchange)
    return tuple(unfit_finding(code, record, "edm", **values) for code, values in gaps)


def _gaps(
    record: Record,
    parts: Parts,
    rights: RightsSaid,
    published: Published,
    exchange: Exchange,
) -> Iterator[tuple[str, dict[str, str]]]:
    if not published.page_url and not any(image.url for image in published.images):
        yield "EXCHANGE-no-address", {}
    if not allowed_rights(rights):
        given = rights.uris[0] if rights.uris else "".join(text for _lang, text in rights.texts[:1])
        if rights.uris:
            yield "EXCHANGE-rights-refused", {"value": given, "field": "rights_uri"}
        else:
            yield "EXCHANGE-no-rights", {"field": "rights_uri"}
    if not parts[Part.TITLE] and not parts[Part.DESCRIPTION]:
        yield "EXCHANGE-no-title", {"field": "title"}
    if not parts.of(*_TOPICS):
        yield "EXCHANGE-no-topic", {"field": "object_type"}
    if edm_type(record, parts, exchange) == "TEXT" and not languages_of(parts):
        yield "EXCHANGE-no-language", {"field": "language"}


_TOPICS = (
    Part.TYPE,
    Part.GENRE,
    Part.SUBJECT,
    Part.CULTURE,
    Part.PERSON,
    Part.PLACE,
    Part.SITE,
    Part.PERIOD,
)
