"""The row of headings of a sheet, and what each of its columns is read as.

Which words are headings of which field says ``pipeline.intake.headings``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from pipeline.intake.headings import Headings, Meaning
from pipeline.intake.table import Row
from pipeline.intake.text import fold, tidy_line
from schemas.findings import Finding
from schemas.messages import current_language
from schemas.profile import Field, Profile, Role

HEADER_ROWS = 20
# Columns that only count the rows: they mean nothing, and change when rows are sorted.
_COUNTERS = frozenset({"stt", "tt", "so tt", "so thu tu", "thu tu", "row", "row no", "no stt"})

# Headings under which a day says until when a row is kept from the public.
_EMBARGO = re.compile(
    r"\b(?:embargo(?:ed|es)?|cam van|"
    r"(?:khong|chua)(?: duoc)? cong (?:bo|khai) (?:cho )?(?:den|toi)|"
    r"(?:han che|noi bo) (?:cho )?(?:den|toi)|"
    r"(?:restricted|withheld|closed|staff only|not public) (?:until|till))\b"
)

__all__ = ["Column", "Header", "Headings", "Meaning", "find_header"]


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    Attributes:
        index: Its place, from 0.
        heading: Its heading as the sheet has it, or its letter when it has none.
        meaning: What it means, or None when it is not known.
        is_counter: It only counts the rows, or the museum has said to pass it over.
        is_other_kind: It means something, but only in another kind of record.
    """

    index: int
    heading: str
    meaning: Meaning | None = None
    is_counter: bool = False
    is_other_kind: bool = False

    @property
    def is_unknown_embargo(self) -> bool:
        """Whether the profile does not know it, and its heading speaks of an embargo."""
        return (
            self.meaning is None
            and not self.is_counter
            and _EMBARGO.search(fold(self.heading)) is not None
        )


@dataclass(frozen=True)
class Header:
    """The row of column headings of a sheet.

    Attributes:
        row: Its row number.
        columns: Every column that has a heading, from left to right.
    """

    row: int
    columns: tuple[Column, ...]

    @cached_property
    def by_index(self) -> dict[int, Column]:
        """Each column by its place."""
        return {column.index: column for column in self.columns}

    def with_role(self, role: Role) -> Column | None:
        """Return the first column whose field has a role, or None."""
        return next((c for c in self.columns if c.meaning and c.meaning.field.role is role), None)

    def heading_of(self, role: Role) -> str:
        """Return the heading of the first column of a role, or empty when it has none."""
        column = self.with_role(role)
        return column.heading if column else ""

    def field_heading(self, field: Field) -> str:
        """Return the heading of a field's first column, or empty when it has none."""
        for column in self.columns:
            if column.meaning and column.meaning.field is field:
                return column.heading
        return ""


def find_header(rows: Iterator[Row], headings: Headings) -> tuple[Header | None, Iterator[Row]]:
    """Return the row of headings and the rows after it; None and every row where there is none.

    Of the top 20 rows in which the identifier or two fields are recognised it is the one with
    most of them, the first among equals: a register's title, "Sổ kiểm kê hiện vật", reads like a
    heading too. A row below it that only numbers the columns, ``(1) (2) (3)``, is passed over.
    """
    top: list[Row] = []
    for row in rows:
        top.append(row)
        if row.number >= HEADER_ROWS:
            break
    best = max(
        (place for place, row in enumerate(top) if _is_header(row, headings)),
        key=lambda place: (headings.count_known(top[place].cells), -place),
        default=None,
    )
    if best is None:
        return None, chain(top, rows)
    below = chain(top[best + 1 :], rows)
    return (
        Header(top[best].number, _columns(top[best], headings)),
        _without_column_numbers(below),
    )


def check_header(header: Header, headings: Headings, *, path: str, sheet: str) -> Iterator[Finding]:
    """Yield a finding for each column that is not known or stands twice."""
    used = {(c.meaning.field.name, c.meaning.lang): c for c in _used(header.columns) if c.meaning}
    for column in header.columns:
        if column.is_counter or column.is_other_kind:
            continue
        if column.meaning is None:
            yield _unknown(column, header, headings, path=path, sheet=sheet)
            continue
        chosen = used.get((column.meaning.field.name, column.meaning.lang))
        if chosen and chosen is not column and not _is_read_often(column.meaning.field):
            yield Finding(
                "COLUMN-duplicate",
                path=path,
                sheet=sheet,
                row=header.row,
                column=column.heading,
                values={"column": column.heading, "other": chosen.heading},
            )


