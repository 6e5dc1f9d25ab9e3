"""Of records that came back edited, and of batches taken back: RECORDS."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "RECORDS-conflict",
        Severity.ERROR,
        N_(
            "Since '{base}' went out, the archive says '{archive}' and the sheet says '{sheet}':"
            " the item is left as it is."
        ),
        N_("Write what is right into the cell of a newly exported sheet, and import that."),
    ),
    FindingKind(
        "RECORDS-no-item",
        Severity.ERROR,
        N_("The archive has no item '{item}'."),
        N_("Leave the first column as it went out. New items come in with: hoaban ingest"),
    ),
    FindingKind(
        "RECORDS-no-version",
        Severity.ERROR,
        N_("'{version}' is no version of this item, so it is not known what was changed."),
        N_("Leave the second column as it went out, or export the records again."),
    ),
    FindingKind(
        "RECORDS-row-twice",
        Severity.ERROR,
        N_("The item stands in another row too: {other}. Neither is taken over."),
        N_("Keep one row for each item."),
    ),
    FindingKind(
        "RECORDS-bad-access",
        Severity.ERROR,
        N_("'{value}' is not an access level: the item is left as it is."),
        N_("Write public, restricted or staff."),
    ),
    FindingKind(
        "RECORDS-required",
        Severity.ERROR,
        N_("The field '{column}' is required and was emptied: the item is left as it is."),
        N_("Write its value, or make the field optional in profile.csv."),
    ),
    FindingKind(
        "RECORDS-cut",
        Severity.ERROR,
        N_(
            "The text has {count} characters, more than a cell can hold, so its end is missing in"
            " the sheet: the item is left as it is."
        ),
        N_("Change this field with a new delivery of the item: a CSV file and hoaban ingest"),
    ),
    FindingKind(
        "RECORDS-read-only",
        Severity.WARNING,
        N_("The column '{column}' cannot be edited in a sheet: this cell is passed over."),
        N_("Numbers and scans change with a new delivery: hoaban ingest"),
    ),
    FindingKind(
        "RECORDS-column-unknown",
        Severity.WARNING,
        N_("The column '{column}' is none that went out, so it is passed over."),
        N_("Use the names of exported columns, or add the field to profile.csv."),
    ),
    FindingKind(
        "RECORDS-undo-conflict",
        Severity.ERROR,
        N_("What the batch changed was changed again since ({what}): the item is left as it is."),
        N_("Take the later batch back first, or mend the record by hand."),
    ),
)
