"""Of bags that other museums send: RECEIVE."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "RECEIVE-unreadable",
        Severity.ERROR,
        N_("The item cannot be taken from the bag: {reason}."),
        N_("Ask for a new bag, made with hoaban export bagit --all-access."),
    ),
    FindingKind(
        "RECEIVE-without-masters",
        Severity.ERROR,
        N_("The bag describes masters of the item that are not in it: {names}."),
        N_("Ask for a new bag, made with hoaban export bagit --all-access."),
    ),
    FindingKind(
        "RECEIVE-other-object",
        Severity.ERROR,
        N_("The number '{identifier}' is that of another object here: '{here}', not '{there}'."),
        N_("Agree with the sender on another number for one of the two."),
    ),
    FindingKind(
        "RECEIVE-differs",
        Severity.ERROR,
        N_("The item was changed here and by the sender; it stays as it is here. Other: {fields}."),
        N_("Look at both. Correct it here with hoaban records, or there, and have it sent again."),
    ),
    FindingKind(
        "RECEIVE-older",
        Severity.INFO,
        N_("The archive has a newer state of the item than the bag; it stays as it is."),
        N_("Nothing to do."),
    ),
    FindingKind(
        "RECEIVE-known",
        Severity.INFO,
        N_("The item is in the archive already, the same."),
        N_("Nothing to do."),
    ),
    FindingKind(
        "RECEIVE-similar-number",
        Severity.WARNING,
        N_("The number '{identifier}' is spelled almost as '{here}', which is in the archive."),
        N_("See whether they are one object; if so, agree with the sender on one spelling."),
    ),
)
