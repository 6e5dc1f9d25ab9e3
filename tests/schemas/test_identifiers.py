"""Inventory numbers become safe names that stay apart."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identifiers import item_id_for, shard_of

numbers = st.text(min_size=1, max_size=80).filter(lambda text: text.strip())


@pytest.mark.parametrize(
    ("number", "item_id"),
    [("77.AO.84", "77-ao-84"), ("LC_1", "lc-1"), ("bt-001", "bt-001")],
)
def test_plain_numbers_keep_their_shape(number: str, item_id: str) -> None:
    assert item_id_for(number) == item_id


def test_letters_that_differ_in_marks_stay_apart() -> None:
    assert item_id_for("12/Đ.3") != item_id_for("12/D.3")


def test_names_windows_keeps_for_devices_are_avoided() -> None:
    assert item_id_for("CON") != "con"
    assert item_id_for("com1.jpg") != "com1-jpg"


def test_a_blank_number_is_a_defect() -> None:
    with pytest.raises(ValueError, match="blank"):
        item_id_for("  ")


@given(numbers)
def test_every_id_is_a_safe_name(number: str) -> None:
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,56})", item_id_for(number))
    assert re.fullmatch(r"[0-9a-f]{3}", shard_of(item_id_for(number)))


@given(numbers, numbers)
def test_only_case_and_separators_may_coincide(one: str, other: str) -> None:
    if item_id_for(one) == item_id_for(other):
        plain = [re.sub(r"[._-]", "-", text.strip().lower()) for text in (one, other)]
        assert plain[0] == plain[1]
