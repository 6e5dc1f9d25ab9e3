"""Of pictures that nobody who cannot see them is told of: ALT."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "ALT-none",
        Severity.INFO,
        N_("None of the {count} items with pictures says in words what they show ('{field}')."),
        N_(
            "For readers who do not see, title and view stand in for it; better is a column"
            " '{field}' with a line for each picture (docs/spreadsheet.md)."
        ),
    ),
    FindingKind(
        "ALT-missing",
        Severity.INFO,
        N_("'{field}' has {given} of {count} lines, one for each picture."),
        N_("Say in a line what the picture shows; title and view stand in for it until then."),
    ),
)
