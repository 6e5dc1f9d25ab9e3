"""One reader a value type: from a text to what it means, or to what is to be told of it.

Every reader is a pure function of the text, so what it gives can be remembered by the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from schemas.dates import UNKNOWN, parse_date, states_no_date
from schemas.dublincore import URI_KEY, Normal
from schemas.fields import Field, ValueType
from schemas.gazetteer import Place, State, find_place
from schemas.measures import Measurement, parse_measures
from schemas.normalising.tables import ValueTables
from schemas.rights_text import rights_named
from schemas.vocabularies import Term, Vocabulary

Pairs = dict[str, str | int | float]
_NOT_A_NAME = re.compile(r"\W+")
_VOCABULARIES = {ValueType.LANGUAGE: "languages", ValueType.ETHNIC_GROUP: "ethnic-groups"}
"""The tables of value types that only one table can serve; other types name theirs."""
_TERM_TYPES = frozenset(
    {
        ValueType.TEXT,
        ValueType.LANGUAGE,
        ValueType.ETHNIC_GROUP,
        ValueType.MATERIAL,
        ValueType.OBJECT_TYPE,
    }
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one text means.

    Attributes:
        normal: As in a statement; empty where the text was not understood.
        uri: The address of what it names, or empty.
        code: Code of the finding to tell of it, or empty.
    """

    normal: Normal = ()
    uri: str = ""
    code: str = ""


NOTHING = Meaning()
Reader = Callable[[str], Meaning]


def reader_of(
    field: Field, tables: ValueTables, unit: str = "", decimal_mark: str = ""
) -> Reader | None:
    """Return what reads the values of a field, or None for one whose values are only text.

    Args:
        field: The field.
        tables: What its values are understood by.
        unit: The unit that the heading of its column names, or empty.
        decimal_mark: The mark that the other numbers of its column prove, or empty.
    """
    kind = field.value_type
    if kind in _TERM_TYPES:
        vocabulary = vocabulary_of(field, tables)
        return _term_reader(kind, vocabulary) if vocabulary else None
    if kind in (ValueType.MEASURE, ValueType.WEIGHT):
        return lambda text: _measures(text, unit, decimal_mark)
    readers: Mapping[ValueType, Reader] = {
        ValueType.DATE: lambda text: _date(text, tables),
        ValueType.PLACE: _place,
        ValueType.RIGHTS: _rights,
    }
    return readers.get(kind)


def vocabulary_of(field: Field, tables: ValueTables) -> Vocabulary | None:
    """Return the table a field's values should come from, or None."""
    if field.value_type not in _TERM_TYPES:
        return None
    name = field.vocabulary or _VOCABULARIES.get(field.value_type, "")
    return tables.vocabulary(name) if name else None


def measure_pairs(found: Measurement) -> list[tuple[str, str | int | float]]:
    """Return the measures in order, each under the name of its part, dimension and unit."""
    pairs: list[tuple[str, str | int | float]] = []
    for part in found.parts:
        label = _NOT_A_NAME.sub("_", part.of).strip("_")
        for measure in part.measures:
            name = f"{label}_{measure.dimension}" if label else str(measure.dimension)
            pairs.append((f"{name}_{measure.unit}", _number(measure.value)))
            if measure.upto is not None:
                pairs.append((f"{name}_upto_{measure.unit}", _number(measure.upto)))
    return pairs


def measure_meaning(pairs: list[tuple[str, str | int | float]], found: Measurement) -> Meaning:
    """Return measures as the meaning of a text; a name that comes again gets a number."""
    named: Pairs = {}
    for name, value in pairs:
        start, _mark, unit = name.rpartition("_")
        count = 1
        while name in named:
            count += 1
            name = f"{start}_{count}_{unit}"
        named[name] = value
    measures = [measure for part in found.parts for measure in part.measures]
    if any(measure.is_approximate for measure in measures):
        named["approximate"] = True
    if not all(part.is_confirmed for part in found.parts):
        named["unconfirmed"] = True
    return Meaning(_sorted(named))


def _measures(text: str, unit: str, decimal_mark: str) -> Meaning:
    found = parse_measures(text, unit=unit, decimal_mark=decimal_mark)
    if found is None:
        return Meaning(code="VALUE-measure-unread")
    return measure_meaning(measure_pairs(found), found)


def _date(text: str, tables: ValueTables) -> Meaning:
    value = parse_date(text, tables.periods)
    if value is None:
        if states_no_date(text):
            return Meaning((("edtf", UNKNOWN),))
        return Meaning(code="VALUE-date-unread")
    pairs: Pairs = {"edtf": value.edtf, "earliest": value.earliest, "latest": value.latest}
    for name in ("approximate", "uncertain", "open_start", "open_end"):
        if getattr(value, f"is_{name}"):
            pairs[name] = True
    return Meaning(_sorted(pairs))


def _term_reader(kind: ValueType, vocabulary: Vocabulary) -> Reader:
    def read(text: str) -> Meaning:
        term = vocabulary.match(text)
        return _term(kind, term) if term else Meaning(code="VALUE-unknown-term")

    return read


def _term(kind: ValueType, term: Term) -> Meaning:
    if kind is ValueType.LANGUAGE:
        tag = term.properties.get("tag", "")
        return Meaning(_sorted({"code": term.id} | ({"tag": tag} if tag else {})), "")
    return _named({"id": term.id}, term.uri)


def _place(text: str) -> Meaning:
    match = find_place(text)
    if match.state is State.AMBIGUOUS:
        return Meaning(code="VALUE-place-ambiguous")
    return Meaning(_sorted(_place_pairs(match.place))) if match.place else NOTHING


def _place_pairs(place: Place) -> Pairs:
    pairs: Pairs = {"id": place.id}
    if place.commune:
        pairs["commune"] = place.commune.name
        pairs["lat"] = place.commune.latitude
        pairs["lon"] = place.commune.longitude
    if place.province:
        pairs["province"] = place.province
    if place.is_former:
        pairs["former"] = True
    return pairs


def _rights(text: str) -> Meaning:
    found = rights_named(text)
    return _named({}, found.uri) if found and found.uri else NOTHING


def _named(pairs: Pairs, uri: str) -> Meaning:
    return Meaning(_sorted(pairs | ({URI_KEY: uri} if uri else {})), uri)


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _sorted(pairs: Mapping[str, str | int | float]) -> Normal:
    return tuple(sorted(pairs.items()))
