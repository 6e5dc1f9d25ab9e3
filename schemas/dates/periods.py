"""The table of periods, reigns and events that date texts name; a curator can correct it.

``periods.csv`` beside this module is the table that comes with Hoa Ban; an archive may have its
own, which :func:`load_periods` reads and :meth:`Periods.extended_by` lays over it, name by name.

Invariant: a name that stands for two different spans is never resolved: texts that use it alone
have no date.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from schemas.dates.value import Point, Reading, is_calendar_date
from schemas.errors import ConfigError
from schemas.messages import _
from schemas.vietnamese import bare_form, exact_form, normal_text

SHIPPED = Path(__file__).parent / "periods.csv"
COLUMNS = ("names", "earliest", "latest", "kind")
_WORD = re.compile(r"\d+(?:st|nd|rd|th|er|ère|re|e|ème)(?![^\W_])|\d+|[^\W\d_]+")
_POINT = re.compile(r"(-?\d{1,6})(?:-(\d{2})(?:-(\d{2}))?)?")
_BEFORE = re.compile(r"(\d{1,6}) ?(?:tcn|bc|bce)", re.IGNORECASE)


class PeriodKind(StrEnum):
    """What a row is, which decides how it is used."""

    CULTURE = "culture"
    """An archaeological culture: always approximate."""
    PERIOD = "period"
    """A dynasty or political period."""
    REIGN = "reign"
    """A reign title; its years are counted ("Minh Mạng năm thứ 10")."""
    EVENT = "event"
    """Something that happened; its name alone is a date."""


@dataclass(frozen=True, slots=True)
class Period:
    """One row of the table.

    Attributes:
        names: Every name it goes by, as written in the table.
        first: Start, a year or a day.
        last: End, a year or a day.
        kind: What it is.
        source: Where the dates were taken from.
        status: Whether a curator has confirmed them.
    """

    names: tuple[str, ...]
    first: Point
    last: Point
    kind: PeriodKind
    source: str = ""
    status: str = ""

    @property
    def reading(self) -> Reading:
        """The whole period as a reading."""
        whole = Reading(((self.first, self.last),), method="period", is_named=True)
        return whole.approximated() if self.kind is PeriodKind.CULTURE else whole


class Periods:
    """A table of periods, looked up by name in any usual spelling.

    Two tables are the same only if they are the same object: a table is loaded once.
    """

    def __init__(self, rows: tuple[Period, ...]) -> None:
        self.rows = rows
        self.exact = _by_name(rows, exact_words)
        self.bare = _by_name(rows, bare_words)

    def extended_by(self, other: Periods) -> Periods:
        """Return this table with the rows of ``other`` laid over it.

        A row of ``other`` replaces every row here that shares a name with it.
        """
        taken = {exact_words(name) for row in other.rows for name in row.names}
        kept = (row for row in self.rows if not taken & {exact_words(n) for n in row.names})
        return Periods((*kept, *other.rows))


Words = tuple[str, ...]


def exact_words(phrase: str) -> Words:
    """Return the words of a phrase, spellings united, marks kept."""
    return tuple(exact_form(word) for word in _WORD.findall(normal_text(phrase)))


def bare_words(phrase: str) -> Words:
    """Return the words of a phrase as typed without marks."""
    return tuple(bare_form(word) for word in _WORD.findall(normal_text(phrase)))


def _by_name(rows: tuple[Period, ...], words: Callable[[str], Words]) -> dict[Words, Period | None]:
    """Return the period of each name; None where two rows claim it."""
    found: dict[Words, Period | None] = {}
    for row in rows:
        for key in {words(name) for name in row.names}:
            found[key] = None if found.get(key, row) is not row else row
    return found


def load_periods(text: str, path: Path | None = None) -> Periods:
    """Return the table in a CSV text with the columns names, earliest, latest, kind.

    ``names`` are separated by ``|``. ``earliest`` and ``latest`` are a year ("1802", "800 TCN",
    or astronomical "-0799"), a month "1945-08" or a day "1954-05-07". Further columns, as
    ``source`` and ``status``, are kept.

    Raises:
        ConfigError: A column is missing or a row is wrong; the message names the row.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = set(COLUMNS) - set(reader.fieldnames or ())
    if missing:
        raise ConfigError(
            _("The table of periods lacks the columns: {names}.").format(
                names=", ".join(sorted(missing))
            ),
            path=path,
        )
    rows = []
    for row in reader:
        cells = {key: (value or "").strip() for key, value in row.items() if key}
        try:
            rows.append(_period(cells))
        except ValueError as error:
            raise ConfigError(
                _("Row {row} of the table of periods is wrong: {reason}.").format(
                    row=reader.line_num, reason=error
                ),
                path=path,
            ) from error
    return Periods(tuple(rows))


@cache
def shipped_periods() -> Periods:
    """Return the table that comes with Hoa Ban."""
    return load_periods(SHIPPED.read_text(encoding="utf-8"), SHIPPED)


def _period(row: dict[str, str]) -> Period:
    names = tuple(name.strip() for name in row["names"].split("|") if name.strip())
    if not names or not all(exact_words(name) for name in names):
        raise ValueError(_("it has no name"))
    first, last = _point(row["earliest"]), _point(row["latest"])
    if first.first_day > last.last_day:
        raise ValueError(_("it ends before it begins"))
    if row["kind"] not in tuple(PeriodKind):
        raise ValueError(
            _("the kind '{found}' is none of {kinds}").format(
                found=row["kind"], kinds=", ".join(PeriodKind)
            )
        )
    kind = PeriodKind(row["kind"])
    return Period(names, first, last, kind, row.get("source", ""), row.get("status", ""))


def _point(cell: str) -> Point:
    if before := _BEFORE.fullmatch(cell):
        return Point(1 - int(before[1]))
    match = _POINT.fullmatch(cell)
    if match is None:
        raise ValueError(
            _("'{found}' is no date (1802, 800 TCN, 1945-08, 1954-05-07)").format(found=cell)
        )
    year = int(match[1])
    month, day = (None if part is None else int(part) for part in match.groups()[1:])
    if not is_calendar_date(year, month, day):
        raise ValueError(_("'{found}' is not in the calendar").format(found=cell))
    return Point(year, month, day)
