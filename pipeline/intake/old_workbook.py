"""An old Excel workbook (.xls, before 2007) as rows of text; needs the part ``hoaban[xls]``.

calamine reads it, in a process of its own with a memory limit: a few changed bytes in such a file
can make it end the process it runs in. It does not tell whether a formula was calculated before
saving, nor which columns are hidden.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.extras import EXTRAS, load_extra
from pipeline.intake.table import Row, Sheet, SheetError
from pipeline.intake.workbook import MAX_COLUMNS, MAX_ROWS
from pipeline.intake.zip_safety import too_large
from pipeline.problem import ScanProblem
from schemas.messages import _

EXTRA = "xls"
MAX_BYTES = 100_000_000
_CHILD = "pipeline.intake.old_workbook_child"
_ROOT = Path(__file__).parent.parent.parent
# The names of the streams of a Compound File are in UTF-16.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@contextmanager
def open_old_workbook(path: Path) -> Iterator[Iterator[Sheet]]:
    """Open an .xls workbook and give its worksheets while the block lasts.

    Values read as :func:`pipeline.intake.workbook.open_workbook` gives them, but a date always
    has its day, and a number shown with leading zeros loses them. The rows of a sheet can be
    read only until the next sheet is asked for.

    Raises:
        SheetError: The file is damaged, protected or too large, or the part is not installed.
    """
    if path.stat().st_size > MAX_BYTES:
        raise too_large(path.stat().st_size, MAX_BYTES)
    if _ENCRYPTED in path.read_bytes():
        raise SheetError("SHEET-encrypted")
    try:
        load_extra(EXTRA)
    except ScanProblem as error:
        extra = EXTRAS[EXTRA]
        raise SheetError("SHEET-needs-extra", found=extra.reads, extra=extra.name) from error
    search_path = os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")])
    child = subprocess.Popen(  # noqa: S603  (our own interpreter, our own module)
        [sys.executable, "-m", _CHILD, str(path.resolve())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": search_path},
    )
    with child:
        try:
            yield _Answers(iter(child.stdout or ())).sheets()
        finally:
            child.kill()


class _Answers:
    """What the child says, line by line."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._line: list[Any] = []

    def sheets(self) -> Iterator[Sheet]:
        self._next()
        while self._line[0] != "end":
            if self._line[0] == "row":
                self._next()
                continue
            _kind, name, is_hidden = self._line
            self._next()
            yield Sheet(name, self._rows(name), is_hidden=is_hidden)

    def _rows(self, sheet: str) -> Iterator[Row]:
        while self._line[0] == "row":
            _kind, number, cells = self._line
            if number > MAX_ROWS or any(cells[MAX_COLUMNS:]):
                reason = _("row {row} lies outside {rows} rows and {columns} columns").format(
                    row=number, rows=MAX_ROWS, columns=MAX_COLUMNS
                )
                raise SheetError("SHEET-unreadable", sheet=sheet, reason=reason)
            yield Row(number, tuple(cells))
            self._next()

    def _next(self) -> None:
        """Go to the next line; a child that died in the middle of one has left none."""
        try:
            self._line = json.loads(next(self._lines, ""))
        except json.JSONDecodeError:
            self._line = ["error", "SHEET-unreadable", _("its reader could not cope with it")]
        if self._line[0] == "error":
            _kind, code, reason = self._line
            reason = _("the workbook is malformed ({error})").format(error=reason)
            raise SheetError(code, reason=reason)
