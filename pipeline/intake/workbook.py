"""An XLSX workbook as rows of text, after a check that it cannot do harm.

openpyxl reads it, row by row. Its parser is used directly, because the row that openpyxl gives
does not tell an empty cell from a formula whose value was never saved, nor a hidden column.
"""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from pipeline.intake.cell_fonts import (
    NO_FONTS,
    Runs,
    has_legacy_fonts,
    has_legacy_runs,
    legacy_runs,
)
from pipeline.intake.table import NOT_CALCULATED, Row, Sheet, SheetError
from pipeline.intake.zip_safety import check_package, sheet_errors
from schemas.messages import _

MAX_EXPANDED_BYTES = 300_000_000
# Excel's own limit of rows, and a bound on columns far above any catalogue's.
MAX_ROWS = 1_048_576
MAX_COLUMNS = 1024
_BATCH_ROWS = 256
_FIRST_OWN_FORMAT = 164
# Excel writes control characters in strings so. Source: ECMA-376 part 1, 22.9.2.19 ST_Xstring.
_ESCAPED_BREAK = re.compile(r"(?:_x000[Dd]_\n?|\r\n?)")
_ZERO_PADDED = re.compile(r"0{2,20}")
_NOT_LETTERS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


@contextmanager
def open_workbook(path: Path) -> Iterator[Iterator[Sheet]]:
    """Open a workbook and give its worksheets while the block lasts.

    Formulas give the values the program saved with them. Dates become ISO 8601, as precise as
    the sheet shows them; whole numbers lose ``.0``, and a number shown with leading zeros
    (format ``0000``) keeps them.

    Raises:
        SheetError: The file is damaged, is no workbook, or could do harm.
    """
    with sheet_errors(), path.open("rb") as file:
        with zipfile.ZipFile(file) as archive:
            if "[Content_Types].xml" not in archive.namelist():
                reason = _("it is a ZIP archive but no workbook")
                raise SheetError("SHEET-unreadable", reason=reason)
            check_package(archive, path.stat().st_size, limit_bytes=MAX_EXPANDED_BYTES)
        file.seek(0)
        has_runs = has_legacy_runs(path)
        with warnings.catch_warnings():
            # openpyxl warns of features it would lose on saving; we never save.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(
                file,
                read_only=True,
                data_only=True,
                keep_links=False,
                rich_text=has_runs,
            )
        with closing(book):
            has_fonts = has_runs or has_legacy_fonts(book)
            sheets: list[Any] = book.worksheets
            if not sheets:
                raise SheetError("SHEET-unreadable", reason=_("it has no worksheet"))
            yield (_sheet(sheet, has_fonts=has_fonts) for sheet in sheets)


class _Parser(WorkSheetParser):
    """openpyxl's parser, which also marks formulas without a saved value."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        # An empty text is a value too: Excel saves it with the type "str".
        is_unsaved = cell["value"] is None and element.find(FORMULA_TAG) is not None
        if is_unsaved and element.get("t") != "str":
            cell["value"] = NOT_CALCULATED
        return cell


def _sheet(sheet: Any, *, has_fonts: bool) -> Sheet:
    book = sheet.parent
    source = sheet._get_source()
    with sheet_errors(sheet.title), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser = _Parser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
    batches = _batches(parser, book, sheet.title, has_fonts=has_fonts)
    # The widths of the columns stand before the first row, so it has to be read to know them.
    first = next(batches, [])
    return Sheet(
        sheet.title,
        chain(first, chain.from_iterable(batches)),
        is_hidden=sheet.sheet_state != "visible",
        hidden_columns=frozenset(_hidden(parser)),
    )


def _hidden(parser: WorkSheetParser) -> Iterator[int]:
    for attributes in parser.column_dimensions.values():
        if attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes["min"]), int(attributes["max"])
            yield from range(first - 1, min(last, MAX_COLUMNS))


def _batches(
    parser: WorkSheetParser, book: Any, title: str, *, has_fonts: bool
) -> Iterator[list[Row]]:
    number_format = _number_formats(book)
    font_of = _font_names(book) if has_fonts else None
    parsed = parser.parse()
    while True:
        # In batches, so that the warnings filter (global to the process) never stays changed
        # while the caller works, and need not be changed for each row.
        with sheet_errors(title), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            batch = [
                _row(number, cells, number_format, title, font_of)
                for number, cells in islice(parsed, _BATCH_ROWS)
            ]
        if not batch:
            return
        yield batch


def _row(
    number: int, cells: list[dict[str, Any]], number_format: Any, title: str, font_of: Any
) -> Row:
    filled = [cell for cell in cells if cell["value"] is not None]
    width = max((cell["column"] for cell in filled), default=0)
    if number > MAX_ROWS or width > MAX_COLUMNS:
        reason = _("row {row} lies outside {rows} rows and {columns} columns").format(
            row=number, rows=MAX_ROWS, columns=MAX_COLUMNS
        )
        raise SheetError("SHEET-unreadable", sheet=title, reason=reason)
    texts = [""] * width
    for cell in filled:
        texts[cell["column"] - 1] = _text(cell["value"], number_format, cell["style_id"])
    return Row(number, tuple(texts), _fonts(filled, font_of) if font_of else NO_FONTS)


def _fonts(cells: list[dict[str, Any]], font_of: Any) -> Mapping[int, Runs]:
    """Return the runs of those cells that have a font from before Unicode."""
    found = {
        cell["column"] - 1: legacy_runs(cell["value"], font_of(cell["style_id"])) for cell in cells
    }
    return {index: runs for index, runs in found.items() if runs} or NO_FONTS


def _font_names(book: Any) -> Any:
    @cache
    def font_name(style: int) -> str:
        return str(book._fonts[book._cell_styles[style].fontId].name or "")

    return font_name


def _number_formats(book: Any) -> Any:
    @cache
    def number_format(style: int) -> str:
        number = book._cell_styles[style].numFmtId
        if number < _FIRST_OWN_FORMAT:
            return BUILTIN_FORMATS.get(number, "General")
        return str(book._number_formats[number - _FIRST_OWN_FORMAT])

    return number_format


def _text(value: Any, number_format: Any, style: int) -> str:
    if isinstance(value, CellRichText):
        value = str(value)
    if isinstance(value, str):
        return _ESCAPED_BREAK.sub("\n", value) if "\r" in value or "_x00" in value else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        shown = number_format(style)
        return str(value).zfill(len(shown) if _ZERO_PADDED.fullmatch(shown) else 0)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, datetime.datetime):
        return _moment_text(value, number_format(style))
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def number_text(value: float) -> str:
    """Return a number as a spreadsheet program shows it: no ``.0``, at most 15 digits."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"


def _moment_text(value: datetime.datetime, shown: str) -> str:
    if value.time() != datetime.time():
        return value.isoformat(timespec="seconds")
    letters = _NOT_LETTERS.sub("", shown).lower()
    # A cell that shows "1954" holds the first of January 1954; the museum wrote the year.
    if "d" in letters or "y" not in letters:
        return value.date().isoformat()
    return f"{value:%Y-%m}" if "m" in letters else f"{value:%Y}"
