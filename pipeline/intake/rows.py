"""From a row of cells to the description of an item, not yet checked and without its scans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from sys import intern

from pipeline.intake.columns import Column, Header, column_letter
from pipeline.intake.headings import Meaning
from pipeline.intake.kinds import SheetKinds
from pipeline.intake.table import NOT_CALCULATED, RescuedCell, Row
from pipeline.intake.text import fold, is_vietnamese, tidy_line, tidy_lines
from schemas.access import (
    AccessTerms,
    parse_access_terms,
    parse_embargo,
    speaks_of_embargo,
    stricter,
)
from schemas.dublincore import Statement
from schemas.fields import DEFAULT_SEPARATORS, LINE, ValueType
from schemas.findings import Finding
from schemas.hidden_letters import has_turning, hidden_in
from schemas.hostile_text import formula_in, program_in
from schemas.identifiers import item_id_for
from schemas.legacy.cells import has_lost_letters
from schemas.profile import Field, Role
from schemas.records import Access

# Terms whose text may run over several lines; any other is told on one.
_LONG_TERMS = frozenset({"abstract", "description", "provenance", "tableOfContents"})
_URI = re.compile(r"(?:https?://[^\s<>\"{}|\\^`]+|urn:[A-Za-z0-9][A-Za-z0-9-]+:[^\s<>\"]+)")
_LETTER = re.compile(r"[^\W\d_]{2,}")
# What says, folded, in a column of embargoes that there is none.
_NO_EMBARGO = frozenset({"", "khong", "khong co", "no", "none", "0"})
# What Excel shows where a formula failed. Source: ECMA-376 part 1, 18.17.2.7 error-constant.
_CELL_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#GETTING_DATA"}
)


@dataclass(frozen=True)
class Draft:
    """What one row says of one item.

    Attributes:
        sheet: Sheet of the row; empty for CSV.
        row: Row number as the spreadsheet program shows it.
        header: The headings it was read under.
        identifier: The inventory number; may be empty.
        statements: In the order of the columns.
        files: The names in its file columns, in order.
        access: The access level it gives, or None when it gives none.
        extra: (heading, text) of cells under unknown columns.
        kind: Its kind of record; empty for the default kind.
        originals: (heading, text as found) of cells that were legacy text.
        findings: What is wrong with its cells.
        embargo_until: The last day of its embargo, empty where it gives access without one, or
            None when it says nothing of access.
    """

    sheet: str
    row: int
    header: Header
    identifier: str
    statements: tuple[Statement, ...]
    files: tuple[str, ...] = ()
    access: Access | None = None
    extra: tuple[tuple[str, str], ...] = ()
    kind: str = ""
    originals: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    embargo_until: str | None = None

    @cached_property
    def item_id(self) -> str:
        """The item's id; the row must have an inventory number."""
        return item_id_for(self.identifier)

    @property
    def is_note(self) -> bool:
        """Say whether the row has nothing an item has: a group heading, a total, a remark."""
        return not (
            self.identifier
            or self.files
            or any(statement.term == "title" for statement in self.statements)
        )


def read_rows(rows: Iterator[Row], kinds: SheetKinds, *, path: str, sheet: str) -> Iterator[Draft]:
    """Yield what each row under a header says, as the rows come; empty rows are passed over."""
    for row in rows:
        filled = [(i, cell) for i, cell in enumerate(row.cells) if cell and not cell.isspace()]
        if filled:
            yield _RowReader(row, kinds, path, sheet).read(filled)


def split_values(text: str, separators: str = DEFAULT_SEPARATORS) -> list[str]:
    """Return the values of a repeatable cell: what stands between ``separators``."""
    return [value for value in map(tidy_line, _between(separators).split(text)) if value]


def default_statements(field: Field) -> tuple[Statement, ...]:
    """Return what a row whose cell of a field is empty says by default."""
    return tuple(_statements(Meaning(field), field.default)) if field.default else ()


@cache
def _between(separators: str) -> re.Pattern[str]:
    marks = re.escape(separators.replace(LINE, ""))
    lines = r"\r\n" if LINE in separators else ""
    return re.compile(f"[{marks}{lines}]" if marks or lines else r"(?!)")


def split_cell(text: str, field: Field) -> list[str]:
    """Return the values of a field's cell, tidied: several only where the field is repeatable."""
    if field.repeatable:
        return split_values(text, field.separators)
    tidied = tidy_lines(text) if field.term in _LONG_TERMS else tidy_line(text)
    return [tidied] if tidied else []


def statement_of(term: str, text: str, *, lang: str, field: str, unit: str = "") -> Statement:
    """Return the statement that one value of a cell makes: text, URI, or ``text <URI>``."""
    name, uri = _name_and_uri(text)
    if name:
        name = _with_unit(name, unit)
    # Catalogues say the same few things thousands of times; each is kept once.
    return Statement(term, intern(name), lang if name else "", intern(uri), field)


