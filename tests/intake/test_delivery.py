"""Whole deliveries: the catalogue chosen, every finding raised, the real sample read."""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl
import pytest

from archive.export.csv import export_csv
from archive.export.items import ExportContext
from archive.settings import IntakeSettings, Settings
from pipeline.intake import Delivery
from schemas.errors import SourceError
from schemas.findings import KINDS, Finding
from schemas.records import Record

DATA = Path(__file__).parent.parent / "data" / "intake"
HEAD = ("identifier", "title")


@dataclass(frozen=True)
class StoredLike:
    """An item as an export needs it."""

    item_id: str
    record: Record


def sheet_unreadable(museum):
    museum.file("catalogue.xlsx", b"PK\x03\x04 broken")


def sheet_encrypted(museum):
    package = "EncryptedPackage".encode("utf-16-le")
    museum.file("catalogue.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + package)


def sheet_empty(museum):
    museum.csv(HEAD)


def sheet_no_header(museum):
    museum.csv(("Bảo tàng",), ("x", "y"), ("1", "2"))


def sheet_no_identifier_column(museum):
    museum.csv(("title", "date"), ("Drum", "1900"))


def sheet_ignored(museum):
    museum.xlsx({"Hướng dẫn": [("Cách điền",)], "Sổ": [HEAD, ("1", "One")]})


def sheet_merged(museum):
    museum.xlsx({"a": [HEAD, ("1", "One")], "b": [HEAD, ("1", "One")]})


def sheet_other(museum):
    museum.csv(HEAD, ("1", "One"))
    museum.xlsx({"a": [HEAD, ("1", "One")]}, name="catalogue.xlsx")


def column_unknown(museum):
    museum.csv((*HEAD, "Giá"), ("1", "One", "5"))


def column_embargo(museum):
    museum.csv((*HEAD, "Cấm vận đến"), ("1", "One", "31/12/2090"))


def column_duplicate(museum):
    museum.csv((*HEAD, "Tên"), ("1", "One", "Two"))


def column_missing(museum):
    museum.csv(HEAD, ("1", "One"))


def column_as_identifier(museum):
    museum.csv(("Số đăng ký", "Tên gọi"), ("1", "One"))


def row_no_identifier(museum):
    museum.csv(HEAD, ("", "One"))


def row_no_title(museum):
    museum.csv(HEAD, ("1", ""))


def row_no_value(museum):
    museum.profile = type(museum.profile)(
        tuple(
            type(f)(**{**vars(f), "obligation": type(f.obligation)("required")})
            if f.name == "date"
            else f
            for f in museum.profile
        )
    )
    museum.csv((*HEAD, "date"), ("1", "One", ""))


def row_duplicate_identifier(museum):
    museum.csv(HEAD, ("77.AO.84", "One"), ("77-ao-84", "Two"), ("3", "Three"))


def row_similar_identifier(museum):
    museum.csv(HEAD, ("BT 001", "One"), ("BT-1", "Two"), ("BT-11", "Three"))


def row_bad_access(museum):
    museum.csv((*HEAD, "access"), ("1", "One", "maybe"))


def row_missing_value(museum):
    museum.csv((*HEAD, "date"), ("1", "One", ""))


def row_formula_error(museum):
    museum.xlsx({"a": [(*HEAD, "date"), ("1", "One", "#REF!")]})


def row_sheets_differ(museum):
    museum.xlsx({"a": [HEAD, ("1", "One")], "b": [HEAD, ("1", "Two")]})


def row_access_differs(museum):
    head = (*HEAD, "access")
    museum.xlsx({"a": [head, ("1", "One", "public")], "b": [head, ("1", "One", "staff")]})


def row_note(museum):
    museum.csv((*HEAD, "date"), ("1", "One", "1900"), ("", "", "Tổng cộng: 1"))


def match_file_missing(museum):
    museum.csv((*HEAD, "files"), ("1", "One", "a.jpg"))


def match_file_ambiguous(museum):
    museum.scans("x/a.jpg", "y/a.jpg")
    match_file_missing(museum)


def match_file_shared(museum):
    museum.scans("a.jpg")
    museum.csv((*HEAD, "files"), ("1", "One", "a.jpg"), ("2", "Two", "a.jpg"))


def match_unsafe_name(museum):
    museum.csv((*HEAD, "files"), ("1", "One", "../a.jpg"))


def match_name_collision(museum):
    museum.scans("a\u0301.jpg", "\u00e1.jpg")
    museum.csv((*HEAD, "files"), ("1", "One", "á.jpg"))


def match_row_without_scan(museum):
    museum.csv((*HEAD, "files"), ("1", "One", ""))


def match_scan_without_row(museum):
    museum.scans("x.jpg")
    museum.csv(HEAD, ("1", "One"))


def sheet_too_large(museum):
    museum.xlsx({"a": [HEAD, ("1", "One")]}, name="catalogue.xlsx")
    with (
        zipfile.ZipFile(museum.folder / "catalogue.xlsx", "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet2.xml", "w") as part,
    ):
        for _megabyte in range(600):
            part.write(bytes(1_000_000))


def sheet_needs_extra(museum):
    shutil.copy(DATA / "old.xls", museum.folder)
    museum.monkeypatch.setitem(sys.modules, "python_calamine", None)


def sheet_hidden(museum):
    path = museum.xlsx({"a": [HEAD, ("1", "One")], "b": [HEAD, ("2", "Two")]})
    book = openpyxl.load_workbook(path)
    book["b"].sheet_state = "hidden"
    book.save(path)


def sheet_encoding(museum):
    museum.file("a.csv", "identifier,title\n1,Café à Paris\n".encode("cp1252"))


def column_hidden(museum):
    path = museum.xlsx({"a": [HEAD, ("1", "One")]})
    book = openpyxl.load_workbook(path)
    book["a"].column_dimensions["B"].hidden = True
    book.save(path)


def column_similar(museum):
    museum.csv((*HEAD, "Chất liệuu"), ("1", "One", "5"))


def column_mapped_nowhere(museum):
    museum.settings = Settings(intake=IntakeSettings(columns={"Giá": "price"}))
    museum.csv(HEAD, ("1", "One"))


def row_unknown_kind(museum):
    museum.csv((*HEAD, "Loại hồ sơ"), ("1", "One", "Di vật lạ"))


def row_other_kind(museum):
    museum.csv((*HEAD, "kind", "Thời lượng"), ("1", "One", "Di tích", "83 phút"))


def row_formula_unsaved(museum):
    museum.xlsx({"a": [HEAD, ("1", '="One" & " drum"')]})


ROW, COLUMN = "row", "column"
# Each code of intake: how to raise it, and the parts of the place it must name.
CASES = {
    "SHEET-unreadable": (sheet_unreadable, ()),
    "SHEET-encrypted": (sheet_encrypted, ()),
    "SHEET-empty": (sheet_empty, ()),
    "SHEET-no-header": (sheet_no_header, (ROW,)),
    "SHEET-no-identifier-column": (sheet_no_identifier_column, (ROW,)),
    "SHEET-ignored": (sheet_ignored, ("sheet",)),
    "SHEET-merged": (sheet_merged, ("sheet",)),
    "SHEET-other": (sheet_other, ()),
    "SHEET-too-large": (sheet_too_large, ()),
    "SHEET-needs-extra": (sheet_needs_extra, ()),
    "SHEET-hidden": (sheet_hidden, ("sheet",)),
    "SHEET-encoding": (sheet_encoding, ()),
    "COLUMN-hidden": (column_hidden, ("sheet", ROW, COLUMN)),
    "COLUMN-similar": (column_similar, (ROW, COLUMN)),
    "COLUMN-mapped-nowhere": (column_mapped_nowhere, (COLUMN,)),
    "ROW-unknown-kind": (row_unknown_kind, (ROW, COLUMN, "item_id")),
    "ROW-other-kind": (row_other_kind, (ROW, COLUMN, "item_id")),
    "ROW-formula-unsaved": (row_formula_unsaved, ("sheet", ROW, COLUMN, "item_id")),
    "COLUMN-unknown": (column_unknown, (ROW, COLUMN)),
    "COLUMN-embargo": (column_embargo, (ROW, COLUMN)),
    "COLUMN-duplicate": (column_duplicate, (ROW, COLUMN)),
    "COLUMN-missing": (column_missing, ()),
    "COLUMN-as-identifier": (column_as_identifier, (ROW, COLUMN)),
    "ROW-no-identifier": (row_no_identifier, (ROW, COLUMN)),
    "ROW-no-title": (row_no_title, (ROW, COLUMN, "item_id")),
    "ROW-no-value": (row_no_value, (ROW, COLUMN, "item_id")),
    "ROW-duplicate-identifier": (row_duplicate_identifier, (ROW, COLUMN, "item_id")),
    "ROW-similar-identifier": (row_similar_identifier, (ROW, COLUMN, "item_id")),
    "ROW-bad-access": (row_bad_access, (ROW, COLUMN, "item_id")),
    "ROW-missing-value": (row_missing_value, (ROW, COLUMN, "item_id")),
    "ROW-formula-error": (row_formula_error, ("sheet", ROW, COLUMN, "item_id")),
    "ROW-sheets-differ": (row_sheets_differ, ("sheet", ROW, "item_id")),
    "ROW-access-differs": (row_access_differs, ("sheet", ROW, "column", "item_id")),
    "ROW-note": (row_note, (ROW,)),
    "MATCH-file-missing": (match_file_missing, (ROW, COLUMN, "item_id")),
    "MATCH-file-ambiguous": (match_file_ambiguous, (ROW, COLUMN, "item_id")),
    "MATCH-file-shared": (match_file_shared, (ROW, COLUMN, "item_id")),
    "MATCH-unsafe-name": (match_unsafe_name, (ROW, COLUMN, "item_id")),
    "MATCH-name-collision": (match_name_collision, (ROW, COLUMN, "item_id")),
    "MATCH-row-without-scan": (match_row_without_scan, (ROW, COLUMN, "item_id")),
    "MATCH-scan-without-row": (match_scan_without_row, ()),
}


def findings_of(delivery: Delivery) -> list[Finding]:
    return [*delivery.findings, *(f for item in delivery.items for f in item.findings)]


def test_every_code_of_intake_has_a_case():
    areas = ("SHEET-", "COLUMN-", "ROW-", "MATCH-")
    assert {code for code in KINDS if code.startswith(areas)} == set(CASES)


@pytest.mark.parametrize("code", CASES)
def test_the_code_is_raised_with_its_place_and_can_be_said(museum, code, monkeypatch):
    museum.monkeypatch = monkeypatch
    make, places = CASES[code]
    make(museum)
    found = [f for f in findings_of(museum.read()) if f.code == code]
    assert found
    for finding in found:
        assert finding.path
        assert all(getattr(finding, place) for place in places)
        assert "{" not in finding.message("en")


def test_a_broken_catalogue_gives_its_finding_and_no_items(museum):
    museum.scans("1.jpg")
    sheet_unreadable(museum)
    delivery = museum.read()
    assert delivery.items == ()
    assert [f.code for f in delivery.findings] == ["SHEET-unreadable"]
    assert delivery.scans == 1


def test_a_catalogue_that_breaks_half_way_gives_no_items_at_all(museum):
    museum.file("c.csv", b"identifier,title\n" + b"1,x\n" * 5000 + b'2,"y\n')
    delivery = museum.read()
    assert delivery.items == ()
    assert [f.code for f in delivery.findings] == ["SHEET-unreadable"]


def test_all_rows_of_a_duplicate_are_set_aside_and_the_others_go_on(museum):
    row_duplicate_identifier(museum)
    items = museum.read().items
    assert [item.is_set_aside for item in items] == [True, True, False]
    (finding,) = [f for f in items[0].findings if f.code == "ROW-duplicate-identifier"]
    assert finding.values["rows"] == "2, 3"


def test_an_item_without_scans_is_only_warned_of(museum):
    match_row_without_scan(museum)
    (item,) = museum.read().items
    assert not item.is_set_aside
    assert item.record.views == ()


def test_locks_hidden_files_and_sheets_without_numbers_are_no_catalogues(museum):
    museum.csv(HEAD, ("1", "One"), name="hiện vật.csv")
    museum.csv(("file", "rights_uri", "sha256"), ("a", "b", "c"), name="PROVENANCE.csv")
    museum.file("~$hiện vật.xlsx", b"lock")
    museum.file(".catalogue.csv", b"identifier,title\n")
    assert museum.read().catalogue.name == "hiện vật.csv"


def test_a_catalogue_in_a_subfolder_is_found_when_there_is_none_above(museum):
    museum.folder.joinpath("sub").mkdir()
    museum.csv(HEAD, ("1", "One"), name="sub/so.csv")
    delivery = museum.read()
    assert delivery.catalogue == museum.folder / "sub" / "so.csv"
    museum.csv(HEAD, ("1", "One"), name="top.csv")
    assert museum.read().catalogue.name == "top.csv"


@pytest.mark.parametrize("name", ["Danh mục 2024.csv", "so_hien_vat.csv", "Catalogue.csv"])
def test_of_several_catalogues_the_one_called_so_is_read(museum, name):
    museum.csv(HEAD, ("1", "One"), name="a.csv")
    museum.csv(HEAD, ("2", "Two"), name=name)
    delivery = museum.read()
    assert delivery.catalogue.name == name
    assert [f.path for f in delivery.findings if f.code == "SHEET-other"] == ["a.csv"]


def test_a_broken_workbook_is_not_passed_over_for_a_csv(museum):
    museum.csv(HEAD, ("1", "One"))
    sheet_unreadable(museum)
    assert "SHEET-unreadable" in museum.codes(museum.read().findings)


def test_several_equal_catalogues_are_an_error_that_names_them_and_the_option(museum):
    museum.csv(HEAD, ("1", "One"), name="a.csv")
    museum.csv(HEAD, ("2", "Two"), name="b.csv")
    with pytest.raises(SourceError) as caught:
        museum.read()
    assert "a.csv, b.csv" in str(caught.value)
    assert "--catalogue FILE" in caught.value.remedy
    assert museum.read(museum.folder / "b.csv").items[0].record.identifier == "2"


def test_nothing_to_read_is_an_error(museum, tmp_path):
    museum.scans("a.jpg")
    with pytest.raises(SourceError):
        museum.read()
    with pytest.raises(SourceError):
        museum.read(museum.folder / "no.csv")
    museum.folder = tmp_path / "nowhere"
    with pytest.raises(SourceError):
        museum.read()


def test_a_catalogue_may_lie_outside_the_folder(museum, tmp_path):
    museum.scans("1.jpg")
    outside = museum.csv(HEAD, ("1", "One"), name="../outside.csv")
    delivery = museum.read(outside)
    assert delivery.items[0].scans
    missing = [f.path for f in delivery.findings if f.code == "COLUMN-missing"]
    assert set(missing) == {"outside.csv"}


def test_reading_twice_gives_the_same_and_writes_nothing(museum):
    museum.scans("1_2.jpg", "1_1.jpg", "x.jpg")
    museum.csv(HEAD, ("1", "One"), ("2", ""))
    before = sorted(os.walk(museum.folder))
    assert museum.read() == museum.read()
    assert sorted(os.walk(museum.folder)) == before


@pytest.mark.parametrize("name", ["catalogue.csv", "catalogue.xlsx"])
def test_a_real_delivery_is_read_whole(museum, name):
    shutil.copy(DATA / name, museum.folder)
    written = museum.read()
    names = [f.values["name"] for f in findings_of(written) if f.code == "MATCH-file-missing"]
    museum.scans(*(f"scans/{name}" for name in names))
    delivery = museum.read()
    assert len(names) == delivery.scans == 54
    assert len(delivery.items) == 36
    assert not any(item.is_set_aside for item in delivery.items)
    assert sum(len(item.scans) for item in delivery.items) == 54
    errors = [f for f in findings_of(delivery) if f.severity == "error"]
    assert errors == []
    assert "COLUMN-unknown" not in museum.codes(delivery.findings)
    book = next(item for item in delivery.items if item.record.identifier == "obj12")
    assert [scan.name for scan in book.scans] == [
        "scans/book-of-horses/00.jpg",
        "scans/book-of-horses/01.jpg",
        "scans/book-of-horses/02.jpg",
        "scans/book-of-horses_access.tif",
    ]
    assert [s.uri for s in book.record.statements if s.field == "rights_uri"] == [
        "https://creativecommons.org/publicdomain/mark/1.0/"
    ]


def test_what_our_own_csv_export_writes_comes_back(museum, profile):
    shutil.copy(DATA / "catalogue.xlsx", museum.folder)
    museum.csv(
        (*HEAD, "title@en", "Chất liệu", "Mô tả", "access"),
        ("=1+1", "-Trống đồng", "'@drum", "Gỗ <https://example.org/go>; tre", "a\n\nb", "staff"),
        name="formulas.csv",
    )
    records = [
        replace(item.record, extra=(), views=())
        for name in ("catalogue.xlsx", "formulas.csv")
        for item in museum.read(museum.folder / name).items
    ]
    context = ExportContext(profile, at="2026-01-01T00:00:00Z", is_complete=True)
    museum.folder = museum.folder.parent / "back"
    museum.folder.mkdir()
    items = [StoredLike(record.item_id, record) for record in records]
    export_csv(items, museum.folder / "catalogue.csv", context)
    back = [item.record for item in museum.read().items]
    # The export orders the languages of a field, the museum's own columns may stand otherwise.
    assert [in_one_order(record) for record in back] == [in_one_order(r) for r in records]


def in_one_order(record: Record) -> Record:
    by_language = sorted(record.statements, key=lambda s: (s.field, s.lang))
    return replace(record, statements=tuple(by_language))


def test_both_forms_of_the_real_catalogue_describe_the_same_records(museum, tmp_path):
    records = []
    for name in ("catalogue.csv", "catalogue.xlsx"):
        museum.folder = tmp_path / name.replace(".", "_")
        museum.folder.mkdir()
        shutil.copy(DATA / name, museum.folder)
        records.append([item.record for item in museum.read().items])
    assert records[0] == records[1]
