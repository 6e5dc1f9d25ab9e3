"""A checked workbook comes back with its findings on its cells, and nothing else changed."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as SheetImage
from openpyxl.styles import Font, PatternFill
from PIL import Image

from pipeline.marking.index_part import index_sheets, index_xml
from pipeline.marking.place import Mark
from schemas.findings import Finding, Severity
from tests.conftest import Run
from tests.intake import spreadsheets

HEADINGS = ("Số kiểm kê", "Tên gọi", "Mức truy cập", "Ghi chú", "Tệp ảnh")
ERROR, WARNING = "FFFFC7CE", "FFFFEB9C"
COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """Five rows: fine, without title, with a strange access level, without scan, with a note."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for name, colour in zip("abc", ("red", "green", "blue"), strict=True):
        Image.new("RGB", (64, 48), colour).save(folder / f"{name}.jpg")
    Image.new("RGB", (64, 48), "black").save(folder / "nobody.jpg")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sổ 'A'"
    sheet.append(("SỔ KIỂM KÊ",))
    sheet.merge_cells("A1:E1")
    sheet.append(HEADINGS)
    sheet.append(("BT-1", "Khèn", "", "=1+1", "a.jpg"))
    sheet.append(("BT-2", None, "", "", "b.jpg"))
    sheet.append(("BT-3", "Chiêng", "bí mật", "", "c.jpg"))
    sheet.append(("BT-4", "Trống", "", "", ""))
    sheet["A3"].font = Font(bold=True, color="FF336699")
    sheet["C5"].font = Font(italic=True)
    sheet["C5"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet["B6"].comment = Comment("Hỏi lại anh Páo", "Chị Lan")
    sheet["E6"].comment = Comment("Đã gửi đi quét", "Chị Lan")
    sheet.column_dimensions["D"].hidden = True
    sheet.add_image(SheetImage(io.BytesIO((folder / "a.jpg").read_bytes())), "G2")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=1, min_row=2, max_row=5))
    book.create_sheet("Biểu đồ").add_chart(chart, "A1")
    book.save(folder / "Sổ hiện vật.xlsx")
    return folder


def check(run: Run, delivery: Path, target: Path, code: int = 10) -> Path:
    ran = run("check", delivery, "--marked", target)
    assert ran.code == code, ran
    assert str(target) in ran.out
    return target


def marked_cells(path: Path, sheet: str = "Sổ 'A'") -> dict[str, str]:
    book = openpyxl.load_workbook(path)
    cells = (cell for row in book[sheet].iter_rows() for cell in row)
    return {
        cell.coordinate: cell.fill.fgColor.rgb
        for cell in cells
        if cell.fill.fgColor.rgb in (ERROR, WARNING)
    }


def test_each_wrong_cell_has_its_colour_and_a_comment_in_both_languages(
    run: Run, delivery: Path, tmp_path: Path
) -> None:
    marked = check(run, delivery, tmp_path / "marked.xlsx")
    cells = marked_cells(marked)
    assert cells["B4"] == cells["C5"] == ERROR
    assert cells["E6"] == WARNING
    sheet = openpyxl.load_workbook(marked)["Sổ 'A'"]
    text = sheet["B4"].comment.text
    assert "The row has no title." in text
    assert "Dòng" in text
    assert "Đã gửi đi quét" in sheet["E6"].comment.text
    assert "No scan was found" in sheet["E6"].comment.text
    assert sheet["B6"].comment.text == "Hỏi lại anh Páo"
    assert sheet["C5"].font.italic


def test_the_index_links_to_each_cell_and_lists_what_has_no_partner(
    run: Run, delivery: Path, tmp_path: Path
) -> None:
    marked = check(run, delivery, tmp_path / "marked.xlsx")
    book = openpyxl.load_workbook(marked)
    assert book.sheetnames[:2] == ["Sổ 'A'", "Biểu đồ"]
    assert book.sheetnames[2:] == [
        "Hoa Ban – Findings",
        "Hoa Ban – Without a scan",
        "Hoa Ban – Without a row",
    ]
    findings = book["Hoa Ban – Findings"]
    rows = {row[1].value: row for row in findings.iter_rows(min_row=2)}
    place = rows["ROW-no-title"][3]
    assert place.value == "B4"
    assert place.hyperlink.location == "'Sổ ''A'''!B4"
    assert book["Hoa Ban – Without a row"]["C2"].value == "nobody.jpg"
    assert findings.freeze_panes == "A2"


