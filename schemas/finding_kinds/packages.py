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
        "EXPORT-cell-cut",
        Severity.WARNING,
        N_("A text of '{number}' is longer than a cell of a workbook can be, so it was cut."),
        N_("Export as csv for the whole text."),
    ),
    FindingKind(
        "EXPORT-no-images",
        Severity.WARNING,
        N_("The item '{number}' has no images that are made, so it was left out."),
        N_("Deliver its scans, or make its images: hoaban derive"),
    ),
    FindingKind(
        "EXPORT-no-address",
        Severity.WARNING,
        N_("The addresses in it begin with {address}, which leads nobody to the site."),
        N_("Set base_url in hoaban.toml to the address the site is published at."),
    ),
    FindingKind(
        "EXPORT-no-licence",
        Severity.WARNING,
        N_("It does not say under which licence the set may be used."),
        N_("Set rights_uri in hoaban.toml, or give every item the same licence."),
    ),
    FindingKind(
        "EXPORT-no-publisher",
        Severity.WARNING,
        N_("It does not say who publishes the set."),
        N_("Set publisher in hoaban.toml to the name of the museum."),
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
