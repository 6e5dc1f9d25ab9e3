"""Of what is given out: EXPORT."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "EXPORT-invalid",
        Severity.ERROR,
        N_("The item '{number}' would not be valid {format}, so it was left out: {reason}."),
        N_("Correct what is named there in its record, then export again."),
    ),
    FindingKind(
        "EXPORT-number-unknown",
        Severity.ERROR,
        N_("The archive has no item '{number}'."),
        N_("Correct the number in the list. hoaban search finds how it is written."),
    ),
    FindingKind(
        "EXPORT-number-ambiguous",
        Severity.ERROR,
        N_("No item is called '{number}', and several are called nearly so: {names}."),
        N_("Write the one that is meant exactly so."),
    ),
    FindingKind(
        "EXPORT-number-withheld",
        Severity.WARNING,
        N_("The item '{number}' is not public, so it was left out."),
        N_("For somebody who may have it: --all-access"),
    ),
    FindingKind(
        "EXPORT-number-withdrawn",
        Severity.WARNING,
        N_("The item '{number}' was taken out of the archive, so it was left out."),
        N_("Take it out of the list, or bring it back with: hoaban undo"),
    ),
)
