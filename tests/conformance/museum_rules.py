"""The rules of museum standards beyond their schemas, as their makers wrote them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree, isoschematron
from saxonche import PySaxonProcessor

from schemas.xml import XSD_FOLDER, parse_xml

_SCHEMATRON = "http://purl.oclc.org/dsdl/schematron"
_EDM_RULES = Path(__file__).parent.parent / "data" / "crosswalks" / "edm-schematron.xsl"


def lido_faults(document: bytes) -> list[str]:
    """Return the assertions of LIDO's own Schematron that ``document`` fails."""
    rules = _lido_rules()
    rules.validate(parse_xml(document))
    failed = rules.validation_report.iter("{*}failed-assert", "{*}successful-report")
    return ["".join(entry.itertext()).strip() for entry in failed]


def edm_faults(document: bytes) -> list[str]:
    """Return the assertions of Europeana's Schematron that ``document`` fails."""
    processor, stylesheet = _edm_rules()
    node = processor.parse_xml(xml_text=document.decode())
    report = etree.fromstring(stylesheet.transform_to_string(xdm_node=node).encode())
    assert next(report.iter("{*}fired-rule"), None) is not None
    return ["".join(entry.itertext()).strip() for entry in report.iter("{*}failed-assert")]


@cache
def _lido_rules() -> Any:
    # The patterns stand inside the XML schema, each beside the element it is about.
    schema = etree.parse(XSD_FOLDER / "lido" / "lido-v1.1.xsd")
    root = etree.Element(f"{{{_SCHEMATRON}}}schema", nsmap={"sch": _SCHEMATRON})
    for prefix, uri in (
        ("lido", "http://www.lido-schema.org"),
        ("owl", "http://www.w3.org/2002/07/owl#"),
        ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ):
        etree.SubElement(root, f"{{{_SCHEMATRON}}}ns", prefix=prefix, uri=uri)
    root.extend(list(schema.iter(f"{{{_SCHEMATRON}}}pattern")))
    return isoschematron.Schematron(root, store_report=True)


@cache
def _edm_rules() -> tuple[Any, Any]:
    processor = PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    return processor, compiler.compile_stylesheet(stylesheet_file=str(_EDM_RULES))
