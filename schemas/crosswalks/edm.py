"""A record in the Europeana Data Model, as RDF/XML: what Europeana and its like take.

    edm:ProvidedCHO      the thing itself, as the museum describes it
    edm:WebResource      each view of it on the museum's site, with its rights
    skos:Concept, edm:Place, edm:TimeSpan    what it names, with addresses, coordinates, bounds
    ore:Aggregation      who gives it, where it is shown, under which rights
    svcs:Service         the IIIF image services

Invariant: every document is valid against Europeana's EDM schema for providers and passes its
Schematron rules. A record that lacks what they demand is not written (:class:`UnfitRecordError`).

Source: Europeana, Definition of the Europeana Data Model 5.2.8 and EDM mapping guidelines 2.4
"""

from __future__ import annotations

from schemas.crosswalks.credit import rights_said
from schemas.crosswalks.edm_context import Context
from schemas.crosswalks.edm_rules import allowed_rights, edm_findings, edm_type, languages_of
from schemas.crosswalks.exchange import (
    Exchange,
    Published,
    PublishedImage,
    UnfitRecordError,
    check_is_object,
)
from schemas.crosswalks.parts import Part, Parts, Said, parts_of
from schemas.crosswalks.tree import Node, add_text, is_plain_uri, root_node, write_tree
from schemas.records import Record

EDM_PREFIXES = (
    "rdf", "dc", "dcterms", "doap", "ebucore", "edm", "ore", "skos", "svcs", "wgs84_pos",
)  # fmt: skip
_IMAGE_API = "http://iiif.io/api/image"
_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
_LEVEL_0 = "http://iiif.io/api/image/3/level0.json"
_EUROPEANA_ORGANIZATION = "http://data.europeana.eu/organization/"
_CONCEPTS = {
    Part.TYPE: "dc:type",
    Part.GENRE: "dc:type",
    Part.SUBJECT: "dc:subject",
    Part.CULTURE: "dc:subject",
    Part.PERSON: "dc:subject",
    Part.MATERIAL: "dcterms:medium",
}
_PLACES = {Part.PLACE: "dcterms:spatial", Part.SITE: "dcterms:spatial"}
_DATES = {
    Part.DATE: "dcterms:created",
    Part.ISSUED: "dcterms:issued",
    Part.OTHER_DATE: "dc:date",
    Part.PERIOD: "dcterms:temporal",
}
_TEXTS = {
    Part.CREATOR: "dc:creator",
    Part.COLLECTOR: "dc:contributor",
    Part.PERFORMER: "dc:contributor",
    Part.CONTRIBUTOR: "dc:contributor",
    Part.PUBLISHER: "dc:publisher",
    Part.DESCRIPTION: "dc:description",
    Part.INSCRIPTION: "dc:description",
    Part.TRANSLATION: "dc:description",
    Part.NOTE: "dc:description",
    Part.CONDITION: "dc:description",
    Part.SIZE: "dcterms:extent",
    Part.PROVENANCE: "dcterms:provenance",
    Part.COLLECTION: "dcterms:isPartOf",
    Part.SOURCE: "dc:source",
    Part.RELATED: "dc:relation",
}


def edm_xml(record: Record, published: Published, exchange: Exchange) -> bytes:
    """Return ``record`` as an ``rdf:RDF`` document of one item.

    Args:
        record: The record, without what may not be shown (``public_record``).
        published: Where the item is found.
        exchange: What is said of all records of the archive.

    Raises:
        UnfitRecordError: It lacks what EDM demands; says field by field what to do.
    """
    root = root_node("rdf:RDF", EDM_PREFIXES)
    root.children.extend(edm_nodes(record, published, exchange))
    return write_tree(root)


def edm_nodes(record: Record, published: Published, exchange: Exchange) -> tuple[Node, ...]:
    """Return the resources of one item, for a document that declares :data:`EDM_PREFIXES`.

    Raises:
        UnfitRecordError: As :func:`edm_xml`.
    """
    check_is_object(record, "edm")
    parts = parts_of(record, exchange)
    rights = rights_said(parts, exchange)
    findings = edm_findings(record, parts, rights, published, exchange)
    if findings:
        raise UnfitRecordError(findings)
    base = published.page_url or next(image.url for image in published.images if image.url)
    context = Context(base)
    thing = Node("edm:ProvidedCHO", {"rdf:about": f"{base}#object"})
    _describe(thing, record, parts, exchange, context)
    uri = allowed_rights(rights)
    shown = [image for image in published.images if image.url]
    before = ("", *(image.url for image in shown))
    views = (
        _view(image, uri, published.manifest_url, url)
        for image, url in zip(shown, before, strict=False)
    )
    given = _aggregation(base, uri, published, exchange, rights.texts)
    return (thing, *views, *context.nodes, given, *map(_service, shown))


