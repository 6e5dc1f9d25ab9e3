"""Spelling keys: what must be one, what must stay apart."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vietnamese import bare_form, exact_form, normal_text

VIETNAMESE = (
    "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵbcdđghklmnpqrstvx"
)
words = st.text(min_size=1, max_size=12) | st.text(VIETNAMESE, min_size=1, max_size=7)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hòa", "hoà"),
        ("Thủy", "thuỷ"),
        ("khỏe", "khoẻ"),
        ("ủy", "uỷ"),
        ("lọai", "loại"),
        ("qúa", "quá"),
        ("gía", "giá"),
        ("kỹ", "kĩ"),
        ("quý", "quí"),
        ("qùy", "quì"),
        ("LÝ", "lí"),
        ("tỷ", "tỉ"),
        ("Ŏ", "ŏ"),
        ("Hʼmông", "h’mông"),
    ],
)
def test_two_spellings_of_one_word_have_one_exact_form(one: str, other: str) -> None:
    assert exact_form(one) == exact_form(other)


@pytest.mark.parametrize(
    "word",
    [
        "huỳnh",
        "quỳnh",
        "gì",
        "giá",
        "gìn",
        "giữ",
        "của",
        "mía",
        "chùa",
        "thuở",
        "huế",
        "người",
        "khuya",
        "khuỷu",
        "ngoèo",
        "loại",
        "toàn",
        "quyển",
        "yến",
        "giếng",
        "tay",
        "thúi",
        "café",
    ],
)
def test_a_rightly_written_word_stays_as_it_is(word: str) -> None:
    assert exact_form(word) == word


@pytest.mark.parametrize(
    ("one", "other"), [("tay", "tai"), ("thúy", "thúi"), ("đá", "dá"), ("gỗ", "gổ"), ("má", "mà")]
)
def test_different_words_keep_different_exact_forms(one: str, other: str) -> None:
    assert exact_form(one) != exact_form(other)


@pytest.mark.parametrize(
    ("word", "bare"),
    [
        ("Điện", "dien"),
        ("Ðiện", "dien"),
        ("đường", "duong"),
        ("kỹ", "ki"),
        ("quý", "qui"),
        ("Œuvre", "oeuvre"),
        ("Ærø", "aero"),
        ("Łódź", "lodz"),
        ("straße", "strasse"),
        ("ıssız", "issiz"),
        ("Ƀhơ", "bho"),
        ("façade", "facade"),
        ("ꪹꪭꪷꪚ꪿", "ꪹꪭꪷꪚ"),
        ("ເມືອງ", "ເມືອງ"),
    ],
)
def test_the_bare_form_is_what_is_typed_without_marks(word: str, bare: str) -> None:
    assert bare_form(word) == bare


@given(words)
def test_forms_of_forms_are_the_forms(word: str) -> None:
    assert normal_text(normal_text(word)) == normal_text(word)
    assert exact_form(exact_form(word)) == exact_form(word)
    assert bare_form(bare_form(word)) == bare_form(word)


@given(words)
def test_nfc_and_nfd_have_the_same_forms(word: str) -> None:
    composed, apart = (unicodedata.normalize(form, word) for form in ("NFC", "NFD"))
    assert exact_form(composed) == exact_form(apart) == exact_form(word)
    assert bare_form(composed) == bare_form(apart) == bare_form(word)


@given(words)
def test_words_with_one_exact_form_have_one_bare_form(word: str) -> None:
    assert bare_form(exact_form(word)) == bare_form(word)
