"""Ingest as a museum uses it: again, after mending, with other scans, with bad files."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from archive.layout import Layout
from archive.store import Commit, Store
from schemas.records import Access, Record
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


def test_a_page_put_before_the_others_keeps_every_scan(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    """The museum finds a first page and numbers the files anew: no page may get lost."""
    source = tmp_path / "book"
    headings = ("Số kiểm kê", "Tên gọi", "Tệp ảnh")
    draw_scan(source / "1.png", colour="red")
    write_csv(source / "catalogue.csv", headings, [("B-1", "Sách", "1.png")])
    ingest(run, museum, source)
    (source / "1.png").rename(source / "2.png")
    draw_scan(source / "1.png", colour="blue")
    delivered = {path.read_bytes() for path in source.glob("*.png")}
    write_csv(source / "catalogue.csv", headings, [("B-1", "Sách", "1.png;2.png")])
    assert ingest(run, museum, source)["updated"] == ["b-1"]
    kept = Store(Layout(museum)).read("b-1").masters
    assert {path.read_bytes() for path in kept.values()} == delivered
    assert set(kept) == {"masters/1.png", "masters/2.png"}


def test_a_sheet_that_says_nothing_of_access_leaves_it(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    source = tmp_path / "secret"
    source.mkdir()
    headings = ("Số kiểm kê", "Tên gọi", "Mức truy cập")
    write_csv(source / "catalogue.csv", headings, [("S-1", "Mật", "hạn chế")])
    ingest(run, museum, source)
    write_csv(source / "catalogue.csv", headings[:2], [("S-1", "Mật hiệu")])
    assert ingest(run, museum, source)["updated"] == ["s-1"]
    assert Store(Layout(museum)).read("s-1").record.access is Access.RESTRICTED
    write_csv(source / "catalogue.csv", headings, [("S-1", "Mật hiệu", "công khai")])
    opened = ingest(run, museum, source)
    assert "CHANGE-access-opened" in {f["code"] for f in opened["findings"]}  # type: ignore[attr-defined]


def test_a_row_that_empties_fields_is_warned_of(run: Run, museum: Path, delivery: Path) -> None:
    ingest(run, museum, delivery)
    rows = [ROWS[0], (*ROWS[1][:3], "", ROWS[1][4]), ROWS[2]]
    write_csv(delivery / "catalogue.csv", HEADINGS, rows)
    report = ingest(run, museum, delivery)
    warned = [f for f in report["findings"] if f["code"] == "CHANGE-fields-emptied"]  # type: ignore[attr-defined]
    assert [("material" in f["message"], f["row"]) for f in warned] == [(True, 3)]


def test_images_of_the_old_scan_are_never_taken_for_the_new_ones(
    run: Run, museum: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the commit and the publishing of its images."""
    ingest(run, museum, delivery)
    draw_scan(delivery / "scarf.jpg", colour="blue")
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.ingest.publish_derivatives", _stop)
        assert run("ingest", delivery, cwd=museum).code == 130
    ingest(run, museum, delivery)
    thumbnail = next((museum / "derivatives").glob("*/bt-002/0001/thumbnail.jpg"))
    with Image.open(thumbnail) as image:
        red, _green, blue = image.convert("RGB").getpixel((5, 5))  # type: ignore[misc]
    assert blue > red


def _stop(*_arguments: object) -> None:
    raise KeyboardInterrupt


