"""What the shards of the site's index are made of: bytes, pairs, files, and how many of these."""

import json
import sys
from array import array
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.compiled.coding import integers, leaf, steps, steps_of_lists
from search.compiled.files import ShardFolder, json_bytes, script
from search.compiled.packing import Packing, sizes_for
from search.compiled.pairs import PAUSE, Pairs, has_digit, number_key
from search.compiled.runs import ranges_for
from search.compiled.shown import Shown, join_shown, write_shown
from search.compiled.values import Rows
from search.static import write_static_index
from tests.bench.catalogue import documents as many_documents
from tests.search.shards import Reader, files_in, leaf_entries


def test_many_documents_are_merged_in_many_ranges() -> None:
    assert ranges_for(8_192, 8_192) == ()
    assert len(ranges_for(100_000, 8_192)) < 10 < len(ranges_for(1_000_000, 8_192))
    assert list(ranges_for(1_000_000, 8_192)) == sorted(set(ranges_for(1_000_000, 8_192)))


def test_a_group_that_was_begun_is_completed_and_another_one_gets_another_name(
    tmp_path: Path,
) -> None:
    shards = ShardFolder(tmp_path, 1)
    name = shards.write_group("t", [b"one", b"two"])
    whole = files_in(tmp_path)
    folder = shards.path(name).with_suffix("")
    (folder / "1.js").unlink()
    assert shards.write_group("t", [b"one", b"two"]) == name
    assert files_in(tmp_path) == whole
    # Joined they are the same, so the name would be.
    assert shards.write_group("t", [b"onet", b"wo"]) != name
    assert whole.items() <= files_in(tmp_path).items()


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_what_hits_show_needs_few_open_files(tmp_path: Path) -> None:
    import resource

    parts = 80
    for part in range(parts):
        write_shown(tmp_path, part, [(b"[%d]" % part, b'["%d"]' % place) for place in range(2)])
    join_shown(tmp_path, parts)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = len(list(Path("/dev/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (opened + 20, hard))
    try:
        with Shown(tmp_path) as shown:
            rows = shown.rows(range(2 * parts))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert json.loads(rows) == [
        [[at // 2] for at in range(2 * parts)],
        [[str(at % 2)] for at in range(2 * parts)],
    ]


def test_data_with_a_field_named_proto_is_handed_over_as_a_member(tmp_path: Path) -> None:
    shards = ShardFolder(tmp_path, 1)
    data = {"__proto__": ['"__proto__":', '\\"__proto__":'], 'a"__proto__': 1}
    name = shards.write("v", json_bytes(data))
    expected = json.dumps(data, separators=(",", ":")).replace('{"__proto__":', '{["__proto__"]:')
    for text in (shards.plain(name), script(name, data)):
        assert text == f'HoabanSearch.receive("{name}",{expected});\n'


def test_no_folder_is_full() -> None:
    for count in (10, 100_000, 150_000, 1_000_000):
        assert 160 * count / 1000 / 32 ** sizes_for(count, Packing.WEB).spread < 1000


def test_a_stick_with_a_hundred_thousand_records_has_at_most_500_files(tmp_path: Path) -> None:
    # A model: of a hundredth of the records, with shards a hundredth as large. There are more of
    # these than at full size, where most words and many pairs are those of other records.
    scale = 100
    full = sizes_for(100_000, Packing.USB)
    group = full.group // scale
    sizes = replace(
        full,
        part=full.part // full.group * group,
        leaf=full.leaf // scale,
        chunk=full.chunk // scale,
        group=group,
        block=full.block // scale,
        largest_entry=full.largest_entry // scale,
    )
    write_static_index(many_documents(100_000 // scale), tmp_path, sizes=sizes)
    assert 100 < len(files_in(tmp_path)) <= 500


@given(st.lists(st.integers(0, 2**40)))
def test_integers_come_back(values: list[int]) -> None:
    read = Reader(integers(values))
    assert read.integers(len(values)) == values
    assert read.is_at_end


@given(
    st.lists(st.sampled_from((100, 255, 256, 70_000)), max_size=20), st.integers(1, 9), st.data()
)
def test_columns_side_by_side_give_what_each_has(
    tops: list[int], documents: int, data: st.DataObject
) -> None:
    columns = {
        f"column {at}": array("I", data.draw(st.lists(st.integers(0, top), **_sized(documents))))
        for at, top in enumerate(tops)
    }
    numbers = data.draw(st.lists(st.integers(0, documents - 1), min_size=1))
    found = Rows(columns).at(numbers)
    assert {name: list(values) for name, values in found.items()} == {
        name: [column[number] for number in numbers] for name, column in columns.items()
    }
    assert list(found) == list(columns)


def _sized(size: int) -> dict[str, int]:
    return {"min_size": size, "max_size": size}


@pytest.mark.parametrize("values", [[5, -1], [300, -1], [-1], [20_000, -300]])
def test_a_negative_number_is_refused(values: list[int]) -> None:
    with pytest.raises(ValueError, match="negative"):
        integers(values)


@pytest.mark.parametrize("numbers", [[7, 3], [500, 300], [70_000, 3]])
def test_numbers_out_of_order_are_refused(numbers: list[int]) -> None:
    with pytest.raises(ValueError, match="negative"):
        steps(numbers)
    with pytest.raises(ValueError, match="negative"):
        steps_of_lists([1, *numbers], [0, 1, 1 + len(numbers)])


@given(st.sets(st.integers(0, 2**32 - 1), min_size=1))
def test_ascending_numbers_come_back(values: set[int]) -> None:
    numbers = sorted(values)
    assert Reader(steps(numbers)).steps(len(numbers)) == numbers


@given(st.lists(st.sets(st.integers(0, 2**28), min_size=1)))
def test_many_lists_are_written_as_each_by_itself(lists: list[set[int]]) -> None:
    ordered = [sorted(values) for values in lists]
    numbers = [number for values in ordered for number in values]
    ends = [0, *accumulate(map(len, ordered))]
    assert steps_of_lists(numbers, ends) == [steps(values) for values in ordered]


_TEXTS = st.lists(st.lists(st.sampled_from(["a", "ab", "trong", "đá", "𠀀", "77", "b2"])))


@given(st.lists(st.tuples(_TEXTS, _TEXTS), min_size=1, max_size=20), st.booleans())
def test_pairs_are_those_side_by_side(
    texts: list[tuple[list[list[str]], list[list[str]]]], is_exact: bool
) -> None:
    pairs = Pairs(7)
    for levels in texts:
        pairs.add(*([n for t in level for n in (*map(pairs.number, t), PAUSE)] for level in levels))
    expected: dict[str, tuple[set[int], set[int]]] = {}
    for number, levels in enumerate(texts, 7):
        for place, level in enumerate(levels):
            for one, other in (pair for text in level for pair in pairwise(text)):
                has_number = has_digit(one) or has_digit(other)
                key = number_key(one, other) if has_number else f"{one} {other}"
                found, titled = expected.setdefault(key, (set(), set()))
                found.add(number)
                if place == 0:
                    titled.add(number)
    # With more words than a float has room for, the same is reckoned with integers.
    with pytest.MonkeyPatch.context() as patch:
        if not is_exact:
            patch.setattr("search.compiled.pairs._EXACT_BITS", 0)
        keys, *columns = pairs.without_digits()
    ends = [[0, *accumulate(counts)] for counts, _numbers in columns]
    made = {
        key: tuple(set(n[e[at] : e[at + 1]]) for (_c, n), e in zip(columns, ends, strict=True))
        for at, key in enumerate(keys)
    }
    numbered = {key: tuple(map(set, lists)) for key, lists in pairs.with_digits().items()}
    assert keys == sorted(keys)
    assert made.keys().isdisjoint(numbered)
    assert made | numbered == expected


@given(st.dictionaries(st.text(), st.tuples(st.integers(0, 2**32), st.binary())))
def test_entries_of_a_leaf_come_back(entries: dict[str, tuple[int, bytes]]) -> None:
    keys = [key for key in sorted(entries) if key.isprintable()]
    counts, payloads = [entries[key][0] for key in keys], [entries[key][1] for key in keys]
    made = leaf(keys, counts, payloads)
    assert list(leaf_entries(made)) == [(key, *entries[key]) for key in keys]
