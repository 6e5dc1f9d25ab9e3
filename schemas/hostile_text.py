"""Text that some program would obey: markup with a program in it, addresses that run, formulas.

Such text is kept as it is, and told. Ordinary descriptions hold none of it: a single ``<``, a tag
of plain markup, a minus or a plus before a number, and a bracket after a dash are no sign.
"""

from __future__ import annotations

import html
import re

_PROGRAM = re.compile(
    r"<\s{0,20}(?:/\s{0,20})?(?:script|iframe|svg)\b|<(?:object|embed)\s[^<>]{0,200}="
    r"|<[a-z][^<>:]{0,200}[\s/\"']on[a-z]{3,20}\s{0,20}=|\b(?:javascript|vbscript):(?=[a-z(])",
    re.IGNORECASE,
)
# A number of so many digits is no letter, and Python refuses to read it.
_LONG_NUMBER = re.compile(r"&#[xX]?[0-9A-Fa-f]{9,}")
# What an expression begins with, a function after another sign, or a call of another program
# (DDE): cmd|' /C calc'!A0. An arrow, a smile, a line and a list of marks are none.
_FORMULA = re.compile(
    r"[=＝]\s*[\w\"'({$@+-]|[@+＠＋][A-Za-z.]{2,}\("
    r"|[-@+＠＋－][^|]{0,100}[A-Za-z]\w{1,30}\|[^!]{0,100}!"
)
_LONGEST = 40


def program_in(text: str) -> str:
    """Return how a program begins that a browser would find in a text, or nothing."""
    if not any(sign in text for sign in "<&:"):
        return ""
    # A reader that takes text for markup reads these letters so.
    found = _PROGRAM.search(html.unescape(_LONG_NUMBER.sub("&", text)))
    return " ".join(found[0].split())[:_LONGEST] if found else ""


def formula_in(text: str) -> str:
    """Return how a text begins that a spreadsheet would compute, or nothing."""
    found = _FORMULA.match(text.lstrip())
    return " ".join(found[0].split())[:_LONGEST] if found else ""
