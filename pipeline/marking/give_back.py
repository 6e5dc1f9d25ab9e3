"""The findings of a check, given back in the form the catalogue came in."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

from archive.config import IntakeSettings
from archive.durable import write_file
from pipeline.check import CheckReport
from pipeline.intake.sheet import is_workbook
from pipeline.intake.table import SheetError
from pipeline.marking.index_part import index_headings, index_rows
from pipeline.marking.place import Mark, place_findings
from pipeline.marking.workbook import mark_workbook
from schemas.cells import quote_cell
from schemas.errors import RecordError, SourceError, StoreWriteError
from schemas.messages import _
from schemas.profile import Profile

_WORKBOOK_ENDINGS = {".xlsx", ".xlsm"}


def marked_name(catalogue: Path) -> str:
    """Return what the marked copy of a catalogue is called by default."""
    return f"{catalogue.stem}.checked{_ending(catalogue)}"


def check_is_new(target: Path) -> None:
    """Make sure that nothing stands where the marked copy is to be written.

    It may be an earlier copy that somebody is mending, or a scan.

    Raises:
        StoreWriteError: Something does.
    """
    if os.path.lexists(target):
        raise StoreWriteError(
            _("There is already something with this name, and it is not replaced."),
            remedy=_("Give the marked copy another name."),
            path=target,
        )


def give_back(
    report: CheckReport, profile: Profile, target: Path, *, intake: IntakeSettings
) -> None:
    """Write the findings of a check to ``target``.

    For an XLSX workbook: a copy of it with its cells marked. For any other catalogue: a CSV of the
    findings, in UTF-8 with a mark that lets spreadsheet programs know. Written whole or not at
    all; the folder is made where it is missing.

    Raises:
        SourceError: The name does not end as such a file must, or the catalogue cannot be marked.
        StoreWriteError: ``target`` is there already, or cannot be written.
    """
    check_is_new(target)
    ending = _ending(report.catalogue)
    if target.suffix.lower() != ending.lower():
        raise SourceError(
            _("What is written for this catalogue must have a name that ends in {ending}.").format(
                ending=ending
            ),
            remedy=_('For example: --marked "{name}"').format(name=marked_name(report.catalogue)),
            path=target,
        )
    is_marked = is_workbook(report.catalogue)
    try:
        marks = place_findings(
            report.findings, report.catalogue, profile, rows=dict(report.rows), intake=intake
        )
    except SheetError:
        # What is wrong is that it cannot be read, so no cell of it can be marked.
        marks = tuple(Mark(finding, "", 0, 0) for finding in report.findings)
        if is_marked:
            raise
    target.parent.mkdir(parents=True, exist_ok=True)
    if is_marked:
        _write_workbook(report.catalogue, marks, target)
    else:
        write_file(target, _csv(marks))


def _ending(catalogue: Path) -> str:
    """Return how the name of the marked copy of a catalogue ends."""
    if not is_workbook(catalogue):
        return ".csv"
    return catalogue.suffix if catalogue.suffix.lower() in _WORKBOOK_ENDINGS else ".xlsx"


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
