"""Small XML trees by prefixed names, written faster than any general library builds them.

A document of a museum standard is three hundred elements of three namespaces, made once and never
asked anything. Most have only a text, and are a line from the beginning; only what has elements
in it is a node. Text is cleaned and escaped on its way in: no crosswalk can make a document that is
not XML. What is written is read, checked and tested with lxml.

Source: XML 1.0 (Fifth Edition), 2.4 and 3.3.3; Namespaces in XML 1.0
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from schemas.xml import is_language_tag, xml_text

NAMESPACES: Final[Mapping[str, str]] = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "doap": "http://usefulinc.com/ns/doap#",
    "ebucore": "http://www.ebu.ch/metadata/ontologies/ebucore/ebucore#",
    "edm": "http://www.europeana.eu/schemas/edm/",
    "gml": "http://www.opengis.net/gml",
    "lido": "http://www.lido-schema.org",
    "mods": "http://www.loc.gov/mods/v3",
    "ore": "http://www.openarchives.org/ore/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "svcs": "http://rdfs.org/sioc/services#",
    "wgs84_pos": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "xlink": "http://www.w3.org/1999/xlink",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
DECLARATION: Final = b"<?xml version='1.0' encoding='UTF-8'?>\n"

_PLAIN_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+"
)
_INDENT = "  "


class Node:
    """An element of a tree in the making, with elements in it.

    Attributes:
        name: Its name, with the prefix of its namespace.
        attributes: By prefixed name; those without a value are left out.
        children: In order; an element that has only a text is a line written already.
    """

    __slots__ = ("attributes", "children", "name")

    def __init__(self, name: str, attributes: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Node | Piece | str] = []


class Piece:
    """Elements that stand in many documents: what is written of them is remembered."""

    __slots__ = ("_roots", "_written")

    def __init__(self, *roots: Node) -> None:
        """Keep ``roots``, which nobody changes any more."""
        self._roots = roots
        self._written: dict[str, str] = {}

    def written(self, indent: str) -> str:
        """Return its lines."""
        known = self._written.get(indent)
        if known is None:
            lines: list[str] = []
            for root in self._roots:
                _write(root, indent, lines)
            known = self._written[indent] = "".join(lines)
        return known


def add(
    parent: Node, name: str, lang: str = "", attributes: Mapping[str, str] | None = None
) -> Node:
    """Add an element that will have others in it at the end of ``parent``, and return it.

    Args:
        parent: What it becomes a child of.
        name: Its prefixed name.
        lang: Its ``xml:lang``; left out when it is no language tag.
        attributes: Further attributes by prefixed name; those without a value are left out.
    """
    if lang and _may_be_lang(lang):
        attributes = {"xml:lang": lang, **(attributes or {})}
    child = Node(name, attributes)
    parent.children.append(child)
    return child


def add_text(
    parent: Node,
    name: str,
    text: str = "",
    lang: str = "",
    attributes: Mapping[str, str] | None = None,
) -> None:
    """Add an element with a text, or with attributes alone, at the end of ``parent``.

    Args:
        parent: What it becomes a child of.
        name: Its prefixed name.
        text: Its text; a character that XML cannot hold becomes U+FFFD.
        lang: Its ``xml:lang``; left out when it is no language tag.
        attributes: Further attributes by prefixed name; those without a value are left out.
    """
    start = f"<{name}"
    if lang and _may_be_lang(lang):
        start += f' xml:lang="{lang}"'
    if attributes:
        for key, value in attributes.items():
            if value:
                start += f' {key}="{_quoted(value)}"'
    line = f"{start}>{_escaped(text)}</{name}>\n" if text else f"{start}/>\n"
    parent.children.append(line)


def root_node(name: str, prefixes: Iterable[str], attributes: dict[str, str] | None = None) -> Node:
    """Return a root element that declares the namespaces of ``prefixes``."""
    declared = {f"xmlns:{prefix}": NAMESPACES[prefix] for prefix in prefixes}
    return Node(name, declared | (attributes or {}))


def declaring(node: Node, root: Node) -> Node:
    """Return ``node`` with what ``root`` declares, so that it can stand alone."""
    alone = Node(node.name, {**(root.attributes or {}), **(node.attributes or {})})
    alone.children = node.children
    return alone


def write_tree(root: Node) -> bytes:
    """Return the XML text of a tree: UTF-8 with a declaration, indented, final newline."""
    return DECLARATION + write_fragment(root)


def write_start(root: Node) -> bytes:
    """Return the beginning of a document whose children are written one by one."""
    return DECLARATION + f"{_start_of(root)}>\n".encode()


def write_end(root: Node) -> bytes:
    """Return the end of such a document."""
    return f"</{root.name}>\n".encode()


def write_fragment(root: Node) -> bytes:
    """Return the XML text of a tree without a declaration, to stand in another document."""
    written: list[str] = []
    _write(root, "", written)
    return "".join(written).encode()


@lru_cache(maxsize=1 << 12)
def is_plain_uri(text: str) -> bool:
    """Say whether every reader takes ``text`` for an absolute URI (what ``xs:anyURI`` wants)."""
    return _PLAIN_URI.fullmatch(text) is not None


def _write(node: Node, indent: str, written: list[str]) -> None:
    name = node.name
    start = indent + _start_of(node) if node.attributes else f"{indent}<{name}"
    if not node.children:
        written.append(f"{start}/>\n")
        return
    written.append(f"{start}>\n")
    deeper = indent + _INDENT
    for child in node.children:
        if isinstance(child, str):
            written.append(deeper + child)
        elif isinstance(child, Node):
            _write(child, deeper, written)
        else:
            written.append(child.written(deeper))
    written.append(f"{indent}</{name}>\n")


def _start_of(node: Node) -> str:
    start = f"<{node.name}"
    if node.attributes:
        for key, value in node.attributes.items():
            if value:
                start += f' {key}="{_quoted(value)}"'
    return start


def _escaped(text: str) -> str:
    # Most texts are printable, which is quickly asked and implies that XML can hold them.
    if text.isprintable():
        if "&" in text or "<" in text or ">" in text:
            return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return text
    return xml_text(text).translate(_IN_TEXT)


@lru_cache(maxsize=1 << 12)
def _quoted(text: str) -> str:
    if text.isprintable() and not _TO_QUOTE.search(text):
        return text
    return xml_text(text).translate(_IN_ATTRIBUTE)


_TO_QUOTE = re.compile(r'[&<>"]')
_IN_TEXT = {ord(key): value for key, value in {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}.items()}  # fmt: skip
_IN_ATTRIBUTE = _IN_TEXT | {ord('"'): "&quot;", ord("\t"): "&#9;", ord("\n"): "&#10;"}
_may_be_lang = lru_cache(maxsize=1 << 10)(is_language_tag)
