"""A record in LIDO 1.1, the form in which museums hand objects to aggregators.

    lidoRecID, objectPublishedID, category
    descriptiveMetadata      what it is, its names and numbers, size, material; events; subjects
    administrativeMetadata   rights, the record, images

Invariant: every document is valid against lido-v1.1.xsd and the Schematron inside it, whatever the
record says. What a record does not say is left out, except the two things LIDO demands: a record
without an object type is given its kind, one without a title its inventory number.

Source: LIDO 1.1, https://lido-schema.org/schema/v1.1/lido-v1.1.html
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from schemas.crosswalks.credit import rights_said
from schemas.crosswalks.exchange import Exchange, Published, check_is_object
from schemas.crosswalks.lido_admin import add_administration
from schemas.crosswalks.lido_events import add_events, add_place
from schemas.crosswalks.lido_words import (
    ALTERNATIVE,
    CURRENT_REPOSITORY,
    DIMENSIONS,
    INVENTORY_NUMBER,
    LOCAL_TYPE,
    OBJECT,
    PREFERRED,
    PROVENANCE,
    UNITS,
    URI_TYPE,
    add_actor,
    add_body,
    add_id,
    add_kept,
    add_measurement,
    add_named,
    add_names,
    add_said,
    add_texts,
)
from schemas.crosswalks.parts import Part, Parts, Said, parts_of
from schemas.crosswalks.tree import Node, Piece, add, add_text, declaring, root_node, write_tree
from schemas.crosswalks.values import Measured, measures_of
from schemas.records import Record

LIDO_SCHEMA = {
    "xsi:schemaLocation": "http://www.lido-schema.org"
    " http://www.lido-schema.org/schema/v1.1/lido-v1.1.xsd"
}
LIDO_PREFIXES = ("lido", "gml", "rdf", "skos", "xsi")
_NOT_HUMAN_MADE = ("intangible",)
_COUNTRIES = {"VN": (("vi", "Việt Nam"), ("en", "Vietnam"))}


def lido_xml(record: Record, published: Published, exchange: Exchange) -> bytes:
    """Return ``record`` as a ``lido:lido`` document.

    Args:
        record: The record, without what may not be shown (``public_record``).
        published: Where the item is found.
        exchange: What is said of all records of the archive.

    Raises:
        UnfitRecordError: It describes no object.
    """
    root = lido_node(record, published, exchange)
    return write_tree(declaring(root, root_node("", LIDO_PREFIXES, LIDO_SCHEMA)))


def lido_node(record: Record, published: Published, exchange: Exchange) -> Node:
    """Return ``record`` as a ``lido:lido`` element, for a document that declares the prefixes."""
    root = Node("lido:lido")
    check_is_object(record, "lido")
    parts = parts_of(record, exchange)
    add_id(root, "lido:lidoRecID", record.item_id, LOCAL_TYPE, exchange.museum)
    if published.page_url:
        add_id(root, "lido:objectPublishedID", published.page_url, URI_TYPE)
    if record.kind not in _NOT_HUMAN_MADE:
        add_named(root, "lido:category", OBJECT)
    described = add(root, "lido:descriptiveMetadata", lang=exchange.lang)
    _add_classification(add(described, "lido:objectClassificationWrap"), record, parts, exchange)
    identified = add(described, "lido:objectIdentificationWrap")
    _add_identification(identified, record, parts, exchange)
    add_events(described, parts)
    _add_relations(described, parts)
    add_administration(root, record, parts, rights_said(parts, exchange), published, exchange)
    return root


def _add_classification(wrap: Node, record: Record, parts: Parts, exchange: Exchange) -> None:
    types = add(wrap, "lido:objectWorkTypeWrap")
    for said in parts[Part.TYPE]:
        add_said(types, "lido:objectWorkType", said)
    if not parts[Part.TYPE]:
        kind = exchange.profile.of(record.kind).kind_entry
        labels = tuple(kind.labels.items()) if kind else ()
        add_named(types, "lido:objectWorkType", ("", labels or OBJECT[1]))
    if parts[Part.GENRE]:
        genres = add(wrap, "lido:classificationWrap")
        for said in parts[Part.GENRE]:
            add_said(genres, "lido:classification", said)


def _add_identification(wrap: Node, record: Record, parts: Parts, exchange: Exchange) -> None:
    titles = add(wrap, "lido:titleWrap")
    names = [(said.lang, said.text) for said in parts[Part.TITLE]] or [("", record.identifier)]
    for pair in names:
        add_names(add(titles, "lido:titleSet"), [pair], pref=PREFERRED)
    for said in parts[Part.OTHER_TITLE]:
        add_names(add(titles, "lido:titleSet"), [(said.lang, said.text)], pref=ALTERNATIVE)
    _add_inscriptions(wrap, parts)
    _add_repository(add(wrap, "lido:repositoryWrap"), record, parts, exchange)
    _add_descriptions(wrap, parts, exchange)
    _add_measures(wrap, parts[Part.SIZE])
    _add_materials(wrap, parts[Part.MATERIAL])


def _add_inscriptions(parent: Node, parts: Parts) -> None:
    said = parts.of(Part.INSCRIPTION, Part.TRANSLATION, Part.SCRIPT)
    if not said:
        return
    wrap = add(parent, "lido:inscriptionsWrap")
    for entry in parts[Part.INSCRIPTION]:
        inscription = add(wrap, "lido:inscriptions")
        add_texts(inscription, "lido:inscriptionTranscription", [(entry.lang, entry.text)])
    for entry in parts.of(Part.TRANSLATION, Part.SCRIPT):
        note = add(add(wrap, "lido:inscriptions"), "lido:inscriptionDescription")
        _add_note(note, entry, "en")


def _add_repository(wrap: Node, record: Record, parts: Parts, exchange: Exchange) -> None:
    current = add(wrap, "lido:repositorySet", attributes={"lido:type": CURRENT_REPOSITORY})
    holder = next(iter(parts[Part.HOLDER]), None)
    is_elsewhere = holder is not None and holder.text != exchange.museum
    if holder and is_elsewhere:
        add_body(current, "lido:repositoryName", holder.text, holder.lang, holder.uri)
    else:
        add_body(current, "lido:repositoryName", exchange.museum, uri=exchange.museum_uri)
    add_text(current, "lido:workID", record.identifier, attributes={"lido:type": INVENTORY_NUMBER})
    for said in parts[Part.NUMBER]:
        label = said.field_label("en")
        attributes = {"lido:type": URI_TYPE if said.uri else LOCAL_TYPE, "lido:label": label}
        add_text(current, "lido:workID", said.text, attributes=attributes)
    sites = parts[Part.SITE]
    if sites:
        add_place(current, "lido:repositoryLocation", sites[0])
    elif exchange.country and not is_elsewhere:
        current.children.append(_country("lido:repositoryLocation", exchange.country))
    for said in sites[1:]:
        place = add(wrap, "lido:repositorySet", attributes={"lido:type": CURRENT_REPOSITORY})
        add_place(place, "lido:repositoryLocation", said)


@lru_cache
def _country(name: str, code: str) -> Piece:
    country = Node(name)
    add_id(country, "lido:placeID", code, LOCAL_TYPE, "ISO 3166-1")
    if names := _COUNTRIES.get(code):
        add_names(add(country, "lido:namePlaceSet"), names)
    return Piece(country)


def _add_descriptions(parent: Node, parts: Parts, exchange: Exchange) -> None:
    wrap = Node("lido:objectDescriptionWrap")
    for part in (Part.DESCRIPTION, Part.CONDITION, Part.NOTE, Part.PROVENANCE, Part.LANGUAGE):
        kind = {"lido:type": PROVENANCE} if part is Part.PROVENANCE else None
        for said in parts[part]:
            note = add(wrap, "lido:objectDescriptionSet", attributes=kind)
            _add_note(note, said, exchange.lang)
    if wrap.children:
        parent.children.append(wrap)


def _add_note(parent: Node, said: Said, lang: str) -> None:
    if said.statement.uri and not said.statement.value:
        add_id(parent, "lido:descriptiveNoteID", said.statement.uri, URI_TYPE)
        return
    label = {"lido:label": said.field_label(said.lang or lang)}
    add_text(parent, "lido:descriptiveNoteValue", said.text, said.lang, label)


def _add_measures(parent: Node, sizes: list[Said]) -> None:
    if not sizes:
        return
    wrap = add(parent, "lido:objectMeasurementsWrap")
    for said in sizes:
        add_kept(wrap, "lido:objectMeasurementsSet", said, _measure_sets)


def _measure_sets(name: str, said: Said) -> Piece:
    sets = [Node(name)]
    add_texts(sets[0], "lido:displayObjectMeasurements", [(said.lang, said.text)])
    by_part: dict[str, list[Measured]] = {}
    for measure in measures_of(said.statement):
        by_part.setdefault(measure.of, []).append(measure)
    qualifier = "approximate" if said.statement.known("approximate") else ""
    for at, (of, found) in enumerate(by_part.items()):
        # A set holds the measures of one part; the text stands in the first of them.
        if at > 0:
            sets.append(Node(name))
        _add_measure_set(sets[-1], [(m, m.value) for m in found], of, qualifier)
        ends = [(m, m.upto) for m in found if m.upto]
        if ends:
            sets.append(Node(name))
            _add_measure_set(sets[-1], ends, of, "maximum")
    return Piece(*sets)


def _add_measure_set(
    parent: Node, values: Iterable[tuple[Measured, str]], of: str, qualifier: str
) -> None:
    measured = add(parent, "lido:objectMeasurements")
    for measure, value in values:
        kind, unit = DIMENSIONS[measure.dimension], UNITS[measure.unit]
        add_measurement(measured, "lido:measurementsSet", kind, unit, value)
    if of:
        add_text(measured, "lido:extentMeasurements", of)
    if qualifier:
        add_text(measured, "lido:qualifierMeasurements", qualifier, "en")


def _add_materials(parent: Node, materials: list[Said]) -> None:
    if not materials:
        return
    wrap = add(add(parent, "lido:objectMaterialsTechWrap"), "lido:objectMaterialsTechSet")
    add_texts(wrap, "lido:displayMaterialsTech", [(said.lang, said.text) for said in materials])
    for said in materials:
        add_kept(wrap, "lido:materialsTech", said, _material)


def _material(name: str, said: Said) -> Piece:
    named = Node(name)
    add_said(named, "lido:termMaterialsTech", said)
    return Piece(named)


def _add_relations(parent: Node, parts: Parts) -> None:
    subjects = parts.of(Part.SUBJECT, Part.PERSON)
    works = parts.of(Part.RELATED, Part.SOURCE)
    if not subjects and not works:
        return
    relations = add(parent, "lido:objectRelationWrap")
    if subjects:
        wrap = add(relations, "lido:subjectWrap")
        for said in parts[Part.SUBJECT]:
            add_kept(wrap, "lido:subjectSet", said, _subject)
        for said in parts[Part.PERSON]:
            add_kept(wrap, "lido:subjectSet", said, _person)
    if works:
        wrap = add(relations, "lido:relatedWorksWrap")
        for said in works:
            add_kept(wrap, "lido:relatedWorkSet", said, _related)


def _subject(name: str, said: Said) -> Piece:
    subject = Node(name)
    add_said(add(subject, "lido:subject"), "lido:subjectConcept", said)
    return Piece(subject)


def _person(name: str, said: Said) -> Piece:
    subject = Node(name)
    add_actor(add(add(subject, "lido:subject"), "lido:subjectActor"), said)
    return Piece(subject)


def _related(name: str, said: Said) -> Piece:
    parent = Node(name)
    work = add(add(parent, "lido:relatedWork"), "lido:object")
    if said.statement.uri:
        add_text(work, "lido:objectWebResource", said.statement.uri)
    if said.statement.value:
        add_text(work, "lido:objectNote", said.statement.value, said.lang)
    if said.field_labels():
        add_named(parent, "lido:relatedWorkRelType", ("", said.field_labels()))
    return Piece(parent)
