"""The running ``hoaban serve``, harvested over loopback as a partner does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from lxml import etree
from oaipmh_scythe import Scythe
from sickle import Sickle
from sickle.oaiexceptions import IdDoesNotExist, NoRecordsMatch

from archive import durable
from archive.config import settings_text
from schemas.xml import parse_xml, validate
from tests.export.museum import JANUARY, MARCH, Museum
from tests.flows.test_serve import free_port, get
from tests.oai.test_oai import new_museum

ROOT = Path(__file__).parents[2]
FORMATS = ("oai_dc", "lido", "edm")
# More than one answer of 100 holds.
ITEMS = 104
# What init writes leaves out whom harvesters write to.
WHOM = '\n[exchange]\nadmin_email = "kho@bao-tang.example"\n'


def filled_museum(folder: Path) -> Museum:
    """Items of January in two collections, one changed in March, one taken back then."""
    museum = new_museum(folder)
    for number in range(ITEMS):
        collection = "Sưu tập vải" if number % 2 else "Sưu tập gỗ"
        museum.put(f"X-{number}", at=JANUARY, ethnic_group="Thái", collection=collection)
    museum.put("X-5", at=MARCH, ethnic_group="Mông", collection="Sưu tập vải")
    museum.withdraw("X-7", at=MARCH)
    museum.index()
    text = settings_text(museum.archive.settings) + WHOM
    museum.archive.layout.config.write_text(text, encoding="utf-8")
    site = museum.archive.layout.site
    site.mkdir()
    (site / "index.html").write_text("<!DOCTYPE html><title>Bảo tàng</title>", encoding="utf-8")
    return museum


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a server, a process of its own, which is ended with the last test."""
    with pytest.MonkeyPatch.context() as patch:
        # Nothing here asks what a power cut does; a sync an item takes most of the time.
        patch.setattr(durable, "_sync", lambda handle: None)
        patch.setattr(durable, "_sync_folder", lambda folder: None)
        museum = filled_museum(tmp_path_factory.mktemp("served") / "museum")
    archive = museum.archive.layout.root
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", "--port", str(port), "--archive", str(archive)],
        cwd=ROOT,
        env=os.environ | {"HOABAN_LANG": "en"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert get(port, "/oai?verb=Identify")[0] == 200
        yield f"http://127.0.0.1:{port}/oai"
    finally:
        server.terminate()
        server.wait()


def names(headers: list[str]) -> list[str]:
    return [header.rpartition(":")[2] for header in headers]


def test_who_serves_what(address: str) -> None:
    sickle = Sickle(address)
    said = sickle.Identify()
    assert said.repositoryName == "Bảo tàng tỉnh Điện Biên"
    assert said.baseURL == "https://bao-tang.example/oai"
    assert said.deletedRecord == "persistent"
    assert set(FORMATS) <= {each.metadataPrefix for each in sickle.ListMetadataFormats()}
    with Scythe(address) as scythe:
        assert scythe.identify().repositoryName == said.repositoryName
        prefixes = {each.metadataPrefix for each in scythe.list_metadata_formats()}
        assert set(FORMATS) <= prefixes


@pytest.mark.parametrize("prefix", FORMATS)
def test_both_harvesters_get_every_record_page_by_page(address: str, prefix: str) -> None:
    records = list(Sickle(address).ListRecords(metadataPrefix=prefix))
    by_sickle = names([record.header.identifier for record in records])
    assert sorted(by_sickle) == sorted(f"x-{number}" for number in range(ITEMS))
    assert names([r.header.identifier for r in records if r.deleted]) == ["x-7"]
    with Scythe(address) as scythe:
        found = list(scythe.list_records(metadata_prefix=prefix))
        assert names([str(record.header.identifier) for record in found]) == by_sickle
        assert names([str(r.header.identifier) for r in found if r.deleted]) == ["x-7"]
        one = scythe.get_record(identifier="oai:bao-tang.example:x-5", metadata_prefix=prefix)
        assert str(one.header.datestamp) == MARCH
    page = httpx.get(address, params={"verb": "ListRecords", "metadataPrefix": prefix})
    assert b"resumptionToken" in page.content
    (document, *_rest) = next(each for each in parse_xml(page.content).iter("{*}metadata"))
    assert validate(etree.tostring(document), prefix) == ()


def test_sets_increments_and_deletions_are_served(address: str) -> None:
    sickle = Sickle(address)
    sets = {each.setName: each.setSpec for each in sickle.ListSets()}
    with Scythe(address) as scythe:
        assert {str(each.setSpec) for each in scythe.list_sets()} == set(sets.values())
        wooden = scythe.list_identifiers(metadata_prefix="lido", set_=sets["Sưu tập gỗ"])
        even = [f"x-{number}" for number in range(0, ITEMS, 2)]
        assert sorted(names([str(each.identifier) for each in wooden])) == sorted(even)
        since = {"metadata_prefix": "oai_dc", "from_": "2026-02-01"}
        new = list(scythe.list_identifiers(**since))
        assert sorted(names([str(each.identifier) for each in new])) == ["x-5", "x-7"]
    headers = list(sickle.ListIdentifiers(**{"metadataPrefix": "oai_dc", "from": "2026-02-01"}))
    told = {header.identifier.rpartition(":")[2]: header.deleted for header in headers}
    assert told == {"x-5": False, "x-7": True}
    gone = sickle.GetRecord(metadataPrefix="edm", identifier="oai:bao-tang.example:x-7")
    assert gone.deleted
    with pytest.raises(NoRecordsMatch):
        sickle.ListIdentifiers(metadataPrefix="oai_dc", until="2000-01-01")
    with pytest.raises(IdDoesNotExist):
        sickle.GetRecord(metadataPrefix="oai_dc", identifier="oai:bao-tang.example:none")
