"""What people type becomes words; too much of it is cut."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import LONGEST_QUERY, MOST_WORDS, parse_query
from search.scoring import BARE_WEIGHTS, EXACT_WEIGHTS, MARKED_WEIGHTS, rarity


@given(st.text(max_size=400))
def test_a_query_is_the_same_in_nfc_and_nfd(text: str) -> None:
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert parse_query(composed) == parse_query(apart) == parse_query(text)


def test_a_word_typed_twice_is_looked_for_once() -> None:
    assert parse_query("hòa Hoà HOÀ") == parse_query("hoà")


def test_long_queries_are_cut() -> None:
    many = " ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(100))
    assert len(parse_query(many).words) == MOST_WORDS
    assert parse_query("áo " + " " * LONGEST_QUERY + "chàm") == parse_query("áo")


@pytest.mark.parametrize(("text", "is_marked"), [("đá", True), ("da", False), ("kỹ", True)])
def test_a_query_knows_whether_marks_were_typed(text: str, is_marked: bool) -> None:
    assert parse_query(text).is_marked is is_marked


def test_with_marks_any_exact_match_outweighs_any_bare_one() -> None:
    assert min(MARKED_WEIGHTS) > max(BARE_WEIGHTS)


def test_without_marks_exactness_never_outweighs_a_level() -> None:
    for better, worse in zip(BARE_WEIGHTS, EXACT_WEIGHTS[1:], strict=False):
        assert better > worse


def test_a_rarer_word_counts_more() -> None:
    assert [rarity(1000, n) for n in (1000, 501, 500, 100, 1)] == [1, 1, 2, 4, 10]
