"""XML from outside can neither fetch, expand nor swamp anything."""

from __future__ import annotations

from copy import deepcopy
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from schemas import xml
from schemas.crosswalks.edm import edm_xml
from schemas.crosswalks.lido import lido_xml
from schemas.crosswalks.mods import mods_xml
from schemas.errors import RecordError
from schemas.xml import SCHEMA_NAMES, compile_schema, parse_xml, validate
from tests.conformance.museum_records import drum, exchange, published

_LAUGHS = (
    b'<!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>'
)


@pytest.mark.parametrize(
    "document",
    [
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a SYSTEM "http://example.org/x.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        _LAUGHS,
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
    ],
)
def test_any_doctype_is_refused(document: bytes) -> None:
    with pytest.raises(RecordError, match="DOCTYPE"):
        parse_xml(document)


@pytest.mark.parametrize("document", [b"", b"<a>", b"<a/><b/>", b"\0", b"<a>\x0b</a>"])
def test_what_is_not_well_formed_is_refused(document: bytes) -> None:
    with pytest.raises(RecordError, match="not well formed"):
        parse_xml(document)


def test_a_document_beyond_the_limit_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(xml, "LARGEST_DOCUMENT_BYTES", 10)
    with pytest.raises(RecordError, match="the limit is 10"):
        parse_xml(b"<aaaaaaaaaaaaaa/>")


@pytest.mark.parametrize("address", ["http://example.org/x.xsd", "file:///etc/passwd", "x.xsd"])
def test_a_schema_that_refers_to_anything_not_packaged_is_refused(address: str) -> None:
    schema = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
      <xs:import namespace="urn:x" schemaLocation="{address}"/></xs:schema>"""
    with pytest.raises(RecordError, match="cannot be used"):
        compile_schema(schema.encode(), "http://example.org/main.xsd")


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_validation_says_where_and_what(name: str) -> None:
    (error,) = validate(b'\n<a xmlns="urn:x"/>', name)
    assert error == (
        "line 2: Element 'a': No matching global declaration available for the validation root."
    )


@pytest.mark.parametrize("between", ["=", " = ", "\t=", "\n=", "\r\n ="])
def test_an_id_that_is_given_twice_is_found(between: str) -> None:
    files = "".join(f"<file ID{between}'{name}'/>" for name in ("f1", "f2"))
    document = (
        "<?xml version='1.0' encoding='UTF-8'?>\n<mets xmlns='http://www.loc.gov/METS/'>"
        f"<fileSec><fileGrp>{files}</fileGrp></fileSec><structMap><div/></structMap></mets>"
    ).encode()
    assert validate(document, "mets") == ()
    assert validate(document.replace(b"f2", b"f1"), "mets") != ()


def test_an_unknown_schema_name_is_a_defect_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no XML schema 'ead'"):
        validate(b"<a/>", "ead")


@given(
    name=st.sampled_from(("lido", "mods", "edm")),
    place=st.integers(0, 10_000),
    deed=st.sampled_from(("drop", "twice", "rename", "text", "attribute", "none")),
)
def test_checking_without_a_tree_finds_what_checking_a_tree_finds(
    name: str, place: int, deed: str
) -> None:
    root = parse_xml(_sample(name))
    elements = [element for element in root.iter() if element is not root]
    chosen = elements[place % len(elements)]
    parent = chosen.getparent()
    assert parent is not None
    if deed == "drop":
        parent.remove(chosen)
    elif deed == "twice":
        parent.append(deepcopy(chosen))
    elif deed == "rename":
        chosen.tag = "{http://www.lido-schema.org}unheard"
    elif deed == "text":
        chosen.text = "a b & <c>"
    elif deed == "attribute":
        chosen.set("unheard", "1")
    document = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    is_valid = xml._schema(name).validate(parse_xml(document))
    assert (validate(document, name) == ()) == is_valid
    assert deed != "none" or is_valid


@cache
def _sample(name: str) -> bytes:
    write = {"lido": lido_xml, "mods": mods_xml, "edm": edm_xml}[name]
    return write(drum(), published(), exchange())


def test_where_the_checker_would_find_nothing_the_tree_is_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(xml._checkers, "by_name", {})
    monkeypatch.setattr(xml, "_finds_fault", lambda checker, document: False)
    document = _sample("lido").replace(b"lido:category", b"lido:unheard")
    assert "unheard" in validate(document, "lido")[0]
