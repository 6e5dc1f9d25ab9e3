"""The findings of a check, given back in the form the catalogue came in."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

from archive.durable import write_file
from pipeline.check import CheckReport
from pipeline.intake.sheet import ZIP_MAGIC
from pipeline.intake.table import SheetError
from pipeline.marking.index_part import index_headings, index_rows
from pipeline.marking.place import Mark, place_findings
from pipeline.marking.workbook import mark_workbook
from schemas.cells import quote_cell
from schemas.errors import RecordError, SourceError
from schemas.messages import _
from schemas.profile import Profile


def marked_name(catalogue: Path) -> str:
    """Return what the marked copy of a catalogue is called by default."""
    return f"{catalogue.stem}.checked{catalogue.suffix if _is_workbook(catalogue) else '.csv'}"


def give_back(report: CheckReport, profile: Profile, target: Path) -> None:
    """Write the findings of a check to ``target``.

    For a workbook: a copy of it with its cells marked. For a CSV file: a CSV of the findings,
    in UTF-8 with a mark that lets spreadsheet programs know. Written whole or not at all.

    Raises:
        SourceError: ``target`` is the catalogue itself, or the catalogue cannot be marked.
        StoreWriteError: The file cannot be written.
    """
    if target.exists() and target.samefile(report.catalogue):
        raise SourceError(
            _("The marked copy would overwrite the catalogue itself."),
            remedy=_("Give the copy another name."),
            path=target,
        )
    try:
        marks = place_findings(report.findings, report.catalogue, profile, rows=dict(report.rows))
    except SheetError:
        # What is wrong is that it cannot be read, so no cell of it can be marked.
        marks = tuple(Mark(finding, "", 0, 0) for finding in report.findings)
        if _is_workbook(report.catalogue):
            raise
    if _is_workbook(report.catalogue):
        _write_workbook(report.catalogue, marks, target)
    else:
        write_file(target, _csv(marks))


def _write_workbook(catalogue: Path, marks: tuple[Mark, ...], target: Path) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        mark_workbook(catalogue, marks, temporary)
        Path(temporary).replace(target)
    except RecordError as error:
        raise SourceError(
            _("The workbook cannot be marked: {reason}").format(reason=error),
            remedy=_("Open it in the spreadsheet program, save it again, and try again."),
            path=catalogue,
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _csv(marks: tuple[Mark, ...]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(index_headings())
    writer.writerows([quote_cell(cell) for cell in row] for row in index_rows(marks))
    return text.getvalue().encode("utf-8-sig")


def _is_workbook(catalogue: Path) -> bool:
    with catalogue.open("rb") as file:
        return file.read(4) == ZIP_MAGIC
