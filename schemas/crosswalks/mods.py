"""A record in MODS 3.8, the form libraries and universities take.

Invariant: every document is valid against mods-3-8.xsd, whatever the record says. A text is never
lost: what MODS has no place for becomes a note under the label of its field.

Source: Library of Congress, MODS 3.8 (with the correction of 2023-08-11) and its user guidelines,
https://www.loc.gov/standards/mods/; MARC relator codes, https://id.loc.gov/vocabulary/relators
"""

from __future__ import annotations

from schemas.crosswalks.credit import RightsSaid, rights_said
from schemas.crosswalks.edm_rules import edm_type, languages_of
from schemas.crosswalks.exchange import Exchange, Published, check_is_object
from schemas.crosswalks.jsonld import schema_type
from schemas.crosswalks.parts import Part, Parts, Said, parts_of
from schemas.crosswalks.tree import (
    Node,
    add,
    add_text,
    declaring,
    is_plain_uri,
    root_node,
    write_tree,
)
from schemas.crosswalks.values import degrees_text, located, span_of
from schemas.records import Record

MODS_PREFIXES = ("mods", "xlink", "xsi")
MODS_SCHEMA = {
    "xsi:schemaLocation": "http://www.loc.gov/mods/v3"
    " http://www.loc.gov/standards/mods/v3/mods-3-8.xsd"
}
_ROLES = {
    Part.CREATOR: "cre",
    Part.CONTRIBUTOR: "ctb",
    Part.COLLECTOR: "col",
    Part.PERFORMER: "prf",
}
_RESOURCES = {"TEXT": "text", "SOUND": "sound recording", "VIDEO": "moving image"}
_PICTURES = {
    "Photograph": "still image",
    "Drawing": "still image",
    "Painting": "still image",
    "Poster": "still image",
    "Map": "cartographic",
}
_NOTES = {
    Part.INSCRIPTION: "",
    Part.TRANSLATION: "",
    Part.CONDITION: "condition",
    Part.PROVENANCE: "ownership",
    Part.NOTE: "",
}


def mods_xml(record: Record, published: Published, exchange: Exchange) -> bytes:
    """Return ``record`` as a ``mods`` document.

    Args:
        record: The record, without what may not be shown (``public_record``).
        published: Where the item is found.
        exchange: What is said of all records of the archive.

    Raises:
        UnfitRecordError: It describes no object.
    """
    root = mods_node(record, published, exchange)
    return write_tree(declaring(root, root_node("", MODS_PREFIXES, MODS_SCHEMA)))


def mods_node(record: Record, published: Published, exchange: Exchange) -> Node:
    """Return ``record`` as a ``mods:mods`` element, for a document that declares the prefixes."""
    root = Node("mods:mods", attributes={"version": "3.8"})
    check_is_object(record, "mods")
    parts = parts_of(record, exchange)
    _add_titles(root, record, parts)
    for part, code in _ROLES.items():
        for said in parts[part]:
            _add_name(root, said, code)
    kind = _RESOURCES.get(edm_type(record, parts, exchange))
    add_text(root, "mods:typeOfResource", kind or _PICTURES.get(schema_type(record), "artifact"))
    for said in parts.of(Part.TYPE, Part.GENRE):
        _add_term(root, "mods:genre", said)
    _add_origin(root, "production", parts[Part.DATE], "mods:dateCreated", [])
    _add_origin(root, "publication", parts[Part.ISSUED], "mods:dateIssued", parts[Part.PUBLISHER])
    for said in parts[Part.OTHER_DATE]:
        _add_origin(root, said.field_label("en"), [said], "mods:dateOther", [])
    _add_languages(root, parts)
    _add_physical(root, parts, published)
    _add_texts(root, parts, exchange)
    _add_subjects(root, parts, exchange)
    _add_related(root, parts)
    _add_identifiers(root, record, parts, published)
    _add_location(root, parts, published, exchange)
    _add_rights(root, parts, rights_said(parts, exchange), exchange)
    _add_record_info(root, record, published, exchange)
    return root


def _add_titles(root: Node, record: Record, parts: Parts) -> None:
    names = [(said.lang, said.text) for said in parts[Part.TITLE]] or [("", record.identifier)]
    for lang, text in names:
        add_text(add(root, "mods:titleInfo"), "mods:title", text, lang)
    for said in parts[Part.OTHER_TITLE]:
        other = add(root, "mods:titleInfo", attributes={"type": "alternative"})
        add_text(other, "mods:title", said.text, said.lang)