class _RowReader:
    """Collects what the cells of one row say."""

    def __init__(self, row: Row, kinds: SheetKinds, path: str, sheet: str) -> None:
        self.row = row
        self.kinds = kinds
        self.kind = kinds.of(row)
        self.header = self.kind.header
        self.path = path
        self.sheet = sheet
        self.identifier = ""
        self.statements: list[Statement] = []
        self.files: list[str] = []
        self.access: Access | None = None
        self.embargo_until: str | None = None
        self.extra: list[tuple[str, str]] = []
        self.originals: list[tuple[str, str]] = []
        self.findings: list[Finding] = []

    def read(self, cells: list[tuple[int, str]]) -> Draft:
        known = self.header.by_index
        if self.kind.column is not None:
            self._find(
                "ROW-unknown-kind",
                self.kind.column,
                value=self.kind.written,
                kinds=self.kinds.names(),
            )
        for index, cell in cells:
            column = known.get(index) or Column(index, column_letter(index))
            text = cell.strip()
            if has_lost_letters(text):
                self._find("TEXT-lost-letter", column, words=f"'{tidy_line(text)[:60]}'")
            if has_turning(text):
                self._find("TEXT-turned", column, letters=", ".join(hidden_in(text)))
            if program := program_in(text):
                self._find("TEXT-program", column, found=program)
            if formula := formula_in(text):
                self._find("TEXT-formula", column, found=formula)
            if text == NOT_CALCULATED:
                self._find("ROW-formula-unsaved", column)
            elif text in _CELL_ERRORS:
                self._find("ROW-formula-error", column, value=text)
            else:
                self._read_cell(column, text)
            if column.index in self.row.rescued:
                self._tell_rescued(column, self.row.rescued[column.index])
        return Draft(
            sheet=self.sheet,
            row=self.row.number,
            header=self.header,
            identifier=self.identifier,
            statements=tuple(self.statements),
            files=tuple(self.files),
            access=self.access,
            extra=tuple(self.extra),
            kind=self.kind.kind,
            originals=tuple(self.originals),
            findings=tuple(self.findings),
            embargo_until=self.embargo_until,
        )

    def _read_cell(self, column: Column, text: str) -> None:
        if column.meaning is None:
            if not column.is_counter:
                self.extra.append((column.heading, tidy_lines(text)))
            # A profile without such a field is no leave to show what the museum withholds.
            if column.is_unknown_embargo and fold(text) not in _NO_EMBARGO:
                self._read_access(column, text, parse_embargo(text), "VALUE-bad-embargo")
            if column.is_other_kind:
                kind = self.kinds.label(self.kind.kind)
                self._find("ROW-other-kind", column, column=column.heading, kind=kind)
            return
        field = column.meaning.field
        role = field.role
        if role is Role.IDENTIFIER:
            self.identifier = tidy_line(text)
        elif role is Role.FILES:
            self.files.extend(split_values(text, field.separators))
        elif role is Role.ACCESS:
            code = "VALUE-bad-embargo" if speaks_of_embargo(text) else "ROW-bad-access"
            self._read_access(column, text, parse_access_terms(text), code)
        elif role is Role.VALUE:
            if field.value_type is ValueType.EMBARGO:
                self._read_access(column, text, parse_embargo(text), "VALUE-bad-embargo")
            self.statements.extend(_statements(column.meaning, text))

    def _read_access(self, column: Column, text: str, terms: AccessTerms | None, code: str) -> None:
        if terms is None:
            # Whoever wrote something here meant to say who may see the item.
            self.access = Access.STAFF
            self._find(code, column, value=tidy_line(text))
            return
        until = terms.embargo_until.isoformat() if terms.embargo_until else ""
        self.embargo_until = max(self.embargo_until or "", until)
        self.access = stricter(self.access, terms.access)

    def _tell_rescued(self, column: Column, cell: RescuedCell) -> None:
        if cell.original != self.row.cells[column.index]:
            self.originals.append((column.heading, cell.original))
        if cell.doubtful:
            code = "TEXT-lost-letter" if cell.is_u_lost else "TEXT-legacy-doubtful"
            words = ", ".join(f"{word} → {source}?" for word, source in cell.doubtful[:5])
            self._find(code, column, words=words)

    def _find(self, code: str, at: Column, **values: object) -> None:
        self.findings.append(
            Finding(
                code,
                path=self.path,
                sheet=self.sheet,
                row=self.row.number,
                column=at.heading,
                values=values,
            )
        )


def _statements(meaning: Meaning, text: str) -> Iterator[Statement]:
    """Yield the statements of a cell.

    The language of a text is the one its heading names. Where that names none the text stays
    untagged, unless it is obviously Vietnamese (:func:`is_vietnamese`): a heading in one
    language over text in another is common, so the heading's own language says nothing.
    """
    field = meaning.field
    values = split_cell(text, field)
    lang = meaning.lang
    if not lang and field.has_language and any(map(is_vietnamese, values)):
        lang = "vi"
    for value in values:
        yield statement_of(field.term, value, lang=lang, field=field.name, unit=meaning.unit)


def _name_and_uri(value: str) -> tuple[str, str]:
    """Return the text and the URI of ``text <uri>``, as our own CSV has them, or one of them."""
    if _URI.fullmatch(value):
        return "", value
    name, mark, uri = value.rpartition(" <")
    if mark and uri.endswith(">") and _URI.fullmatch(uri[:-1]):
        return name, uri[:-1]
    return value, ""


def _with_unit(value: str, unit: str) -> str:
    # A number under "Kích thước (cm)" would lose its unit; "12 cm" already has one.
    return value if not unit or _LETTER.search(value) else f"{value} {unit}"
