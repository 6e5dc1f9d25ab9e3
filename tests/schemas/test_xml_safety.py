"""XML from outside can neither fetch, expand nor swamp anything."""

from __future__ import annotations

import pytest

from schemas import xml
from schemas.errors import RecordError
from schemas.xml import SCHEMA_NAMES, compile_schema, parse_xml, validate

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


def test_an_unknown_schema_name_is_a_defect_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no XML schema 'ead'"):
        validate(b"<a/>", "ead")
