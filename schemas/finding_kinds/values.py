"""Of values that should mean more than their text: VALUE."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "VALUE-date-unread",
        Severity.INFO,
        N_("The date '{value}' is kept as text: it is not certain when that was."),
        N_("Write it as in docs/dates.md (1954, thế kỷ XIX, khoảng 1900), or leave it."),
    ),
    FindingKind(
        "VALUE-measure-unread",
        Severity.INFO,
        N_("The measure '{value}' is kept as text: not all of it is certain."),
        N_("Write each number with what it measures and its unit: Cao 24 cm; ĐK 12,5 cm."),
    ),
    FindingKind(
        "VALUE-unknown-term",
        Severity.INFO,
        N_("'{value}' is kept as text: the vocabulary has no such term."),
        N_("If the text is right, add it to vocabularies/ in the archive, or leave it."),
    ),
    FindingKind(
        "VALUE-similar-term",
        Severity.INFO,
        N_("'{value}' is kept as text: the vocabulary has no such term."),
        N_("It may mean: {candidates}. Write one of them, or leave it."),
    ),
    FindingKind(
        "VALUE-place-ambiguous",
        Severity.INFO,
        N_("'{value}' may be several places: {candidates}."),
        N_("Write the commune with its district or province, as in the register, or leave it."),
    ),
    FindingKind(
        "VALUE-rights-differ",
        Severity.WARNING,
        N_("'{value}' names {named}, and the item's rights also name {counting}."),
        N_("Make both say the same; until then the public is told {counting}."),
    ),
    FindingKind(
        "VALUE-many",
        Severity.INFO,
        N_("{count} cells of the column '{column}' have the finding {kind}; this is the first."),
        N_("'{value}': docs/findings.md says under {kind} what to do. Other cells are not listed."),
    ),
    FindingKind(
        "VALUE-bad-embargo",
        Severity.ERROR,
        N_("'{value}' does not say until which day the item is kept from the public."),
        N_("Write the last day of the embargo: 31/12/2030."),
    ),
    FindingKind(
        "ROW-similar-identifier",
        Severity.WARNING,
        N_("The inventory number '{identifier}' is spelled like '{other}' ({where})."),
        N_("If both are one object, spell its number alike everywhere; else nothing to do."),
    ),
    FindingKind(
        "CHANGE-embargo-ended",
        Severity.WARNING,
        N_("The item was kept from the public until {old}, and this row ends that earlier."),
        N_("If that is not meant, correct the access column and run the command again."),
    ),
)
