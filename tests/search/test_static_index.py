"""The sharded index of the site: complete, reproducible, and changed only where it must be.

What the scripts answer is compared in tests/browser/test_search_engine.py.
"""

import gc
import hashlib
import json
import random
import re
import shutil
import sqlite3
import sys
from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.kept_items import KeptItems
from archive.kept_objects import unpacked
from schemas.errors import StoreWriteError
from schemas.profile import SearchLevel
from search import static
from search.compiled.coding import integers, leaf, steps, steps_of_lists
from search.compiled.entries import Collected
from search.compiled.files import ShardFolder, json_bytes, script
from search.compiled.leaves import Leaves
from search.compiled.packing import Packing, Sizes, sizes_for
from search.compiled.pairs import PAUSE, Pairs, has_digit, number_key
from search.compiled.runs import ranges_for
from search.compiled.shown import Shown, join_shown, write_shown
from search.compiled.sources import KnownDocuments, ListedDocument
from search.compiled.spans import Span, SpanWriter
from search.compiled.windows import Entries
from search.documents import SearchDocument, best_levels, order_key, token_pairs
from search.static import write_static_index
from tests.search.museum_records import DATA, documents, vectors_text
from tests.search.shards import Reader, Shards, leaf_entries

MANY_SHARDS = Sizes(
    part=16,
    leaf=600,
    chunk=2,
    group=8,
    block=16,
    largest_entry=40,
    pieces=True,
    shown=8,
    rows=40,
    spread=1,
)

_CHANGING = {"search-index.js", "search-language.js", "search-facets.js"}
"""The scripts that name shards."""


def test_the_vectors_are_what_python_gives_today() -> None:
    assert (DATA / "vectors.json").read_text(encoding="utf-8") == vectors_text(), (
        "if the change is meant: PYTHONPATH=. python tests/search/museum_records.py"
    )


def test_the_scripts_that_keep_their_names_are_few_and_the_engine_is_named_first(
    tmp_path: Path,
) -> None:
    written = write_static_index(documents(), tmp_path / "site" / "search")
    assert [path.name for path in written] == [
        "search-engine.js",
        "search-language.js",
        "search-facets.js",
        "search-correct.js",
        "search-suggest.js",
        "search-index.js",
    ]
    assert {path.name for path in (tmp_path / "site" / "search").iterdir()} == {
        *(path.name for path in written),
        "shards",
    }


def test_the_engine_asks_for_later_scripts_by_what_is_in_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def digest(name: str) -> str:
        write_static_index([], tmp_path / name)
        engine = (tmp_path / name / "search-engine.js").read_text(encoding="utf-8")
        return str(re.findall(r'DIGEST = "([0-9a-f]{12})";', engine)[0])

    first = digest("first")
    assert digest("again") == first
    monkeypatch.setitem(static._SCRIPTS, "search-suggest.js", ("search-correct.js",))
    assert digest("upgraded") != first


@pytest.mark.parametrize("sizes", [None, MANY_SHARDS])
def test_the_language_brings_what_every_query_needs(tmp_path: Path, sizes: Sizes | None) -> None:
    write_static_index(documents(), tmp_path, sizes=sizes)
    manifest = Shards(tmp_path).manifest
    language, facets = (
        (tmp_path / f"search-{name}.js").read_text(encoding="utf-8")
        for name in ("language", "facets")
    )
    levels, keys, node, *_frequent = manifest["trees"]["w"]
    assert levels == 0 or len(keys) > 1 or f'receive("{node}",' in language
    assert f'receive("{manifest["combinations"]}",' in facets
    assert manifest["language"] == hashlib.sha256((language + facets).encode()).hexdigest()[:12]


def test_a_small_archive_stays_few_files(tmp_path: Path) -> None:
    write_static_index(documents(), tmp_path)
    assert len(_files(tmp_path)) <= 50


@pytest.mark.parametrize("sizes", [None, MANY_SHARDS])
def test_the_same_documents_in_any_order_give_the_same_bytes(
    tmp_path: Path, sizes: Sizes | None
) -> None:
    shuffled = documents()
    random.Random(3).shuffle(shuffled)
    write_static_index(documents(), tmp_path / "first", sizes=sizes)
    write_static_index(shuffled, tmp_path / "second", sizes=sizes)
    assert _files(tmp_path / "first") == _files(tmp_path / "second")