def test_an_empty_image_file_left_by_a_power_cut_is_made_again(
    run: Run, museum: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.ingest.update_index", _stop)
        assert run("ingest", delivery, cwd=museum).code == 130
    tile = next((museum / "derivatives").glob("*/bt-001/0001/full/max/0/default.jpg"))
    tile.unlink()
    tile.write_bytes(b"")
    ingest(run, museum, delivery)
    assert tile.stat().st_size > 0


@pytest.mark.leaves_damage("only told, not mended", "museum")
def test_one_damaged_object_costs_only_its_own_item(run: Run, museum: Path, delivery: Path) -> None:
    ingest(run, museum, delivery)
    folder = Store(Layout(museum)).folder_of("bt-002")
    (folder / "inventory.json").write_text("{}", encoding="utf-8")
    draw_scan(delivery / "mortar.png", colour="black")
    report = ingest(run, museum, delivery, code=10)
    assert (report["updated"], report["set_aside"]) == (["bt-003"], ["bt-002"])
    assert "STORE-damaged" in {f["code"] for f in report["findings"]}  # type: ignore[attr-defined]
    rebuilt = run("rebuild", cwd=museum)
    assert rebuilt.code == 10
    assert "STORE-damaged" in rebuilt.out
    assert (museum / "site" / "index.html").is_file()


def test_an_object_that_is_gone_from_the_store_comes_back_with_its_delivery(
    run: Run, museum: Path, delivery: Path
) -> None:
    ingest(run, museum, delivery)
    shutil.rmtree(Store(Layout(museum)).folder_of("bt-003"))
    assert run("audit", cwd=museum).code == 6
    assert ingest(run, museum, delivery)["added"] == ["bt-003"]
    assert run("audit", cwd=museum).code == 0


def test_rows_of_one_number_are_kept_side_by_side(run: Run, museum: Path, tmp_path: Path) -> None:
    source = tmp_path / "twins"
    source.mkdir()
    rows = [("T-1", "Một"), ("T-1", "Hai")]
    write_csv(source / "catalogue.csv", ("Số kiểm kê", "Tên gọi"), rows)
    ingest(run, museum, source, code=10)
    kept = sorted((museum / "quarantine").iterdir())
    assert [("Một" in p.read_text("utf-8")) for f in kept for p in [f / "record.json"]] == [
        True,
        False,
    ]
    write_csv(source / "catalogue.csv", ("Số kiểm kê", "Tên gọi"), rows[:1])
    ingest(run, museum, source)
    assert list((museum / "quarantine").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("catalogue.csv", "Số kiểm kê,Tên gọi\n".encode(), "SHEET-empty"),
        ("catalogue.xlsx", b"PK\x03\x04 broken", "SHEET-unreadable"),
        ("catalogue.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512, "SHEET-unreadable"),
        (
            "catalogue.xlsx",
            bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"),
            "SHEET-encrypted",
        ),
    ],
)
def test_a_sheet_that_cannot_be_read_is_said_and_nothing_goes_in(
    run: Run, museum: Path, delivery: Path, name: str, data: bytes, code: str
) -> None:
    (delivery / "catalogue.csv").unlink()
    (delivery / name).write_bytes(data)
    report = ingest(run, museum, delivery, code=10)
    assert code in {f["code"] for f in report["findings"]}  # type: ignore[attr-defined]
    assert validate_store(museum) == 0


def test_the_order_of_the_sheet_is_the_order_of_the_views(
    run: Run, museum: Path, delivery: Path
) -> None:
    ingest(run, museum, delivery)
    rows = [(*ROWS[0][:4], "drum_back.jpg;drum_front.tif"), *ROWS[1:]]
    write_csv(delivery / "catalogue.csv", HEADINGS, rows)
    assert ingest(run, museum, delivery)["updated"] == ["bt-001"]
    views = Store(Layout(museum)).read("bt-001").record.views
    assert [view.path for view in views] == ["masters/drum_back.jpg", "masters/drum_front.tif"]
    first = next((museum / "derivatives").glob("*/bt-001/derivatives.json")).read_text("utf-8")
    assert first.index("drum_back") < first.index("drum_front")


def test_an_archive_does_not_swallow_itself(run: Run, museum: Path, delivery: Path) -> None:
    ingest(run, museum, delivery)
    for source in (museum, museum / "store", museum.parent):
        ran = run("ingest", source, "--catalogue", delivery / "catalogue.csv", cwd=museum)
        assert ran.code == 4, ran


def test_a_store_whose_disk_is_not_there_is_not_made_anew(
    run: Run, museum: Path, delivery: Path
) -> None:
    ingest(run, museum, delivery)
    (museum / "store").rename(museum / "elsewhere")
    for command in (["ingest", delivery], ["rebuild"], ["build"], ["status"]):
        assert run(*command, cwd=museum).code == 5, command
    assert not (museum / "store").exists()
