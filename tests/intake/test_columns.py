"""Column headings recognised against the application profile."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake.columns import Headings, column_letter, find_header
from pipeline.intake.table import Row
from pipeline.intake.text import fold, is_vietnamese, tidy_line, tidy_lines
from schemas.profile import parse_profile, shipped_profile_text

PROFILE = parse_profile(shipped_profile_text("museum"))
HEADINGS = Headings(PROFILE)
EVERY_HEADING = [
    (name, field.name)
    for field in PROFILE
    for name in (field.name, *field.labels.values(), *field.headings)
]


def meaning(heading: str) -> tuple[str, str] | None:
    found = HEADINGS.recognise(heading)
    return (found.field.name, found.lang) if found else None


def test_no_heading_of_the_shipped_profile_belongs_to_two_fields():
    owners = Counter(folded for folded, _field in {(fold(n), f) for n, f in EVERY_HEADING})
    assert [folded for folded, count in owners.items() if count > 1] == []


@pytest.mark.parametrize(("heading", "field"), EVERY_HEADING)
def test_every_heading_of_the_shipped_profile_is_recognised(heading, field):
    assert meaning(heading) == (field, "")


@given(st.sampled_from(EVERY_HEADING), st.sampled_from(["NFC", "NFD"]), st.sampled_from("_-. *:"))
def test_case_form_marks_and_punctuation_of_a_heading_do_not_matter(entry, form, mark):
    heading, field = entry
    written = unicodedata.normalize(form, heading.upper()).replace(" ", mark)
    assert meaning(f" {written}{mark}") == (field, "")
    assert meaning(fold(heading)) == (field, "")


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)
    assert tidy_line(tidy_line(text)) == tidy_line(text)
    assert tidy_lines(tidy_lines(text)) == tidy_lines(text)
    assert unicodedata.is_normalized("NFC", tidy_line(text))


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("title@vi", ("title", "vi")),
        ("title@zh-hant-tw", ("title", "zh-Hant-TW")),
        ("Tên gọi (Anh)", ("title", "en")),
        ("Tên gọi (tiếng Anh)", ("title", "en")),
        ("TÊN GỌI [TIẾNG VIỆT]", ("title", "vi")),
        ("Tên gọi tiếng Anh", ("title", "en")),
        ("Title (en)", ("title", "en")),
        ("Title (Vietnamese)", ("title", "vi")),
        ("title_en", ("title", "en")),
        ("Title - English", ("title", "en")),
        ("Tên gọi (Thái)", ("title", "blt")),
        ("Tên gọi (Hán Nôm)", ("title", "vi-Hani")),
        ("Tên gọi (*)", ("title", "")),
        ("Kích thước (cm)", ("dimensions", "")),
        ("Ảnh 2", ("files", "")),
        ("dimensions_mm@", None),
        ("title@not a tag", None),
        ("identifier@vi", None),
        ("Văn hóa Chăm", None),
        ("Title 2", None),
        ("Giá bảo hiểm", None),
        ("", None),
    ],
)
def test_a_heading_may_name_its_language(heading, expected):
    assert meaning(heading) == expected


@given(st.text(max_size=40))
def test_any_heading_is_recognised_or_not_but_never_fails(heading):
    HEADINGS.recognise(heading)


def header_of(*rows: tuple[str, ...]) -> tuple[int | None, list[int]]:
    header, rest = find_header(
        iter([Row(number, cells) for number, cells in enumerate(rows, start=1)]), HEADINGS
    )
    return (header.row if header else None), [row.number for row in rest]


def test_title_rows_above_the_header_are_skipped():
    rows = (
        ("BẢO TÀNG TỈNH ĐIỆN BIÊN",),
        (),
        ("Danh mục 2024", ""),
        ("STT", "Mã số", "Tên"),
        ("1",),
    )
    assert header_of(*rows) == (4, [5])


def test_two_known_columns_make_a_header_one_does_not():
    assert header_of(("Chất liệu", "Niên đại"), ("a", "b")) == (1, [2])
    assert header_of(("Chất liệu", "Giá"), ("a", "b")) == (None, [1, 2])


def test_a_header_below_the_twentieth_row_is_not_looked_for():
    rows = [("x",)] * 19
    assert header_of(*rows, ("identifier",), ("1",))[0] == 20
    assert header_of(*rows, ("x",), ("identifier",), ("1",))[0] is None


def test_a_row_that_numbers_the_columns_is_passed_over():
    assert header_of(("Mã số", "Tên", "Năm"), ("(1)", "(2)", "(3)"), ("a",)) == (1, [3])
    assert header_of(("Mã số", "Tên", "Năm"), ("1", "2", "4"), ("a",)) == (1, [2, 3])


def test_letters_of_columns_are_those_of_the_spreadsheet():
    assert [column_letter(i) for i in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize("text", ["Trống đồng", "Áo the", "Khăn piêu", "GỐM", "Điện Biên"])
def test_obvious_vietnamese_is_recognised(text):
    assert is_vietnamese(text) == (text != "Áo the")
    assert is_vietnamese(unicodedata.normalize("NFD", text)) == is_vietnamese(text)


@pytest.mark.parametrize("text", ["Café à Paris", "View of Điện Biên Phủ", "Amber", "Åsa", ""])
def test_other_text_is_not_taken_for_vietnamese(text):
    assert not is_vietnamese(text)
