"""Places through time: a place as recorded, and the commune and province it lies in today.

Vietnam's provinces were joined and its districts ended on 1 July 2025, and most communes became
larger ones; registers keep the names of their time. :func:`find_place` finds the unit a text names
and tells what it is today, or gives the candidates for a person to choose from.

What the tables hold (``README.md`` in this folder): every commune of 2026 with the coordinates of
its centre, every commune and district of early 2025 with the communes it became, and the larger
provinces and autonomous regions that were divided before. They do not hold communes that ended
before 2025: such a text is found as far as its district or province, and ``locality`` keeps the
rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from schemas.gazetteer.reading import ChainReader, Segment, read_segments
from schemas.gazetteer.units import Commune, Level, Unit, gazetteer

__all__ = ["Commune", "Level", "Place", "PlaceMatch", "State", "find_place"]

MAX_CANDIDATES = 12


class State(StrEnum):
    """What came of looking for a place."""

    FOUND = "found"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Place:
    """An administrative unit, of today or of former times.

    Attributes:
        id: ``gso:03328`` for a unit with a code of the statistics office, its own for a
            historical province. Communes, districts and provinces have codes of 5, 3 and 2 digits.
        level: What kind of unit it is.
        name: Its full name in its time, as *xã Thanh Nưa, huyện Điện Biên, tỉnh Điện Biên*.
        is_former: Whether the unit has ended.
        communes: Today's communes with some of its land; empty for provinces.
        provinces: Today's provinces it lies in, in full.
    """

    id: str
    level: Level
    name: str
    is_former: bool
    communes: tuple[Commune, ...] = field(repr=False)
    provinces: tuple[str, ...]

    @property
    def commune(self) -> Commune | None:
        """Today's commune, or None where the unit was larger or was divided among several."""
        return self.communes[0] if len(self.communes) == 1 else None

    @property
    def province(self) -> str:
        """Today's province in full, or empty where the unit lies in several."""
        return self.provinces[0] if len(self.provinces) == 1 else ""


@dataclass(frozen=True)
class PlaceMatch:
    """What a text about a place says.

    Attributes:
        text: As written.
        state: Whether a place was found.
        place: The place, or None unless the state is FOUND.
        candidates: The places it may be, at most :data:`MAX_CANDIDATES`, when it is ambiguous.
        locality: What stands before the unit in the text, a village for instance.
    """

    text: str
    state: State
    place: Place | None = None
    candidates: tuple[Place, ...] = ()
    locality: str = ""


@lru_cache(maxsize=1 << 13)
def find_place(text: str) -> PlaceMatch:
    """Return the place a text names: ``bản Mển, xã Thanh Nưa, huyện Điện Biên, tỉnh Điện Biên``.

    The parts of the text are its units from small to large, parted by commas. Every unit that is
    named must fit: a commune in its district, a district in its province of that time. Parts
    before the smallest unit known are the locality.
    """
    match = _find(text, read_segments(text))
    if re.search(r"\s-\s", text):
        parted = _find(text, read_segments(text, at_dashes=True))
        return min(match, parted, key=_coarseness)
    return match


def _find(text: str, segments: list[Segment]) -> PlaceMatch:
    reader = ChainReader(gazetteer())
    for start in range(len(segments)):
        units = reader.units(segments[start:])
        if units:
            locality = ", ".join(segment.text for segment in segments[:start])
            if _names_a_unit(segments[:start]):
                units = _whole(units)
            return _decide(text, units, locality)
    return PlaceMatch(text, State.UNKNOWN)


def _coarseness(match: PlaceMatch) -> tuple[int, int]:
    level = list(Level).index(match.place.level) if match.place else 0
    return list(State).index(match.state), level


def _names_a_unit(before: Iterable[Segment]) -> bool:
    """Say whether a part before the unit found is itself said to be a unit we do not know."""
    return any(segment.levels and len(segment.levels) < len(Level) for segment in before)


def _whole(units: list[Unit]) -> list[Unit]:
    # "xã X, huyện Y" with an unknown X lies in the district Y: not in a town of that name.
    larger = [unit for unit in units if unit.level is not Level.COMMUNE]
    return larger or units


def _decide(text: str, units: list[Unit], locality: str) -> PlaceMatch:
    places: dict[tuple[object, ...], Place] = {}
    for unit in sorted(units, key=lambda unit: unit.is_former):
        place = _place(unit)
        # Two units that are one today are one answer; today's comes first.
        codes = tuple(sorted(commune.code for commune in place.communes))
        places.setdefault((unit.level, codes, place.provinces), place)
    found = tuple(places.values())
    if len(found) == 1:
        return PlaceMatch(text, State.FOUND, found[0], (), locality)
    return PlaceMatch(text, State.AMBIGUOUS, None, found[:MAX_CANDIDATES], locality)


def _place(unit: Unit) -> Place:
    known = gazetteer()
    return Place(
        id=unit.id,
        level=unit.level,
        name=unit.full_name,
        is_former=unit.is_former,
        communes=tuple(known.communes[code] for code in unit.today),
        provinces=tuple(known.province_names[code] for code in unit.provinces_today),
    )
