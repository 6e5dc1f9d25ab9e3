"""The child of ``pipeline.intake.old_workbook``: prints the rows of an .xls file as JSON lines.

A line is ``["sheet", name, is hidden]``, ``["row", number, cells]``, or at the end ``["end"]`` or
``["error", code, reason]``. A child that dies without one was killed by what it read.
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Iterator
from typing import Any

import python_calamine as calamine

from pipeline.failures import limit_worker
from pipeline.intake.workbook import number_text

MEMORY_LIMIT_MB = 1024


def main(path: str) -> None:
    """Print every sheet of a workbook."""
    limit_worker(MEMORY_LIMIT_MB)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        for line in _lines(path):
            _say(*line)
        _say("end")
    except calamine.PasswordError:
        _say("error", "SHEET-encrypted", "")
    except (calamine.CalamineError, ValueError, OSError) as error:
        _say("error", "SHEET-unreadable", str(error).partition("\n")[0][:200])


def _lines(path: str) -> Iterator[tuple[Any, ...]]:
    with calamine.CalamineWorkbook.from_path(path) as book:
        for data in book.sheets_metadata:
            if data.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            yield "sheet", data.name, data.visible != calamine.SheetVisibleEnum.Visible
            sheet = book.get_sheet_by_name(data.name)
            if sheet.start is not None:
                left = [""] * sheet.start[1]
                for number, row in enumerate(sheet.iter_rows(), start=sheet.start[0] + 1):
                    yield "row", number, [*left, *map(_text, row)]


def _say(*line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


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


if __name__ == "__main__":
    main(sys.argv[1])
