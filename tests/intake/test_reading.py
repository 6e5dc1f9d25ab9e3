"""Catalogues as museums keep them: ODS, old XLS, other encodings, hidden parts, odd dates."""

from __future__ import annotations

import codecs
import csv
import datetime
import re
import shutil
import unicodedata
import zipfile
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from pipeline.intake import opendocument
from pipeline.intake.headings import Headings
from pipeline.intake.sheet import open_sheets
from pipeline.intake.table import NOT_CALCULATED, SheetError
from schemas.profile import parse_profile, shipped_profile_text
from tests.intake.spreadsheets import EMPTY, row, sheet, text, value, write_ods

HEADINGS = Headings(parse_profile(shipped_profile_text("museum")))
DATA = Path(__file__).parent.parent / "data" / "intake"
HEAD = row(text("Số kiểm kê"), text("Tên gọi"))


def rows_of(path: Path, encoding: str = "") -> list[tuple[str, int, tuple[str, ...]]]:
    with open_sheets(path, count_known=HEADINGS.count_known, encoding=encoding) as sheets:
        return [(s.name, r.number, r.cells) for s in sheets for r in s.rows if any(r.cells)]


def failure(path: Path) -> SheetError:
    with pytest.raises(SheetError) as caught:
        rows_of(path)
    return caught.value


# --- OpenDocument -------------------------------------------------------------------------


def test_cells_of_an_opendocument_sheet_read_as_those_of_a_workbook(tmp_path):
    path = write_ods(
        tmp_path / "a.ods",
        sheet(
            "Sổ",
            HEAD,
            row(
                value("float", "12", "12"),
                value("float", "12", "0012"),
                value("float", "2.50", "2,5"),
                value("boolean", "true", "TRUE"),
                value("date", "1954-05-07", "07/05/1954"),
                value("date", "1954-01-01", "1954"),
                value("date", "1954-05-01", "05/1954"),
                value("date", "1954-05-07T17:30:00", "x"),
                value("percentage", "0.5", "50%"),
            ),
            row(text("hai", "dòng"), text('a<text:s text:c="3"/>b<text:line-break/>c')),
        ),
    )
    found = {number: cells for _sheet, number, cells in rows_of(path)}
    assert found[2] == (
        "12", "0012", "2.5", "TRUE", "1954-05-07", "1954", "1954-05", "1954-05-07T17:30:00", "0.5",
    )  # fmt: skip
    assert found[3] == ("hai\ndòng", "a   b\nc")


def test_repeated_and_empty_cells_and_rows_of_an_opendocument_keep_their_place(tmp_path):
    far = '<table:table-cell table:number-columns-repeated="16382"/>'
    path = write_ods(
        tmp_path / "a.ods",
        sheet(
            "a",
            HEAD,
            row(EMPTY, repeated=3),
            row(text("1"), EMPTY, text("x", repeated=2), far),
            row(text("2"), repeated=2),
            row('<table:table-cell table:number-columns-repeated="16384"/>', repeated=1048000),
        ),
    )
    assert [(number, cells) for _s, number, cells in rows_of(path)][1:] == [
        (5, ("1", "", "x", "x")),
        (6, ("2",)),
        (7, ("2",)),
    ]


def test_a_formula_without_its_value_and_a_failed_one_are_told_apart(tmp_path):
    unsaved = '<table:table-cell table:formula="of:=[.A1]"/>'
    failed = value("string", "", "Err:502", formula="of:=1/0")
    path = write_ods(tmp_path / "a.ods", sheet("a", HEAD, row(text("1"), unsaved, failed)))
    assert rows_of(path)[1][2] == ("1", NOT_CALCULATED, "#VALUE!")


def test_a_comment_on_a_cell_is_not_its_text(tmp_path):
    note = "<office:annotation><dc:date/><text:p>xem lại</text:p></office:annotation>"
    cell = text("Trống").replace("<text:p>", f"{note}<text:p>", 1)
    path = write_ods(tmp_path / "a.ods", sheet("a", HEAD, row(text("1"), cell)))
    assert rows_of(path)[1][2] == ("1", "Trống")


