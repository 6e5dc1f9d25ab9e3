"""Catalogues in legacy text as a museum delivers them: fonts, code pages, mixed columns."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from archive.config import Settings
from pipeline.intake import Delivery, read_delivery
from schemas.findings import Finding
from schemas.records import Record
from tests.intake.conftest import Museum
from tests.schemas.legacy_writing import write_legacy

HEADINGS = ("Số kiểm kê", "Tên gọi", "Chất liệu", "Nguồn gốc")
ROWS = (
    ("BT-001", "Trống đồng", "Đồng thau", "Người Thái ở Điện Biên"),
    ("BT-002", "Khăn piêu", "Vải bông, chỉ tơ tằm", "Sưu tầm năm 1987"),
    ("BT-003", "Cối giã gạo", "Gỗ", "Bản Mường Thanh"),
    ("BT-004", "Ấm đất nung", "Đất nung", "Đã lưu kho từ lâu"),
)


def legacy_csv(museum: Museum, charset: str, rows: Sequence[Sequence[str]] = ROWS) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([write_legacy(cell, charset) for cell in row] for row in (HEADINGS, *rows))
    museum.file("so.csv", text.getvalue().encode("latin-1"))


def font_book(museum: Museum, font: str, charset: str, rows: Sequence[Sequence[str]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append([write_legacy(cell, charset) for cell in row])
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.font = Font(name=font)
    book.save(museum.folder / "so.xlsx")


def read(museum: Museum, *, yes: bool = True, legacy_text: str = "ask") -> Delivery:
    return read_delivery(
        museum.folder,
        profile=museum.profile,
        settings=Settings(legacy_text=legacy_text),
        accept_text=(lambda _columns: True) if yes else None,
    )


def values(record: Record) -> list[str]:
    return [statement.value for statement in record.statements]


def all_values(delivery: Delivery) -> list[str]:
    return [value for item in delivery.items for value in values(item.record)]


def found(delivery: Delivery, code: str) -> list[Finding]:
    inside = [finding for item in delivery.items for finding in item.findings]
    return [finding for finding in (*delivery.findings, *inside) if finding.code == code]


def with_runs(path: Path, texts: Sequence[str]) -> None:
    """Make shared strings of the cells ``#0``, ``#1`` ... of a workbook, as Excel keeps runs."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part).decode() for part in archive.namelist()}
    strings = "".join(f"<si>{text}</si>" for text in texts)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{strings}</sst>'
    name = "xl/worksheets/sheet1.xml"
    inline = r't="inlineStr"><is><t>#(\d)</t></is>'
    parts[name] = re.sub(inline, r't="s"><v>\1</v>', parts[name])
    part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", part)
    link = f'<Relationship Id="rS" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace("</Relationships>", link + "</Relationships>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part_name, content in parts.items():
            archive.writestr(part_name, content)


EXPECTED = [value for row in ROWS for value in row[1:]]


@pytest.mark.parametrize("charset", ["tcvn3", "tcvn5712", "vni", "viscii", "cp1258"])
def test_csv_in_a_legacy_charset_is_read_as_the_museum_wrote_it(
    museum: Museum, charset: str
) -> None:
    legacy_csv(museum, charset)
    delivery = read(museum)
    assert sorted(all_values(delivery)) == sorted(EXPECTED)
    assert [item.record.identifier for item in delivery.items] == [row[0] for row in ROWS]
    rescued = found(delivery, "TEXT-legacy-rescued")
    # Windows-1258 is an encoding of its own: the file is read in it, and that is told.
    assert [finding.column for finding in rescued] == (
        [] if charset == "cp1258" else list(HEADINGS[1:])
    )
    (told,) = found(delivery, "SHEET-encoding")
    assert told.values["encoding"] == ("Windows-1258" if charset == "cp1258" else "Windows-1252")


def test_csv_in_viqr_is_read_as_the_museum_wrote_it(museum: Museum) -> None:
    legacy_csv(museum, "viqr")
    assert sorted(all_values(read(museum))) == sorted(EXPECTED)


def test_csv_in_utf16_needs_no_rescue(museum: Museum) -> None:
    museum.csv(HEADINGS, *ROWS, encoding="utf-16")
    delivery = read(museum, yes=False)
    assert sorted(all_values(delivery)) == sorted(EXPECTED)
    assert not [f for f in delivery.findings if f.code.startswith("TEXT")]


