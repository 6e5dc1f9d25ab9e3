"""A record as schema.org JSON-LD, for search engines and for anybody who reads the pages.

Only terms that schema.org has are used, each on a type that may have it (a test compares).
What schema.org has no word for is left out rather than bent.

Source: https://schema.org, version 29.4
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from schemas.dublincore import TYPE_NS, DcmiType, Statement
from schemas.recordings import VIDEO, PublishedRecording
from schemas.records import Record
from schemas.rights import rights_statement
from schemas.xml import is_language_tag

CONTEXT: Final = "https://schema.org"
# Source: Library of Congress, Datatypes, https://id.loc.gov/datatypes/edtf.html
_EDTF: Final = "http://id.loc.gov/datatypes/edtf/EDTF"

# Types by the first words of a Vietnamese object type, longer ones first: the head noun leads.
_BY_START: Mapping[str, str] = {
    "tranh sơn dầu": "Painting",
    "tranh lụa": "Painting",
    "tranh sơn mài": "Painting",
    "tranh": "VisualArtwork",
    "phù điêu": "VisualArtwork",
    "mặt dây chuyền": "VisualArtwork",
    "ảnh": "Photograph",
    "hình ảnh": "Photograph",
    "bản thảo": "Manuscript",
    "bản đồ": "Map",
    "sách": "Book",
    "tượng": "Sculpture",
    "áp phích": "Poster",
}
# Types by a word anywhere in an English object type.
_BY_WORD: Mapping[str, str] = {
    "photograph": "Photograph",
    "photo": "Photograph",
    "manuscript": "Manuscript",
    "painting": "Painting",
    "sculpture": "Sculpture",
    "statue": "Sculpture",
    "statuette": "Sculpture",
    "figurine": "Sculpture",
    "drawing": "Drawing",
    "poster": "Poster",
    "map": "Map",
    "book": "Book",
    "mosaic": "VisualArtwork",
    "print": "VisualArtwork",
    "relief": "VisualArtwork",
    "pendant": "VisualArtwork",
}
_BY_DCMI: Mapping[str, str] = {
    DcmiType.COLLECTION: "Collection",
    DcmiType.DATASET: "Dataset",
    DcmiType.IMAGE: "VisualArtwork",
    DcmiType.STILL_IMAGE: "VisualArtwork",
}

# Properties that take the text as it is.
_TEXTS: Mapping[str, tuple[str, ...]] = {
    "name": ("title",),
    "alternateName": ("alternative",),
    "description": ("description", "tableOfContents"),
    "abstract": ("abstract",),
    "genre": ("type",),
    "keywords": ("subject",),
    "material": ("medium",),
    "size": ("extent",),
    "temporalCoverage": ("temporal",),
    "inLanguage": ("language",),
    "copyrightNotice": ("rights",),
    "conditionsOfAccess": ("accessRights",),
    "citation": ("bibliographicCitation", "references"),
}
# Properties that take a thing with a name: its type, or "" where schema.org would have us
# decide between a person and an organization, which a catalogue does not tell.
_THINGS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "creator": ("", ("creator",)),
    "contributor": ("", ("contributor",)),
    "publisher": ("", ("publisher",)),
    "copyrightHolder": ("", ("rightsHolder",)),
    "spatialCoverage": ("Place", ("spatial", "coverage")),
    "isPartOf": ("Collection", ("isPartOf",)),
    "hasPart": ("CreativeWork", ("hasPart",)),
}
# Properties that take a date in ISO 8601 form only; other dates go to "temporal" as text.
_DATES: Mapping[str, tuple[str, ...]] = {
    "dateCreated": ("created", "date"),
    "datePublished": ("issued",),
    "dateModified": ("modified",),
}
_ISO_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_ASCII_WORD = re.compile(r"[a-z]+")
_HTTP = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


def schema_org(
    record: Record,
    *,
    url: str = "",
    image_urls: Iterable[str] = (),
    recordings: Iterable[PublishedRecording] = (),
    publisher: str = "",
    lang: str = "vi",
) -> dict[str, Any]:
    """Return ``record`` as a JSON-LD object of schema.org's vocabulary.

    A text with a language is ``{"@value", "@language"}``; texts in ``lang`` come first. The
    caller escapes the JSON where it stands in HTML.

    Args:
        record: The record.
        url: Address of the item's page, which also names the item; may be empty.
        image_urls: Addresses of its images, the best first.
        recordings: What of it is played.
        publisher: Name of the museum that publishes the archive; may be empty.
        lang: Language the reader reads.
    """
    statements = _by_term(record.statements, lang)
    data: dict[str, Any] = {"@context": CONTEXT, "@type": schema_type(record)}
    if url:
        data |= {"@id": url, "url": url}
    numbers = [record.identifier, *(entry.value or entry.uri for entry in statements["identifier"])]
    _put(data, "identifier", numbers)
    for name, terms in _TEXTS.items():
        if found := _of(statements, terms):
            text = _language if name == "inLanguage" else _text
            _put(data, name, [text(entry) for entry in found])
    for name, (kind, terms) in _THINGS.items():
        if found := _of(statements, terms):
            _put(data, name, [_thing(kind, entry) for entry in found])
    _put_dates(data, statements)
    licences = [address for entry in record.rights if (address := _licence(entry))]
    _put(data, "license", licences)
    sources = [address for entry in statements["source"] if (address := _address(entry))]
    _put(data, "isBasedOn", sources)
    if publisher:
        data["provider"] = {"@type": "Organization", "name": publisher}
    _put(data, "image", [_image(address, licences) for address in image_urls])
    for recording in recordings:
        # Each is called as the item is: a name is what search engines ask of a film first.
        said = _recording(recording, licences) | ({"name": data["name"]} if "name" in data else {})
        name = "video" if recording.file.media == VIDEO else "audio"
        _put(data, name, [*_listed(data.get(name)), said])
    return data


def schema_type(record: Record) -> str:
    """Return the schema.org type of what ``record`` describes; CreativeWork when unsure."""
    kinds = record.values("type")
    for entry in kinds:
        if name := _type_by_words(entry.value):
            return name
    for entry in kinds:
        name = entry.uri.removeprefix(TYPE_NS) if entry.uri.startswith(TYPE_NS) else entry.value
        if name in _BY_DCMI:
            return _BY_DCMI[name]
    return "CreativeWork"


@lru_cache(maxsize=1 << 12)
def _type_by_words(text: str) -> str:
    """Return the type that an object type's words stand for, or an empty text."""
    words = text.casefold().strip()
    for start, name in _BY_START.items():
        if words == start or words.startswith(start + " "):
            return name
    return next((_BY_WORD[word] for word in _ASCII_WORD.findall(words) if word in _BY_WORD), "")


