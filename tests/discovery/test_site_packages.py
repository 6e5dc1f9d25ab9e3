"""The packages of all items that a published site offers."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tomllib
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.catalogue import Catalogue
from archive.config import settings_from
from archive.export.museum_xml import document_of
from archive.kept_items import forget_caches
from archive.opening import Archive
from archive.site.data_files import DATASET_PATH, DataFiles, Download
from archive.site.files import SiteTree
from archive.site.reuse import Reuse
from pipeline import site_packages
from pipeline.publish import publish
from pipeline.site_packages import PACKAGES_FOLDER, Packing, write_packages
from schemas.crosswalks.iiif import collection_path
from schemas.errors import ConfigError
from schemas.records import Access, Record
from schemas.xml import validate
from tests.export.museum import Museum, new_museum

LICENCE = "http://creativecommons.org/licenses/by/4.0/"
TODAY, DATED = date(2026, 6, 10), "2026-06-01"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    made = new_museum(tmp_path_factory.mktemp("packages") / "museum").archive
    museum = Museum(replace(made, settings=replace(made.settings, rights_uri=LICENCE)))
    museum.put("BT-1", material="đồng", ethnic_group="Thái")
    museum.put("BT-2", material="gỗ", ethnic_group="Mường")
    museum.put("BT-3", access=Access.STAFF)
    museum.index()
    return museum.archive


def packed(archive: Archive, root: Path, **settings: object) -> list[Download]:
    site = replace(archive.settings.site, **settings)
    chosen = replace(archive, settings=replace(archive.settings, site=site))
    with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        tree = SiteTree(root)
        packing = Packing(chosen, catalogue, b"items", TODAY, DATED)
        found = list(write_packages(packing, tree, Reuse(tree, None, None)))
    assert tree.counts.files == sum(path.is_file() for path in root.rglob("*"))
    return found


def test_a_package_holds_a_valid_document_of_every_public_item(
    archive: Archive, tmp_path: Path
) -> None:
    found = packed(archive, tmp_path, packages=("lido", "edm", "mods"))
    assert [(download.kind, download.items) for download in found] == [
        ("lido", 2),
        ("edm", 2),
        ("mods", 2),
    ]
    for download in found:
        path = tmp_path / download.path
        assert path.name == f"{download.kind}-2026-06-01.zip"
        assert path.stat().st_size == download.size_bytes
        with zipfile.ZipFile(path) as package:
            assert package.testzip() is None
            names = package.namelist()
            assert [name.rpartition("/")[2] for name in names] == ["bt-1.xml", "bt-2.xml"]
            assert all(name.startswith(f"{path.stem}/") for name in names)
            assert all(validate(package.read(name), download.kind) == () for name in names)


def test_checksums_stand_beside_a_package(archive: Archive, tmp_path: Path) -> None:
    for download in packed(archive, tmp_path):
        data = (tmp_path / download.path).read_bytes()
        assert len(download.checksums) == 2
        for path in download.checksums:
            digest, name = (tmp_path / path).read_text(encoding="utf-8").split()
            kind = path.rpartition(".")[2]
            assert digest == hashlib.new(kind, data).hexdigest()
            assert f"{tmp_path}/data/packages/{name}" == f"{tmp_path / download.path}"


def test_the_same_archive_gives_the_same_bytes(archive: Archive, tmp_path: Path) -> None:
    first, again = packed(archive, tmp_path / "1"), packed(archive, tmp_path / "2")
    assert first == again
    for download in first:
        written = (tmp_path / number / download.path for number in "12")
        assert len({path.read_bytes() for path in written}) == 1


def test_only_items_that_changed_are_read_for_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    museum = new_museum(tmp_path / "museum")
    for number in range(4):
        museum.put(f"BT-{number}", material="đồng")
    museum.index()
    layout = museum.archive.layout
    read: list[str] = []

    def noted(name: str, record: Record, *said: Any) -> bytes:
        read.append(record.identifier)
        return document_of(name, record, *said)

    monkeypatch.setattr(site_packages, "document_of", noted)

    def build() -> dict[str, bytes]:
        read.clear()
        publish(museum.archive, now=lambda: datetime(2026, 6, 10, 8, tzinfo=UTC))
        folder = layout.site / PACKAGES_FOLDER
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    first = build()
    packages = len(museum.archive.settings.site.packages)
    assert len(read) == 4 * packages
    times = {path: path.stat().st_mtime_ns for path in (layout.site / PACKAGES_FOLDER).iterdir()}
    assert (build(), read) == (first, [])
    assert {path: path.stat().st_mtime_ns for path in times} == times
    museum.put("BT-2", material="gỗ")
    museum.index()
    changed = build()
    assert read == ["BT-2"] * packages
    forget_caches(layout)
    shutil.rmtree(layout.site)
    assert (build(), len(read)) == (changed, 4 * packages)
    # What somebody wrote into one is not taken over, nor is a kept document that is damaged.
    (package,) = (layout.site / PACKAGES_FOLDER).glob("lido-*.zip")
    package.write_bytes(b"nothing")
    with closing(sqlite3.connect(layout.site_documents)) as database, database:
        damage = "UPDATE kept SET data = ? WHERE kind = 'lido' AND item_id = 'bt-1'"
        database.execute(damage, (b"x" * 99,))
    assert build() == changed
    assert read == ["BT-1"]


def test_a_large_archive_makes_them_only_when_it_says_so(archive: Archive, tmp_path: Path) -> None:
    assert packed(archive, tmp_path, packages_up_to=1) == []
    assert packed(archive, tmp_path, packages=()) == []
    assert len(packed(archive, tmp_path, packages_up_to=0)) == 2


def test_what_no_item_can_be_written_in_is_not_offered(archive: Archive, tmp_path: Path) -> None:
    nobody = replace(archive, settings=replace(archive.settings, publisher=""))
    assert [download.kind for download in packed(nobody, tmp_path / "1")] == ["lido"]
    unlicensed = replace(archive, settings=replace(archive.settings, rights_uri=""))
    assert [download.kind for download in packed(unlicensed, tmp_path / "2")] == ["lido"]
    assert not (tmp_path / "2/data/packages/edm-2026-06-01.zip").exists()


def test_packages_are_described_to_data_portals_with_their_checksums(
    archive: Archive, tmp_path: Path
) -> None:
    found = packed(archive, tmp_path)

    class Packed:
        told: frozenset[str] = frozenset()

        def write(
            self, tree: SiteTree, updated_on: str, reuse: Reuse, items: bytes
        ) -> list[Download]:
            return found

    (tmp_path / collection_path()).parent.mkdir(exist_ok=True)
    (tmp_path / collection_path()).write_bytes(b"{}")
    named = replace(archive.settings, rights_uri="CC BY 4.0")
    tree = SiteTree(tmp_path)
    with closing(DataFiles(tree, archive.profile, named, Packed())) as data:
        data.finish(DATED, Reuse(tree, None, None), b"items")
    dataset = json.loads((tmp_path / DATASET_PATH).read_bytes())
    assert "dcterms:license" not in json.dumps(dataset), "a name is no address"
    offers = {entry["dcat:accessURL"]["@id"]: entry for entry in dataset["dcat:distribution"]}
    for download in found:
        (offer,) = (entry for address, entry in offers.items() if address.endswith(download.path))
        content = (tmp_path / download.path).read_bytes()
        assert offer["spdx:checksum"]["spdx:checksumValue"] == hashlib.sha256(content).hexdigest()
        assert (offer["dcat:byteSize"], offer["dcterms:modified"]["@value"]) == (
            len(content),
            DATED,
        )
        assert offer["dcat:mediaType"]["@id"].endswith("/application/zip")
    assert len(found) == 2


@pytest.mark.parametrize("wrong", ['packages = ["bagit"]', "packages = [1]", "packages_up_to = -1"])
def test_a_wrong_setting_is_told(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="packages"):
        settings_from(tomllib.loads(f"[site]\n{wrong}\n"), tmp_path / "hoaban.toml")
