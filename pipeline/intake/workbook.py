"""An XLSX workbook as rows of text, after a check that it cannot do harm.

The workbook is read by openpyxl, row by row. Before openpyxl sees it, the ZIP directory and
every part are checked: a part with a document type (the way to entity bombs and to files of
this machine), an encoding that could hide one, or an archive that swells out of proportion is
refused, whichever XML parser openpyxl happens to use.
"""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText

from pipeline.intake.cell_fonts import NO_FONTS, has_legacy_fonts, has_legacy_runs, legacy_fonts
from pipeline.intake.table import Row, Sheet, SheetError
from schemas.messages import _

MAX_EXPANDED_BYTES = 300_000_000
# Deflate cannot do better than 1:1032; spreadsheet XML stays under 1:100.
MAX_RATIO = 400
_RATIO_FREE_BYTES = 1_000_000
# Excel's own limit of rows, and a bound on columns far above any catalogue's.
MAX_ROWS = 1_048_576
MAX_COLUMNS = 1024
_BATCH_ROWS = 256
_CHUNK_BYTES = 1 << 20

# In every encoding that an XML parser recognises without being told.
_DOCTYPES = tuple(
    "<!DOCTYPE".encode(encoding)
    for encoding in ("ascii", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
)
_EBCDIC_XML = b"\x4c\x6f\xa7\x94"
_DECLARED_ENCODING = re.compile(rb"""^[\s\xef\xbb\xbf]*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)""")
_PLAIN_ENCODINGS = (b"utf-8", b"us-ascii", b"iso-8859-1")
# Excel writes control characters in strings so. Source: ECMA-376 part 1, 22.9.2.19 ST_Xstring.
_ESCAPED_BREAK = re.compile(r"(?:_x000[Dd]_\n?|\r\n?)")
_ZERO_PADDED = re.compile(r"0{2,20}")


@contextmanager
def open_workbook(path: Path) -> Iterator[Iterator[Sheet]]:
    """Open a workbook and give its worksheets, hidden ones too, while the block lasts.

    Formulas give the values the program saved with them. Dates become ISO 8601, whole numbers
    lose ``.0``, and a number shown with leading zeros (format ``0000``) keeps them.

    Raises:
        SheetError: The file is damaged, is no workbook, or could do harm.
    """
    with _translated(), path.open("rb") as file:
        with zipfile.ZipFile(file) as archive:
            _check_archive(archive, path.stat().st_size)
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
            yield (Sheet(sheet.title, _rows(sheet, has_fonts=has_fonts)) for sheet in sheets)


@contextmanager
def _translated(sheet: str = "") -> Iterator[None]:
    try:
        yield
    except (SheetError, OSError, GeneratorExit):
        raise
    except zipfile.BadZipFile as error:
        reason = _("the file is damaged or cut short ({error})").format(error=error)
        raise SheetError("SHEET-unreadable", sheet=sheet, reason=reason) from error
    # openpyxl and the parsers below it raise whatever a malformed part leads them to
    # (KeyError, TypeError, ParseError, IndexError …); each of them means the same to a museum.
    except Exception as error:
        reason = _("the workbook is malformed ({error})").format(
            error=f"{type(error).__name__}: {error}".splitlines()[0][:200]
        )
        raise SheetError("SHEET-unreadable", sheet=sheet, reason=reason) from error


def _check_archive(archive: zipfile.ZipFile, size_bytes: int) -> None:
    parts = archive.infolist()
    if not any(part.filename == "[Content_Types].xml" for part in parts):
        raise SheetError("SHEET-unreadable", reason=_("it is a ZIP archive but no .xlsx workbook"))
    if any(part.flag_bits & 1 for part in parts):
        raise SheetError("SHEET-encrypted")
    # What hardly shrinks (photographs) is bounded by the file itself, unless parts overlap.
    swelling = sum(part.file_size for part in parts if part.file_size > 2 * part.compress_size)
    is_bomb = (
        swelling > MAX_EXPANDED_BYTES
        or sum(part.compress_size for part in parts) > size_bytes
        or any(
            part.file_size > max(_RATIO_FREE_BYTES, MAX_RATIO * part.compress_size)
            for part in parts
        )
    )
    if is_bomb:
        raise SheetError(
            "SHEET-unreadable", reason=_("unpacked it would be too large to be a catalogue")
        )
    for part in parts:
        if not _is_harmless(archive, part):
            reason = _("its part {name} has a document type or a strange encoding").format(
                name=part.filename
            )
            raise SheetError("SHEET-unreadable", reason=reason)


def _is_harmless(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Say whether no XML parser can be led astray by a part, whatever its name says it is."""
    with archive.open(part) as stream:
        chunk = stream.read(_CHUNK_BYTES)
        declared = _DECLARED_ENCODING.match(chunk)
        if declared and declared[1].lower() not in _PLAIN_ENCODINGS:
            return False
        if chunk.startswith(_EBCDIC_XML):
            return False
        tail = b""
        while chunk:
            window = tail + chunk
            if any(doctype in window for doctype in _DOCTYPES):
                return False
            tail = chunk[-36:]  # the longest form of the word has 36 bytes
            chunk = stream.read(_CHUNK_BYTES)
    return True


def _rows(sheet: Any, *, has_fonts: bool) -> Iterator[Row]:
    # Many programs write a wrong or missing dimension; openpyxl would believe it.
    sheet.reset_dimensions()
    cells = sheet.iter_rows()
    number = 0
    while True:
        # In batches, so that the warnings filter (global to the process) never stays changed
        # while the caller works, and need not be changed for each row.
        with _translated(sheet.title), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            batch = [
                (tuple(map(_text, row)), legacy_fonts(row) if has_fonts else NO_FONTS)
                for row in islice(cells, _BATCH_ROWS)
            ]
        if not batch:
            return
        for row, fonts in batch:
            number += 1
            if number > MAX_ROWS or any(row[MAX_COLUMNS:]):
                reason = _("row {row} lies outside {rows} rows and {columns} columns").format(
                    row=number, rows=MAX_ROWS, columns=MAX_COLUMNS
                )
                raise SheetError("SHEET-unreadable", sheet=sheet.title, reason=reason)
            yield Row(number, row[:MAX_COLUMNS], fonts)


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, CellRichText):
        value = str(value)
    if isinstance(value, str):
        return _ESCAPED_BREAK.sub("\n", value) if "\r" in value or "_x00" in value else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        number_format = cell.number_format
        width = len(number_format) if _ZERO_PADDED.fullmatch(number_format) else 0
        return str(value).zfill(width)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime.datetime):
        is_day = value.time() == datetime.time()
        return value.date().isoformat() if is_day else value.isoformat(timespec="seconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)
