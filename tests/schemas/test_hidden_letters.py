"""Letters that nobody sees are named, written out, or left out; nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.export.names import safe_name
from archive.site.environment import page_environment
from pipeline.intake.text import tidy_line
from schemas.crosswalks import public_record
from schemas.dublincore import Statement
from schemas.findings import Finding
from schemas.hidden_letters import (
    has_turning,
    hidden_in,
    needless_in,
    turning_shown,
    without_needless,
    without_turning,
)
from schemas.profile import parse_profile, shipped_profile_text
from schemas.records import Record

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(st.text(st.sampled_from("aạ \n\u200b\u200d\u0301" + TURNING)))
def test_only_letters_that_turn_are_left_out(text: str) -> None:
    left = "".join(letter for letter in text if letter not in TURNING)
    assert without_turning(text) == left
    assert has_turning(text) == (left != text)
    assert without_turning(turning_shown(text)) == turning_shown(text)
    for letter in TURNING:
        assert (f"U+{ord(letter):04X}" in hidden_in(text)) == (letter in text)


@pytest.mark.parametrize("text", ["Trống đồng", "Kho\n2", "ລາວ ꪼꪕ", ""])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert without_turning(text) == turning_shown(text) == text
    assert hidden_in(text) == ()


def test_letters_without_width_are_named() -> None:
    assert hidden_in("a\u200bb\u200b\u202e\ufeff") == ("U+202E", "U+200B", "U+FEFF")


@pytest.mark.parametrize(
    "text", ["\U0001f468\u200d\U0001f33e", "क\u094d\u200dष", "ꪀ\u200cꪱ", "א\u200f1"]
)
def test_joiners_and_marks_of_direction_are_needed_in_a_text(text: str) -> None:
    assert needless_in(text) == ()
    assert without_needless(text) == tidy_line(text) == text
    assert hidden_in(text)


@given(st.text(st.sampled_from("aạ\u200b\u200c\u200d\u200e\u2060\ufeff\u00ad" + TURNING)))
def test_what_is_told_as_needless_is_what_an_import_leaves_out(text: str) -> None:
    assert without_needless(text) == tidy_line(text)
    assert bool(needless_in(text)) == (tidy_line(text) != text)
    assert needless_in(tidy_line(text)) == ()


def test_a_message_about_such_a_name_is_not_turned_itself() -> None:
    found = Finding("MATCH-unsafe-name", path="\u202egpj.exe", values={"name": "\u2067x"})
    assert found.where() == "\\u202egpj.exe"
    assert "\\u2067x" in found.message("en")


def test_a_record_from_elsewhere_turns_nothing_round() -> None:
    """A bag may bring one, and older archives may have one."""
    profile = parse_profile(shipped_profile_text("museum"))
    said = (Statement("title", "Vật \u202egnoud"), Statement("type", "\u202e", uri="http://a.b/c"))
    record = Record("BT-1", (*said, Statement("subject", "\u202e")))
    shown = public_record(record, profile)
    assert [entry.value for entry in shown.statements] == ["Vật gnoud", ""]


def test_a_page_writes_them_out_and_keeps_its_markup() -> None:
    import jinja2

    source = "{{ name }}<b>{{ ('<i>' ~ name)|safe }}</b>"
    environment = page_environment(jinja2.DictLoader({"page": source}), "en")
    page = environment.get_template("page").render(name="<\u202ex")
    assert page == "&lt;\\u202ex<b><i><\\u202ex</b>"


def test_a_name_in_a_package_turns_nothing_round() -> None:
    assert safe_name("\u202egpj\u2067.exe") == "_gpj_.exe"
