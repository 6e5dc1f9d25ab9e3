"""LIDO, EDM and MODS are valid, by their schemas and by the rules beyond, whatever is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from schemas.crosswalks import parts
from schemas.crosswalks.edm import edm_xml
from schemas.crosswalks.edm_rules import is_allowed_rights
from schemas.crosswalks.exchange import UnfitRecordError
from schemas.crosswalks.lido import lido_xml
from schemas.crosswalks.mods import mods_xml
from schemas.dublincore import TERMS, Statement
from schemas.findings import Finding
from schemas.records import Record
from schemas.xml import parse_xml, validate
from tests.conformance.museum_records import (
    PAGE,
    any_record,
    drum,
    exchange,
    image,
    published,
    record,
    said,
)
from tests.conformance.museum_rules import edm_faults, lido_faults

WRITERS = {"lido": lido_xml, "edm": edm_xml, "mods": mods_xml}
EXAMPLES = Path(__file__).parent.parent / "data" / "crosswalks"
LICENCE = said("rights_uri", uri="https://creativecommons.org/licenses/by/4.0/")
_NS = {
    "lido": "http://www.lido-schema.org",
    "mods": "http://www.loc.gov/mods/v3",
    "edm": "http://www.europeana.eu/schemas/edm/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "ore": "http://www.openarchives.org/ore/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "gml": "http://www.opengis.net/gml",
}
_RESOURCE = f"{{{_NS['rdf']}}}resource"


def found(document: bytes, path: str) -> list[str]:
    """Return the texts, or the attribute values, at a path."""
    entries = parse_xml(document).xpath(path, namespaces=_NS)
    assert isinstance(entries, list)
    return [entry if isinstance(entry, str) else (entry.text or "") for entry in entries]  # type: ignore[union-attr]


def codes(given_record: Record, **changes: object) -> list[str]:
    """Return the codes of what keeps a record from being EDM."""
    with pytest.raises(UnfitRecordError) as refused:
        edm_xml(given_record, published(**changes), exchange())
    assert all(finding.item_id == given_record.item_id for finding in refused.value.findings)
    return [finding.code for finding in refused.value.findings]


REMEMBERING = exchange()


@settings(max_examples=20)
@given(any_record(), any_record())
def test_what_is_remembered_of_other_records_changes_nothing(one: Record, other: Record) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "_MOST_KEPT", 5)
        for given_record in (one, other, one):
            if given_record.kind == "person":
                continue
            for write in (lido_xml, mods_xml):
                remembered = write(given_record, published(), REMEMBERING)
                assert remembered == write(given_record, published(), exchange())


@settings(deadline=None)
@given(any_record(), st.booleans())
def test_any_record_gives_valid_lido_and_mods(given_record: Record, is_online: bool) -> None:
    if given_record.kind == "person":
        return
    where = published() if is_online else published(page_url="", manifest_url="", images=())
    lido = lido_xml(given_record, where, exchange())
    assert validate(lido, "lido") == ()
    assert lido_faults(lido) == []
    assert validate(mods_xml(given_record, where, exchange()), "mods") == ()


@settings(deadline=None)
@given(any_record(), st.booleans())
def test_any_record_gives_valid_edm_or_says_why_not(given_record: Record, has_rights: bool) -> None:
    said_by_all = exchange(rights_uri="http://rightsstatements.org/vocab/CNE/1.0/")
    try:
        edm = edm_xml(given_record, published(), said_by_all if has_rights else exchange())
        gaps: tuple[Finding, ...] = ()
    except UnfitRecordError as error:
        edm, gaps = b"", error.findings
    assert edm or gaps
    assert all(finding.message("vi") for finding in gaps)
    assert not edm or validate(edm, "edm") == ()
    assert not edm or edm_faults(edm) == []


@pytest.mark.parametrize("term", sorted(TERMS))
@pytest.mark.parametrize("name", sorted(WRITERS))
def test_a_statement_of_any_term_without_a_field_is_kept(name: str, term: str) -> None:
    bare = Record("BT.1", (Statement(term, "Khăn piêu", "vi"), LICENCE))
    rich = Record("BT.1", (*bare.statements, said("title", "T"), said("object_type", "khăn", "vi")))
    document = WRITERS[name](rich, published(), exchange())
    assert validate(document, name) == ()
    is_for_access = name != "mods" and term == "accessRights"
    is_written = "Khăn piêu".encode() in document
    assert is_written or is_for_access or (name == "edm" and term == "rightsHolder")


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_the_example_is_what_was_read_and_approved(name: str) -> None:
    document = WRITERS[name](drum(), published(), exchange())
    assert validate(document, name) == ()
    assert document.decode() == (EXAMPLES / f"drum.{name}.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("179 TCN", "-0178", "-0178"),
        ("07/05/1954", "1954-05-07", "1954-05-07"),
        ("05/1954", "1954-05", "1954-05"),
        ("thế kỷ XIX", "1800", "1899"),
        ("Đông Sơn 2000-2500 năm", "-0550", "-0050"),
        ("trước 1945", "", "1944"),
    ],
)
def test_dates_have_their_bounds_in_iso_8601(text: str, earliest: str, latest: str) -> None:
    dated = record(said("title", "T"), said("date", text, "vi"), said("subject", "x"), LICENCE)
    lido = lido_xml(dated, published(), exchange())
    bounds = found(lido, "//lido:earliestDate"), found(lido, "//lido:latestDate")
    assert bounds == ([earliest] if earliest else [], [latest] if latest else [])
    edm = edm_xml(dated, published(), exchange())
    assert (found(edm, "//edm:begin"), found(edm, "//edm:end")) == bounds
    assert found(lido, "//lido:displayDate") == [text]


def test_a_date_that_was_not_understood_keeps_its_text_alone() -> None:
    dated = record(said("title", "T"), said("date", "hồi xưa", "vi"))
    lido = lido_xml(dated, published(), exchange())
    assert found(lido, "//lido:displayDate") == ["hồi xưa"]
    assert found(lido, "//lido:date") == []


def test_measures_are_numbers_with_concepts_and_the_part_they_are_of() -> None:
    lido = lido_xml(drum(), published(), exchange())
    first = "//lido:objectMeasurementsSet[1]//lido:measurementsSet"
    assert found(lido, f"{first}/lido:measurementValue") == ["245"]
    assert found(lido, f"{first}/lido:measurementType/skos:Concept/@rdf:about") == [
        "http://vocab.getty.edu/aat/300055644"
    ]
    values = found(lido, "//lido:objectMeasurements//lido:measurementValue")
    assert values == ["245", "300", "320", "12500"]
    assert found(lido, "//lido:extentMeasurements") == ["mouth", "mouth"]
    assert found(lido, "//lido:qualifierMeasurements")[-1] == "maximum"


def test_a_place_has_its_number_and_the_coordinates_of_the_commune_it_lies_in_today() -> None:
    lido = lido_xml(drum(), published(), exchange())
    assert found(lido, "//lido:eventPlace//lido:placeID") == ["03322"]
    assert found(lido, "//lido:place/lido:gml") == []
    assert found(lido, "//lido:partOfPlace/lido:gml/gml:Point/gml:pos") == ["21.4283 102.96"]
    mods = mods_xml(drum(), published(), exchange())
    assert found(mods, "//mods:province") == ["Tỉnh Điện Biên"]


def test_the_coordinates_of_a_site_are_its_own() -> None:
    site = record(
        said("title", "Đồi A1", "vi", kind="relic_site"),
        said("coordinates", "21.3861, 103.0230", kind="relic_site"),
        kind="relic_site",
    )
    lido = lido_xml(site, published(), exchange())
    assert found(lido, "//lido:repositoryLocation/lido:gml/gml:Point/gml:pos") == [
        "21.3861 103.023"
    ]


def test_another_holder_is_not_placed_in_the_museum_s_country() -> None:
    lent = record(said("title", "T"), said("holding_institution", "Getty, Los Angeles"))
    assert found(lido_xml(lent, published(), exchange()), "//lido:repositoryLocation") == []


def test_what_is_not_said_is_not_invented() -> None:
    bare = record(said("title", "Khăn piêu", "vi"))
    lido = lido_xml(bare, published(page_url="", manifest_url="", images=()), exchange(country=""))
    for wrap in ("eventWrap", "rightsWorkWrap", "resourceWrap", "objectMeasurementsWrap"):
        assert found(lido, f"//lido:{wrap}") == []
    assert found(lido, "//lido:objectWorkType/lido:term") == ["Hiện vật", "Artifact"]
    untitled = lido_xml(record(), published(), exchange())
    assert found(untitled, "//lido:titleSet/lido:appellationValue") == ["BT.1"]


def test_an_image_that_may_not_be_handed_on_has_no_address_of_its_own() -> None:
    shown = published(images=(image(1, url=""),))
    for name, write in WRITERS.items():
        document = write(drum(), shown, exchange()).decode()
        assert "0001/access.jpg" not in document, name
        assert "0001/thumbnail.jpg" in document, name


def test_text_in_many_languages_keeps_its_language() -> None:
    lido = parse_xml(lido_xml(drum(), published(), exchange()))
    titles = lido.findall(".//{*}titleSet/{*}appellationValue")
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert [(title.get(lang), title.text) for title in titles[:2]] == [
        ("vi", "Trống đồng Mường Thanh"),
        ("en", "Mường Thanh bronze drum"),
    ]


def test_edm_resolves_every_resource_of_its_own() -> None:
    root = parse_xml(edm_xml(drum(), published(), exchange()))
    about = {str(value) for value in root.xpath("//@rdf:about", namespaces=_NS)}  # type: ignore[union-attr]
    refers = [str(value) for value in root.xpath("//@rdf:resource", namespaces=_NS)]  # type: ignore[union-attr]
    own = [address for address in refers if address.startswith(f"{PAGE}#")]
    assert len(own) >= 3
    assert set(own) <= about


def test_edm_needs_rights_that_aggregators_take() -> None:
    said_of_all = (said("title", "T"), said("object_type", "trống", "vi"))
    assert codes(record(*said_of_all)) == ["EXCHANGE-no-rights"]
    words = record(*said_of_all, said("rights", "Giữ bản quyền", "vi"))
    assert codes(words) in (["EXCHANGE-no-rights"], ["EXCHANGE-rights-refused"])
    refused = said("rights_uri", uri="http://rightsstatements.org/vocab/UND/1.0/")
    assert codes(record(*said_of_all, refused)) == ["EXCHANGE-rights-refused"]


def test_edm_needs_a_title_and_a_topic() -> None:
    assert codes(record(LICENCE)) == ["EXCHANGE-no-title", "EXCHANGE-no-topic"]


def test_edm_needs_the_language_of_a_text() -> None:
    letter = (said("title", "Thư", kind="document"), said("object_type", "thư", "vi"), LICENCE)
    assert codes(record(*letter, kind="document")) == ["EXCHANGE-no-language"]
    told = record(*letter, said("language", "tiếng Việt", kind="document"), kind="document")
    edm = edm_xml(told, published(), exchange())
    assert found(edm, "//edm:type") == ["TEXT"]
    assert found(edm, "//dc:language") == ["vi"]
    as_image = edm_xml(
        record(*letter, kind="document"), published(), exchange(edm_types={"document": "IMAGE"})
    )
    assert found(as_image, "//edm:type") == ["IMAGE"]


def test_edm_needs_an_address_that_the_public_can_reach() -> None:
    given_record = record(said("title", "T"), said("subject", "x"), LICENCE)
    assert codes(given_record, page_url="", images=()) == ["EXCHANGE-no-address"]


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_a_person_is_no_object(name: str) -> None:
    person = record(said("title", "Lò Văn Hặc", kind="person"), kind="person")
    with pytest.raises(UnfitRecordError) as refused:
        WRITERS[name](person, published(), exchange())
    assert [finding.code for finding in refused.value.findings] == ["EXCHANGE-not-an-object"]


@pytest.mark.parametrize(
    ("uri", "is_allowed"),
    [
        ("http://creativecommons.org/licenses/by-nc-nd/4.0/", True),
        ("http://creativecommons.org/licenses/by/3.0/vn/", True),
        ("http://creativecommons.org/licenses/by/4.0/vn/", False),
        ("http://creativecommons.org/publicdomain/mark/1.0/", True),
        ("https://creativecommons.org/licenses/by/4.0/", False),
        ("http://rightsstatements.org/vocab/InC/1.0/", True),
        ("http://rightsstatements.org/vocab/NKC/1.0/", False),
    ],
)
def test_the_list_of_rights_is_europeana_s(uri: str, is_allowed: bool) -> None:
    assert is_allowed_rights(uri) is is_allowed
    edm = edm_xml(drum(), published(), exchange())
    changed = edm.replace(b"http://creativecommons.org/licenses/by/4.0/", uri.encode())
    assert (edm_faults(changed) == []) is is_allowed


def test_the_rules_beyond_the_schemas_are_really_asked() -> None:
    lido = lido_xml(drum(), published(), exchange())
    assert lido_faults(lido.replace(b"</lido:culture>", b"<skos:prefLabel/></lido:culture>", 1))
    edm = etree.fromstring(edm_xml(drum(), published(), exchange()))
    (provider,) = edm.iter("{*}provider")
    provider.text = " "
    assert edm_faults(etree.tostring(edm))