def test_nothing_else_in_the_file_changes(run: Run, delivery: Path, tmp_path: Path) -> None:
    original = delivery / "Sổ hiện vật.xlsx"
    before = original.read_bytes()
    marked = check(run, delivery, tmp_path / "marked.xlsx")
    assert original.read_bytes() == before
    with zipfile.ZipFile(original) as old, zipfile.ZipFile(marked) as new:
        changed = {n for n in old.namelist() if old.read(n) != new.read(n)}
        assert changed <= {
            "[Content_Types].xml",
            "xl/workbook.xml",
            "xl/_rels/workbook.xml.rels",
            "xl/styles.xml",
            "xl/worksheets/sheet1.xml",
            "xl/comments/comment1.xml",
            "xl/drawings/commentsDrawing1.vml",
            "xl/worksheets/_rels/sheet1.xml.rels",
        }
        assert any("chart" in n for n in old.namelist() if n not in changed)
        assert any("media" in n for n in old.namelist() if n not in changed)
    old_sheet, new_sheet = (openpyxl.load_workbook(p)["Sổ 'A'"] for p in (original, marked))
    for row in old_sheet.iter_rows():
        for cell in row:
            other = new_sheet[cell.coordinate]
            assert other.value == cell.value
            assert repr(other.font) == repr(cell.font)
            if cell.coordinate not in marked_cells(marked):
                assert repr(other.fill) == repr(cell.fill)
    assert new_sheet.column_dimensions["D"].hidden
    assert new_sheet.merged_cells.ranges == old_sheet.merged_cells.ranges


def test_the_mended_copy_is_a_catalogue_again_and_loses_its_marks(
    run: Run, delivery: Path, tmp_path: Path
) -> None:
    original = delivery / "Sổ hiện vật.xlsx"
    marked = check(run, delivery, tmp_path / "marked.xlsx")
    book = openpyxl.load_workbook(marked)
    sheet = book["Sổ 'A'"]
    sheet["B4"], sheet["C5"] = "Đàn môi", "hạn chế"
    book.save(original)
    again = check(run, delivery, tmp_path / "again.xlsx", code=0)
    # A formula that no program has calculated is told of, too.
    assert set(marked_cells(again)) == {"D3", "E6"}
    sheet = openpyxl.load_workbook(again)["Sổ 'A'"]
    assert sheet["B4"].comment is None
    assert sheet["E6"].comment.text.count("Hoa Ban") == 1
    assert sheet["E6"].comment.text.startswith("Đã gửi đi quét")
    names = openpyxl.load_workbook(again).sheetnames
    assert names.count("Hoa Ban – Findings") == 1


def test_marking_twice_gives_the_same_marks(run: Run, delivery: Path, tmp_path: Path) -> None:
    marked = check(run, delivery, tmp_path / "marked.xlsx")
    first = marked_cells(marked)
    shutil.copy(marked, delivery / "Sổ hiện vật.xlsx")
    again = check(run, delivery, tmp_path / "again.xlsx")
    assert marked_cells(again) == first
    with zipfile.ZipFile(again) as archive:
        assert len(archive.namelist()) == len(set(archive.namelist()))


@pytest.mark.parametrize("name", ["Sổ hiện vật.xlsx", "a.jpg", "mended.xlsx"])
def test_nothing_that_is_there_is_ever_overwritten(run: Run, delivery: Path, name: str) -> None:
    """Neither the catalogue, nor a scan, nor a copy that somebody has mended meanwhile."""
    (delivery / "mended.xlsx").write_bytes(b"hours of work")
    before = (delivery / name).read_bytes()
    catalogue = delivery / "Sổ hiện vật.xlsx"
    ran = run("check", delivery, "--catalogue", catalogue, "--marked", delivery / name)
    assert ran.code == 9, ran
    assert "another name" in ran.err
    assert (delivery / name).read_bytes() == before


