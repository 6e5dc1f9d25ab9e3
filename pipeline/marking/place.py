"""Where in the sheet each finding belongs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.config import IntakeSettings
from pipeline.intake.columns import Headings, column_letter, find_header, settle, with_stand_in
from pipeline.intake.sheet import open_sheets
from schemas.findings import Finding
from schemas.profile import Profile, Role

RowPlace = tuple[str, int]


@dataclass(frozen=True)
class Mark:
    """A finding and the cell it is about.

    Attributes:
        finding: What was found.
        sheet: Name of the sheet; empty for CSV.
        row: Row number, from 1; 0 when the finding is about no row.
        column: Place of the column, from 0.
    """

    finding: Finding
    sheet: str
    row: int
    column: int

    @property
    def cell(self) -> str:
        """The cell as a spreadsheet program names it, as ``C12``; empty when there is none."""
        return f"{column_letter(self.column)}{self.row}" if self.row else ""


@dataclass(frozen=True)
class _Columns:
    by_heading: Mapping[str, int]
    identifier: int
    files: int

    def of(self, finding: Finding) -> int:
        """Return the column of a finding; that of the inventory number when it names none."""
        if not finding.column:
            return self.identifier
        known = self.by_heading.get(finding.column)
        return _letters_index(finding.column, self.identifier) if known is None else known


def place_findings(
    findings: Iterable[Finding],
    catalogue: Path,
    profile: Profile,
    *,
    rows: Mapping[str, RowPlace],
    intake: IntakeSettings,
) -> tuple[Mark, ...]:
    """Return a mark for each finding, in their order.

    A finding of a scan is placed at the file cell of its item's row.

    Args:
        findings: Of a check.
        catalogue: The catalogue that was checked.
        profile: Says what its headings mean.
        rows: Sheet and row number of each item.
        intake: What else the settings say of headings and encoding.

    Raises:
        SheetError: The catalogue cannot be read as a whole.
    """
    columns = _columns_of(catalogue, profile, intake)
    return tuple(_place(finding, columns, rows) for finding in findings)


def _place(finding: Finding, columns: Mapping[str, _Columns], rows: Mapping[str, RowPlace]) -> Mark:
    if finding.row is not None:
        known = columns.get(finding.sheet)
        return Mark(finding, finding.sheet, finding.row, known.of(finding) if known else 0)
    sheet, row = rows.get(finding.item_id, ("", 0))
    known = columns.get(sheet)
    return Mark(finding, sheet, row, known.files if known else 0)


def _columns_of(catalogue: Path, profile: Profile, intake: IntakeSettings) -> dict[str, _Columns]:
    headings = Headings(profile, intake.columns)
    columns: dict[str, _Columns] = {}
    with open_sheets(
        catalogue, count_known=headings.count_known, encoding=intake.encoding
    ) as sheets:
        for sheet in sheets:
            found, _rows = find_header(sheet.rows, headings)
            if found is None:
                continue
            header, _column = with_stand_in(settle(found), profile)
            identifier = header.with_role(Role.IDENTIFIER)
            files = header.with_role(Role.FILES)
            first = identifier.index if identifier else 0
            by_heading = {column.heading: column.index for column in reversed(header.columns)}
            columns[sheet.name] = _Columns(by_heading, first, files.index if files else first)
    return columns


def _letters_index(letters: str, otherwise: int) -> int:
    """Return the place of a column named by its letter, as findings name one without heading."""
    if not (letters.isascii() and letters.isalpha() and letters.isupper() and len(letters) < 4):
        return otherwise
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
