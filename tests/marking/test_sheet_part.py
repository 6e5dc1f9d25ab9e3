"""Cells get their style whatever the worksheet looks like, and no other byte moves."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.intake.columns import column_letter
from pipeline.marking.comments_part import Comments, draw_boxes
from pipeline.marking.sheet_part import scan_sheet, write_sheet

NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
cells = st.tuples(st.integers(1, 6), st.integers(0, 30))


def sheet_xml(present: set[tuple[int, int]], rows: set[int], prefix: str, *, named: bool) -> bytes:
    lines = []
    for row in sorted(rows | {row for row, _column in present}):
        columns = sorted(column for r, column in present if r == row)
        inside = "".join(
            f'<{prefix}c r="{column_letter(c)}{row}"><{prefix}v>&lt;</{prefix}v></{prefix}c>'
            for c in columns
        )
        place = f' r="{row}"' if named else ""
        end = f">{inside}</{prefix}row>" if inside else "/>"
        lines.append(f'<{prefix}row{place} spans="1:3"{end}')
    colon = f":{prefix[:-1]}" if prefix else ""
    return (
        f'<?xml version="1.0"?><{prefix}worksheet xmlns{colon}="{NS}"><{prefix}sheetData>'
        f"{''.join(lines)}</{prefix}sheetData><{prefix}pageMargins/>"
        f"<{prefix}extLst/></{prefix}worksheet>"
    ).encode()


@given(st.sets(cells), st.sets(st.integers(1, 6)), st.sets(cells), st.sampled_from(("", "x:")))
def test_every_wanted_cell_in_a_row_that_is_there_gets_its_style(
    present: set[tuple[int, int]], rows: set[int], wanted: set[tuple[int, int]], prefix: str
) -> None:
    data = sheet_xml(present, rows, prefix, named=True)
    result = write_sheet(scan_sheet(data, wanted), lambda cell: 7, wanted, "rId9")
    root = etree.fromstring(result)
    all_rows = rows | {row for row, _column in present}
    styled = {c.get("r") for c in root.iter(f"{{{NS}}}c") if c.get("s") == "7"}
    assert styled == {f"{column_letter(c)}{r}" for r, c in wanted if r in all_rows}
    for row in root.iter(f"{{{NS}}}row"):
        order = [re.sub(r"\d", "", cell.get("r", "")) for cell in row]
        assert order == sorted(order, key=lambda letters: (len(letters), letters))
    names = [etree.QName(child).localname for child in root]
    assert names == ["sheetData", "pageMargins", "legacyDrawing", "extLst"]


@given(st.sets(cells))
def test_a_sheet_without_wanted_cells_keeps_every_byte(present: set[tuple[int, int]]) -> None:
    data = sheet_xml(present, set(), "", named=True)
    assert write_sheet(scan_sheet(data, ()), lambda cell: 1, (), "") == data


def test_rows_and_cells_without_numbers_are_counted() -> None:
    data = (
        f'<worksheet xmlns="{NS}"><sheetData><row><c s="3"/><c/></row><row><c/></row>'
        "</sheetData></worksheet>"
    ).encode()
    scan = scan_sheet(data, {(1, 0), (2, 1)})
    assert scan.style((1, 0)) == 3
    result = write_sheet(scan, lambda cell: 8, {(1, 0), (2, 1)}, "")
    assert b'<c s="8"/><c/></row><row><c/><c r="B2" s="8"/></row>' in result


def test_a_worksheet_in_utf_16_is_read() -> None:
    text = (
        f'<worksheet xmlns="{NS}"><sheetData><row r="1"><c r="A1"/></row></sheetData></worksheet>'
    )
    scan = scan_sheet(text.encode("utf-16"), {(1, 0)})
    assert b'<c r="A1" s="2"/>' in write_sheet(scan, lambda cell: 2, {(1, 0)}, "")


def test_boxes_of_people_stay_when_ours_are_taken_out() -> None:
    theirs = draw_boxes(None, gone=set(), texts={(3, 1): "của chị Lan"})
    both = draw_boxes(theirs, gone=set(), texts={(4, 2): "ours"})
    assert draw_boxes(both, gone={(4, 2)}, texts={}) == theirs


@given(st.dictionaries(cells, st.text(min_size=1, max_size=60), max_size=8))
def test_comments_can_be_written_and_taken_out_again(texts: dict[tuple[int, int], str]) -> None:
    comments = Comments(None)
    assert comments.add(texts) == set(texts)
    again = Comments(comments.to_bytes())
    assert again.take_out_ours() == set(texts)
    assert again.is_empty
