"""Of records that go to partners in a standard of theirs: EXCHANGE."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "EXCHANGE-no-rights",
        Severity.ERROR,
        N_("Left out of {format}: rights: no rights statement with an address is given."),
        N_("Fill in the item's licence (field {field}), or set rights_uri in hoaban.toml."),
    ),
    FindingKind(
        "EXCHANGE-rights-refused",
        Severity.ERROR,
        N_("Left out of {format}: rights: aggregators do not take '{value}'."),
        N_(
            "Give a Creative Commons licence, or of rightsstatements.org InC, InC-EDU, InC-OW-EU,"
            " NoC-NC, NoC-OKLR or CNE (field {field})."
        ),
    ),
    FindingKind(
        "EXCHANGE-no-language",
        Severity.ERROR,
        N_("Left out of {format}: language: a text needs the language it is written in."),
        N_(
            "Fill in the item's language (field {field}), or give its kind another type in"
            " [exchange]."
        ),
    ),
    FindingKind(
        "EXCHANGE-no-title",
        Severity.ERROR,
        N_("Left out of {format}: title: there is neither a title nor a description."),
        N_("Fill in the item's title (field {field})."),
    ),
    FindingKind(
        "EXCHANGE-no-topic",
        Severity.ERROR,
        N_("Left out of {format}: type: there is no object type, subject, place or period."),
        N_("Fill in the item's object type (field {field})."),
    ),
    FindingKind(
        "EXCHANGE-no-address",
        Severity.ERROR,
        N_("Left out of {format}: page: the item has no address that the public can reach."),
        N_("Only public items have one: give its access level, or export it as lido or mods."),
    ),
    FindingKind(
        "EXCHANGE-not-an-object",
        Severity.WARNING,
        N_(
            "Left out of {format}: it describes objects, and this is the record of a person or"
            " group."
        ),
        N_("Nothing to do; csv and jsonld hold such records."),
    ),
    FindingKind(
        "EXCHANGE-no-images",
        Severity.WARNING,
        N_("Its images are left out of {format}: they show more than its limits allow now."),
        N_("Make them again, then export again: hoaban derive"),
    ),
    FindingKind(
        "EXCHANGE-no-base-url",
        Severity.WARNING,
        N_("The addresses of pages and images are left out of {format}: base_url is not set."),
        N_("Set base_url in hoaban.toml to the address the site is published at."),
    ),
    FindingKind(
        "EXCHANGE-invalid",
        Severity.ERROR,
        N_("Left out of {format}: the document would not be valid: {reason}."),
        N_("Correct the value it names; if there is none, report this to the makers of Hoa Ban."),
    ),
)
