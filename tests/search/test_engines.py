"""Every engine passes the same tests and gives the same answers, however the index came to be."""

import dataclasses
import itertools
import multiprocessing
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from whoosh.index import open_dir

from archive.settings import SEARCH_ENGINES
from schemas.errors import (
    DependencyError,
    RecordError,
    SourceError,
    StoreBusyError,
)
from search.analysis import iter_words
from search.answer import Order
from search.documents import SearchDocument
from search.engines import tantivy_snapshot, whoosh_writer, workers
from search.engines.whoosh_writer import NAME
from search.index import Results, SearchIndex
from tests.bench import catalogue
from tests.search.museum_records import FIELDS, QUERIES, documents

GENERATED = 450
# From so many documents on tantivy keeps sets, as it does from many more in earnest.
MANY = 4
EVERY = [*documents(), *catalogue.documents(GENERATED)]


def generated_queries() -> list[str]:
    """Return queries of one to three words that stand in the generated records."""
    chance = random.Random(11)
    pool = catalogue.words()
    words = [pool[int(chance.paretovariate(0.6)) % len(pool)] for _number in range(120)]
    return [" ".join(words[start : start + 1 + start % 3]) for start in range(0, 117, 2)]


def index_of(folder: Path, engine: str, *, jobs: int = 1) -> SearchIndex:
    index = SearchIndex.create(folder / f"{engine}-{jobs}", engine=engine)
    index.replace_all(EVERY, jobs=jobs)
    return index


@pytest.fixture(scope="module", autouse=True)
def processes_for_few() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "PARALLEL_FROM", 100)
        patch.setattr(tantivy_snapshot, "MANY", MANY)
        yield


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, SearchIndex]]:
    folder = tmp_path_factory.mktemp("engines")
    made = {
        f"{engine} {jobs}": index_of(folder, engine, jobs=jobs)
        for engine in SEARCH_ENGINES
        for jobs in (1, 2)
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tantivy_snapshot, "MANY", 10_000)
        made["tantivy without sets"] = index_of(folder / "no sets", "tantivy")
    yield made
    for index in made.values():
        index.close()


def agreed(answers: dict[str, object]) -> object:
    first, *_others = answers.values()
    for name, answer in answers.items():
        assert answer == first, name
    return first


def test_engines_and_builds_give_the_same_hits_in_the_same_order(
    indexes: dict[str, SearchIndex],
) -> None:
    found = 0
    for query in (*QUERIES, *generated_queries()):
        answer = agreed({name: index.search(query, limit=60) for name, index in indexes.items()})
        found += bool(answer.total)  # type: ignore[attr-defined]
    assert found > 200


def test_engines_agree_on_the_whole_language(indexes: dict[str, SearchIndex]) -> None:
    first, second, third = generated_queries()[:3]
    queries = [
        f'"{second}"',
        f"{first[:2]}*",
        f"{third} -{first}",
        f"title:{first} OR material:đồng",
        "material:g*",
        "1900..1950",
        f"{first} 1900..1950",
        "-gỗ",
        "BT.001.*",
        f"{first}x {second}q",
    ]
    found = 0
    for query in queries:
        for order in Order:
            asked = {
                name: index.search(query, limit=700, fields=FIELDS, order=order, with_facets=True)
                for name, index in indexes.items()
            }
            answer = agreed(asked)
            assert isinstance(answer, Results)
            found += answer.total > 0
    assert found > 30


def test_facets_are_counted_exactly(indexes: dict[str, SearchIndex]) -> None:
    by_id = {d.item_id: d for d in EVERY}
    for query in ("gỗ", "dong", "zzzz", generated_queries()[0]):
        expected: dict[str, dict[str, int]] = {}
        for index in indexes.values():
            results = index.search(query, limit=len(EVERY), with_facets=True)
            expected = {}
            for hit in results.hits:
                for facet, value in by_id[hit.item_id].facets:
                    values = expected.setdefault(facet, {})
                    values[value] = values.get(value, 0) + 1
            assert {name: dict(values) for name, values in results.facets.items()} == expected
            for counted in results.facets.values():
                assert list(counted) == sorted(counted, key=lambda pair: (-pair[1], pair[0]))


