"""A record as the cells of a row, and back, without loss.

Invariant: a record is the same after any cells were changed and changed back.

Headings are exact, not recognised: ``title@vi`` is the title in Vietnamese, ``dcterms:subject``
a statement that came from no field, ``extra:Kệ`` a cell that was kept under an unknown heading.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pipeline.intake.rows import split_cell, statement_of
from schemas.access import AccessTerms, access_text, parse_access_terms, parse_embargo
from schemas.cells import quote_cell
from schemas.dublincore import TERMS, Statement
from schemas.fields import DEFAULT_SEPARATORS, LINE
from schemas.normalising import Normaliser, ValueTables
from schemas.profile import Field, Obligation, Profile, Role, ValueType
from schemas.records import Access, Record

EXTRA = "extra:"
# What a cell of a spreadsheet program can hold, in UTF-16 units; it drops the rest without a word.
# Source: Excel specifications and limits, "Total number of characters that a cell can contain"
LONGEST_CELL = 32_767
_TERM = "dcterms:"
_MASTERS = "masters/"


class CellError(Exception):
    """A cell that cannot be taken over.

    Attributes:
        code: A RECORDS code of the findings.
        values: What fills its sentence.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class _CellReader:
    normaliser: Normaliser
    earlier: tuple[Statement, ...]


@dataclass(frozen=True)
class Columns:
    """The headings of a profile's special fields.

    Attributes:
        identifier: Of the inventory number; not to be edited.
        files: Of the scans; not to be edited.
        access: Of the access level.
        kind: Of the kind of record; not to be edited.
    """

    identifier: str
    files: str
    access: str
    kind: str

    @property
    def fixed(self) -> frozenset[str]:
        """Those that are not to be edited."""
        return frozenset({self.identifier, self.files, self.kind})


def columns_of(profile: Profile) -> Columns:
    """Return the headings of a profile's special fields."""
    return Columns(
        _named(profile, Role.IDENTIFIER, "identifier"),
        _named(profile, Role.FILES, "files"),
        _named(profile, Role.ACCESS, "access"),
        _named(profile, Role.KIND, "kind"),
    )


def cells_of(record: Record, profile: Profile) -> dict[str, str]:
    """Return the text of every cell of a record by heading."""
    profile = profile.of(record.kind)
    columns = columns_of(profile)
    cells: dict[str, list[str]] = {
        columns.identifier: [record.identifier],
        columns.files: [view.path.removeprefix(_MASTERS) for view in record.views],
        columns.access: [access_text(record.access, record.embargo_until)],
    }
    if record.kind:
        cells[columns.kind] = [record.kind]
    for statement in record.statements:
        if statement.field != columns.identifier:
            cells.setdefault(heading_of(statement), []).append(text_of(statement))
    for heading, text in record.extra:
        cells.setdefault(EXTRA + heading, []).append(text)
    return {h: _separator(h, profile).join(texts) for h, texts in cells.items()}


def in_order(headings: Iterable[str], profile: Profile) -> list[str]:
    """Return headings as people expect them: as the profile has them, unknown ones last."""
    places = profile.positions

    def key(heading: str) -> tuple[int, str]:
        return places.get(heading.partition("@")[0], len(places)), heading

    return sorted(headings, key=key)


def same(one: str, other: str) -> bool:
    """Say whether two cells hold the same text, whatever a spreadsheet program did to it."""
    return one == other or _plain(one) == _plain(other)


def cut_cell(text: str) -> str:
    """Return as much of a text as a cell of a spreadsheet program can hold."""
    if len(text) * 2 <= LONGEST_CELL:
        return text
    return text.encode("utf-16-le", "replace")[: LONGEST_CELL * 2].decode("utf-16-le", "ignore")


def as_given_out(came: str, was: str) -> str:
    """Return the text that came back, or ``was`` where only the way through a program changed it.

    A program cuts what is too long for it, and one that opened a CSV keeps the apostrophe that
    stood before a formula there.
    """
    if same(came, cut_cell(was)) or came == quote_cell(was):
        return was
    return came


def is_cut(came: str, was: str) -> bool:
    """Say whether the text that came back misses what no cell could hold."""
    return cut_cell(was) != was and came.strip() != "" and cut_cell(came) == came


def with_cells(
    record: Record,
    changes: Mapping[str, str],
    profile: Profile,
    *,
    tables: ValueTables | None = None,
    marks: Mapping[str, str] | None = None,
    earlier: tuple[Statement, ...] = (),
    is_checked: bool = True,
) -> Record:
    """Return a record with some cells changed; an empty text takes the values away.

    Args:
        record: The record.
        changes: New text by heading.
        profile: Says what the headings mean.
        tables: What the new values are understood by; the tables that ship when left out.
        marks: The decimal mark that the numbers of a field prove, by field.
        earlier: Statements of the item's past: what a text meant then it means again.
        is_checked: Whether a required field may not be emptied.

    Raises:
        CellError: A cell cannot be changed, or not to this.
    """
    profile = profile.of(record.kind)
    reader = _CellReader(Normaliser(profile, tables, decimal_marks=dict(marks or {})), earlier)
    for heading, text in changes.items():
        if is_checked and not text.strip():
            _check_not_required(record, heading, profile)
        record = _with_cell(record, heading, text.strip(), profile, reader)
    return record


