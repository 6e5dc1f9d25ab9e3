"""Crossings of facets: what is too long to be kept costs little while it is found out."""

import random
import tracemalloc
from array import array

from search.compiled.columns import YEARS
from search.compiled.crossings import crossings
from search.compiled.values import Rows

_DOCUMENTS = 20_000
_NO_PLACE = b"\0"


def _rows(values: int) -> Rows:
    dice = random.Random(7)
    names = "material", "place", "subject", "type", YEARS
    return Rows({name: array("I", dice.choices(range(values), k=_DOCUMENTS)) for name in names})


def _peak_bytes(rows: Rows, most: int) -> tuple[list[bytes], int]:
    tracemalloc.start()
    made = crossings(rows, [], range(_DOCUMENTS), most)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return made, peak_bytes


def test_values_that_hardly_meet_twice_are_given_up_in_little_memory() -> None:
    few, of_few = _peak_bytes(_rows(20), _DOCUMENTS)
    many, of_many = _peak_bytes(_rows(3_000), _DOCUMENTS)
    assert _NO_PLACE not in few
    assert {*many} == {_NO_PLACE}
    # Nearly all documents are of their own in each of ten pairs of columns: 1,300 bytes for each.
    assert of_many - of_few < 500 * _DOCUMENTS
