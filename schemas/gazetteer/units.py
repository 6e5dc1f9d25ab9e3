"""The tables of the gazetteer in memory: units by name, read when first needed.

Source: vietnamese-provinces-database (© 2021 Thang Le Quoc, MIT) and vietnamadminunits 1.0.4
(© 2025 Tran Ngoc Minh Hieu, MIT); see ``README.md`` in this folder.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from schemas.names import Words, bare_key, exact_key, may_be, words_of

HERE = Path(__file__).parent

_BEFORE_MERGERS = "gso-2025:"


class Level(StrEnum):
    """The three levels of units; districts ended in 2025."""

    COMMUNE = "commune"
    DISTRICT = "district"
    PROVINCE = "province"


KINDS = {
    "tỉnh": (Level.PROVINCE,),
    "khu tự trị": (Level.PROVINCE,),
    "thành phố": (Level.PROVINCE, Level.DISTRICT),
    "thủ đô": (Level.PROVINCE,),
    "huyện": (Level.DISTRICT,),
    "quận": (Level.DISTRICT,),
    "thị xã": (Level.DISTRICT,),
    "châu": (Level.DISTRICT,),
    "xã": (Level.COMMUNE,),
    "phường": (Level.COMMUNE,),
    "thị trấn": (Level.COMMUNE,),
    "đặc khu": (Level.COMMUNE,),
}
"""Words before the name of a unit, and the levels they stand for."""


_KINDS = sorted(KINDS, key=len, reverse=True)
_SHORT = {"79": ("HCM",)}
"""Abbreviations of provinces in everyday use, by code."""


@dataclass(frozen=True)
class Commune:
    """A commune, ward or special zone of today.

    Attributes:
        code: Of the statistics office, 5 digits.
        name: With its kind, as *Xã Thanh Nưa*.
        province: Full name of its province.
        province_code: Of the statistics office, 2 digits.
        latitude: Of its centre, in degrees north (WGS 84).
        longitude: Of its centre, in degrees east.
    """

    code: str
    name: str
    province: str
    province_code: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that a text may name.

    Attributes:
        id: As in :class:`schemas.gazetteer.Place`.
        level: Its level.
        name: With its kind.
        full_name: With the units above it.
        is_former: Whether it has ended.
        today: Codes of today's communes with some of its land; empty for provinces.
        provinces_today: Codes of today's provinces it lies in.
        inside: Ids of the units above it, in its time.
        parts: For a historical province, ids of the later provinces it held, wholly or partly.
    """

    id: str
    level: Level
    name: str
    full_name: str
    is_former: bool
    today: tuple[str, ...]
    provinces_today: tuple[str, ...]
    inside: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()


@dataclass
class Gazetteer:
    """Everything the tables say."""

    communes: dict[str, Commune] = field(default_factory=dict)
    province_names: dict[str, str] = field(default_factory=dict)
    by_name: dict[str, list[tuple[str, Unit]]] = field(default_factory=dict)

    def add(self, unit: Unit, *names: str) -> None:
        """Make a unit known by its bare names."""
        for name in dict.fromkeys(names):
            self.by_name.setdefault(bare_key(words_of(name)), []).append((name, unit))

    def named(self, name: str, level: Level, *, exact: bool) -> list[Unit]:
        """Return the units of a level with a name.

        Args:
            name: Without its kind.
            level: Only units of this level.
            exact: Whether its marks must be all there; else it may be typed without.
        """
        words = words_of(name)
        found = self.by_name.get(bare_key(words), ())
        return list(
            dict.fromkeys(
                unit
                for own, unit in found
                if unit.level is level and _is_name(words, words_of(own), exact=exact)
            )
        )


def _is_name(written: Words, name: Words, *, exact: bool) -> bool:
    return exact_key(written) == exact_key(name) if exact else may_be(written, name)


