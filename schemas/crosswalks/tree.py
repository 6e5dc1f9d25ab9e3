"""Small XML trees by prefixed names, written faster than any general library builds them.

A document of a museum standard is two hundred elements of three namespaces, made once and never
asked anything, so a node here is a name, attributes, a text and children. Text is cleaned and
escaped on its way out: no crosswalk can make a document that is not XML. What is written is read,
checked and tested with lxml.

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
    """An element of a tree in the making.

    Attributes:
        name: Its name, with the prefix of its namespace.
        text: Its text; an element has a text or children.
        attributes: By prefixed name.
        children: In order.
        is_shared: Whether it stands in many documents and nobody changes it any more; what is
            written for it is then remembered.
    """

    __slots__ = ("attributes", "children", "is_shared", "name", "text")

    def __init__(self, name: str, text: str = "", attributes: dict[str, str] | None = None) -> None:
        self.name = name
        self.text = text
        self.attributes = attributes
        self.children: list[Node] = []
        self.is_shared = False


def add(
    parent: Node,
    name: str,
    text: str = "",
    lang: str = "",
    attributes: Mapping[str, str] | None = None,
) -> Node:
    """Add an element at the end of ``parent`` and return it.

    Args:
        parent: What it becomes a child of.
        name: Its prefixed name.
        text: Its text; a character that XML cannot hold becomes U+FFFD.
        lang: Its ``xml:lang``; left out when it is no language tag.
        attributes: Further attributes by prefixed name; those without a value are left out.
    """
    said: dict[str, str] | None = None
    if attributes:
        said = {key: value for key, value in attributes.items() if value}
    if lang and _may_be_lang(lang):
        said = {"xml:lang": lang, **(said or {})}
    child = Node(name, text, said)
    parent.children.append(child)
    return child


def root_node(name: str, prefixes: Iterable[str], attributes: dict[str, str] | None = None) -> Node:
    """Return a root element that declares the namespaces of ``prefixes``."""
    declared = {f"xmlns:{prefix}": NAMESPACES[prefix] for prefix in prefixes}
    return Node(name, "", declared | (attributes or {}))


def write_tree(root: Node) -> bytes:
    """Return the XML text of a tree: UTF-8 with a declaration, indented, final newline."""
    return DECLARATION + write_fragment(root)


def write_start(root: Node) -> bytes:
    """Return the beginning of a document whose children are written one by one."""
    copied = Node(root.name, "\n", root.attributes)
    return DECLARATION + write_fragment(copied).partition(b"</")[0]


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
    if node.is_shared:
        written.append(_written_shared(node, indent))
        return
    name = node.name
    start = f"{indent}<{name}"
    if node.attributes:
        for key, value in node.attributes.items():
            start += f' {key}="{_quoted(value)}"'
    if node.children:
        written.append(f"{start}>\n")
        deeper = indent + _INDENT
        for child in node.children:
            _write(child, deeper, written)
        written.append(f"{indent}</{name}>\n")
    elif node.text:
        written.append(f"{start}>{_escaped(node.text)}</{name}>\n")
    else:
        written.append(f"{start}/>\n")


@lru_cache(maxsize=1 << 12)
def _written_shared(node: Node, indent: str) -> str:
    written: list[str] = []
    copied = Node(node.name, node.text, node.attributes)
    copied.children = node.children
    _write(copied, indent, written)
    return "".join(written)


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
