"""Comments on cells: the part with their text, and the drawing that holds their boxes.

Comments of an earlier check are known by their author and taken out first; comments of people
stay, and where one stands on a marked cell ours is written below it.

Source: ECMA-376 part 1, 18.7 Comments; part 4, 19.4 VML (SpreadsheetML drawing).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lxml import etree

from pipeline.intake.columns import column_index, column_letter
from schemas.xml import parse_xml, xml_text

AUTHOR = "Hoa Ban"
_NO_COMMENTS = b'<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# Around what is written below the comment of a person, so that it can be told apart later.
_BELOW, _END = f"\n— {AUTHOR} —\n", "\n———"
_OURS = re.compile(f"{_BELOW}.*?{_END}", re.DOTALL)
_REF = re.compile(r"([A-Z]{1,3})(\d+)")
_SHAPE = re.compile(r"<v:shape\b(?:(?!</v:shape>).)*</v:shape>", re.DOTALL)
_PLACE = re.compile(r"<x:(Row|Column)>\s*(\d+)\s*</x:\1>")
_TYPE_ID = "_x0000_t202"
_NEW_DRAWING = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)
_SHAPE_TYPE = (
    f'<v:shapetype id="{_TYPE_ID}" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_WIDTH_PT = 270
_LINE_PT = 13
_CHARACTERS_A_LINE = 46

Cell = tuple[int, int]


class Comments:
    """The comments of one worksheet."""

    def __init__(self, data: bytes | None) -> None:
        """Read a comments part, or begin one.

        Raises:
            RecordError: It is not XML that may be read.
        """
        self._root = parse_xml(_NO_COMMENTS if data is None else data)
        self._ns = self._root.tag.rpartition("}")[0] + "}"
        self._authors = self._child("authors")
        self._list = self._child("commentList")

    @property
    def is_empty(self) -> bool:
        """Say whether there is none."""
        return len(self._list) == 0

    def take_out_ours(self) -> set[Cell]:
        """Take out what an earlier check wrote, and return the cells it stood on."""
        ours = self._author(add=False)
        cells: set[Cell] = set()
        for comment in list(self._list):
            if comment.get("authorId") == ours:
                self._list.remove(comment)
                cells.add(cell_of(comment.get("ref", "")))
            else:
                for text in comment.iter(self._ns + "t"):
                    kept = _OURS.sub("", text.text or "")
                    if kept != text.text:
                        text.text = kept
                        cells.add(cell_of(comment.get("ref", "")))
        return cells

    def add(self, texts: Mapping[Cell, str]) -> set[Cell]:
        """Write a comment on each cell, and return those that had none before."""
        theirs = {cell_of(comment.get("ref", "")): comment for comment in self._list}
        author = self._author(add=True)
        added = set()
        for cell, text in texts.items():
            if cell in theirs:
                body = theirs[cell].find(self._ns + "text")
                if body is not None:
                    self._run(body, _BELOW + text + _END)
                continue
            comment = etree.SubElement(
                self._list,
                self._ns + "comment",
                ref=f"{column_letter(cell[1])}{cell[0]}",
                authorId=author,
            )
            self._run(etree.SubElement(comment, self._ns + "text"), text)
            added.add(cell)
        # Excel wants them by row and column.
        self._list[:] = sorted(self._list, key=lambda entry: cell_of(entry.get("ref", "")))
        return added

    def to_bytes(self) -> bytes:
        """Return the part."""
        return etree.tostring(self._root, xml_declaration=True, encoding="UTF-8", standalone=True)

    def _run(self, body: etree._Element, text: str) -> None:
        plain = body.find(self._ns + "t")
        if plain is not None:
            # A text with runs beside a plain one would not be shown whole.
            run = etree.SubElement(body, self._ns + "r")
            body.remove(plain)
            run.append(plain)
        run = etree.SubElement(body, self._ns + "r")
        element = etree.SubElement(run, self._ns + "t")
        element.text = xml_text(text)
        element.set(_SPACE, "preserve")

    def _author(self, *, add: bool) -> str:
        for place, author in enumerate(self._authors):
            if author.text == AUTHOR:
                return str(place)
        if not add:
            return ""
        etree.SubElement(self._authors, self._ns + "author").text = AUTHOR
        return str(len(self._authors) - 1)

    def _child(self, name: str) -> etree._Element:
        found = self._root.find(self._ns + name)
        return found if found is not None else etree.SubElement(self._root, self._ns + name)


def draw_boxes(drawing: str | None, *, gone: set[Cell], texts: Mapping[Cell, str]) -> str:
    """Return the drawing with the boxes of ``gone`` taken out and those of ``texts`` put in.

    The drawing is text and not XML: spreadsheet programs write parts of it that no XML parser
    accepts.
    """
    text = _NEW_DRAWING if drawing is None else drawing
    text = _SHAPE.sub(lambda found: "" if _box_cell(found[0]) in gone else found[0], text)
    shapes = "".join(_box(cell, content) for cell, content in sorted(texts.items()))
    if shapes and f'id="{_TYPE_ID}"' not in text:
        shapes = _SHAPE_TYPE + shapes
    end = text.rindex("</xml>") if "</xml>" in text else len(text)
    return text[:end] + shapes + text[end:]


def cell_of(reference: str) -> Cell:
    """Return (row from 1, column from 0) of ``C12``; (0, 0) where it is none."""
    found = _REF.fullmatch(reference)
    if not found:
        return (0, 0)
    return int(found[2]), column_index(found[1])


def _box_cell(shape: str) -> Cell:
    places: dict[str, int] = {name: int(number) for name, number in _PLACE.findall(shape)}
    return places.get("Row", -2) + 1, places.get("Column", -1)


def _box(cell: Cell, text: str) -> str:
    row, column = cell
    height = _LINE_PT * (2 + _lines(text.splitlines()))
    return (
        f'<v:shape id="hoaban_{column_letter(column)}{row}" type="#{_TYPE_ID}" '
        f'style="position:absolute;margin-left:60pt;margin-top:2pt;width:{_WIDTH_PT}pt;'
        f'height:{height}pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"/>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row - 1}</x:Row><x:Column>{column}</x:Column>"
        "</x:ClientData></v:shape>"
    )


def _lines(lines: Iterable[str]) -> int:
    return sum(1 + len(line) // _CHARACTERS_A_LINE for line in lines)
