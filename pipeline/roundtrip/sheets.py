"""The sheet that goes out to be edited and comes back: XLSX or CSV.

Row 1 of an XLSX says what each column is in people's words, row 2 its exact name; a CSV has the
exact names only. The first two columns say which item a row is and which version of it went out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill, Protection

from archive.export.target import new_path
from pipeline.intake.columns import column_letter
from pipeline.intake.sheet import open_sheets
from pipeline.intake.table import Row
from schemas.cells import cut_cell, quote_cell
from schemas.errors import SourceError
from schemas.messages import _

ITEM = "hoaban:item"
VERSION = "hoaban:version"
_HEADER_ROWS = 20
_WIDTH = 28
_GREY = PatternFill("solid", fgColor="FFEDEDED")
_TEXT_FORMAT = "@"


@dataclass(frozen=True)
class OutRow:
    """One row that goes out: the item, its version and its cells by heading."""

    item_id: str
    version: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class BackRow:
    """One row that came back.

    Attributes:
        sheet: Sheet it stands in; empty for CSV.
        row: Row number as the spreadsheet program shows it.
        item_id: The item it says it is.
        version: The version it says went out, as written.
        cells: Its cells by heading; of the columns that came back.
    """

    sheet: str
    row: int
    item_id: str
    version: str
    cells: Mapping[str, str]


class _Write(Protocol):
    def __call__(self, cells: Sequence[str]) -> None: ...


def write_sheet(
    path: Path,
    rows: Iterable[OutRow],
    headings: Sequence[str],
    *,
    labels: Mapping[str, str],
    fixed: frozenset[str],
) -> int:
    """Write rows to a new sheet and return how many.

    Args:
        path: Ends in ``.xlsx`` or ``.csv``; must not exist.
        rows: The rows.
        headings: The columns, after those of item and version.
        labels: What a column is called in people's words, by heading.
        fixed: Columns that are not to be edited; they are grey.

    Raises:
        SourceError: The name ends in something else.
        StoreWriteError: The file exists, or the disk refused.
    """
    kinds = {".xlsx": _workbook, ".csv": _delimited}
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise SourceError(
            _("Records go out as .xlsx or .csv."),
            remedy=_("Give the file a name that ends so."),
            path=path,
        )
    count = 0
    with new_path(path) as target, kind(target, headings, labels, fixed) as write:
        for count, row in enumerate(rows, start=1):  # noqa: B007 (the last number is the count)
            cells = [row.cells.get(heading, "") for heading in headings]
            write([row.item_id, str(row.version), *cells])
    return count


def read_sheet(path: Path) -> tuple[tuple[str, ...], Iterator[BackRow]]:
    """Return the columns of a sheet that came back, and its rows as they are read.

    Raises:
        SheetError: The file cannot be read.
        SourceError: It is no sheet that went out.
    """
    if not path.is_file():
        raise SourceError(_("There is no such file."), remedy=_("Check the name."), path=path)
    rows = _back_rows(path)
    headings = next(rows, None)
    if not isinstance(headings, tuple):
        raise SourceError(
            _("This is no sheet of records that went out: it has no column '{name}'.").format(
                name=ITEM
            ),
            remedy=_("Make one with: hoaban records export FILE.xlsx"),
            path=path,
        )
    return headings, (row for row in rows if isinstance(row, BackRow))


def _back_rows(path: Path) -> Iterator[tuple[str, ...] | BackRow]:
    with open_sheets(path, count_known=lambda cells: sum(":" in c or "@" in c for c in cells)) as (
        sheets
    ):
        for sheet in sheets:
            columns = _header(sheet.rows)
            if columns is None:
                continue
            yield tuple(h for h in columns.values() if h not in (ITEM, VERSION))
            for row in sheet.rows:
                cells = {
                    heading: row.cells[place] if place < len(row.cells) else ""
                    for place, heading in columns.items()
                }
                if any(text.strip() for text in cells.values()):
                    item_id, version = cells.pop(ITEM).strip(), cells.pop(VERSION, "").strip()
                    yield BackRow(sheet.name, row.number, item_id, version, cells)
            return


def _header(rows: Iterator[Row]) -> dict[int, str] | None:
    for row in rows:
        if ITEM in (cell.strip() for cell in row.cells):
            named = ((place, cell.strip()) for place, cell in enumerate(row.cells))
            return {place: heading for place, heading in named if heading}
        if row.number >= _HEADER_ROWS:
            break
    return None


@contextmanager
def _delimited(
    path: Path, headings: Sequence[str], _labels: Mapping[str, str], _fixed: frozenset[str]
) -> Iterator[_Write]:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, lineterminator="\r\n")

        def write(cells: Sequence[str]) -> None:
            table.writerow([quote_cell(cell) for cell in cells])

        write([ITEM, VERSION, *headings])
        yield write


@contextmanager
def _workbook(
    path: Path, headings: Sequence[str], labels: Mapping[str, str], fixed: frozenset[str]
) -> Iterator[_Write]:
    with closing(openpyxl.Workbook(write_only=True)) as book:
        sheet: Any = book.create_sheet(_("Records"))
        sheet.freeze_panes = "D3"
        is_fixed = [True, True, *(heading in fixed for heading in headings)]
        for place in range(len(is_fixed)):
            letter = column_letter(place)
            sheet.column_dimensions[letter].width = _WIDTH

        def write(cells: Sequence[str], *, is_heading: bool = False) -> None:
            sheet.append(
                [
                    _cell(sheet, text, is_fixed=grey, is_heading=is_heading)
                    for text, grey in zip(cells, is_fixed, strict=True)
                ]
            )

        titles = [_("Item (leave as it is)"), _("Version (leave as it is)")]
        write([*titles, *(labels.get(h, h) for h in headings)], is_heading=True)
        write([ITEM, VERSION, *headings], is_heading=True)
        yield write
        book.save(path)


def _cell(sheet: Any, text: str, *, is_fixed: bool, is_heading: bool) -> Any:
    # Longer text would be cut by openpyxl too, but between the halves of a character.
    cell = WriteOnlyCell(sheet, cut_cell(text))
    # Text whatever it looks like: no formula is run, no number loses its zeros, no date its form.
    cell.data_type = "s"
    cell.number_format = _TEXT_FORMAT
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.protection = Protection(locked=is_fixed)
    if is_fixed or is_heading:
        cell.fill = _GREY
    if is_heading:
        cell.font = Font(bold=True)
    return cell
