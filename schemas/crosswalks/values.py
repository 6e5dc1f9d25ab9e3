"""What normalised values say, in forms that museum standards share: dates, measures, places.

Nothing is guessed here: what was not understood when the record came in has no value.

Source: ISO 8601-1:2019, 4.3.2 (year 0000 is 1 BC); ISO 6709 (latitude before longitude)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from schemas.dublincore import Statement
from schemas.measures import Dimension, Unit

_EXACT = re.compile(r"(-?\d{4}-\d{2}(?:-\d{2})?)[~?%]?")
_MONTHS = re.compile(r"-?\d{4}-(?:0[1-9]|1[0-2])(?:-\d{2})?")
_MEASURE = re.compile(
    rf"(?:(?P<of>.+)_)?(?P<dimension>{'|'.join(Dimension)})(?P<upto>_upto)?"
    rf"(?:_(?P<number>\d+))?_(?P<unit>{'|'.join(Unit)})"
)
_COORDINATES = re.compile(r"\s*([+-]?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*")
_UNKNOWN = "XXXX"


@dataclass(frozen=True, slots=True)
class Span:
    """What a date text covers.

    Attributes:
        earliest: Its beginning in ISO 8601, to the day or the month where that is known, else the
            year; astronomical, so 179 BC is ``-0178``. Empty where it is open.
        latest: Its end, likewise.
        edtf: The date in EDTF.
        is_approximate: Whether the text says about, khoảng.
        is_uncertain: Whether the text says perhaps.
    """

    earliest: str
    latest: str
    edtf: str
    is_approximate: bool = False
    is_uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of an item.

    Attributes:
        dimension: What was measured.
        unit: The unit of the values.
        value: The number, with a decimal point.
        upto: The end of a range, or empty.
        of: The part that was measured, as an English word or in the text's own; may be empty.
    """

    dimension: Dimension
    unit: Unit
    value: str
    upto: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class Located:
    """What is known of a place that a text names.

    Attributes:
        authority: Who gave the id, as ``gso``; empty for the gazetteer's own.
        id: The id of the unit that is named, or empty.
        commune: Name of the commune of today it lies in, or empty.
        province: Name of the province of today, or empty.
        latitude: In degrees: of the centre of that commune, or of the very place where the text
            is a pair of coordinates; None where it is not known.
        longitude: Likewise.
        is_exact: Whether the coordinates are the text's own.
    """

    authority: str = ""
    id: str = ""
    commune: str = ""
    province: str = ""
    latitude: float | None = None
    longitude: float | None = None
    is_exact: bool = False


def span_of(statement: Statement) -> Span | None:
    """Return what a date covers, or None when its text was not understood."""
    known = dict(statement.normal)
    edtf = str(known.get("edtf", ""))
    if not edtf or edtf == _UNKNOWN:
        return None
    first, slash, last = edtf.partition("/")
    last = last if slash else first
    earliest = "" if known.get("open_start") else _bound(first, known.get("earliest"))
    latest = "" if known.get("open_end") else _bound(last, known.get("latest"))
    return Span(
        earliest,
        latest,
        edtf,
        is_approximate=bool(known.get("approximate")),
        is_uncertain=bool(known.get("uncertain")),
    )


def iso_year(year: int) -> str:
    """Return an astronomical year in ISO 8601: four digits at least, a sign before Christ."""
    return f"-{-year:04d}" if year < 0 else f"{year:04d}"


def measures_of(statement: Statement) -> tuple[Measured, ...]:
    """Return the measures that a text was found to give, in the order of their names."""
    values: dict[tuple[str, str, str, str], dict[bool, str]] = {}
    for name, value in statement.normal:
        key = _measure_key(name)
        if key is not None and not isinstance(value, str):
            of, dimension, number, unit, is_end = key
            values.setdefault((of, dimension, number, unit), {})[is_end] = _number(value)
    return tuple(
        Measured(Dimension(dimension), Unit(unit), found[False], found.get(True, ""), of)
        for (of, dimension, _number_of, unit), found in values.items()
        if False in found
    )


def located(statement: Statement) -> Located | None:
    """Return what is known of the place a statement names, or None."""
    known = dict(statement.normal)
    place_id = str(known.get("id", ""))
    if not place_id:
        return _coordinates(statement.value)
    authority, colon, code = place_id.partition(":")
    return Located(
        authority if colon else "",
        code if colon else place_id,
        str(known.get("commune", "")),
        str(known.get("province", "")),
        _degrees(known.get("lat")),
        _degrees(known.get("lon")),
    )


def degrees_text(degrees: float) -> str:
    """Return degrees with at most seven decimals (a centimetre) and no exponent."""
    return f"{degrees:.7f}".rstrip("0").rstrip(".")


def _bound(edtf: str, year: str | int | float | None) -> str:
    exact = _EXACT.fullmatch(edtf)
    if exact and _MONTHS.fullmatch(exact[1]):
        return exact[1]
    return iso_year(year) if isinstance(year, int) else ""


@lru_cache(maxsize=1 << 12)
def _measure_key(name: str) -> tuple[str, str, str, str, bool] | None:
    match = _MEASURE.fullmatch(name)
    if match is None:
        return None
    of = (match["of"] or "").replace("_", " ")
    return of, match["dimension"], match["number"] or "", match["unit"], bool(match["upto"])


def _number(value: float) -> str:
    return format(Decimal(repr(value)), "f")


def _degrees(value: str | int | float | None) -> float | None:
    return None if value is None or isinstance(value, str) else float(value)


def _coordinates(text: str) -> Located | None:
    match = _COORDINATES.fullmatch(text)
    if match is None or abs(float(match[1])) > 90 or abs(float(match[2])) > 180:
        return None
    return Located(latitude=float(match[1]), longitude=float(match[2]), is_exact=True)