@pytest.mark.slow
def test_any_number_of_processes_gives_the_same_bytes(tmp_path: Path) -> None:
    for processes in (1, 2):
        folder = tmp_path / str(processes)
        write_static_index(documents(), folder, sizes=MANY_SHARDS, processes=processes)
    assert _files(tmp_path / "1") == _files(tmp_path / "2")


@pytest.mark.parametrize("sizes", [None, MANY_SHARDS])
def test_the_index_holds_every_word_of_every_document(tmp_path: Path, sizes: Sizes | None) -> None:
    write_static_index(documents(), tmp_path, sizes=sizes)
    shards = Shards(tmp_path)
    ordered = sorted(documents(), key=order_key)
    found: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for bare, exact, levels in shards.forms("w"):
        for level, numbers in enumerate(levels):
            for number in numbers:
                found[number][exact, bare] = level
    assert found == {
        number: {(t.exact, t.bare): level for t, level in best_levels(document).items()}
        for number, document in enumerate(ordered)
    }


@pytest.mark.parametrize("sizes", [None, MANY_SHARDS])
def test_the_index_holds_every_pair_by_both_of_its_words(
    tmp_path: Path, sizes: Sizes | None
) -> None:
    write_static_index(documents(), tmp_path, sizes=sizes)
    shards = Shards(tmp_path)
    ordered = sorted(documents(), key=order_key)
    pairs: dict[str, list[int]] = defaultdict(list)
    for number, document in enumerate(ordered):
        for pair in token_pairs(document):
            pairs[pair].append(number)
    assert {f"{first} {second}": found for first, second, _n, found in shards.pairs()} == pairs
    # Pairs with a number stand beside the number, whichever of the two it is.
    assert {key: count for key, count, _data in shards.entries("r")} == {
        " ".join(reversed(pair.split(" "))): len(numbers)
        for pair, numbers in pairs.items()
        if not any(character.isdecimal() for character in pair)
    }


@pytest.mark.parametrize("sizes", [None, MANY_SHARDS])
def test_the_index_shows_what_a_hit_needs(tmp_path: Path, sizes: Sizes | None) -> None:
    write_static_index(documents(), tmp_path, sizes=sizes)
    shards = Shards(tmp_path)
    ordered = sorted(documents(), key=order_key)
    assert list(shards.shown()) == [
        [d.thumbnail, d.item_id, d.identifier, d.date, [list(title) for title in d.titles]]
        for d in ordered
    ]
    assert list(shards.column("\0years")) == [list(d.span or ()) for d in ordered]
    for name in {name for document in ordered for name, _value in document.facets}:
        assert list(shards.column(name)) == [
            [value for field, value in document.facets if field == name] for document in ordered
        ]


def test_the_values_of_a_facet_have_their_documents_with_all_columns(tmp_path: Path) -> None:
    write_static_index(documents(), tmp_path, sizes=MANY_SHARDS)
    shards = Shards(tmp_path)
    ordered = sorted(documents(), key=order_key)
    texts = list(shards.shown())
    found = {
        (name, value): (rows, shown)
        for name in shards.json(shards.manifest["combinations"])[1]
        for value, rows, shown in shards.values(name)
    }
    assert found
    for (name, value), (rows, shown) in found.items():
        assert shown == [texts[number] for number, *_places in rows[:128]]
        having = [n for n, d in enumerate(ordered) if (name, value) in d.facets]
        assert rows == [(number, *shards.combinations_at(number)) for number in having]


def test_what_stands_beside_words_and_pairs_is_what_their_documents_show(tmp_path: Path) -> None:
    write_static_index(documents(), tmp_path, sizes=MANY_SHARDS)
    shards = Shards(tmp_path)
    shown = list(shards.shown())
    for kind in ("w", "p"):
        beside = list(shards.beside(kind))
        assert beside
        for _key, numbers, texts in beside:
            assert texts == [shown[number] for number in numbers]
    assert any(key == "ao" and len(numbers) >= 4 for key, numbers, _texts in shards.beside("w"))


def test_many_documents_are_merged_in_many_ranges() -> None:
    assert ranges_for(8_192, 8_192) == ()
    assert len(ranges_for(100_000, 8_192)) < 10 < len(ranges_for(1_000_000, 8_192))
    assert list(ranges_for(1_000_000, 8_192)) == sorted(set(ranges_for(1_000_000, 8_192)))


