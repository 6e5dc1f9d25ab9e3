"""An empty catalogue for staff to fill in: the headings of a kind of record, with notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from archive.refusals import why_refused
from schemas.errors import SourceError, StoreWriteError
from schemas.fields import LINE
from schemas.messages import _
from schemas.profile import Field, Obligation, Profile, Role

_LONGEST_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")
_FILLS = {
    Obligation.REQUIRED: PatternFill("solid", fgColor="FFE0B2"),
    Obligation.RECOMMENDED: PatternFill("solid", fgColor="FFF8E1"),
    Obligation.OPTIONAL: PatternFill("solid", fgColor="ECEFF1"),
}
_WIDTH = 22
# Excel would make a date of "1954-05" and the number 12 of "0012"; as text they stay.
_TEXT_FORMAT = "@"


def write_template(path: Path, kinds: Sequence[Profile], lang: str) -> None:
    """Write an empty workbook with a sheet for each kind, named so that ingest knows the kind.

    No cell can be run as a formula, whatever the museum calls its fields.

    Args:
        path: The file to make.
        kinds: The profile, turned to each kind.
        lang: Language of headings and notes.

    Raises:
        SourceError: The name is not that of a workbook.
        StoreWriteError: ``path`` is there already, or the disk refuses.
    """
    if path.suffix.lower() != ".xlsx":
        raise SourceError(_("A template is a workbook: its name must end in .xlsx."), path=path)
    book = Workbook()
    book.remove(book.worksheets[0])
    for kind in kinds:
        entry = kind.kind_entry
        label = entry.label(lang) if entry and entry.labels else _("Catalogue")
        name = _NOT_IN_SHEET_NAMES.sub(" ", label)[:_LONGEST_SHEET_NAME]
        _fill(book.create_sheet(name), list(_fields(kind)), lang)
    try:
        with path.open("xb") as file:
            book.save(file)
    except OSError as error:
        raise StoreWriteError(
            _("It cannot be written: {reason}.").format(reason=why_refused(error)),
            remedy=_("Give another name, or take the old file away."),
            path=path,
        ) from error


def _fields(kind: Profile) -> Iterator[Field]:
    # The sheet's name says the kind.
    return (field for field in kind if field.role is not Role.KIND)


def _fill(sheet: Any, fields: Sequence[Field], lang: str) -> None:
    for column, field in enumerate(fields, start=1):
        cell = sheet.cell(1, column)
        cell.value = field.label(lang)
        cell.data_type = "s"
        cell.font = Font(bold=True)
        cell.fill = _FILLS[field.obligation]
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        comment = Comment(_note(field), "Hoa Ban", height=160, width=320)
        cell.comment = comment
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.width = _WIDTH
        dimension.number_format = _TEXT_FORMAT
    sheet.freeze_panes = "A2"


def _note(field: Field) -> str:
    lines = [_OBLIGATIONS[field.obligation]()]
    if field.note:
        lines.append(field.note.replace(" | ", "\n"))
    if field.repeatable:
        marks = " ".join(field.separators.replace(LINE, ""))
        lines.append(
            _("Several values: separate them with {marks}").format(marks=marks)
            if marks
            else _("Several values: one a line")
        )
    if field.has_language:
        lines.append(
            _("In another language: a further column, as {heading}").format(
                heading=f"{field.name}@en"
            )
        )
    return "\n".join(lines)


_OBLIGATIONS = {
    Obligation.REQUIRED: lambda: _("Required: without it the row is set aside."),
    Obligation.RECOMMENDED: lambda: _("Recommended: fill it in when it is known."),
    Obligation.OPTIONAL: lambda: _("Optional."),
}
