"""The query language over the museum's records: what is asked for is what is found."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identifiers import item_id_for
from schemas.profile import SearchLevel
from search.answer import Order
from search.correct import one_slip_away
from search.date_query import years_at
from search.documents import SearchDocument, document_for
from search.highlight import highlighted
from search.index import SearchIndex
from search.query import parse_query
from tests.search.judged import judged_records
from tests.search.museum_records import FIELDS, PROFILE, records


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    index = SearchIndex.create(tmp_path_factory.mktemp("language") / "index")
    index.replace_all(document_for(record, PROFILE, "") for record in records())
    return index


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    index = SearchIndex.create(tmp_path_factory.mktemp("small") / "index")
    index.replace_all(
        [
            _document("a", "Trống đồng", material="Đồng", span=(-300, -201), added="2026-03-01"),
            _document("b", "Đồng hồ hình trống", material="Gỗ", span=(1945, 1954)),
            _document("c", "Rìu đá", material="Đá bazan", span=(1801, 1900), added="2026-01-01"),
            _document("d", "Ví da", material="Da trâu", ethnic_group="Mông", added="2026-02-01"),
            _document("e", "Khèn", material="Trúc", ethnic_group="Thái Đen", span=(1950, 1950)),
            _document("BT.10", "Cày"),
            _document("BT.2", "Cày"),
            _document("f", "Sách ꪹꪕꪸꪉꪀꪺ 安南", span=(1890, 1910)),
            _document("g", "Sách ꪹꪕꪸ ꪀꪺ ꪉ 南 và 安"),
        ]
    )
    return index


def _document(
    item_id: str,
    title: str,
    span: tuple[int, int] | None = None,
    added: str = "",
    **fields: str,
) -> SearchDocument:
    return SearchDocument(
        item_id,
        item_id,
        (("vi", title),),
        {SearchLevel.TITLE: (item_id, title), SearchLevel.SUBJECT: tuple(fields.values())},
        span=span,
        added=added,
        fields=tuple(fields.items()),
        facets=tuple(fields.items()),
    )


def found(index: SearchIndex, query: str, order: Order = Order.RELEVANCE) -> list[str]:
    hits = index.search(query, limit=50, fields=FIELDS, order=order).hits
    return [hit.item_id for hit in hits]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("trống đồng", ["a", "b"]),
        ('"trống đồng"', ["a"]),
        ('"trong dong"', ["a"]),
        ('"trông đồng"', []),
        ("“đồng hồ”", ["b"]),
        ('"đồng hồ', ["b"]),
        ("đồng -hồ", ["a"]),
        ("đồng NOT hồ", ["a"]),
        ('đồng -"trống đồng"', ["b"]),
        ("rìu OR khèn", ["e", "c"]),
        ("rìu HOẶC khèn | ví", ["c", "d", "e"]),
        ("rìu OR", ["c"]),
        ("chất liệu:đồng", ["a"]),
        ("chat lieu:dong", ["a"]),
        ("material:đá", ["c", "d"]),
        ('material:"đá"', ["c"]),
        ('material:"da"', ["d", "c"]),
        ('material:"đá bazan"', ["c"]),
        ("material:tr*", ["d", "e"]),
        ("trống chất liệu:gỗ", ["b"]),
        ("dân tộc:Mông", ["d"]),
        ("ethnic:mông", ["d"]),
        ("ethnic group: Thái", ["e"]),
        ("-dân tộc:Mông ví", []),
        ("nofield:khèn", ["e"]),
        ("khè*", ["e"]),
        ("BT.*", ["BT.2", "BT.10"]),
        ("BT.1?", ["BT.10"]),
        ("BT?10 cày", ["BT.10"]),
        ("1945..1954", ["b", "e"]),
        ("1951..", ["b"]),
        ("..-1", ["a"]),
        ("thế kỷ XIX", ["c", "f"]),
        ("the ky 19", ["c", "f"]),
        ("thế kỷ xix", ["c", "f"]),
        ("the ky xix", ["c", "f"]),
        ("tk iii tcn", ["a"]),
        ("19th century", ["c", "f"]),
        ("thế kỷ III TCN", ["a"]),
        ("date:1950", ["e", "b"]),
        ('niên đại:"trước 1850"', ["a", "c"]),
        ("khèn 1900..2000", ["e"]),
        ("ꪕꪸꪉ", []),
        ("ꪹꪕꪸꪉ", ["f"]),
        ("ꪉꪀꪺ", ["f"]),
        ("teng", ["f"]),
        ("cua", ["f", "g"]),
        ("安南", ["f", "g"]),
        ("", []),
        ("*", []),
        ('""', []),
    ],
)
def test_what_is_asked_for_is_found(small: SearchIndex, query: str, expected: list[str]) -> None:
    assert sorted(found(small, query)) == sorted(expected)
    if expected:
        assert found(small, query)[0] == expected[0] or "OR" in query or ".." in query


def test_a_negated_word_with_marks_shuts_out_only_itself(small: SearchIndex) -> None:
    assert "d" in found(small, "-đá")
    assert "c" not in found(small, "-đá")
    assert not {"c", "d"} & set(found(small, "-da"))


@pytest.mark.parametrize(
    ("typed", "corrected", "first"),
    [
        ("trogn dong", "trống đồng", "a"),
        ("trống đồgn", "trống đồng", "a"),
        ("rìu da bazzan", "rìu đá bazan", "c"),
        ("khnè", "khèn", "e"),
        ("hkèn", "khèn", "e"),
        ("trong domg", "trống đồng", "a"),
    ],
)
def test_a_slip_is_corrected_and_said(
    small: SearchIndex, typed: str, corrected: str, first: str
) -> None:
    results = small.search(typed, fields=FIELDS)
    assert (results.corrected, results.hits[0].item_id) == (corrected, first)


@pytest.mark.parametrize("typed", ["trống", "trống rìu", "zzzzz", "77.AO.99", "đ", ""])
def test_what_is_found_or_hopeless_is_not_corrected(small: SearchIndex, typed: str) -> None:
    assert small.search(typed).corrected == ""


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.DATE, ["a", "c", "f", "b", "e", "BT.2", "BT.10", "d", "g"]),
        (Order.NUMBER, ["BT.2", "BT.10", "a", "b", "c", "d", "e", "f", "g"]),
        (Order.NEWEST, ["a", "d", "c", "BT.2", "BT.10", "b", "e", "f", "g"]),
    ],
)
def test_another_order(small: SearchIndex, order: Order, expected: list[str]) -> None:
    assert found(small, "-ngói", order) == expected
    assert found(small, "cày OR trống OR rìu OR ví OR khèn OR sách", order) == expected


def test_choosing_items_corrects_nothing(small: SearchIndex) -> None:
    assert small.item_ids("khnè") == ()
    assert small.item_ids("khèn -xyz", FIELDS) == ("e",)


def test_facets_are_counted_over_all_hits(small: SearchIndex) -> None:
    results = small.search("trống OR khèn OR ví", limit=1, with_facets=True)
    assert results.total == 4
    assert results.facets["material"] == (("Da trâu", 1), ("Gỗ", 1), ("Trúc", 1), ("Đồng", 1))
    assert set(results.facets) == {"material", "ethnic_group"}
    assert small.search("trống").facets == {}


def test_an_ethnic_group_is_found_by_its_other_names(tmp_path: Path) -> None:
    index = SearchIndex.create(tmp_path / "index")
    index.replace_all(document_for(entry.record, PROFILE, "") for entry in judged_records())
    hmong = {j.record.item_id for j in judged_records() if ("group", "Mông") in j.facts}
    assert len(hmong) > 20
    for name in ("Mèo", "Hmong", "H'Mông", "Miao"):
        assert hmong <= set(index.item_ids(f"dân tộc:{name}", FIELDS))


def test_a_date_that_can_be_read_is_found_by_its_years(museum: SearchIndex) -> None:
    assert item_id_for("BTCT-0002") in found(museum, "1945..1954")
    assert item_id_for("BTĐB 1234/Gm-56") in found(museum, "thế kỷ XV")
    assert item_id_for("BTĐB 1234/Gm-56") in found(museum, "1450..1451")


@pytest.mark.parametrize(
    ("text", "is_in_field", "years"),
    [
        ("1945..1954", False, (1945, 1954)),
        ("1954..1945", False, (1945, 1954)),
        ("thế kỷ XV-XVI", False, (1401, 1600)),
        ("Thế kỉ 1 TCN", False, (-99, 0)),
        ("TK.IV", False, (301, 400)),
        ("thế kỷ XXXI", False, None),
        ("thế kỷ XIXa", False, None),
        ("1954", False, None),
        ("1954", True, (1954, 1954)),
        ("1930-1945", True, (1930, 1945)),
        ("1950s", True, (1950, 1959)),
        ("thập niên 1950", True, (1950, 1959)),
        ("sau 1954", True, (1955, 9999)),
    ],
)
def test_dates_in_queries(text: str, is_in_field: bool, years: tuple[int, int] | None) -> None:
    read = years_at(text, 0, is_in_field=is_in_field)
    assert (read and read[0]) == years


def test_found_words_are_marked() -> None:
    query = parse_query('trong "đồng" 84 khè* -gỗ 安')
    pieces = highlighted("Trống đồng (77.AO.84), khèn gỗ 安南", query)
    assert [text for text, is_found in pieces if is_found] == [
        "Trống",
        "đồng",
        "77.AO.84",
        "khèn",
        "安",
    ]
    assert "".join(text for text, _found in pieces) == "Trống đồng (77.AO.84), khèn gỗ 安南"


@given(st.text(max_size=40), st.text(max_size=20))
def test_marking_loses_nothing(text: str, query: str) -> None:
    import unicodedata

    pieces = highlighted(text, parse_query(query))
    assert "".join(piece for piece, _found in pieces) == unicodedata.normalize("NFC", text)


@given(st.text("abcd", min_size=1, max_size=6), st.text("abcd", min_size=1, max_size=6))
def test_one_slip_is_one_edit(word: str, other: str) -> None:
    assert (other in one_slip_away(word, "abcd")) == _is_one_slip(word, other)
    assert (other in one_slip_away(word, "abcd")) == (word in one_slip_away(other, "abcd"))


def _is_one_slip(word: str, other: str) -> bool:
    """Say the same by comparing two words, as the search page does."""
    if word == other or abs(len(word) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(word), len(other)) and word[start] == other[start]:
        start += 1
    if len(word) != len(other):
        longer, shorter = sorted((word, other), key=len, reverse=True)
        return longer[start + 1 :] == shorter[start:]
    if word[start + 1 :] == other[start + 1 :]:
        return True
    is_swapped = word[start : start + 2] == other[start : start + 2][::-1]
    return is_swapped and word[start + 2 :] == other[start + 2 :]