class _ByTerm(dict[str, list[Statement]]):
    def __missing__(self, term: str) -> list[Statement]:
        return []


def _by_term(statements: Iterable[Statement], lang: str) -> _ByTerm:
    grouped = _ByTerm()
    entries = list(statements)
    if lang in {entry.lang for entry in entries}:
        entries.sort(key=lambda entry: entry.lang != lang)
    for entry in entries:
        grouped.setdefault(entry.term, []).append(entry)
    return grouped


def _of(statements: _ByTerm, terms: tuple[str, ...]) -> list[Statement]:
    if len(terms) == 1:
        return statements.get(terms[0]) or []
    return [entry for term in terms for entry in statements[term]]


def _put(data: dict[str, Any], name: str, values: list[Any]) -> None:
    if len(values) > 1:
        values = [value for at, value in enumerate(values) if value not in values[:at]]
    if values:
        data[name] = values[0] if len(values) == 1 else values


def _put_dates(data: dict[str, Any], statements: _ByTerm) -> None:
    other: list[Any] = []
    for name, terms in _DATES.items():
        entries = _of(statements, terms)
        if not entries:
            continue
        dated = [(entry, _iso_date(entry)) for entry in entries]
        _put(data, name, [date for _entry, date in dated if date])
        other += [_text(entry) for entry, date in dated if date != entry.value]
        other += [_edtf(entry) for entry, date in dated if not date and entry.known("edtf")]
    _put(data, "temporal", other)


def _iso_date(entry: Statement) -> str:
    for text in (entry.value, str(entry.known("edtf") or "")):
        if _ISO_DATE.fullmatch(text):
            return text
    return ""


def _edtf(entry: Statement) -> dict[str, Any]:
    return {"@value": entry.known("edtf"), "@type": _EDTF}


def _place(entry: Statement) -> dict[str, Any]:
    latitude, longitude = entry.known("lat"), entry.known("lon")
    if latitude is None or longitude is None:
        return {}
    point = {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}
    return {"geo": point}


def _language(entry: Statement) -> Any:
    return entry.known("tag") or _text(entry)


def _text(entry: Statement) -> Any:
    if not entry.value:
        return entry.uri
    if entry.lang and is_language_tag(entry.lang):
        return {"@value": entry.value, "@language": entry.lang}
    return entry.value


def _thing(kind: str, entry: Statement) -> dict[str, Any]:
    thing: dict[str, Any] = {"@type": kind} if kind else {}
    if entry.uri:
        thing["@id"] = entry.uri
    if entry.value:
        thing["name"] = _text(entry)
    if kind == "Place":
        thing |= _place(entry)
    return thing


def _address(entry: Statement) -> str:
    for text in (entry.uri, entry.value.strip()):
        if _HTTP.fullmatch(text):
            return text
    return ""


def _licence(entry: Statement) -> str:
    """Return the address of a licence, of the licences that the world knows in one spelling."""
    address = _address(entry)
    known = rights_statement(address)
    return known.uri if known else address


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _recording(recording: PublishedRecording, licences: list[str]) -> dict[str, Any]:
    file = recording.file
    found: dict[str, Any] = {
        "@type": "VideoObject" if file.media == VIDEO else "AudioObject",
        "contentUrl": recording.url,
        "encodingFormat": file.mime_type,
        # ISO 8601, in whole seconds.
        "duration": f"PT{max(1, round(file.duration_s))}S",
        "thumbnailUrl": recording.picture_url,
    }
    _put(found, "license", licences)
    return found


def _image(address: str, licences: list[str]) -> dict[str, Any]:
    image: dict[str, Any] = {"@type": "ImageObject", "contentUrl": address}
    _put(image, "license", licences)
    return image
