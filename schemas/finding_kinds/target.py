"""What a colour target in a scan tells of its colours."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        "QUALITY-target-graded",
        Severity.INFO,
        N_(
            "The colour target is kept well: {stars} of 4 stars (ΔE2000 mean {mean}, 90% below"
            " {p90}, most {worst})."
        ),
        "",
    ),
    FindingKind(
        "QUALITY-target-poor",
        Severity.WARNING,
        N_(
            "The colours of the target are off: {stars} of 4 stars (ΔE2000 mean {mean}, 90% below"
            " {p90}, most {worst})."
        ),
        N_(
            "Check the lamps, the white balance, the exposure and the colour profile, then scan"
            " the target and these objects again."
        ),
    ),
)
