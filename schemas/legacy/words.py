"""What the words of a cell say: possible in Vietnamese as they stand, and read another way.

A *unit* is what stands between spaces and digits: legacy letters look like signs (``®`` is đ), so
a word cannot be told from what is around it before it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from schemas.legacy.readings import BY_NAME
from schemas.legacy.syllables import is_like_syllable, is_syllable
from schemas.legacy.viqr import SIGN, convert_viqr

UNIT = re.compile(r"[^ \t\r\n\d]+")
"""Not split at other white space: 0xA0 and 0x85 are letters in some sets."""
ONLY_UNICODE = re.compile("[đĐơƠưƯăĂĩĨũŨ\u1ea0-\u1ef9]")
"""Vietnamese letters that no legacy text is ever shown with."""
_OUTER = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”‘’–—…\xa0"
_ASCII_MARKS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_BETWEEN = re.compile("[!-/:-@\\[-`{-~“”‘’–—…\xa0]+")
_CONTROL_LETTER = re.compile("[\x01-\x08\x0e-\x1f]")
_MAX_UNIT = 80
_DEGREES = frozenset({"°C", "°F"})


class State(IntEnum):
    """What one unit is: nothing to judge, Vietnamese letters that can be so, or that cannot."""

    PLAIN = 0
    POSSIBLE = 1
    IMPOSSIBLE = 2


@dataclass(frozen=True, slots=True)
class Score:
    """Number of units of a cell by what another reading makes of them.

    Attributes:
        gained: Impossible as they stand, possible read so.
        lost: Possible as they stand, impossible read so.
        same: Possible both ways, and not the same word.
        odd: Impossible both ways, and not the same.
        odd_signs: Of those, the ones in which signs become letters (``Q§`` is QĐ).
        names: Of those, the ones that become what a highland name may be (``Ñaék`` is Đắk).
    """

    gained: int = 0
    lost: int = 0
    same: int = 0
    odd: int = 0
    odd_signs: int = 0
    names: int = 0


@lru_cache(maxsize=1 << 16)
def state_of(unit: str) -> State:
    """Return what a unit is."""
    # «so» are quotes; a word that ends in « ends in TCVN3's ô.
    core = unit.strip(_OUTER).removeprefix("«").removesuffix("»").strip(_OUTER)
    # A web address or a whole page without a space is no word.
    if _is_plain(core) or len(core) > _MAX_UNIT:
        return State.PLAIN
    if not any(map(str.isalpha, core)):
        return State.PLAIN
    parts = [part for part in _BETWEEN.split(core) if not part.isascii()]
    return State.POSSIBLE if all(map(is_syllable, parts)) else State.IMPOSSIBLE


def units_of(text: str) -> list[str]:
    """Return the units of ``text`` that are not plain ASCII."""
    if _is_plain(text):
        return []
    return [unit for unit in UNIT.findall(text) if not _is_plain(unit)]


def iter_impossible(text: str) -> Iterator[str]:
    """Yield the units of ``text`` that cannot be Vietnamese as they stand."""
    return (unit for unit in units_of(text) if state_of(unit) is State.IMPOSSIBLE)


def convert_text(text: str, reading: str) -> str:
    """Return ``text`` read so; signs beside numbers (``20 × 30``, ``© 2006``) stay as they are."""
    if reading == "VIQR":
        return BY_NAME[reading].convert(text)
    return UNIT.sub(lambda match: _converted(match, reading), text)


def _converted(match: re.Match[str], reading: str) -> str:
    unit = match[0]
    if _is_plain(unit) or any(map(str.isalpha, unit)):
        return converted_unit(unit, reading)
    # All signs: ®· is đã, and · is ở in VISCII, but © and × are signs in any register.
    before = match.string[: match.start()].rstrip()
    after = match.string[match.end() :].lstrip()
    converted = BY_NAME[reading].convert(unit)
    is_single = len(unit.strip(_ASCII_MARKS)) < 2
    if is_single and (before[-1:].isdigit() or after[:1].isdigit()):
        return unit
    if _CONTROL_LETTER.search(unit):
        return converted
    is_inside = bool(before and after) or not is_single
    return converted if is_inside and state_of(converted) is State.POSSIBLE else unit


@lru_cache(maxsize=1 << 15)
def converted_unit(unit: str, reading: str) -> str:
    """Return one unit read so."""
    if _is_plain(unit) or not any(map(str.isalpha, unit)) or unit.strip(_OUTER) in _DEGREES:
        return unit
    return BY_NAME[reading].convert(unit)


@lru_cache(maxsize=1 << 15)
def unit_score(unit: str, reading: str) -> Score:
    """Return what another reading makes of one unit."""
    converted = converted_unit(unit, reading)
    before = state_of(unit)
    if converted == unit or before is State.PLAIN:
        return Score()
    is_possible = state_of(converted) is State.POSSIBLE
    if before is State.POSSIBLE:
        return Score(same=1) if is_possible else Score(lost=1)
    if is_possible and any("a" <= letter <= "z" for letter in unit.lower()):
        return Score(gained=1)
    inside = _BETWEEN.sub("", unit.strip(_OUTER))
    has_signs = not inside.isalpha()
    is_word = all(letter.isalpha() or letter in _OUTER for letter in converted)
    return Score(odd=1, odd_signs=int(has_signs and is_word), names=int(_is_name(unit, converted)))


def score(text: str, reading: str) -> Score:
    """Return what another reading makes of a cell."""
    if reading == "VIQR":
        return _viqr_score(text)
    scores = [unit_score(unit, reading) for unit in units_of(text)]
    return Score(
        sum(s.gained for s in scores),
        sum(s.lost for s in scores),
        sum(s.same for s in scores),
        sum(s.odd for s in scores),
        sum(s.odd_signs for s in scores),
        sum(s.names for s in scores),
    )


def _is_name(unit: str, converted: str) -> bool:
    parts = (_BETWEEN.split(text.strip(_OUTER)) for text in (unit, converted))
    before, after = (all(map(is_like_syllable, filter(None, part))) for part in parts)
    return after and not before


def _viqr_score(text: str) -> Score:
    gained = odd = 0
    for token in text.split():
        if SIGN.search(token):
            converted = convert_viqr(token)
            if converted != token:
                is_possible = state_of(converted) is State.POSSIBLE
                gained, odd = gained + is_possible, odd + (not is_possible)
    return Score(gained=gained, odd=odd)


def _is_plain(text: str) -> bool:
    # Some sets have letters among the control codes, which are ASCII too.
    return text.isascii() and (text.isprintable() or not _CONTROL_LETTER.search(text))
