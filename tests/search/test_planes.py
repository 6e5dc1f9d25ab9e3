"""Reckoning by sets gives what adding up each document by itself would give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import planes
from search.docsets import at_least, docs_of, first_in, flags, numbers_of
from search.planes import best_of, best_sums, lesser

numbers = st.lists(st.integers(0, 400), unique=True, max_size=60)
weighted = st.lists(st.tuples(st.integers(1, 60), numbers), max_size=6)


def points_of(pairs: list[tuple[int, list[int]]]) -> dict[int, int]:
    points: dict[int, int] = {}
    for weight, found in pairs:
        for number in found:
            points[number] = max(weight, points.get(number, 0))
    return points


def plain(plane: planes.Planes) -> dict[int, int]:
    return {number: points for points, docs in plane.items() for number in numbers_of(docs)}


@given(numbers)
def test_a_set_gives_back_its_numbers(found: list[int]) -> None:
    for offset in (0, 100_000):
        moved = [number + offset for number in found]
        assert numbers_of(docs_of(moved)) == sorted(moved)
    assert [n for n, flag in enumerate(flags(docs_of(found))) if flag] == sorted(found)


@given(st.lists(numbers, max_size=5))
def test_at_least_counts_in_how_many_sets_a_document_is(sets: list[list[int]]) -> None:
    levels = at_least(map(docs_of, sets))
    counts = [sum(number in entry for entry in sets) for number in range(401)]
    for wanted, docs in enumerate(levels, start=1):
        assert numbers_of(docs) == [n for n, count in enumerate(counts) if count >= wanted]


@given(st.permutations(range(60)), numbers, st.integers(0, 70))
def test_first_in_order_are_the_first_of_the_order(
    order: list[int], found: list[int], wanted: int
) -> None:
    expected = [number for number in order if number in found][:wanted]
    assert list(first_in(order, docs_of(found), wanted)) == expected


@given(weighted, weighted, numbers)
def test_the_best_and_the_lesser_weight_are_those_of_each_document(
    ones: list[tuple[int, list[int]]], others: list[tuple[int, list[int]]], among: list[int]
) -> None:
    first, second = (
        best_of((weight, docs_of(found)) for weight, found in pairs) for pairs in (ones, others)
    )
    assert plain(first) == points_of(ones)
    expected = {
        number: min(points_of(ones)[number], points_of(others)[number])
        for number in among
        if number in points_of(ones) and number in points_of(others)
    }
    assert plain(lesser(first, second, docs_of(among))) == expected


@pytest.mark.parametrize("few_sums", [0, 10**9])
@given(st.lists(weighted, max_size=6), numbers, st.integers(1, 80))
def test_the_best_sums_are_those_of_adding_up_every_document(
    few_sums: int, parts: list[list[tuple[int, list[int]]]], among: list[int], wanted: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planes, "_FEW_SUMS", few_sums)
        found = best_sums(
            [best_of((weight, docs_of(entry)) for weight, entry in part) for part in parts],
            docs_of(among),
            wanted,
        )
    points = [points_of(part) for part in parts]
    sums = {number: sum(entry.get(number, 0) for entry in points) for number in among}
    best = plain(found)
    assert len(best) >= min(wanted, len(among))
    assert best.items() <= sums.items()
    worst = min(best.values(), default=0)
    left_out = [total for number, total in sums.items() if number not in best]
    assert all(total < worst for total in left_out)
