"""The whole set as DCAT 3 describes it: what it is, whose, of when and where, how to have it.

The coverage is counted from the records, so it is right without anybody writing it down.

Source: Data Catalog Vocabulary (DCAT) version 3, https://www.w3.org/TR/vocab-dcat-3/
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from schemas.messages import N_, translate
from schemas.records import Access, Record
from schemas.rights import rights_statement
from schemas.xml import is_language_tag

# The types of a file's properties are those that DCAT-AP asks for.
CONTEXT: Final[Mapping[str, Any]] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcat:byteSize": {"@type": "xsd:nonNegativeInteger"},
    "spdx:algorithm": {"@type": "@id"},
    "spdx:checksumValue": {"@type": "xsd:hexBinary"},
}
PRESENTATION_3: Final = "http://iiif.io/api/presentation/3/context.json"
_ACCESS_RIGHTS: Final = "http://publications.europa.eu/resource/authority/access-right/"
PUBLIC: Final = f"{_ACCESS_RIGHTS}PUBLIC"
ACCESS_RIGHTS: Final[Mapping[Access, str]] = {
    Access.PUBLIC: PUBLIC,
    Access.RESTRICTED: f"{_ACCESS_RIGHTS}RESTRICTED",
    Access.STAFF: f"{_ACCESS_RIGHTS}NON_PUBLIC",
}
MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"
JSON_LINES_TYPE: Final = "application/jsonl"  # in use, and not registered with IANA
_COLLECTION: Final = "iiif/collection.json"
_OF_MUSEUM = N_("Objects, documents and images kept by {museum}. Records: {count}.")
_OF_NOBODY = N_("Objects, documents and images. Records: {count}.")
_HTTP = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_FROM_OPEN: Final = tuple(Access)
_MOST_PLACES: Final = 20
_MOST_KEYWORDS: Final = 30
# Of every item there are few words that many share; the rest is not counted any further.
_MOST_COUNTED: Final = 100_000


@dataclass
class Coverage:
    """What the records of a set cover together, counted one after the other.

    Attributes:
        items: How many records.
        earliest: First year that any record is dated to, or None.
        latest: Last year, or None.
        places: How many records name a place.
        keywords: How many records name a subject.
        languages: How many records name a language, by its tag.
        licences: How many records have a licence, by its address.
        box: (west, south, east, north) of the coordinates in degrees, or None.
        access: Who may have all of it: the level of the item fewest may see.
    """

    items: int = 0
    earliest: int | None = None
    latest: int | None = None
    places: Counter[tuple[str, str]] = field(default_factory=Counter)
    keywords: Counter[tuple[str, str]] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    box: tuple[float, float, float, float] | None = None
    access: Access = Access.PUBLIC

    def add(self, record: Record, access: Access = Access.PUBLIC) -> None:
        """Count one record, and who may have what is in it."""
        self.items += 1
        self.access = max(self.access, access, key=_FROM_OPEN.index)
        for entry in record.statements:
            if entry.term in ("created", "date", "temporal", "issued"):
                self._add_years(entry.known("earliest"), entry.known("latest"))
            elif entry.term == "spatial":
                _count(self.places, entry.lang, entry.value)
                self._add_point(entry.known("lat"), entry.known("lon"))
            elif entry.term == "subject":
                _count(self.keywords, entry.lang, entry.value)
            elif entry.term == "language" and entry.known("tag"):
                self.languages[str(entry.known("tag"))] += 1
        uris = [e.uri or e.value for e in record.statements if e.term in ("license", "rights")]
        known = next((found for uri in uris if (found := rights_statement(uri))), None)
        if known and known.uri:
            self.licences[known.uri] += 1

    def _add_years(self, first: object, last: object) -> None:
        if isinstance(first, int):
            self.earliest = first if self.earliest is None else min(first, self.earliest)
        if isinstance(last, int):
            self.latest = last if self.latest is None else max(last, self.latest)

    def _add_point(self, latitude: object, longitude: object) -> None:
        if isinstance(latitude, int | float) and isinstance(longitude, int | float):
            west, south, east, north = self.box or (longitude, latitude, longitude, latitude)
            self.box = (
                min(west, longitude),
                min(south, latitude),
                max(east, longitude),
                max(north, latitude),
            )


@dataclass(frozen=True)
class OfferedFile:
    """A file that has the whole set.

    Attributes:
        address: Where it is published.
        media_type: Its media type.
        size_bytes: Its size.
        sha256_hex: Its sha256.
        updated_on: Day of the latest change of what is in it, ``2026-11-21``, or empty.
    """

    address: str
    media_type: str
    size_bytes: int
    sha256_hex: str
    updated_on: str = ""


@dataclass(frozen=True)
class DataSet:
    """What a museum says of its set as a whole.

    Attributes:
        base_url: Address of the site, without a final slash.
        title: Its name by language.
        languages: Languages of the descriptions, the main one first.
        publisher: Name of the museum; may be empty.
        rights: Its rights statement; may be empty.
        rights_uri: The address of its licence; may be empty.
        at: When it is described, RFC 3339.
        files: Files of the published site that have the whole set.
    """

    base_url: str
    title: Mapping[str, str]
    languages: tuple[str, ...]
    at: str
    publisher: str = ""
    rights: str = ""
    rights_uri: str = ""
    files: tuple[OfferedFile, ...] = ()


def licence_uri(text: str) -> str:
    """Return the address of a licence, or empty where a text is no address."""
    known = rights_statement(text) if text else None
    uri = known.uri if known and known.uri else text
    return uri if _HTTP.fullmatch(uri) else ""


def dataset_uri(base_url: str) -> str:
    """Return what names the whole set, wherever it is described."""
    return f"{base_url.rstrip('/')}/#dataset"


def licence_of(data: DataSet, coverage: Coverage) -> str:
    """Return the licence of the whole set: the museum's, else the one all items have, or empty."""
    if uri := licence_uri(data.rights_uri):
        return uri
    if len(coverage.licences) == 1 and coverage.licences.total() == coverage.items:
        return next(iter(coverage.licences))
    return ""


