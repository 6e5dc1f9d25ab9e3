"""Where the words of the rights name others than the address, the address is what is told."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.limits import LimitRules, Limits
from archive.settings import Settings
from pipeline.intake.delivery import read_delivery
from schemas.crosswalks import public_record
from schemas.crosswalks.dcterms import qdc_xml
from schemas.crosswalks.jsonld import schema_org
from schemas.crosswalks.premis import rights_of
from schemas.crosswalks.xmp import credit_of
from schemas.dublincore import Statement
from schemas.overruled_rights import overruled_rights, settled_rights
from schemas.profile import parse_profile, shipped_profile_text
from schemas.records import Record
from schemas.rights import rights_statement
from search.documents import document_for
from tests.conftest import Run
from tests.flows.deliveries import draw_scan, write_csv

PROFILE = parse_profile(shipped_profile_text("museum"))
BY = "http://creativecommons.org/licenses/by/4.0/"
RUU = "http://rightsstatements.org/vocab/InC-RUU/1.0/"
WORDS = "© Bảo tàng, CC BY 4.0"
UNDERSTOOD = Statement("rights", WORDS, "vi", BY, "rights", (("uri", BY),))
ADDRESS = Statement("license", "", uri=RUU, field="rights_uri")


def delivered(folder: Path, *rights: str) -> Path:
    folder.mkdir()
    draw_scan(folder / "1.jpg")
    write_csv(folder / "so.csv", HEADINGS, [("BT-1", "Trống", *rights, "1.jpg")])
    return folder


HEADINGS = ("Số kiểm kê", "Tên gọi", "Quyền", "rights_uri", "Tệp ảnh")


def read_record(folder: Path, *rights: str):  # type: ignore[no-untyped-def]
    delivery = read_delivery(delivered(folder, *rights), profile=PROFILE, settings=Settings(jobs=1))
    (item,) = delivery.items
    told = [finding for finding in item.findings if finding.code == "VALUE-rights-differ"]
    return item.record, told


def test_rights_that_differ_are_told_where_they_stand(tmp_path: Path) -> None:
    record, (finding,) = read_record(tmp_path / "in", WORDS, RUU)
    assert (finding.path, finding.row, finding.column) == ("so.csv", 2, "Quyền")
    assert finding.values == {"value": WORDS, "named": "CC BY 4.0", "counting": RUU}
    assert [s.uri for s in record.statements if s.uri] == [BY, RUU]


@pytest.mark.parametrize(
    "rights",
    [
        (WORDS, ""),
        (WORDS, "https://creativecommons.org/licenses/by/4.0/deed.vi"),
        ("© Bảo tàng", RUU),
        (WORDS, "https://baotang.vn/dieu-khoan"),
        ("", RUU),
    ],
)
def test_rights_that_do_not_differ_stay_as_they_are(tmp_path: Path, rights: tuple[str]) -> None:
    record, told = read_record(tmp_path / "in", *rights)
    assert told == []
    assert public_record(record, PROFILE).statements == record.statements


def test_nothing_public_says_the_licence_that_the_address_overrules(tmp_path: Path) -> None:
    record, _told = read_record(tmp_path / "in", WORDS, RUU)
    public = public_record(record, PROFILE)
    assert BY.encode() not in qdc_xml(public)
    assert rights_of(public).uris == (RUU,)
    assert credit_of(public, publisher="", rights="", rights_uri="").rights_uri == RUU
    assert [s.value for s in public.values("rights")] == [WORDS]


def test_the_staff_finds_it_under_the_rights_that_the_public_is_told(tmp_path: Path) -> None:
    record, _told = read_record(tmp_path / "in", WORDS, RUU)
    of_staff = document_for(record, PROFILE, "", with_hidden=True)
    of_public = document_for(public_record(record, PROFILE), PROFILE, "")
    for document in (of_staff, of_public):
        assert [value for field, value in document.facets if field == "rights"] == ["InC-RUU"]


def test_an_address_that_is_hidden_overrules_too() -> None:
    profile = parse_profile(
        "field,propertyID,role,shown\nidentifier,identifier,identifier,true\n"
        "title,title,value,true\nrights,rights,value,true\nrights_uri,license,value,false\n"
    )
    public = public_record(Record("BT.1", (UNDERSTOOD, ADDRESS)), profile)
    assert [(s.value, s.uri) for s in public.rights] == [(WORDS, "")]


def test_a_record_that_comes_back_with_other_rights_is_told(tmp_path: Path, run: Run) -> None:
    assert run("init", tmp_path / "museum").code == 0
    assert run("ingest", delivered(tmp_path / "in", WORDS, ""), cwd=tmp_path / "museum").code == 0
    sheet = tmp_path / "records.csv"
    assert run("records", "export", sheet, cwd=tmp_path / "museum").code == 0
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        headings, *rows = csv.reader(file)
    rows[-1][headings.index("rights_uri")] = RUU
    write_csv(sheet, headings, rows)
    ran = run("records", "import", sheet, "--yes", cwd=tmp_path / "museum")
    assert ran.code == 0, ran
    assert "names CC BY 4.0, and the item's rights also name" in ran.out + ran.err


URIS = st.sampled_from((BY, RUU, "https://creativecommons.org/licenses/by/4.0/", "https://x.vn/q"))
TERMS = st.sampled_from(("rights", "license", "title"))
STATEMENTS = st.one_of(
    st.builds(Statement, TERMS, st.sampled_from(("a", "")), uri=URIS),
    st.builds(Statement, TERMS, st.just(BY)),
    st.builds(
        lambda term, uri: Statement(term, "a", uri=uri, normal=(("uri", uri),)),
        TERMS,
        URIS,
    ),
)


def known_of(statements: Iterable[Statement]) -> list[str]:
    rights = [s for s in statements if s.term in ("rights", "license")]
    found = (rights_statement(s.uri) or rights_statement(s.value) for s in rights)
    return [known.uri for known in found if known]


@given(st.lists(STATEMENTS, max_size=6).map(tuple))
def test_settled_rights_name_one_and_what_was_written_first(
    statements: tuple[Statement, ...],
) -> None:
    settled = settled_rights(statements)
    assert settled_rights(settled) == settled
    assert list(overruled_rights(settled)) == []
    written = known_of(s for s in statements if s.written_uri or rights_statement(s.value))
    assert set(known_of(settled)) == {*(written or known_of(statements))[:1]}
    rest = (s for s in statements if s in settled)
    assert list(rest) == [s for s in settled if s in statements]
    said = {s.value for s in statements if s.value} - {BY}
    assert said == {s.value for s in settled if s.value} - {BY}


def test_of_two_addresses_the_first_counts_for_people_and_programs(tmp_path: Path) -> None:
    other = "http://creativecommons.org/licenses/by-nc/4.0/"
    record, (finding,) = read_record(tmp_path / "in", other, BY)
    assert finding.values == {"value": BY, "named": "CC BY 4.0", "counting": "CC BY-NC 4.0"}
    public = public_record(record, PROFILE)
    assert known_of(public.statements) == [other]
    assert schema_org(public)["license"] == other


def test_of_two_readings_the_first_counts(tmp_path: Path) -> None:
    record, (finding,) = read_record(tmp_path / "in", "In copyright", "CC BY 4.0")
    assert finding.values["counting"] == "http://rightsstatements.org/vocab/InC/1.0/"
    public = public_record(record, PROFILE)
    assert [s.value for s in public.rights] == ["In copyright", "CC BY 4.0"]
    assert schema_org(public)["license"] == "http://rightsstatements.org/vocab/InC/1.0/"


def test_a_limit_by_rights_that_are_overruled_still_holds() -> None:
    limits = LimitRules(by_rights={RUU: Limits(has_download=False)})
    two = Record("BT.1", (Statement("license", "", uri=BY), Statement("rights", "", uri=RUU)))
    assert two.rights == two.statements[:1]
    assert not limits.of(two, rights="", rights_uri="").has_download
