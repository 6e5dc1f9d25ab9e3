"""Ingest as a museum uses it: again, after mending, with other scans, with bad files."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive.layout import Layout
from archive.store import Commit, Store
from schemas.records import Record
from tests.archive.store_samples import assert_valid
from tests.conftest import Run
from tests.flows.deliveries import HEADINGS, ROWS, draw_scan, make_delivery, tree, write_csv


@pytest.fixture
def museum(tmp_path: Path, run: Run) -> Path:
    folder = tmp_path / "museum"
    assert run("init", folder).code == 0
    return folder


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    return make_delivery(tmp_path / "delivery")


def ingest(run: Run, museum: Path, source: Path, code: int = 0) -> dict[str, object]:
    ran = run("ingest", "--json", source, cwd=museum)
    assert ran.code == code, ran
    return dict(json.loads(ran.out))


def validate_store(museum: Path) -> int:
    """Let ocfl-py judge the whole store, and return its number of objects."""
    store = Store(Layout(museum))
    assert_valid(store)
    return len(list(store.iter_item_ids()))


def versions(museum: Path, item_id: str) -> int:
    for path in (museum / "store").rglob("inventory.json"):
        inventory = json.loads(path.read_text(encoding="utf-8"))
        if inventory["id"] == f"hoaban:{item_id}" and path.parent.name[0] != "v":
            return len(inventory["versions"])
    return 0


def test_three_items_with_four_scans_go_in(run: Run, museum: Path, delivery: Path) -> None:
    report = ingest(run, museum, delivery)
    assert report["added"] == ["bt-001", "bt-002", "bt-003"]
    assert report["set_aside"] == []
    assert validate_store(museum) == 3


def test_the_same_command_again_does_nothing(run: Run, museum: Path, delivery: Path) -> None:
    ingest(run, museum, delivery)
    before = tree(museum / "store") | tree(museum / "derivatives")
    report = ingest(run, museum, delivery)
    assert (report["added"], report["updated"], report["unchanged"]) == ([], [], 3)
    assert tree(museum / "store") | tree(museum / "derivatives") == before


def test_a_changed_row_makes_a_version_without_copying_masters(
    run: Run, museum: Path, delivery: Path
) -> None:
    ingest(run, museum, delivery)
    before = tree(museum / "store")
    rows = [ROWS[0], ("BT-002", "Khăn piêu Thái", *ROWS[1][2:]), ROWS[2]]
    write_csv(delivery / "catalogue.csv", HEADINGS, rows)
    report = ingest(run, museum, delivery)
    assert (report["updated"], report["unchanged"]) == (["bt-002"], 2)
    assert versions(museum, "bt-002") == 2
    new = set(tree(museum / "store")) - set(before)
    assert not [path for path in new if path.endswith(".jpg")]
    assert validate_store(museum) == 3
    assert "Khăn piêu Thái" in run("--lang", "vi", "search", "thái", cwd=museum).out


def test_a_changed_scan_makes_a_version_and_keeps_the_old_bytes(
    run: Run, museum: Path, delivery: Path
) -> None:
    ingest(run, museum, delivery)
    old = tree(museum / "store")
    draw_scan(delivery / "scarf.jpg", colour="navy")
    report = ingest(run, museum, delivery)
    assert report["updated"] == ["bt-002"]
    assert versions(museum, "bt-002") == 2
    new = tree(museum / "store")
    kept = {path for path in old if "/content/" in path}
    assert {path: new[path] for path in kept} == {path: old[path] for path in kept}
    assert validate_store(museum) == 3


def test_a_delivery_of_one_view_leaves_the_others(run: Run, museum: Path, tmp_path: Path) -> None:
    ingest(run, museum, make_delivery(tmp_path / "first"))
    second = tmp_path / "second"
    draw_scan(second / "drum_side.jpg", colour="teal")
    write_csv(second / "catalogue.csv", HEADINGS, [(*ROWS[0][:4], "drum_side.jpg")])
    report = ingest(run, museum, second)
    assert report["updated"] == ["bt-001"]
    run("build", cwd=museum)
    page = next((museum / "site" / "en" / "items").rglob("bt-001.html")).read_text("utf-8")
    assert page.count("thumbnail.jpg") >= 3


def test_a_scan_under_a_new_name_is_not_kept_twice(run: Run, museum: Path, tmp_path: Path) -> None:
    first = make_delivery(tmp_path / "first")
    ingest(run, museum, first)
    second = tmp_path / "second"
    (second / "scarves").mkdir(parents=True)
    (first / "scarf.jpg").rename(second / "scarves" / "piêu.jpg")
    write_csv(second / "catalogue.csv", HEADINGS, [(*ROWS[1][:4], "piêu.jpg")])
    report = ingest(run, museum, second)
    assert (report["updated"], report["unchanged"]) == ([], 1)


def test_faulty_scans_are_set_aside_and_the_rest_goes_in(
    run: Run, museum: Path, delivery: Path
) -> None:
    whole = (delivery / "drum_front.tif").read_bytes()
    (delivery / "drum_front.tif").write_bytes(whole[: len(whole) // 2])
    (delivery / "scarf.jpg").write_text("not an image", encoding="utf-8")
    report = ingest(run, museum, delivery, code=10)
    assert report["added"] == ["bt-003"]
    assert report["set_aside"] == ["bt-001", "bt-002"]
    found = json.loads((museum / "quarantine" / "bt-001" / "findings.json").read_text("utf-8"))
    assert found["findings"][0]["code"] == "SCAN-damaged"
    copies = list((museum / "quarantine" / "bt-001" / "files").iterdir())
    assert [copy.read_bytes() for copy in copies] == [whole[: len(whole) // 2]]
    assert list((museum / ".staging").rglob("*.tif")) == []
    assert validate_store(museum) == 1

    (delivery / "drum_front.tif").write_bytes(whole)
    draw_scan(delivery / "scarf.jpg")
    report = ingest(run, museum, delivery)
    assert report["added"] == ["bt-001", "bt-002"]
    assert list((museum / "quarantine").iterdir()) == []


def test_an_empty_file_a_climbing_name_and_twin_numbers_are_each_said(
    run: Run, museum: Path, delivery: Path
) -> None:
    (delivery / "mortar.png").write_bytes(b"")
    rows = [
        *ROWS,
        ("BT-004", "Ấm", "Pot", "", "../../etc/passwd"),
        ("BT-005", "Gùi", "Basket", "", ""),
        ("bt_005", "Gùi", "Basket", "", ""),
        ("BT-006", "Nỏ", "Crossbow", "", ""),
    ]
    write_csv(delivery / "catalogue.csv", HEADINGS, rows)
    report = ingest(run, museum, delivery, code=10)
    said = {(f["code"], f["row"]) for f in report["findings"]}  # type: ignore[attr-defined]
    codes = {code for code, _row in said}
    assert ("MATCH-unsafe-name", 5) in said
    assert {("ROW-duplicate-identifier", 6), ("ROW-duplicate-identifier", 7)} <= said
    assert "SCAN-empty" in codes
    assert report["added"] == ["bt-001", "bt-002", "bt-006"]


def test_check_says_the_same_and_writes_nothing(run: Run, museum: Path, delivery: Path) -> None:
    (delivery / "mortar.png").write_bytes(b"")
    before = tree(museum) | tree(delivery)
    ran = run("check", "--json", delivery, cwd=museum)
    assert ran.code == 10
    findings = json.loads(ran.out)["findings"]
    assert {"code", "severity", "path", "sheet", "row", "column", "message"} <= set(findings[0])
    assert ("SCAN-empty", "mortar.png") in {(f["code"], f["path"]) for f in findings}
    assert tree(museum) | tree(delivery) == before


def test_findings_are_said_in_vietnamese(run: Run, museum: Path, delivery: Path) -> None:
    (delivery / "mortar.png").write_bytes(b"")
    ran = run("--lang", "vi", "check", delivery, cwd=museum)
    assert "mortar.png: lỗi [SCAN-empty]" in ran.out


def test_a_source_without_a_catalogue_is_refused(run: Run, museum: Path, tmp_path: Path) -> None:
    draw_scan(tmp_path / "scans" / "a.jpg")
    ran = run("ingest", tmp_path / "scans", cwd=museum)
    assert ran.code == 4
    assert "--catalogue" in ran.err


def test_outside_an_archive_the_way_in_is_told(run: Run, tmp_path: Path) -> None:
    ran = run("status", cwd=tmp_path)
    assert ran.code == 3
    assert "hoaban init" in ran.err


def test_the_same_bytes_under_two_names_are_told(run: Run, museum: Path, delivery: Path) -> None:
    (delivery / "mortar.png").unlink()
    (delivery / "mortar.png").write_bytes((delivery / "scarf.jpg").read_bytes())
    report = ingest(run, museum, delivery)
    told = [f for f in report["findings"] if f["code"] == "SCAN-duplicate"]  # type: ignore[attr-defined]
    assert [(f["path"], "scarf.jpg" in f["message"]) for f in told] == [("mortar.png", True)]


def test_a_copy_that_is_not_what_was_read_is_set_aside(
    run: Run, museum: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = Store.commit

    def rot_first(store: Store, record: Record, **delivered: Any) -> Commit:
        if record.identifier == "BT-002":
            staged = delivered["masters"]["masters/scarf.jpg"]
            staged.write_bytes(staged.read_bytes()[:-1] + b"?")
        return commit(store, record, **delivered)

    monkeypatch.setattr(Store, "commit", rot_first)
    report = ingest(run, museum, delivery, code=10)
    assert report["set_aside"] == ["bt-002"]
    assert "STORE-copy-differs" in {f["code"] for f in report["findings"]}  # type: ignore[attr-defined]
    assert validate_store(museum) == 2
    monkeypatch.undo()
    assert ingest(run, museum, delivery)["added"] == ["bt-002"]


def test_an_item_called_like_a_folder_of_ours_goes_in(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    rows = [(name, "Vật", "", "", f"{name}.jpg") for name in ("store", "commit", "items")]
    for name, *_rest in rows:
        draw_scan(tmp_path / "odd" / f"{name}.jpg", size=(128, 128 + len(name)))
    write_csv(tmp_path / "odd" / "catalogue.csv", HEADINGS, rows)
    assert ingest(run, museum, tmp_path / "odd")["added"] == ["store", "commit", "items"]
    assert validate_store(museum) == 3