def test_a_phrase_is_only_where_the_words_stand_together(indexes: dict[str, SearchIndex]) -> None:
    texts = {
        d.item_id: [
            [t.bare for w in iter_words(text) for t in w.parts]
            for level in d.texts.values()
            for text in level
        ]
        for d in EVERY
    }
    for first, second in (("dien", "bien"), ("do", "dong"), ("chau", "go")):
        wanted = {
            item_id
            for item_id, lists in texts.items()
            if any((first, second) in itertools.pairwise(parts) for parts in lists)
        }
        for index in indexes.values():
            assert set(index.item_ids(f'"{first} {second}"')) == wanted


@pytest.mark.parametrize("engine", SEARCH_ENGINES)
def test_changes_piece_by_piece_end_like_a_build_at_once(tmp_path: Path, engine: str) -> None:
    wanted = [*documents(), *catalogue.documents(60)]
    stale = [dataclasses.replace(d, texts={}, facets=(("material", "?"),)) for d in wanted]
    index = SearchIndex.create(tmp_path / "index", engine=engine)
    index.replace_all(stale[:50])
    for start in range(0, len(wanted), 13):
        index.search("-zzzz", with_facets=True)  # kept answers must not outlive the change
        index.update(wanted[start : start + 13], removed=["never-there"])
    index.update([dataclasses.replace(wanted[0], item_id="gone")])
    index.update((), removed=["gone"])
    whole = SearchIndex.create(tmp_path / "whole", engine=engine)
    whole.replace_all(wanted)
    for query in QUERIES:
        assert index.search(query, limit=60) == whole.search(query, limit=60)
    every = [one.search("-zzzz", limit=200, with_facets=True) for one in (index, whole)]
    assert every[0] == every[1]
    assert "?" not in dict(every[0].facets["material"])
    for one in (index, whole):
        one.close()


@pytest.mark.parametrize("engine", SEARCH_ENGINES)
def test_failing_documents_leave_the_old_index(tmp_path: Path, engine: str) -> None:
    def failing(count: int) -> Iterator[SearchDocument]:
        yield from catalogue.documents(count)
        raise RecordError("record broken")

    index = SearchIndex.create(tmp_path / "index", engine=engine)
    index.replace_all(documents())
    for jobs, count in ((1, 5), (2, 5), (2, 150)):
        with pytest.raises(RecordError, match="record broken"):
            index.replace_all(failing(count), jobs=jobs)
        with pytest.raises(RecordError, match="record broken"):
            index.update(failing(2))
        with pytest.raises(ValueError, match="twice"):
            index.update([*catalogue.documents(2), *catalogue.documents(1)])
        assert index.document_count == len(documents())
    assert index.replace_all(documents()[:3]) == index.document_count == 3
    index.close()


_BUILT = """
import sys
from pathlib import Path
from search.engines import workers
from search.index import SearchIndex
from tests.bench import catalogue

if __name__ == "__main__":
    workers.PARALLEL_FROM = 100
    for folder, jobs in zip(sys.argv[1::2], sys.argv[2::2]):
        index = SearchIndex.create(Path(folder))
        index.replace_all(catalogue.documents(450), jobs=int(jobs))
        index.close()
"""


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_whole_build_by_whoosh_is_the_same_bytes_however_it_is_made(tmp_path: Path) -> None:
    script = tmp_path / "built.py"
    script.write_text(_BUILT, encoding="utf-8")
    root = str(Path(__file__).parent.parent.parent)
    for seed, jobs in (("1", ("1", "2")), ("2", ("3", "1"))):
        # Another order of sets in every process.
        folders = [tmp_path / f"{seed}-{number}" for number in jobs]
        subprocess.run(
            [sys.executable, script, folders[0], jobs[0], folders[1], jobs[1]],
            env=os.environ | {"PYTHONPATH": root, "PYTHONHASHSEED": seed},
            check=True,
        )
    first, *others = [files_in(tmp_path / name) for name in ("1-1", "1-2", "2-3", "2-1")]
    assert len([name for name in first if name.endswith(".seg")]) == workers.PARTS
    for other in others:
        assert other == first
    with SearchIndex.open(tmp_path / "1-1") as index:
        some = list(catalogue.documents(60))
        index.update(some, removed=[document.item_id for document in some[:30]])
        assert files_in(tmp_path / "1-1") != first
        for _again in range(2):
            index.replace_all(catalogue.documents(GENERATED))
            assert index.document_count == GENERATED
            assert files_in(tmp_path / "1-1") == first


