"""A catalogue file as sheets of rows of text, whichever format it really is.

The format is decided by the first bytes, never by the extension: a CSV called ``.xlsx`` and a
workbook called ``.csv`` are read as what they are.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

from pipeline.intake.delimited import open_delimited
from pipeline.intake.old_workbook import open_old_workbook
from pipeline.intake.opendocument import CONTENT, open_opendocument
from pipeline.intake.rescue import rescue_headings
from pipeline.intake.table import Sheet, SheetError
from pipeline.intake.workbook import open_workbook

ZIP_MAGIC = b"PK\x03\x04"
# Compound File Binary: an .xls workbook, or an .xlsx encrypted with a password.
# Source: [MS-CFB] section 2.2, [MS-OFFCRYPTO] section 1.3.
CFB_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@contextmanager
def open_sheets(
    path: Path, *, count_known: Callable[[Sequence[str]], int], encoding: str = ""
) -> Iterator[Iterator[Sheet]]:
    """Open a catalogue and give its sheets, in order, while the block lasts.

    Reading is lazy: a broken row raises when it is reached. Headings from before Unicode are given
    in Unicode where that makes them known; all other cells are as found.

    Args:
        path: A CSV file, or a workbook: XLSX, ODS or XLS.
        count_known: Says how many of some cells are known column headings; tells the
            separator of a CSV file.
        encoding: Of a CSV file that says none; empty means that it is found.

    Raises:
        SheetError: The file is none of them, is protected or damaged, or could do harm.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(8)
    except OSError as error:
        raise SheetError("SHEET-unreadable", reason=error.strerror or error) from error
    if not magic:
        raise SheetError("SHEET-empty")
    opened: AbstractContextManager[Iterator[Sheet]]
    if magic == CFB_MAGIC:
        opened = open_old_workbook(path)
    elif magic.startswith(ZIP_MAGIC):
        opened = open_opendocument(path) if _is_opendocument(path) else open_workbook(path)
    else:
        opened = open_delimited(path, count_known=count_known, encoding=encoding)
    try:
        with opened as sheets:
            yield (
                replace(sheet, rows=rescue_headings(sheet.rows, count_known)) for sheet in sheets
            )
    except OSError as error:
        raise SheetError("SHEET-unreadable", reason=error.strerror or error) from error


def is_workbook(path: Path) -> bool:
    """Say whether a catalogue is an XLSX workbook, whatever it is called."""
    with path.open("rb") as file:
        magic = file.read(len(ZIP_MAGIC))
    return magic == ZIP_MAGIC and not _is_opendocument(path)


def _is_opendocument(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return CONTENT in archive.namelist()
    except zipfile.BadZipFile:
        return False
