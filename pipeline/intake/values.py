"""What the values of a sheet mean, and the findings of those that were not understood.

Many cells that fail in the same way are one finding for their column, so that a catalogue of
70,000 rows does not drown the people who mend it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.intake.columns import Header
from pipeline.intake.rows import Draft, default_statements
from schemas.dublincore import Statement
from schemas.findings import Finding
from schemas.normalising import Normaliser, Unread, ValueTables, decimal_marks, measured_fields
from schemas.profile import Field, Profile

MOST_CELLS = 100
"""Cells of one column with one finding that are each told of."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """The values of one cell that were not understood, and the row's place in the sheet."""

    place: int
    unread: tuple[Unread, ...]


class SheetValues:
    """Reads the values of the sheets of one catalogue.

    Attributes:
        findings: After :meth:`read`: one for each column with many cells that failed alike.
    """

    def __init__(self, profile: Profile, tables: ValueTables, path: str) -> None:
        """Prepare.

        Args:
            profile: The profile of the catalogue.
            tables: What values are understood by.
            path: The catalogue, relative to the delivery.
        """
        self.findings: list[Finding] = []
        self._profile = profile
        self._tables = tables
        self._path = path

    def read(self, drafts: list[Draft]) -> list[Draft]:
        """Return the rows of a sheet with what their values mean, and what is to be told."""
        normalisers = self._normalisers(drafts)
        failures: dict[tuple[str, str], list[_Failure]] = defaultdict(list)
        for place, draft in enumerate(drafts):
            statements, unread = normalisers[draft.kind].normalised(draft.statements)
            if any(new is not old for new, old in zip(statements, draft.statements, strict=True)):
                drafts[place] = replace(draft, statements=statements)
            for (heading, code), values in _by_cell(draft.header, unread).items():
                failures[heading, code].append(_Failure(place, tuple(values)))
        told: dict[int, list[Finding]] = defaultdict(list)
        for (heading, code), found in failures.items():
            first = drafts[found[0].place]
            if len(found) > MOST_CELLS:
                self._summarise(first, heading, code, found)
                continue
            for failure in found:
                draft = drafts[failure.place]
                finding = self._finding(draft, heading, failure, normalisers[draft.kind])
                told[failure.place].append(finding)
        for place, findings in told.items():
            drafts[place] = replace(drafts[place], findings=(*drafts[place].findings, *findings))
        return drafts

    def defaults(self, field: Field, kind: str) -> tuple[Statement, ...]:
        """Return what a row whose cell of a field is empty says by default."""
        normaliser = Normaliser(self._profile.of(kind), self._tables)
        return normaliser.normalised(default_statements(field))[0]

    def _normalisers(self, drafts: Sequence[Draft]) -> dict[str, Normaliser]:
        """Return what reads the rows of each kind, by all that their columns prove."""
        texts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        headers: dict[str, Header] = {}
        measures = {profile.kind: measured_fields(profile) for profile in self._profile.each()}
        for draft in drafts:
            headers[draft.kind] = draft.header
            for statement in draft.statements:
                if statement.field in measures[draft.kind]:
                    texts[draft.kind][statement.field].append(statement.value)
        return {
            kind: Normaliser(
                self._profile.of(kind),
                self._tables,
                units=_units(header),
                decimal_marks=decimal_marks(self._profile.of(kind), texts[kind]),
            )
            for kind, header in headers.items()
        }

    def _summarise(self, first: Draft, heading: str, code: str, found: Sequence[_Failure]) -> None:
        values = {
            "count": len(found),
            "column": heading,
            "kind": code,
            "value": _shown(found[0].unread),
        }
        finding = Finding("VALUE-many", self._path, first.sheet, first.row, heading, "", values)
        self.findings.append(finding)

    def _finding(
        self, draft: Draft, heading: str, failure: _Failure, normaliser: Normaliser
    ) -> Finding:
        code = failure.unread[0].code
        candidates = [found for u in failure.unread if (found := normaliser.candidates(u))]
        values: dict[str, object] = {"value": _shown(failure.unread)}
        if candidates:
            values["candidates"] = "; ".join(candidates)
            code = "VALUE-similar-term" if code == "VALUE-unknown-term" else code
        return Finding(code, self._path, draft.sheet, draft.row, heading, "", values)


def _units(header: Header) -> dict[str, str]:
    """Return the unit of each field whose columns name one and the same."""
    units: dict[str, set[str]] = defaultdict(set)
    for column in header.columns:
        if column.meaning:
            units[column.meaning.field.name].add(column.meaning.unit)
    return {name: next(iter(found)) for name, found in units.items() if len(found) == 1}


def _by_cell(header: Header, unread: Iterable[Unread]) -> dict[tuple[str, str], list[Unread]]:
    cells: dict[tuple[str, str], list[Unread]] = {}
    for entry in unread:
        key = header.field_heading(entry.field), entry.code
        cells.setdefault(key, []).append(entry)
    return cells


def _shown(unread: Sequence[Unread]) -> str:
    text = "; ".join(entry.text for entry in unread)
    return text if len(text) <= 80 else text[:79] + "…"
