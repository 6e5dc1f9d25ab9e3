"""An OpenDocument spreadsheet (ODS) as rows of text, read as a stream.

Source: OASIS OpenDocument 1.3 part 3, sections 9 (tables) and 19.383 office:value-type
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lxml import etree

from pipeline.intake.table import NOT_CALCULATED, Row, Sheet, SheetError
from pipeline.intake.workbook import MAX_COLUMNS, MAX_ROWS, number_text
from pipeline.intake.zip_safety import check_package, sheet_errors, too_large
from schemas.messages import _

MIME_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
CONTENT = "content.xml"
# Twice a workbook's: its XML says four times as much, and none of it stays in memory.
MAX_EXPANDED_BYTES = 600_000_000
# Filled rows may be said to repeat; what they become is bounded like what is written out.
_MAX_REPEATED_CELLS = 1_000_000

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TAGS = (f"{_TABLE}table", f"{_TABLE}table-row", f"{_TABLE}table-column", f"{_STYLE}style")
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_NUMBERS = ("float", "percentage", "currency")
_ERROR = re.compile(r"(?:Err:\d+|#[A-Z/0!?]+)")
_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"\d{1,2}\s*[/.-]\s*\d{4}|\d{4}-\d{2}")
_ZERO_PADDED = re.compile(r"0\d+")


@contextmanager
def open_opendocument(path: Path) -> Iterator[Iterator[Sheet]]:
    """Open an ODS file and give its sheets while the block lasts.

    Values read as :func:`pipeline.intake.workbook.open_workbook` gives them. The rows of a
    sheet can be read only until the next sheet is asked for.

    Raises:
        SheetError: The file is damaged, is no spreadsheet, is protected, or could do harm.
    """
    with sheet_errors(), zipfile.ZipFile(path) as archive:
        check_package(archive, path.stat().st_size, limit_bytes=MAX_EXPANDED_BYTES)
        manifest = "META-INF/manifest.xml"
        if manifest in archive.namelist() and b"encryption-data" in archive.read(manifest):
            raise SheetError("SHEET-encrypted")
        with archive.open(CONTENT) as content:
            events = etree.iterparse(
                content,
                events=("start", "end"),
                tag=_TAGS,
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=True,
            )
            yield _Reader(iter(events)).sheets()


class _Reader:
    """Follows the events of one document; its sheets share them."""

    def __init__(self, events: Iterator[tuple[str, Any]]) -> None:
        self._events = events
        self._hidden_styles: set[str] = set()
        self._depth = 0

    def sheets(self) -> Iterator[Sheet]:
        while (found := self._next()) is not None:
            event, element = found
            if event == "end" and element.tag == f"{_STYLE}style":
                self._read_style(element)
            elif event == "start" and element.tag == f"{_TABLE}table" and self._depth == 1:
                yield self._sheet(element)

    def _next(self, sheet: str = "") -> tuple[str, Any] | None:
        with sheet_errors(sheet):
            found = next(self._events, None)
        if found is not None and found[1].tag == f"{_TABLE}table":
            self._depth += 1 if found[0] == "start" else -1
        return found

    def _sheet(self, table: Any) -> Sheet:
        name = str(table.get(f"{_TABLE}name", ""))
        hidden: set[int] = set()
        rows = self._rows(name, hidden)
        # The columns stand before the first row, so it has to be read to know them.
        first = next(rows, None)
        return Sheet(
            name,
            _after(first, rows),
            is_hidden=table.get(f"{_TABLE}style-name") in self._hidden_styles,
            hidden_columns=frozenset(hidden),
        )

    def _rows(self, sheet: str, hidden: set[int]) -> Iterator[Row]:
        number = width = repeated = 0
        while (found := self._next(sheet)) is not None:
            event, element = found
            if event == "end" and element.tag == f"{_TABLE}table" and self._depth == 0:
                return
            if event == "start" or self._depth != 1:
                continue
            if element.tag == f"{_TABLE}table-column":
                count = _repeats(element, "columns")
                if element.get(f"{_TABLE}visibility") in ("collapse", "filter"):
                    hidden.update(range(width, min(width + count, MAX_COLUMNS)))
                width += count
            elif element.tag == f"{_TABLE}table-row":
                with sheet_errors(sheet):
                    cells = tuple(_cells(element, sheet, number + 1))
                    count = _repeats(element, "rows")
                _forget(element)
                if cells:
                    repeated += (count - 1) * len(cells)
                    if repeated > _MAX_REPEATED_CELLS or number + count > MAX_ROWS:
                        raise too_large(repeated * 100, MAX_EXPANDED_BYTES)
                    yield from (Row(number + 1 + n, cells) for n in range(count))
                number += count

    def _read_style(self, style: Any) -> None:
        for properties in style.iter(f"{_STYLE}table-properties"):
            if properties.get(f"{_TABLE}display") == "false":
                self._hidden_styles.add(style.get(f"{_STYLE}name"))


def _after(first: Row | None, rows: Iterator[Row]) -> Iterator[Row]:
    if first is not None:
        yield first
        yield from rows


def _forget(element: Any) -> None:
    """Take a row that was read out of memory, with all that stood before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _repeats(element: Any, what: str) -> int:
    return max(1, int(element.get(f"{_TABLE}number-{what}-repeated", "1")))


