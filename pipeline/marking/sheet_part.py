"""The XML of one worksheet with other styles on some cells; every other byte as it was.

The part is scanned by expat for the places of its tags, and only the tags of marked cells are
written anew: a sheet of 100,000 rows needs no tree in memory.

Source: ECMA-376 part 1, 18.3.1.99 worksheet (order of elements), 18.3.1.73 row, 18.3.1.4 c.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from pipeline.intake.columns import column_index, column_letter

RELATIONSHIPS_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# What may stand after legacyDrawing in a worksheet.
_AFTER_LEGACY_DRAWING = frozenset(
    {
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
    }
)
_TAG = re.compile(rb"""<(?P<name>[^\s/>]+)(?:"[^"]*"|'[^']*'|[^<>"'])*>""")
_STYLE = re.compile(rb"""\ss\s*=\s*(?:"(\d+)"|'(\d+)')""")
_CELL = re.compile(r"([A-Z]{1,3})(\d+)")

# worksheet, sheetData, row.
_ROW_DEPTH = 3

Cell = tuple[int, int]


@dataclass
class SheetScan:
    """What was found in a worksheet.

    Attributes:
        data: Its XML, in an encoding that has ASCII as it is.
        cells: Byte offset of the start tag of each wanted cell that is there, by (row, column).
        gaps: Where a wanted cell that is missing belongs, by (row, column).
        empty_rows: Wanted rows without any cell, written as one tag, by row.
        comments_id: Relation of the drawing that holds its comments, or empty.
        comments_at: Where that drawing's element belongs when there is none.
        prefix: Prefix of its element names, with the colon, or empty.
    """

    data: bytes
    cells: dict[Cell, int] = field(default_factory=dict)
    gaps: dict[Cell, int] = field(default_factory=dict)
    empty_rows: dict[int, int] = field(default_factory=dict)
    comments_id: str = ""
    comments_at: int = -1
    prefix: str = ""

    def style(self, cell: Cell) -> int:
        """Return the number of a wanted cell's style; 0 is the plain one."""
        at = self.cells.get(cell)
        found = _STYLE.search(_tag(self.data, at)) if at is not None else None
        return int(found[1] or found[2]) if found else 0


def scan_sheet(data: bytes, wanted: Iterable[Cell]) -> SheetScan:
    """Return where some cells, given by (row from 1, column from 0), are in a worksheet."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16").encode()
    return _Scanner(data, wanted).scan()


def write_sheet(
    scan: SheetScan, style_of: Callable[[Cell], int], wanted: Iterable[Cell], comments_id: str
) -> bytes:
    """Return the worksheet with the styles of ``style_of`` on the wanted cells.

    Args:
        scan: Of the worksheet.
        style_of: The new style of each wanted cell.
        wanted: The cells, as they were scanned for.
        comments_id: Relation of the drawing with its comments; used when it has none yet.
    """
    edits: list[tuple[int, int, bytes]] = []
    in_row: dict[int, list[Cell]] = {}
    for cell in sorted(set(wanted)):
        if cell in scan.cells:
            at = scan.cells[cell]
            tag = _tag(scan.data, at)
            edits.append((at, at + len(tag), _with_style(tag, style_of(cell))))
        elif cell in scan.gaps:
            at = scan.gaps[cell]
            edits.append((at, at, _new_cell(scan.prefix, cell, style_of(cell))))
        elif cell[0] in scan.empty_rows:
            in_row.setdefault(cell[0], []).append(cell)
    for row, cells in in_row.items():
        at = scan.empty_rows[row]
        tag = _tag(scan.data, at)
        inside = b"".join(_new_cell(scan.prefix, cell, style_of(cell)) for cell in cells)
        close = f"</{scan.prefix}row>".encode()
        edits.append((at, at + len(tag), tag[:-2].rstrip() + b">" + inside + close))
    if comments_id and not scan.comments_id:
        element = f'<{scan.prefix}legacyDrawing xmlns:r="{RELATIONSHIPS_NS}" r:id="{comments_id}"/>'
        edits.append((scan.comments_at, scan.comments_at, element.encode()))
    return _apply(scan.data, edits)


def _apply(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    pieces: list[bytes] = []
    last = 0
    # Stable: cells that are missing at one place keep their order from left to right.
    for start, end, text in sorted(edits, key=lambda edit: edit[0]):
        pieces.append(data[last:start])
        pieces.append(text)
        last = end
    pieces.append(data[last:])
    return b"".join(pieces)


def _tag(data: bytes, at: int) -> bytes:
    found = _TAG.match(data, at)
    if found is None:  # expat has just read this tag
        raise ValueError(f"no tag at byte {at}")
    return found[0]


def _with_style(tag: bytes, style: int) -> bytes:
    new = b' s="%d"' % style
    if _STYLE.search(tag):
        return _STYLE.sub(new, tag, count=1)
    end = 2 if tag.endswith(b"/>") else 1
    return tag[:-end].rstrip() + new + tag[-end:]


def _new_cell(prefix: str, cell: Cell, style: int) -> bytes:
    row, column = cell
    return f'<{prefix}c r="{column_letter(column)}{row}" s="{style}"/>'.encode()


class _Scanner:
    """Follows expat through a worksheet."""

    def __init__(self, data: bytes, wanted: Iterable[Cell]) -> None:
        self.found = SheetScan(data)
        self._wanted: dict[int, list[int]] = {}
        for row, column in sorted(set(wanted)):
            self._wanted.setdefault(row, []).append(column)
        self._row = 0
        self._column = -1
        self._depth = 0
        self._waiting: list[int] = []
        self._row_at = 0

    def scan(self) -> SheetScan:
        parser = expat.ParserCreate()
        self._parser = parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.Parse(self.found.data, True)
        return self.found

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        local = name.rpartition(":")[2]
        if self._depth == 1:
            self.found.prefix = name[: -len(local)]
        elif local == "row" and self._depth == _ROW_DEPTH:
            self._row_at = self._parser.CurrentByteIndex
            self._row = int(attributes.get("r", self._row + 1))
            self._column = -1
            self._waiting = list(self._wanted.get(self._row, ()))
        elif local == "c" and self._depth == _ROW_DEPTH + 1:
            self._cell(attributes)
        elif self._depth == 2:
            self._top_level(local, attributes)

    def _cell(self, attributes: Mapping[str, str]) -> None:
        place = _CELL.fullmatch(attributes.get("r", ""))
        self._column = column_index(place[1]) if place else self._column + 1
        at = self._parser.CurrentByteIndex
        while self._waiting and self._waiting[0] <= self._column:
            column = self._waiting.pop(0)
            if column == self._column:
                self.found.cells[self._row, column] = at
            else:
                self.found.gaps[self._row, column] = at

    def _top_level(self, local: str, attributes: Mapping[str, str]) -> None:
        if local == "legacyDrawing":
            ids = (value for key, value in attributes.items() if key.rpartition(":")[2] == "id")
            self.found.comments_id = next(ids, "")
        elif local in _AFTER_LEGACY_DRAWING and self.found.comments_at < 0:
            self.found.comments_at = self._parser.CurrentByteIndex

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        at = self._parser.CurrentByteIndex
        if local == "row" and self._waiting:
            if _tag(self.found.data, self._row_at).endswith(b"/>"):
                self.found.empty_rows[self._row] = self._row_at
            else:
                self.found.gaps.update({(self._row, column): at for column in self._waiting})
            self._waiting = []
        elif self._depth == 1 and self.found.comments_at < 0:
            self.found.comments_at = at
        self._depth -= 1
