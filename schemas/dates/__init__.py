"""Dates as museums write them: the text, EDTF, and whole years to sort and count by.

:func:`parse_date` understands Vietnamese, English and French; what it does not understand from
end to end has no value (None), for a guessed date is worse than a date that is only text.
``docs/dates.md`` lists what is understood.
"""

from __future__ import annotations

import re
from functools import lru_cache

from schemas.dates.describe import describe
from schemas.dates.edtf import parse_edtf
from schemas.dates.grammar import read
from schemas.dates.lexing import LONGEST_TEXT, tokens_of
from schemas.dates.periods import Period, PeriodKind, Periods, load_periods, shipped_periods
from schemas.dates.value import DateValue, value_of
from schemas.dates.vocabulary import NO_DATE

__all__ = [
    "UNKNOWN",
    "DateValue",
    "Period",
    "PeriodKind",
    "Periods",
    "describe",
    "edtf_of",
    "load_periods",
    "parse_date",
    "parse_edtf",
    "shipped_periods",
    "states_no_date",
]

_ONLY_EDTF = re.compile(r"\dX|[~%{]|\.\.|\[.*,")
"""What a text has that can only be EDTF; without it "1901-05" is not sure to be."""

UNKNOWN = "XXXX"
"""EDTF of a date that somebody has said is not known."""


def parse_date(text: str, periods: Periods | None = None) -> DateValue | None:
    """Return what a date text means, or None when that is not certain.

    Args:
        text: As written in a catalogue; language, spelling and Unicode form do not matter.
        periods: The table of periods; the one that comes with Hoa Ban when left out.
    """
    if not text or len(text) > LONGEST_TEXT:
        return None
    return _parse(text, shipped_periods() if periods is None else periods)


@lru_cache(maxsize=1 << 15)
def _parse(text: str, periods: Periods) -> DateValue | None:
    given = parse_edtf(text.strip()) if _ONLY_EDTF.search(text) else None
    if given is not None:
        return value_of(text, given)
    tokens = tokens_of(text, periods)
    reading = read(tokens) if tokens else None
    return None if reading is None else value_of(text, reading)


def states_no_date(text: str) -> bool:
    """Return whether a text says that the date is not known, as "không rõ" or "no date".

    Such a text is complete: nobody needs to mend it.
    """
    if text.strip() == UNKNOWN:
        return True
    tokens = tokens_of(text, shipped_periods())
    return bool(tokens) and [token.code for token in tokens or ()] == [NO_DATE]


def edtf_of(text: str, periods: Periods | None = None) -> str | None:
    """Return the EDTF of a date text: ``XXXX`` when it says that the date is not known."""
    value = parse_date(text, periods)
    if value is not None:
        return value.edtf
    return UNKNOWN if states_no_date(text) else None