def _cells(row: Any, sheet: str, number: int) -> Iterator[str]:
    """Yield the texts of a row up to its last filled cell."""
    pending = place = 0
    for cell in row.iterchildren(*_CELLS):
        count = _repeats(cell, "columns")
        text = _cell_text(cell)
        if not text:
            pending += count
            continue
        place += pending + count
        if place > MAX_COLUMNS:
            reason = _("row {row} lies outside {rows} rows and {columns} columns").format(
                row=number, rows=MAX_ROWS, columns=MAX_COLUMNS
            )
            raise SheetError("SHEET-unreadable", sheet=sheet, reason=reason)
        yield from ("",) * pending
        yield from (text,) * count
        pending = 0


def _cell_text(cell: Any) -> str:
    kind = cell.get(f"{_OFFICE}value-type")
    shown = "\n".join(_paragraph(p) for p in cell.iterchildren(f"{_TEXT}p"))
    if kind is None:
        is_formula = cell.get(f"{_TABLE}formula") is not None
        return NOT_CALCULATED if is_formula and not shown else shown
    if _ERROR.fullmatch(shown):
        return "#VALUE!" if shown.startswith("Err") else shown
    if kind in _NUMBERS:
        value = float(cell.get(f"{_OFFICE}value", "0"))
        is_padded = _ZERO_PADDED.fullmatch(shown) and int(shown) == value
        return shown if is_padded else number_text(value)
    if kind == "date":
        return _date_text(str(cell.get(f"{_OFFICE}date-value", "")), shown)
    if kind == "boolean":
        return "TRUE" if cell.get(f"{_OFFICE}boolean-value") == "true" else "FALSE"
    if kind == "time":
        return shown
    return str(cell.get(f"{_OFFICE}string-value") or shown)


def _date_text(value: str, shown: str) -> str:
    """Return a date as precise as the sheet shows it: ``1954`` is no day in January."""
    day, _mark, time = value.partition("T")
    if time and not re.fullmatch(r"00:00:00(?:\.0*)?", time):
        return f"{day}T{time.partition('.')[0]}"
    if _YEAR.fullmatch(shown):
        return day[:4]
    return day[:7] if _MONTH.fullmatch(shown) else day


def _paragraph(element: Any) -> str:
    """Return the text of a paragraph: spaces and breaks are elements, and notes are none."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            parts.append(" " * min(int(child.get(f"{_TEXT}c", "1")), 1000))
        elif child.tag == f"{_TEXT}tab":
            parts.append("\t")
        elif child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif child.tag != f"{_OFFICE}annotation" and isinstance(child.tag, str):
            parts.append(_paragraph(child))
        parts.append(child.tail or "")
    return "".join(parts)
