"""One cell brought to Unicode, as its column was decided."""

from __future__ import annotations

import re
from dataclasses import dataclass

from schemas.legacy.evidence import Decision
from schemas.legacy.readings import VIQR
from schemas.legacy.repairs import Repaired, restore_second, restore_u
from schemas.legacy.viqr import ambiguous_words, with_last_mark
from schemas.legacy.words import (
    ONLY_UNICODE,
    convert_text,
    converted_unit,
    score,
    unit_score,
    units_of,
)

_QUESTION_IN_WORD = re.compile(r"[^\W\d_]\?[^\W\d_]|\ufffd")


@dataclass(frozen=True)
class Cell:
    """A cell after its rescue.

    Attributes:
        text: What it reads now; the same text when nothing was sure.
        doubtful: Words a person must look at, each with what it may be.
    """

    text: str
    doubtful: tuple[tuple[str, str], ...] = ()


def rescue_cell(text: str, decision: Decision, *, by_font: bool = False) -> Cell:
    """Return a cell of a decided group in Unicode.

    A cell that is Unicode already stays, and so does one that could be either in a column that
    has both, with its other reading as a doubt.

    Args:
        text: The cell.
        decision: Of its group.
        by_font: The group is the cells of a legacy font.
    """
    if decision.second:
        return _restored(text, decision.second)
    found = score(text, decision.reading)
    if not (found.gained or found.lost or found.same or found.odd):
        # Words of signs alone, as §¹ for Đạ, are judged as they are converted.
        is_safe = decision.is_pure and not ONLY_UNICODE.search(text)
        return Cell(convert_text(text, decision.reading) if is_safe else text)
    if ONLY_UNICODE.search(text):
        return Cell(text, _doubts(text, decision.reading) if found.gained else ())
    if found.lost and found.lost >= found.gained:
        is_mixed = found.gained or by_font
        return Cell(text, _doubts(text, decision.reading) if is_mixed else ())
    converted = convert_text(text, decision.reading)
    repaired = restore_u(converted) if decision.is_u_lost else Repaired(converted)
    has_gained = found.gained or repaired.restored or (decision.is_pure and found.names)
    if not has_gained and not by_font and found.odd > found.odd_signs:
        # A foreign name or word: nothing in it says that it is legacy text.
        return Cell(text, _doubts(text, decision.reading))
    if not has_gained and not decision.is_pure:
        return Cell(text, _doubts(text, decision.reading))
    if decision.reading == VIQR.name:
        words = ambiguous_words(text)
        return Cell(converted, tuple((word, with_last_mark(word)) for word in words))
    return Cell(repaired.text, repaired.doubtful)


def has_lost_letters(text: str) -> bool:
    """Say whether letters of ``text`` were lost for good: U+FFFD, or ``?`` inside words."""
    if "\ufffd" in text:
        return True
    if "?" not in text or "://" in text:
        return False
    return len(_QUESTION_IN_WORD.findall(text)) > 1


def _restored(text: str, charset: str) -> Cell:
    if not ONLY_UNICODE.search(text):
        return Cell(text)
    repaired = restore_second(text, charset)
    return Cell(repaired.text if repaired.restored else text, repaired.doubtful)


def _doubts(text: str, reading: str) -> tuple[tuple[str, str], ...]:
    units = dict.fromkeys(units_of(text))
    pairs = ((unit, converted_unit(unit, reading)) for unit in units)
    return tuple(
        (unit, converted)
        for unit, converted in pairs
        if converted != unit and not unit_score(unit, reading).lost
    )