def test_a_shard_is_named_by_what_is_in_it_and_an_edit_renames_few(tmp_path: Path) -> None:
    made = documents()
    write_static_index(made, tmp_path / "before", sizes=MANY_SHARDS)
    texts = {**made[4].texts, SearchLevel.TEXT: ("Một lời bình mới.",)}
    made[4] = replace(made[4], texts=texts)
    write_static_index(made, tmp_path / "after", sizes=MANY_SHARDS)
    before, after = _files(tmp_path / "before"), _files(tmp_path / "after")
    both = before.keys() & after.keys() - _CHANGING
    assert all(before[name] == after[name] for name in both)
    assert len(both) > 0.6 * len(before)


def test_an_index_made_on_the_one_before_is_the_same_bytes_as_one_made_anew(tmp_path: Path) -> None:
    dice, made, read = random.Random(6), documents(), 0
    before, kept = tmp_path / "before", tmp_path / "kept.db"

    def edit() -> None:
        at = dice.randrange(len(made))
        texts = {**made[at].texts, SearchLevel.TEXT: (f"Lời bình {dice.random()}",)}
        made[at] = replace(made[at], texts=texts)

    def retitle() -> None:
        at = dice.randrange(len(made))
        made[at] = replace(made[at], titles=(("vi", f"Trống đồng {dice.randrange(9)}"),))

    def renumber() -> None:
        made[3] = replace(made[3], identifier=f"A.{dice.randrange(99)}")

    def other_facet() -> None:
        made[5] = replace(made[5], facets=(("material", f"gỗ {dice.randrange(3)}"),))

    def damage_shard() -> None:
        path = dice.choice(sorted((before / "shards").rglob("*.js")))
        content = bytearray(path.read_bytes())
        content[dice.randrange(len(content))] ^= 1
        path.unlink()
        path.write_bytes(content)

    def damage() -> None:
        content = bytearray(kept.read_bytes())
        for _time in range(99):
            content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
        kept.write_bytes(content)

    def remove() -> None:
        made.pop(dice.randrange(len(made)))

    for change in (edit, edit, retitle, damage_shard, renumber, damage, other_facet, remove):
        change()
        read = 0
        by_id = {document.item_id: document for document in made}

        def document(listed: ListedDocument) -> SearchDocument:
            nonlocal read
            read += 1
            return by_id[listed.item_id]  # noqa: B023  (asked only while it is bound)

        listed = [ListedDocument(order_key(one), one.item_id, _stamp(one)) for one in made]
        with KeptItems(kept, "parts", b"key") as keeper:
            known = KnownDocuments(listed, document, keeper)
            after = tmp_path / "after"
            write_static_index(known, after, sizes=MANY_SHARDS, before=before)
        write_static_index(made, tmp_path / "anew", sizes=MANY_SHARDS)
        assert _files(after) == _files(tmp_path / "anew"), change
        if change in (edit, retitle, damage_shard) and before.exists():
            assert read <= MANY_SHARDS.group, change
        shutil.rmtree(before, ignore_errors=True)
        after.rename(before)


def test_one_damaged_file_of_a_span_with_a_frequent_word_leaves_no_other_name(
    tmp_path: Path,
) -> None:
    made, kept = documents(), tmp_path / "kept.db"
    _build_known(made, tmp_path / "before", None, kept)
    anew = _files(tmp_path / "before")
    for number, file in enumerate(_one_of_each_kind(kept)):
        shutil.copytree(tmp_path / "before", tmp_path / "damaged")
        shutil.copy(kept, tmp_path / "own.db")
        path = tmp_path / "damaged" / file
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.unlink()
        if number % 2:
            path.write_bytes(content)
        _build_known(made, tmp_path / "after", tmp_path / "damaged", tmp_path / "own.db")
        assert _files(tmp_path / "after") == anew, file
        for name in ("damaged", "after"):
            shutil.rmtree(tmp_path / name)


def test_a_build_after_one_that_was_thrown_away_is_the_same_as_one_made_anew(
    tmp_path: Path,
) -> None:
    dice, first = random.Random(1), documents()
    _build_known(first, tmp_path / "before", None, tmp_path / "first.db")
    for _time in range(2):
        made, kept = list(first), tmp_path / "kept.db"
        shutil.copy(tmp_path / "first.db", kept)
        at = dice.randrange(len(made))
        texts = {**made[at].texts, SearchLevel.TEXT: (f"Lời bình {dice.random()}",)}
        made[at] = replace(made[at], texts=texts)
        for name in ("thrown-away", "after"):
            _build_known(made, tmp_path / name, tmp_path / "before", kept)
        write_static_index(made, tmp_path / "anew", sizes=MANY_SHARDS)
        assert _files(tmp_path / "after") == _files(tmp_path / "anew")


