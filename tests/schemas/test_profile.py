"""The profile as a table: every finding, kinds, what an empty cell means, DCTAP both ways."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from dctap.config import get_config
from dctap.csvreader import csvreader
from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake.text import fold
from schemas.crosswalks import public_record
from schemas.dublincore import Statement
from schemas.errors import ConfigError
from schemas.profile import (
    Obligation,
    Role,
    ValueType,
    check_profile,
    parse_profile,
    shipped_profile_text,
)
from schemas.profile_dctap import dctap_text
from schemas.profile_table import DCTAP_COLUMNS, read_table
from schemas.records import Record

SHIPPED = parse_profile(shipped_profile_text("museum"))
HEAD = "field,propertyID,label_vi,label_en,headings,role,obligation,repeatable,has_language"
OLD = f"""{HEAD}
identifier,dcterms:identifier,Số,Number,,identifier,required,false,false
title,dcterms:title,Tên,Title,,value,required,false,true
files,,Tệp,Files,,files,optional,true,false
"""


def with_row(row: str, head: str = "") -> str:
    return OLD.replace(HEAD, HEAD + head, 1) + row + "\n"


CASES = {
    "PROFILE-missing-column": ("field,label_vi\ntitle,Tên\n", None, ""),
    "PROFILE-unknown-column": (with_row("", ",xyz"), 1, "xyz"),
    "PROFILE-similar-column": (with_row("", ",vocabluary"), 1, "vocabluary"),
    "PROFILE-bad-value": (with_row("a,dcterms:nothing,A,A,,,,,"), 5, "propertyID"),
    "PROFILE-contradiction": (
        with_row("a,dcterms:date,A,A,,,required,,,false", ",mandatory"), 5, "obligation",
    ),
    "PROFILE-duplicate-field": (with_row("title,dcterms:title,Tựa,,,,,,"), 5, "field"),
    "PROFILE-no-identifier": (f"{HEAD}\ntitle,dcterms:title,Tên,,,,,,\n", None, ""),
    "PROFILE-no-fields": (f"{HEAD}\n", None, ""),
    "PROFILE-no-label": (with_row("a,dcterms:date,,,,,,,"), None, ""),
    "PROFILE-shared-heading": (with_row("a,dcterms:date,tên,,,,,,"), None, "a"),
    "PROFILE-unused": (with_row("a,dcterms:date,A,,,,,,,x", ",valueShape"), 5, "valueShape"),
}  # fmt: skip


@pytest.mark.parametrize("code", CASES)
def test_what_is_wrong_with_a_profile_is_told_with_its_place(code):
    text, row, column = CASES[code]
    found = [f for f in read_table(text, "profile.csv").findings if f.code == code]
    assert [(f.row, f.column) for f in found] == [(row, column)]
    assert "{" not in found[0].message("en")


def test_an_unreadable_profile_is_a_finding(tmp_path: Path):
    path = tmp_path / "profile.csv"
    path.write_bytes("field,propertyID\nTên".encode("cp1258", "replace") + b"\xff")
    assert [f.code for f in check_profile(path).findings] == ["PROFILE-unreadable"]
    assert [f.code for f in read_table('propertyID\n"a', "x").findings] == ["PROFILE-unreadable"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("role", "boss"), ("obligation", "maybe"), ("repeatable", "perhaps"), ("search", "all"),
        ("shown", "2"), ("value_type", "colour"), ("separator", "and"), ("field", "tên gọi"),
        ("vocabulary", "!"), ("propertyID", "schema:name"),
    ],
)  # fmt: skip
def test_a_word_that_is_not_expected_is_told_with_those_that_are(column, value):
    cells = {"field": "a", "propertyID": "dcterms:date", "label_vi": "A"} | {column: value}
    row = {name: cells.get(name, "") for name in (*HEAD.split(","), "search", "shown",
           "value_type", "separator", "vocabulary")}  # fmt: skip
    text = with_row(",".join(row.values()), ",search,shown,value_type,separator,vocabulary")
    (finding,) = read_table(text, "profile.csv").findings
    assert (finding.code, finding.row, finding.column) == ("PROFILE-bad-value", 5, column)
    assert finding.values["expected"]


def test_every_error_is_told_at_once_and_a_command_names_the_first():
    text = with_row("a,dcterms:no,A,,,,,,\nb,dcterms:date,B,,,boss,,,")
    assert [f.row for f in read_table(text).findings] == [5, 6]
    with pytest.raises(ConfigError, match=r"5, propertyID.*dcterms:no"):
        parse_profile(text)


def test_a_profile_of_before_reads_as_it_did():
    profile = parse_profile(OLD)
    assert [field.name for field in profile] == ["identifier", "title", "files"]
    assert profile.get("title").obligation is Obligation.REQUIRED
    assert profile.with_role(Role.FILES).term == ""
    assert [kind.kind for kind in profile.each()] == [""]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_profile_saved_by_any_spreadsheet_program_is_read(separator):
    rows = list(csv.reader(io.StringIO(shipped_profile_text("museum"))))
    text = io.StringIO()
    # Excel writes its own TRUE and FALSE.
    csv.writer(text, delimiter=separator).writerows(
        [cell.upper() if cell in ("true", "false") else cell for cell in row] for row in rows
    )
    assert parse_profile("\ufeff" + text.getvalue()) == SHIPPED


def test_labels_may_be_in_any_language():
    profile = parse_profile(OLD.replace("label_en", "label_blt").replace("Title", "ꪋꪳ꪿"))
    assert profile.get("title").label("blt") == "ꪋꪳ꪿"


def test_the_shipped_profile_is_without_a_finding_and_has_the_kinds_of_a_museum():
    assert read_table(shipped_profile_text("museum")).findings == ()
    assert [kind.kind_entry.name for kind in SHIPPED.each()] == [
        "artifact", "relic_site", "document", "film_sound", "intangible", "person",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", list(SHIPPED.each()), ids=lambda kind: kind.kind or "artifact")
def test_no_heading_of_a_shipped_kind_belongs_to_two_fields(kind):
    headings = {
        (fold(name), field.name)
        for field in kind
        for name in (field.name, *field.labels.values(), *field.headings)
    }
    owners = Counter(heading for heading, _field in headings)
    assert [heading for heading, count in owners.items() if count > 1] == []
    assert all(set(field.labels) == {"vi", "en"} for field in kind)


def test_no_word_means_two_shipped_kinds():
    words = [fold(w) for kind in SHIPPED.kinds for w in {fold(w) for w in kind.words}]
    assert len(words) == len(set(words))


def test_an_empty_cell_of_a_kind_says_what_the_default_kind_says():
    text = """shapeID,field,propertyID,label_vi,label_en,headings,role,mandatory,repeatable,shown
