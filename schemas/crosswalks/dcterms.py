"""Qualified Dublin Core in XML: every DCMI term under its own name.

Source: DCMI, Guidelines for implementing Dublin Core in XML, and its schemas of 2008-02-11
"""

from __future__ import annotations

import re

from lxml import etree

from schemas.crosswalks.literals import Literal, iter_literals
from schemas.dublincore import TERMS, TERMS_NS
from schemas.records import Record
from schemas.xml import write_xml

QDC_NS = "http://dublincore.org/schemas/xmls/qdc/"
_XSI_NS = "http://www.w3.org/2001/XMLSchema-instance"
_XML_NS = "http://www.w3.org/XML/1998/namespace"
_NAMESPACES = {"qdc": QDC_NS, "dcterms": TERMS_NS, "xsi": _XSI_NS}
# Only what every reader takes as xs:anyURI gets that type; anything else is written untyped.
_PLAIN_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]+")


def qdc_xml(record: Record, *, url: str = "") -> bytes:
    """Return ``record`` as a ``qdc:qualifieddc`` document, valid against qdc.xsd.

    Args:
        record: The record.
        url: Address of the item's page, written as its first identifier; may be empty.
    """
    root = etree.Element(f"{{{QDC_NS}}}qualifieddc", nsmap=_NAMESPACES)
    literals = list(iter_literals(record, url))
    for term in TERMS:
        for literal in literals:
            if literal.term == term:
                _append(root, literal)
    return write_xml(root)


def _append(root: etree._Element, literal: Literal) -> None:
    child = etree.SubElement(root, f"{{{TERMS_NS}}}{literal.term}")
    child.text = literal.text
    if literal.lang:
        child.set(f"{{{_XML_NS}}}lang", literal.lang)
    elif literal.is_uri and _PLAIN_URI.fullmatch(literal.text):
        child.set(f"{{{_XSI_NS}}}type", "dcterms:URI")