def test_the_copy_needs_the_ending_of_a_workbook(run: Run, delivery: Path, tmp_path: Path) -> None:
    ran = run("check", delivery, "--marked", tmp_path / "marked.pdf")
    assert ran.code == 4, ran
    assert "Sổ hiện vật.checked.xlsx" in ran.err
    assert list(tmp_path.glob("*marked*")) == []


def test_a_missing_folder_is_made(run: Run, delivery: Path, tmp_path: Path) -> None:
    check(run, delivery, tmp_path / "new" / "marked.xlsx")
    assert (tmp_path / "new" / "marked.xlsx").is_file()


def test_an_opendocument_catalogue_gets_a_list(run: Run, delivery: Path, tmp_path: Path) -> None:
    (delivery / "Sổ hiện vật.xlsx").unlink()
    rows = (("Số kiểm kê", "Tên gọi", "Tệp ảnh"), ("BT-1", "", "a.jpg"))
    lines = (spreadsheets.row(*(spreadsheets.text(cell) for cell in row)) for row in rows)
    spreadsheets.write_ods(delivery / "so.ods", spreadsheets.sheet("Sổ", *lines))
    assert '--marked "so.checked.csv"' in run("check", delivery).out
    target = check(run, delivery, tmp_path / "findings.csv")
    found = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig"))))
    assert {row["Code"]: row["Cell"] for row in found}["ROW-no-title"] == "B2"


def test_a_hint_tells_of_the_marked_copy(run: Run, delivery: Path) -> None:
    assert '--marked "Sổ hiện vật.checked.xlsx"' in run("check", delivery).out


def test_a_csv_catalogue_gets_a_list_that_runs_no_formula(
    run: Run, delivery: Path, tmp_path: Path
) -> None:
    (delivery / "Sổ hiện vật.xlsx").unlink()
    text = "Số kiểm kê;Tên gọi;=HYPERLINK(0);Tệp ảnh\nBT-1;;x;a.jpg\n"
    (delivery / "so.csv").write_text(text, encoding="utf-8")
    target = check(run, delivery, tmp_path / "findings.csv")
    data = target.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    by_code = {row["Code"]: row for row in rows}
    assert by_code["ROW-no-title"]["Cell"] == "B2"
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


def test_an_unreadable_workbook_is_told_and_no_copy_is_left(
    run: Run, delivery: Path, tmp_path: Path
) -> None:
    original = delivery / "Sổ hiện vật.xlsx"
    original.write_bytes(original.read_bytes()[:2000])
    ran = run("check", delivery, "--marked", tmp_path / "marked.xlsx")
    assert ran.code != 0
    assert not (tmp_path / "marked.xlsx").exists()
    assert list(tmp_path.glob(".*.tmp")) == []


def test_an_index_has_no_more_links_than_a_program_opens() -> None:
    """Excel takes out all links of a sheet that has more than 65,530."""
    findings = (Finding("ROW-no-title", sheet="A&B", row=n) for n in range(2, 70_000))
    marks = [Mark(finding, finding.sheet, finding.row or 0, 1) for finding in findings]
    (sheet,) = index_sheets(marks)
    part = index_xml(sheet, style=0, bold=0, colours=dict.fromkeys(Severity, 0))
    assert part.count(b"<hyperlink ") == 65_530
    assert part.count(b"<row ") == len(marks) + 1
    assert b"location=\"'A&amp;B'!B2\"" in part


def test_columns_that_the_settings_name_are_marked_too(
    run: Run, delivery: Path, tmp_path: Path
) -> None:
    catalogue = delivery / "Sổ hiện vật.xlsx"
    book = openpyxl.load_workbook(catalogue)
    for place, heading in enumerate(("Ký mã", "Diễn tả", "Ai xem", "Gì đó", "Hình"), start=1):
        book.worksheets[0].cell(2, place).value = heading
    book.save(catalogue)
    maps = ("Ký mã=identifier", "Diễn tả=title", "Ai xem=access", "Gì đó=note", "Hình=files")
    words = [word for one in maps for word in ("--map", one)]
    target = tmp_path / "marked.xlsx"
    assert run("check", delivery, *words, "--marked", target).code == 10
    cells = marked_cells(target)
    assert cells["B4"] == cells["C5"] == ERROR