def heading_of(statement: Statement) -> str:
    """Return the heading under which a statement stands."""
    name = statement.field or _TERM + statement.term
    return f"{name}@{statement.lang}" if statement.lang else name


def text_of(statement: Statement) -> str:
    """Return a statement as the text of a cell."""
    return statement.written


def _with_cell(
    record: Record, heading: str, text: str, profile: Profile, reader: _CellReader
) -> Record:
    columns = columns_of(profile)
    if heading in columns.fixed:
        raise CellError("RECORDS-read-only")
    if heading == columns.access:
        return _with_terms(record, text, parse_access_terms(text))
    if heading.startswith(EXTRA):
        return replace(record, extra=_with_extra(record, heading.removeprefix(EXTRA), text))
    field = profile.get(heading.partition("@")[0])
    if field is not None and field.value_type is ValueType.EMBARGO:
        terms = parse_embargo(text) if text else AccessTerms("", record.access)
        record = _with_terms(record, text, terms)
    statements = _with_statements(record, heading, text, profile, reader)
    return replace(record, statements=statements)


def _with_terms(record: Record, text: str, terms: AccessTerms | None) -> Record:
    if terms is None:
        raise CellError("RECORDS-bad-access", value=text)
    until = terms.embargo_until.isoformat() if terms.embargo_until else ""
    # An embargo without a level is one of an item that is public but for it.
    return replace(record, access=terms.access or Access.PUBLIC, embargo_until=until)


def _with_extra(record: Record, name: str, text: str) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    is_there = False
    for pair in record.extra:
        if pair[0] != name:
            pairs.append(pair)
        elif not is_there:
            is_there = True
            pairs.append((name, text))
    if not is_there:
        pairs.append((name, text))
    return tuple(pair for pair in pairs if pair[0] != name or pair[1])


def _with_statements(
    record: Record, heading: str, text: str, profile: Profile, reader: _CellReader
) -> tuple[Statement, ...]:
    name, _at, lang = heading.partition("@")
    old = [entry for entry in record.statements if heading_of(entry) == heading]
    field = profile.get(name)
    term = _term_of(name, field, old)
    values = split_cell(text, field) if field else [v for v in (text,) if v]
    # What the statement knows beside its text is kept where the text is.
    past = [entry for entry in reader.earlier if heading_of(entry) == heading]
    known = {text_of(entry): entry for entry in (*past, *old)}
    source = name if field else _field_of(old)
    made = [known.get(value) or _statement(term, value, lang, source) for value in values]
    # A value may be understood by the one before it, so they are read together.
    read, _unread = reader.normaliser.normalised(made)
    new = [known.get(text_of(entry)) or entry for entry in read]
    place = _place(record, heading, name, profile)
    before = [s for s in record.statements[:place] if heading_of(s) != heading]
    after = [s for s in record.statements[place:] if heading_of(s) != heading]
    return (*before, *new, *after)


def _check_not_required(record: Record, heading: str, profile: Profile) -> None:
    name = heading.partition("@")[0]
    field = profile.get(name)
    if field is None or field.role is not Role.VALUE:
        return
    others = any(s.field == name and heading_of(s) != heading for s in record.statements)
    if field.obligation is Obligation.REQUIRED and not others:
        raise CellError("RECORDS-required")


def _term_of(name: str, field: Field | None, old: list[Statement]) -> str:
    if field is not None and field.role is Role.VALUE:
        return field.term
    if old:
        return old[0].term
    term = name.removeprefix(_TERM)
    if field is None and name.startswith(_TERM) and term in TERMS:
        return term
    raise CellError("RECORDS-column-unknown")


def _statement(term: str, value: str, lang: str, field: str) -> Statement:
    made = statement_of(term, value, lang=lang, field=field)
    # An address has no language, but in a column of one it must stay in that column.
    return made if made.lang == lang else Statement(term, value, lang, "", field)


def _field_of(old: list[Statement]) -> str:
    return old[0].field if old else ""


def _place(record: Record, heading: str, name: str, profile: Profile) -> int:
    """Return where the statements of a cell stand or, where there is none, belong."""
    for place, entry in enumerate(record.statements):
        if heading_of(entry) == heading:
            return place
    order = {field.name: place for place, field in enumerate(profile)}
    rank = order.get(name, len(order))
    for place, entry in enumerate(record.statements):
        if order.get(entry.field, len(order)) > rank:
            return place
    return len(record.statements)


def _separator(heading: str, profile: Profile) -> str:
    """Return what stands between the values of a cell, so that they are found again."""
    field = profile.get(heading.partition("@")[0])
    separators = field.separators if field and field.repeatable else DEFAULT_SEPARATORS
    mark = separators.replace(LINE, "")[:1]
    if not mark:
        return LINE
    return f"{mark} " if mark in ",;" else f" {mark} "


def _named(profile: Profile, role: Role, default: str) -> str:
    field = profile.with_role(role)
    return field.name if field else default


def _plain(text: str) -> str:
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.strip() for line in lines.strip().split("\n"))
