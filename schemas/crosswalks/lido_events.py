"""LIDO's events: what a record says of who, when and where, sorted by what happened.

A catalogue's "place" may be where a thing was made, found or collected; it is written as an event
that is not specified, so that LIDO says no more than the museum did.
"""

from __future__ import annotations

from schemas.crosswalks.lido_words import (
    COLLECTING,
    EVENT,
    LOCAL_TYPE,
    PERFORMANCE,
    PRODUCTION,
    PUBLICATION,
    Named,
    add_actor,
    add_id,
    add_named,
    add_names,
    add_said,
    add_texts,
)
from schemas.crosswalks.parts import Part, Parts, Said
from schemas.crosswalks.tree import Node, add
from schemas.crosswalks.values import Located, degrees_text, located, span_of

_WGS84 = "http://www.opengis.net/def/crs/EPSG/0/4326"


def add_events(parent: Node, parts: Parts) -> None:
    """Add the wrapper of all events, or nothing where the record tells of none."""
    wrap = Node("lido:eventWrap")
    _add_production(wrap, parts)
    _add_actors(wrap, COLLECTING, parts[Part.COLLECTOR])
    _add_actors(wrap, PERFORMANCE, parts[Part.PERFORMER])
    _add_publication(wrap, parts)
    for said in parts[Part.PLACE]:
        _add_place(_new_event(wrap, EVENT), "lido:eventPlace", said)
    for said in parts[Part.CONTRIBUTOR]:
        _add_actor(_new_event(wrap, EVENT), said)
    for said in parts.of(Part.OTHER_DATE, Part.PERIOD):
        event = _new_event(wrap, EVENT)
        if said.field_labels():
            add_names(add(event, "lido:eventName"), said.field_labels())
        _add_date(event, said)
    if wrap.children:
        parent.children.append(wrap)


def add_place(parent: Node, name: str, said: Said) -> None:
    """Add a place: its name as written, its unit's number, where that lies today, coordinates."""
    place = add(parent, name)
    found = located(said.statement)
    if found and found.id:
        add_id(place, "lido:placeID", found.id, LOCAL_TYPE, found.authority)
    add_names(add(place, "lido:namePlaceSet"), said.names())
    if found and found.is_exact:
        _add_point(place, found)
    if found and found.commune:
        commune = add(place, "lido:partOfPlace")
        add_names(add(commune, "lido:namePlaceSet"), (("vi", found.commune),))
        _add_point(commune, found)
        _add_province(commune, found)
    elif found:
        _add_province(place, found)


def _add_production(wrap: Node, parts: Parts) -> None:
    dates, cultures, creators = parts[Part.DATE], parts[Part.CULTURE], parts[Part.CREATOR]
    if dates or cultures or creators:
        event = _new_event(wrap, PRODUCTION)
        for said in creators:
            _add_actor(event, said)
        for said in cultures:
            add_said(event, "lido:culture", said)
        if dates:
            _add_date(event, dates[0])
    for said in dates[1:]:
        _add_date(_new_event(wrap, PRODUCTION), said)


def _add_publication(wrap: Node, parts: Parts) -> None:
    publishers, dates = parts[Part.PUBLISHER], parts[Part.ISSUED]
    if publishers or dates:
        event = _new_event(wrap, PUBLICATION)
        for said in publishers:
            _add_actor(event, said)
        if dates:
            _add_date(event, dates[0])
    for said in dates[1:]:
        _add_date(_new_event(wrap, PUBLICATION), said)


def _add_actors(wrap: Node, kind: Named, actors: list[Said]) -> None:
    if actors:
        event = _new_event(wrap, kind)
        for said in actors:
            _add_actor(event, said)


def _new_event(wrap: Node, kind: Named) -> Node:
    event = add(add(wrap, "lido:eventSet"), "lido:event")
    add_named(event, "lido:eventType", kind)
    return event


def _add_actor(event: Node, said: Said) -> None:
    in_role = add(add(event, "lido:eventActor"), "lido:actorInRole")
    add_actor(in_role, "lido:actor", said)
    if said.field_labels():
        add_named(in_role, "lido:roleActor", ("", said.field_labels()))


def _add_date(event: Node, said: Said) -> None:
    date = add(event, "lido:eventDate")
    add_texts(date, "lido:displayDate", [(said.lang, said.text)])
    span = span_of(said.statement)
    if span and (span.earliest or span.latest):
        bounds = add(date, "lido:date")
        if span.earliest:
            add(bounds, "lido:earliestDate", span.earliest)
        if span.latest:
            add(bounds, "lido:latestDate", span.latest)


def _add_place(event: Node, name: str, said: Said) -> None:
    place = add(event, name)
    add_texts(place, "lido:displayPlace", [(said.lang, said.text)])
    add_place(place, "lido:place", said)


def _add_province(place: Node, found: Located) -> None:
    if found.province:
        province = add(place, "lido:partOfPlace")
        add_names(add(province, "lido:namePlaceSet"), (("vi", found.province),))


def _add_point(place: Node, found: Located) -> None:
    if found.latitude is None or found.longitude is None:
        return
    point = add(add(place, "lido:gml"), "gml:Point", attributes={"srsName": _WGS84})
    add(point, "gml:pos", f"{degrees_text(found.latitude)} {degrees_text(found.longitude)}")
