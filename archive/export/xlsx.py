"""The catalogue as a workbook: the cells of the CSV export, a row an item, a column a field.

Every cell is text, whatever it looks like: no formula is run, no number loses its zeros, no date
its form. A cell that would be a formula if somebody typed it is also marked as quoted, so that it
stays text when it is edited. What no cell can hold is cut and told.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from archive.export.items import ExportContext, ExportItem, ExportReport, at_least_one
from archive.export.target import new_path
from schemas.cells import cut_cell
from schemas.errors import SourceError
from schemas.findings import Finding
from schemas.messages import _
from schemas.record_cells import cells_of, in_order

# Source: Excel specifications and limits, "Worksheet size"
MOST_ROWS = 1_048_576
_CORE = "docProps/core.xml"
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def export_xlsx(items: Iterable[ExportItem], out: Path, context: ExportContext) -> ExportReport:
    """Write ``items`` as a workbook.

    The items are read once and kept on disk, not in memory, until all columns are known.

    Args:
        items: The items, in the order of the rows.
        out: The file to make.
        context: The application profile, when, and what may be shown.

    Raises:
        SourceError: There are no items, or more than a sheet has rows.
        StoreWriteError: ``out`` exists, or the disk refused a write.
    """
    findings: list[Finding] = []
    with new_path(out) as path:
        headings: set[str] = set()
        count = 0
        with TemporaryFile("w+", encoding="utf-8", dir=path.parent) as spool:
            for item in at_least_one(items):
                cells = cells_of(context.record_of(item), context.profile, with_extra=False)
                findings += cut_findings(item, cells)
                headings |= cells.keys()
                spool.write(json.dumps(cells) + "\n")
                count += 1
            check_fits(count, out)
            spool.seek(0)
            write_workbook(path, spool, in_order(headings, context.profile), at=context.at)
        size_bytes = path.stat().st_size
    return ExportReport(out, items=count, files=1, size_bytes=size_bytes, findings=tuple(findings))


def write_workbook(path: Path, spool: IO[str], headings: Sequence[str], *, at: str) -> None:
    """Write rows as a new workbook of one sheet.

    Args:
        path: The file to make.
        spool: A JSON object of text by heading on each line.
        headings: The columns in order.
        at: RFC 3339 moment that dates the workbook.
    """
    # Its library loads for a quarter of a second: not for every command that knows the formats.
    from archive.export.workbook import write_book

    with TemporaryFile("w+b", dir=path.parent) as book:
        write_book(book, spool, headings)
        _repack(book, path, at)


def cut_findings(item: ExportItem, cells: Mapping[str, str]) -> Iterable[Finding]:
    """Yield a finding for each cell that a workbook cannot hold whole."""
    for heading, text in cells.items():
        if cut_cell(text) != text:
            yield Finding(
                "EXPORT-cell-cut",
                column=heading,
                item_id=item.item_id,
                values={"number": item.record.identifier},
            )


def check_fits(count: int, out: Path) -> None:
    """Refuse more rows than a sheet has.

    Raises:
        SourceError: There are more.
    """
    if count >= MOST_ROWS:
        raise SourceError(
            _("A sheet has room for {most} items; these are {count}.").format(
                most=MOST_ROWS - 1, count=count
            ),
            remedy=_("Export them as csv, or in parts."),
            path=out,
        )


def _repack(book: IO[bytes], path: Path, at: str) -> None:
    """Write the workbook again, dated as the export is: openpyxl puts in the time of day."""
    moment = datetime.fromisoformat(at).astimezone(UTC)
    written = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    date_time = max(moment, datetime(1980, 1, 1, tzinfo=UTC)).timetuple()[:6]
    with (
        zipfile.ZipFile(book) as made,
        zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as dated,
    ):
        for entry in made.infolist():
            info = zipfile.ZipInfo(entry.filename, date_time)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            with made.open(entry) as source, dated.open(info, "w") as target:
                if entry.filename == _CORE:
                    target.write(_MOMENT.sub(rb"\g<1>" + written, source.read()))
                else:
                    while chunk := source.read(1 << 20):
                        target.write(chunk)
