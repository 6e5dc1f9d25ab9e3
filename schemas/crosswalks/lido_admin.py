"""LIDO's administrative metadata: rights, the record itself, and the images that may be shown."""

from __future__ import annotations

from functools import lru_cache

from schemas.crosswalks.credit import RightsSaid, rights_names
from schemas.crosswalks.exchange import Exchange, Published, PublishedImage
from schemas.crosswalks.lido_words import (
    CREATED,
    DIMENSIONS,
    DISPLAY_IMAGE,
    ITEM_RECORD,
    LOCAL_TYPE,
    MODIFIED,
    PIXELS,
    SOURCE_RECORD,
    THUMBNAIL,
    URI_TYPE,
    add_body,
    add_id,
    add_kept,
    add_measurement,
    add_named,
    add_names,
    add_texts,
)
from schemas.crosswalks.parts import Part, Parts, Said
from schemas.crosswalks.tree import Node, Piece, add, add_text
from schemas.measures import Dimension
from schemas.records import Record
from schemas.rights import rights_statement

_MANIFEST_FORMAT = 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"'


def add_administration(
    root: Node,
    record: Record,
    parts: Parts,
    rights: RightsSaid,
    published: Published,
    exchange: Exchange,
) -> None:
    """Add the administrative metadata of one record."""
    parent = add(root, "lido:administrativeMetadata", lang=exchange.lang)
    if rights.texts or rights.uris or rights.holders:
        work = add(parent, "lido:rightsWorkWrap")
        work.children.append(_rights("lido:rightsWorkSet", rights))
    _add_record(add(parent, "lido:recordWrap"), record, parts, published, exchange)
    _add_images(parent, rights, published)


@lru_cache(maxsize=1 << 10)
def _rights(name: str, rights: RightsSaid) -> Piece:
    parent = Node(name)
    statement = rights.statement
    if statement:
        add_named(parent, "lido:rightsType", (statement.uri, rights_names(statement)))
    elif rights.uris:
        kind = add(parent, "lido:rightsType")
        add_id(kind, "lido:conceptID", rights.uris[0], URI_TYPE)
    for lang, name in rights.holders:
        add_body(parent, "lido:rightsHolder", name, lang)
    add_texts(parent, "lido:creditLine", rights.texts)
    return Piece(parent) if parent.children else Piece()


def _add_record(
    wrap: Node,
    record: Record,
    parts: Parts,
    published: Published,
    exchange: Exchange,
) -> None:
    add_id(wrap, "lido:recordID", record.item_id, LOCAL_TYPE, exchange.museum)
    add_named(wrap, "lido:recordType", ITEM_RECORD)
    add_body(wrap, "lido:recordSource", exchange.museum, uri=exchange.museum_uri)
    if exchange.metadata_rights_uri:
        known = rights_statement(exchange.metadata_rights_uri)
        uri = known.uri if known else exchange.metadata_rights_uri
        rights = add(wrap, "lido:recordRights")
        add_named(rights, "lido:rightsType", (uri, rights_names(known) if known else ()))
    _add_record_info(wrap, published)
    for said in parts[Part.COLLECTION]:
        add_kept(wrap, "lido:collection", said, _collection)


def _collection(name: str, said: Said) -> Piece:
    collection = Node(name)
    named = add(collection, "lido:object")
    if said.uri:
        add_id(named, "lido:objectID", said.uri, URI_TYPE)
    add_names(add(named, "lido:objectName"), said.names())
    return Piece(collection)


def _add_record_info(wrap: Node, published: Published) -> None:
    if not (published.page_url or published.created_at or published.updated_at):
        return
    info = add(wrap, "lido:recordInfoSet", attributes={"lido:type": SOURCE_RECORD})
    if published.page_url:
        page = {"lido:formatResource": "text/html"}
        add_text(info, "lido:recordInfoLink", published.page_url, attributes=page)
    for kind, moment in ((CREATED, published.created_at), (MODIFIED, published.updated_at)):
        if moment:
            add_text(info, "lido:recordMetadataDate", moment, attributes={"lido:type": kind})


def _add_images(parent: Node, rights: RightsSaid, published: Published) -> None:
    if not published.manifest_url and not published.images:
        return
    wrap = add(parent, "lido:resourceWrap")
    if published.manifest_url:
        manifest = add(wrap, "lido:resourceSet")
        link = add(manifest, "lido:resourceRepresentation")
        attributes = {"lido:formatResource": _MANIFEST_FORMAT}
        add_text(link, "lido:linkResource", published.manifest_url, attributes=attributes)
        add_named(manifest, "lido:resourceType", ("", (("en", "IIIF manifest"),)))
    credit = _rights("lido:rightsResource", rights)
    for image in published.images:
        resource = add(wrap, "lido:resourceSet")
        _add_image(resource, image)
        resource.children.append(credit)


def _add_image(resource: Node, image: PublishedImage) -> None:
    add_id(resource, "lido:resourceID", image.key, LOCAL_TYPE)
    if image.url:
        size = (image.width_px, image.height_px)
        _add_file(resource, DISPLAY_IMAGE, image.url, size)
    size = (image.thumbnail_width_px, image.thumbnail_height_px)
    _add_file(resource, THUMBNAIL, image.thumbnail_url, size)
    image_named = ("", (("en", "digital image"), ("vi", "ảnh kỹ thuật số")))
    add_named(resource, "lido:resourceType", image_named)
    add_texts(resource, "lido:resourceDescription", image.labels)


def _add_file(resource: Node, kind: str, url: str, size_px: tuple[int, int]) -> None:
    shown = add(resource, "lido:resourceRepresentation", attributes={"lido:type": kind})
    add_text(shown, "lido:linkResource", url, attributes={"lido:formatResource": "image/jpeg"})
    for dimension, pixels in zip((Dimension.WIDTH, Dimension.HEIGHT), size_px, strict=True):
        kind_named = DIMENSIONS[dimension]
        add_measurement(shown, "lido:resourceMeasurementsSet", kind_named, PIXELS, str(pixels))
