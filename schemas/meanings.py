"""What a normalised value adds to its text, in words for readers."""

from __future__ import annotations

import re

from schemas.dates import describe
from schemas.dublincore import Statement
from schemas.messages import LANGUAGES, N_, translate

_TODAY = N_("today {place}")
_DIGITS = re.compile(r"\d+")


def meaning_of(statement: Statement, lang: str) -> str:
    """Return what is worth saying after the text of a statement, in ``lang``, or an empty text.

    A date that only repeats the numbers of its text adds nothing, nor does the place that is
    named as it is called today.
    """
    lang = lang if lang in LANGUAGES else "en"
    edtf = statement.known("edtf")
    if isinstance(edtf, str):
        return _date(statement.value, edtf, lang)
    if statement.known("former"):
        units = (statement.known("commune"), statement.known("province"))
        place = ", ".join(str(unit) for unit in units if unit)
        return translate(_TODAY, lang).format(place=place) if place else ""
    return ""


def _date(text: str, edtf: str, lang: str) -> str:
    said = describe(edtf, lang)
    if edtf == "XXXX" or said.casefold() == text.strip().casefold():
        return ""
    numbers = {number.lstrip("0") for number in _DIGITS.findall(text)}
    if numbers and {number.lstrip("0") for number in _DIGITS.findall(edtf)} <= numbers:
        return ""
    return said
