"""The order of Vietnamese lists."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.collation import (
    ALPHABET,
    OTHER,
    first_letter,
    letter_name,
    letter_order,
    sort_key,
)

# Each list is in its right order.
ORDERED = [
    ["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "g", "h", "i", "o", "ô", "ơ", "u", "ư", "y"],
    ["ma", "mà", "mả", "mã", "má", "mạ", "măng", "mâm", "me"],
    ["Ba Na", "Bà Rịa", "Bản Mển", "Băng", "Bến", "Bồ Y"],
    ["Cao Lan", "Cống", "Cờ Lao", "Cơ Tu"],
    ["Dao", "Đá", "Đan Lai", "Điện Biên", "Đồng", "E"],
    ["ba lá", "bàn", "bán", "bạn", "ban công"],
    ["10 năm", "2", "Áo", "Zụ", "ꪼꪕ"],
]


@pytest.mark.parametrize("words", ORDERED)
def test_a_shuffled_list_is_put_in_order_again(words):
    shuffled = words.copy()
    random.Random(7).shuffle(shuffled)
    shuffled = [unicodedata.normalize("NFD", word) for word in shuffled]
    found = [unicodedata.normalize("NFC", word) for word in sorted(shuffled, key=sort_key)]
    expected = [unicodedata.normalize("NFC", word) for word in words]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("ấm", "Â"),
        ("Đồng", "Đ"),
        ("đồng", "Đ"),
        ("‘Sách về ngựa’", "S"),
        ("Ứng", "Ư"),
        ("éclair", "E"),
        ("ꪼꪕ", OTHER),
        ("1954", OTHER),
        ("…", OTHER),
        ("", OTHER),
    ],
)
def test_a_text_is_filed_under_its_letter(text, letter):
    assert first_letter(text) == letter


def test_letters_have_names_of_their_own_in_addresses():
    headings = [*ALPHABET.upper(), OTHER]
    names = [letter_name(heading) for heading in headings]
    assert len(set(names)) == len(names)
    assert all(name.isascii() and name.islower() for name in names)
    assert sorted(headings, key=letter_order) == headings


@given(st.text())
def test_every_text_has_a_key_and_a_letter(text):
    assert sort_key(text) <= sort_key(text)
    assert letter_order(first_letter(text)) <= len(ALPHABET)
