"""Records survive the way to disk and back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dublincore import ELEMENTS, TERMS, Statement, element_of
from schemas.errors import RecordError
from schemas.records import Access, Record, View, best_value, json_bytes

texts = st.text(min_size=1, max_size=30)
statements = st.builds(
    Statement,
    term=st.sampled_from(sorted(TERMS)),
    value=texts,
    lang=st.sampled_from(["", "vi", "en", "blt"]),
    uri=st.sampled_from(["", "http://vocab.getty.edu/aat/300010957"]),
    field=st.sampled_from(["", "title", "material"]),
)
records = st.builds(
    Record,
    identifier=texts,
    statements=st.lists(statements, max_size=6).map(tuple),
    views=st.lists(st.builds(View, path=texts, label=st.text(max_size=5)), max_size=3).map(tuple),
    access=st.sampled_from(Access),
    extra=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
)


@given(records)
def test_a_record_comes_back_from_json_as_it_was(record: Record) -> None:
    assert Record.from_json(record.to_json()) == record


@pytest.mark.parametrize("data", [{}, {"format": "other"}, {"format": "hoaban-record-1"}])
def test_what_is_no_record_is_refused(data: dict[str, str]) -> None:
    with pytest.raises(RecordError):
        Record.from_json(data)


def test_a_statement_needs_a_known_term_and_something_to_say() -> None:
    with pytest.raises(ValueError, match="DCMI term"):
        Statement("colour", "red")
    with pytest.raises(ValueError, match="value or a URI"):
        Statement("title", "")


def test_every_term_is_one_of_the_fifteen_or_refines_one_or_none() -> None:
    assert {element_of(term) for term in TERMS} <= {*ELEMENTS, None}
    assert len(TERMS) == 55


def test_a_reader_gets_the_own_language_then_untagged_then_any() -> None:
    vi, en, none = (
        Statement("title", "a", "vi"),
        Statement("title", "b", "en"),
        Statement("title", "c"),
    )
    assert best_value([vi, en, none], "en") == en
    assert best_value([vi, none], "en") == none
    assert best_value([vi], "en") == vi
    assert best_value([], "en") is None


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(
    PLAIN, lambda parts: st.lists(parts) | st.dictionaries(st.text() | st.integers(), parts)
)


@given(JSON)
def test_stored_json_is_as_the_library_writes_it(data: object) -> None:
    assert json_bytes(data) == (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()
