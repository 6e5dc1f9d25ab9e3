"""However the values of facets are counted, the counts are the same."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.docsets import docs_of, numbers_of
from search.facet_columns import FacetColumns
from search.facet_table import FacetTable
from search.index import SearchIndex
from tests.search.museum_records import documents

SIZE = 900
_SETS = st.frozensets(st.integers(0, SIZE - 1), max_size=60)
_VALUES = st.dictionaries(
    st.tuples(st.sampled_from(["kind", "place", "period"]), st.text("abcđ", max_size=3)),
    _SETS,
    max_size=12,
)


@given(_VALUES, _SETS, st.booleans())
def test_columns_count_as_meeting_sets_does(
    values: dict[tuple[str, str], frozenset[int]], among: frozenset[int], as_sets: bool
) -> None:
    having = [
        (*name, docs_of(sorted(found)) if as_sets else sorted(found))
        for name, found in values.items()
    ]
    wanted = {
        name: {
            v: n
            for (facet, v), found in values.items()
            if facet == name and (n := len(found & among))
        }
        for name in {facet for facet, _value in values}
    }
    wanted = {name: counts for name, counts in wanted.items() if counts}
    docs = docs_of(sorted(among))
    assert FacetColumns(having, SIZE).counts(docs) == wanted
    assert FacetTable(having).counts(docs) == wanted


@given(_SETS)
def test_the_numbers_of_a_set_are_those_it_was_made_of(numbers: frozenset[int]) -> None:
    assert numbers_of(docs_of(list(numbers))) == sorted(numbers)


def test_counts_are_the_same_where_numpy_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SearchIndex.create(tmp_path, engine="tantivy") as index:
        index.replace_all(documents())
        wanted = index.search("gỗ", with_facets=True).facets
    monkeypatch.setitem(sys.modules, "search.facet_columns", None)
    with SearchIndex.open(tmp_path, engine="tantivy") as index:
        assert index.search("gỗ", with_facets=True).facets == wanted