def test_western_csv_that_is_not_utf8_is_read_as_it_is(museum: Museum) -> None:
    rows = [("identifier", "title"), ("F-1", "Théière émaillée – “côté”"), ("F-2", "Où est l’âme")]
    museum.csv(*rows, encoding="cp1252")
    delivery = read(museum, yes=False)
    assert all_values(delivery) == [row[1] for row in rows[1:]]
    assert not found(delivery, "TEXT-legacy-found")


@pytest.mark.parametrize(
    ("font", "charset"), [(".VnTime", "tcvn3"), ("VNI-Times", "vni"), ("VPS Long An", "vps")]
)
def test_font_tells_how_a_workbook_was_written(museum: Museum, font: str, charset: str) -> None:
    font_book(museum, font, charset, (HEADINGS, *ROWS))
    delivery = read(museum)
    assert sorted(all_values(delivery)) == sorted(EXPECTED)
    assert font in found(delivery, "TEXT-legacy-rescued")[0].message("en")


def test_capitals_of_a_capital_font_become_capitals(museum: Museum) -> None:
    font_book(museum, ".VnTimeH", "tcvn3", (HEADINGS, *[map(str.lower, row) for row in ROWS]))
    assert sorted(all_values(read(museum))) == sorted(value.upper() for value in EXPECTED)


def test_runs_of_one_cell_are_read_by_their_own_fonts(museum: Museum) -> None:
    cells = [("Trống đồng", " Đông Sơn"), ("Khăn thêu", " của người Thái"), ("Gỗ", " và vải")]
    rows = [(f"BT-{n}", f"#{n}") for n in range(len(cells))]
    path = museum.xlsx({"So": [("Số kiểm kê", "Tên gọi"), *rows]})
    font = '<r><rPr><rFont val=".VnTime"/></rPr><t>'
    with_runs(
        path,
        [
            f'{font}{write_legacy(old, "tcvn3")}</t></r><r><t xml:space="preserve">{new}</t></r>'
            for old, new in cells
        ],
    )
    assert all_values(read(museum)) == [
        "Trống đồng Đông Sơn",
        "Khăn thêu của người Thái",
        "Gỗ và vải",
    ]


def test_unicode_cells_in_a_legacy_font_stay(museum: Museum) -> None:
    font_book(museum, ".VnTime", "utf-8", (HEADINGS, *ROWS))
    delivery = read(museum)
    assert sorted(all_values(delivery)) == sorted(EXPECTED)
    assert not found(delivery, "TEXT-legacy-rescued")


def test_unicode_cells_beside_legacy_cells_stay(museum: Museum) -> None:
    titles = [write_legacy(row[1], "tcvn3") for row in ROWS] + ["Cô gái Thái", "Bản đồ Điện Biên"]
    museum.csv(HEADINGS[:2], *[(f"B-{n}", title) for n, title in enumerate(titles)])
    delivery = read(museum)
    assert all_values(delivery) == [row[1] for row in ROWS] + titles[4:]
    doubtful = found(delivery, "TEXT-legacy-doubtful")
    assert [finding.row for finding in doubtful] == [6]


def test_signs_and_foreign_names_in_a_legacy_column_stay(museum: Museum) -> None:
    titles = [write_legacy(row[1], "tcvn3") for row in ROWS] + ["Khung 20 × 30 cm", "Musée Guimet"]
    museum.csv(HEADINGS[:2], *[(f"B-{n}", title) for n, title in enumerate(titles)])
    delivery = read(museum)
    assert all_values(delivery)[4:] == titles[4:]
    assert [finding.row for finding in found(delivery, "TEXT-legacy-doubtful")] == [7]


def test_original_of_each_changed_cell_is_kept(museum: Museum) -> None:
    legacy_csv(museum, "tcvn3")
    record = read(museum).items[0].record
    assert dict(record.originals)["Tên gọi"] == "Trèng ®ång"
    assert b'"originals"' in record.to_bytes()
    assert Record.from_json(record.to_json()) == record
    untouched = Record("A-1", record.statements)
    assert b"originals" not in untouched.to_bytes()


