"""What a check found: a code, a place, a sentence, a remedy. Kept as data, said in any language.

The tables in ``schemas.finding_kinds`` are the only place where finding codes are made. Each code
is documented in ``docs/findings.md`` (generated from here, a test compares) and has a bad fixture
in ``tests/data`` or a test that raises it, named after the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.finding_kinds import (
    access,
    alt_texts,
    exchange,
    hidden,
    hostile,
    keeping,
    packages,
    partners,
    profile,
    quality,
    reading,
    receiving,
    replicas,
    roundtrip,
    scans,
    sheet,
    target,
    text,
    values,
)
from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.hidden_letters import turning_shown
from schemas.messages import translate

__all__ = ["KINDS", "Finding", "FindingKind", "Severity", "has_errors"]

# Codes read AREA-what; findings.md shows them in this order.
KINDS: Mapping[str, FindingKind] = {
    kind.code: kind
    for kind in (
        *sheet.KINDS,
        *access.KINDS,
        *reading.KINDS,
        *text.KINDS,
        *hidden.KINDS,
        *hostile.KINDS,
        *values.KINDS,
        *profile.KINDS,
        *scans.KINDS,
        *alt_texts.KINDS,
        *quality.KINDS,
        *target.KINDS,
        *roundtrip.KINDS,
        *keeping.KINDS,
        *replicas.KINDS,
        *receiving.KINDS,
        *packages.KINDS,
        *exchange.KINDS,
        *partners.KINDS,
    )
}


@dataclass(frozen=True)
class Finding:
    """One finding at one place.

    Attributes:
        code: A key of :data:`KINDS`.
        path: The file concerned, relative to the source folder, in POSIX form; may be empty.
        sheet: Name of the sheet; empty for a CSV file and for scans.
        row: Row number as the spreadsheet program shows it, from 1.
        column: Column heading as the sheet has it, or its letter when it has none.
        item_id: The item concerned, when known.
        values: What fills the fields of the sentence.
    """

    code: str
    path: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    item_id: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def kind(self) -> FindingKind:
        """The registry entry of this finding."""
        return KINDS[self.code]

    @property
    def severity(self) -> Severity:
        """How much this finding matters."""
        return self.kind.severity

    def message(self, lang: str | None = None) -> str:
        """Return the sentence and the remedy in ``lang``, by default the current language."""
        kind = self.kind
        problem = translate(kind.problem, lang).format_map(dict(self.values))
        remedy = translate(kind.remedy, lang).format_map(dict(self.values))
        return turning_shown(f"{problem} {remedy}".strip())

    def where(self) -> str:
        """Return the place in one line: path, sheet, row and column, as far as known."""
        cell = ", ".join(
            part
            for part in (
                self.sheet and f"[{self.sheet}]",
                str(self.row) if self.row is not None else "",
                self.column,
            )
            if part
        )
        return turning_shown(": ".join(part for part in (self.path, cell) if part))

    def to_json(self, lang: str | None = None) -> dict[str, object]:
        """Return the finding as the plain dict that ``--json`` prints."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "path": self.path,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "item": self.item_id,
            "message": self.message(lang),
        }


def has_errors(findings: tuple[Finding, ...] | list[Finding]) -> bool:
    """Say whether any finding sets its item aside."""
    return any(finding.severity is Severity.ERROR for finding in findings)
