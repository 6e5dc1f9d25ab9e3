"""When an item is from, for lists by time: its years, the centuries and decades they touch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.dates import describe
from schemas.messages import N_, translate
from schemas.records import Record

_DATE_TERMS = ("created", "issued", "date", "temporal")
_EARLIEST_CENTURY = -10
_FIRST_DECADES = 1800
_OLDER = N_("Before 1000 BC")
_CENTURY_BC = N_("{number} century BC")
_NUMERALS = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_ORDINALS = ("", "1st", "2nd", "3rd", *(f"{number}th" for number in range(4, 11)))


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of time that items are listed by.

    Attributes:
        first: Its first year, astronomical.
        last: Its last year.
        key: Its name in addresses: ``c19``, ``bc5``, ``1930s``, ``older``.
    """

    first: int
    last: int
    key: str

    @property
    def is_decade(self) -> bool:
        """Whether it is a decade and not a century."""
        return self.last - self.first == 9

    def label(self, lang: str) -> str:
        """Return what readers of ``lang`` call it."""
        if self.key == "older":
            return translate(_OLDER, lang)
        if self.key.startswith("bc"):
            number = int(self.key[2:])
            names = _NUMERALS if lang == "vi" else _ORDINALS
            return translate(_CENTURY_BC, lang).format(number=names[number])
        edtf = f"{self.first // 10:03d}X" if self.is_decade else f"{self.first // 100:02d}XX"
        said = describe(edtf, lang)
        return said[:1].upper() + said[1:]

    @property
    def query(self) -> str:
        """The years as the search takes them, or empty where it knows no such years."""
        return f"{self.first}..{self.last}" if self.first > 0 else ""


OLDER = Span(-99_999, -1000, "older")


def years_of(record: Record) -> tuple[int, int] | None:
    """Return the first and last year of the first date term that was understood, or None."""
    for term in _DATE_TERMS:
        known = [
            (int(earliest), int(latest))
            for statement in record.values(term)
            if (earliest := statement.known("earliest")) is not None
            and (latest := statement.known("latest")) is not None
        ]
        if known:
            return min(first for first, _ in known), max(last for _, last in known)
    return None


def century_of(year: int) -> Span:
    """Return the century of an astronomical year; what is older than 1000 BC is one span."""
    if year > 0:
        # As in EDTF's 18XX, and as most people count: 1900 is in the 20th century.
        number = year // 100 + 1
        return Span(max(1, (number - 1) * 100), number * 100 - 1, f"c{number}")
    number = -year // 100 + 1
    if -number < _EARLIEST_CENTURY:
        return OLDER
    return Span(1 - number * 100, -(number - 1) * 100, f"bc{number}")


def spans_of(first: int, last: int) -> Iterator[Span]:
    """Yield the centuries some years touch, and the decade they all lie in."""
    year = first
    if year <= OLDER.last:
        yield OLDER
        year = OLDER.last + 1
    while year <= last:
        century = century_of(year)
        yield century
        year = century.last + 1
    if first >= _FIRST_DECADES and first // 10 == last // 10:
        start = first // 10 * 10
        yield Span(start, start + 9, f"{start}s")
