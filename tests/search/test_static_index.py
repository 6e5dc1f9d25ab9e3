"""The sharded index of the site holds all of the documents, in the same files every time.

What the scripts answer is compared in tests/browser/test_search_engine.py.
"""

import hashlib
import random
import re
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from schemas.errors import StoreWriteError
from search import static
from search.compiled.packing import Sizes
from search.documents import SearchDocument, best_levels, order_key, token_pairs
from search.static import write_static_index
from tests.search.museum_records import DATA, documents, vectors_text
from tests.search.shards import MANY_SHARDS, Shards, files_in


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
    assert len(files_in(tmp_path)) <= 50


@pytest.mark.parametrize("sizes", [None, MANY_SHARDS])
def test_the_same_documents_in_any_order_give_the_same_bytes(
    tmp_path: Path, sizes: Sizes | None
) -> None:
    shuffled = documents()
    random.Random(3).shuffle(shuffled)
    write_static_index(documents(), tmp_path / "first", sizes=sizes)
    write_static_index(shuffled, tmp_path / "second", sizes=sizes)
    assert files_in(tmp_path / "first") == files_in(tmp_path / "second")


@pytest.mark.slow
def test_any_number_of_processes_gives_the_same_bytes(tmp_path: Path) -> None:
    for processes in (1, 2):
        folder = tmp_path / str(processes)
        write_static_index(documents(), folder, sizes=MANY_SHARDS, processes=processes)
    assert files_in(tmp_path / "1") == files_in(tmp_path / "2")


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


def _documents_of_words(shards: Shards) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for bare, _exact, levels in shards.forms("w"):
        found[bare].update(*levels)
    return found


def test_of_two_widespread_words_it_is_kept_how_many_documents_they_share(tmp_path: Path) -> None:
    write_static_index(documents(), tmp_path, sizes=replace(MANY_SHARDS, share=12))
    shards = Shards(tmp_path)
    having = _documents_of_words(shards)
    most = len(documents()) / 12
    widespread = sorted(w for w, found in having.items() if " " not in w and len(found) >= most)
    assert len(widespread) > 32, "more than one shard has at a side"
    assert shards.together() == {
        (one, other): len(having[one] & having[other]) for one, other in combinations(widespread, 2)
    }


def test_of_a_widespread_word_it_is_kept_how_often_values_meet(tmp_path: Path) -> None:
    made = [
        replace(document, facets=(("kind", str(at % 2)), ("use", str(at % 3))), span=(1900, 1900))
        for at, document in enumerate(documents())
    ]
    write_static_index(made, tmp_path, sizes=MANY_SHARDS)
    shards = Shards(tmp_path)
    having, compared, folders = _documents_of_words(shards), 0, shards.folders("w")
    for word in {*shards.json(shards.manifest["together"])[0]} & folders.keys():
        at = [shards.combinations_at(number) for number in having[word]]
        for number, (own, *others) in {5: (0, 1), 6: (0, 2), 7: (1, 0), 8: (1, 2)}.items():
            met = {
                place: [
                    {0: sum(places[own] == place for places in at)},
                    *(Counter(p[other] for p in at if p[own] == place) for other in others),
                ]
                for place in {places[own] for places in at}
            }
            found = shards.crossings(word, number, len(others))
            assert found in (met, {})
            compared += len(found)
    assert compared


def test_one_item_twice_is_a_defect(tmp_path: Path) -> None:
    twice = SearchDocument("a", "A", (("", "áo"),), {})
    with pytest.raises(ValueError, match="twice"):
        write_static_index([twice, twice], tmp_path)


def test_a_folder_that_cannot_be_made_is_a_write_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreWriteError) as caught:
        write_static_index([], tmp_path / "file" / "search")
    assert "hoaban build" in caught.value.remedy
