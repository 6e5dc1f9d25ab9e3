"""The dry run says what would be done, and writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.flows.deliveries import HEADINGS, ROWS, draw_scan, make_delivery, tree, write_csv


def stamps(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}


@pytest.fixture
def museum(tmp_path: Path, run: Run) -> Path:
    folder = tmp_path / "museum"
    assert run("init", folder).code == 0
    return folder


def changes(run: Run, museum: Path, source: Path, code: int = 0) -> dict[str, str]:
    before = tree(museum), stamps(museum), stamps(source)
    ran = run("ingest", "--dry-run", "--json", source, cwd=museum)
    assert ran.code == code, ran
    assert (tree(museum), stamps(museum), stamps(source)) == before
    return {item["item"]: item["change"] for item in json.loads(ran.out)["items"]}


def test_each_kind_of_change_is_told_and_nothing_is_written(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    source = make_delivery(tmp_path / "delivery")
    assert set(changes(run, museum, source).values()) == {"new"}
    assert run("ingest", source, cwd=museum).code == 0
    assert set(changes(run, museum, source).values()) == {"unchanged"}
    draw_scan(source / "drum_front.tif", colour="teal")
    draw_scan(source / "bell.png")
    rows = [
        ROWS[0],
        ("BT-002", "Khăn piêu Thái", *ROWS[1][2:]),
        ROWS[2],
        ("BT-004", "Chuông", "", "đồng", "bell.png"),
        ("BT-005", "Lạc", "", "", "missing.tif"),
    ]
    write_csv(source / "catalogue.csv", HEADINGS, rows)
    assert changes(run, museum, source, code=10) == {
        "bt-001": "scans",
        "bt-002": "record",
        "bt-003": "unchanged",
        "bt-004": "new",
        "bt-005": "set_aside",
    }
    ran = run("ingest", "--dry-run", source, cwd=museum)
    assert "BT-002: new description (1 scan" in ran.out
    assert "1 new, 2 changed, 1 unchanged, 1 set aside." in ran.out
    assert ran.out.endswith("Nothing was written.\n")


def test_it_does_not_need_the_catalogue(run: Run, museum: Path, tmp_path: Path) -> None:
    source = make_delivery(tmp_path / "delivery")
    assert run("ingest", source, cwd=museum).code == 0
    (museum / "catalogue.db").write_bytes(b"damaged")
    assert set(changes(run, museum, source).values()) == {"unchanged"}
