"""OpenDocument spreadsheets made by hand, as LibreOffice writes them."""

from __future__ import annotations

import zipfile
from pathlib import Path

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/">'
    '<office:automatic-styles><style:style style:name="ta1" style:family="table">'
    '<style:table-properties table:display="true"/></style:style>'
    '<style:style style:name="ta2" style:family="table">'
    '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    "<office:body><office:spreadsheet>"
)
_TAIL = "</office:spreadsheet></office:body></office:document-content>"
TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def text(*paragraphs: str, repeated: int = 1) -> str:
    """Return a cell of text; several paragraphs are several lines."""
    inner = "".join(f"<text:p>{paragraph}</text:p>" for paragraph in paragraphs)
    times = f' table:number-columns-repeated="{repeated}"' if repeated > 1 else ""
    return f'<table:table-cell office:value-type="string"{times}>{inner}</table:table-cell>'


def value(kind: str, written: str, shown: str, formula: str = "") -> str:
    """Return a cell with a value of some type and what the program shows of it."""
    attribute = {"date": "date-value", "boolean": "boolean-value", "time": "time-value"}
    name = attribute.get(kind, "value")
    how = f' table:formula="{formula}"' if formula else ""
    return (
        f'<table:table-cell office:value-type="{kind}" office:{name}="{written}"{how}>'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


EMPTY = "<table:table-cell/>"


def row(*cells: str, repeated: int = 1) -> str:
    times = f' table:number-rows-repeated="{repeated}"' if repeated > 1 else ""
    return f"<table:table-row{times}>{''.join(cells)}</table:table-row>"


def sheet(name: str, *rows: str, is_hidden: bool = False, columns: str = "") -> str:
    style = "ta2" if is_hidden else "ta1"
    return (
        f'<table:table table:name="{name}" table:style-name="{style}">{columns}'
        f"{''.join(rows)}</table:table>"
    )


def write_ods(path: Path, *sheets: str, head: str = _HEAD, parts: dict[str, str] | None = None):
    """Write an ODS file of some sheets, and return its path."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", TYPE)
        archive.writestr("content.xml", head + "".join(sheets) + _TAIL)
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return path
