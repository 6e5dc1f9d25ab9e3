"""Cells that no spreadsheet program runs as a formula, and that come back whole.

Invariant: ``unquote_cell(quote_cell(text)) == text`` for every text, also for one that had
apostrophes before its formula.

Source: OWASP, CSV Injection
"""

from __future__ import annotations

import re

# What a spreadsheet program may take for a formula or a control, after any blanks; the
# full-width forms because some East Asian editions take them too.
_FORMULA = r"(?:[\t\r\n]|\s*[=+\-@＝＋－＠])"
_TO_QUOTE = re.compile("'*" + _FORMULA)
# What a cell of a spreadsheet program can hold, in UTF-16 units; it drops the rest without a word.
# Source: Excel specifications and limits, "Total number of characters that a cell can contain"
LONGEST_CELL = 32_767
_QUOTED = re.compile("'+" + _FORMULA)


def quote_cell(text: str) -> str:
    """Return ``text`` so that no spreadsheet program runs it: one more apostrophe where needed.

    Text that starts, after any apostrophes and blanks, with ``=``, ``+``, ``-`` or ``@``, or
    after any apostrophes with a tab or a line break, gets one apostrophe in front.
    """
    return "'" + text if _TO_QUOTE.match(text) else text


def unquote_cell(cell: str) -> str:
    """Return the text that :func:`quote_cell` made ``cell`` from."""
    return cell[1:] if _QUOTED.match(cell) else cell


def cut_cell(text: str) -> str:
    """Return as much of a text as a cell of a spreadsheet program can hold."""
    if len(text) * 2 <= LONGEST_CELL:
        return text
    return text.encode("utf-16-le", "replace")[: LONGEST_CELL * 2].decode("utf-16-le", "ignore")