def test_hidden_sheets_and_columns_of_an_opendocument_are_told(museum):
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    one = row(text("1"), text("Một"))
    write_ods(
        museum.folder / "a.ods",
        sheet("Sổ", HEAD, one, columns=columns),
        sheet("Nháp", HEAD, row(text("2"), text("Hai")), is_hidden=True),
    )
    delivery = museum.read()
    assert [item.record.identifier for item in delivery.items] == ["1"]
    assert {"SHEET-hidden", "COLUMN-hidden"} <= museum.codes(delivery.findings)


def test_sheets_can_be_passed_over_without_reading_their_rows(tmp_path):
    sheets = [sheet(name, HEAD, *[row(text(f"{name}{n}")) for n in range(9)]) for name in "abc"]
    path = write_ods(tmp_path / "a.ods", *sheets)
    with open_sheets(path, count_known=HEADINGS.count_known) as opened:
        assert [(s.name, next(iter(s.rows)).number) for s in opened] == [
            ("a", 1), ("b", 1), ("c", 1),
        ]  # fmt: skip


def test_an_opendocument_with_entities_is_refused(tmp_path):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    assert failure(write_ods(tmp_path / "a.ods", sheet("a"), head=bomb)).code == "SHEET-unreadable"


def test_rows_said_to_repeat_a_million_times_are_refused(tmp_path):
    path = write_ods(
        tmp_path / "a.ods", sheet("a", HEAD, row(text("x", repeated=1000), repeated=1_000_000))
    )
    assert failure(path).code == "SHEET-too-large"


def test_a_protected_opendocument_says_so(tmp_path):
    parts = {"META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"}
    path = write_ods(tmp_path / "a.ods", sheet("a", HEAD), parts=parts)
    assert failure(path).code == "SHEET-encrypted"


def test_an_opendocument_beyond_the_limit_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(opendocument, "MAX_EXPANDED_BYTES", 2000)
    path = write_ods(tmp_path / "a.ods", sheet("a", HEAD, *[row(text("x"))] * 500))
    monkeypatch.setattr(zipfile.ZipFile, "read", None)
    assert failure(path).code == "SHEET-too-large"


@pytest.mark.parametrize("length", [10, 100, 300, -40, -1])
def test_a_truncated_opendocument_is_a_finding(tmp_path, length):
    path = write_ods(tmp_path / "a.ods", sheet("a", HEAD, row(text("1"), text("x"))))
    path.write_bytes(path.read_bytes()[:length])
    assert failure(path).code == "SHEET-unreadable"


def test_a_malformed_opendocument_is_a_finding(tmp_path):
    path = write_ods(tmp_path / "a.ods", "<table:table><oops")
    assert failure(path).code == "SHEET-unreadable"


def test_the_real_catalogue_reads_the_same_from_opendocument(museum):
    shutil.copy(DATA / "catalogue.csv", museum.folder)
    expected = [item.record for item in museum.read().items]
    with (DATA / "catalogue.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [
            row(*(text(*map(escape, cell.splitlines())) for cell in cells))
            for cells in csv.reader(file)
        ]
    (museum.folder / "catalogue.csv").unlink()
    write_ods(museum.folder / "catalogue.ods", sheet("So", *rows))
    assert len(expected) > 30
    assert [item.record for item in museum.read().items] == expected


def test_a_workbook_of_hidden_sheets_only_says_why_it_is_empty(museum):
    one = row(text("1"), text("Một"))
    write_ods(museum.folder / "a.ods", sheet("Nháp", HEAD, one, is_hidden=True))
    assert [f.code for f in museum.read().findings] == ["SHEET-hidden", "SHEET-empty"]


# --- old workbooks ------------------------------------------------------------------------


