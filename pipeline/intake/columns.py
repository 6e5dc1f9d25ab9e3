"""What each column of a sheet means: headings recognised against the application profile.

A heading is recognised by a field's name, its labels in both languages, its further headings
and, last, its Dublin Core term; case, accents and punctuation do not matter. After the name may
stand a language (``title@vi``, ``Tên gọi (tiếng Anh)``, ``title_en``), a unit (``Kích thước
(cm)``), or any other remark in brackets; a repeatable field may be numbered (``Ảnh 2``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pipeline.intake.languages import language_named, language_said, parse_language_tag
from pipeline.intake.table import Row
from pipeline.intake.text import fold, tidy_line
from schemas.findings import Finding
from schemas.profile import Field, Profile, Role

HEADER_ROWS = 20
# Columns that only count the rows: they mean nothing, and change when rows are sorted.
_COUNTERS = frozenset({"stt", "tt", "so tt", "so thu tu", "thu tu", "row", "row no", "no stt"})
_UNITS = frozenset({"mm", "cm", "dm", "m", "g", "gr", "gram", "kg", "gam", "inch", "in", "px"})
_BRACKETED = re.compile(r"(?P<name>.*\S)\s*[(\[](?P<remark>[^()\[\]]*)[)\]][\s*:]*", re.DOTALL)
_NUMBERED = re.compile(r"(.*[^\W\d_])[\s_\-.]*\d{1,2}")


@dataclass(frozen=True)
class Meaning:
    """What a heading says.

    Attributes:
        field: The field of the profile.
        lang: BCP 47 tag of the language it names, or empty.
        unit: The unit it names, or empty.
        rank: How sure the name is; 0 is the field's own name or label, larger is vaguer.
    """

    field: Field
    lang: str = ""
    unit: str = ""
    rank: int = 0


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    Attributes:
        index: Its place, from 0.
        heading: Its heading as the sheet has it, or its letter when it has none.
        meaning: What it means, or None when it is not known.
        is_counter: It only counts the rows.
    """

    index: int
    heading: str
    meaning: Meaning | None = None
    is_counter: bool = False


@dataclass(frozen=True)
class Header:
    """The row of column headings of a sheet.

    Attributes:
        row: Its row number.
        columns: Every column that has a heading, from left to right.
    """

    row: int
    columns: tuple[Column, ...]

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


class Headings:
    """Every heading a profile's fields are recognised by."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._known: dict[str, Meaning] = {}
        for field in profile:
            for name in (field.name, *field.labels.values()):
                self._add(name, field, rank=0)
        for field in profile:
            for rank, name in enumerate(field.headings, start=1):
                self._add(name, field, rank=rank)
        for field in profile:
            for prefix in ("", "dcterms:", "dc:") if field.term else ():
                self._add(prefix + field.term, field, rank=1000)

    def recognise(self, heading: str) -> Meaning | None:
        """Return what a heading means, or None when it is not known."""
        known = self._known.get(_key(heading))
        if known:
            return known
        name, mark, tag = heading.rpartition("@")
        if mark:
            return self._in_language(name, parse_language_tag(tag))
        match = _BRACKETED.fullmatch(heading)
        if match:
            return self._with_remark(match["name"], match["remark"])
        words = fold(heading).split()
        for count in range(1, min(4, len(words))):
            lang = language_said(" ".join(words[-count:]))
            if lang:
                return self._in_language(" ".join(words[:-count]), lang)
        match = _NUMBERED.fullmatch(heading.strip())
        known = self._known.get(_key(match[1])) if match else None
        return known if known and known.field.repeatable else None

    def count_known(self, cells: Sequence[str]) -> int:
        """Return how many different fields some cells are headings of."""
        return len({m.field.name for m in map(self.recognise, cells) if m})

    def _add(self, name: str, field: Field, *, rank: int) -> None:
        self._known.setdefault(_key(name), Meaning(field, rank=rank))

    def _in_language(self, name: str, lang: str) -> Meaning | None:
        known = self._known.get(_key(name))
        if not known or not lang or known.field.role is not Role.VALUE:
            return None
        return replace(known, lang=lang)

    def _with_remark(self, name: str, remark: str) -> Meaning | None:
        lang = language_named(remark)
        if lang:
            return self._in_language(name, lang)
        known = self._known.get(_key(name))
        unit = remark.strip() if fold(remark) in _UNITS else ""
        return replace(known, unit=unit, rank=known.rank + 1) if known else None


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


def check_header(header: Header, *, path: str, sheet: str) -> Iterator[Finding]:
    """Yield a finding for each column that is not known or stands twice."""
    used = {(c.meaning.field.name, c.meaning.lang): c for c in _used(header.columns) if c.meaning}
    for column in header.columns:
        if column.is_counter:
            continue
        if column.meaning is None:
            yield Finding(
                "COLUMN-unknown",
                path=path,
                sheet=sheet,
                row=header.row,
                column=column.heading,
                values={"column": column.heading},
            )
            continue
        chosen = used.get((column.meaning.field.name, column.meaning.lang))
        if chosen and chosen is not column and not column.meaning.field.repeatable:
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


def _key(heading: str) -> str:
    return fold(heading) or heading.strip()


def _is_header(row: Row, headings: Headings) -> bool:
    meanings = [m for m in map(headings.recognise, row.cells) if m]
    has_identifier = any(m.field.role is Role.IDENTIFIER for m in meanings)
    return has_identifier or len({m.field.name for m in meanings}) > 1


def _columns(row: Row, headings: Headings) -> tuple[Column, ...]:
    columns = []
    for index, cell in enumerate(row.cells):
        heading = tidy_line(cell)
        if heading:
            is_counter = fold(heading) in _COUNTERS
            meaning = None if is_counter else headings.recognise(heading)
            columns.append(Column(index, heading, meaning, is_counter))
    return tuple(columns)


def _used(columns: Iterable[Column]) -> list[Column]:
    best: dict[tuple[str, str, int], Column] = {}
    for column in columns:
        if column.meaning is None:
            continue
        field = column.meaning.field
        key = (field.name, column.meaning.lang, column.index if field.repeatable else -1)
        if key not in best or column.meaning.rank < _rank(best[key]):
            best[key] = column
    return list(best.values())


def _rank(column: Column) -> int:
    return column.meaning.rank if column.meaning else 0


def _without_column_numbers(rows: Iterator[Row]) -> Iterator[Row]:
    first = next(rows, None)
    if first is None:
        return iter(())
    filled = [cell.strip().strip("()[]") for cell in first.cells if cell.strip()]
    is_numbering = len(filled) > 2 and filled == [str(n + 1) for n in range(len(filled))]
    return rows if is_numbering else chain((first,), rows)
