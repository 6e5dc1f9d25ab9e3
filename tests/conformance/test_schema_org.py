"""The JSON-LD uses only what schema.org has, where schema.org has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.crosswalks.jsonld import schema_org, schema_type
from schemas.dublincore import TERMS, TYPE_NS, Statement
from schemas.recordings import AccessRecording, PublishedRecording
from schemas.records import Record

VOCABULARY = json.loads(
    (Path(__file__).parents[1] / "data" / "crosswalks" / "schemaorg-terms.json").read_bytes()
)
_STATEMENTS = st.builds(
    Statement,
    term=st.sampled_from(sorted(TERMS)),
    value=st.sampled_from(["Ảnh", "2012", "2012-05", "600 TCN", "http://example.org/x"])
    | st.text(min_size=1),
    lang=st.sampled_from(["", "vi", "en", "not a tag!"]),
    uri=st.sampled_from(["", "http://example.org/x", "javascript:alert(1)"]),
)


_BY = "http://creativecommons.org/licenses/by/4.0/"


def ancestry(name: str) -> set[str]:
    return {name}.union(*(ancestry(parent) for parent in VOCABULARY["types"].get(name, ())))


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for entry in value:
            yield from nodes(entry)
    elif isinstance(value, dict) and "@value" not in value:
        yield value
        for entry in value.values():
            yield from nodes(entry)


def check_terms(data: dict[str, Any]) -> None:
    for node in nodes(data):
        kind = node.get("@type", "Thing")
        assert kind in VOCABULARY["types"]
        for name in node:
            if not name.startswith("@"):
                assert ancestry(kind) & set(VOCABULARY["properties"][name]), (kind, name)


@given(st.lists(_STATEMENTS, max_size=12))
def test_every_term_exists_and_stands_on_a_type_that_may_have_it(entries: list[Statement]) -> None:
    data = schema_org(
        Record("BT.1", tuple(entries)),
        url="https://example.org/bt-1",
        image_urls=("https://example.org/1.jpg",),
        publisher="Bảo tàng",
    )
    check_terms(data)
    assert json.loads(json.dumps(data)) == data
    for licence in [data.get("license")]:
        assert licence is None or licence == "http://example.org/x"


def test_what_is_played_is_said_with_how_long_and_in_what_form() -> None:
    film = AccessRecording("recording.mp4", "video/mp4", 83.4, 640, 360, 1_000)
    sound = AccessRecording("recording.m4a", "audio/mp4", 0.2, 0, 0, 1_000)
    record = Record("P-1", (Statement("title", "Xòe", "vi"), Statement("license", "", uri=_BY)))

    data = schema_org(
        record,
        recordings=[
            PublishedRecording("https://e.org/1.mp4", "https://e.org/1.jpg", film),
            PublishedRecording("https://e.org/2.m4a", "https://e.org/2.jpg", sound),
            PublishedRecording("https://e.org/3.m4a", "https://e.org/3.jpg", sound),
        ],
    )

    check_terms(data)
    assert data["video"] == {
        "@type": "VideoObject",
        "contentUrl": "https://e.org/1.mp4",
        "encodingFormat": "video/mp4",
        "duration": "PT83S",
        "thumbnailUrl": "https://e.org/1.jpg",
        "license": _BY,
        "name": {"@value": "Xòe", "@language": "vi"},
    }
    assert [entry["duration"] for entry in data["audio"]] == ["PT1S", "PT1S"]


def test_one_record_reads_as_expected() -> None:
    record = Record(
        "77.AO.84",
        (
            Statement("identifier", "77.AO.84"),
            Statement("title", "Pendant", "en"),
            Statement("title", "Mặt dây chuyền", "vi"),
            Statement("type", "Mặt dây chuyền", "vi"),
            Statement("creator", "Nghệ nhân"),
            Statement("created", "600–550 TCN", "vi"),
            Statement("issued", "2012-05-03"),
            Statement("medium", "Hổ phách", "vi"),
            Statement("spatial", "Italia", "vi", "http://example.org/italia"),
            Statement("rights", "© J. Paul Getty Trust", "vi"),
            Statement("license", "http://creativecommons.org/licenses/by/4.0/"),
            Statement("source", "https://www.getty.edu/art/collection/objects/7947"),
        ),
    )
    data = schema_org(
        record, url="https://e.org/x", image_urls=["https://e.org/1.jpg"], publisher="Bảo tàng"
    )
    assert data == {
        "@context": "https://schema.org",
        "@type": "VisualArtwork",
        "@id": "https://e.org/x",
        "url": "https://e.org/x",
        "identifier": "77.AO.84",
        "name": [
            {"@value": "Mặt dây chuyền", "@language": "vi"},
            {"@value": "Pendant", "@language": "en"},
        ],
        "genre": {"@value": "Mặt dây chuyền", "@language": "vi"},
        "material": {"@value": "Hổ phách", "@language": "vi"},
        "copyrightNotice": {"@value": "© J. Paul Getty Trust", "@language": "vi"},
        "creator": {"name": "Nghệ nhân"},
        "spatialCoverage": {
            "@type": "Place",
            "@id": "http://example.org/italia",
            "name": {"@value": "Italia", "@language": "vi"},
        },
        "datePublished": "2012-05-03",
        "temporal": {"@value": "600–550 TCN", "@language": "vi"},
        "license": "http://creativecommons.org/licenses/by/4.0/",
        "isBasedOn": "https://www.getty.edu/art/collection/objects/7947",
        "provider": {"@type": "Organization", "name": "Bảo tàng"},
        "image": {
            "@type": "ImageObject",
            "contentUrl": "https://e.org/1.jpg",
            "license": "http://creativecommons.org/licenses/by/4.0/",
        },
    }


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (Statement("type", "Ảnh tư liệu", "vi"), "Photograph"),
        (Statement("type", "Tranh khảm sàn", "vi"), "VisualArtwork"),
        (Statement("type", "Tranh lụa", "vi"), "Painting"),
        (Statement("type", "Bản thảo", "vi"), "Manuscript"),
        (Statement("type", "Tượng đồng", "vi"), "Sculpture"),
        (Statement("type", "Vũ khí chiến tranh", "vi"), "CreativeWork"),
        (Statement("type", "Tượngx", "vi"), "CreativeWork"),
        (Statement("type", "Mosaic floor", "en"), "VisualArtwork"),
        (Statement("type", "Silver gelatin photograph", "en"), "Photograph"),
        (Statement("type", "StillImage"), "VisualArtwork"),
        (Statement("type", "", uri=TYPE_NS + "Dataset"), "Dataset"),
        (Statement("type", "PhysicalObject"), "CreativeWork"),
        (Statement("subject", "photograph"), "CreativeWork"),
    ],
)
def test_the_type_follows_the_object_type_and_is_a_creative_work_when_unsure(
    statement: Statement, expected: str
) -> None:
    assert schema_type(Record("BT.1", (statement,))) == expected
    assert "CreativeWork" in ancestry(expected)
