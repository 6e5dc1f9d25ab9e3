"""From the words of a place to the units they may name: parts, kinds, and what fits into what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from schemas.gazetteer.units import KINDS, Gazetteer, Level, Unit

MAX_CHARACTERS = 300

_ABBREVIATIONS = (
    (r"(?:tp\.?\s?|t\.p\.?\s?|t\.\s?phố )", "thành phố"),
    (r"(?:tx\.\s?|t\.x\.?\s?|tx )", "thị xã"),
    (r"(?:tt\.\s?|t\.t\.?\s?|tt )", "thị trấn"),
    (r"t\.\s?", "tỉnh"),
    (r"h\.\s?", "huyện"),
    (r"q\.\s?", "quận"),
    (r"p\.\s?", "phường"),
    (r"x\.\s?", "xã"),
)
_FORMER = re.compile(r"\s*\(\s*(?:cũ|tỉnh cũ|trước đây|trước năm \d{4}|trước \d{4})\s*\)", re.I)
_OLD = re.compile(r"\s+cũ$", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;\n()]|\s[–—]\s")
_BETWEEN_AND_DASHES = re.compile(r"[,;\n()]|\s[-–—]\s")
_COUNTRY = frozenset({"việt nam", "viet nam", "vietnam"})
_UNMARKED = {"tinh": "tỉnh", "huyen": "huyện", "thanh pho": "thành phố", "thi xa": "thị xã",
             "thi tran": "thị trấn", "phuong": "phường"}  # fmt: skip


_KINDS = sorted(KINDS, key=len, reverse=True)


@dataclass(frozen=True)
class Segment:
    """One part of a text about a place.

    Attributes:
        text: As written.
        name: The name without its kind.
        levels: The levels it may have.
        is_former: Whether the text says that the unit has ended ("cũ").
    """

    text: str
    name: str
    levels: tuple[Level, ...]
    is_former: bool = False


def read_segments(text: str, *, at_dashes: bool = False) -> list[Segment]:
    """Return the parts of a text, small to large; none for a text too long to be a place.

    Args:
        text: The place.
        at_dashes: Whether " - " parts them too, as in *xã Mường Mươn - huyện Mường Chà*, and not
            only the halves of a name such as *Bà Rịa - Vũng Tàu*.
    """
    if len(text) > MAX_CHARACTERS:
        return []
    between = _BETWEEN_AND_DASHES if at_dashes else _BETWEEN
    marked = _FORMER.sub(" cũ", text)
    parts = [" ".join(part.split()).strip(" .-–") for part in between.split(marked)]
    kept = [part for part in parts if part and part.casefold() not in _COUNTRY]
    return [_segment(part) for part in kept]


@lru_cache(maxsize=1 << 12)
def _segment(part: str) -> Segment:
    is_former = bool(_OLD.search(part))
    spelled = part
    for pattern, kind in _ABBREVIATIONS:
        match = re.match(pattern, part, re.IGNORECASE)
        if match and match.end() < len(part):
            spelled = f"{kind} {part[match.end() :]}"
            break
    lowered = spelled.casefold()
    for bare, kind in _UNMARKED.items():
        if lowered.startswith(bare + " ") and lowered.isascii():
            spelled = f"{kind} {spelled[len(bare) + 1 :]}"
            lowered = spelled.casefold()
    for kind in _KINDS:
        if lowered.startswith(kind + " "):
            return Segment(part, spelled[len(kind) + 1 :].strip(), KINDS[kind], is_former)
    return Segment(part, spelled, tuple(Level), is_former)


class ChainReader:
    """Finds the units that a chain of parts may name, each inside the next."""

    def __init__(self, known: Gazetteer) -> None:
        self.known = known

    def units(self, segments: Sequence[Segment]) -> list[Unit]:
        """Return the units the first part may name, given that all parts after it hold it."""
        if not 1 <= len(segments) <= len(Level):
            return []
        # Who writes marks means the marks that are missing: Thanh An is not Thạnh An.
        has_marks = not all(segment.text.isascii() for segment in segments)
        found = self._first_units(segments, exact=has_marks)
        if not found and has_marks:
            found = self._first_units(segments, exact=False)
        if len(segments) == 1 and segments[0].levels == tuple(Level):
            found = _meant_alone(found)
        return found

    def _first_units(self, segments: Sequence[Segment], *, exact: bool) -> list[Unit]:
        return list(dict.fromkeys(chain[0] for chain in self._chains(segments, exact=exact)))

    def _chains(self, segments: Sequence[Segment], *, exact: bool) -> Iterator[tuple[Unit, ...]]:
        head, *rest = segments
        heads = self._named(head, exact=exact)
        if not rest:
            yield from ((unit,) for unit in heads)
            return
        for outer in self._chains(rest, exact=exact):
            for unit in heads:
                if _lies_in(unit, outer[0]):
                    yield (unit, *outer)

    def _named(self, segment: Segment, *, exact: bool) -> list[Unit]:
        plain = _OLD.sub("", segment.name) if segment.is_former else segment.name
        found: list[Unit] = []
        for level in segment.levels:
            named = self.known.named(plain, level, exact=exact)
            found.extend(unit for unit in named if unit.is_former or not segment.is_former)
        # "Lai Châu cũ" is a name of its own in the table of historical provinces.
        own = self.known.named(segment.name, Level.PROVINCE, exact=exact)
        return own if own and segment.is_former else found


def _lies_in(unit: Unit, outer: Unit) -> bool:
    return outer.id in unit.inside or bool(outer.parts & (unit.inside | {unit.id}))


def _meant_alone(units: list[Unit]) -> list[Unit]:
    """Return the units a name without a kind and without larger units means.

    A province is meant, or holds what is meant; but a province that ended long ago leaves its
    name to the town it was called after.
    """
    provinces = [unit for unit in units if unit.level is Level.PROVINCE]
    has_district = any(unit.level is Level.DISTRICT for unit in units)
    is_late = any(not unit.parts for unit in provinces)
    return provinces if is_late or (provinces and not has_district) else units