def test_a_whole_build_is_done_where_the_first_table_of_contents_cannot_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SearchIndex.create(tmp_path) as index:
        index.replace_all(documents())
        with monkeypatch.context() as patch:
            # As on Windows, where another process has it open.
            patch.setattr(whoosh_writer, "clean_files", lambda *_arguments: None)
            index.replace_all(documents()[:3])
        assert index.document_count == 3
        index.replace_all(documents())
    (table,) = tmp_path.glob("*.toc")
    assert table.name == f"_{NAME}_1.toc"


def test_a_damaged_segment_is_replaced_by_a_whole_build(tmp_path: Path) -> None:
    with SearchIndex.create(tmp_path) as index:
        index.replace_all(documents())
    whole = files_in(tmp_path)
    (segment,) = tmp_path.glob("*.seg")
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    with SearchIndex.open(tmp_path) as index:
        index.replace_all(documents())
    assert files_in(tmp_path) == whole


def test_a_process_that_ended_before_it_got_its_documents_is_told() -> None:
    ours, theirs = multiprocessing.Pipe()
    theirs.send([])
    theirs.close()
    with ours, pytest.raises(DependencyError):
        list(workers._answers([ours], lambda _process: documents()))


@pytest.mark.parametrize("engine", SEARCH_ENGINES)
def test_a_second_writer_is_told_to_wait(tmp_path: Path, engine: str) -> None:
    first = SearchIndex.create(tmp_path / "index", engine=engine)
    second = SearchIndex.open(tmp_path / "index", engine=engine)

    def writing() -> Iterator[SearchDocument]:
        for write in (second.update, second.replace_all):
            with pytest.raises(StoreBusyError):
                write(documents())
        yield documents()[0]

    assert first.replace_all(writing()) == 1
    assert first.update(writing()) == 1
    first.close()


@pytest.mark.parametrize("engine", SEARCH_ENGINES)
def test_another_engine_takes_the_place_of_an_index(tmp_path: Path, engine: str) -> None:
    for name in SEARCH_ENGINES:
        other = SearchIndex.create(tmp_path, engine=name)
        other.replace_all(documents()[:2])
        other.close()
    SearchIndex.create(tmp_path, engine=engine).close()
    for name in SEARCH_ENGINES:
        if name != engine:
            with pytest.raises(SourceError, match="no search index"):
                SearchIndex.open(tmp_path, engine=name)


@pytest.mark.parametrize("engine", SEARCH_ENGINES)
def test_threads_ask_while_another_writes(tmp_path: Path, engine: str) -> None:
    with SearchIndex.create(tmp_path, engine=engine) as index:
        index.replace_all(documents())
        asked = [index.search(query, limit=60) for query in QUERIES[:20]]

        def ask(number: int) -> bool:
            place = number % len(asked)
            return index.search(QUERIES[place], limit=60) == asked[place]

        with ThreadPoolExecutor(3) as threads:
            answers = threads.map(ask, range(90))
            for _again in range(3):
                index.update(documents()[:5])
            assert all(answers)


_KILLED = """
import os, signal, sys
from pathlib import Path
from search.answer import Order
from search.index import Results, SearchIndex
from tests.bench import catalogue

def killed(count):
    yield from catalogue.documents(count)
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

if __name__ == "__main__":
    index = SearchIndex.open(Path(sys.argv[1]), engine=sys.argv[2])
    if sys.argv[3] == "update":
        index.update(killed(40))
    else:
        index.replace_all(killed(250), jobs=int(sys.argv[3]))
"""