def dcat(data: DataSet, coverage: Coverage) -> dict[str, Any]:
    """Return the description of a set as JSON-LD whose context is in it."""
    licence = licence_of(data, coverage)
    described: dict[str, Any] = {
        "@context": dict(CONTEXT),
        "@id": dataset_uri(data.base_url),
        "@type": "dcat:Dataset",
        "dcterms:title": [_said(text, lang) for lang, text in data.title.items()],
        "dcterms:description": descriptions(data.languages, coverage.items, data.publisher),
        "dcterms:modified": {"@value": data.at, "@type": "xsd:dateTime"},
        "dcterms:accessRights": {"@id": ACCESS_RIGHTS[coverage.access]},
        "dcat:landingPage": {"@id": f"{data.base_url}/", "@type": "foaf:Document"},
        "dcterms:language": [{"@id": uri} for uri in _languages(data, coverage)],
        "dcat:distribution": list(_distributions(data, licence)),
    }
    if data.publisher:
        described["dcterms:publisher"] = {
            "@id": f"{data.base_url}/#museum",
            "@type": "foaf:Organization",
            "foaf:name": data.publisher,
        }
    if licence:
        described["dcterms:license"] = {"@id": licence}
    if data.rights:
        described["dcterms:rights"] = {
            "@type": "dcterms:RightsStatement",
            "rdfs:label": data.rights,
        }
    described |= _coverage(coverage)
    return described


def _coverage(coverage: Coverage) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if coverage.earliest is not None and coverage.latest is not None:
        found["dcterms:temporal"] = {
            "@type": "dcterms:PeriodOfTime",
            "dcat:startDate": _year(coverage.earliest),
            "dcat:endDate": _year(coverage.latest),
        }
    places = [
        {"@type": "dcterms:Location", "rdfs:label": _said(text, lang)}
        for (lang, text), _count in _most(coverage.places, _MOST_PLACES)
    ]
    if coverage.box:
        west, south, east, north = coverage.box
        # A polygon of well-known text goes west to east first; its first corner is its last.
        corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
        text = ", ".join(f"{x:.5f} {y:.5f}" for x, y in corners)
        box = {
            "@value": f"POLYGON(({text}))",
            "@type": "http://www.opengis.net/ont/geosparql#wktLiteral",
        }
        places.append({"@type": "dcterms:Location", "dcat:bbox": box})
    if places:
        found["dcterms:spatial"] = places
    keywords = [
        _said(text, lang)
        for (lang, text), _count in _most(_told_once(coverage.keywords), _MOST_KEYWORDS)
    ]
    if keywords:
        found["dcat:keyword"] = keywords
    return found


def _distributions(data: DataSet, licence: str) -> Iterator[dict[str, Any]]:
    """Yield how to have the set: its site, its IIIF collection, and the files that are known."""
    terms = {"dcterms:license": {"@id": licence}} if licence else {}
    site = f"{data.base_url}/"
    yield {
        "@id": f"{data.base_url}/#site",
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": site},
        "dcat:mediaType": {"@id": f"{MEDIA_TYPES}text/html"},
        **terms,
    }
    collection = f"{site}{_COLLECTION}"
    if all(file.address != collection for file in data.files):
        yield _at(collection) | _format("application/ld+json") | _standard(collection) | terms
    for file in data.files:
        yield file_offer(file, licence)


