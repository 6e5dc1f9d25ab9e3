"""A catalogue file as checked rows: every sheet that has known headings, read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from archive.config import Settings
from pipeline.intake.columns import (
    Header,
    Headings,
    check_header,
    find_header,
    settle,
    with_stand_in,
)
from pipeline.intake.merging import merge_sheets
from pipeline.intake.rows import Draft, read_rows
from pipeline.intake.sheet import open_sheets
from pipeline.intake.table import Row, Sheet, SheetError
from pipeline.intake.text import tidy_line
from schemas.findings import Finding
from schemas.messages import current_language
from schemas.profile import Field, Obligation, Role

# When no sheet of a workbook can be read, the failure that came nearest is told.
_NEARNESS = ("SHEET-no-identifier-column", "SHEET-no-header", "SHEET-empty")
_NAMED_CELLS = 12


class CatalogueReader:
    """Reads every sheet of a catalogue and gathers what is wrong with them.

    Attributes:
        findings: After :meth:`read`: what concerns no single item.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        headings: Headings,
        settings: Settings,
        each_sheet: Callable[[Sheet], Sheet] = lambda sheet: sheet,
    ) -> None:
        """Prepare to read.

        Args:
            path: The file.
            name: What findings call it: its path relative to the delivery.
            headings: What columns are recognised by.
            settings: Of the archive.
            each_sheet: Gives the sheet to read in place of each sheet.
        """
        self.findings: list[Finding] = []
        self._path = path
        self._name = name
        self._headings = headings
        self._settings = settings
        self._each_sheet = each_sheet
        self._has_rows = False

    def read(self) -> list[Draft]:
        """Return every row with an inventory number, merged over the sheets and checked.

        Raises:
            SheetError: The file cannot be read, or no sheet of it is a catalogue with rows.
        """
        sheets: list[list[Draft]] = []
        headers: list[Header] = []
        failures: list[SheetError] = []
        with open_sheets(self._path, count_known=self._headings.count_known) as opened:
            for sheet in map(self._each_sheet, opened):
                try:
                    header, rows = self._header(sheet)
                except SheetError as error:
                    if error.code not in _NEARNESS:
                        raise
                    failures.append(error)
                    continue
                headers.append(header)
                sheets.append(list(self._rows(rows, header, sheet.name)))
        if not self._has_rows:
            if headers:
                raise SheetError("SHEET-empty")
            raise min(failures, key=lambda error: _NEARNESS.index(error.code))
        self._tell_ignored(failures)
        merged = merge_sheets(sheets, self._headings.profile, path=self._name)
        self.findings.extend(merged.findings)
        wanted = self._wanted_fields(headers)
        return [self._checked(draft, wanted) for draft in merged.drafts]

    def _header(self, sheet: Sheet) -> tuple[Header, Iterator[Row]]:
        found, rows = find_header(sheet.rows, self._headings)
        if found is None:
            raise _no_header(sheet, rows)
        settled, stand_in = with_stand_in(settle(found), self._headings.profile)
        if settled.with_role(Role.IDENTIFIER) is None:
            raise SheetError("SHEET-no-identifier-column", sheet=sheet.name, row=found.row)
        self.findings.extend(check_header(found, path=self._name, sheet=sheet.name))
        if stand_in:
            self.findings.append(
                Finding(
                    "COLUMN-as-identifier",
                    path=self._name,
                    sheet=sheet.name,
                    row=found.row,
                    column=stand_in.heading,
                    values={"column": stand_in.heading},
                )
            )
        return settled, rows

    def _rows(self, rows: Iterator[Row], header: Header, sheet: str) -> Iterator[Draft]:
        unnamed: set[str] = set()
        named = {column.heading for column in header.columns}
        for draft in read_rows(rows, header, path=self._name, sheet=sheet):
            self._has_rows = True
            for heading, _text in draft.extra:
                # A column without a heading is told of where its first value stands.
                if heading not in named and heading not in unnamed:
                    unnamed.add(heading)
                    self._find("COLUMN-unknown", draft, column=heading)
            if draft.identifier:
                yield draft
                continue
            code = "ROW-note" if draft.is_note else "ROW-no-identifier"
            heading = "" if draft.is_note else header.heading_of(Role.IDENTIFIER)
            self._find(code, draft, column=heading)
            self.findings.extend(draft.findings)

    def _find(self, code: str, draft: Draft, *, column: str) -> None:
        self.findings.append(
            Finding(
                code,
                path=self._name,
                sheet=draft.sheet,
                row=draft.row,
                column=column,
                values={"column": column},
            )
        )

    def _tell_ignored(self, failures: Sequence[SheetError]) -> None:
        self.findings.extend(
            Finding("SHEET-ignored", path=self._name, sheet=error.sheet)
            for error in failures
            if error.code != "SHEET-empty"
        )

    def _wanted_fields(self, headers: Sequence[Header]) -> dict[str, tuple[Field, str]]:
        """Return what each row should have: the field and the code of the finding if it lacks.

        A recommended field that no sheet has a column for is told of here, once, so that
        70,000 rows do not each repeat it.
        """
        present = {c.meaning.field.name for h in headers for c in h.columns if c.meaning}
        wanted: dict[str, tuple[Field, str]] = {}
        for field in self._headings.profile:
            if field.role is not Role.VALUE:
                continue
            if field.obligation is Obligation.REQUIRED:
                code = "ROW-no-title" if field.name == "title" else "ROW-no-value"
                wanted[field.name] = (field, code)
            elif not self._is_recommended(field):
                continue
            elif field.name in present:
                wanted[field.name] = (field, "ROW-missing-value")
            else:
                values = {"field": field.label(current_language())}
                self.findings.append(Finding("COLUMN-missing", path=self._name, values=values))
        return wanted

    def _is_recommended(self, field: Field) -> bool:
        # The archive's own statement stands for items that have none.
        has_rights = self._settings.rights or self._settings.rights_uri
        is_settled = field.term in ("rights", "license") and has_rights
        return field.obligation is Obligation.RECOMMENDED and not is_settled

    def _checked(self, draft: Draft, wanted: Mapping[str, tuple[Field, str]]) -> Draft:
        filled = {statement.field for statement in draft.statements}
        findings = tuple(
            Finding(
                code,
                path=self._name,
                sheet=draft.sheet,
                row=draft.row,
                column=draft.header.field_heading(field),
                values={"field": field.label(current_language())},
            )
            for name, (field, code) in wanted.items()
            if name not in filled
        )
        return replace(draft, findings=draft.findings + findings) if findings else draft


def _no_header(sheet: Sheet, rows: Iterator[Row]) -> SheetError:
    for row in rows:
        cells = [tidy_line(cell) for cell in row.cells if cell.strip()]
        if cells:
            shown = ", ".join(f"'{cell[:40]}'" for cell in cells[:_NAMED_CELLS])
            return SheetError("SHEET-no-header", sheet=sheet.name, row=row.number, headings=shown)
    return SheetError("SHEET-empty", sheet=sheet.name)
