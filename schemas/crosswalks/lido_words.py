"""The building blocks of LIDO: concepts, names, identifiers, and LIDO's own terms.

Source: LIDO 1.1, https://lido-schema.org/schema/v1.1/lido-v1.1.html; LIDO Terminology,
http://terminology.lido-schema.org; Getty AAT for dimensions and units, http://vocab.getty.edu/aat/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final

from schemas.crosswalks.parts import Said
from schemas.crosswalks.tree import Node, Piece, add, add_text
from schemas.measures import Dimension, Unit

_TERMS: Final = "http://terminology.lido-schema.org/lido"
_AAT: Final = "http://vocab.getty.edu/aat/"

URI_TYPE: Final = _TERMS + "00099"
LOCAL_TYPE: Final = _TERMS + "00100"
INVENTORY_NUMBER: Final = _TERMS + "00113"
MATERIAL: Final = _TERMS + "00132"
PREFERRED: Final = _TERMS + "00169"
ALTERNATIVE: Final = _TERMS + "00170"
SOURCE_RECORD: Final = _TERMS + "00471"
CREATED: Final = _TERMS + "00472"
MODIFIED: Final = _TERMS + "00473"
CURRENT_REPOSITORY: Final = _TERMS + "00475"
DISPLAY_IMAGE: Final = _TERMS + "00464"
THUMBNAIL: Final = _TERMS + "00451"
PROVENANCE: Final = _TERMS + "01110"

_CONCEPT_TYPES: Final[Mapping[str, str]] = {"lido:termMaterialsTech": MATERIAL}

Named = tuple[str, tuple[tuple[str, str], ...]]
"""The address of a concept, or empty, and its names by language."""

OBJECT: Final[Named] = (_TERMS + "00096", (("en", "Human-made object"), ("vi", "hiện vật")))
ITEM_RECORD: Final[Named] = (_TERMS + "00141", (("en", "Item-level record"),))
PRODUCTION: Final[Named] = (_TERMS + "00007", (("en", "Production"), ("vi", "chế tác")))
COLLECTING: Final[Named] = (_TERMS + "00010", (("en", "Collecting"), ("vi", "sưu tầm")))
PERFORMANCE: Final[Named] = (_TERMS + "00030", (("en", "Performance"), ("vi", "trình diễn")))
PUBLICATION: Final[Named] = (_TERMS + "00228", (("en", "Publication"), ("vi", "xuất bản")))
EVENT: Final[Named] = (_TERMS + "00003", (("en", "Event (non-specified)"), ("vi", "sự kiện")))

DIMENSIONS: Final[Mapping[Dimension, Named]] = {
    Dimension.HEIGHT: (_AAT + "300055644", (("en", "height"), ("vi", "chiều cao"))),
    Dimension.WIDTH: (_AAT + "300055647", (("en", "width"), ("vi", "chiều rộng"))),
    Dimension.LENGTH: (_AAT + "300055645", (("en", "length"), ("vi", "chiều dài"))),
    Dimension.DEPTH: (_AAT + "300072633", (("en", "depth"), ("vi", "chiều sâu"))),
    Dimension.THICKNESS: (_AAT + "300055646", (("en", "thickness"), ("vi", "độ dày"))),
    Dimension.DIAMETER: (_AAT + "300055624", (("en", "diameter"), ("vi", "đường kính"))),
    Dimension.CIRCUMFERENCE: (_AAT + "300055623", (("en", "circumference"), ("vi", "chu vi"))),
    Dimension.WEIGHT: (_AAT + "300056240", (("en", "weight"), ("vi", "trọng lượng"))),
    Dimension.SIDE: ("", (("en", "side"), ("vi", "cạnh"))),
    Dimension.DURATION: ("", (("en", "duration"), ("vi", "thời lượng"))),
}
PIXELS: Final[Named] = ("", (("en", "pixels"),))
UNITS: Final[Mapping[Unit, Named]] = {
    Unit.MILLIMETRE: (_AAT + "300379097", (("en", "mm"),)),
    Unit.GRAM: (_AAT + "300379225", (("en", "g"),)),
    Unit.SECOND: ("", (("en", "s"),)),
}


def add_named(parent: Node, name: str, named: Named) -> None:
    """Add a concept by its address and names."""
    parent.children.append(_named(name, named))


@lru_cache(maxsize=1 << 10)
def _named(name: str, named: Named) -> Piece:
    # The same few concepts stand in every document.
    uri, labels = named
    element = Node(name)
    if uri:
        _add_skos(element, uri, labels)
    else:
        _add_terms(element, labels)
    return Piece(element)


def add_kept(parent: Node, name: str, said: Said, make: Callable[[str, Said], Piece]) -> None:
    """Add what is made of one statement alone; it is made once for a statement that comes again.

    Args:
        parent: What it becomes a child of.
        name: Name of the element, which is made in one way only.
        said: The statement.
        make: Makes it of that name and the statement.
    """
    piece = said.pieces.get(name)
    if piece is None:
        piece = said.pieces[name] = make(name, said)
    parent.children.append(piece)


def add_said(parent: Node, name: str, said: Said) -> None:
    """Add a concept that a statement names.

    It bears the text as written, what the vocabulary calls it, and its address where there is
    one; a term that has only an id of ours bears that.
    """
    add_kept(parent, name, said, _concept)


def _concept(name: str, said: Said) -> Piece:
    kind = _CONCEPT_TYPES.get(name)
    element = Node(name, {"lido:type": kind} if kind else None)
    if said.uri:
        _add_skos(element, said.uri, said.labels())
    elif said.term and said.field:
        vocabulary = said.field.vocabulary or said.field.value_type.value
        add_id(element, "lido:conceptID", said.term.id, LOCAL_TYPE, vocabulary)
    if said.statement.value:
        _add_terms(element, said.names() if not said.uri else ((said.lang, said.text),))
    return Piece(element)


def add_id(parent: Node, name: str, text: str, kind: str, source: str = "") -> None:
    """Add an identifier; its kind is an address of LIDO's terminology."""
    add_text(parent, name, text, attributes={"lido:type": kind, "lido:source": source})


