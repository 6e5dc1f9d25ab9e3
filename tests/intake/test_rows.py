"""Cells read as statements, and rows checked and merged."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from schemas.access import access_text, parse_access_terms
from schemas.dublincore import Statement
from schemas.profile import Obligation, Profile
from schemas.records import Access


def read_one(museum, headings: tuple[str, ...], cells: tuple[str, ...]):
    museum.csv(("identifier", "title", *headings), ("1", "One", *cells))
    (item,) = museum.read().items
    return item


def statements_of(item, field: str) -> list[tuple[str, str, str]]:
    return [(s.value, s.lang, s.written_uri) for s in item.record.statements if s.field == field]


def test_text_is_tidied_into_nfc_on_one_line(museum):
    nfd = unicodedata.normalize("NFD", "  Trống\u00a0\u200b đồng \r\n Đông Sơn\x07 ")
    item = read_one(museum, ("Tên gọi khác",), (nfd.replace("\r\n", " "),))
    assert statements_of(item, "other_title") == [("Trống đồng Đông Sơn", "vi", "")]


def test_a_description_keeps_its_lines_and_other_fields_do_not(museum):
    item = read_one(
        museum, ("Mô tả", "Ghi chú", "Trọng lượng"), ("a \r\n\r\n\r\n\r\n b", "x\ny", "5\nkg")
    )
    assert statements_of(item, "description") == [("a\n\nb", "", "")]
    assert statements_of(item, "note") == [("x\ny", "", "")]
    assert statements_of(item, "weight") == [("5 kg", "", "")]


def test_a_repeatable_cell_splits_and_a_single_one_does_not(museum):
    item = read_one(museum, ("Chất liệu", "Date"), ("Amber; gold;;\nbone", "1954; spring"))
    assert [value for value, _, _ in statements_of(item, "material")] == ["Amber", "gold", "bone"]
    assert statements_of(item, "date") == [("1954; spring", "", "")]


def test_columns_of_one_repeatable_field_are_all_read(museum):
    item = read_one(museum, ("Chất liệu", "Vật liệu"), ("Amber", "gold"))
    assert [value for value, _, _ in statements_of(item, "material")] == ["Amber", "gold"]
    assert "COLUMN-duplicate" not in museum.codes(museum.read().findings)


def test_an_address_becomes_a_uri(museum):
    address = "https://creativecommons.org/licenses/by/4.0/"
    item = read_one(museum, ("rights_uri", "Quyền"), (address, f"See {address}"))
    assert statements_of(item, "rights_uri") == [("", "", address)]
    assert statements_of(item, "rights") == [(f"See {address}", "", "")]
    item = read_one(museum, ("source_url",), ("javascript:alert(1)",))
    assert statements_of(item, "source_url") == [("javascript:alert(1)", "", "")]


def test_language_comes_from_the_heading_or_from_obvious_text(museum):
    museum.csv(
        ("identifier", "Tên gọi", "Tên gọi (Anh)", "title@fr", "Chất liệu"),
        ("1", "Trống đồng", "Điện Biên drum", "Tambour", "Amber"),
    )
    (item,) = museum.read().items
    assert statements_of(item, "title") == [
        ("Trống đồng", "vi", ""),
        ("Điện Biên drum", "en", ""),
        ("Tambour", "fr", ""),
    ]
    assert statements_of(item, "material") == [("Amber", "", "")]


def test_a_field_without_language_is_never_tagged_by_its_letters(museum):
    item = read_one(museum, ("Tác giả",), ("Nguyễn Văn Đức",))
    assert statements_of(item, "creator") == [("Nguyễn Văn Đức", "", "")]


def test_the_unit_of_a_heading_goes_to_bare_numbers(museum):
    item = read_one(museum, ("Kích thước (cm)",), ("12 x 5; cao 3 m",))
    assert [v for v, _, _ in statements_of(item, "dimensions")] == ["12 x 5 cm", "cao 3 m"]


def test_unknown_columns_are_kept_and_row_counters_are_not(museum):
    museum.csv(("STT", "identifier", "title", "Giá", ""), ("7", "1", "One", "5\ntriệu", "stray"))
    delivery = museum.read()
    assert delivery.items[0].record.extra == (("Giá", "5\ntriệu"), ("E", "stray"))
    unknown = [(f.row, f.column) for f in delivery.findings if f.code == "COLUMN-unknown"]
    assert unknown == [(1, "Giá"), (2, "E")]


def test_of_two_single_columns_the_plainer_name_is_read(museum):
    museum.csv(("ID", "Số kiểm kê", "title", "Tên"), ("1", "KK.1", "One", "Other"))
    delivery = museum.read()
    (item,) = delivery.items
    assert item.record.identifier == "KK.1"
    assert statements_of(item, "title") == [("One", "", "")]
    assert item.record.extra == (("ID", "1"), ("Tên", "Other"))
    duplicates = [f.values for f in delivery.findings if f.code == "COLUMN-duplicate"]
    assert {"column": "ID", "other": "Số kiểm kê"} in duplicates


@pytest.mark.parametrize(
    ("heading", "cell", "access", "until"),
    [
        ("Cấm vận đến", "31/12/2090", Access.PUBLIC, "2090-12-31"),
        ("Embargo until", "2090-12-31", Access.PUBLIC, "2090-12-31"),
        ("Embargo (date)", "2090", Access.PUBLIC, "2090-12-31"),
        ("Không công bố đến", "6/2090", Access.PUBLIC, "2090-06-30"),
        ("Hạn chế đến", "không", Access.PUBLIC, ""),
        ("Cấm vận", "", Access.PUBLIC, ""),
        ("Cấm vận", "10 năm", Access.STAFF, ""),
    ],
)
def test_an_embargo_counts_also_where_the_profile_has_no_column_for_it(
    museum, heading, cell, access, until
):
    item = read_one(museum, ("Mức truy cập", heading), ("công khai", cell))
    assert (item.record.access, item.record.embargo_until) == (access, until)
    assert {"COLUMN-embargo"} == museum.codes(museum.read().findings) & {
        "COLUMN-embargo",
        "COLUMN-unknown",
    }
    assert ("VALUE-bad-embargo" in museum.codes(item.findings)) is (cell == "10 năm")


@pytest.mark.parametrize("levels", [("công khai", "nội bộ"), ("nội bộ", "công khai")])
def test_of_two_columns_of_access_the_stricter_counts(museum, levels):
    item = read_one(museum, ("Mức truy cập", "Phạm vi công bố"), levels)
    assert item.record.access is Access.STAFF


@pytest.mark.parametrize(
    ("word", "access"),
    [
        ("Công khai", Access.PUBLIC),
        ("PUBLIC", Access.PUBLIC),
        ("hạn chế", Access.RESTRICTED),
        ("Restricted", Access.RESTRICTED),
        ("Nội bộ", Access.STAFF),
        ("staff", Access.STAFF),
        ("mật", None),
        ("", None),
    ],
)
def test_access_levels_are_words_in_both_languages(word, access):
    terms = parse_access_terms(word)
    assert (terms.access if terms else None) is access


def test_a_row_without_an_access_word_is_public_and_with_a_wrong_one_never(museum):
    assert read_one(museum, ("access",), ("",)).record.access is Access.PUBLIC
    item = read_one(museum, ("access",), ("mật",))
    assert item.record.access is Access.STAFF
    assert item.is_set_aside


def test_statements_stand_in_the_order_of_the_profile(museum):
    item = read_one(museum, ("description", "material", "date"), ("d", "m", "1900"))
    assert [s.field for s in item.record.statements] == ["title", "date", "material", "description"]
    assert item.record.statements[0] == Statement("title", "One", field="title")


def test_an_archive_with_its_own_rights_does_not_ask_each_row(museum):
    museum.csv(("identifier", "title", "rights"), ("1", "One", ""))
    asked = [f.column for f in museum.read().items[0].findings if f.code == "ROW-missing-value"]
    assert asked == ["rights"]
    museum.settings = replace(museum.settings, rights="© Bảo tàng")
    assert "ROW-missing-value" not in museum.codes(museum.read().items[0].findings)


def test_a_field_the_museum_requires_is_required(museum):
    museum.profile = Profile(
        tuple(
            replace(f, obligation=Obligation.REQUIRED) if f.name == "place" else f
            for f in museum.profile
        )
    )
    museum.csv(("identifier", "title", "place"), ("1", "One", ""), ("2", "Two", "here"))
    first, second = museum.read().items
    (finding,) = [f for f in first.findings if f.code == "ROW-no-value"]
    assert (finding.row, finding.column, first.is_set_aside) == (2, "place", True)
    assert not second.is_set_aside


def test_a_title_in_any_language_is_a_title(museum):
    museum.csv(("identifier", "title@vi", "title@en"), ("1", "", "One"), ("2", "", ""))
    first, second = museum.read().items
    assert not first.is_set_aside
    assert "ROW-no-title" in museum.codes(second.findings)


def test_a_second_sheet_adds_its_language_to_the_same_items(museum):
    museum.xlsx(
        {
            "catalogue": [
                ("identifier", "title", "material", "files", "access"),
                ("A.1", "Drum", "Bronze", "a.jpg", "public"),
                ("A.2", "Scarf", "", "", ""),
            ],
            "Sổ hiện vật": [
                ("Số đăng ký", "Tên gọi", "Chất liệu", "Giá", "Mức truy cập"),
                ("a-1", "Trống đồng", "Đồng", "5", "nội bộ"),
                ("A.2", "Khăn piêu", "Vải lanh", "", ""),
                ("A.3", "Gùi mây", "", "", ""),
            ],
        }
    )
    museum.scans("a.jpg")
    delivery = museum.read()
    items = {item.record.identifier: item for item in delivery.items}
    assert list(items) == ["A.1", "A.2", "A.3"]
    assert statements_of(items["A.1"], "title") == [("Drum", "", ""), ("Trống đồng", "vi", "")]
    assert statements_of(items["A.1"], "material") == [("Bronze", "", ""), ("Đồng", "vi", "")]
    assert items["A.1"].record.access is Access.STAFF
    assert items["A.1"].record.extra == (("Giá", "5"),)
    assert (items["A.1"].sheet, items["A.1"].row) == ("catalogue", 2)
    assert (items["A.3"].sheet, items["A.3"].row) == ("Sổ hiện vật", 4)
    (merged,) = [f for f in delivery.findings if f.code == "SHEET-merged"]
    assert (merged.sheet, merged.values["count"]) == ("Sổ hiện vật", 2)
    assert not any(item.is_set_aside for item in delivery.items)


def test_where_two_sheets_disagree_the_earlier_is_believed(museum):
    museum.xlsx(
        {
            "a": [("identifier", "title", "date"), ("1", "Drum", "1900"), ("2", "Scarf", "")],
            "b": [("identifier", "title", "date"), ("1", "Big drum", "1900"), ("2", "Scarf", "x")],
        }
    )
    first, second = museum.read().items
    assert statements_of(first, "title") == [("Drum", "", "")]
    (finding,) = [f for f in first.findings if f.code == "ROW-sheets-differ"]
    assert (finding.values["sheet"], finding.values["row"]) == ("b", 2)
    assert statements_of(second, "date") == [("x", "", "")]
    assert "ROW-sheets-differ" not in museum.codes(second.findings)


@pytest.mark.parametrize(
    ("first", "later", "counting"),
    [
        ("công khai", "nội bộ", "staff"),
        ("nội bộ", "công khai", "staff"),
        ("hạn chế", "nội bộ đến 2030", "staff, embargo until 2030-12-31"),
        ("công khai", "công khai từ 2031", "embargo until 2030-12-31"),
    ],
)
def test_where_two_sheets_give_other_access_the_stricter_counts_and_is_told(
    museum, first, later, counting
):
    head = ("identifier", "title", "access")
    museum.xlsx({"a": [head, ("1", "Trống", first)], "b": [head, ("1", "Trống", later)]})
    (item,) = museum.read().items
    (finding,) = [f for f in item.findings if f.code == "ROW-access-differs"]
    assert (finding.column, finding.values["sheet"], finding.values["row"]) == ("access", "b", 2)
    assert finding.values["counting"] == counting
    assert access_text(item.record.access, item.record.embargo_until) == counting


@pytest.mark.parametrize(("first", "later"), [("nội bộ", ""), ("", "nội bộ"), ("staff", "nội bộ")])
def test_where_one_sheet_gives_access_nothing_is_told(museum, first, later):
    head = ("identifier", "title", "access")
    museum.xlsx({"a": [head, ("1", "Trống", first)], "b": [head, ("1", "Trống", later)]})
    (item,) = museum.read().items
    assert "ROW-access-differs" not in museum.codes(item.findings)
    assert item.record.access.value == "staff"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("cấm vận đến 31/11/2030", "VALUE-bad-embargo"),
        ("nội bộ đến 31/02/2030", "VALUE-bad-embargo"),
        ("nội bộ từ 2020", "VALUE-bad-embargo"),
        ("mật", "ROW-bad-access"),
        ("10 năm", "ROW-bad-access"),
    ],
)
def test_an_embargo_without_a_day_that_exists_is_told_as_one(museum, written, code):
    museum.xlsx({"a": [("identifier", "title", "access"), ("1", "Trống", written)]})
    (item,) = museum.read().items
    assert code in museum.codes(item.findings)
    assert item.is_set_aside


def test_a_number_on_an_unrelated_sheet_is_a_duplicate(museum):
    head = ("identifier", "title")
    museum.xlsx(
        {
            "gốm": [head, ("1", "Bình"), ("2", "Đĩa")],
            "vải": [head, ("2", "Khăn"), ("3", "Váy"), ("4", "Áo")],
        }
    )
    aside = [(i.sheet, i.row) for i in museum.read().items if i.is_set_aside]
    assert aside == [("gốm", 3), ("vải", 2)]
