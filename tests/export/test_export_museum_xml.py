"""The exports of LIDO, EDM and MODS: a file an item or one file, and what is left out."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from archive.export import FORMATS, ExportContext, museum_xml
from schemas.dublincore import Statement
from schemas.errors import SourceError
from schemas.findings import Finding
from schemas.identifiers import shard_of
from schemas.xml import validate
from tests.conformance.museum_records import published

Make = Callable[..., Any]
NAMES = ("lido", "edm", "mods")
WRAPS = {"lido": "lidoWrap", "edm": "RDF", "mods": "modsCollection"}
ITEMS = {"lido": "lido", "edm": "ProvidedCHO", "mods": "mods"}
GOOD = (
    Statement("title", "Khăn piêu", "vi", field="title"),
    Statement("type", "khăn", "vi", field="object_type"),
    Statement("license", "", uri="http://creativecommons.org/licenses/by/4.0/", field="rights_uri"),
)
HIDDEN = Statement("provenance", "CANARY-shelf-7", field="storage_location")


@pytest.fixture
def told() -> list[Finding]:
    return []


@pytest.fixture
def partners(context: ExportContext, told: list[Finding]) -> ExportContext:
    def where(item: Any) -> Any:
        return published(page_url=f"https://example.org/{item.item_id}")

    return replace(context, published=where, tell=told.append)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_valid_file_an_item(
    name: str, make_item: Make, partners: ExportContext, tmp_path: Path
) -> None:
    items = [make_item("BT.1", *GOOD, HIDDEN), make_item("BT.2", *GOOD)]
    report = FORMATS[name].write(items, tmp_path / "all.zip", partners)
    assert (report.items, report.files, report.left_out) == (2, 2, 0)
    with zipfile.ZipFile(tmp_path / "all.zip") as zipped:
        assert zipped.namelist() == [
            f"all/{shard_of(item.item_id)}/{item.item_id}.xml" for item in items
        ]
        for entry in zipped.namelist():
            document = zipped.read(entry)
            assert validate(document, name) == ()
            assert b"CANARY" not in document


@pytest.mark.parametrize("name", NAMES)
def test_one_file_has_them_all(
    name: str, make_item: Make, partners: ExportContext, tmp_path: Path
) -> None:
    items = [make_item(f"BT.{number}", *GOOD) for number in range(5)]
    report = FORMATS[name].write(items, tmp_path / "all.xml", partners)
    document = (tmp_path / "all.xml").read_bytes()
    assert (report.items, report.files, report.size_bytes) == (5, 1, len(document))
    assert validate(document, name) == ()
    root = etree.fromstring(document)
    assert etree.QName(root).localname == WRAPS[name]
    assert len(list(root.iter(f"{{*}}{ITEMS[name]}"))) == 5


def test_a_complete_export_names_the_shelf_where_a_standard_has_a_place_for_it(
    make_item: Make, partners: ExportContext, tmp_path: Path
) -> None:
    context = replace(partners, is_complete=True)
    FORMATS["mods"].write([make_item("BT.1", *GOOD, HIDDEN)], tmp_path / "all.xml", context)
    assert b"CANARY" in (tmp_path / "all.xml").read_bytes()


def test_a_record_that_cannot_be_written_is_told_and_the_others_go_on(
    make_item: Make, partners: ExportContext, told: list[Finding], tmp_path: Path
) -> None:
    items = [make_item("BT.1", *GOOD), make_item("BT.2", GOOD[0]), make_item("BT.3", *GOOD)]
    left_out: list[str] = []
    context = replace(partners, leave_out=left_out.append)
    report = FORMATS["edm"].write(items, tmp_path / "edm.tar", context)
    assert (report.items, report.left_out, left_out) == (2, 1, ["bt-2"])
    assert {finding.item_id for finding in told} == {"bt-2"}
    assert [finding.code for finding in told] == ["EXCHANGE-no-rights", "EXCHANGE-no-topic"]
    message = told[0].message("en")
    assert told[0].where() == "BT.2"
    assert "edm" in message
    assert "rights_uri" in message
    assert "hoaban.toml" in message


def test_where_none_can_be_written_nothing_is(
    make_item: Make, partners: ExportContext, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=r"BT\.2.*rights"):
        FORMATS["edm"].write([make_item("BT.2", GOOD[0])], tmp_path / "edm.xml", partners)
    with pytest.raises(SourceError, match="No item"):
        FORMATS["lido"].write([], tmp_path / "lido.xml", partners)
    assert not list(tmp_path.glob("*.xml"))


def test_a_document_that_would_not_be_valid_is_left_out(
    make_item: Make,
    partners: ExportContext,
    told: list[Finding],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fault(document: bytes, name: str) -> tuple[str, ...]:
        return ("line 3: no",) if b"BT.1" in document else validate(document, name)

    monkeypatch.setattr(museum_xml, "validate", fault)
    items = [make_item("BT.1", *GOOD), make_item("BT.2", *GOOD)]
    report = FORMATS["lido"].write(items, tmp_path / "lido.xml", partners)
    assert (report.items, report.left_out) == (1, 1)
    assert [finding.code for finding in told] == ["EXCHANGE-invalid"]
    assert "line 3: no" in told[0].message("en")


def test_records_go_by_one_at_a_time(
    make_item: Make, partners: ExportContext, tmp_path: Path
) -> None:
    item = make_item("BT.1", *GOOD)
    alive = 0

    def stream() -> Iterator[Any]:
        nonlocal alive
        for _number in range(20):
            alive += 1
            yield item
            alive -= 1

    most = 0

    def where(_item: Any) -> Any:
        nonlocal most
        most = max(most, alive)
        return published()

    FORMATS["lido"].write(stream(), tmp_path / "lido.xml", replace(partners, published=where))
    assert most == 1


@pytest.mark.parametrize("name", NAMES)
def test_the_same_export_twice_is_the_same_bytes(
    name: str, make_item: Make, partners: ExportContext, tmp_path: Path
) -> None:
    items = [make_item("BT.1", *GOOD)]
    for target in ("one.xml", "two.xml"):
        FORMATS[name].write(items, tmp_path / target, partners)
    assert (tmp_path / "one.xml").read_bytes() == (tmp_path / "two.xml").read_bytes()