def settle(header: Header) -> Header:
    """Return the header as it is read: each single field and language has one column.

    Of several columns that mean the same single field the most plainly named is read, and of
    equals the first; the others lose their meaning, so that their cells are kept as extra.
    """
    read = {column.index for column in _used(header.columns)}
    return replace(
        header,
        columns=tuple(
            column if column.index in read else replace(column, meaning=None)
            for column in header.columns
        ),
    )


def with_stand_in(header: Header, profile: Profile) -> tuple[Header, Column | None]:
    """Return a header that has a column of inventory numbers, if any column can be it.

    Returns:
        The header, and the column that stands in for the inventory number: the first whose
        field is a ``dcterms:identifier`` too. None when the header has its own, or none can.
    """
    identifier = profile.with_role(Role.IDENTIFIER)
    if identifier is None or header.with_role(Role.IDENTIFIER):
        return header, None
    for column in header.columns:
        if column.meaning and column.meaning.field.term == identifier.term:
            stand_in = replace(column, meaning=Meaning(identifier))
            columns = tuple(stand_in if c is column else c for c in header.columns)
            return replace(header, columns=columns), stand_in
    return header, None


def column_letter(index: int) -> str:
    """Return the letter a spreadsheet program shows over a column: 0 is ``A``, 26 is ``AA``."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _unknown(
    column: Column, header: Header, headings: Headings, *, path: str, sheet: str
) -> Finding:
    if column.is_unknown_embargo:
        return Finding(
            "COLUMN-embargo",
            path=path,
            sheet=sheet,
            row=header.row,
            column=column.heading,
            values={"column": column.heading},
        )
    similar = headings.suggest(column.heading)
    values = {"column": column.heading}
    if similar:
        values |= {"field": similar.name, "label": similar.label(current_language())}
    return Finding(
        "COLUMN-similar" if similar else "COLUMN-unknown",
        path=path,
        sheet=sheet,
        row=header.row,
        column=column.heading,
        values=values,
    )


def column_index(letters: str) -> int:
    """Return the place of the column that a spreadsheet program shows ``letters`` over, from 0."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def _is_header(row: Row, headings: Headings) -> bool:
    meanings = [m for m in map(headings.recognise, row.cells) if m]
    has_identifier = any(m.field.role is Role.IDENTIFIER for m in meanings)
    return has_identifier or len({m.field.name for m in meanings}) > 1


def _columns(row: Row, headings: Headings) -> tuple[Column, ...]:
    columns = []
    for index, cell in enumerate(row.cells):
        heading = tidy_line(cell)
        if heading:
            is_counter = headings.is_passed_over(heading) or (
                fold(heading) in _COUNTERS and not headings.is_mapped(heading)
            )
            meaning = None if is_counter else headings.recognise(heading)
            columns.append(Column(index, heading, meaning, is_counter))
    return tuple(columns)


def _used(columns: Iterable[Column]) -> list[Column]:
    best: dict[tuple[str, str, int], Column] = {}
    for column in columns:
        if column.meaning is None:
            continue
        field = column.meaning.field
        key = (field.name, column.meaning.lang, column.index if _is_read_often(field) else -1)
        if key not in best or column.meaning.rank < _rank(best[key]):
            best[key] = column
    return list(best.values())


def _is_read_often(field: Field) -> bool:
    """Say whether several columns of a field are read: of access the strictest counts."""
    return field.repeatable or field.role is Role.ACCESS


def _rank(column: Column) -> int:
    return column.meaning.rank if column.meaning else 0


def _without_column_numbers(rows: Iterator[Row]) -> Iterator[Row]:
    first = next(rows, None)
    if first is None:
        return iter(())
    filled = [cell.strip().strip("()[]") for cell in first.cells if cell.strip()]
    is_numbering = len(filled) > 2 and filled == [str(n + 1) for n in range(len(filled))]
    return rows if is_numbering else chain((first,), rows)
