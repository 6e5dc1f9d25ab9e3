"""Of letters that nobody sees, in names of files and in cells."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "SCAN-turned-name",
        Severity.ERROR,
        N_(
            "The name holds letters that turn the writing round ({letters}): it is not as it looks."
        ),
        N_("Look at what the file really is, then give it another name."),
    ),
    FindingKind(
        "SCAN-hidden-letters",
        Severity.WARNING,
        N_("The name holds letters that nobody sees ({letters})."),
        N_("It is kept under this name; type the name anew when convenient."),
    ),
    FindingKind(
        "TEXT-turned",
        Severity.WARNING,
        N_("The cell holds letters that turn the writing round ({letters}); they are left out."),
        N_("Read what the record says now, and type the cell anew if it is wrong."),
    ),
    FindingKind(
        "EXPORT-hidden-letters",
        Severity.WARNING,
        N_("The record of '{number}' holds letters that nobody sees, in {places}."),
        N_(
            "Numbers and names of masters go out byte for byte: tell the partner. Type texts anew"
            " with hoaban records export and import."
        ),
    ),
)
