"""A record as the cells of a row, and back, without loss.

Invariant: a record is the same after any cells were changed and changed back.

The cells themselves, and what their headings mean: ``schemas.record_cells``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.intake.rows import split_cell, statement_of
from schemas.access import AccessTerms, parse_access_terms, parse_embargo
from schemas.cells import cut_cell, quote_cell
from schemas.dublincore import TERMS, Statement
from schemas.normalising import Normaliser, ValueTables
from schemas.profile import Field, Obligation, Profile, Role, ValueType
from schemas.record_cells import EXTRA, TERM, columns_of, heading_of
from schemas.records import Access, Record


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


def same(one: str, other: str) -> bool:
    """Say whether two cells hold the same text, whatever a spreadsheet program did to it."""
    return one == other or _plain(one) == _plain(other)


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
    known = {entry.written: entry for entry in (*past, *old)}
    source = name if field else _field_of(old)
    made = [known.get(value) or _statement(term, value, lang, source) for value in values]
    # A value may be understood by the one before it, so they are read together.
    read, _unread = reader.normaliser.normalised(made)
    new = [known.get(entry.written) or entry for entry in read]
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
    term = name.removeprefix(TERM)
    if field is None and name.startswith(TERM) and term in TERMS:
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


def _plain(text: str) -> str:
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.strip() for line in lines.strip().split("\n"))
