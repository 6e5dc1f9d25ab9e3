"""Cell styles that look as before but with the colour of a finding behind them.

Source: ECMA-376 part 1, 18.8.20 fills, 18.8.10 cellXfs.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from schemas.findings import Severity
from schemas.xml import parse_xml

# Light enough to read black text on (contrast above 15:1); also what marks of an earlier check
# are recognised by.
COLOURS = {Severity.ERROR: "FFFFC7CE", Severity.WARNING: "FFFFEB9C", Severity.INFO: "FFDDEBF7"}
MINIMAL_STYLES = (
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/>'
    b'</fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/>'
    b'</cellStyleXfs><cellXfs count="1"><xf/></cellXfs></styleSheet>'
)


class Styles:
    """The styles of a workbook, to which coloured ones are added as they are asked for."""

    def __init__(self, data: bytes) -> None:
        """Read ``styles.xml``.

        Raises:
            RecordError: It is not XML that may be read.
        """
        root = parse_xml(data)
        if root.find("{*}fills") is None or root.find("{*}cellXfs") is None:
            root = parse_xml(MINIMAL_STYLES)
        self._root = root
        self._ns = root.tag.rpartition("}")[0] + "}"
        self._xfs = self._list("cellXfs")
        self._fills = self._list("fills")
        self._ours = {self._fill_colour(fill): place for place, fill in enumerate(self._fills)}
        self._made: dict[tuple[int, Severity | None], int] = {}

    def coloured(self, style: int, severity: Severity | None) -> int:
        """Return the number of the style like ``style`` with the colour of a severity, or none."""
        key = (style, severity)
        if key not in self._made:
            self._made[key] = self._add(style, severity)
        return self._made[key]

    def wrapped(self, *, is_bold: bool) -> int:
        """Return the number of a style for the index: lines broken, text at the top."""
        made = etree.SubElement(self._xfs, self._ns + "xf", fontId="0", fillId="0", borderId="0")
        if is_bold:
            made.set("fontId", str(self._bold_font()))
            made.set("applyFont", "1")
        made.set("applyAlignment", "1")
        etree.SubElement(made, self._ns + "alignment", vertical="top", wrapText="1")
        return len(self._xfs) - 1

    def has_our_colour(self, style: int) -> bool:
        """Say whether a style has a colour that marks a finding."""
        if not 0 <= style < len(self._xfs):
            return False
        fill = int(self._xfs[style].get("fillId", "0"))
        places = {place for colour, place in self._ours.items() if colour in COLOURS.values()}
        return fill in places

    def to_bytes(self) -> bytes:
        """Return the part."""
        for entries in (self._xfs, self._fills):
            entries.set("count", str(len(entries)))
        return etree.tostring(self._root, xml_declaration=True, encoding="UTF-8", standalone=True)

    def _add(self, style: int, severity: Severity | None) -> int:
        base = self._xfs[style if 0 <= style < len(self._xfs) else 0]
        made = deepcopy(base)
        made.set("fillId", str(self._fill(severity) if severity else 0))
        made.set("applyFill", "1")
        self._xfs.append(made)
        return len(self._xfs) - 1

    def _fill(self, severity: Severity) -> int:
        colour = COLOURS[severity]
        if colour not in self._ours:
            fill = etree.SubElement(self._fills, self._ns + "fill")
            pattern = etree.SubElement(fill, self._ns + "patternFill", patternType="solid")
            etree.SubElement(pattern, self._ns + "fgColor", rgb=colour)
            etree.SubElement(pattern, self._ns + "bgColor", indexed="64")
            self._ours[colour] = len(self._fills) - 1
        return self._ours[colour]

    def _bold_font(self) -> int:
        fonts = self._root.find(self._ns + "fonts")
        if fonts is None or not len(fonts):
            return 0
        font = deepcopy(fonts[0])
        # The schema of a font wants its parts in order, and b comes first.
        if font.find(self._ns + "b") is None:
            font.insert(0, etree.Element(self._ns + "b"))
        fonts.append(font)
        fonts.set("count", str(len(fonts)))
        return len(fonts) - 1

    def _fill_colour(self, fill: etree._Element) -> str:
        colour = fill.find(f"{self._ns}patternFill/{self._ns}fgColor")
        return colour.get("rgb", "") if colour is not None else ""

    def _list(self, name: str) -> etree._Element:
        found = self._root.find(self._ns + name)
        if found is None:  # __init__ has seen to it that both lists are there
            raise KeyError(name)
        return found
