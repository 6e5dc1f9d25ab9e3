"""The sheets that are added behind the museum's own: every finding, and what has no partner.

All text is written as inline strings, which no spreadsheet program runs as a formula.

Source: ECMA-376 part 1, 18.3.1.53 is (rich text inline), 18.3.1.47 hyperlink.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from pipeline.intake.columns import column_letter
from pipeline.intake.table import OWN_SHEETS
from pipeline.marking.place import Mark
from schemas.findings import Severity
from schemas.messages import LANGUAGES, N_, _, translate
from schemas.xml import parse_xml, xml_text

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_EMPTY = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
# Of the columns of one index, in characters.
_WIDTHS = (12, 26, 30, 10, 22, 60, 60, 60, 60)
_ORDER = tuple(Severity)
SEVERITY_NAMES = {
    Severity.ERROR: N_("Error"),
    Severity.WARNING: N_("Warning"),
    Severity.INFO: N_("Note"),
}
_NAMES = (N_("Findings"), N_("Without a scan"), N_("Without a row"))
_WITHOUT_SCAN = frozenset({"MATCH-row-without-scan", "MATCH-file-missing"})
_WITHOUT_ROW = frozenset({"MATCH-scan-without-row"})


@dataclass(frozen=True)
class IndexSheet:
    """One added sheet.

    Attributes:
        name: Its name, in the current language.
        headings: Over its columns.
        rows: Its text.
        links: The cell each row is about, as ``'Sheet 1'!C12``, or empty.
        colours: The severity whose colour each row's first cell has, or None.
    """

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[str, ...]
    colours: tuple[Severity | None, ...]


def index_sheets(marks: Sequence[Mark]) -> tuple[IndexSheet, ...]:
    """Return the sheets for some findings: those that have rows."""
    ordered = sorted(marks, key=lambda mark: _ORDER.index(mark.finding.severity))
    chosen = (
        (_NAMES[0], ordered),
        (_NAMES[1], [mark for mark in marks if mark.finding.code in _WITHOUT_SCAN]),
        (_NAMES[2], [mark for mark in marks if mark.finding.code in _WITHOUT_ROW]),
    )
    return tuple(_index(_(name), part) for name, part in chosen if part)


def index_rows(marks: Iterable[Mark]) -> Iterator[tuple[str, ...]]:
    """Yield the row of each finding under :func:`index_headings`."""
    for mark in marks:
        finding = mark.finding
        said = []
        for lang in LANGUAGES:
            values = dict(finding.values)
            said.append(translate(finding.kind.problem, lang).format_map(values))
            said.append(translate(finding.kind.remedy, lang).format_map(values))
        severity = " / ".join(
            dict.fromkeys(translate(SEVERITY_NAMES[finding.severity], lang) for lang in LANGUAGES)
        )
        place = mark.sheet if mark.row else finding.path
        yield (severity, finding.code, place, mark.cell, finding.column, *said)


def index_headings() -> tuple[str, ...]:
    """Return the headings over the rows of :func:`index_rows`, in the current language."""
    said = [
        text
        for lang in LANGUAGES
        for text in (translate(N_("What is wrong"), lang), translate(N_("What to do"), lang))
    ]
    return (_("Severity"), _("Code"), _("Sheet or file"), _("Cell"), _("Column"), *said)


def index_xml(sheet: IndexSheet, *, style: int, bold: int, colours: dict[Severity, int]) -> bytes:
    """Return the worksheet part.

    Args:
        sheet: What it says.
        style: Number of the style of its text.
        bold: Of its headings.
        colours: Of the first cell of a row, by severity.
    """
    root = parse_xml(_EMPTY)
    view = _add(_add(root, "sheetViews"), "sheetView", workbookViewId="0")
    _add(view, "pane", ySplit="1", topLeftCell="A2", activePane="bottomLeft", state="frozen")
    columns = _add(root, "cols")
    for place, width in enumerate(_WIDTHS, start=1):
        _add(columns, "col", min=str(place), max=str(place), width=str(width), customWidth="1")
    data = _add(root, "sheetData")
    _row(data, 1, sheet.headings, [bold] * len(sheet.headings))
    for number, (cells, colour) in enumerate(zip(sheet.rows, sheet.colours, strict=True), start=2):
        styles = [colours[colour] if colour else style] + [style] * (len(cells) - 1)
        _row(data, number, cells, styles)
    last = f"{column_letter(len(sheet.headings) - 1)}{len(sheet.rows) + 1}"
    _add(root, "autoFilter", ref=f"A1:{last}")
    if any(sheet.links):
        links = _add(root, "hyperlinks")
        for number, link in enumerate(sheet.links, start=2):
            if link:
                _add(links, "hyperlink", ref=f"D{number}", location=link)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _index(name: str, marks: Sequence[Mark]) -> IndexSheet:
    return IndexSheet(
        name=f"{OWN_SHEETS}{name}"[:31],
        headings=index_headings(),
        rows=tuple(index_rows(marks)),
        links=tuple(_link(mark) for mark in marks),
        colours=tuple(mark.finding.severity for mark in marks),
    )


def _link(mark: Mark) -> str:
    if not mark.row:
        return ""
    return "'{}'!{}".format(mark.sheet.replace("'", "''"), mark.cell)


def _row(data: etree._Element, number: int, cells: Sequence[str], styles: Sequence[int]) -> None:
    row = _add(data, "row", r=str(number))
    for place, (text, style) in enumerate(zip(cells, styles, strict=True)):
        cell = _add(row, "c", r=f"{column_letter(place)}{number}", s=str(style), t="inlineStr")
        element = _add(_add(cell, "is"), "t")
        element.text = xml_text(text)
        element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _NS + name, attributes)