def file_offer(file: OfferedFile, licence: str) -> dict[str, Any]:
    """Return how a file of the set is to be had, as JSON-LD of :data:`CONTEXT`.

    Source: DCAT-AP 3.0, Distribution, https://semiceu.github.io/DCAT-AP/releases/3.0.0/
    """
    changed = {"@value": file.updated_on, "@type": "xsd:date"}
    return {
        **_at(file.address),
        **_format(file.media_type),
        **_standard(file.address),
        "dcat:byteSize": file.size_bytes,
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": "spdx:checksumAlgorithm_sha256",
            "spdx:checksumValue": file.sha256_hex,
        },
        **({"dcterms:license": {"@id": licence}} if licence else {}),
        **({"dcterms:modified": changed} if file.updated_on else {}),
    }


def offered_files(document: Mapping[str, Any]) -> Iterator[OfferedFile]:
    """Yield the files that a description of :data:`CONTEXT`, and no other, tells of."""
    if document.get("@context") != CONTEXT:
        return
    for offer in document["dcat:distribution"]:
        if "spdx:checksum" in offer:
            kind = offer.get("dcat:mediaType", {}).get("@id", "").removeprefix(MEDIA_TYPES)
            yield OfferedFile(
                address=offer["dcat:downloadURL"]["@id"],
                media_type=kind or offer["dcterms:format"],
                size_bytes=offer["dcat:byteSize"],
                sha256_hex=offer["spdx:checksum"]["spdx:checksumValue"],
                updated_on=offer.get("dcterms:modified", {}).get("@value", ""),
            )


def _at(address: str) -> dict[str, Any]:
    return {
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
    }


def _format(media_type: str) -> dict[str, Any]:
    """Return what a file is: by the address of its type, where the register has it."""
    if media_type == JSON_LINES_TYPE:
        return {"dcterms:format": media_type}
    return {"dcat:mediaType": {"@id": MEDIA_TYPES + media_type}}


def _standard(address: str) -> dict[str, Any]:
    is_collection = address.endswith(f"/{_COLLECTION}")
    return {"dcterms:conformsTo": {"@id": PRESENTATION_3}} if is_collection else {}


def descriptions(languages: Iterable[str], items: int, publisher: str) -> list[dict[str, str]]:
    """Return in one sentence a language what a set of so many items is."""
    message = _OF_MUSEUM if publisher else _OF_NOBODY
    return [
        _said(translate(message, lang).format(count=items, museum=publisher), lang)
        for lang in languages
    ]


def _languages(data: DataSet, coverage: Coverage) -> list[str]:
    tags = dict.fromkeys((*data.languages, *(tag for tag, _n in coverage.languages.most_common())))
    return [uri for tag in tags if (uri := language_uri(tag))]


def language_uri(tag: str) -> str:
    """Return the address of a language by its tag: of ISO 639-1, else of 639-3, or empty."""
    code = tag.split("-")[0].lower()
    if re.fullmatch(r"[a-z]{2}", code):
        return f"http://id.loc.gov/vocabulary/iso639-1/{code}"
    return f"http://lexvo.org/id/iso639-3/{code}" if re.fullmatch(r"[a-z]{3}", code) else ""


def _year(year: int) -> dict[str, str]:
    """Return a year as XML schema writes it: four digits or more, a minus before Christ."""
    sign = "-" if year < 0 else ""
    return {"@value": f"{sign}{abs(year):04d}", "@type": "xsd:gYear"}


def _said(text: str, lang: str) -> dict[str, str]:
    return {"@value": text, "@language": lang} if is_language_tag(lang) else {"@value": text}


def _most(counts: Counter[tuple[str, str]], most: int) -> list[tuple[tuple[str, str], int]]:
    """Return what most records name; of equals, the first in order of their texts."""
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:most]


def _told_once(counts: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """Return the counts with a text without a language added to the same text that has one."""
    tagged: dict[str, tuple[str, str]] = {}
    for lang, text in sorted(counts):
        if is_language_tag(lang):
            tagged.setdefault(text, (lang, text))
    told: Counter[tuple[str, str]] = Counter()
    for (lang, text), count in counts.items():
        told[(lang, text) if is_language_tag(lang) else tagged.get(text, (lang, text))] += count
    return told


def _count(counts: Counter[tuple[str, str]], lang: str, text: str) -> None:
    if text and ((lang, text) in counts or len(counts) < _MOST_COUNTED):
        counts[lang, text] += 1
