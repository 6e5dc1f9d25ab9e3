"""CSV and XLSX files as rows."""

from __future__ import annotations

import csv
import datetime
import io
import random
import re
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake.columns import Headings
from pipeline.intake.delimited import detect_separator
from pipeline.intake.sheet import open_sheets
from pipeline.intake.table import SheetError
from schemas.profile import parse_profile, shipped_profile_text

PROFILE = parse_profile(shipped_profile_text("museum"))
HEADINGS = Headings(PROFILE)
TABLE = [
    ("Số kiểm kê", "Tên gọi", "Mô tả"),
    ("BTĐB 01", "Trống đồng", "Cao 3,5 cm; nặng\nhai dòng"),
    ("BTĐB 02", "Áo; khăn, váy", ""),
]


def read(path: Path) -> list[tuple[str, int, tuple[str, ...]]]:
    with open_sheets(path, count_known=HEADINGS.count_known) as sheets:
        return [(sheet.name, row.number, row.cells) for sheet in sheets for row in sheet.rows]


def rows_of(path: Path) -> list[tuple[str, ...]]:
    return [cells for _sheet, _number, cells in read(path)]


def failure(path: Path) -> SheetError:
    with pytest.raises(SheetError) as caught:
        read(path)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_encoding_and_separator_gives_the_same_rows(museum, encoding, separator):
    path = museum.csv(*TABLE, separator=separator, encoding=encoding)
    if encoding in ("utf-16-le", "utf-16-be"):
        path.write_bytes("\ufeff".encode(encoding) + path.read_bytes())
    assert rows_of(path) == TABLE


def test_rows_are_numbered_as_excel_shows_them(museum):
    path = museum.file("a.csv", b'identifier,title\r\n1,"two\r\nlines"\r\n\r\n3,three\r\n')
    assert [(number, cells) for _sheet, number, cells in read(path)] == [
        (1, ("identifier", "title")),
        (2, ("1", "two\r\nlines")),
        (3, ()),
        (4, ("3", "three")),
    ]


def test_a_declared_separator_is_obeyed_and_is_no_row(museum):
    path = museum.file("a.csv", b"sep=|\r\nidentifier|title\r\n1|a;b,c\r\n")
    assert read(path)[0] == ("", 1, ("identifier", "title"))


def test_separator_is_found_where_cells_hold_more_of_the_others():
    sample = "identifier,title,files\n" + "1,a,x;y;z;w\n" * 50
    assert detect_separator(sample, count_known=HEADINGS.count_known) == ","
    sample = "identifier;title\n" + "1;vase, blue, old\n" * 50
    assert detect_separator(sample, count_known=HEADINGS.count_known) == ";"


def test_separator_of_unknown_headings_is_the_one_that_cuts_evenly():
    sample = "a;b;c\n1;2,5;3\n1;2;3\n"
    assert detect_separator(sample, count_known=HEADINGS.count_known) == ";"


@given(
    st.sampled_from(";,\t"),
    st.lists(
        st.tuples(st.text("ab;,\t\n\"' é", max_size=8), st.text('ab;,\t\n" ế', max_size=8)),
        max_size=6,
    ),
)
def test_separator_is_found_whatever_the_cells_hold(separator, rows):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerows([("identifier", "title", "files"), *((a, b, "x") for a, b in rows)])
    found = detect_separator(text.getvalue(), count_known=HEADINGS.count_known)
    assert found == separator


def test_a_quote_that_is_never_closed_is_told_with_its_row(museum):
    path = museum.file("a.csv", b'identifier,title\n1,a\n2,"b\n3,c\n4,d\n')
    error = failure(path)
    assert (error.code, error.row) == ("SHEET-unreadable", 3)


@pytest.mark.parametrize(
    "content",
    [
        b"\0\1\2\3",
        "identifier,title\n1,Điện Biên, Mường Thanh\n".encode() * 9 + b"2,\xff\n",
        b"\xef\xbb\xbfidentifier,title\n1,\xff\n",
    ],
)
def test_what_is_no_text_or_damaged_text_is_refused(museum, content):
    assert failure(museum.file("a.csv", content)).code == "SHEET-unreadable"


def test_cells_of_a_workbook_read_as_the_spreadsheet_shows_them(museum):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["identifier", "title"])
    sheet.append([12, 12.0, 0.1 + 0.2, True, datetime.date(1954, 5, 7), "1801-01-01"])
    sheet.append(
        [
            None,
            datetime.datetime.fromisoformat("1954-05-07T17:30"),
            datetime.time(17, 30),
            "a_x000D_\nb",
        ]
    )
    sheet.cell(5, 1, 12).number_format = "0000"
    sheet.sheet_state = "visible"
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True
    book.create_sheet("ẩn").append(["hidden"])
    book["ẩn"].sheet_state = "hidden"
    path = museum.folder / "a.xlsx"
    book.save(path)
    found = {(sheet, number): cells for sheet, number, cells in read(path)}
    assert found["Sheet", 2] == ("12", "12", "0.3", "TRUE", "1954-05-07", "1801-01-01")
    assert found["Sheet", 3][1:] == ("1954-05-07T17:30:00", "17:30:00", "a\nb")
    assert found["Sheet", 5][0] == "0012"
    assert found["ẩn", 1] == ("hidden",)


def test_empty_rows_of_a_workbook_keep_their_number(museum):
    path = museum.xlsx({"a": [["identifier"], [], [], ["4"]]})
    assert read(path)[-1] == ("a", 4, ("4",))


