"""The main job on real scans: ``hoaban demo``, and everything it must leave behind."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import cli
from archive.layout import Layout
from archive.store import Store, StoredItem
from schemas.crosswalks.oai_dc import oai_dc_xml
from schemas.events import EventType
from schemas.xml import validate
from tests.archive.store_samples import assert_valid
from tests.conftest import Run

SCHEMA = Path(__file__).parent.parent / "data" / "iiif" / "iiif_3_0.json"


@dataclass(frozen=True)
class Demo:
    """A demonstration archive and what its command said."""

    layout: Layout
    said: str

    def items(self) -> Iterator[StoredItem]:
        store = Store(self.layout)
        return (store.read(item_id) for item_id in store.iter_item_ids())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "my-museum"
    out = io.StringIO()
    silence = io.StringIO()
    with redirect_stdout(out), redirect_stderr(silence), pytest.raises(SystemExit) as exited:
        cli.main(["--lang", "en", "demo", str(folder)])
    assert exited.value.code == 0
    return Demo(Layout(folder), out.getvalue())


def test_it_says_on_one_screen_what_it_did_and_what_to_type_next(demo: Demo) -> None:
    assert "16 new" in demo.said
    assert str(demo.layout.site / "index.html") in demo.said
    assert "hoaban search" in demo.said
    assert len(demo.said.splitlines()) <= 24


def test_every_object_is_valid_and_tells_its_history(demo: Demo) -> None:
    assert_valid(Store(demo.layout))
    for item in demo.items():
        types = {event.type for event in item.events}
        assert types >= {
            EventType.INGESTION,
            EventType.MESSAGE_DIGEST_CALCULATION,
            EventType.FORMAT_IDENTIFICATION,
            EventType.DERIVATION,
        }


def test_technical_facts_are_those_of_the_real_scans(demo: Demo) -> None:
    facts = {Path(t.source_name).name: t for item in demo.items() for t in item.technical}
    assert len(facts) == 28
    book = facts["book-of-horses_access.tif"]
    assert (book.puid, len(book.pages), book.colour_space) == ("fmt/353", 3, "rgb")
    assert max(t.bits_per_sample for t in facts.values()) == 16
    assert any(t.icc_profile_name and t.puid == "fmt/353" for t in facts.values())
    assert all(t.pages[0].width_px > 100 for t in facts.values())


def test_manifests_and_collection_are_valid(demo: Demo) -> None:
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    manifests = sorted(demo.layout.site.glob("iiif/*/*/manifest.json"))
    assert len(manifests) == 16
    for path in (*manifests, demo.layout.site / "iiif" / "collection.json"):
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        assert [error.message for error in validator.iter_errors(document)] == []
    canvases = sum(len(json.loads(p.read_text("utf-8"))["items"]) for p in manifests)
    assert canvases == 30


def test_dublin_core_of_every_record_is_valid(demo: Demo) -> None:
    for item in demo.items():
        assert validate(oai_dc_xml(item.record), "oai_dc") == ()


def test_every_item_page_carries_json_ld_and_names_rights_and_source(demo: Demo) -> None:
    pages = sorted(demo.layout.site.glob("*/items/*/*.html"))
    assert len(pages) == 32
    for page in pages:
        text = page.read_text(encoding="utf-8")
        found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
        assert found, page
        data = json.loads(found[1])
        assert data["@context"] == "https://schema.org"
        assert data["license"]
        assert re.search(r"creativecommons\.org/(licenses/by|publicdomain)", text), page
        assert re.search(r'href="https?://(www\.)?(getty|wdl|loc|qdl)', text), page


def test_the_demo_refuses_a_folder_that_is_an_archive(demo: Demo, run: Run) -> None:
    assert run("demo", demo.layout.root).code == 3