@pytest.mark.parametrize("what", ["update", "1", "2"])
@pytest.mark.parametrize("engine", SEARCH_ENGINES)
def test_a_killed_writer_leaves_an_index_that_the_next_brings_up_to_date(
    tmp_path: Path, engine: str, what: str
) -> None:
    folder, script = tmp_path / "index", tmp_path / "killed.py"
    index = SearchIndex.create(folder, engine=engine)
    index.replace_all(documents())
    before = index.search("gỗ", limit=60)
    script.write_text(_KILLED, encoding="utf-8")
    root = Path(__file__).parent.parent.parent
    done = subprocess.run(
        [sys.executable, script, folder, engine, what],
        env=os.environ | {"PYTHONPATH": str(root)},
        check=False,
    )
    assert done.returncode in (-getattr(signal, "SIGKILL", signal.SIGTERM), signal.SIGTERM)
    assert SearchIndex.open(folder, engine=engine).search("gỗ", limit=60) == before
    new = list(catalogue.documents(3))
    index.update(new, removed=[documents()[0].item_id])
    assert index.document_count == len(documents()) + 2
    assert index.replace_all(new) == index.document_count == 3
    assert not (folder / "building").exists()
    index.close()


@pytest.mark.parametrize("damage", ["pointer", "folder", "meta", "empty"])
def test_a_damaged_tantivy_index_says_how_to_make_it_again(tmp_path: Path, damage: str) -> None:
    index = SearchIndex.create(tmp_path, engine="tantivy")
    index.replace_all(documents()[:2])
    index.close()
    (folder,) = tmp_path.glob("tantivy-*")
    match damage:
        case "pointer":
            (tmp_path / "tantivy.current").write_bytes(b"\xff")
        case "folder":
            folder.rename(tmp_path / "elsewhere")
        case _:
            (folder / "meta.json").write_text("{" if damage == "meta" else "", encoding="utf-8")
    with pytest.raises(RecordError) as caught:
        SearchIndex.open(tmp_path, engine="tantivy")
    assert "hoaban rebuild" in caught.value.remedy
    again = SearchIndex.create(tmp_path, engine="tantivy")
    assert again.replace_all(documents()) == len(documents())
    again.close()


def test_without_the_extra_one_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tantivy", None)
    with pytest.raises(DependencyError) as caught:
        SearchIndex.create(tmp_path, engine="tantivy")
    assert "hoaban[tantivy]" in caught.value.remedy


@pytest.mark.parametrize("engine", SEARCH_ENGINES)
def test_a_defect_is_not_called_damage(
    tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SearchIndex.create(tmp_path, engine=engine) as index:
        index.replace_all(documents())
        index.update(documents()[:2], removed=[documents()[3].item_id])
        with monkeypatch.context() as patch:
            patch.setattr("search.index.answer", lambda *_args, **_more: {}["ours"])
            with pytest.raises(KeyError, match="ours"):
                index.search("gỗ")
        with monkeypatch.context() as patch:
            patch.setattr("search.index.read_all", lambda _snapshot: {}["read again"])
            with pytest.raises(KeyError, match="theirs"), index.lookup():
                raise KeyError("theirs")
            with pytest.raises(BrokenPipeError), index.lookup():
                raise BrokenPipeError
        assert index.search("gỗ").total


def pairs_of(first: str, folder: Path) -> bytes:
    """Return how the list of what follows a word begins in the only segment."""
    with open_dir(str(folder), indexname=NAME).reader() as reader:
        leaf = reader.leaf_readers()[0][0]
        start, _length = leaf.term_info("pairs", first).extent()
        return bytes(leaf._terms._postfile.get(start, 100))


def test_a_flipped_byte_gives_an_answer_or_says_that_the_index_is_damaged(tmp_path: Path) -> None:
    with SearchIndex.create(tmp_path) as index:
        index.replace_all(documents())
    (segment,) = tmp_path.glob("*.seg")
    data, dice = segment.read_bytes(), random.Random(5)
    pairs = pairs_of("hai", tmp_path)
    begin = data.index(pairs)
    places = [dice.randrange(len(data)) for _again in range(40)]
    places += [dice.randrange(begin, begin + len(pairs)) for _again in range(20)]
    told: list[RecordError] = []
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1 << dice.randrange(8)
        segment.write_bytes(changed)
        try:
            with SearchIndex.open(tmp_path) as index:
                for query in ("gỗ", '"hai tai"', "d*", ""):
                    index.search(query, with_facets=True, with_all=True)
                index.suggest("g")
        except RecordError as error:
            told.append(error)
    assert len(told) > 10
    assert all("hoaban rebuild" in error.remedy for error in told)
