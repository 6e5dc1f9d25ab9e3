"""Of the application profile: PROFILE (``profile.csv``)."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "PROFILE-unreadable",
        Severity.ERROR,
        N_("The profile cannot be read: {reason}."),
        N_("Open it in the spreadsheet program and save it as CSV UTF-8."),
    ),
    FindingKind(
        "PROFILE-missing-column",
        Severity.ERROR,
        N_("The profile has no column '{column}'."),
        N_("Add it; hoaban profile --shipped FILE.csv writes a whole one to compare with."),
    ),
    FindingKind(
        "PROFILE-unknown-column",
        Severity.WARNING,
        N_("The column '{column}' of the profile is not known, so it is not used."),
        N_("Correct its name, as docs/profile.md has it, or remove it."),
    ),
    FindingKind(
        "PROFILE-similar-column",
        Severity.WARNING,
        N_("The column '{column}' of the profile is not known, so it is not used."),
        N_("If it is meant to be '{similar}', correct its name."),
    ),
    FindingKind(
        "PROFILE-bad-value",
        Severity.ERROR,
        N_("The profile has '{value}' here, expected {expected}."),
        N_("Correct the cell."),
    ),
    FindingKind(
        "PROFILE-contradiction",
        Severity.ERROR,
        N_("mandatory is '{mandatory}' and obligation is '{obligation}': one denies the other."),
        N_("Correct one of them, or leave obligation empty."),
    ),
    FindingKind(
        "PROFILE-duplicate-field",
        Severity.ERROR,
        N_("The field '{field}' stands twice in one kind, first in row {first}."),
        N_("Give the second one another name, or remove it."),
    ),
    FindingKind(
        "PROFILE-no-identifier",
        Severity.ERROR,
        N_("The kind '{kind}' has no field with the role 'identifier', or no field 'title'."),
        N_("Add both: without them a row cannot be told from another."),
    ),
    FindingKind(
        "PROFILE-no-fields",
        Severity.ERROR,
        N_("The profile has no fields."),
        N_("Write one row a field; hoaban profile --shipped FILE.csv writes a whole one."),
    ),
    FindingKind(
        "PROFILE-no-label",
        Severity.WARNING,
        N_("The field '{field}' has no label, so people are shown its name."),
        N_("Write a label in label_vi and label_en."),
    ),
    FindingKind(
        "PROFILE-shared-heading",
        Severity.WARNING,
        N_("The heading '{heading}' belongs to '{first}' too; only '{first}' is recognised by it."),
        N_("Take it away from one of the two."),
    ),
    FindingKind(
        "PROFILE-unused",
        Severity.INFO,
        N_("'{value}' is kept for other programs; Hoa Ban does not use the column '{column}'."),
        N_("Nothing to do if it is meant; see docs/profile.md for what is used."),
    ),
)