def test_a_workbook_with_a_wrong_dimension_is_read_whole(museum):
    path = museum.xlsx({"a": [["identifier", "title"], ["1", "x"], ["2", "y"]]})
    edit(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'ref="A1:B3"', b'ref="A1"'))
    assert rows_of(path)[-1] == ("2", "y")


def test_the_format_is_known_by_content_not_by_extension(museum):
    workbook = museum.xlsx({"a": TABLE})
    shutil.move(workbook, museum.folder / "workbook.csv")
    text = museum.csv(*TABLE, name="text.xlsx")
    assert rows_of(museum.folder / "workbook.csv")[1][0] == "BTĐB 01"
    assert rows_of(text) == TABLE


def test_a_protected_workbook_says_so(museum):
    package = "EncryptedPackage".encode("utf-16-le")
    path = museum.file("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + package)
    assert failure(path).code == "SHEET-encrypted"


def edit(path: Path, part: str, change) -> None:
    """Rewrite one part of a ZIP file."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
)


@pytest.mark.parametrize(
    "content",
    [
        BOMB.encode(),
        b'<?xml version="1.0"?><!--' + b"-" * 3_000_00 + b"-->" + BOMB.encode(),
        BOMB.encode("utf-16"),
        BOMB.encode("utf-16-be"),
        b'<?xml version="1.0" encoding="UTF-7"?>+ADw-!DOCTYPE x+AD4-',
        '<?xml version="1.0"?><x/>'.encode("cp037"),
    ],
)
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/media/image1.png"]
)
def test_a_part_with_entities_never_reaches_an_xml_parser(museum, content, part, monkeypatch):
    path = museum.xlsx({"a": TABLE})
    edit(path, part, lambda _old: content)
    monkeypatch.setattr(openpyxl, "load_workbook", None)
    error = failure(path)
    assert error.code == "SHEET-unreadable"
    assert part in str(error)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(museum, monkeypatch):
    path = museum.xlsx({"a": TABLE})
    edit(path, "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * 40_000_000)
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    assert "41 MB" in str(failure(path))


def test_a_workbook_full_of_photographs_is_no_bomb(museum):
    path = museum.xlsx({"a": TABLE})
    edit(path, "xl/media/image1.jpeg", lambda _old: random.Random(1).randbytes(3_000_000))
    assert len(rows_of(path)) == 3


@pytest.mark.parametrize("length", [10, 100, 1000, -40, -1])
def test_a_truncated_workbook_is_a_finding(museum, length):
    path = museum.xlsx({"a": TABLE})
    path.write_bytes(path.read_bytes()[:length])
    assert failure(path).code == "SHEET-unreadable"


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"),
        ("xl/workbook.xml", b"<workbook/>"),
        ("[Content_Types].xml", b"no xml"),
        ("xl/styles.xml", b"<styleSheet><cellXfs><xf numFmtId='x'/></cellXfs></styleSheet>"),
    ],
)
def test_a_malformed_part_is_a_finding(museum, part, content):
    path = museum.xlsx({"a": TABLE})
    edit(path, part, lambda _old: content)
    assert failure(path).code == "SHEET-unreadable"


SHARED_STRINGS = """<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<si><t>identifier</t></si><si><r><t>Trống </t></r><r><rPr><b/></rPr><t>đồng</t></r></si></sst>"""


def share_strings(path: Path, strings: bytes) -> None:
    """Keep the strings of a workbook in a table of their own, as Excel does."""
    edit(path, "xl/sharedStrings.xml", lambda _old: strings)
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
    edit(path, "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", override))
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>' % (n, n, n - 1) for n in (1, 2)
    )
    edit(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(
            b"(?s)<sheetData>.*</sheetData>", b"<sheetData>" + rows + b"</sheetData>", xml
        ),
    )


def test_strings_of_several_fonts_in_a_shared_table_are_read(museum):
    path = museum.xlsx({"a": TABLE})
    share_strings(path, SHARED_STRINGS.encode())
    assert rows_of(path) == [("identifier",), ("Trống đồng",)]


def test_a_shared_table_without_the_string_asked_for_is_a_finding(museum):
    path = museum.xlsx({"a": TABLE})
    share_strings(
        path,
        SHARED_STRINGS.replace("<si><t>", "<no><t>", 1)
        .replace("</t></si>", "</t></no>", 1)
        .encode(),
    )
    assert failure(path).code == "SHEET-unreadable"


def test_a_cell_far_outside_is_refused_rather_than_filled_up_to(museum):
    path = museum.xlsx({"a": [row[:2] for row in TABLE]})
    edit(path, "xl/worksheets/sheet1.xml", lambda x: x.replace(b'r="B3"', b'r="XFD3"'))
    assert "row 3" in str(failure(path))
    edit(path, "xl/worksheets/sheet1.xml", lambda x: x.replace(b'<row r="3"', b'<row r="99999999"'))
    assert failure(path).code == "SHEET-unreadable"


def test_a_zip_of_something_else_is_refused(museum):
    path = museum.folder / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "no workbook" in str(failure(path))


@given(st.binary(max_size=400))
def test_no_bytes_at_all_raise_anything_but_a_sheet_error(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    for start in (b"", b"PK\x03\x04"):
        path.write_bytes(start + content)
        with suppress(SheetError):
            read(path)
