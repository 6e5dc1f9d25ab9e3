"""Dublin Core XML is valid against the official schemas, whatever the record says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.crosswalks import public_record
from schemas.crosswalks.dcterms import qdc_xml
from schemas.crosswalks.oai_dc import oai_dc_xml
from schemas.dublincore import ELEMENTS, ELEMENTS_NS, TERMS, TERMS_NS, Statement, element_of
from schemas.profile import parse_profile
from schemas.records import Record
from schemas.xml import parse_xml, validate

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ANY_TEXT = st.text() | st.text(
    alphabet=st.sampled_from("<&>\"']\0\x0b\r\n\t ￾\ud800Đ"), min_size=1
)
_STATEMENTS = st.builds(
    Statement,
    term=st.sampled_from(sorted(TERMS)),
    value=_ANY_TEXT.filter(bool),
    lang=st.sampled_from(["", "vi", "en", "zh-Hant", "blt"]) | st.text(max_size=9),
    uri=st.sampled_from(["", "http://example.org/a b", "urn:x"]) | _ANY_TEXT,
)


def elements(document: bytes) -> list[tuple[str, str | None, str | None]]:
    return [
        (str(child.tag).rpartition("}")[2], child.text, child.get(_LANG))
        for child in parse_xml(document)
    ]


@pytest.mark.parametrize("term", sorted(TERMS))
@pytest.mark.parametrize(
    ("value", "lang", "uri"),
    [
        ("Khăn piêu", "", ""),
        ("Khăn piêu", "vi", ""),
        ("", "", "http://example.org/x"),
        ("Khăn piêu", "vi", "http://example.org/x"),
        ("Khăn piêu", "vi", "not a URI <at> all"),
    ],
)
def test_every_kind_of_statement_of_every_term_is_valid(
    term: str, value: str, lang: str, uri: str
) -> None:
    record = Record("BT.1", (Statement(term, value, lang, uri),))
    simple, qualified = oai_dc_xml(record), qdc_xml(record)
    assert validate(simple, "oai_dc") == ()
    assert validate(qualified, "qdc") == ()
    expected = [text for text in (value, uri) if text]
    assert [text for name, text, _ in elements(qualified) if name == term][-len(expected) :] == (
        expected
    )
    element = element_of(term)
    texts = [text for name, text, _ in elements(simple) if name == element]
    assert texts[-len(expected) :] == (expected if element else [])


@given(st.text().filter(str.strip), st.lists(_STATEMENTS, max_size=6), _ANY_TEXT)
def test_arbitrary_text_gives_valid_xml(number: str, entries: list[Statement], url: str) -> None:
    record = Record(number, tuple(entries))
    assert validate(oai_dc_xml(record, url=url), "oai_dc") == ()
    assert validate(qdc_xml(record, url=url), "qdc") == ()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="￾￿")))
def test_text_that_xml_can_hold_comes_back_as_it_was(text: str) -> None:
    record = Record("BT.1", (Statement("title", f"x{text}"),))
    assert ("title", f"x{text}", None) in elements(oai_dc_xml(record))


def test_what_xml_cannot_hold_is_replaced_visibly() -> None:
    record = Record("BT.1", (Statement("title", "a\0b\x0bc\ufffed\ud800e"),))
    assert ("title", "a\ufffdb\ufffdc\ufffdd\ufffde", None) in elements(oai_dc_xml(record))


def test_elements_stand_in_one_order_and_refinements_become_them() -> None:
    record = Record(
        "BT.1",
        (
            Statement("license", "", uri="http://example.org/by"),
            Statement("spatial", "Mường Thanh", "vi"),
            Statement("medium", "vải", "vi"),
            Statement("provenance", "Sưu tầm 1998", "vi"),
            Statement("alternative", "Headscarf", "en"),
            Statement("title", "Khăn piêu", "vi"),
            Statement("created", "1950"),
        ),
    )
    found = elements(oai_dc_xml(record, url="https://example.org/bt-1"))
    assert found == [
        ("title", "Headscarf", "en"),
        ("title", "Khăn piêu", "vi"),
        ("date", "1950", None),
        ("format", "vải", "vi"),
        ("identifier", "https://example.org/bt-1", None),
        ("identifier", "BT.1", None),
        ("coverage", "Mường Thanh", "vi"),
        ("rights", "http://example.org/by", None),
    ]
    order = [ELEMENTS.index(name) for name, *_ in found]
    assert order == sorted(order)


def test_the_same_literal_is_written_once() -> None:
    record = Record(
        "BT.1",
        (
            Statement("identifier", "BT.1"),
            Statement("title", "Rìu", "vi"),
            Statement("alternative", "Rìu", "vi"),
        ),
    )
    assert elements(oai_dc_xml(record)) == [("title", "Rìu", "vi"), ("identifier", "BT.1", None)]


def test_qualified_dublin_core_types_its_uris() -> None:
    record = Record("BT.1", (Statement("license", "", uri="http://example.org/by"),))
    (child,) = parse_xml(qdc_xml(record)).findall(f"{{{TERMS_NS}}}license")
    assert child.get("{http://www.w3.org/2001/XMLSchema-instance}type") == "dcterms:URI"


def test_namespaces_are_the_official_ones() -> None:
    root = parse_xml(oai_dc_xml(Record("BT.1", ())))
    assert root.tag == "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
    assert root[0].tag == f"{{{ELEMENTS_NS}}}identifier"


def test_a_public_record_has_only_shown_fields() -> None:
    profile = parse_profile(
        "field,propertyID,role,shown\nidentifier,identifier,identifier,true\n"
        "title,title,value,true\ndonor,provenance,value,false\n"
    )
    kept = (Statement("title", "Rìu", field="title"), Statement("subject", "đá"))
    hidden = (Statement("provenance", "Ông A", field="donor"), Statement("date", "1", field="old"))
    record = Record("BT.1", (*kept, *hidden), extra=(("Giá", "100"),))
    public = public_record(record, profile)
    assert public.statements == kept
    assert public.extra == ()
    assert public.identifier == "BT.1"
