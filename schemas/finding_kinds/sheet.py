"""Of the catalogue: SHEET (the file), COLUMN, ROW, CHANGE (against the archive)."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "SHEET-unreadable",
        Severity.ERROR,
        N_("The catalogue cannot be read: {reason}."),
        N_("Open it in the spreadsheet program, save it again as .xlsx or as CSV UTF-8."),
    ),
    FindingKind(
        "SHEET-encrypted",
        Severity.ERROR,
        N_("The workbook is protected with a password."),
        N_("Remove the password, save it, and try again."),
    ),
    FindingKind(
        "SHEET-empty",
        Severity.ERROR,
        N_("The catalogue has no rows under its heading."),
        N_("Check that the right file was given and that rows stand under the headings."),
    ),
    FindingKind(
        "SHEET-no-header",
        Severity.ERROR,
        N_("No row of column headings was found: none of {headings} is known."),
        N_("Name one column 'Số kiểm kê' or 'identifier', and one 'Tên gọi' or 'title'."),
    ),
    FindingKind(
        "SHEET-no-identifier-column",
        Severity.ERROR,
        N_("The sheet has no column of inventory numbers."),
        N_("Name the column of inventory numbers 'Số kiểm kê' or 'identifier'."),
    ),
    FindingKind(
        "SHEET-ignored",
        Severity.WARNING,
        N_("The sheet has no known headings or no column of inventory numbers, so it is left out."),
        N_("Nothing to do if it is meant; else name its columns as in the other sheet."),
    ),
    FindingKind(
        "SHEET-merged",
        Severity.INFO,
        N_("It describes {count} items of an earlier sheet again; what it adds is merged in."),
        N_("Nothing to do if both sheets are about the same objects."),
    ),
    FindingKind(
        "SHEET-other",
        Severity.INFO,
        N_("This file looks like a catalogue too; '{chosen}' is read instead."),
        N_("To read this one, give its name: --catalogue FILE"),
    ),
    FindingKind(
        "ROW-no-identifier",
        Severity.ERROR,
        N_("The row has no inventory number."),
        N_("Give each row its inventory number."),
    ),
    FindingKind(
        "ROW-no-title",
        Severity.ERROR,
        N_("The row has no title."),
        N_("Write the name of the item in the title column."),
    ),
    FindingKind(
        "ROW-no-value",
        Severity.ERROR,
        N_("The field '{field}' is required and is empty."),
        N_("Fill it in, or make the field optional in profile.csv."),
    ),
    FindingKind(
        "ROW-duplicate-identifier",
        Severity.ERROR,
        N_("The inventory number '{identifier}' stands in more than one row: {rows}."),
        N_("Give each object its own number; all of these rows are set aside until then."),
    ),
    FindingKind(
        "ROW-bad-access",
        Severity.ERROR,
        N_("'{value}' is not an access level."),
        N_("Write public, restricted or staff. An item in the archive keeps its level until then."),
    ),
    FindingKind(
        "ROW-missing-value",
        Severity.WARNING,
        N_("The field '{field}' is recommended and is empty."),
        N_("Fill it in when it is known."),
    ),
    FindingKind(
        "ROW-formula-error",
        Severity.WARNING,
        N_("The cell shows the error {value}, so it counts as empty."),
        N_("Mend the formula, or write the value itself."),
    ),
    FindingKind(
        "ROW-sheets-differ",
        Severity.WARNING,
        N_("Row {row} of '{sheet}' says otherwise in: {fields}; the earlier sheet is used."),
        N_("Make both sheets say the same."),
    ),
    FindingKind(
        "ROW-access-differs",
        Severity.WARNING,
        N_("Row {row} of '{sheet}' gives '{other}' as access, and this row '{value}'."),
        N_("The item is '{counting}' until both sheets say the same."),
    ),
    FindingKind(
        "ROW-note",
        Severity.WARNING,
        N_("The row has no number, title or scans, so it is taken for a note and left out."),
        N_("Nothing to do if it is a heading or a total; else give it its inventory number."),
    ),
    FindingKind(
        "COLUMN-unknown",
        Severity.WARNING,
        N_("The column '{column}' is not known, so its cells are kept but not published."),
        N_("Rename it to a known heading, or add it to profile.csv."),
    ),
    FindingKind(
        "COLUMN-embargo",
        Severity.WARNING,
        N_("The column '{column}' is not known; its days count as the last day of an embargo."),
        N_('If it is something else, tell hoaban check to pass it over: --map "{column}="'),
    ),
    FindingKind(
        "COLUMN-duplicate",
        Severity.WARNING,
        N_("The columns '{other}' and '{column}' mean the same; only '{other}' is published."),
        N_("Rename or remove one of them; the cells of the other are kept meanwhile."),
    ),
    FindingKind(
        "COLUMN-missing",
        Severity.WARNING,
        N_("The catalogue has no column for '{field}', which is recommended."),
        N_("Add the column when its values are known."),
    ),
    FindingKind(
        "COLUMN-as-identifier",
        Severity.INFO,
        N_("There is no column of inventory numbers, so '{column}' is read as one."),
        N_("To be clear, name the column 'Số kiểm kê' or 'identifier'."),
    ),
    FindingKind(
        "CHANGE-access-opened",
        Severity.WARNING,
        N_("The item was '{old}' and becomes '{new}': more people will see it."),
        N_("If that is not meant, correct the access column and run the command again."),
    ),
    FindingKind(
        "CHANGE-fields-emptied",
        Severity.WARNING,
        N_("The archive has values for {fields}, and this row has none: they are emptied."),
        N_("If that is not meant, deliver the whole row; the former version stays in the store."),
    ),
)
