"""Rows as a workbook, by openpyxl: every cell is text, whatever it looks like."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from typing import IO, Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from schemas.cells import cut_cell, quote_cell
from schemas.messages import _
from schemas.xml import xml_text

_TEXT_FORMAT = "@"
_WIDTH = 24


def write_book(book: IO[bytes], spool: IO[str], headings: Sequence[str]) -> None:
    """Write rows as a workbook of one sheet; ``spool`` has a JSON object of text on each line."""
    with closing(openpyxl.Workbook(write_only=True)) as workbook:
        sheet: Any = workbook.create_sheet(_("Records"))
        sheet.freeze_panes = "A2"
        for number in range(1, len(headings) + 1):
            letter = get_column_letter(number)
            sheet.column_dimensions[letter].width = _WIDTH
        sheet.append([_cell(sheet, heading, is_heading=True) for heading in headings])
        for line in spool:
            cells = json.loads(line)
            sheet.append([_cell(sheet, cells.get(heading, "")) for heading in headings])
        workbook.save(book)


def _cell(sheet: Any, text: str, *, is_heading: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, cut_cell(xml_text(text)))
    cell.data_type = "s"
    cell.number_format = _TEXT_FORMAT
    if quote_cell(text) != text:
        cell.quotePrefix = True
    if is_heading:
        cell.font = Font(bold=True)
    return cell
