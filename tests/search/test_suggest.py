"""Suggestions while typing, with or without marks; what both searches give is in the vectors."""

from pathlib import Path

import pytest

from search.documents import SearchDocument
from search.index import SearchIndex
from search.suggest import LONGEST_TEXT, Entry, suggestions_of
from tests.search.museum_records import documents


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    index = SearchIndex.create(tmp_path_factory.mktemp("museum") / "index")
    index.replace_all(documents())
    return index


def texts(index: SearchIndex, typed: str, kind: str = "word") -> list[str]:
    return [found.text for found in index.suggest(typed, 30) if found.kind == kind]


@pytest.mark.parametrize("typed", ["trong d", "trống đ", "TRỐNG Đ", "trông d", "trong\tdo"])
def test_two_words_of_a_title_are_suggested_with_and_without_marks(
    museum: SearchIndex, typed: str
) -> None:
    assert texts(museum, typed) == ["trống đồng"]


def test_a_mark_that_was_typed_is_kept(museum: SearchIndex) -> None:
    assert "đồng" in texts(museum, "đô")
    assert "dong" not in texts(museum, "đô")
    assert {"đồng", "dong"} <= set(texts(museum, "do"))
    assert texts(museum, "dờ") == []


def test_numbers_are_suggested_in_any_spelling(museum: SearchIndex) -> None:
    for typed in ("77.AO", "77-ao.", "77ao8", "77 ao 8"):
        assert texts(museum, typed, "number") == ["77.AO.84", "77.AO.85"], typed
    assert texts(museum, "btdb 1234", "number") == ["BTĐB 1234/Gm-56"]


def test_values_are_suggested_by_each_of_their_words(museum: SearchIndex) -> None:
    assert "Điện Biên Phủ" in texts(museum, "bien ph", "place")
    assert texts(museum, "hmong", "ethnic_group") == ["Mông", "Mông Hoa"]
    (found,) = [s for s in museum.suggest("gom") if s.kind == "material"]
    assert (found.text, found.count) == ("gốm", 2)


def test_what_was_typed_before_stays_in_front(museum: SearchIndex) -> None:
    assert "khăn piêu thái" in texts(museum, "Khăn piêu th")
    assert not any("head" in text for text in texts(museum, "khăn piêu th"))


def test_little_or_nothing_typed_suggests_nothing(museum: SearchIndex) -> None:
    for typed in ("", "  ", "t", "đ", "…", '"', "zzz", "*"):
        assert museum.suggest(typed) == (), typed
    assert museum.suggest("安") != ()


def test_no_more_is_suggested_than_wanted(museum: SearchIndex) -> None:
    assert len(museum.suggest("th", 3)) == 3
    assert museum.suggest("th", 3) == museum.suggest("th", 30)[:3]


def test_a_sign_between_two_words_parts_them() -> None:
    entries = suggestions_of("A.1", ["Khăn piêu, áo cóm"], [("kind", "artifact")])
    assert entries == (
        Entry("a1", "number", "A.1"),
        Entry("khan", "word", "khăn"),
        Entry("pieu", "word", "piêu"),
        Entry("ao", "word", "áo"),
        Entry("com", "word", "cóm"),
        Entry("khan pieu", "word", "khăn piêu"),
        Entry("ao com", "word", "áo cóm"),
    )


def test_a_very_long_value_is_not_suggested(tmp_path: Path) -> None:
    index = SearchIndex.create(tmp_path / "index")
    long = "áo " * LONGEST_TEXT
    index.replace_all([SearchDocument("a", long, (("", long),), {}, facets=(("subject", long),))])
    assert {found.kind for found in index.suggest("áo")} == {"word"}
    assert all(len(found.text) <= LONGEST_TEXT for found in index.suggest("áo"))