def test_an_old_workbook_is_read_with_its_rows_where_they_stand():
    found = [entry for entry in rows_of(DATA / "old.xls") if entry[0] == "Sổ hiện vật"]
    assert found[1:] == [
        ("Sổ hiện vật", 3, ("Số kiểm kê", "Tên gọi", "Niên đại", "Trọng lượng")),
        ("Sổ hiện vật", 4, ("BT.1", "Trống đồng Mường Thanh", "1954-05-07", "2.5")),
        ("Sổ hiện vật", 5, ("BT.2", "Khăn piêu", "thế kỷ XIX", "12")),
    ]


def test_a_hidden_sheet_of_an_old_workbook_is_left_out(museum):
    shutil.copy(DATA / "old.xls", museum.folder)
    delivery = museum.read()
    assert [item.record.identifier for item in delivery.items] == ["BT.1", "BT.2"]
    assert "SHEET-hidden" in museum.codes(delivery.findings)


@pytest.mark.parametrize("length", [8, 600, 2000, 4000, -1])
def test_a_damaged_old_workbook_is_a_finding(tmp_path, length):
    path = tmp_path / "old.xls"
    path.write_bytes((DATA / "old.xls").read_bytes()[:length])
    with suppress(SheetError):
        rows_of(path)


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 5000))
@example(b"\xff" * 64, 40)
def test_no_damage_to_an_old_workbook_raises_anything_but_a_sheet_error(
    tmp_path_factory, patch, at
):
    path = tmp_path_factory.getbasetemp() / "patched.xls"
    whole = (DATA / "old.xls").read_bytes()
    path.write_bytes(whole[: 8 + at] + patch + whole[8 + at + len(patch) :])
    with suppress(SheetError):
        rows_of(path)


# --- encodings ----------------------------------------------------------------------------

VIETNAMESE = "identifier,title\n1,Trống đồng Mường Thanh\n2,Khăn piêu của người Thái\n"


def in_1258(words: str) -> bytes:
    """Encode Vietnamese as Windows does: a letter with its mark, then the tone."""
    apart = unicodedata.normalize("NFD", words)
    for mark, letters in {"\u0302": "aeo", "\u0306": "a", "\u031b": "ou"}.items():
        for letter in letters + letters.upper():
            one = unicodedata.normalize("NFC", letter + mark)
            apart = apart.replace(letter + mark, one)
            for tone in "\u0300\u0301\u0303\u0309\u0323":
                apart = apart.replace(letter + tone + mark, one + tone)
    return apart.replace("đ", "đ").encode("cp1258")


def titles(museum) -> list[str]:
    return [item.record.title("vi") for item in museum.read().items]


def test_vietnamese_of_the_old_windows_code_page_is_recognised(museum):
    museum.file("a.csv", in_1258(VIETNAMESE))
    assert titles(museum) == ["Trống đồng Mường Thanh", "Khăn piêu của người Thái"]
    (finding,) = [f for f in museum.read().findings if f.code == "SHEET-encoding"]
    assert finding.values["encoding"] == "Windows-1258"


@pytest.mark.parametrize("words", ["Café à Paris, Sèvres", "Größe Übersee", "Ò ì Þór naïve"])
def test_western_text_is_not_taken_for_vietnamese(museum, words):
    museum.file("a.csv", f'identifier,title\n1,"{words}"\n'.encode("cp1252"))
    assert titles(museum) == [words]


def test_every_byte_of_a_legacy_font_survives_reading(museum):
    museum.file("a.csv", b"identifier,title\n1,Tr\xe8ng \xae\xe5ng \x81\x8d\n")
    assert (
        rows_of(museum.folder / "a.csv")[1][2][1].encode("latin-1")
        == b"Tr\xe8ng \xae\xe5ng \x81\x8d"
    )


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_read_and_told(museum, name):
    museum.file("a.csv", VIETNAMESE.encode(name))
    assert titles(museum)[0] == "Trống đồng Mường Thanh"
    assert "SHEET-encoding" in museum.codes(museum.read().findings)


@pytest.mark.parametrize("mark", [codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE])
def test_utf_32_with_its_mark_is_read(museum, mark):
    name = "utf-32-le" if mark == codecs.BOM_UTF32_LE else "utf-32-be"
    museum.file("a.csv", mark + VIETNAMESE.encode(name))
    assert titles(museum)[0] == "Trống đồng Mường Thanh"