def bare_name(full: str) -> str:
    """Return the name of a unit without its kind: *Thanh Nưa*."""
    for kind in _KINDS:
        if full.casefold().startswith(kind + " "):
            return full[len(kind) + 1 :].strip()
    return full


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer; the first call reads the tables."""
    known = Gazetteer()
    for row in _rows("communes.csv.gz"):
        known.province_names[row["province_code"]] = row["province"]
        known.communes[row["code"]] = Commune(
            row["code"],
            row["name"],
            row["province"],
            row["province_code"],
            float(row["latitude"]),
            float(row["longitude"]),
        )
    _add_today(known)
    became = _add_former(known)
    _add_historical(known, became)
    return known


def _add_today(known: Gazetteer) -> None:
    for code, name in known.province_names.items():
        unit = Unit(f"gso:{code}", Level.PROVINCE, name, name, False, (), (code,))
        known.add(unit, bare_name(name), *_SHORT.get(code, ()))
    for commune in known.communes.values():
        unit = Unit(
            id=f"gso:{commune.code}",
            level=Level.COMMUNE,
            name=commune.name,
            full_name=f"{commune.name}, {commune.province}",
            is_former=False,
            today=(commune.code,),
            provinces_today=(commune.province_code,),
            inside=frozenset({f"gso:{commune.province_code}"}),
        )
        known.add(unit, bare_name(commune.name))


def _add_former(known: Gazetteer) -> dict[str, tuple[str, ...]]:
    """Add the units of early 2025; return today's provinces by name of a former province."""
    districts = {row["code"]: row for row in _rows("former-districts.csv.gz")}
    communes = list(_rows("former-communes.csv.gz"))
    of_district: dict[str, set[str]] = {}
    of_province: dict[str, set[str]] = {}
    for row in communes:
        today = row["today"].split()
        of_district.setdefault(row["district_code"], set()).update(today)
        code = districts[row["district_code"]]["province_code"]
        of_province.setdefault(code, set()).update(today)
    provinces = {row["province_code"]: row["province"] for row in districts.values()}
    for code, name in provinces.items():
        # The code of a province of today may be that of one before: the mark keeps them apart.
        unit = _unit(
            known, f"{_BEFORE_MERGERS}{code}", Level.PROVINCE, (name,), (), of_province[code]
        )
        known.add(unit, bare_name(name), *_SHORT.get(code, ()))
    for code, row in districts.items():
        inside = (f"{_BEFORE_MERGERS}{row['province_code']}",)
        names = (row["name"], row["province"])
        unit = _unit(known, f"gso:{code}", Level.DISTRICT, names, inside, of_district[code])
        known.add(unit, bare_name(row["name"]))
    for row in communes:
        _add_former_commune(known, row, districts[row["district_code"]])
    return {
        bare_name(name): _provinces(known, of_province[code]) for code, name in provinces.items()
    }


def _add_former_commune(known: Gazetteer, row: dict[str, str], district: dict[str, str]) -> None:
    if not row["name"]:
        return  # an island district without communes
    names = (row["name"], district["name"], district["province"])
    inside = (f"gso:{row['district_code']}", f"{_BEFORE_MERGERS}{district['province_code']}")
    today = set(row["today"].split())
    unit = _unit(known, f"{_BEFORE_MERGERS}{row['code']}", Level.COMMUNE, names, inside, today)
    known.add(unit, *(bare_name(name) for name in (row["name"], row["other_name"]) if name))


def _unit(
    known: Gazetteer,
    unit_id: str,
    level: Level,
    names: tuple[str, ...],
    inside: tuple[str, ...],
    today: set[str],
) -> Unit:
    return Unit(
        id=unit_id,
        level=level,
        name=names[0],
        full_name=", ".join(names),
        is_former=True,
        today=() if level is Level.PROVINCE else tuple(sorted(today)),
        provinces_today=_provinces(known, today),
        inside=frozenset(inside),
    )


def _provinces(known: Gazetteer, communes: set[str]) -> tuple[str, ...]:
    return tuple(sorted({known.communes[code].province_code for code in communes}))


def _add_historical(known: Gazetteer, became: dict[str, tuple[str, ...]]) -> None:
    """Add the provinces divided or joined before 2025; units of their parts lie in them."""
    for row in _rows("historical-provinces.csv"):
        parts = row["parts"].split(";")
        today = tuple(sorted({code for part in parts for code in became[part]}))
        later = {
            part.id
            for name in parts
            for part in known.named(name, Level.PROVINCE, exact=True)
            if part.id.startswith(_BEFORE_MERGERS)
        }
        name = row["name"]
        unit = Unit(row["id"], Level.PROVINCE, name, name, True, (), today, parts=frozenset(later))
        variants = filter(None, row["variants"].split(";"))
        known.add(unit, name, bare_name(name), *variants)


def _rows(name: str) -> Iterator[dict[str, str]]:
    body = (HERE / name).read_bytes()
    text = (gzip.decompress(body) if name.endswith(".gz") else body).decode("utf-8")
    yield from csv.DictReader(text.splitlines())