artifact,identifier,dcterms:identifier,Số,Number,Mã;ID,identifier,true,,
,title,dcterms:title,Tên,Title,,,true,,
,place,dcterms:spatial,Nơi,Place,,,,true,false
site,,,Di tích,Site,Sites,,,,
,identifier,dcterms:identifier,,,,,,,
,title,dcterms:title,Tên di tích,,,,,,
,place,dcterms:spatial,,Address,,,,,
"""
    site = parse_profile(text).of("site")
    assert site.kind_entry.words == ("site", "Di tích", "Site", "Sites")
    identifier, title, place, kind = site.fields
    assert (identifier.role, identifier.headings) == (Role.IDENTIFIER, ("Mã", "ID"))
    assert title.labels == {"vi": "Tên di tích", "en": "Title"}
    assert title.obligation is Obligation.REQUIRED
    assert (place.label("en"), place.repeatable, place.is_shown) == ("Address", True, False)
    assert kind.role is Role.KIND


def test_the_default_kind_is_artifact_wherever_it_stands():
    rows = shipped_profile_text("museum").splitlines(keepends=True)
    first = [row for row in rows[1:] if row.startswith("artifact,")]
    others = [row for row in rows[1:] if not row.startswith("artifact,")]
    assert parse_profile(rows[0] + "".join(others + first)).fields == SHIPPED.fields


def test_nothing_of_a_kind_that_is_gone_is_shown_but_number_and_title():
    record = Record(
        "1",
        (Statement("title", "A", field="title"), Statement("description", "B", field="note")),
        kind="gone",
    )
    assert [s.field for s in public_record(record, SHIPPED).statements] == ["title"]


def test_the_contact_address_of_a_person_never_reaches_the_public():
    statement = Statement("spatial", "12 phố A", field="address")
    person = Record("1", (statement,), kind="person")
    site = Record("1", (statement,), kind="relic_site")
    assert public_record(person, SHIPPED).statements == ()
    assert public_record(site, SHIPPED).statements == (statement,)


def test_a_table_of_other_programs_is_a_profile_too():
    profile = parse_profile(
        "propertyID,propertyLabel,mandatory,repeatable,valueNodeType,valueDataType\n"
        "http://purl.org/dc/terms/identifier,Number,TRUE,,literal,xsd:string\n"
        "dct:title,Title,TRUE,FALSE,literal,rdf:langString\n"
        "dc:date,Date,,TRUE,literal,xsd:date\n"
        "dcterms:source,Source,,,IRI,\n"
    )
    assert [(f.name, f.label("vi"), f.value_type) for f in profile] == [
        ("identifier", "Number", ValueType.TEXT),
        ("title", "Title", ValueType.TEXT),
        ("date", "Date", ValueType.DATE),
        ("source", "Source", ValueType.URL),
    ]
    assert profile.with_role(Role.IDENTIFIER).obligation is Obligation.REQUIRED


def test_the_plain_table_has_the_columns_of_dctap_and_every_field():
    rows = list(csv.DictReader(io.StringIO(dctap_text(SHIPPED, "vi"))))
    assert tuple(rows[0]) == DCTAP_COLUMNS
    assert len(rows) == sum(len(kind.fields) for kind in SHIPPED.each())
    assert all(row["shapeID"] and row["propertyID"] and row["propertyLabel"] for row in rows)


def test_the_reference_reader_of_dctap_reads_both_tables():
    for text in (dctap_text(SHIPPED, "vi"), shipped_profile_text("museum")):
        table = csvreader(csvfile_str=text, config_dict=get_config())
        shapes = {shape["shapeID"]: shape for shape in table["shapes"]}
        assert list(shapes) == [kind.kind_entry.name for kind in SHIPPED.each()]
        properties = [
            template["propertyID"]
            for template in shapes["relic_site"]["statement_templates"]
            if "propertyID" in template
        ]
        assert properties[:2] == ["dcterms:identifier", "dcterms:title"]


@given(st.text(max_size=300))
def test_no_text_at_all_raises_while_it_is_read(text):
    read_table(text)
    read_table("propertyID,field,shapeID,label_vi,role\n" + text)


@given(st.lists(st.lists(st.text(max_size=9), min_size=5, max_size=5), max_size=5))
def test_no_cells_at_all_raise_while_they_are_read(rows):
    table = io.StringIO()
    csv.writer(table).writerows([["shapeID", "field", "propertyID", "role", "separator"], *rows])
    read_table(table.getvalue())