def _add_name(root: Node, said: Said, code: str) -> None:
    name = add(root, "mods:name", attributes={"valueURI": _uri(said.uri)})
    add_text(name, "mods:namePart", said.text, said.lang)
    role = add(name, "mods:role")
    add_text(role, "mods:roleTerm", code, attributes={"type": "code", "authority": "marcrelator"})
    for lang, label in said.field_labels():
        role = add(name, "mods:role")
        add_text(role, "mods:roleTerm", label, lang, {"type": "text"})


def _add_term(parent: Node, name: str, said: Said) -> None:
    attributes = {"valueURI": _uri(said.uri)}
    for lang, text in said.names():
        add_text(parent, name, text, lang, attributes)


def _add_origin(
    root: Node, event: str, dates: list[Said], name: str, publishers: list[Said]
) -> None:
    if not dates and not publishers:
        return
    origin = add(root, "mods:originInfo", attributes={"eventType": event})
    for said in publishers:
        add_text(origin, "mods:publisher", said.text, said.lang)
    for said in dates:
        add_text(origin, "mods:displayDate", said.text)
        span = span_of(said.statement)
        if span:
            doubt = "approximate" if span.is_approximate else ""
            doubt = doubt or ("questionable" if span.is_uncertain else "")
            add_text(origin, name, span.edtf, attributes={"encoding": "edtf", "qualifier": doubt})


def _add_languages(root: Node, parts: Parts) -> None:
    tags = languages_of(parts)
    if parts[Part.LANGUAGE] or parts[Part.SCRIPT]:
        language = add(root, "mods:language")
        for tag in tags:
            code = {"type": "code", "authority": "rfc5646"}
            add_text(language, "mods:languageTerm", tag, attributes=code)
        for said in parts[Part.LANGUAGE]:
            add_text(language, "mods:languageTerm", said.text, said.lang, {"type": "text"})
        if not parts[Part.LANGUAGE]:
            # MODS knows no script without a language; "und" is one that is not determined.
            code = {"type": "code", "authority": "rfc5646"}
            add_text(language, "mods:languageTerm", "und", attributes=code)
        for said in parts[Part.SCRIPT]:
            add_text(language, "mods:scriptTerm", said.text, said.lang, {"type": "text"})


def _add_physical(root: Node, parts: Parts, published: Published) -> None:
    physical = Node("mods:physicalDescription")
    for said in parts[Part.MATERIAL]:
        for lang, text in said.names():
            attributes = {"type": "material", "valueURI": _uri(said.uri)}
            add_text(physical, "mods:form", text, lang, attributes)
    for said in parts[Part.SIZE]:
        add_text(physical, "mods:extent", said.text, said.lang)
    if published.images:
        add_text(physical, "mods:internetMediaType", "image/jpeg")
        add_text(physical, "mods:digitalOrigin", "reformatted digital")
    if physical.children:
        root.children.append(physical)


def _add_texts(root: Node, parts: Parts, exchange: Exchange) -> None:
    for said in parts[Part.DESCRIPTION]:
        about = {"displayLabel": said.field_label(said.lang or exchange.lang)}
        add_text(root, "mods:abstract", said.text, said.lang, about)
    for part, kind in _NOTES.items():
        for said in parts[part]:
            label = said.field_label(said.lang or exchange.lang)
            attributes = {"type": kind, "displayLabel": label}
            add_text(root, "mods:note", said.text, said.lang, attributes)


def _add_subjects(root: Node, parts: Parts, exchange: Exchange) -> None:
    for said in parts.of(Part.SUBJECT, Part.CULTURE):
        label = {"displayLabel": said.field_label(said.lang or exchange.lang)}
        _add_term(add(root, "mods:subject", attributes=label), "mods:topic", said)
    for said in parts[Part.PERSON]:
        name = add(add(root, "mods:subject"), "mods:name", attributes={"valueURI": _uri(said.uri)})
        add_text(name, "mods:namePart", said.text, said.lang)
    for said in parts.of(Part.PLACE, Part.SITE):
        _add_place(root, said)
    for said in parts[Part.PERIOD]:
        add_text(add(root, "mods:subject"), "mods:temporal", said.text, said.lang)


def _add_place(root: Node, said: Said) -> None:
    found = located(said.statement)
    place = add(root, "mods:subject")
    add_text(place, "mods:geographic", said.text, said.lang, {"valueURI": _uri(said.uri)})
    if found is None:
        return
    if found.province:
        # A subject of its own: what is known of the commune is not said of the village in it.
        place = add(root, "mods:subject")
        units = add(place, "mods:hierarchicalGeographic")
        add_text(units, "mods:country", "Việt Nam", "vi")
        add_text(units, "mods:province", found.province, "vi")
        if found.commune:
            add_text(units, "mods:area", found.commune, "vi", {"areaType": "commune"})
    if found.latitude is not None and found.longitude is not None:
        pair = f"{degrees_text(found.latitude)}, {degrees_text(found.longitude)}"
        add_text(add(place, "mods:cartographics"), "mods:coordinates", pair)


