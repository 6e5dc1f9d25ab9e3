"""Of who may see single files: CHANGE-file."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "CHANGE-file-opened",
        Severity.WARNING,
        N_("The file '{name}' becomes open to more people than before, or earlier."),
        N_("If that is not meant, correct the file column and run the command again."),
    ),
)
