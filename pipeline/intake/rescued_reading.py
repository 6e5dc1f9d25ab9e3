"""A catalogue read in Unicode: its legacy text converted when the museum agrees.

Without agreement nothing is converted and nothing wrong goes in: the rows with legacy text are
set aside, each with its finding, and the others are read as always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.intake.catalogue import CatalogueReader
from pipeline.intake.columns import column_letter
from pipeline.intake.rescue import ColumnRescue, CountKnown, Place, TextRescue, TextWatch
from pipeline.intake.rows import Draft
from pipeline.intake.table import Sheet
from schemas.findings import Finding
from schemas.legacy.evidence import Decision
from schemas.profile import Role

AcceptText = Callable[[Sequence[ColumnRescue]], bool]
"""Says whether these columns may be converted."""
MakeReader = Callable[[Callable[[Sheet], Sheet]], CatalogueReader]

# What a file is called on the disk is not for us to correct.
_RESCUED_ROLES = (Role.VALUE, Role.IDENTIFIER)


def read_in_unicode(
    make_reader: MakeReader,
    name: str,
    count_known: CountKnown,
    *,
    legacy_text: str,
    accept: AcceptText | None,
) -> tuple[list[Draft], list[Finding]]:
    """Return the rows of a catalogue, and what concerns no single item.

    Args:
        make_reader: Makes a reader that reads each sheet through the function it is given.
        name: What findings call the catalogue.
        count_known: Says how many of some cells are known column headings.
        legacy_text: The setting: ``ask``, ``convert`` or ``keep``.
        accept: Is asked once, with every column concerned; None means no.

    Raises:
        SheetError: The catalogue cannot be read.
    """
    watch = TextWatch(count_known)
    reader = make_reader(watch.sheet if legacy_text != "keep" else lambda sheet: sheet)
    drafts = reader.read()
    decisions = _allowed(watch.decisions(), drafts)
    if not decisions:
        return drafts, reader.findings
    rescue = TextRescue(decisions, count_known)
    second = make_reader(rescue.sheet)
    converted = second.read()
    columns = _with_headings(rescue.columns, converted)
    if not columns:
        return drafts, reader.findings
    changed = [column for column in columns if column.cells]
    if not changed or legacy_text == "convert" or (accept is not None and accept(changed)):
        told = [finding for column in columns for finding in _rescued(column, name)]
        return converted, second.findings + told
    told = [_column_finding("TEXT-legacy-found", column, name) for column in changed]
    return list(_waiting(drafts, converted, changed, name)), reader.findings + told


def _allowed(
    decisions: Mapping[Place, Mapping[str, Decision]], drafts: Sequence[Draft]
) -> dict[Place, Mapping[str, Decision]]:
    """Return the decisions without those of columns that name files or access levels."""
    left_alone = {
        (draft.sheet, column.index)
        for draft in _one_a_header(drafts)
        for column in draft.header.columns
        if column.meaning and column.meaning.field.role not in _RESCUED_ROLES
    }
    return {place: d for place, d in decisions.items() if place not in left_alone}


def _with_headings(columns: Sequence[ColumnRescue], drafts: Sequence[Draft]) -> list[ColumnRescue]:
    headings = {
        (draft.sheet, column.index): column.heading
        for draft in _one_a_header(drafts)
        for column in draft.header.columns
    }
    return [
        replace(c, heading=headings.get((c.sheet, c.index), column_letter(c.index)))
        for c in columns
    ]


def _one_a_header(drafts: Sequence[Draft]) -> Iterator[Draft]:
    """Yield one row of every header, the first."""
    seen: set[int] = set()
    for draft in drafts:
        if id(draft.header) not in seen:
            seen.add(id(draft.header))
            yield draft


def _waiting(
    drafts: Sequence[Draft],
    converted: Sequence[Draft],
    columns: Sequence[ColumnRescue],
    name: str,
) -> Iterator[Draft]:
    """Yield the rows as found; those that conversion would change cannot go in."""
    headings = {(draft.sheet, draft.row): draft.originals for draft in converted}
    readings = {(column.sheet, column.heading): column.reading for column in columns}
    for draft in drafts:
        originals = headings.get((draft.sheet, draft.row), ())
        if originals:
            heading = originals[0][0]
            charset = readings.get((draft.sheet, heading), columns[0].reading)
            finding = Finding(
                "TEXT-legacy-waits",
                path=name,
                sheet=draft.sheet,
                row=draft.row,
                column=heading,
                values={"charset": charset},
            )
            yield replace(draft, findings=(*draft.findings, finding))
        else:
            yield draft


def _rescued(column: ColumnRescue, name: str) -> Iterator[Finding]:
    if column.cells:
        yield _column_finding("TEXT-legacy-rescued", column, name)
    if column.decision.is_u_lost:
        yield Finding("TEXT-lost-u", path=name, sheet=column.sheet, column=column.heading)


def _column_finding(code: str, column: ColumnRescue, name: str) -> Finding:
    examples = "; ".join(f"'{before[:60]}' → '{after[:60]}'" for before, after in column.examples)
    charset = ", ".join((column.reading, *column.fonts))
    return Finding(
        code,
        path=name,
        sheet=column.sheet,
        column=column.heading,
        values={"cells": column.cells, "charset": charset, "examples": examples},
    )
