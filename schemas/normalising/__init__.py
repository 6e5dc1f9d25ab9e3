"""What the values of a record mean, beside their text: dates, measures, terms, places, rights.

One reader a value type (``readers``) understands a text or leaves it alone; a :class:`Normaliser`
applies them to statements by the value type of their field, and remembers what it has read. The
text of a statement is never touched, and an address that the museum wrote is never replaced.

Invariant: a statement normalised twice is the statement normalised once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from schemas.dublincore import URI_KEY, Normal, Statement
from schemas.fields import Field, Profile, ValueType
from schemas.gazetteer import find_place
from schemas.measures import decimal_mark_of, parse_measures
from schemas.messages import current_language
from schemas.normalising.readers import (
    NOTHING,
    Meaning,
    Reader,
    measure_meaning,
    measure_pairs,
    reader_of,
    vocabulary_of,
)
from schemas.normalising.tables import ValueTables, shipped_tables, vocabulary_name

__all__ = [
    "Normaliser",
    "Unread",
    "ValueTables",
    "decimal_marks",
    "measured_fields",
    "shipped_tables",
    "vocabulary_name",
]

_MEASURES = (ValueType.MEASURE, ValueType.WEIGHT)
_SHOWN_CANDIDATES = 4


@dataclass(frozen=True, slots=True)
class Unread:
    """A value that was not understood, although it should be.

    Attributes:
        code: Code of the finding.
        field: Its field.
        text: As written.
    """

    code: str
    field: Field
    text: str


@dataclass(frozen=True, slots=True)
class _Column:
    field: Field
    read: Reader
    unit: str
    decimal_mark: str


class Normaliser:
    """Says what statements mean.

    One for each column-wise setting: it remembers what it has read for as long as it lives.
    """

    def __init__(
        self,
        profile: Profile,
        tables: ValueTables | None = None,
        *,
        units: dict[str, str] | None = None,
        decimal_marks: dict[str, str] | None = None,
    ) -> None:
        """Prepare.

        Args:
            profile: The fields of one kind of record.
            tables: What values are understood by; those that ship when left out.
            units: The unit that a field's heading names, by field.
            decimal_marks: The mark that a field's numbers prove, by field.
        """
        self.tables = tables or shipped_tables()
        units, marks = units or {}, decimal_marks or {}
        self._columns: dict[str, _Column] = {}
        for field in profile:
            unit, mark = units.get(field.name, ""), marks.get(field.name, "")
            read = reader_of(field, self.tables, unit, mark)
            if read:
                self._columns[field.name] = _Column(field, read, unit, mark)
        self._known: dict[tuple[str, str], Meaning] = {}
        self._shared: dict[str, Normal] = {}

    def normalised(
        self, statements: Iterable[Statement]
    ) -> tuple[tuple[Statement, ...], tuple[Unread, ...]]:
        """Return the statements with what they mean, and the values that were not understood.

        Args:
            statements: In order; the values of one cell stand together.
        """
        made: list[Statement] = []
        unread: list[Unread] = []
        for statement in statements:
            column = self._columns.get(statement.field)
            if column is None or not statement.value:
                made.append(statement)
                continue
            meaning = self._meaning(column, statement.value)
            if meaning.code and column.field.value_type in _MEASURES:
                meaning = self._beside(column, statement, made) or meaning
            if meaning.code and not statement.uri:
                unread.append(Unread(meaning.code, column.field, statement.value))
            made.append(_with(statement, meaning))
        return tuple(made), tuple(unread)

    def candidates(self, unread: Unread) -> str:
        """Return what an unread value may be, for a person to choose from; may be empty."""
        if unread.code == "VALUE-place-ambiguous":
            names = [place.name for place in find_place(unread.text).candidates]
            return "; ".join(names[:_SHOWN_CANDIDATES])
        vocabulary = vocabulary_of(unread.field, self.tables)
        terms = vocabulary.suggest(unread.text) if vocabulary else ()
        return ", ".join(term.label(current_language()) for term in terms)

    def _meaning(self, column: _Column, text: str) -> Meaning:
        key = (column.field.name, text)
        found = self._known.get(key)
        if found is None:
            found = column.read(text)
            shared = self._shared.setdefault(repr(found.normal), found.normal)
            found = replace(found, normal=shared) if found != NOTHING else NOTHING
            self._known[key] = found
        return found

    def _beside(
        self, column: _Column, statement: Statement, before: Sequence[Statement]
    ) -> Meaning | None:
        """Read a measure whose unit stands in the value before it: ``Cao 12 cm; đáy 8``."""
        last = before[-1] if before else None
        if last is None or (last.field, last.lang) != (statement.field, statement.lang):
            return None
        settings = {"unit": column.unit, "decimal_mark": column.decimal_mark}
        alone = parse_measures(last.value, **settings)
        both = parse_measures(f"{last.value}; {statement.value}", **settings)
        if alone is None or both is None:
            return None
        first, all_pairs = measure_pairs(alone), measure_pairs(both)
        if all_pairs[: len(first)] != first or len(all_pairs) == len(first):
            return None
        return measure_meaning(all_pairs[len(first) :], both)


def measured_fields(profile: Profile) -> frozenset[str]:
    """Return the names of the fields whose values are measures."""
    return frozenset(field.name for field in profile if field.value_type in _MEASURES)


def decimal_marks(profile: Profile, texts: dict[str, list[str]]) -> dict[str, str]:
    """Return the decimal mark that the numbers of each column of measures prove.

    Args:
        profile: Says which fields are measures.
        texts: The values of each field.
    """
    return {
        name: decimal_mark_of(texts[name]) for name in measured_fields(profile) if name in texts
    }


def _with(statement: Statement, meaning: Meaning) -> Statement:
    written = statement.written_uri
    uri = written or meaning.uri
    normal = meaning.normal
    if written and meaning.uri:
        # What says that the address is ours must not be said of the museum's own.
        normal = tuple(pair for pair in normal if pair[0] != URI_KEY)
    if (uri, normal) == (statement.uri, statement.normal):
        return statement
    return Statement(statement.term, statement.value, statement.lang, uri, statement.field, normal)
