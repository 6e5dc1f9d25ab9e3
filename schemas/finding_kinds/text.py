"""Of the letters of a catalogue's text: TEXT (written before Unicode, or lost since)."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "TEXT-legacy-found",
        Severity.ERROR,
        N_("{cells} cells are written in {charset}, not in Unicode; for example: {examples}."),
        N_(
            "Run ingest and answer yes, or give --yes. Where the text is right as it is, set "
            "legacy_text = 'keep' in hoaban.toml."
        ),
    ),
    FindingKind(
        "TEXT-legacy-waits",
        Severity.ERROR,
        N_("The row has text in {charset}, and nobody has agreed that it is converted."),
        N_("Look at the examples of its column, then run the command again with --yes."),
    ),
    FindingKind(
        "TEXT-legacy-rescued",
        Severity.INFO,
        N_("{cells} cells were written in {charset} and are read as Unicode: {examples}."),
        N_("Nothing to do if the examples are right. The text as found is kept in each object."),
    ),
    FindingKind(
        "TEXT-legacy-doubtful",
        Severity.WARNING,
        N_("Words of the cell may have been converted wrongly: {words}."),
        N_("Compare the cell with the paper register, and correct it in the sheet."),
    ),
    FindingKind(
        "TEXT-lost-letter",
        Severity.WARNING,
        N_("Letters of the cell were lost before it came here: {words}."),
        N_("Deliver the file it was copied from, or correct the cell by the paper register."),
    ),
    FindingKind(
        "TEXT-lost-u",
        Severity.WARNING,
        N_("The letter ư was lost in this column; it is restored where no other word is possible."),
        N_("Deliver the file it was copied from, or read the column against the paper register."),
    ),
)
