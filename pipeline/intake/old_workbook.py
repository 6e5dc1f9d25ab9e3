"""An old Excel workbook (.xls, before 2007) as rows of text; needs the part ``hoaban[xls]``.

calamine holds a whole sheet in memory; the format itself ends at 65,536 rows of 256 columns. It
does not tell whether a formula was calculated before saving, nor which columns are hidden.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.extras import EXTRAS, load_extra
from pipeline.intake.table import Row, Sheet, SheetError
from pipeline.intake.workbook import MAX_COLUMNS, MAX_ROWS, number_text
from pipeline.intake.zip_safety import too_large
from pipeline.problem import ScanProblem
from schemas.messages import _

EXTRA = "xls"
MAX_BYTES = 100_000_000
# The names of the streams of a Compound File are in UTF-16.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@contextmanager
def open_old_workbook(path: Path) -> Iterator[Iterator[Sheet]]:
    """Open an .xls workbook and give its worksheets while the block lasts.

    Values read as :func:`pipeline.intake.workbook.open_workbook` gives them, but a date always
    has its day, and a number shown with leading zeros loses them.

    Raises:
        SheetError: The file is damaged, protected or too large, or the part is not installed.
    """
    if path.stat().st_size > MAX_BYTES:
        raise too_large(path.stat().st_size, MAX_BYTES)
    if _ENCRYPTED in path.read_bytes():
        raise SheetError("SHEET-encrypted")
    calamine = _calamine()
    with _translated(calamine):
        book = calamine.CalamineWorkbook.from_path(str(path))
    with book:
        yield (
            _sheet(book, data, calamine)
            for data in book.sheets_metadata
            if data.typ == calamine.SheetTypeEnum.WorkSheet
        )


def _calamine() -> Any:
    try:
        return load_extra(EXTRA)
    except ScanProblem as error:
        extra = EXTRAS[EXTRA]
        raise SheetError("SHEET-needs-extra", found=extra.reads, extra=extra.name) from error


@contextmanager
def _translated(calamine: Any) -> Iterator[None]:
    try:
        yield
    except calamine.PasswordError as error:
        raise SheetError("SHEET-encrypted") from error
    except SheetError:
        raise
    except BaseException as error:
        # Where calamine meets what it did not expect, it panics; Rust's panic is no Exception.
        is_panic = type(error).__name__ == "PanicException"
        if not (is_panic or isinstance(error, (calamine.CalamineError, ValueError))):
            raise
        reason = _("the workbook is malformed ({error})").format(
            error=str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        )
        raise SheetError("SHEET-unreadable", reason=reason) from error


def _sheet(book: Any, data: Any, calamine: Any) -> Sheet:
    return Sheet(
        data.name,
        _rows(book, data.name, calamine),
        is_hidden=data.visible != calamine.SheetVisibleEnum.Visible,
    )


def _rows(book: Any, name: str, calamine: Any) -> Iterator[Row]:
    with _translated(calamine):
        sheet = book.get_sheet_by_name(name)
        start, end = sheet.start, sheet.end
        values = sheet.iter_rows()
    if start is None:
        return
    if end[0] >= MAX_ROWS or end[1] >= MAX_COLUMNS:
        reason = _("row {row} lies outside {rows} rows and {columns} columns").format(
            row=end[0] + 1, rows=MAX_ROWS, columns=MAX_COLUMNS
        )
        raise SheetError("SHEET-unreadable", sheet=name, reason=reason)
    left = ("",) * start[1]
    for number, row in enumerate(values, start=start[0] + 1):
        yield Row(number, (*left, *map(_text, row)))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, datetime.datetime):
        is_day = value.time() == datetime.time()
        return value.date().isoformat() if is_day else value.isoformat(timespec="seconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)
