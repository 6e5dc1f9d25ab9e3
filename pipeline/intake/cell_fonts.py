"""The fonts from before Unicode in a workbook, of cells and of runs within a cell.

A workbook without such a font, as nearly all are, costs one look at its fonts.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from openpyxl.cell.rich_text import CellRichText, TextBlock

from schemas.legacy.fonts import font_set

Runs = tuple[tuple[int, str], ...]
"""(characters, font) of each run of a cell."""
NO_FONTS: Mapping[int, Runs] = MappingProxyType({})
_STRINGS = "xl/sharedStrings.xml"
_RUN_FONT = re.compile(rb"<(?:\w+:)?rFont\s[^>]*val=[\"'](?:\.vn|vni|vps)", re.IGNORECASE)
_CHUNK_BYTES = 1 << 20
_LONGEST = 200


def has_legacy_runs(path: Path) -> bool:
    """Say whether some cell of a workbook is written in several fonts, one of them legacy."""
    with zipfile.ZipFile(path) as archive:
        if _STRINGS not in archive.namelist():
            return False
        with archive.open(_STRINGS) as stream:
            tail = b""
            while chunk := stream.read(_CHUNK_BYTES):
                if _RUN_FONT.search(tail + chunk):
                    return True
                tail = chunk[-_LONGEST:]
    return False


def has_legacy_fonts(book: Any) -> bool:
    """Say whether the styles of an open workbook name a legacy font."""
    return any(font_set(font.name or "") for font in book._fonts)


def legacy_runs(value: object, font: str) -> Runs:
    """Return (characters, font) of each run of a cell's text; () where none has a legacy font.

    Runs in other fonts have an empty font.

    Args:
        value: Of the cell.
        font: Name of the cell's own font.
    """
    name = _legacy(font)
    if isinstance(value, CellRichText):
        runs = tuple(_run(part, name) for part in value)
    elif isinstance(value, str):
        runs = ((len(value), name),)
    else:
        return ()
    return runs if any(font for _length, font in runs) else ()


def _run(part: str | TextBlock, cell_font: str) -> tuple[int, str]:
    if isinstance(part, TextBlock):
        return len(part.text), _legacy(part.font.rFont) if part.font.rFont else cell_font
    return len(part), cell_font


def _legacy(name: str | None) -> str:
    return name if name and font_set(name) else ""
