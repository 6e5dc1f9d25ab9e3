"""Tai Viet as people type it in Latin letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.tai_viet import latin_spellings
from schemas.vietnamese import bare_form

TAI_VIET = st.text(
    st.characters(min_codepoint=0xAA80, max_codepoint=0xAADF, categories=("Lo", "Mn")), max_size=20
)


def spelled(text: str) -> list[str]:
    """Return the two spellings of a text, the Unicode and the Vietnamese one."""
    found = [spellings for _syllable, spellings in latin_spellings(bare_form(text))]
    return [" ".join(spellings[place % len(spellings)] for spellings in found) for place in (0, 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ꪎꪳ", ["sue", "xu"]),
        ("ꪼꪕ", ["tay", "tay"]),
        ("ꪼꪕꪒꪾ", ["tay dam", "tay dam"]),
        ("ꪁꪫꪱꪣ", ["kwam", "quam"]),
        ("ꪹꪣꪉ", ["mueang", "muong"]),
        ("ꪹꪕꪸꪉ", ["teng", "teng"]),
        ("ꪜꪱꪫ", ["paw", "pao"]),
        ("ꪭ꫁ꪮꪉ", ["hong", "hong"]),
        ("ꪮꪮꪀ", ["ok", "oc"]),
        ("ꪀꪾꪚ", ["kap", "cap"]),
        ("ꪀꪲ", ["ki", "ki"]),
        ("ꪕꪮꪥ", ["toy", "toi"]),
        ("ꪔꪰꪒ", ["tat", "tat"]),
        ("ꫛ", ["kon", "con"]),
    ],
)
def test_syllables_have_the_spellings_people_type(text: str, expected: list[str]) -> None:
    assert spelled(text) == expected


@given(TAI_VIET)
def test_spellings_are_bare_words_of_latin_letters(text: str) -> None:
    for syllable, spellings in latin_spellings(bare_form(text)):
        assert syllable in bare_form(text)
        for spelling in spellings:
            assert spelling.isascii()
            assert spelling.isalpha()
            assert bare_form(spelling) == spelling


@pytest.mark.parametrize("text", ["", "thái", "ສິລາ", "ꪀꪀꪀ", "ꪱ"])
def test_what_is_no_syllable_has_none(text: str) -> None:
    assert latin_spellings(text) == ()
