"""Linked Art documents: valid against the official schemas, and nothing of a record is lost."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.crosswalks.linked_art import LinkedArtPlaces, entity_class, linked_art
from schemas.dublincore import TERMS, Statement
from schemas.records import Record

FOLDER = Path(__file__).parents[1] / "data" / "linked_art"
EXAMPLE = Path(__file__).parents[1] / "data" / "packages" / "linked_art.json"
SCHEMAS = {
    "HumanMadeObject": "object",
    "PropositionalObject": "abstract",
    "Person": "person",
    "Group": "group",
}
PLACES = LinkedArtPlaces(
    "https://example.org/vi/items/1.html",
    ("https://example.org/images/1.jpg",),
    "https://example.org/#museum",
    "Bảo tàng tỉnh Điện Biên",
)
SCARF = Record(
    "BTĐB 12/Đ.3",
    (
        Statement("title", "Piêu scarf", "en", field="title"),
        Statement("title", "Khăn piêu", "vi", field="title"),
        Statement("alternative", "Pha piêu", "vi", field="other_title"),
        Statement("identifier", "1234/V-56", field="registration_number"),
        Statement(
            "type", "khăn", "vi", uri="http://vocab.getty.edu/aat/300046143", field="object_type"
        ),
        Statement("medium", "bông", "vi", uri="http://vocab.getty.edu/aat/300014067"),
        Statement("medium", "chỉ màu", "vi", field="material"),
        Statement(
            "created",
            "khoảng năm 1950",
            "vi",
            field="date",
            normal=(("earliest", 1945), ("edtf", "1950~"), ("latest", 1955)),
        ),
        Statement(
            "extent",
            "Dài 150 cm; rộng 35 cm",
            "vi",
            field="dimensions",
            normal=(("length_mm", 1500), ("width_mm", 350)),
        ),
        Statement("description", "Khăn đội đầu.", "vi", field="description"),
        Statement("rights", "", uri="http://creativecommons.org/licenses/by/4.0/"),
    ),
)


@cache
def validator(name: str) -> Any:
    resources = [
        (f"https://linked.art/api/1.0/schema/{path.name}", json.loads(path.read_bytes()))
        for path in FOLDER.glob("*.json")
    ]
    registry = jsonschema_rs.Registry(resources)
    schema = json.loads((FOLDER / f"{name}.json").read_bytes())
    return jsonschema_rs.Draft202012Validator(schema, registry=registry, validate_formats=True)


def problems(document: dict[str, Any]) -> list[str]:
    found = validator(SCHEMAS[document["type"]]).iter_errors(document)
    return [f"{error.instance_path}: {error.message}" for error in found]


def contents(document: dict[str, Any], label: str) -> list[str]:
    return [
        entry["content"]
        for entry in document["referred_to_by"]
        if any(kind["_label"] == label for kind in entry["classified_as"])
    ]


def test_the_sample_is_exactly_this_document_and_valid() -> None:
    document = linked_art(SCARF, PLACES)
    assert problems(document) == []
    assert document == json.loads(EXAMPLE.read_bytes())


def test_the_schemas_refuse_what_is_wrong() -> None:
    document = linked_art(SCARF, PLACES)
    document["made_of"][0].pop("id")
    document["produced_by"]["timespan"]["begin_of_the_begin"] = "yesterday"
    document["colour"] = "red"
    assert len(problems(document)) >= 3


def test_names_come_in_the_readers_language_first() -> None:
    document = linked_art(SCARF, PLACES, lang="vi")
    primary = document["identified_by"][0]
    assert (document["_label"], primary["content"]) == ("Khăn piêu", "Khăn piêu")
    assert primary["classified_as"][0]["_label"] == "Primary Name"
    assert "classified_as" not in document["identified_by"][2], "the title in another language"


def test_what_has_no_address_is_said_in_words() -> None:
    document = linked_art(SCARF, PLACES)
    assert [entry["_label"] for entry in document["made_of"]] == ["bông"]
    assert contents(document, "Material Statement") == [
        "bông <http://vocab.getty.edu/aat/300014067>",
        "chỉ màu",
    ]


def test_a_range_or_a_doubt_is_no_dimension_and_stays_in_words() -> None:
    for normal in (
        (("height_mm", 10), ("height_upto_mm", 20)),
        (("approximate", 1), ("height_mm", 10)),
        (("nắp_height_mm", 10),),
    ):
        said = Statement("extent", "Cao 10-20 mm", "vi", normal=tuple(sorted(normal)))
        document = linked_art(Record("1", (said,)), PLACES)
        assert "dimension" not in document
        assert contents(document, "Dimension Statement") == ["Cao 10-20 mm"]


@pytest.mark.parametrize(("first", "last"), [(-178, -100), (10000, 10001), (None, None)])
def test_years_that_no_calendar_date_can_say_stay_in_words(first: Any, last: Any) -> None:
    known = {"earliest": first, "latest": last}
    normal = tuple((name, year) for name, year in known.items() if year is not None)
    said = Statement("created", "thế kỷ II TCN", "vi", normal=normal)
    document = linked_art(Record("1", (said,)), PLACES)
    span = document["produced_by"]["timespan"]
    assert "begin_of_the_begin" not in span
    assert span["identified_by"][0]["content"] == "thế kỷ II TCN"
    assert problems(document) == []


@pytest.mark.parametrize(
    ("kind", "type_of", "expected"),
    [
        ("", "khăn", "HumanMadeObject"),
        ("relic_site", "đình", "HumanMadeObject"),
        ("intangible", "lễ hội", "PropositionalObject"),
        ("person", "Nghệ nhân", "Person"),
        ("person", "Đội văn nghệ", "Group"),
        ("person", "Family", "Group"),
    ],
)
def test_each_kind_of_record_is_what_it_is(kind: str, type_of: str, expected: str) -> None:
    birth = Statement("date", "1930", field="birth", normal=(("earliest", 1930), ("latest", 1930)))
    said = (Statement("title", "Lò Văn A", "vi"), Statement("type", type_of, "vi"), birth)
    record = Record("N-1", said, kind=kind)
    assert entity_class(record) == expected
    document = linked_art(record, PLACES)
    assert document["type"] == expected
    assert problems(document) == []
    if expected == "Person":
        assert document["born"]["timespan"]["begin_of_the_begin"] == "1930-01-01T00:00:00Z"


_NORMAL = st.dictionaries(
    st.sampled_from(
        ["earliest", "latest", "height_mm", "weight_g", "height_upto_mm", "tag", "approximate"]
    ),
    st.integers(-20000, 20000),
).map(lambda pairs: tuple(sorted(pairs.items())))
_STATEMENTS = st.builds(
    Statement,
    term=st.sampled_from(sorted(TERMS)),
    value=st.text(min_size=1, max_size=12),
    lang=st.sampled_from(["", "vi", "en", "blt", "not a tag!"]),
    uri=st.sampled_from(["", "http://example.org/x?y=1#z", "http://x y", "javascript:alert(1)"]),
    field=st.sampled_from(["", "birth", "death"]),
    normal=_NORMAL,
)


@settings(max_examples=200)
@given(st.lists(_STATEMENTS, max_size=8), st.sampled_from(["", "person", "intangible", "x"]))
def test_whatever_a_record_says_the_document_is_valid_and_has_its_words(
    statements: list[Statement], kind: str
) -> None:
    document = linked_art(Record("BT.1", tuple(statements), kind=kind), PLACES)
    assert problems(document) == []
    text = json.dumps(document, ensure_ascii=False)
    for entry in statements:
        assert json.dumps(entry.value, ensure_ascii=False)[1:-1] in text
