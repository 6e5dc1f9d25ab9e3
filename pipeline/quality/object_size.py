"""How large the object is, as its record says: the one place that reads dimensions here."""

from __future__ import annotations

from schemas.measures import Unit, parse_measures
from schemas.records import Record

_DIMENSIONS = "dimensions"


def longest_side_mm(record: Record) -> float:
    """Return the longest side of an item in millimetres, or 0 where nobody can be sure of it.

    The measures of the item itself count, not those of its frame or base.
    """
    texts = [s.value for s in record.statements if s.field == _DIMENSIONS]
    sides: list[float] = []
    for text in texts:
        measured = parse_measures(text)
        if measured is None:
            return 0.0
        sides.extend(
            float(measure.upto or measure.value)
            for part in measured.parts
            if not part.of and part.is_confirmed
            for measure in part.measures
            if measure.unit is Unit.MILLIMETRE
        )
    return max(sides, default=0.0)
