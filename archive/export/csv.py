"""The catalogue as one table for a spreadsheet program: a row an item, a column a field.

UTF-8 with a byte order mark, so that Excel reads Vietnamese; CRLF; a column ``field@lang`` for
every language a field occurs in. A cell that a spreadsheet program would run as a formula is
quoted by the reversible rule of :mod:`schemas.cells`.

The table is for people and spreadsheets. What must come back whole is ``record.json`` in a bag.

Source: RFC 4180
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from archive.export.items import ExportContext, ExportItem, ExportReport, at_least_one
from archive.export.target import new_path
from schemas.cells import quote_cell
from schemas.record_cells import cells_of, in_order


def export_csv(items: Iterable[ExportItem], out: Path, context: ExportContext) -> ExportReport:
    """Write ``items`` as a CSV file.

    The items are read once and kept on disk, not in memory, until all columns are known.

    Args:
        items: The items, in the order of the rows.
        out: The file to make.
        context: The application profile, and what may be shown.

    Raises:
        SourceError: There are no items.
        StoreWriteError: ``out`` exists, or the disk refused a write.
    """
    with new_path(out) as path:
        count = 0
        headings: set[str] = set()
        with TemporaryFile("w+", encoding="utf-8", dir=path.parent) as spool:
            for item in at_least_one(items):
                cells = cells_of(context.record_of(item), context.profile, with_extra=False)
                headings |= cells.keys()
                spool.write(json.dumps(cells) + "\n")
                count += 1
            spool.seek(0)
            write_table(path, spool, in_order(headings, context.profile))
        size_bytes = path.stat().st_size
    return ExportReport(out, items=count, files=1, size_bytes=size_bytes)


def write_table(
    path: Path,
    spool: IO[str],
    headings: Sequence[str],
    *,
    quote: Callable[[str], str] = quote_cell,
) -> None:
    """Write rows as a new CSV file.

    Args:
        path: The file to make.
        spool: A JSON object of text by heading on each line.
        headings: The columns in order.
        quote: Makes a cell that no spreadsheet program runs.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, lineterminator="\r\n")
        table.writerow([quote_cell(heading) for heading in headings])
        for line in spool:
            cells = json.loads(line)
            table.writerow([quote(cells.get(heading, "")) for heading in headings])
