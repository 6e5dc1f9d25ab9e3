"""Of items that a partner profile leaves out, or has nothing for: PARTNER."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "PARTNER-rights-refused",
        Severity.INFO,
        N_("Left out for {partner}: its rights are '{value}', which this partner does not take."),
        N_("Nothing to do; if they are wrong, correct its licence (field {field})."),
    ),
    FindingKind(
        "PARTNER-no-rights",
        Severity.WARNING,
        N_("Left out for {partner}: no rights statement with an address is given."),
        N_("Fill in the item's licence (field {field}), or set rights_uri in hoaban.toml."),
    ),
    FindingKind(
        "PARTNER-no-template",
        Severity.WARNING,
        N_("Left out for {partner}: its profile names no template for the rights '{value}'."),
        N_(
            "Put the right one into [wiki.licences] of a copy of the profile in partners/; for what"
            " is in the public domain, the one that says why, as PD-old-100-expired."
        ),
    ),
    FindingKind(
        "PARTNER-no-images",
        Severity.WARNING,
        N_("Left out for {partner}: it has no images that are made."),
        N_("Deliver its scans, or make its images: hoaban derive"),
    ),
    FindingKind(
        "PARTNER-images-withheld",
        Severity.WARNING,
        N_("Its images do not go to {partner}: its limits allow no download, or smaller ones."),
        N_("See [limits] in hoaban.toml; after a change there: hoaban derive"),
    ),
    FindingKind(
        "PARTNER-no-code",
        Severity.WARNING,
        N_("The profile of {partner} has no code for '{value}', so the cell is without it."),
        N_("Add it to the codes in the profile's file, or correct the value."),
    ),
    FindingKind(
        "PARTNER-empty-cell",
        Severity.WARNING,
        N_("{partner} wants a value in this column, and the item has none."),
        N_("Fill it in, then export again."),
    ),
)
