"""Words of texts: scripts stay whole, numbers come apart and together."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import LONGEST_PART, MOST_PARTS, iter_words

SOME_TEXT = st.text(max_size=60) | st.text(
    "aáạđyuioHK12 .-/'’ꪹꪭꪷ꪿ສິ志𡨸\u0301\u0323\u200d", max_size=40
)


def parts(text: str) -> list[list[str]]:
    return [[token.exact for token in word.parts] for word in iter_words(text)]


def wholes(text: str) -> list[str]:
    return [word.whole.exact for word in iter_words(text) if word.whole is not None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trống đồng, Đông Sơn!", [["trống"], ["đồng"], ["đông"], ["sơn"]]),
        ("ꪁꪫꪱꪣ ꪹꪕꪸꪉ", [["ꪁ", "ꪫꪱ", "ꪣ"], ["ꪹꪕꪸ", "ꪉ"]]),
        ("ສິລາຈາຶກ ເມືອງ", [["ສິ", "ລາ", "ຈາຶ", "ກ"], ["ເມື", "ອ", "ງ"]]),
        ("ꨌꩌ ꨕꨟꨭꩀ", [["ꨌꩌ"], ["ꨕ", "ꨟꨭꩀ"]]),
        ("安南志略", [["安"], ["南"], ["志"], ["略"]]),
        ("chữ 𡨸喃", [["chữ"], ["𡨸"], ["喃"]]),
        ("chữ 𡨸", [["chữ"], ["𡨸"]]),
        ("Điện-Biên", [["điện", "biên"]]),
        ("áo\u200bchàm soft\u00adhyphen", [["áo"], ["chàm"], ["softhyphen"]]),
        ("a.-b", [["a"], ["b"]]),
        ("\u0301", []),
    ],
)
def test_words_of_a_text(text: str, expected: list[list[str]]) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize("number", ["77.AO.84", "77-ao-84", "77/AO/84", "77AO84", "77_AO.84"])
def test_an_inventory_number_is_one_however_it_is_joined(number: str) -> None:
    assert parts(number) == [["77", "ao", "84"]]
    assert wholes(number) == ["77ao84"]


def test_a_number_with_a_space_is_two_words() -> None:
    assert parts("BTĐB 1234/Gm-56") == [["btđb"], ["1234", "gm", "56"]]
    assert wholes("BTĐB 1234/Gm-56") == ["1234gm56"]


@pytest.mark.parametrize("name", ["K'Ho", "K’Ho", "KʼHo", "K-Ho"])
def test_an_apostrophe_or_hyphen_keeps_a_name_findable_without_it(name: str) -> None:
    assert wholes(name) == parts("Kho")[0]


@pytest.mark.parametrize("name", ["H'Mông", "H’Mông", "Hmông", "HMông", "H-Mông"])
def test_the_spellings_of_hmong_are_one(name: str) -> None:
    assert (parts(name), wholes(name)) == ([["mông"]], ["hmông"])


def test_the_clusters_of_a_script_without_spaces_are_bound() -> None:
    assert [word.is_bound for word in iter_words("ꪹꪕꪸꪉ ꪼꪕ ខ្មែរ Thái-Lan")] == [
        True,
        False,
        True,
        False,
    ]
    assert parts("ខ្មែរ") == [["ខ្មែ", "រ"]]
    assert wholes("ꪹꪕꪸꪉ") == ["ꪹꪕꪸꪉ"]


def test_letters_without_a_tone_mean_each_tone() -> None:
    (word,) = iter_words("điên")
    assert sorted(word.parts[0].toned) == sorted(["điền", "điến", "điễn", "điển", "điện"])
    toned = {token.toned for word in iter_words("dien điện xyzê 1954") for token in word.parts}
    assert toned == {()}


def test_a_very_long_run_is_cut_and_never_whole() -> None:
    (word,) = iter_words("a" * 1000)
    assert word.parts[0].exact == "a" * LONGEST_PART
    assert wholes("1." * (MOST_PARTS + 1)) == []


@given(SOME_TEXT)
def test_nfc_and_nfd_have_the_same_words(text: str) -> None:
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert list(iter_words(composed)) == list(iter_words(apart))


@given(SOME_TEXT)
def test_the_words_of_forms_are_the_forms(text: str) -> None:
    for word in iter_words(text):
        for token in word.parts:
            assert parts(token.exact) == [[token.exact]]
            assert [[t.bare for t in w.parts] for w in iter_words(token.bare)] == [[token.bare]]


@given(SOME_TEXT)
def test_every_token_can_be_stored_and_looked_for(text: str) -> None:
    for word in iter_words(text):
        for token in word.tokens:
            assert token.bare
            assert not any(character.isspace() for character in token.exact + token.bare)
            token.exact.encode()


@given(st.text("abzkhmong019.-/_',;()[]*\"", max_size=20))
def test_plain_texts_have_the_words_they_have_beside_another_sign(text: str) -> None:
    # With a sign that is no word the text is looked at sign by sign.
    assert list(iter_words(text)) == list(iter_words(f"{text}…"))
