"""From a row of cells to the description of an item, not yet checked and without its scans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.intake.columns import Column, Header, column_letter
from pipeline.intake.table import RescuedCell, Row
from pipeline.intake.text import fold, is_vietnamese, tidy_line, tidy_lines
from schemas.dublincore import Statement
from schemas.findings import Finding
from schemas.identifiers import item_id_for
from schemas.legacy.cells import has_lost_letters
from schemas.profile import Role
from schemas.records import Access

# Terms whose text may run over several lines; any other is told on one.
_LONG_TERMS = frozenset({"abstract", "description", "provenance", "tableOfContents"})
_URI = re.compile(r"(?:https?://[^\s<>\"{}|\\^`]+|urn:[A-Za-z0-9][A-Za-z0-9-]+:[^\s<>\"]+)")
_BETWEEN_VALUES = re.compile(r"[;\r\n]")
_LETTER = re.compile(r"[^\W\d_]{2,}")
# What Excel shows where a formula failed. Source: ECMA-376 part 1, 18.17.2.7 error-constant.
_CELL_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#GETTING_DATA"}
)
_ACCESS_WORDS = {
    "public": Access.PUBLIC,
    "open": Access.PUBLIC,
    "cong khai": Access.PUBLIC,
    "restricted": Access.RESTRICTED,
    "limited": Access.RESTRICTED,
    "han che": Access.RESTRICTED,
    "staff": Access.STAFF,
    "internal": Access.STAFF,
    "staff only": Access.STAFF,
    "noi bo": Access.STAFF,
}


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
        originals: (heading, text as found) of cells that were legacy text.
        findings: What is wrong with its cells.
    """

    sheet: str
    row: int
    header: Header
    identifier: str
    statements: tuple[Statement, ...]
    files: tuple[str, ...] = ()
    access: Access | None = None
    extra: tuple[tuple[str, str], ...] = ()
    originals: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()

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


def read_rows(rows: Iterator[Row], header: Header, *, path: str, sheet: str) -> Iterator[Draft]:
    """Yield what each row under a header says, as the rows come; empty rows are passed over."""
    by_index = {column.index: column for column in header.columns}
    for row in rows:
        cells = [
            (by_index.get(index) or Column(index, column_letter(index)), cell)
            for index, cell in enumerate(row.cells)
            if cell and not cell.isspace()
        ]
        if cells:
            yield _RowReader(row, header, path, sheet).read(cells)


def split_values(text: str) -> list[str]:
    """Return the values of a repeatable cell: what stands between ``;`` or line breaks."""
    parts = _BETWEEN_VALUES.split(text)
    return [value for value in map(tidy_line, parts) if value]


def parse_access(text: str) -> Access | None:
    """Return the access level a Vietnamese or English word names, or None."""
    return _ACCESS_WORDS.get(fold(text))


class _RowReader:
    """Collects what the cells of one row say."""

    def __init__(self, row: Row, header: Header, path: str, sheet: str) -> None:
        self.row = row
        self.header = header
        self.path = path
        self.sheet = sheet
        self.identifier = ""
        self.statements: list[Statement] = []
        self.files: list[str] = []
        self.access: Access | None = None
        self.extra: list[tuple[str, str]] = []
        self.originals: list[tuple[str, str]] = []
        self.findings: list[Finding] = []

    def read(self, cells: list[tuple[Column, str]]) -> Draft:
        for column, cell in cells:
            text = cell.strip()
            if has_lost_letters(text):
                self._find("TEXT-lost-letter", column, words=f"'{tidy_line(text)[:60]}'")
            if text in _CELL_ERRORS:
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
            originals=tuple(self.originals),
            findings=tuple(self.findings),
        )

    def _read_cell(self, column: Column, text: str) -> None:
        if column.meaning is None:
            if not column.is_counter:
                self.extra.append((column.heading, tidy_lines(text)))
            return
        role = column.meaning.field.role
        if role is Role.IDENTIFIER:
            self.identifier = tidy_line(text)
        elif role is Role.FILES:
            self.files.extend(split_values(text))
        elif role is Role.ACCESS:
            self.access = parse_access(text)
            if self.access is None:
                # Whoever wrote something here meant to say who may see the item.
                self.access = Access.STAFF
                self._find("ROW-bad-access", column, value=tidy_line(text))
        else:
            self.statements.extend(_statements(column, text))

    def _tell_rescued(self, column: Column, cell: RescuedCell) -> None:
        if cell.original != self.row.cells[column.index]:
            self.originals.append((column.heading, cell.original))
        if cell.doubtful:
            code = "TEXT-lost-letter" if cell.is_u_lost else "TEXT-legacy-doubtful"
            words = ", ".join(f"{word} → {source}?" for word, source in cell.doubtful[:5])
            self._find(code, column, words=words)

    def _find(self, code: str, column: Column, **values: object) -> None:
        self.findings.append(
            Finding(
                code,
                path=self.path,
                sheet=self.sheet,
                row=self.row.number,
                column=column.heading,
                values=values,
            )
        )


def _statements(column: Column, text: str) -> Iterator[Statement]:
    """Yield the statements of a cell.

    The language of a text is the one its heading names. Where that names none the text stays
    untagged, unless it is obviously Vietnamese (:func:`is_vietnamese`): a heading in one
    language over text in another is common, so the heading's own language says nothing.
    """
    meaning = column.meaning
    if meaning is None:
        return
    field = meaning.field
    if field.repeatable:
        values = split_values(text)
    else:
        values = [tidy_lines(text) if field.term in _LONG_TERMS else tidy_line(text)]
    lang = meaning.lang
    if not lang and field.has_language and any(map(is_vietnamese, values)):
        lang = "vi"
    for value in filter(None, values):
        name, uri = _name_and_uri(value)
        if name:
            name = _with_unit(name, meaning.unit)
        yield Statement(field.term, name, lang if name else "", uri, field.name)


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
