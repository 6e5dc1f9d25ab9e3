"""The exports of metadata documents."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.export import FORMATS, ExportContext
from schemas.identifiers import shard_of
from schemas.xml import validate

Make = Callable[..., Any]


@pytest.mark.parametrize("name", ["oai_dc", "qdc"])
def test_dublin_core_is_a_valid_file_an_item(
    name: str, make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    items = [make_item("BT.1"), make_item("BT.2")]
    report = FORMATS[name].write(items, tmp_path / "dc", context)
    found = sorted(path for path in (tmp_path / "dc").rglob("*.xml"))
    assert report.files == len(found) == 2
    assert sum(path.stat().st_size for path in found) == report.size_bytes
    for item in items:
        path = tmp_path / "dc" / shard_of(item.item_id) / f"{item.item_id}.xml"
        document = path.read_bytes()
        assert validate(document, name) == ()
        assert f"https://example.org/{item.item_id}".encode() in document


def test_oai_dc_makes_a_zip_when_the_name_ends_so(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    FORMATS["oai_dc"].write([make_item("BT.1")], tmp_path / "dc.zip", context)
    with zipfile.ZipFile(tmp_path / "dc.zip") as zipped:
        assert zipped.namelist() == [f"dc/{shard_of('bt-1')}/bt-1.xml"]


def test_jsonld_is_one_array_of_all_items(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    items = [make_item("BT.1"), make_item("BT.2")]
    FORMATS["jsonld"].write(items, tmp_path / "all.jsonld", context)
    data = json.loads((tmp_path / "all.jsonld").read_bytes())
    assert [entry["identifier"] for entry in data] == ["BT.1", "BT.2"]
    assert data[0]["@id"] == "https://example.org/bt-1"
    assert data[0]["image"]["contentUrl"] == "https://example.org/bt-1.jpg"
    assert data[0]["provider"]["name"] == "Bảo tàng tỉnh Điện Biên"
