"""The things an EDM record names, each written once: concepts, places, spans of time."""

from __future__ import annotations

from schemas.crosswalks.parts import Said
from schemas.crosswalks.tree import Node, add_text, is_plain_uri
from schemas.crosswalks.values import degrees_text, located, span_of
from schemas.messages import N_, translate

_CENTRE = N_("The coordinates are those of the centre of today's {commune}.")


class Context:
    """The contextual resources of one item.

    Attributes:
        nodes: What was named so far, in order.
    """

    def __init__(self, base: str) -> None:
        """Begin.

        Args:
            base: Address of the item, of which the addresses of its places and spans are made.
        """
        self.nodes: list[Node] = []
        self._base = base
        self._concepts: dict[str, tuple[Node, set[str]]] = {}
        self._named: dict[tuple[str, str], str] = {}

    def concept(self, said: Said) -> str:
        """Return the address of the concept that is named, written once; or an empty text."""
        uri = said.uri
        if not is_plain_uri(uri):
            return ""
        if uri not in self._concepts:
            node = Node("skos:Concept", attributes={"rdf:about": uri})
            names = _one_a_language(said.labels() or said.names())
            if not said.statement.value and not said.term:
                names = ()
            for lang, text in names:
                add_text(node, "skos:prefLabel", text, lang)
            self._concepts[uri] = node, {text.casefold() for _lang, text in names}
            self.nodes.append(node)
        _add_as_written(*self._concepts[uri], said)
        return uri

    def place(self, said: Said) -> str:
        """Return the address of the place that is named, or an empty text for a mere name."""
        found = located(said.statement)
        if found is None:
            return ""
        about, node = self._new("place", "edm:Place", said.text)
        if node is None:
            return about
        if found.latitude is not None and found.longitude is not None:
            add_text(node, "wgs84_pos:lat", degrees_text(found.latitude))
            add_text(node, "wgs84_pos:long", degrees_text(found.longitude))
        add_text(node, "skos:prefLabel", said.text, said.lang)
        if found.id and found.authority:
            add_text(node, "skos:note", f"{found.authority}:{found.id}")
        if found.commune and not found.is_exact:
            for lang in ("vi", "en"):
                note = translate(_CENTRE, lang).format(commune=found.commune)
                add_text(node, "skos:note", note, lang)
        for unit in (found.commune, found.province):
            if unit:
                add_text(node, "dcterms:isPartOf", unit, "vi")
        return about

    def time_span(self, said: Said) -> str:
        """Return the address of the span of a date, or an empty text where it is not known."""
        span = span_of(said.statement)
        if span is None:
            return ""
        about, node = self._new("time", "edm:TimeSpan", said.text)
        if node is None:
            return about
        add_text(node, "skos:prefLabel", said.text, said.lang)
        if span.earliest:
            add_text(node, "edm:begin", span.earliest)
        if span.latest:
            add_text(node, "edm:end", span.latest)
        add_text(node, "skos:notation", span.edtf)
        return about

    def _new(self, kind: str, name: str, text: str) -> tuple[str, Node | None]:
        """Return the address of a thing, and its node where it is named for the first time."""
        known = self._named.get((kind, text))
        if known:
            return known, None
        number = 1 + sum(other == kind for other, _text in self._named)
        about = self._named[kind, text] = f"{self._base}#{kind}-{number}"
        node = Node(name, attributes={"rdf:about": about})
        self.nodes.append(node)
        return about, node


def _add_as_written(node: Node, names: set[str], said: Said) -> None:
    text = said.statement.value
    if text and text.casefold() not in names:
        add_text(node, "skos:altLabel", text, said.lang)
        names.add(text.casefold())


def _one_a_language(labels: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Keep the first label of each language: a concept is preferably called one thing in it."""
    return tuple({lang: (lang, text) for lang, text in reversed(labels)}.values())[::-1]
