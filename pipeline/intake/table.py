"""Sheets and rows as the readers give them, and the error that ends reading one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from schemas.errors import SourceError
from schemas.findings import KINDS, Finding
from schemas.messages import translate

# Sheets that a check added to a copy of the catalogue (pipeline.marking) begin so; they are no part
# of the catalogue when the museum mends that copy and delivers it.
OWN_SHEETS = "Hoa Ban – "


class SheetError(SourceError):
    """A catalogue cannot be read as a whole; carries what its finding needs.

    Attributes:
        code: A SHEET code of the findings.
        sheet: The sheet concerned; may be empty.
        row: The row reading stopped at, or None.
        values: What fills the sentence of the finding.
    """

    def __init__(
        self, code: str, *, sheet: str = "", row: int | None = None, **values: object
    ) -> None:
        super().__init__(translate(KINDS[code].problem).format_map(values))
        self.code = code
        self.sheet = sheet
        self.row = row
        self.values = values

    def finding(self, path: str) -> Finding:
        """Return the finding for the catalogue at ``path`` (relative, POSIX form)."""
        return Finding(self.code, path=path, sheet=self.sheet, row=self.row, values=self.values)


NOT_CALCULATED = "\0="
"""Text of a cell with a formula whose value the program that wrote the file did not save."""
# One for all rows: a million of them have nothing to say here.
_NOTHING: Mapping[int, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RescuedCell:
    """What is to be told of a cell that was written before Unicode.

    Attributes:
        original: Its text as found.
        doubtful: Words a person must look at, each with what it may be.
        is_u_lost: They are doubtful because the letter ư was lost.
    """

    original: str
    doubtful: tuple[tuple[str, str], ...] = ()
    is_u_lost: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet.

    Attributes:
        number: The number the spreadsheet program shows beside it, from 1. A CSV record with
            line breaks inside quotes is one row, as it is in the program.
        cells: The text of its cells from column A on; empty cells at the end may be missing.
        fonts: Of cells with a font from before Unicode, by place: (characters, font) of each run.
        rescued: Of cells that were legacy text, by place.
    """

    number: int
    cells: tuple[str, ...]
    fonts: Mapping[int, tuple[tuple[int, str], ...]] = field(default_factory=lambda: _NOTHING)
    rescued: Mapping[int, RescuedCell] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True)
class Sheet:
    """One sheet of a catalogue.

    Attributes:
        name: Its name; empty for a CSV file.
        rows: Its rows from the top, empty ones included. Can be read once.
        is_hidden: The program does not show the sheet.
        hidden_columns: Places of the columns that the program does not show, from 0.
        encoding: Encoding the text was taken for, when nothing in the file says which; else empty.
    """

    name: str
    rows: Iterator[Row]
    is_hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()
    encoding: str = ""
