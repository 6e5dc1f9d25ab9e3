"""A catalogue file as checked rows: every sheet that has known headings, read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from archive.settings import Settings
from pipeline.intake.columns import Header, check_header, find_header
from pipeline.intake.headings import Headings
from pipeline.intake.kinds import SheetKinds
from pipeline.intake.merging import merge_sheets
from pipeline.intake.rows import Draft, read_rows
from pipeline.intake.sheet import open_sheets
from pipeline.intake.similar import mark_similar
from pipeline.intake.table import OWN_SHEETS, Row, Sheet, SheetError
from pipeline.intake.text import tidy_line
from pipeline.intake.values import SheetValues
from schemas.dublincore import RIGHTS_TERMS, Statement
from schemas.findings import Finding
from schemas.messages import current_language
from schemas.normalising import ValueTables, shipped_tables
from schemas.overruled_rights import overruled_rights
from schemas.profile import Field, Obligation, Role

# When no sheet of a workbook can be read, the failure that came nearest is told.
_NEARNESS = ("SHEET-no-identifier-column", "SHEET-no-header", "SHEET-empty")
_NAMED_CELLS = 12


@dataclass(frozen=True)
class _Wanted:
    fields: Mapping[str, tuple[Field, str]]
    defaults: Mapping[str, tuple[Statement, ...]]


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
        tables: ValueTables | None = None,
    ) -> None:
        """Prepare to read.

        Args:
            path: The file.
            name: What findings call it: its path relative to the delivery.
            headings: What columns are recognised by.
            settings: Of the archive.
            each_sheet: Gives the sheet to read in place of each sheet.
            tables: What values are understood by; those that ship when left out.
        """
        self.findings: list[Finding] = []
        self._path = path
        self._name = name
        self._headings = headings
        self._settings = settings
        self._each_sheet = each_sheet
        self._values = SheetValues(headings.profile, tables or shipped_tables(), name)
        self._has_rows = False
        # Of each kind the headings of every sheet that has rows of it.
        self._used: dict[str, list[Header]] = defaultdict(list)

    def read(self) -> list[Draft]:
        """Return every row with an inventory number, merged over the sheets and checked.

        Raises:
            SheetError: The file cannot be read, or no sheet of it is a catalogue with rows.
        """
        sheets: list[list[Draft]] = []
        failures: list[SheetError] = []
        count_known, encoding = self._headings.count_known, self._settings.intake.encoding
        with open_sheets(self._path, count_known=count_known, encoding=encoding) as opened:
            for sheet in map(self._each_sheet, opened):
                if sheet.name.startswith(OWN_SHEETS):
                    continue
                if sheet.is_hidden:
                    self.findings.append(Finding("SHEET-hidden", self._name, sheet=sheet.name))
                    continue
                try:
                    kinds, rows = self._header(sheet)
                except SheetError as error:
                    if error.code not in _NEARNESS:
                        raise
                    failures.append(error)
                    continue
                sheets.append(self._values.read(list(self._rows(rows, kinds, sheet.name))))
        if not self._has_rows:
            if sheets or not failures:
                raise SheetError("SHEET-empty")
            raise min(failures, key=lambda error: _NEARNESS.index(error.code))
        self._tell_ignored(failures)
        merged = merge_sheets(sheets, self._headings.profile, path=self._name)
        self.findings.extend(merged.findings)
        self.findings.extend(self._values.findings)
        mark_similar(merged.drafts, self._name)
        wanted = {kind: _Wanted(*self._wanted_fields(kind)) for kind in self._used}
        return [self._checked(draft, wanted[draft.kind]) for draft in merged.drafts]

    def _header(self, sheet: Sheet) -> tuple[SheetKinds, Iterator[Row]]:
        kind = self._headings.kind_named(sheet.name or self._path.stem)
        headings = self._headings.of(kind or "")
        found, rows = find_header(sheet.rows, headings)
        if found is None:
            raise _no_header(sheet, rows)
        kinds = SheetKinds(found, headings)
        if kinds.header.with_role(Role.IDENTIFIER) is None:
            raise SheetError("SHEET-no-identifier-column", sheet=sheet.name, row=found.row)
        self.findings.extend(check_header(kinds.found, headings, path=self._name, sheet=sheet.name))
        self._tell_of_sheet(sheet, found)
        stand_in = kinds.stand_in
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
        return kinds, rows

    def _tell_of_sheet(self, sheet: Sheet, header: Header) -> None:
        if sheet.encoding:
            values = {"encoding": sheet.encoding}
            self.findings.append(Finding("SHEET-encoding", self._name, values=values))
        for column in header.columns:
            if column.index in sheet.hidden_columns and column.meaning:
                finding = Finding(
                    "COLUMN-hidden",
                    self._name,
                    sheet=sheet.name,
                    row=header.row,
                    column=column.heading,
                    values={"column": column.heading},
                )
                self.findings.append(finding)

    def _rows(self, rows: Iterator[Row], kinds: SheetKinds, sheet: str) -> Iterator[Draft]:
        unnamed: set[str] = set()
        header = kinds.header
        named = {column.heading for column in header.columns}
        for draft in read_rows(rows, kinds, path=self._name, sheet=sheet):
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
        for kind, used in kinds.used.items():
            self._used[kind].append(used)

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

    def _wanted_fields(
        self, kind: str
    ) -> tuple[Mapping[str, tuple[Field, str]], Mapping[str, tuple[Statement, ...]]]:
        """Return what each row of a kind should have, and what it says where a cell is empty.

        The first is by field: the field, and the code of the finding if a row lacks it.

        A recommended field that no sheet has a column for is told of here, once, so that
        70,000 rows do not each repeat it.
        """
        headers = self._used[kind]
        present = {c.meaning.field.name for h in headers for c in h.columns if c.meaning}
        wanted: dict[str, tuple[Field, str]] = {}
        defaults: dict[str, tuple[Statement, ...]] = {}
        for field in self._headings.profile.of(kind):
            if field.role is not Role.VALUE:
                continue
            if field.default:
                defaults[field.name] = self._values.defaults(field, kind)
            elif field.obligation is Obligation.REQUIRED:
                code = "ROW-no-title" if field.name == "title" else "ROW-no-value"
                wanted[field.name] = (field, code)
            elif not self._is_recommended(field):
                continue
            elif field.name in present:
                wanted[field.name] = (field, "ROW-missing-value")
            else:
                values = {"field": self._name_of(field, kind)}
                self.findings.append(Finding("COLUMN-missing", path=self._name, values=values))
        return wanted, defaults

    def _name_of(self, field: Field, kind: str) -> str:
        """Return what a sentence calls a field: with its kind, where it could be another's."""
        label = field.label(current_language())
        entry = self._headings.profile.of(kind).kind_entry
        return f"{label} ({entry.label(current_language())})" if kind and entry else label

    def _is_recommended(self, field: Field) -> bool:
        # The archive's own statement stands for items that have none.
        has_rights = self._settings.rights or self._settings.rights_uri
        is_settled = field.term in RIGHTS_TERMS and has_rights
        return field.obligation is Obligation.RECOMMENDED and not is_settled

    def _checked(self, draft: Draft, wanted: _Wanted) -> Draft:
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
            for name, (field, code) in wanted.fields.items()
            if name not in filled
        ) + self._overruled(draft)
        added = tuple(s for name in wanted.defaults.keys() - filled for s in wanted.defaults[name])
        if not (findings or added):
            return draft
        return replace(
            draft,
            statements=draft.statements + added,
            findings=draft.findings + findings,
        )

    def _overruled(self, draft: Draft) -> tuple[Finding, ...]:
        """Tell of rights in words that the address beside them denies."""
        return tuple(
            Finding(
                "VALUE-rights-differ",
                path=self._name,
                sheet=draft.sheet,
                row=draft.row,
                column=self._column(draft, found.statement.field),
                values=found.told,
            )
            for found in overruled_rights(draft.statements)
        )

    def _column(self, draft: Draft, name: str) -> str:
        field = self._headings.profile.of(draft.kind).get(name)
        return draft.header.field_heading(field) if field else name


def _no_header(sheet: Sheet, rows: Iterator[Row]) -> SheetError:
    for row in rows:
        cells = [tidy_line(cell) for cell in row.cells if cell.strip()]
        if cells:
            shown = ", ".join(f"'{cell[:40]}'" for cell in cells[:_NAMED_CELLS])
            return SheetError("SHEET-no-header", sheet=sheet.name, row=row.number, headings=shown)
    return SheetError("SHEET-empty", sheet=sheet.name)