def test_a_group_that_was_begun_is_completed_and_another_one_gets_another_name(
    tmp_path: Path,
) -> None:
    shards = ShardFolder(tmp_path, 1)
    name = shards.write_group("t", [b"one", b"two"])
    whole = _files(tmp_path)
    folder = shards.path(name).with_suffix("")
    (folder / "1.js").unlink()
    assert shards.write_group("t", [b"one", b"two"]) == name
    assert _files(tmp_path) == whole
    # Joined they are the same, so the name would be.
    assert shards.write_group("t", [b"onet", b"wo"]) != name
    assert whole.items() <= _files(tmp_path).items()


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


def test_no_folder_is_full_and_a_stick_has_few_files() -> None:
    for count in (10, 100_000, 150_000, 1_000_000):
        assert 160 * count / 1000 / 32 ** sizes_for(count, Packing.WEB).spread < 1000
    assert sizes_for(100_000, Packing.USB).leaf > 10 * sizes_for(100_000, Packing.WEB).leaf


def test_what_was_written_is_let_go_without_a_collector_of_cycles(tmp_path: Path) -> None:
    # Else every range of keys stays in the memory of its process.
    of_a_range = (Leaves, Entries, SpanWriter, Collected, Pairs)
    is_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        write_static_index(documents(), tmp_path / "anew", sizes=MANY_SHARDS)
        _build_known(documents(), tmp_path / "known", None, tmp_path / "kept.db")
        left = [one for one in gc.get_objects() if isinstance(one, of_a_range)]
    finally:
        if is_enabled:
            gc.enable()
    assert left == []


def test_an_older_index_leaves_nothing_behind(tmp_path: Path) -> None:
    write_static_index(documents(), tmp_path / "search")
    write_static_index([], tmp_path / "search")
    write_static_index([], tmp_path / "other")
    assert _files(tmp_path / "search") == _files(tmp_path / "other")


def test_one_item_twice_is_a_defect(tmp_path: Path) -> None:
    twice = SearchDocument("a", "A", (("", "áo"),), {})
    with pytest.raises(ValueError, match="twice"):
        write_static_index([twice, twice], tmp_path)


def test_a_folder_that_cannot_be_made_is_a_write_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreWriteError) as caught:
        write_static_index([], tmp_path / "file" / "search")
    assert "hoaban build" in caught.value.remedy


@given(st.lists(st.integers(0, 2**40)))
def test_integers_come_back(values: list[int]) -> None:
    read = Reader(integers(values))
    assert read.integers(len(values)) == values
    assert read.is_at_end


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


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _stamp(document: SearchDocument) -> bytes:
    return hashlib.sha256(repr(document).encode()).digest()


def _build_known(made: list[SearchDocument], folder: Path, before: Path | None, kept: Path) -> None:
    by_id = {document.item_id: document for document in made}
    listed = [ListedDocument(order_key(one), one.item_id, _stamp(one)) for one in made]
    with KeptItems(kept, "parts", b"key") as keeper:
        known = KnownDocuments(listed, lambda one: by_id[one.item_id], keeper)
        write_static_index(known, folder, sizes=MANY_SHARDS, before=before)


def _one_of_each_kind(kept: Path) -> list[str]:
    """Return of the files of spans with frequent words the last of each kind."""
    with closing(sqlite3.connect(kept)) as store:
        rows = store.execute("SELECT data FROM kept WHERE item_id LIKE 'spans w %'").fetchall()
    spans = [Span(*values) for (data,) in rows for values in unpacked(data)]
    found: dict[str, str] = {}
    for span in spans:
        files = [file for file, _seal in span.files]
        if any("/t" in Path(file).parent.as_posix() for file in files):
            for file in files:
                path = Path(file)
                is_group = path.stem.isdecimal()
                found[f"t/{path.stem}" if is_group else path.stem[0]] = file
    assert found.keys() >= {"w", "g", "b", "t/0", "t/1", "t/2", "t/3"}
    return sorted(found.values())
