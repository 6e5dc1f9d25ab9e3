"""Of the archive: BUDGET (the site to come), STORE."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "BUDGET-files",
        Severity.WARNING,
        N_("The site has or will have {files} files; the budget is {budget}."),
        N_(
            "Use the derivative profile 'small', which needs a quarter of the tiles, or a host or "
            "disk that takes more files; then raise file_budget."
        ),
    ),
    FindingKind(
        "BUDGET-size",
        Severity.WARNING,
        N_("The site has or will have {megabytes} MB; the budget is {budget} MB."),
        N_(
            "Use the derivative profile 'small', or a host or disk with more room; then raise "
            "size_budget_mb."
        ),
    ),
    FindingKind(
        "STORE-damaged",
        Severity.ERROR,
        N_("The stored item cannot be read: {reason}."),
        N_("Restore its folder in store/ from a copy; see what is damaged with: hoaban audit"),
    ),
    FindingKind(
        "STORE-copy-differs",
        Severity.ERROR,
        N_("The copy in the archive is not what was read: {reason}."),
        N_("Check the disk and the memory of this computer, then run the command again."),
    ),
)
