"""What file names say."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake.naming import (
    label_of,
    name_key,
    natural_key,
    number_tokens,
    parse_suffix,
)
from pipeline.intake.numbers import Numbers
from pipeline.intake.rows import split_values
from schemas.messages import speaking
from schemas.views import label_text

NUMBERS = ["77.AO.81", "77.AO.81.2", "12", "LC-FSA/lange", "LC-FSA/lange-mother", "BTĐB 5"]
TOKENS = {number_tokens(number): number for number in NUMBERS}


def match(stem: str) -> tuple[str, str] | None:
    found = Numbers(NUMBERS).find(stem)
    return (TOKENS[found.tokens], found.label) if found else None


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("77.AO.81", ("77.AO.81", "")),
        ("77-ao-81_01", ("77.AO.81", "")),
        ("77_AO_81-2", ("77.AO.81", "")),
        ("77_AO_81_2", ("77.AO.81.2", "")),
        ("77.AO.81_2", ("77.AO.81", "")),
        ("77.AO.81 (2)", ("77.AO.81", "")),
        ("77.AO.81(3)", ("77.AO.81", "")),
        ("77.AO.81.2_verso", ("77.AO.81.2", "verso")),
        ("77.AO.81.3", None),
        ("77.AO.810", None),
        ("12", ("12", "")),
        ("12_p003", ("12", "page 3")),
        ("12_tr05", ("12", "page 5")),
        ("12 trang 5", ("12", "page 5")),
        ("12_p.4v", ("12", "page 4, verso")),
        ("12_03r", ("12", "recto")),
        ("12_a", ("12", "")),
        ("12_front", ("12", "front")),
        ("12_mặt trước", ("12", "front")),
        ("12-mat_sau", ("12", "back")),
        ("12_sau", ("12", "back")),
        ("12_chitiet_2", ("12", "detail")),
        ("12_chi tiết", ("12", "detail")),
        ("12_master", ("12", "")),
        ("123_01", None),
        ("12x", None),
        ("12_by_the_river", None),
        ("0012", None),
        ("x12", None),
        ("lc-fsa_lange_02", ("LC-FSA/lange", "")),
        ("LC-FSA_lange-mother_back", ("LC-FSA/lange-mother", "back")),
        ("LC-FSA_lange-father", None),
        ("lc/fsa_lange", ("LC-FSA/lange", "")),
        ("btđb-5_2", ("BTĐB 5", "")),
        ("btdb-5_2", None),
        ("", None),
    ],
)
def test_a_name_is_its_number_and_a_view(stem, expected):
    assert match(stem) == expected
    assert match(unicodedata.normalize("NFD", stem)) == expected


NUMBER = st.lists(st.from_regex(r"[0-9A-Za-zĐđ]{1,4}", fullmatch=True), min_size=1, max_size=4).map(
    ".".join
)


@given(st.lists(NUMBER, min_size=1, max_size=8), st.data())
def test_a_file_named_by_a_number_is_never_taken_by_a_shorter_one(numbers, data):
    number = data.draw(st.sampled_from(numbers))
    separator = data.draw(st.sampled_from("._- "))
    suffix = data.draw(st.sampled_from(["", "_recto", "_p007", " (back)", "-matsau"]))
    found = Numbers(numbers).find(number.replace(".", separator) + suffix)
    assert found is not None
    assert found.tokens == number_tokens(number)


@given(NUMBER, st.text(max_size=12))
def test_what_follows_a_number_is_its_view_or_no_match(number, rest):
    found = Numbers([number]).find(number + rest)
    key = name_key(number + rest)
    if found and key.startswith(name_key(number)) and number_tokens(number + rest) != found.tokens:
        remainder = key[len(name_key(number)) :]
        assert parse_suffix(remainder) == found.label
        assert not remainder[0].isalnum()


@given(st.text())
def test_any_name_has_a_key_a_label_and_tokens(text):
    natural_key(text)
    label_of(text)
    assert number_tokens(name_key(text)) == number_tokens(text)


def test_names_are_sorted_as_people_do():
    names = ["b/2.jpg", "b/10.jpg", "a_back.jpg", "a_10.jpg", "a_front.jpg", "a_9.jpg", "a.jpg"]
    assert sorted(names, key=natural_key) == [
        "a.jpg",
        "a_front.jpg",
        "a_9.jpg",
        "a_10.jpg",
        "a_back.jpg",
        "b/2.jpg",
        "b/10.jpg",
    ]
    leaves = ["x_01_verso.tif", "x_01_recto.tif", "x_02_recto.tif", "x_bia.tif"]
    assert sorted(leaves, key=natural_key) == [
        "x_bia.tif",
        "x_01_recto.tif",
        "x_01_verso.tif",
        "x_02_recto.tif",
    ]


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.text("ab-_ ", max_size=4))
def test_numbers_in_names_are_ordered_by_value(first, second, start):
    in_order = natural_key(f"{start}{first}.jpg") <= natural_key(f"{start}{second}.jpg")
    assert in_order == (first <= second)


@given(st.lists(st.text(max_size=8)))
def test_natural_order_does_not_depend_on_the_order_before(names):
    def key(name):
        return (natural_key(name), name)

    backwards = list(reversed(names))
    assert sorted(names, key=key) == sorted(backwards, key=key)


@pytest.mark.parametrize(
    ("stem", "label"),
    [
        ("lange_back", "back"),
        ("vase_detail_2", "detail"),
        ("book_p012_verso", "page 12, verso"),
        ("p003", "page 3"),
        ("00", ""),
        ("portrait_r", ""),
        ("feedback", ""),
    ],
)
def test_any_name_may_end_in_what_it_shows(stem, label):
    assert label_of(stem) == label


@given(
    st.lists(st.text(st.characters(exclude_characters=";\r\n"))),
    st.sampled_from([";", "\n", " ; "]),
)
def test_values_split_where_they_were_joined(values, separator):
    joined = separator.join(values)
    assert split_values(joined) == [v for value in values for v in split_values(value)]
    assert all(value == value.strip() and value for value in split_values(joined))


def test_a_label_is_said_and_a_museums_own_words_stay():
    with speaking("en"):
        assert label_text("page 3, verso") == "page 3, verso"
        assert label_text("phía bắc") == "phía bắc"
        assert label_text("") == ""
