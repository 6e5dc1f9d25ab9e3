"""A copy of the museum's workbook with its findings marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path

from lxml import etree

from pipeline.intake.table import OWN_SHEETS
from pipeline.marking.comments_part import Comments, draw_boxes
from pipeline.marking.index_part import IndexSheet, index_sheets, index_xml
from pipeline.marking.package import Package
from pipeline.marking.place import Mark
from pipeline.marking.sheet_part import RELATIONSHIPS_NS, Cell, SheetScan, scan_sheet, write_sheet
from pipeline.marking.styles_part import MINIMAL_STYLES, Styles
from schemas.findings import Severity
from schemas.messages import LANGUAGES
from schemas.xml import parse_xml

# Excel slows to a crawl with more boxes on one sheet; the cells are coloured all the same, and
# the index has every finding.
MOST_COMMENTS = 5000
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_ORDER = tuple(Severity)


def mark_workbook(source: Path, marks: Sequence[Mark], target: Path) -> None:
    """Write to ``target`` the workbook ``source`` with every finding marked.

    The cell of an error or a warning gets a colour and a comment in every language; behind the
    last sheet stand an index of all findings and the lists of rows and scans without a partner.
    Marks of an earlier check are taken out first. Nothing else changes.

    Args:
        source: A workbook that the reader has accepted.
        marks: What to mark.
        target: The file to write.

    Raises:
        OSError: The file cannot be written.
        RecordError: A part of the workbook is not XML that may be read.
    """
    with closing(Package(source)) as package:
        _Marker(package).mark(marks)
        package.write(target)


class _Marker:
    """Marks one workbook."""

    def __init__(self, package: Package) -> None:
        self.package = package
        main = package.related("", "officeDocument")
        self.book_part = main
        self.book = parse_xml(package.read(main))
        self.ns = self.book.tag.rpartition("}")[0] + "}"
        self.parts = {id_: part for id_, _kind, part in package.relations(main)}
        styles = package.related(main, "styles")
        if not styles:
            styles = package.free_name("xl/styles{}.xml")
            package.put(styles, MINIMAL_STYLES, _SPREADSHEET + "styles+xml")
            package.relate(main, "styles", styles)
        self.styles_part = styles
        self.styles = Styles(package.read(styles))

    def mark(self, marks: Sequence[Mark]) -> None:
        self._take_out_index()
        by_sheet: dict[str, list[Mark]] = {}
        for mark in marks:
            # A note is nothing to mend; it stands in the index.
            if mark.row and mark.finding.severity is not Severity.INFO:
                by_sheet.setdefault(mark.sheet, []).append(mark)
        for name, part in self._sheets():
            _SheetMarker(self, part).mark(by_sheet.get(name, ()))
        self._add_index(index_sheets(marks))
        self.package.put(self.styles_part, self.styles.to_bytes())
        self.package.put(self.book_part, _xml(self.book))

    def _sheets(self) -> list[tuple[str, str]]:
        return [
            (entry.get("name", ""), self._part(entry))
            for entry in self.book.iterfind(f"{self.ns}sheets/{self.ns}sheet")
            if "/worksheets/" in f"/{self._part(entry)}"
        ]

    def _part(self, entry: etree._Element) -> str:
        id_ = next((v for k, v in entry.attrib.items() if etree.QName(k).localname == "id"), "")
        return self.parts.get(str(id_), "")

    def _take_out_index(self) -> None:
        sheets = self._element("sheets")
        for place, entry in reversed(list(enumerate(sheets))):
            if not entry.get("name", "").startswith(OWN_SHEETS):
                continue
            part = self._part(entry)
            sheets.remove(entry)
            self._forget_names(place)
            self.package.unrelate(self.book_part, part)
            self.package.remove(part)

    def _forget_names(self, place: int) -> None:
        """Take out the defined names of a removed sheet; those of later ones move up."""
        names = self.book.find(self.ns + "definedNames")
        for entry in list(names) if names is not None else ():
            scope = int(entry.get("localSheetId", "-1"))
            if scope == place and names is not None:
                names.remove(entry)
            elif scope > place:
                entry.set("localSheetId", str(scope - 1))
        if names is not None and not len(names):
            self.book.remove(names)

    def _add_index(self, indexes: Iterable[IndexSheet]) -> None:
        sheets = self._element("sheets")
        style = self.styles.wrapped(is_bold=False)
        bold = self.styles.wrapped(is_bold=True)
        colours = {severity: self.styles.coloured(style, severity) for severity in Severity}
        for index in indexes:
            part = self.package.free_name("xl/worksheets/hoaban{}.xml")
            data = index_xml(index, style=style, bold=bold, colours=colours)
            self.package.put(part, data, _SPREADSHEET + "worksheet+xml")
            id_ = self.package.relate(self.book_part, "worksheet", part)
            number = max((int(entry.get("sheetId", "0")) for entry in sheets), default=0) + 1
            entry = etree.SubElement(
                sheets, self.ns + "sheet", name=index.name, sheetId=str(number)
            )
            entry.set(f"{{{RELATIONSHIPS_NS}}}id", id_)

    def _element(self, name: str) -> etree._Element:
        found = self.book.find(self.ns + name)
        return found if found is not None else etree.SubElement(self.book, self.ns + name)


class _SheetMarker:
    """Marks one worksheet."""

    def __init__(self, marker: _Marker, part: str) -> None:
        self.package = marker.package
        self.styles = marker.styles
        self.part = part
        self.comments_part = self.package.related(part, "comments")
        self.drawing_part = self.package.related(part, "vmlDrawing")

    def mark(self, marks: Sequence[Mark]) -> None:
        data = self.package.read(self.comments_part) if self.comments_part else None
        comments = Comments(data)
        former = comments.take_out_ours()
        severities = _severities(marks)
        texts = _texts(marks)
        wanted = former | set(severities)
        if not wanted:
            return
        scan = scan_sheet(self.package.read(self.part), wanted)
        styles = {cell: self._style(scan, cell, former, severities.get(cell)) for cell in wanted}
        drawn = comments.add(texts)
        drawing_id = self._write_comments(comments, former, {c: texts[c] for c in drawn})
        self.package.put(self.part, write_sheet(scan, styles.__getitem__, wanted, drawing_id))

    def _style(
        self, scan: SheetScan, cell: Cell, former: set[Cell], severity: Severity | None
    ) -> int:
        style = scan.style(cell)
        if cell in former and not self.styles.has_our_colour(style) and severity is None:
            return style
        return self.styles.coloured(style, severity)

    def _write_comments(
        self, comments: Comments, gone: set[Cell], texts: Mapping[Cell, str]
    ) -> str:
        """Write the comments and their boxes; return the relation of the drawing if it is new."""
        drawing = (
            self.package.read(self.drawing_part).decode("utf-8") if self.drawing_part else None
        )
        boxes = draw_boxes(drawing, gone=gone, texts=texts).encode()
        if not self.comments_part:
            self.comments_part = self.package.free_name("xl/comments{}.xml")
            self.package.relate(self.part, "comments", self.comments_part)
        self.package.put(self.comments_part, comments.to_bytes(), _SPREADSHEET + "comments+xml")
        if self.drawing_part:
            self.package.put(self.drawing_part, boxes)
            return ""
        self.drawing_part = self.package.free_name("xl/drawings/vmlDrawing{}.vml")
        self.package.put(self.drawing_part, boxes)
        self.package.put_extension("vml", _VML)
        return self.package.relate(self.part, "vmlDrawing", self.drawing_part)


def _severities(marks: Iterable[Mark]) -> dict[Cell, Severity]:
    """Return the gravest severity at each cell."""
    gravest: dict[Cell, Severity] = {}
    for mark in marks:
        cell = (mark.row, mark.column)
        severity = mark.finding.severity
        if cell not in gravest or _ORDER.index(severity) < _ORDER.index(gravest[cell]):
            gravest[cell] = severity
    return gravest


def _texts(marks: Iterable[Mark]) -> dict[Cell, str]:
    """Return the comment of each cell: every finding there, in every language."""

    def cell(mark: Mark) -> Cell:
        return mark.row, mark.column

    texts: dict[Cell, str] = {}
    gravest_first = sorted(marks, key=lambda mark: _ORDER.index(mark.finding.severity))
    chosen = {cell(mark) for mark in gravest_first[:MOST_COMMENTS]}
    for place, group in groupby(sorted(marks, key=cell), key=cell):
        if place in chosen:
            said = ("\n".join(mark.finding.message(lang) for lang in LANGUAGES) for mark in group)
            texts[place] = "\n\n".join(dict.fromkeys(said))
    return texts


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
