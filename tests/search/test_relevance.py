"""The judged queries: what people want comes first, whatever way they type."""

from collections.abc import Sequence

import pytest

from search.documents import SearchDocument
from tests.bench.relevance import figures, folded_baseline, query_sets, whoosh_index
from tests.search.judged import JudgedQuery, judged_documents

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def judged() -> list[SearchDocument]:
    return judged_documents()


@pytest.fixture(scope="module")
def sets() -> dict[str, list[JudgedQuery]]:
    return query_sets()


def test_there_is_enough_to_judge_by(
    judged: Sequence[SearchDocument], sets: dict[str, list[JudgedQuery]]
) -> None:
    assert len(judged) >= 316
    assert len(sets["with marks"]) >= 120
    assert len({document.item_id for document in judged}) == len(judged)


def test_what_people_want_comes_first(
    judged: Sequence[SearchDocument],
    sets: dict[str, list[JudgedQuery]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    find = whoosh_index(judged, tmp_path_factory.mktemp("judged") / "index")
    folded = folded_baseline(judged)
    for name, least in {
        "with marks": (0.95, 0.97, 0.95),
        "without marks": (0.9, 0.95, 0.95),
        "one slip": (0.9, 0.9, 0.9),
        "parts of numbers": (0.95, 0.98, 0.95),
    }.items():
        reached = figures(find, sets[name])
        assert all(map(float.__ge__, reached, least)), (name, reached)
        if name != "parts of numbers":
            assert all(map(float.__gt__, reached, figures(folded, sets[name]))), name
