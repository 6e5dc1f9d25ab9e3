"""Crossings: the same with numpy and without; what is too long costs little to find out."""

import random
import tracemalloc
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.compiled import crossings as crossings_module
from search.compiled.columns import YEARS
from search.compiled.crossings import crossings
from search.compiled.meeting_tables import MeetingTables
from search.compiled.meetings import PlainMeetings, meetings
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


_PLACES = st.one_of(st.integers(0, 3), st.integers(0, 255), st.integers(0, 70_000))


@given(
    st.lists(st.tuples(_PLACES, _PLACES), min_size=1, max_size=200),
    st.integers(0, 300),
    st.tuples(st.booleans(), st.booleans()),
)
def test_meetings_are_the_same_with_numpy_and_without(
    pairs: list[tuple[int, int]], most: int, wanted: tuple[bool, bool]
) -> None:
    # As they come: of few values bytes, else numbers.
    sides = zip(*pairs, strict=True)
    columns = {
        name: bytes(places) if max(places) < 256 else places
        for name, places in zip(("one", "other"), sides, strict=True)
    }
    plain, counted = PlainMeetings(columns), MeetingTables(columns)
    assert counted.uses("one") == plain.uses("one")
    names = "one", "other"
    assert counted.of(names, most, wanted) == plain.of(names, most, wanted)
    assert counted.of(("other", "one"), most, wanted) == plain.of(("other", "one"), most, wanted)


@pytest.mark.parametrize("values", [20, 300, 3_000])
@pytest.mark.parametrize("most", [500, 5_000, 10 * _DOCUMENTS, 100 * _DOCUMENTS])
def test_crossings_are_the_same_with_numpy_and_without(
    monkeypatch: pytest.MonkeyPatch, values: int, most: int
) -> None:
    rows = _rows(values)
    some, lists = range(0, _DOCUMENTS, 3), [range(9, 50), range(3)]
    assert isinstance(meetings({}), MeetingTables)
    counted = crossings(rows, lists, some, most)
    monkeypatch.setattr(crossings_module, "meetings", PlainMeetings)
    assert crossings(rows, lists, some, most) == counted
