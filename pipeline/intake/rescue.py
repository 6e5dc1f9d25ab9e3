"""Text from before Unicode in a catalogue: noticed while it is read, converted when accepted.

A catalogue is read once, and :class:`TextWatch` takes note of every cell on the way. Only where
a column turns out to be legacy text is the file read again, by a :class:`TextRescue` that gives
its cells in Unicode. What a museum does not accept is never converted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pipeline.intake.table import RescuedCell, Row, Sheet
from schemas.legacy.cells import rescue_cell
from schemas.legacy.evidence import Decision, Evidence, Support, group_of
from schemas.legacy.fonts import font_set
from schemas.legacy.readings import READINGS, VIQR, VPS
from schemas.legacy.viqr import SIGN
from schemas.legacy.words import ONLY_UNICODE, convert_text

_HEADER_ROWS = 20
Place = tuple[str, int]
"""A column: name of its sheet, and its place from 0."""
CountKnown = Callable[[Sequence[str]], int]
"""Says how many of some cells are known column headings."""
Runs = tuple[tuple[int, str], ...]


def rescue_headings(rows: Iterator[Row], count_known: CountKnown) -> Iterator[Row]:
    """Give the rows of a sheet, its headings in Unicode where that makes them known.

    Args:
        rows: The rows from the top.
        count_known: Says how many of some cells are known column headings.
    """
    for row in rows:
        if row.number > _HEADER_ROWS:
            yield row
            yield from rows
            return
        cells = _known_heading(row.cells, count_known)
        yield row if cells is row.cells else replace(row, cells=cells)


def _known_heading(cells: tuple[str, ...], count_known: CountKnown) -> tuple[str, ...]:
    if all(map(str.isascii, cells)) and not any(map(SIGN.search, cells)):
        return cells
    best, best_count = cells, max(1, count_known(cells))
    for reading in (*READINGS, VPS, VIQR):
        converted = tuple(
            cell if ONLY_UNICODE.search(cell) else convert_text(cell, reading.name)
            for cell in cells
        )
        count = count_known(converted)
        if count > best_count:
            best, best_count = converted, count
    return best


class TextWatch:
    """Takes note of how the cells of every column are written, while rows pass by unchanged."""

    def __init__(self, count_known: CountKnown) -> None:
        self._count_known = count_known
        self._evidence: dict[Place, dict[str, Evidence]] = {}

    def sheet(self, sheet: Sheet) -> Sheet:
        """Return a sheet whose rows are taken note of as they are read."""
        return replace(sheet, rows=self._rows(sheet))

    def decisions(self) -> dict[Place, dict[str, Decision]]:
        """Return what was decided: of each column of legacy text, by the font's character set.

        A column with too few words for itself is decided as the others of its sheet are.
        """
        decided = self._decided({})
        sheets = {sheet for sheet, _index in self._evidence}
        return self._decided({s: _usual(s, decided) or self._supported(s) for s in sheets})

    def _supported(self, sheet: str) -> str:
        """Return the reading that all columns of a sheet together speak for, or empty.

        A delivery of two rows has too few words in any one column.
        """
        support: dict[str, Support] = {}
        for (name, _index), groups in self._evidence.items():
            for evidence in groups.values() if name == sheet else ():
                for reading, own in evidence.support().items():
                    support[reading] = support.get(reading, Support()) + own
        enough = {reading: own for reading, own in support.items() if own.is_enough}
        return max(enough, key=lambda reading: enough[reading].cells, default="")

    def _decided(self, expected: Mapping[str, str]) -> dict[Place, dict[str, Decision]]:
        decided: dict[Place, dict[str, Decision]] = {}
        for place, groups in self._evidence.items():
            for charset, evidence in groups.items():
                decision = evidence.decide(expected.get(place[0], ""))
                if decision is not None:
                    decided.setdefault(place, {})[charset] = decision
        return decided

    def _rows(self, sheet: Sheet) -> Iterator[Row]:
        above, rows = _below_headings(sheet.rows, self._count_known)
        yield from above
        columns: dict[int, Evidence] = {}
        for row in rows:
            for index, cell in enumerate(row.cells):
                if not cell:
                    continue
                evidence = columns.get(index)
                if evidence is None:
                    evidence = columns[index] = self._column((sheet.name, index))[""]
                if index in row.fonts:
                    self._add_runs((sheet.name, index), cell, row.fonts[index])
                else:
                    evidence.add(cell)
            yield row

    def _column(self, place: Place) -> dict[str, Evidence]:
        return self._evidence.setdefault(place, {"": Evidence()})

    def _add_runs(self, place: Place, cell: str, runs: Runs) -> None:
        groups = self._column(place)
        for text, font in split_runs(cell, runs):
            charset = group_of(font)
            groups.setdefault(charset, Evidence(charset)).add(text)


@dataclass
class ColumnRescue:
    """What the rescue of one column did.

    Attributes:
        sheet: Name of its sheet.
        index: Its place, from 0.
        decision: How it was written.
        heading: Its heading; or empty, as long as nobody has set it.
        fonts: Its fonts from before Unicode.
        cells: Number of cells changed.
        doubtful: Number of cells that a person must look at.
        examples: Some cells: (before, after).
    """

    sheet: str
    index: int
    decision: Decision
    heading: str = ""
    fonts: tuple[str, ...] = ()
    cells: int = 0
    doubtful: int = 0
    examples: tuple[tuple[str, str], ...] = ()

    @property
    def reading(self) -> str:
        """How the column was written, as people call it."""
        if self.decision.second:
            return "Unicode → " + self.decision.second.upper()
        return self.decision.reading


_EXAMPLES = 3


class TextRescue:
    """Gives the cells of decided columns in Unicode, and counts what it does."""

    def __init__(
        self, decisions: Mapping[Place, Mapping[str, Decision]], count_known: CountKnown
    ) -> None:
        """Prepare to rescue.

        Args:
            decisions: Of :meth:`TextWatch.decisions`.
            count_known: Tells the row of headings, which is read by itself.
        """
        self._decisions = decisions
        self._count_known = count_known
        self._columns: dict[tuple[Place, str], ColumnRescue] = {}

    @property
    def columns(self) -> tuple[ColumnRescue, ...]:
        """Every column with a changed or doubtful cell, from left to right."""
        order = sorted(self._columns.items())
        return tuple(column for _key, column in order if column.cells or column.doubtful)

    def sheet(self, sheet: Sheet) -> Sheet:
        """Return a sheet with the cells of its decided columns in Unicode."""
        own = {index: d for (name, index), d in self._decisions.items() if name == sheet.name}
        return replace(sheet, rows=self._rows(sheet, own)) if own else sheet

    def _rows(self, sheet: Sheet, decisions: Mapping[int, Mapping[str, Decision]]) -> Iterator[Row]:
        above, rows = _below_headings(sheet.rows, self._count_known)
        yield from above
        for row in rows:
            cells = list(row.cells)
            rescued: dict[int, RescuedCell] = {}
            for index, groups in decisions.items():
                if index < len(cells) and cells[index]:
                    cell = self._cell((sheet.name, index), cells[index], groups, row.fonts)
                    if cell is not None:
                        cells[index], rescued[index] = cell
            yield replace(row, cells=tuple(cells), rescued=rescued) if rescued else row

    def _cell(
        self,
        place: Place,
        text: str,
        groups: Mapping[str, Decision],
        fonts: Mapping[int, Runs],
    ) -> tuple[str, RescuedCell] | None:
        parts: list[str] = []
        doubtful: list[tuple[str, str]] = []
        used: dict[str, str] = {}
        for part, font in split_runs(text, fonts.get(place[1], ())):
            known = font_set(font) if font else None
            charset = known.charset if known else ""
            decision = groups.get(charset)
            if decision is None:
                parts.append(part)
                continue
            cell = rescue_cell(part, decision, by_font=bool(charset))
            is_capitals = known is not None and known.is_capitals
            parts.append(cell.text.upper() if is_capitals else cell.text)
            doubtful.extend(cell.doubtful)
            used[charset] = font
        new = "".join(parts)
        if new == text and not doubtful:
            return None
        for charset, font in used.items():
            self._count(place, charset, groups[charset], font, (text, new), bool(doubtful))
        is_u_lost = any(groups[charset].is_u_lost for charset in used)
        return new, RescuedCell(text, tuple(doubtful), is_u_lost)

    def _count(
        self,
        place: Place,
        charset: str,
        decision: Decision,
        font: str,
        change: tuple[str, str],
        is_doubtful: bool,
    ) -> None:
        column = self._columns.setdefault(
            (place, charset), ColumnRescue(place[0], place[1], decision)
        )
        if font and font not in column.fonts:
            column.fonts = (*column.fonts, font)
        column.doubtful += is_doubtful
        if change[0] != change[1]:
            column.cells += 1
            if len(column.examples) < _EXAMPLES and change not in column.examples:
                column.examples = (*column.examples, change)


def _below_headings(
    rows: Iterator[Row], count_known: CountKnown
) -> tuple[list[Row], Iterator[Row]]:
    """Return the rows down to the headings, and the rows under them.

    Headings and what stands above them may be written otherwise than the rows.
    """
    top: list[Row] = []
    for row in rows:
        top.append(row)
        if row.number >= _HEADER_ROWS:
            break
    counts = [count_known(row.cells) for row in top]
    below = counts.index(max(counts)) + 1 if any(counts) else 0
    return top[:below], chain(top[below:], rows)


def split_runs(text: str, runs: Runs) -> list[tuple[str, str]]:
    """Return (text, font) of each run of a cell; one run without a font where none are known."""
    if not runs:
        return [(text, "")]
    if sum(length for length, _font in runs) != len(text):
        # Line breaks were tidied on the way; then the font of most characters counts.
        lengths: Counter[str] = Counter()
        for length, font in runs:
            lengths[font] += length
        return [(text, max(lengths, key=lambda font: lengths[font]))]
    parts: list[tuple[str, str]] = []
    start = 0
    for length, font in runs:
        parts.append((text[start : start + length], font))
        start += length
    return [(part, font) for part, font in parts if part]


def _usual(sheet: str, decided: Mapping[Place, Mapping[str, Decision]]) -> str:
    """Return the reading most columns of a sheet were decided for."""
    readings = Counter(
        decision.reading
        for (name, _index), groups in decided.items()
        if name == sheet
        for decision in groups.values()
        if decision.reading
    )
    return max(readings, key=lambda reading: readings[reading], default="")
