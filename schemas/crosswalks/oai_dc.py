"""Unqualified Dublin Core as OAI-PMH takes it: the fifteen elements in one fixed order.

Source: http://www.openarchives.org/OAI/openarchivesprotocol.html, section 3.9 and oai_dc.xsd
"""

from __future__ import annotations

from lxml import etree

from schemas.crosswalks.literals import Literal, iter_literals
from schemas.dublincore import ELEMENTS, ELEMENTS_NS, element_of
from schemas.records import Record
from schemas.xml import write_xml

OAI_DC_NS = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_XSI_NS = "http://www.w3.org/2001/XMLSchema-instance"
_XML_NS = "http://www.w3.org/XML/1998/namespace"
_NAMESPACES = {"oai_dc": OAI_DC_NS, "dc": ELEMENTS_NS, "xsi": _XSI_NS}


def oai_dc_xml(record: Record, *, url: str = "") -> bytes:
    """Return ``record`` as an ``oai_dc:dc`` document, valid against oai_dc.xsd.

    A term that refines an element is written as that element; a term that refines none
    (provenance, audience …) has no place here and is left out. Two statements that become the
    same literal are written once.

    Args:
        record: The record.
        url: Address of the item's page, written as its first identifier; may be empty.
    """
    return write_xml(oai_dc_element(record, url=url))


def oai_dc_element(record: Record, *, url: str = "") -> etree._Element:
    """Return the element that :func:`oai_dc_xml` writes, to stand in another document."""
    root = etree.Element(f"{{{OAI_DC_NS}}}dc", nsmap=_NAMESPACES)
    root.set(
        f"{{{_XSI_NS}}}schemaLocation",
        f"{OAI_DC_NS} http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    )
    by_element: dict[str, dict[tuple[str, str], Literal]] = {name: {} for name in ELEMENTS}
    for literal in iter_literals(record, url):
        element = element_of(literal.term)
        if element is not None:
            by_element[element].setdefault((literal.text, literal.lang), literal)
    for element, literals in by_element.items():
        for literal in literals.values():
            child = etree.SubElement(root, f"{{{ELEMENTS_NS}}}{element}")
            child.text = literal.text
            if literal.lang:
                child.set(f"{{{_XML_NS}}}lang", literal.lang)
    return root