def test_without_agreement_rows_wait_and_nothing_is_converted(museum: Museum) -> None:
    rows = [*ROWS, ("BT-005", "Nam", "", "")]
    legacy_csv(museum, "tcvn3", rows)
    delivery = read(museum, yes=False)
    waiting = found(delivery, "TEXT-legacy-waits")
    assert [finding.row for finding in waiting] == [2, 3, 4, 5]
    assert len(found(delivery, "TEXT-legacy-found")) == 3
    assert "Trèng ®ång" in all_values(delivery)
    assert not delivery.items[-1].findings or "TEXT-legacy-waits" not in {
        finding.code for finding in delivery.items[-1].findings
    }


def test_setting_keep_takes_text_as_it_is(museum: Museum) -> None:
    legacy_csv(museum, "tcvn3")
    delivery = read(museum, yes=False, legacy_text="keep")
    assert "Trèng ®ång" in all_values(delivery)
    assert not [f for item in delivery.items for f in item.findings if f.code.startswith("TEXT")]


def test_setting_convert_needs_nobody(museum: Museum) -> None:
    legacy_csv(museum, "tcvn3")
    assert "Trống đồng" in all_values(read(museum, yes=False, legacy_text="convert"))


def test_one_row_is_enough_when_its_columns_agree(museum: Museum) -> None:
    legacy_csv(museum, "tcvn3", ROWS[:1])
    assert all_values(read(museum)) == list(ROWS[0][1:])


def test_names_of_scans_stay_as_they_are_on_the_disk(museum: Museum) -> None:
    names = [write_legacy(name, "tcvn3") + ".jpg" for name in ("trống", "khăn", "cối")]
    museum.scans(*names)
    rows = [(f"B-{n}", write_legacy(ROWS[n][1], "tcvn3"), name) for n, name in enumerate(names)]
    museum.csv(("Số kiểm kê", "Tên gọi", "Tệp ảnh"), *rows)
    delivery = read(museum)
    assert [item.scans[0].name for item in delivery.items] == names
    assert all_values(delivery) == [row[1] for row in ROWS[:3]]


def test_inventory_numbers_follow_their_sheet(museum: Museum) -> None:
    legacy_csv(museum, "tcvn3", [("ĐB-" + row[0], *row[1:]) for row in ROWS])
    identifiers = [item.record.identifier for item in read(museum).items]
    assert identifiers == ["ĐB-" + row[0] for row in ROWS]


def test_lost_letter_u_is_restored_where_certain_and_told_where_not(museum: Museum) -> None:
    titles = ["Nước", "Trường học", "Được tặng", "Người Thái", "Tượng gỗ"]
    lost = [write_legacy(title, "tcvn3").replace("\xad", "") for title in titles]
    museum.csv(HEADINGS[:2], *[(f"B-{n}", title) for n, title in enumerate(lost)])
    delivery = read(museum)
    assert all_values(delivery) == ["Nước", "Trường học", "Được tặng", "Ngời Thái", "Tượng gỗ"]
    assert len(found(delivery, "TEXT-lost-u")) == 1
    (lost_letter,) = found(delivery, "TEXT-lost-letter")
    assert "Ngời → Người?" in lost_letter.message("en")


def test_text_converted_twice_is_mended_where_certain(museum: Museum) -> None:
    titles = ["Cỏc hồ sơ", "Thỏp bằng gỗ", "Sỏch cổ", "Bỏt gốm khụng men", "Bản đồ"]
    museum.csv(HEADINGS[:2], *[(f"B-{n}", title) for n, title in enumerate(titles)])
    delivery = read(museum)
    mended = ["Các hồ sơ", "Tháp bằng gỗ", "Sách cổ", "Bát gốm khụng men", "Bản đồ"]
    assert all_values(delivery) == mended
    (doubtful,) = found(delivery, "TEXT-legacy-doubtful")
    assert (doubtful.row, "khụng → không?" in doubtful.message("en")) == (5, True)


def test_question_marks_inside_words_are_lost_letters(museum: Museum) -> None:
    museum.csv(HEADINGS[:2], ("B-1", "B?o tàng ?i?n Biên Ph?"), ("B-2", "Ai? Ở đâu?"))
    lost = found(read(museum), "TEXT-lost-letter")
    assert [finding.row for finding in lost] == [2]
