"""What stands after a text as written, for readers: only what adds something."""

from __future__ import annotations

import pytest

from schemas.dates import parse_date
from schemas.dublincore import Statement
from schemas.meanings import meaning_of


def said(text: str, lang: str = "vi") -> str:
    value = parse_date(text)
    assert value is not None
    return meaning_of(Statement("created", text, normal=(("edtf", value.edtf),)), lang)


@pytest.mark.parametrize("text", ["1954", "600–550 TCN", "năm 1954", "1945-1954"])
def test_a_date_is_not_said_twice(text: str) -> None:
    assert said(text) == ""


@pytest.mark.parametrize(
    ("text", "year"), [("thời Trần", "1225"), ("Minh Mạng năm thứ 10", "1829"), ("nhà Mạc", "1527")]
)
def test_a_date_in_words_is_said_in_numbers(text: str, year: str) -> None:
    assert year in said(text)
    assert year in said(text, "en")
