"""The sheets that are added behind the museum's own: every finding, and what has no partner.

All text is written as inline strings, which no spreadsheet program runs as a formula.

Source: ECMA-376 part 1, 18.3.1.53 is (rich text inline), 18.3.1.47 hyperlink.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from xml.sax.saxutils import escape, quoteattr

from pipeline.intake.columns import column_letter
from pipeline.intake.table import OWN_SHEETS
from pipeline.marking.place import Mark
from schemas.findings import Severity
from schemas.messages import LANGUAGES, N_, _, translate
from schemas.xml import xml_text

_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# Excel repairs, that is damages, a sheet with more. Source: Excel specifications and limits.
_MOST_LINKS = 65_530
_MOST_ROWS = 1_048_575
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
        marks: What its rows say.
    """

    name: str
    marks: tuple[Mark, ...]


def index_sheets(marks: Sequence[Mark]) -> tuple[IndexSheet, ...]:
    """Return the sheets for some findings: those that have rows."""
    ordered = sorted(marks, key=lambda mark: _ORDER.index(mark.finding.severity))
    chosen = (
        (_NAMES[0], ordered),
        (_NAMES[1], [mark for mark in marks if mark.finding.code in _WITHOUT_SCAN]),
        (_NAMES[2], [mark for mark in marks if mark.finding.code in _WITHOUT_ROW]),
    )
    return tuple(
        IndexSheet(f"{OWN_SHEETS}{_(name)}"[:31], tuple(part[:_MOST_ROWS]))
        for name, part in chosen
        if part
    )


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
    """Return the worksheet part, made row by row: a tree of 70,000 rows would need 1.3 GB.

    Args:
        sheet: What it says.
        style: Number of the style of its text.
        bold: Of its headings.
        colours: Of the first cell of a row, by severity.
    """
    part = io.BytesIO()
    for piece in _pieces(sheet, style=style, bold=bold, colours=colours):
        part.write(piece.encode())
    return part.getvalue()


def _pieces(
    sheet: IndexSheet, *, style: int, bold: int, colours: dict[Severity, int]
) -> Iterator[str]:
    headings = index_headings()
    yield (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_NS}">'
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2"'
        ' activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>'
    )
    for place, width in enumerate(_WIDTHS, start=1):
        yield f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
    yield "</cols><sheetData>"
    yield _row(1, headings, [bold] * len(headings))
    rows = zip(sheet.marks, index_rows(sheet.marks), strict=True)
    for number, (mark, cells) in enumerate(rows, start=2):
        styles = [colours[mark.finding.severity]] + [style] * (len(cells) - 1)
        yield _row(number, cells, styles)
    last = f"{column_letter(len(headings) - 1)}{len(sheet.marks) + 1}"
    yield f'</sheetData><autoFilter ref="A1:{last}"/>'
    linked = ((number, mark) for number, mark in enumerate(sheet.marks, start=2) if mark.row)
    links = [
        f'<hyperlink ref="D{number}" location={quoteattr(_link(mark))}/>'
        for number, mark in islice(linked, _MOST_LINKS)
    ]
    if links:
        yield f"<hyperlinks>{''.join(links)}</hyperlinks>"
    yield "</worksheet>"


def _link(mark: Mark) -> str:
    return "'{}'!{}".format(mark.sheet.replace("'", "''"), mark.cell)


def _row(number: int, cells: Sequence[str], styles: Sequence[int]) -> str:
    inside = "".join(
        f'<c r="{column_letter(place)}{number}" s="{style}" t="inlineStr">'
        f'<is><t xml:space="preserve">{escape(xml_text(text))}</t></is></c>'
        for place, (text, style) in enumerate(zip(cells, styles, strict=True))
    )
    return f'<row r="{number}">{inside}</row>'