def _add_related(root: Node, parts: Parts) -> None:
    for said in parts[Part.COLLECTION]:
        host = add(root, "mods:relatedItem", attributes={"type": "host"})
        _add_work(host, said)
    for said in parts[Part.RELATED]:
        related = {"displayLabel": said.field_label("en")}
        _add_work(add(root, "mods:relatedItem", attributes=related), said)
    for said in parts[Part.SOURCE]:
        kind = {"otherType": "source"}
        _add_work(add(root, "mods:relatedItem", attributes=kind), said)


def _add_work(work: Node, said: Said) -> None:
    if said.statement.value:
        add_text(add(work, "mods:titleInfo"), "mods:title", said.statement.value, said.lang)
    if said.statement.uri:
        add_text(work, "mods:identifier", said.statement.uri, attributes={"type": "uri"})


def _add_identifiers(root: Node, record: Record, parts: Parts, published: Published) -> None:
    add_text(root, "mods:identifier", record.identifier, attributes={"type": "local"})
    for said in parts[Part.NUMBER]:
        attributes = {"type": "local", "displayLabel": said.field_label("en")}
        add_text(root, "mods:identifier", said.text, attributes=attributes)
    if published.page_url:
        add_text(root, "mods:identifier", published.page_url, attributes={"type": "uri"})


def _add_location(root: Node, parts: Parts, published: Published, exchange: Exchange) -> None:
    location = add(root, "mods:location")
    holders = parts[Part.HOLDER]
    for said in holders:
        add_text(
            location, "mods:physicalLocation", said.text, said.lang, {"valueURI": _uri(said.uri)}
        )
    if not holders:
        attributes = {"valueURI": _uri(exchange.museum_uri)}
        add_text(location, "mods:physicalLocation", exchange.museum, attributes=attributes)
    for said in parts[Part.STORAGE]:
        add_text(location, "mods:shelfLocator", said.text, said.lang)
    _add_url(location, published.page_url, access="object in context", usage="primary display")
    _add_url(location, published.manifest_url, note="IIIF manifest")
    for image in published.images:
        _add_url(location, image.url, access="raw object")
    for image in published.images[:1]:
        _add_url(location, image.thumbnail_url, access="preview")


def _add_url(location: Node, address: str, **attributes: str) -> None:
    if is_plain_uri(address):
        add_text(location, "mods:url", address, attributes=attributes)


def _add_rights(root: Node, parts: Parts, rights: RightsSaid, exchange: Exchange) -> None:
    use = "use and reproduction"
    known = {statement.uri: statement.mark for statement in rights.statements}
    for uri, mark in known.items():
        add_text(root, "mods:accessCondition", mark or uri, "", {"type": use, "xlink:href": uri})
    for uri in rights.uris if not known else ():
        add_text(root, "mods:accessCondition", uri, "", {"type": use, "xlink:href": _uri(uri)})
    for lang, text in rights.texts:
        add_text(root, "mods:accessCondition", text, lang, {"type": use})
    for said in parts[Part.RIGHTS_HOLDER]:
        label = said.field_label(said.lang or exchange.lang)
        attributes = {"type": "rights holder", "displayLabel": label}
        add_text(root, "mods:note", said.text, said.lang, attributes)
    for said in parts[Part.ACCESS]:
        add_text(
            root,
            "mods:accessCondition",
            said.text,
            said.lang,
            {"type": "restriction on access"},
        )


def _add_record_info(root: Node, record: Record, published: Published, exchange: Exchange) -> None:
    info = add(root, "mods:recordInfo")
    source = {"valueURI": _uri(exchange.museum_uri)}
    add_text(info, "mods:recordContentSource", exchange.museum, attributes=source)
    for name, moment in (
        ("mods:recordCreationDate", published.created_at),
        ("mods:recordChangeDate", published.updated_at),
    ):
        if moment:
            add_text(info, name, moment, attributes={"encoding": "w3cdtf"})
    add_text(info, "mods:recordIdentifier", record.item_id, attributes={"source": exchange.museum})
    language = add(info, "mods:languageOfCataloging")
    code = {"type": "code", "authority": "rfc5646"}
    add_text(language, "mods:languageTerm", exchange.lang, attributes=code)
    if exchange.metadata_rights_uri:
        add_text(info, "mods:recordInfoNote", exchange.metadata_rights_uri, "", {"type": "licence"})


def _uri(address: str) -> str:
    """Return ``address`` where it may stand as ``xs:anyURI``, else an empty text."""
    return address if is_plain_uri(address) else ""
