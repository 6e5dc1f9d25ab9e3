"""Vocabularies: every shipped table is sound, and names find the term they name."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import ConfigError
from schemas.vocabularies import NAMES, SHIPPED, parse_vocabulary, shipped

ADDRESS = re.compile(r"http://vocab\.getty\.edu/aat/300\d{6}")
DIEN_BIEN = [
    "Thái", "Mông", "Kinh", "Dao", "Khơ Mú", "Hà Nhì", "Giáy", "Lào", "Hoa", "Kháng", "Mường",
    "Cống", "Xinh Mun", "Si La", "Nùng", "Phù Lá", "Thổ", "Tày", "Sán Chay",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_table_is_sound(name: str) -> None:
    path = SHIPPED / f"{name}.csv"
    text = path.read_bytes().decode("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert "\r" not in text
    terms = shipped(name).terms
    assert len({term.id for term in terms}) == len(terms)
    for term in terms:
        assert term.source, term.id
        assert {"vi", "en"} <= set(term.labels), term.id
        assert not term.uri or ADDRESS.fullmatch(term.uri), term.id
        assert not set(term.former) & set(term.shown_names()), term.id
    addresses = [term.uri for term in terms if term.uri]
    assert len(set(addresses)) == len(addresses)
    assert f"`{path.name}`" in (SHIPPED / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_term_is_found_by_its_labels(name: str) -> None:
    vocabulary = shipped(name)
    for term in vocabulary:
        for label in term.labels.values():
            assert vocabulary.match(label) is term, label
            assert vocabulary.match(unicodedata.normalize("NFD", label.upper())) is term, label


def test_all_54_groups_are_there_with_their_codes() -> None:
    groups = [term for term in shipped("ethnic-groups") if not term.broader]
    codes = sorted(term.properties["code"] for term in groups)
    assert codes == [f"{number:02d}" for number in range(1, 55)]


@pytest.mark.parametrize("name", DIEN_BIEN)
def test_the_nineteen_groups_of_dien_bien_are_found(name: str) -> None:
    term = shipped("ethnic-groups").match(f"dân tộc {name}")
    assert term is not None
    assert term.properties["code"]


@pytest.mark.parametrize(
    ("vocabulary", "text", "term_id"),
    [
        ("ethnic-groups", "H’Mông", "hmong"),
        ("ethnic-groups", "Hʼmông", "hmong"),
        ("ethnic-groups", "Hmong", "hmong"),
        ("ethnic-groups", "Mèo", "hmong"),
        ("ethnic-groups", "Thái đen", "thai-den"),
        ("ethnic-groups", "người Thai Trang", "thai-trang"),
        ("ethnic-groups", "Khmú", "kho-mu"),
        ("ethnic-groups", "Khơ Mu", "kho-mu"),
        ("ethnic-groups", "U Ní", "ha-nhi"),
        ("ethnic-groups", "XẠ PHANG", "xa-phang"),
        ("languages", "tiếng Thái Đen", "blt"),
        ("languages", "Hà Nhì", "hni"),
        ("languages", "kjg", "kjg"),
        ("languages", "vi", "vie"),
        ("languages", "Hán Nôm", None),
        ("languages", "chữ Nôm", "vie-Hani"),
        ("languages", "tiếng Thái", None),
        ("materials", "Gỗ Lim", "ironwood"),
        ("materials", "dong thau", "brass"),
        ("materials", "chất liệu: gốm", "ceramic"),
        ("materials", "tơ tằm", "silk"),
        ("materials", "thuỷ tinh", "glass"),
        ("object-types", "khan pieu", "khan-pieu"),
        ("object-types", "Khèn Mông", "khen"),
        ("ethnic-groups", "Xá", None),
        ("ethnic-groups", "Tày Tây", None),
        ("ethnic-groups", "", None),
        ("ethnic-groups", "người", None),
    ],
)
def test_a_name_finds_its_term_or_nothing(vocabulary: str, text: str, term_id: str | None) -> None:
    found = shipped(vocabulary).match(text)
    assert (found.id if found else None) == term_id


def test_a_word_with_other_marks_is_another_word() -> None:
    groups = shipped("ethnic-groups")
    assert groups.match("Mường") is not None
    assert groups.match("Muong") is not None
    assert groups.match("Mượng") is None


def test_a_name_of_several_terms_suggests_them_all() -> None:
    suggested = [term.id for term in shipped("languages").suggest("tiếng Thái", limit=4)]
    assert suggested == ["tha", "blt", "twh", "tyr"]
    assert [term.id for term in shipped("ethnic-groups").suggest("Khơ Múu")][:1] == ["kho-mu"]


def test_a_hurtful_name_is_never_suggested_by_likeness() -> None:
    groups = shipped("ethnic-groups")
    shown = {name for term in groups for name in term.shown_names()}
    assert not shown & {"Mèo", "Mán", "Xá", "Mọi", "Miên"} - {"Miên"}
    assert groups.match("Mán") is not None
    assert "Mèo" not in shown


def test_languages_have_tags() -> None:
    languages = shipped("languages")
    tags = {term.id: term.properties["tag"] for term in languages}
    assert tags["vie"] == "vi"
    assert tags["vie-Hani"] == "vi-Hani"
    assert tags["blt"] == "blt"
    for term in ("mww", "hnj"):
        hmong = languages.get(term)
        assert hmong is not None
        assert hmong.broader == "hmn"


def test_a_museum_adds_its_own_table() -> None:
    own = parse_vocabulary(
        "\ufeffid,label_vi,variants,colour\nkhau-cut,Khau cút,khau cut;khau kút,brown\n", "own"
    )
    term = own.match("Khau kut")
    assert term is not None
    assert term.properties == {"colour": "brown"}
    assert term.label("en") == "Khau cút"


@pytest.mark.parametrize(
    "table",
    [
        "name,label_vi\na,A\n",
        "id,name\na,A\n",
        "id,label_vi\na,A\na,B\n",
        "id,label_vi\n,A\n",
        "id,label_vi\na,\n",
        "id,label_vi,broader\na,A,b\n",
    ],
)
def test_a_wrong_table_is_told(table: str) -> None:
    with pytest.raises(ConfigError):
        parse_vocabulary(table, "own")


def test_an_unknown_shipped_name_is_a_defect() -> None:
    with pytest.raises(ValueError, match="not one of"):
        shipped("colours")


@settings(deadline=None)
@given(st.sampled_from(NAMES), st.text(max_size=60))
def test_no_text_raises(name: str, text: str) -> None:
    vocabulary = shipped(name)
    found = vocabulary.match(text)
    assert found is None or found in vocabulary.terms
    assert len(vocabulary.suggest(text)) <= 3
