"""The workbook: the cells of the CSV export, nothing of it runs, the same bytes again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.export import FORMATS, ExportContext
from archive.export import xlsx as xlsx_module
from schemas.cells import LONGEST_CELL, unquote_cell
from schemas.dublincore import Statement
from schemas.errors import SourceError
from schemas.profile import parse_profile, shipped_profile_text
from schemas.records import Record
from schemas.xml import xml_text
from tests.export.conftest import AT, StandIn

Make = Callable[..., Any]
export_xlsx = FORMATS["xlsx"].write


def rows_of(path: Path) -> list[list[Any]]:
    book = openpyxl.load_workbook(path)
    (sheet,) = book.worksheets
    return [list(row) for row in sheet.iter_rows()]


def texts_of(path: Path) -> list[list[str]]:
    return [[cell.value or "" for cell in row] for row in rows_of(path)]


def test_the_cells_are_those_of_the_csv_export(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    items = [
        make_item(
            "0012",
            Statement("title", "Khăn piêu", "vi", field="title"),
            Statement("title", "Scarf", "en", field="title"),
            Statement("created", "3/4/1954", "vi", field="date"),
            masters={"a.tif": b"a"},
        ),
        make_item("BT.2", Statement("title", "=1+1\ndòng hai", "vi", field="title")),
    ]
    report = export_xlsx(iter(items), tmp_path / "out.xlsx", context)
    FORMATS["csv"].write(items, tmp_path / "out.csv", context)
    text = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    table = list(csv.reader(io.StringIO(text.replace("\r\n", "\n"), newline="")))
    expected = [[unquote_cell(cell) for cell in row] for row in table]
    assert texts_of(tmp_path / "out.xlsx") == expected
    assert (report.items, report.findings) == (2, ())
    for row in rows_of(tmp_path / "out.xlsx"):
        for cell in row:
            assert cell.value is None or cell.data_type in ("s", "inlineStr")


@pytest.mark.parametrize("text", ["=1+1", "+84", "-5", "@SUM(A1)", '=HYPERLINK("http://x")', "＝1"])
def test_a_text_that_looks_like_a_formula_is_a_quoted_text(
    text: str, make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    item = make_item("BT.1", Statement("title", text, "vi", field="title"))
    export_xlsx([item], tmp_path / "out.xlsx", context)
    headings, cells = rows_of(tmp_path / "out.xlsx")
    (cell,) = (c for h, c in zip(headings, cells, strict=True) if h.value == "title@vi")
    assert (cell.value, cell.quotePrefix) == (text, True)
    assert cell.data_type in ("s", "inlineStr")


def test_the_same_export_twice_is_the_same_bytes(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    item = make_item()
    for name in ("one.xlsx", "two.xlsx"):
        export_xlsx([item], tmp_path / name, context)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    book = openpyxl.load_workbook(tmp_path / "one.xlsx")
    assert str(book.properties.modified).startswith("2026-11-21 08:30:00")


def test_a_text_too_long_for_a_cell_is_cut_and_told(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    """EXPORT-cell-cut."""
    item = make_item("BT.1", Statement("title", "ă" * (LONGEST_CELL + 1), "vi", field="title"))
    report = export_xlsx([item], tmp_path / "out.xlsx", context)
    (finding,) = report.findings
    assert (finding.code, finding.item_id, finding.column) == (
        "EXPORT-cell-cut",
        "bt-1",
        "title@vi",
    )
    assert "'BT.1'" in finding.message()
    assert not report.is_partial
    longest = max(len(text) for row in texts_of(tmp_path / "out.xlsx") for text in row)
    assert longest == LONGEST_CELL


def test_more_items_than_a_sheet_has_rows_are_refused(
    make_item: Make, context: ExportContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_module, "MOST_ROWS", 2)
    items = [make_item("BT.1"), make_item("BT.2")]
    with pytest.raises(SourceError, match=r"room for 1 items.*csv"):
        export_xlsx(items, tmp_path / "out.xlsx", context)
    assert not (tmp_path / "out.xlsx").exists()


@settings(max_examples=40)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_every_text_comes_back_as_it_was_but_for_what_xml_cannot_hold(text: str) -> None:
    context = ExportContext(parse_profile(shipped_profile_text("museum")), AT)
    record = Record("BT.1", (Statement("title", text, "vi", field="title"),))
    with TemporaryDirectory() as folder:
        out = Path(folder, "out.xlsx")
        export_xlsx([StandIn("bt-1", record)], out, context)
        headings, cells = texts_of(out)
    found = dict(zip(headings, cells, strict=True))["title@vi"]
    assert found == xml_text(text)
