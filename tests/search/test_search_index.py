"""The index over the museum's records: what is typed finds, and the best comes first."""

import dataclasses
import gc
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import RecordError, SourceError, StoreBusyError, StoreWriteError
from schemas.identifiers import item_id_for
from schemas.profile import SearchLevel
from search.analysis import iter_words
from search.documents import LEVELS, SearchDocument
from search.index import SearchIndex
from tests.search.museum_records import documents


def leaves_a_file_open(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test whose file Whoosh leaves to the garbage collector, which runs after it."""
    ignored = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
    return ignored(pytest.mark.usefixtures("collected")(test))


@pytest.fixture
def collected() -> Iterator[None]:
    yield
    gc.collect()


def document(item_id: str, title: str = "", subject: str = "", text: str = "") -> SearchDocument:
    texts = dict(zip(LEVELS, ((title,), (subject,), (text,)), strict=True))
    return SearchDocument(item_id, item_id.upper(), (("vi", title),), texts)


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    index = SearchIndex.create(tmp_path_factory.mktemp("museum") / "index")
    index.replace_all(documents())
    return index


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    return SearchIndex.create(tmp_path / "index")


def identifiers(index: SearchIndex, query: str) -> list[str]:
    return [hit.identifier for hit in index.search(query, limit=50).hits]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Điện Biên", "BTCT-0001"),
        ("điện biên", "BTCT-0001"),
        ("dien bien", "BTCT-0001"),
        ("dien", "BTCT-0003"),
        ("đien", "BTCT-0003"),
        ("gỗ", "CĐ-301"),
        ("go", "CĐ-301"),
        ("đá", "ĐS-2004"),
        ("da", "ĐS-2004"),
        ("áo", "BTDT-103"),
        ("ao cham", "BTDT-102"),
        ("chiến dịch", "BTCT-0002"),
        ("chien dich", "BTCT-0002"),
        ("đồ đồng", "ĐS-2001"),
        ("do dong", "ĐS-2001"),
        ("hoà bình", "ĐS-2004"),
        ("hòa bình", "ĐS-2005"),
        ("hoà", "BTCT-0006"),
        ("hòa", "BTCT-0006"),
        ("kĩ", "BTDT-106"),
        ("kỹ", "BTCT-0006"),
        ("thuỷ mặc", "CĐ-307"),
        ("Hmông", "BTDT-102"),
        ("h'mong", "BTDT-104"),
        ("ꪼꪕ", "BTDT-108"),
        ("志", "CĐ-303"),
        ("𡨸喃", "CĐ-304"),
        ("oeuvre", "PC-401"),
        ("bong", "BTDT-110"),
    ],
)
def test_what_people_type_finds_the_record(
    museum: SearchIndex, query: str, expected: str, form: str
) -> None:
    assert expected in identifiers(museum, unicodedata.normalize(form, query))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("77.AO.84", "77.AO.84"),
        ("77ao84", "77.AO.84"),
        ("AO-84", "77.AO.84"),
        ("BTĐB 1234/Gm-56", "BTĐB 1234/Gm-56"),
        ("btdb 1234", "BTĐB 1234/Gm-56"),
        ("gm56", "BTĐB 1234/Gm-56"),
        ("DS2004", "ĐS-2004"),
        ("b52", "BTCT-0004"),
        ("ak 47", "BTCT-0005"),
    ],
)
def test_a_number_finds_its_item_whole_and_by_part(
    museum: SearchIndex, query: str, expected: str
) -> None:
    assert identifiers(museum, query) == [expected]


@pytest.mark.parametrize(
    "query", ["Điện Biên", "đá", "gỗ", "áo", "đồ đồng", "chàm", "gò", "đã", "dong", "hoà", "hỏa"]
)
def test_records_with_the_exact_marks_come_first(museum: SearchIndex, query: str) -> None:
    wanted = {token.exact for word in iter_words(query) for token in word.parts}
    texts = {
        d.item_id: " ".join(t for level in LEVELS for t in d.texts[level]) for d in documents()
    }
    has_all = [
        wanted <= {token.exact for word in iter_words(texts[item_id]) for token in word.tokens}
        for item_id in museum.item_ids(query)
    ]
    assert has_all[0]
    assert has_all == sorted(has_all, reverse=True)


def test_marks_count_more_than_the_level_when_marks_are_typed(index: SearchIndex) -> None:
    index.replace_all(
        [document("a", title="da"), document("b", text="đá"), document("c", "", "dạ")]
    )
    assert index.item_ids("đá") == ("b", "a", "c")


def test_the_level_decides_when_no_marks_are_typed(index: SearchIndex) -> None:
    index.replace_all([document("a", text="do dong"), document("b", title="đồ đồng")])
    assert index.item_ids("do dong") == ("b", "a")


def test_title_counts_more_than_subject_and_subject_more_than_text(index: SearchIndex) -> None:
    index.replace_all([document("a", "", "", "gỗ"), document("b", "", "gỗ"), document("c", "gỗ")])
    assert index.item_ids("gỗ") == index.item_ids("go") == ("c", "b", "a")


def test_only_records_with_all_words_are_hits_if_there_is_one(index: SearchIndex) -> None:
    index.replace_all([document("a", "áo"), document("b", "áo chàm"), document("c", "chàm")])
    assert index.item_ids("ao cham") == ("b",)


def test_records_with_most_words_are_hits_if_none_has_all(index: SearchIndex) -> None:
    index.replace_all([document("a", "áo"), document("b", "", "", "áo chàm"), document("c", "mũ")])
    assert index.item_ids("áo chàm đỏ") == ("b", "a")


def test_equal_hits_come_in_order_of_their_number(index: SearchIndex) -> None:
    index.replace_all(document(item_id, "áo") for item_id in ("c", "a", "b"))
    assert index.item_ids("áo") == ("a", "b", "c")


def test_pages_of_hits_are_parts_of_one_list(museum: SearchIndex) -> None:
    whole = museum.search("gỗ", limit=50)
    assert whole.total == len(whole.hits) > 4
    pages = [museum.search("gỗ", limit=3, offset=offset).hits for offset in range(0, 12, 3)]
    assert tuple(hit for page in pages for hit in page) == whole.hits
    assert museum.search("gỗ", limit=0).total == whole.total


def test_a_hit_says_what_a_list_of_results_shows(museum: SearchIndex) -> None:
    (hit,) = museum.search("安南志略").hits
    assert hit.item_id == item_id_for("CĐ-303")
    assert hit.identifier == "CĐ-303"
    assert hit.titles == (("vi", "An Nam chí lược"), ("lzh", "安南志略"))
    assert hit.thumbnail == f"images/{hit.item_id}.jpg"
    assert museum.search("BTCT-0002").hits[0].date == "1953-1954"


def test_an_empty_index_answers(index: SearchIndex) -> None:
    assert index.document_count == 0
    assert index.search("áo").total == 0


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=80) | st.text("áo đồng'-.\"*:()[]~^\\/ANDORT", max_size=60))
def test_no_query_is_an_error(museum: SearchIndex, query: str) -> None:
    results = museum.search(query, limit=100)
    assert results.total == len(results.hits)
    # What is chosen for a package is never corrected. What was meant may be in fewer items.
    assert results.corrected or len(museum.item_ids(query)) == results.total


def test_a_very_long_query_is_cut(museum: SearchIndex) -> None:
    assert museum.search("gỗ " * 100_000).total == museum.search("gỗ").total
    assert museum.search("x" * 1_000_000).total == 0


def test_bare_words_find_whatever_exact_words_find(museum: SearchIndex) -> None:
    for entry in documents():
        for _lang, title in entry.titles:
            exact = set(museum.item_ids(title))
            bare = " ".join(token.bare for word in iter_words(title) for token in word.parts)
            assert entry.item_id in exact
            assert exact <= set(museum.item_ids(bare))


def test_an_update_takes_the_place_of_what_was_there(index: SearchIndex) -> None:
    index.replace_all([document("a", "áo"), document("b", "mũ")])
    assert index.update([document("a", "khăn"), document("c", "khèn")]) == 2
    assert index.document_count == 3
    assert index.item_ids("áo") == ()
    assert index.item_ids("khăn") == ("a",)


def test_a_removed_item_is_found_no_more(index: SearchIndex) -> None:
    index.replace_all([document("a", "áo"), document("b", "áo")])
    index.remove(["a", "never-there"])
    assert index.item_ids("áo") == ("b",)


def test_answers_do_not_depend_on_how_the_index_came_to_be(
    index: SearchIndex, museum: SearchIndex
) -> None:
    wanted = documents()
    stale = [dataclasses.replace(d, texts={SearchLevel.TITLE: ("áo gỗ đá",)}) for d in wanted]
    for start in range(0, len(stale), 7):
        index.update(stale[start : start + 7])
    index.update([document("gone", "trống đồng điện biên")])
    for start in range(0, len(wanted), 5):
        index.update(reversed(wanted[start : start + 5]))
    index.remove(["gone"])
    for query in ("gỗ", "do dong", "Điện Biên", "áo chàm Mông", "77.AO.84", "zzz đá"):
        assert index.search(query, limit=50) == museum.search(query, limit=50)


def test_replacing_all_leaves_nothing_of_before(index: SearchIndex, tmp_path: Path) -> None:
    index.replace_all([document("a", "áo")])
    assert SearchIndex.create(tmp_path / "index").document_count == 1
    assert index.replace_all([document("b", "mũ")]) == 1
    assert index.item_ids("áo") == ()


@pytest.mark.parametrize("call", ["replace_all", "update"])
def test_one_item_twice_is_a_defect_and_writes_nothing(index: SearchIndex, call: str) -> None:
    index.replace_all([document("a", "áo")])
    with pytest.raises(ValueError, match="twice"):
        getattr(index, call)([document("b", "mũ"), document("b", "khăn")])
    assert index.item_ids("áo mũ khăn") == ("a",)


def test_failing_documents_leave_the_index_as_it_was(index: SearchIndex) -> None:
    def failing() -> Iterator[SearchDocument]:
        yield document("b", "mũ")
        raise RecordError("record broken")

    index.replace_all([document("a", "áo")])
    with pytest.raises(RecordError, match="record broken"):
        index.replace_all(failing())
    assert index.item_ids("áo") == ("a",)
    index.update([document("b", "mũ")])
    assert index.document_count == 2


def test_negative_pages_are_defects_of_the_caller(index: SearchIndex) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        index.search("áo", limit=-1)


def test_a_missing_index_says_how_to_make_it(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(SourceError) as caught:
            SearchIndex.open(folder)
        assert "hoaban rebuild" in caught.value.remedy


@leaves_a_file_open
@pytest.mark.parametrize("damage", ["truncated", "garbage", "empty", "segment gone"])
def test_a_damaged_index_says_how_to_make_it_again(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "index"
    SearchIndex.create(folder).replace_all([document("a", "áo")])
    (toc,) = folder.glob("_hoaban*.toc")
    content = toc.read_bytes()
    match damage:
        case "truncated":
            toc.write_bytes(content[: len(content) // 2])
        case "garbage":
            toc.write_bytes(bytes(byte ^ 0x5A for byte in content))
        case "empty":
            toc.write_bytes(b"")
        case _:
            next(folder.glob("*.seg")).unlink()
    with pytest.raises(RecordError) as caught:
        SearchIndex.open(folder)
    assert "hoaban rebuild" in caught.value.remedy
    index = SearchIndex.create(folder)
    index.replace_all([document("b", "mũ")])
    assert SearchIndex.open(folder).item_ids("mũ") == ("b",)


@leaves_a_file_open
def test_a_damaged_segment_is_an_error_and_not_a_wrong_answer(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    index = SearchIndex.create(folder)
    index.replace_all(documents())
    (segment,) = folder.glob("*.seg")
    segment.write_bytes(segment.read_bytes()[:200])
    with pytest.raises(RecordError):
        SearchIndex.open(folder)


def test_making_an_index_leaves_other_files_alone(tmp_path: Path) -> None:
    for name in ("letter.txt", "hoaban.toml"):
        (tmp_path / name).write_text("giữ lại", encoding="utf-8")
    (tmp_path / "_hoaban0_1.toc").write_text("older version", encoding="utf-8")
    SearchIndex.create(tmp_path)
    assert (tmp_path / "letter.txt").exists()
    assert (tmp_path / "hoaban.toml").exists()
    assert not (tmp_path / "_hoaban0_1.toc").exists()


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    first, second = (SearchIndex.create(tmp_path / "index") for _number in range(2))

    def writing() -> Iterator[SearchDocument]:
        with pytest.raises(StoreBusyError):
            second.remove(["a"])
        yield document("a", "áo")

    assert first.replace_all(writing()) == 1


def test_a_disk_that_refuses_is_a_write_error(
    index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    from whoosh.filedb.filestore import FileStorage

    def refuse(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    index.replace_all([document("a", "áo")])
    with monkeypatch.context() as patch:
        patch.setattr(FileStorage, "rename_file", refuse)
        with pytest.raises(StoreWriteError, match="disk is full"):
            index.replace_all([document("b", "mũ")])
    assert index.item_ids("áo") == ("a",)
    index.replace_all([document("b", "mũ")])
    assert index.item_ids("mũ") == ("b",)
