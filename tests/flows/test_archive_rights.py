"""What ``rights`` in hoaban.toml says reaches everyone who is told of an item without its own."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from archive.export.museum_xml import document_of
from archive.settings import Settings
from archive.site.json_ld import ItemJsonLd, ItemLinkedArt
from schemas.crosswalks import with_archive_rights
from schemas.crosswalks.exchange import Exchange, Published
from schemas.crosswalks.jsonld import schema_org
from schemas.dublincore import Statement
from schemas.profile import parse_profile, shipped_profile_text
from schemas.records import Record
from tests.conftest import Run, run_command
from tests.flows.deliveries import draw_scan, write_csv

BY = "http://creativecommons.org/licenses/by/4.0/"
ZERO = "http://creativecommons.org/publicdomain/zero/1.0/"
DEED = "https://creativecommons.org/licenses/by/4.0/deed.vi"
WORDS = "© Bảo tàng tỉnh Điện Biên"


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with rights of its own, an item without any and one that says CC0."""
    folder = tmp_path_factory.mktemp("rights")
    source = folder / "in"
    source.mkdir()
    draw_scan(source / "1.jpg")
    draw_scan(source / "2.jpg", colour="teal")
    write_csv(
        source / "so.csv",
        ("Số kiểm kê", "Tên gọi", "Quyền", "Tệp ảnh"),
        [("BT-1", "Trống", "", "1.jpg"), ("BT-2", "Khăn", "CC0 1.0", "2.jpg")],
    )
    assert run_command("init", folder / "museum").code == 0
    config = folder / "museum" / "hoaban.toml"
    text = config.read_text("utf-8")
    for name, value in {
        "rights": WORDS, "rights_uri": DEED, "base_url": "https://baotang.example/kho"
    }.items():  # fmt: skip
        text, count = re.subn(rf'(?m)^{name} = "[^"]*"', f'{name} = "{value}"', text)
        assert count == 1, name
    config.write_text(text, "utf-8")
    assert run_command("ingest", source, cwd=folder / "museum").code == 0
    return folder / "museum"


@pytest.mark.parametrize("name", ["oai_dc", "qdc", "linked_art", "lido", "mods"])
def test_every_document_of_a_package_says_them(
    name: str, museum: Path, tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "out.zip"
    assert run("export", name, "--out", out, cwd=museum).code == 0
    with zipfile.ZipFile(out) as package:
        texts = {Path(n).stem: package.read(n).decode() for n in package.namelist()}
    assert BY in texts["bt-1"]
    assert WORDS in texts["bt-1"]
    assert ZERO in texts["bt-2"]
    assert BY not in texts["bt-2"]
    assert WORDS not in texts["bt-2"]


def test_so_do_the_json_ld_and_the_bag(museum: Path, tmp_path: Path, run: Run) -> None:
    assert run("export", "jsonld", "--out", tmp_path / "all.json", cwd=museum).code == 0
    first, second = json.loads((tmp_path / "all.json").read_text("utf-8"))
    assert (first["license"], first["copyrightNotice"]) == (BY, WORDS)
    assert second["license"] == ZERO
    assert run("export", "bagit", "--out", tmp_path / "bag", cwd=museum).code == 0
    record = json.loads((tmp_path / "bag/data/bt-1/record.json").read_text("utf-8"))
    assert all(entry["term"] not in ("rights", "license") for entry in record["statements"])
    assert BY in (tmp_path / "bag/data/bt-1/dc.xml").read_text("utf-8")


def test_so_do_the_pages_of_the_site() -> None:
    profile = parse_profile(shipped_profile_text("museum"))
    settings = Settings(rights=WORDS, rights_uri=DEED)
    for describe in (ItemJsonLd(profile, settings), ItemLinkedArt(profile, settings)):
        text = json.dumps(describe(Record("BT-1", ()), "", (), (), "vi"), ensure_ascii=False)
        assert BY in text
        assert WORDS in text


def test_rights_of_an_items_own_stay_alone() -> None:
    own = Record("BT-1", (Statement("rights", "Giữ bản quyền", "vi"),))
    assert with_archive_rights(own, WORDS, BY) is own
    silent = Record("BT-2", ())
    assert with_archive_rights(silent, "", "") is silent
    assert with_archive_rights(silent, "", DEED).statements == (Statement("license", "", uri=BY),)


def test_a_licence_that_only_words_name_is_a_licence_in_json_ld() -> None:
    named = Statement("rights", "CC BY 4.0", uri=BY, normal=(("uri", BY),))
    data = schema_org(Record("BT-1", (named, Statement("license", "", uri=DEED))))
    assert data["license"] == BY


@pytest.mark.parametrize("name", ["oai_dc", "qdc"])
def test_so_does_what_a_partners_profile_makes(name: str) -> None:
    profile = parse_profile(shipped_profile_text("museum"))
    exchange = Exchange(profile, "Bảo tàng", rights=WORDS, rights_uri=DEED)
    text = document_of(name, Record("BT-1", ()), Published(), exchange).decode()
    assert BY in text
    assert WORDS in text
