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
    add_kept,
    add_named,
    add_names,
    add_said,
    add_texts,
)
from schemas.crosswalks.parts import Part, Parts, Said
from schemas.crosswalks.tree import Node, Piece, add, add_text
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
        add_kept(wrap, "lido:eventSet", said, _event_of_place)
    for said in parts[Part.CONTRIBUTOR]:
        add_kept(wrap, "lido:eventSet", said, _event_of_actor)
    for said in parts.of(Part.OTHER_DATE, Part.PERIOD):
        add_kept(wrap, "lido:eventSet", said, _event_of_date)
    if wrap.children:
        parent.children.append(wrap)


def add_place(parent: Node, name: str, said: Said) -> None:
    """Add a place: its name as written, its unit's number, where that lies today, coordinates."""
    add_kept(parent, name, said, _place)


def _place(name: str, said: Said) -> Piece:
    place = Node(name)
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
    return Piece(place)


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
    event, happened = _event("lido:eventSet", kind)
    wrap.children.append(event)
    return happened


def _event(name: str, kind: Named) -> tuple[Node, Node]:
    """Return a new event and the element in it that says what happened."""
    event = Node(name)
    happened = add(event, "lido:event")
    add_named(happened, "lido:eventType", kind)
    return event, happened


def _add_actor(event: Node, said: Said) -> None:
    add_kept(event, "lido:eventActor", said, _actor)


def _actor(name: str, said: Said) -> Piece:
    actor = Node(name)
    in_role = add(actor, "lido:actorInRole")
    add_actor(in_role, said)
    if said.field_labels():
        add_named(in_role, "lido:roleActor", ("", said.field_labels()))
    return Piece(actor)


def _add_date(event: Node, said: Said) -> None:
    add_kept(event, "lido:eventDate", said, _date)


def _date(name: str, said: Said) -> Piece:
    date = Node(name)
    add_texts(date, "lido:displayDate", [(said.lang, said.text)])
    span = span_of(said.statement)
    if span and (span.earliest or span.latest):
        bounds = add(date, "lido:date")
        if span.earliest:
            add_text(bounds, "lido:earliestDate", span.earliest)
        if span.latest:
            add_text(bounds, "lido:latestDate", span.latest)
    return Piece(date)


def _event_of_place(name: str, said: Said) -> Piece:
    event, happened = _event(name, EVENT)
    place = add(happened, "lido:eventPlace")
    add_texts(place, "lido:displayPlace", [(said.lang, said.text)])
    add_place(place, "lido:place", said)
    return Piece(event)


def _event_of_actor(name: str, said: Said) -> Piece:
    event, happened = _event(name, EVENT)
    _add_actor(happened, said)
    return Piece(event)


def _event_of_date(name: str, said: Said) -> Piece:
    event, happened = _event(name, EVENT)
    if said.field_labels():
        add_names(add(happened, "lido:eventName"), said.field_labels())
    _add_date(happened, said)
    return Piece(event)


def _add_province(place: Node, found: Located) -> None:
    if found.province:
        province = add(place, "lido:partOfPlace")
        add_names(add(province, "lido:namePlaceSet"), (("vi", found.province),))


def _add_point(place: Node, found: Located) -> None:
    if found.latitude is None or found.longitude is None:
        return
    point = add(add(place, "lido:gml"), "gml:Point", attributes={"srsName": _WGS84})
    add_text(point, "gml:pos", f"{degrees_text(found.latitude)} {degrees_text(found.longitude)}")
