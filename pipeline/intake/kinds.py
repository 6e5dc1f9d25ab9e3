"""Which kind of record each row of a sheet is, and what its columns mean to that kind.

A row says its kind in the column for it; where it says none, the name of the sheet (of a CSV
file: its own name) does; where that names none, it is the default kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.intake.columns import Column, Header, settle, with_stand_in
from pipeline.intake.headings import Headings
from pipeline.intake.table import Row
from pipeline.intake.text import tidy_line
from schemas.messages import current_language
from schemas.profile import Role


@dataclass(frozen=True)
class RowKind:
    """What a row is.

    Attributes:
        kind: Its kind, as records have it.
        header: The headings as that kind reads them.
        column: The column that should have said the kind, when what it says is no kind.
        written: What it says.
    """

    kind: str
    header: Header
    column: Column | None = None
    written: str = ""


class SheetKinds:
    """The headings of one sheet as each kind of record reads them.

    Attributes:
        stand_in: The column that stands in for the inventory number, or None.
        used: The headings of every kind that a row was of, by kind.
    """

    def __init__(self, found: Header, headings: Headings) -> None:
        """Prepare to read.

        Args:
            found: The headings as found, in the kind of the sheet.
            headings: What that kind recognises.
        """
        self.used: dict[str, Header] = {}
        self._headings = headings
        self._column = found.with_role(Role.KIND)
        self._kind = headings.profile.kind
        self._known: dict[str, Header] = {}
        self.found = self._with_other_kinds(found) if self._column else found
        settled, self.stand_in = with_stand_in(settle(self.found), headings.profile)
        self._known[self._kind] = settled

    @property
    def header(self) -> Header:
        """The headings as the kind of the sheet reads them."""
        return self._known[self._kind]

    def of(self, row: Row) -> RowKind:
        """Return what a row is."""
        column = self._column
        written = ""
        if column is not None and column.index < len(row.cells):
            written = tidy_line(row.cells[column.index])
        kind = self._headings.kind_named(written) if written else self._kind
        if kind is None:
            return RowKind(self._kind, self._use(self._kind), column, written)
        return RowKind(kind, self._use(kind))

    def label(self, kind: str) -> str:
        """Return what people call a kind."""
        entry = self._headings.profile.of(kind).kind_entry
        return entry.label(current_language()) if entry else kind

    def names(self) -> str:
        """Return what people call every kind, for a sentence."""
        return ", ".join(self.label(p.kind) for p in self._headings.profile.each())

    def _use(self, kind: str) -> Header:
        if kind not in self._known:
            self._known[kind] = self._read_as(kind)
        return self.used.setdefault(kind, self._known[kind])

    def _read_as(self, kind: str) -> Header:
        headings = self._headings.of(kind)
        columns = tuple(
            column
            if column.is_counter
            else replace(column, meaning=headings.recognise(column.heading))
            for column in self.found.columns
        )
        settled = settle(replace(self.found, columns=columns))
        marked = replace(settled, columns=tuple(self._marked(settled)))
        return with_stand_in(marked, headings.profile)[0]

    def _marked(self, header: Header) -> Iterator[Column]:
        """Yield the columns; those the kind does not know, but another does, say so."""
        for column, known in zip(header.columns, self.found.columns, strict=True):
            is_other = known.meaning is not None or known.is_other_kind
            yield replace(column, is_other_kind=column.meaning is None and is_other)

    def _with_other_kinds(self, found: Header) -> Header:
        others = [
            self._headings.of(profile.kind)
            for profile in self._headings.profile.each()
            if profile.kind != self._kind
        ]
        columns = tuple(
            replace(column, is_other_kind=True)
            if column.meaning is None
            and not column.is_counter
            and any(other.recognise(column.heading) for other in others)
            else column
            for column in found.columns
        )
        return replace(found, columns=columns)