def add_names(parent: Node, names: Iterable[tuple[str, str]], *, pref: str = "") -> None:
    """Add appellations, (language or empty, name) each."""
    for lang, text in names:
        add_text(parent, "lido:appellationValue", text, lang, {"lido:pref": pref})


def add_texts(parent: Node, name: str, texts: Iterable[tuple[str, str]]) -> None:
    """Add an element for every (language or empty, text)."""
    for lang, text in texts:
        add_text(parent, name, text, lang)


def add_actor(parent: Node, said: Said) -> None:
    """Add an actor: a person or a body, which a catalogue does not tell apart."""
    actor = add(parent, "lido:actor")
    if said.uri:
        add_id(actor, "lido:actorID", said.uri, URI_TYPE)
    add_names(add(actor, "lido:nameActorSet"), said.names())


def add_body(parent: Node, name: str, text: str, lang: str = "", uri: str = "") -> None:
    """Add a legal body: a museum, a publisher, a holder of rights."""
    parent.children.append(_body(name, text, lang, uri))


@lru_cache(maxsize=1 << 10)
def _body(name: str, text: str, lang: str, uri: str) -> Piece:
    body = Node(name)
    if uri:
        add_id(body, "lido:legalBodyID", uri, URI_TYPE)
    add_names(add(body, "lido:legalBodyName"), ((lang, text),))
    return Piece(body)


def add_measurement(parent: Node, name: str, kind: Named, unit: Named, value: str) -> None:
    """Add one measure: what, in which unit, how much."""
    parent.children.append(_measurement(name, kind, unit, value))


@lru_cache(maxsize=1 << 12)
def _measurement(name: str, kind: Named, unit: Named, value: str) -> Piece:
    # The images of an archive have a few sizes, its objects often the same ones.
    measured = Node(name)
    add_named(measured, "lido:measurementType", kind)
    add_named(measured, "lido:measurementUnit", unit)
    add_text(measured, "lido:measurementValue", value)
    return Piece(measured)


def _add_skos(parent: Node, uri: str, labels: Iterable[tuple[str, str]]) -> None:
    concept = add(parent, "skos:Concept", attributes={"rdf:about": uri})
    for lang, text in labels:
        add_text(concept, "skos:prefLabel", text, lang)


def _add_terms(parent: Node, terms: Iterable[tuple[str, str]]) -> None:
    for lang, text in terms:
        add_text(parent, "lido:term", text, lang)
