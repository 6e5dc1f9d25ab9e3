"""Of reading a catalogue, whatever its format: more of SHEET, COLUMN and ROW."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "SHEET-too-large",
        Severity.ERROR,
        N_("Unpacked the catalogue would need {size} MB; a catalogue has at most {limit} MB."),
        N_("Copy the table alone into a new workbook, or deliver it in several files."),
    ),
    FindingKind(
        "SHEET-needs-extra",
        Severity.ERROR,
        N_("Reading {found} needs a part of Hoa Ban that is not installed."),
        N_("Save the catalogue as .xlsx, or install the part: pip install 'hoaban[{extra}]'"),
    ),
    FindingKind(
        "SHEET-hidden",
        Severity.WARNING,
        N_("The sheet is hidden, so it is left out."),
        N_("Nothing to do if it is meant; else show the sheet and save the workbook."),
    ),
    FindingKind(
        "SHEET-encoding",
        Severity.WARNING,
        N_("The file does not say how its letters are written; it is read as {encoding}."),
        N_("If marks look wrong, save it as CSV UTF-8, or set encoding in hoaban.toml, [intake]."),
    ),
    FindingKind(
        "COLUMN-hidden",
        Severity.INFO,
        N_("The column '{column}' is hidden in the sheet; it is read all the same."),
        N_("If it is not meant for the archive, delete it, or map it to nothing in hoaban.toml."),
    ),
    FindingKind(
        "COLUMN-similar",
        Severity.WARNING,
        N_(
            "The column '{column}' is not known, but resembles '{label}'; its cells are kept but "
            "not published."
        ),
        N_(
            'If it is that, rename it, or remember it: hoaban check SOURCE --map "{column}={field}"'
        ),
    ),
    FindingKind(
        "COLUMN-mapped-nowhere",
        Severity.ERROR,
        N_("The settings say that the column '{column}' is '{field}', and there is no such field."),
        N_("Correct the table [intake.columns] in hoaban.toml; hoaban profile lists the fields."),
    ),
    FindingKind(
        "ROW-unknown-kind",
        Severity.ERROR,
        N_("'{value}' is no kind of record."),
        N_("Write one of: {kinds}."),
    ),
    FindingKind(
        "ROW-other-kind",
        Severity.WARNING,
        N_("A record of the kind '{kind}' has no field '{column}', so the cell is not published."),
        N_("Check the kind of the record, or add the field to that kind in profile.csv."),
    ),
    FindingKind(
        "ROW-formula-unsaved",
        Severity.WARNING,
        N_("The cell has a formula whose value was not saved, so it counts as empty."),
        N_("Open the workbook in the spreadsheet program and save it there, or write the value."),
    ),
)