def _describe(
    thing: Node, record: Record, parts: Parts, exchange: Exchange, context: Context
) -> None:
    add_text(thing, "dc:identifier", record.identifier)
    for said in parts[Part.NUMBER]:
        add_text(thing, "dc:identifier", said.text)
    for said in parts[Part.TITLE]:
        add_text(thing, "dc:title", said.text, said.lang)
    for said in parts[Part.OTHER_TITLE]:
        add_text(thing, "dcterms:alternative", said.text, said.lang)
    for part, name in _CONCEPTS.items():
        for said in parts[part]:
            _add_concept(thing, name, said, context)
    for part, name in _DATES.items():
        for said in parts[part]:
            _add_literal(thing, name, said)
            if about := context.time_span(said):
                _refer(thing, name, about)
    for part, name in _PLACES.items():
        for said in parts[part]:
            about = context.place(said)
            _refer(thing, name, about) if about else _add_literal(thing, name, said)
    for part, name in _TEXTS.items():
        for said in parts[part]:
            _add_literal(thing, name, said)
    _add_languages(thing, parts)
    holder = next(iter(parts[Part.HOLDER]), None)
    text, lang = (holder.text, holder.lang) if holder else (exchange.museum, "")
    add_text(thing, "edm:currentLocation", text, lang)
    add_text(thing, "edm:type", edm_type(record, parts, exchange))


def _add_languages(thing: Node, parts: Parts) -> None:
    tags = languages_of(parts)
    for tag in tags:
        add_text(thing, "dc:language", tag)
    if not tags:
        for said in parts[Part.LANGUAGE]:
            add_text(thing, "dc:language", said.text, said.lang)


def _add_concept(thing: Node, name: str, said: Said, context: Context) -> None:
    about = context.concept(said)
    if about:
        _refer(thing, name, about)
        return
    for lang, text in said.names():
        add_text(thing, name, text, lang)


def _add_literal(thing: Node, name: str, said: Said) -> None:
    if said.statement.value:
        add_text(thing, name, said.statement.value, said.lang)
    if is_plain_uri(said.statement.uri):
        _refer(thing, name, said.statement.uri)
    elif not said.statement.value:
        add_text(thing, name, said.statement.uri)


def _view(image: PublishedImage, rights: str, manifest_url: str, before: str) -> Node:
    view = Node("edm:WebResource", {"rdf:about": image.url})
    for lang, text in image.labels:
        add_text(view, "dc:description", text, lang)
    if before:
        _refer(view, "edm:isNextInSequence", before)
    _refer(view, "edm:rights", rights)
    add_text(view, "ebucore:hasMimeType", "image/jpeg")
    for name, pixels in (("ebucore:width", image.width_px), ("ebucore:height", image.height_px)):
        add_text(view, name, str(pixels), attributes={"rdf:datatype": _INTEGER})
    if manifest_url:
        _refer(view, "dcterms:isReferencedBy", manifest_url)
    if image.thumbnail_url:
        _refer(view, "edm:preview", image.thumbnail_url)
    _refer(view, "svcs:has_service", image.service_url)
    return view


def _service(image: PublishedImage) -> Node:
    service = Node("svcs:Service", {"rdf:about": image.service_url})
    _refer(service, "dcterms:conformsTo", _IMAGE_API)
    _refer(service, "doap:implements", _LEVEL_0)
    return service


def _aggregation(
    base: str,
    rights: str,
    published: Published,
    exchange: Exchange,
    rights_texts: tuple[tuple[str, str], ...],
) -> Node:
    given = Node("ore:Aggregation", {"rdf:about": f"{base}#aggregation"})
    _refer(given, "edm:aggregatedCHO", f"{base}#object")
    if exchange.museum_uri.startswith(_EUROPEANA_ORGANIZATION):
        _refer(given, "edm:dataProvider", exchange.museum_uri)
    else:
        add_text(given, "edm:dataProvider", exchange.museum)
    shown = [image for image in published.images if image.url]
    for image in shown[1:]:
        _refer(given, "edm:hasView", image.url)
    if published.page_url:
        _refer(given, "edm:isShownAt", published.page_url)
    if shown:
        _refer(given, "edm:isShownBy", shown[0].url)
    picture = shown[0].url if shown else next((i.thumbnail_url for i in published.images), "")
    if picture:
        _refer(given, "edm:object", picture)
    add_text(given, "edm:provider", exchange.provider or exchange.museum)
    for lang, text in rights_texts:
        add_text(given, "dc:rights", text, lang)
    _refer(given, "edm:rights", rights)
    return given


def _refer(parent: Node, name: str, address: str) -> None:
    add_text(parent, name, attributes={"rdf:resource": address})
