"""The table of a partner: its own columns, a row an item or a row an image."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import IO

from archive.export.csv import write_table
from archive.export.partners.cells import ImageSaid, ItemSaid
from archive.export.xlsx import check_fits, cut_findings, write_workbook
from schemas.cells import quote_cell
from schemas.findings import Finding
from schemas.partners import TableChoice

WORKBOOK = ".xlsx"
_NUMBER = re.compile(r"-[0-9]+")


class Rows:
    """The rows of a table, kept on disk until all are known.

    Attributes:
        count: How many there are.
    """

    def __init__(self, table: TableChoice | None, spool: IO[str]) -> None:
        self._columns = table.columns if table else ()
        self._spool = spool
        self.count = 0
        self._cut: list[Finding] = []

    def add(self, said: ItemSaid, image: ImageSaid) -> list[Finding]:
        """Add a row, and return what is missing in it."""
        findings: list[Finding] = []
        cells = {
            column.name: said.cell(column.source, image, findings.append)
            for column in self._columns
        }
        self._spool.write(json.dumps(cells) + "\n")
        self.count += 1
        self._cut += cut_findings(said.item, cells)
        return findings

    def write(self, path: Path, name: str, at: str) -> tuple[Finding, ...]:
        """Write the table as a new file, and return what was cut in a workbook.

        Args:
            path: The file to make.
            name: Its final name, whose ending says what it is.
            at: RFC 3339 moment that dates a workbook.

        Raises:
            SourceError: There are more rows than a sheet has.
        """
        headings = [column.name for column in self._columns]
        self._spool.seek(0)
        if Path(name).suffix.lower() != WORKBOOK:
            write_table(path, self._spool, headings, quote=_quoted)
            return ()
        check_fits(self.count, path)
        write_workbook(path, self._spool, headings, at=at)
        return tuple(self._cut)


def _quoted(text: str) -> str:
    """Return a cell that nothing runs; a year before Christ is a number and stays one."""
    return text if _NUMBER.fullmatch(text) else quote_cell(text)