def test_the_museum_may_say_the_encoding(museum):
    museum.file("a.csv", "identifier,title\n1,Музей\n".encode("cp1251"))
    assert rows_of(museum.folder / "a.csv", "cp1251")[1][2][1] == "Музей"


def test_a_byte_order_mark_comes_before_what_the_museum_says(museum):
    museum.csv(("identifier", "title"), ("1", "Điện"), encoding="utf-8-sig", name="a.csv")
    assert rows_of(museum.folder / "a.csv", "cp1258")[1][2][1] == "Điện"


def test_cells_may_stand_between_bars(museum):
    museum.csv(("identifier", "title"), ("1", "a;b,c"), separator="|")
    assert rows_of(museum.folder / "catalogue.csv")[1][2] == ("1", "a;b,c")


# --- workbooks ----------------------------------------------------------------------------


def test_dates_counted_from_1904_are_the_same_days(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["identifier", "date"])
    book.active.append(["1", datetime.date(1954, 5, 7)])
    book.save(tmp_path / "a.xlsx")
    assert rows_of(tmp_path / "a.xlsx")[1][2] == ("1", "1954-05-07")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("yyyy", "1954"),
        ("mm/yyyy", "1954-05"),
        ("mmm-yy", "1954-05"),
        ("dd/mm/yyyy", "1954-05-01"),
        ('"năm" yyyy', "1954"),
        ("[$-42A]yyyy", "1954"),
        ("d-m", "1954-05-01"),
    ],
)
def test_a_date_is_as_precise_as_the_sheet_shows_it(tmp_path, shown, expected):
    book = openpyxl.Workbook()
    book.active.append(["identifier", "date"])
    book.active.append(["1", datetime.date(1954, 5, 1)])
    book.active["B2"].number_format = shown
    book.save(tmp_path / "a.xlsx")
    assert rows_of(tmp_path / "a.xlsx")[1][2] == ("1", expected)


def test_a_formula_gives_its_saved_value_and_an_empty_text_is_one(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["identifier", "title", "note"])
    book.active.append(["1", "=A2", "=A3"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = "xl/worksheets/sheet1.xml"
    xml = parts[part].decode()
    for cell, saved in (("B2", "Một"), ("C2", "")):
        xml = re.sub(
            rf'<c r="{cell}">(<f>[^<]*</f>)<v ?(/>|></v>)',
            rf'<c r="{cell}" t="str">\1<v>{saved}</v>',
            xml,
        )
    parts[part] = xml.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert rows_of(path)[1][2] == ("1", "Một")


def test_rows_hidden_by_a_filter_are_read(museum):
    path = museum.xlsx({"a": [("identifier", "title"), ("1", "One"), ("2", "Two")]})
    book = openpyxl.load_workbook(path)
    book["a"].row_dimensions[3].hidden = True
    book.save(path)
    assert len(museum.read().items) == 2


@pytest.mark.parametrize("name", ["so.ods", "so.xlsx"])
def test_merged_title_rows_above_the_headings_are_passed_over(museum, name):
    if name.endswith("ods"):
        spanned = '<table:table-cell office:value-type="string" table:number-columns-spanned="2">'
        title = f"{spanned}<text:p>Sổ kiểm kê hiện vật</text:p></table:table-cell>"
        covered = "<table:covered-table-cell/>"
        one = row(text("1"), text("One"))
        write_ods(museum.folder / name, sheet("a", row(title, covered), row(EMPTY), HEAD, one))
    else:
        path = museum.xlsx(
            {"a": [("Sổ kiểm kê hiện vật",), (), ("Số kiểm kê", "Tên gọi"), ("1", "One")]}, name
        )
        book = openpyxl.load_workbook(path)
        book["a"].merge_cells("A1:D1")
        book.save(path)
    assert [(i.record.identifier, i.row) for i in museum.read().items] == [("1", 4)]
