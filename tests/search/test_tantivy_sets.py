"""Sets of frequent keys beside tantivy's index change what an answer costs, and nothing else."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from schemas.errors import RecordError
from search.engines import tantivy_snapshot
from search.index import Results, SearchIndex
from tests.bench import catalogue
from tests.search.museum_records import QUERIES, documents


@pytest.fixture(scope="module", autouse=True)
def few_are_many() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tantivy_snapshot, "MANY", 4)
        yield


def sets_in(folder: Path) -> list[Path]:
    """Return the files of sets that a tantivy index has."""
    return list(folder.rglob("sets-*"))


def test_kept_sets_and_what_came_since_give_one_answer(tmp_path: Path) -> None:
    every = [*documents(), *catalogue.documents(200)][:200]
    index = SearchIndex.create(tmp_path / "index", engine="tantivy")
    index.replace_all(every[:100])
    kept = sets_in(tmp_path)
    assert [path.name for path in kept] == ["sets-1.sqlite"]
    for start in range(100, 200, 4):
        # A few at a time stand beside the sets; when they are many the sets are kept anew.
        index.update(every[start : start + 4], removed=[every[start - 60].item_id])
        assert len(sets_in(tmp_path)) == 1
        if start not in (100, 104, 152, 196):
            continue
        living = [
            d
            for at, d in enumerate(every[: start + 4])
            if not 40 <= at <= start - 60 or (at - 40) % 4
        ]
        with SearchIndex.create(tmp_path / "whole", engine="whoosh") as whole:
            whole.replace_all(living)
            for query in (*QUERIES[:12], "-zzzz", "d*"):
                asked = [i.search(query, limit=200, with_facets=True) for i in (index, whole)]
                assert asked[0] == asked[1], (start, query)
    assert sets_in(tmp_path) != kept
    index.close()


@pytest.mark.parametrize("damage", ["gone", "empty", "text", "of others"])
def test_without_its_sets_an_index_answers_as_before(tmp_path: Path, damage: str) -> None:
    with SearchIndex.create(tmp_path / "index", engine="tantivy") as index:
        index.replace_all(documents())
        wanted = [index.search(query, limit=60, with_facets=True) for query in QUERIES]
    (kept,) = sets_in(tmp_path / "index")
    match damage:
        case "gone":
            kept.unlink()
        case "of others":
            with SearchIndex.create(tmp_path / "other", engine="tantivy") as index:
                index.replace_all(documents())
            kept.write_bytes(sets_in(tmp_path / "other")[0].read_bytes())
        case _:
            kept.write_bytes(b"" if damage == "empty" else b"SQLite format 4 " * 400)
    with SearchIndex.open(tmp_path / "index", engine="tantivy") as index:
        assert [index.search(query, limit=60, with_facets=True) for query in QUERIES] == wanted
        index.update(documents()[:1])  # which keeps them anew
        assert [path.name == kept.name for path in sets_in(tmp_path / "index")] == [
            damage == "gone"
        ]
        assert [index.search(query, limit=60, with_facets=True) for query in QUERIES] == wanted


def test_a_flipped_bit_in_the_sets_changes_no_answer_unless_it_is_told(tmp_path: Path) -> None:
    def answers() -> list[Results]:
        with SearchIndex.open(tmp_path, engine="tantivy") as index:
            return [
                index.search(query, with_facets=True, with_all=True) for query in ("gỗ", "d*", "")
            ]

    with SearchIndex.create(tmp_path, engine="tantivy") as index:
        index.replace_all(documents())
    wanted = answers()
    (kept,) = sets_in(tmp_path)
    data, dice = kept.read_bytes(), random.Random(5)
    with closing(sqlite3.connect(kept)) as database:
        counted = database.execute("SELECT key, docs FROM sets WHERE key >= 'f' AND key < 'g'")
        # In a row they stand side by side.
        rows = [(key.encode(), docs) for key, docs in dice.sample(counted.fetchall(), 8)]
    places = [data.index(key + docs) + len(key) + dice.randrange(len(docs)) for key, docs in rows]
    told: list[str] = []
    for place in (*places, *(dice.randrange(len(data)) for _again in range(30))):
        changed = bytearray(data)
        changed[place] ^= 1 << dice.randrange(8)
        kept.write_bytes(changed)
        try:
            assert answers() == wanted
        except RecordError as error:
            told.append(error.remedy)
    assert len(told) >= len(places)
    assert all("hoaban rebuild" in remedy for remedy in told)


def test_a_writer_killed_before_its_sets_leaves_them_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SearchIndex.create(tmp_path, engine="tantivy") as index:
        index.replace_all(documents()[:20])

        def ended(*_args: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("search.engines.tantivy_sets.replace_file", ended)
            with pytest.raises(KeyboardInterrupt):
                index.update(documents())
        assert index.document_count == len(documents())
        assert [path.name for path in sets_in(tmp_path)] == ["sets-1.sqlite"]
        index.update(documents()[:1])
        assert [path.name for path in sets_in(tmp_path)] == ["sets-2.sqlite"]
