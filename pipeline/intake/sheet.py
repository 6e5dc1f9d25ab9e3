"""A catalogue file as sheets of rows of text, whichever of the two formats it really is.

The format is decided by the first bytes, never by the extension: a CSV called ``.xlsx`` and a
workbook called ``.csv`` are read as what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pipeline.intake.delimited import open_delimited
from pipeline.intake.rescue import rescue_headings
from pipeline.intake.table import Sheet, SheetError
from pipeline.intake.workbook import open_workbook

ZIP_MAGIC = b"PK\x03\x04"
# Compound File Binary: an .xls workbook, or an .xlsx encrypted with a password.
# Source: [MS-CFB] section 2.2, [MS-OFFCRYPTO] section 1.3.
CFB_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@contextmanager
def open_sheets(
    path: Path, *, count_known: Callable[[Sequence[str]], int]
) -> Iterator[Iterator[Sheet]]:
    """Open a catalogue and give its sheets, in order, while the block lasts.

    Reading is lazy: a broken row raises when it is reached. Headings from before Unicode are given
    in Unicode where that makes them known; all other cells are as found.

    Args:
        path: A CSV file or an XLSX workbook.
        count_known: Says how many of some cells are known column headings; tells the
            separator of a CSV file.

    Raises:
        SheetError: The file is neither, is protected or damaged, or could do harm.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(8)
    except OSError as error:
        raise SheetError("SHEET-unreadable", reason=error.strerror or error) from error
    if magic == CFB_MAGIC:
        raise SheetError("SHEET-encrypted")
    if not magic:
        raise SheetError("SHEET-empty")
    opened = (
        open_workbook(path)
        if magic.startswith(ZIP_MAGIC)
        else open_delimited(path, count_known=count_known)
    )
    try:
        with opened as sheets:
            yield (
                replace(sheet, rows=rescue_headings(sheet.rows, count_known)) for sheet in sheets
            )
    except OSError as error:
        raise SheetError("SHEET-unreadable", reason=error.strerror or error) from error
