"""IIIF documents: valid against the official schema, and true to the record."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import pytest

from schemas.crosswalks import iiif
from schemas.derivatives import DerivativeSet
from schemas.rights import rights_statement
from tests.site.fabricated_site import PROFILE, plain_record, said, small_archive

SCHEMA = Path(__file__).parents[1] / "data/iiif/iiif_3_0.json"
PUBLICATION = iiif.Publication(
    base_url="https://baotang.example/kho",
    title={"vi": "Kho lưu trữ", "en": "Archive"},
    languages=("vi", "en"),
    publisher="Bảo tàng Thử",
)


@pytest.fixture(scope="module")
def validator():
    return jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))


@pytest.fixture
def archive(tmp_path):
    return small_archive(tmp_path)


def test_manifests_are_valid(archive, validator):
    for item in archive.kept:
        if item.derivatives is not None:
            document = iiif.manifest(item.record, item.derivatives, PROFILE, PUBLICATION)
            validator.validate(document)


def test_collections_are_valid_whole_and_in_parts(archive, validator):
    entries = [
        iiif.manifest_summary(item.record, item.derivatives, PUBLICATION)
        for item in archive.kept
        if item.derivatives is not None
    ]
    validator.validate(iiif.collection(entries, PUBLICATION))
    validator.validate(iiif.collection(entries, PUBLICATION, part=1))
    validator.validate(iiif.collection([iiif.collection_part(1, PUBLICATION)], PUBLICATION))


def test_a_manifest_says_what_the_record_says_in_both_languages(archive):
    item = archive.kept[0]
    document = iiif.manifest(item.record, item.derivatives, PROFILE, PUBLICATION)
    assert document["label"] == {
        "vi": ["Thạp đồng Đào Thịnh"],
        "en": ["Bronze jar of Đào Thịnh"],
    }
    material = next(entry for entry in document["metadata"] if entry["label"]["en"] == ["Material"])
    assert material["label"]["vi"] == ["Chất liệu"]
    assert material["value"] == {"vi": ["Đồng"], "en": ["Bronze"]}
    assert document["rights"] == "http://creativecommons.org/licenses/by/4.0/"
    assert "© Bảo tàng Thử" in document["requiredStatement"]["value"]["vi"]
    assert [canvas["label"] for canvas in document["items"]] == [
        {"vi": ["mặt trước"]},
        {"vi": ["nắp"]},
        {"none": ["3"]},
    ]


def test_an_image_service_names_only_files_that_exist(archive):
    item = archive.kept[0]
    folder = archive.layout.derivatives_of(item.item_id)
    document = iiif.manifest(item.record, item.derivatives, PROFILE, PUBLICATION)
    for canvas, shown in zip(item.derivatives.canvases, document["items"], strict=True):
        body = shown["items"][0]["items"][0]["body"]
        service = body["service"][0]
        assert iiif.image_info(canvas, service["id"]) == {
            "@context": iiif.IMAGE_CONTEXT,
            **service,
        }
        assert body["id"] == f"{service['id']}/full/max/0/default.jpg"
        assert (folder / canvas.key / "full/max/0/default.jpg").is_file()
        for size in service["sizes"]:
            name = f"full/{size['width']},{size['height']}/0/default.jpg"
            assert (folder / canvas.key / name).is_file()
        thumbnail = shown["thumbnail"][0]
        assert "service" not in thumbnail
        assert (folder / canvas.key / thumbnail["id"].rsplit("/", 1)[1]).is_file()


def test_a_smaller_largest_image_is_told_as_a_limit(archive):
    canvas = archive.kept[0].derivatives.canvases[0]
    info = iiif.image_info(canvas, "https://a.example/x")
    assert "maxWidth" not in info
    info = iiif.image_info(replace(canvas, sizes=canvas.sizes[:-1]), "https://a.example/x")
    assert (info["maxWidth"], info["maxHeight"]) == canvas.sizes[-2]


def test_text_that_looks_like_html_is_not_taken_for_it(archive):
    item = archive.kept[0]
    record = plain_record("1", said("title", "<b>x</b>", "vi"))
    document = iiif.manifest(record, item.derivatives, PROFILE, PUBLICATION)
    assert document["label"] == {"vi": ["<b>x</b> "]}


def test_a_manifest_needs_a_picture(archive):
    with pytest.raises(ValueError, match="canvas"):
        iiif.manifest(archive.kept[0].record, DerivativeSet("x", "0", ()), PROFILE, PUBLICATION)


def test_rights_that_nobody_knows_are_not_claimed(archive, validator):
    item = archive.kept[0]
    record = plain_record("1", said("rights_uri", "", uri="https://example.org/terms"))
    document = iiif.manifest(record, item.derivatives, PROFILE, PUBLICATION)
    assert "rights" not in document
    validator.validate(document)


@pytest.mark.parametrize(
    ("written", "uri", "mark"),
    [
        (
            "https://creativecommons.org/licenses/by/4.0/",
            "http://creativecommons.org/licenses/by/4.0/",
            "CC BY 4.0",
        ),
        (
            "http://www.creativecommons.org/licenses/BY-NC-SA/4.0/legalcode.vi",
            "http://creativecommons.org/licenses/by-nc-sa/4.0/",
            "CC BY-NC-SA 4.0",
        ),
        (
            "https://creativecommons.org/licenses/by/3.0/vn/deed.vi",
            "http://creativecommons.org/licenses/by/3.0/vn/",
            "CC BY 3.0",
        ),
        (
            "https://creativecommons.org/publicdomain/zero/1.0",
            "http://creativecommons.org/publicdomain/zero/1.0/",
            "CC0 1.0",
        ),
        (
            "https://creativecommons.org/publicdomain/mark/1.0/deed.en",
            "http://creativecommons.org/publicdomain/mark/1.0/",
            "Public Domain Mark 1.0",
        ),
        (
            "https://rightsstatements.org/page/InC-EDU/1.0/?language=en",
            "http://rightsstatements.org/vocab/InC-EDU/1.0/",
            "",
        ),
    ],
)
def test_a_rights_address_is_known_however_it_is_pasted(written, uri, mark):
    known = rights_statement(written)
    assert known is not None
    assert (known.uri, known.mark) == (uri, mark)
    assert known.meaning


@pytest.mark.parametrize(
    "written",
    [
        "",
        "https://example.org/licenses/by/4.0/",
        "https://creativecommons.org/licenses/zero/1.0/",
        "https://creativecommons.org/publicdomain/by/4.0/",
        "https://creativecommons.org.evil.example/licenses/by/4.0/",
        "https://rightsstatements.org/vocab/XXX/1.0/",
        "javascript://creativecommons.org/licenses/by/4.0/",
    ],
)
def test_other_addresses_are_not_taken_for_known_rights(written):
    assert rights_statement(written) is None
