"""What partners get of real scans, through the commands a museum types."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import jsonschema_rs
import openpyxl
import pytest

import cli
from archive.export import FORMATS
from schemas.cells import unquote_cell
from schemas.crosswalks.mets import mets_problems
from tests.conformance.test_linked_art import problems
from tests.conftest import Run
from tests.export.test_export_mets import located

pytestmark = pytest.mark.slow

IIIF = Path(__file__).parents[1] / "data/iiif/iiif_3_0.json"
ITEMS = 16
SCANS = 28


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "my-museum"
    silence = io.StringIO()
    with redirect_stdout(silence), redirect_stderr(silence), pytest.raises(SystemExit) as exited:
        cli.main(["--lang", "en", "demo", str(folder)])
    assert exited.value.code == 0
    return folder


def exported(run: Run, museum: Path, name: str, out: Path, *chosen: str) -> dict[str, Any]:
    ran = run("export", name, "--json", "--out", out, *chosen, cwd=museum)
    assert ran.code == 0, ran
    return dict(json.loads(ran.out))


def named(name: str) -> str:
    """A name that an export of this format may have."""
    return name + FORMATS[name].ending


def documents(folder: Path, ending: str) -> Iterator[Path]:
    yield from sorted(folder.rglob(f"*{ending}"))


def test_every_real_scan_travels_in_a_valid_mets_package(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    report = exported(run, museum, "mets", tmp_path / "mets")
    assert (report["items"], report["findings"]) == (ITEMS, [])
    found = list(documents(tmp_path / "mets", "METS.xml"))
    assert len(found) == ITEMS
    files = 0
    for path in found:
        document = path.read_bytes()
        assert mets_problems(document) == ()
        for name, (digest, size_bytes) in located(document).items():
            content = (path.parent / name).read_bytes()
            assert len(content) == size_bytes
            assert len(digest) == 128
            files += 1
    assert files == SCANS


def test_every_record_is_a_valid_linked_art_document(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    exported(run, museum, "linked_art", tmp_path / "la")
    found = list(documents(tmp_path / "la", ".json"))
    assert len(found) == ITEMS
    for path in found:
        assert problems(json.loads(path.read_bytes())) == []


def test_the_collection_lists_the_manifests_that_the_site_has(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    exported(run, museum, "iiif", tmp_path / "collection.json")
    document = json.loads((tmp_path / "collection.json").read_bytes())
    jsonschema_rs.validator_for(json.loads(IIIF.read_bytes())).validate(document)
    base_url = "http://127.0.0.1:8000/"
    assert len(document["items"]) == ITEMS
    for entry in document["items"]:
        manifest = museum / "site" / entry["id"].removeprefix(base_url)
        assert json.loads(manifest.read_bytes())["id"] == entry["id"]
    own = json.loads((museum / "site/iiif/collection.json").read_bytes())
    assert document["items"] == own["items"]


def test_the_set_says_its_licence_years_and_places(run: Run, museum: Path, tmp_path: Path) -> None:
    report = exported(run, museum, "dcat", tmp_path / "set.jsonld")
    assert report["items"] == ITEMS
    data = json.loads((tmp_path / "set.jsonld").read_bytes())
    assert data["dcterms:temporal"]["dcat:startDate"]["@value"].startswith("-")
    assert data["dcterms:spatial"]


def test_the_set_is_described_with_the_files_that_the_built_site_has(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    exported(run, museum, "dcat", tmp_path / "set.jsonld")
    offers = json.loads((tmp_path / "set.jsonld").read_bytes())["dcat:distribution"]
    own = json.loads((museum / "site/data/dataset.jsonld").read_bytes())["dcat:distribution"]
    assert offers[1:] == own
    assert len(own) == 3
    some = tmp_path / "some.jsonld"
    exported(run, museum, "dcat", some, "--facet", "material=hổ phách")
    assert b"items.csv" not in some.read_bytes(), "the site's table has more than was chosen"
    table = museum / "site/data/items.csv"
    whole = table.read_bytes()
    table.write_bytes(whole[:-1])
    try:
        exported(run, museum, "dcat", tmp_path / "changed.jsonld")
    finally:
        table.write_bytes(whole)
    changed = json.loads((tmp_path / "changed.jsonld").read_bytes())["dcat:distribution"]
    assert [entry for entry in offers if entry not in changed] == [own[0]]


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "{",
        '{"@context": 1}',
        None,
        '"dcat:distribution": [5]',
        '"dcat:distribution": [{}]',
        "",
    ],
)
def test_a_description_that_somebody_wrote_into_describes_no_files(
    run: Run, museum: Path, tmp_path: Path, content: str | None
) -> None:
    path = museum / "site/data/dataset.jsonld"
    whole = path.read_bytes()
    document = json.loads(whole)
    if content is None:
        content = json.dumps({"@context": document["@context"]})
    elif content.startswith('"'):
        content = json.dumps(document | json.loads(f"{{{content}}}"))
    path.write_text(content, encoding="utf-8")
    try:
        exported(run, museum, "dcat", tmp_path / "set.jsonld")
    finally:
        path.write_bytes(whole)
    told = json.loads((tmp_path / "set.jsonld").read_bytes())["dcat:distribution"]
    assert not [entry for entry in told if "spdx:checksum" in entry]


def test_the_workbook_has_the_cells_of_the_table(run: Run, museum: Path, tmp_path: Path) -> None:
    exported(run, museum, "xlsx", tmp_path / "museum.xlsx")
    exported(run, museum, "csv", tmp_path / "museum.csv")
    (sheet,) = openpyxl.load_workbook(tmp_path / "museum.xlsx").worksheets
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    text = (tmp_path / "museum.csv").read_bytes().decode("utf-8-sig")
    table = csv.reader(io.StringIO(text, newline=""))
    assert rows == [[unquote_cell(cell) for cell in row] for row in table]
    assert len(rows) == ITEMS + 1


@pytest.mark.parametrize("choice", [("--facet", "material=hổ phách"), ("--batch",)])
def test_a_selection_takes_the_same_items_in_every_format(
    run: Run, museum: Path, tmp_path: Path, choice: tuple[str, ...]
) -> None:
    if choice == ("--batch",):
        (batch,) = (path.name for path in (museum / "batches").iterdir())
        choice = ("--batch", batch)
    counts = {
        name: exported(run, museum, name, tmp_path / named(name), *choice)["items"]
        for name in ("csv", "xlsx", "iiif", "dcat", "jsonld", "linked_art", "oai_dc", "mets")
    }
    assert len(set(counts.values())) == 1, counts
    assert counts["csv"] > 0
