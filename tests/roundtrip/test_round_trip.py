"""Records go out to a sheet, are edited by hand, and come back; batches are taken back."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from archive.catalogue import Catalogue
from archive.layout import Layout
from archive.opening import open_archive
from archive.store import Store
from pipeline.roundtrip.records import plan_import
from schemas.records import Access, Record
from tests.archive.store_samples import assert_valid
from tests.conftest import Ran, Run
from tests.flows.deliveries import HEADINGS, ROWS, draw_scan, make_delivery, tree, write_csv

Edit = Callable[[dict[str, str]], None]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("roundtrip")


@pytest.fixture
def museum(made: Path, tmp_path: Path, run: Run) -> Path:
    """An archive of three items and its delivery: ingested once, copied for each test."""
    if not (made / "museum" / "catalogue.db").exists():
        assert run("init", made / "museum").code == 0
        source = make_delivery(made / "delivery")
        assert run("ingest", source, cwd=made / "museum").code == 0
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "museum"


@pytest.fixture(params=["records.xlsx", "records.csv"])
def sheet(request: pytest.FixtureRequest, tmp_path: Path, museum: Path, run: Run) -> Path:
    path = tmp_path / str(request.param)
    ran = run("records", "export", path, cwd=museum)
    assert ran.code == 0, ran
    return path


def edit(path: Path, change: Callable[[str, str, str], str]) -> None:
    """Change cells as ``change(item, heading, text)`` says, as a person in a program would."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        table = book.active
        headings = [cell.value for cell in table[2]]
        for row in table.iter_rows(min_row=3):
            for cell, heading in zip(row, headings, strict=True):
                cell.value = change(row[0].value, heading, cell.value or "") or None
        book.save(path)
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(rows[0])
        for row in rows[1:]:
            cells = zip(rows[0], row, strict=True)
            writer.writerow([change(row[0], heading, text) for heading, text in cells])


def set_cell(path: Path, item: str, heading: str, text: str) -> None:
    edit(path, lambda i, h, old: text if (i, h) == (item, heading) else old)


def bring_in(run: Run, museum: Path, path: Path, code: int = 0) -> Ran:
    ran = run("records", "import", path, "--yes", cwd=museum)
    assert ran.code == code, ran
    return ran


def record(museum: Path, item_id: str) -> Record:
    return Store(Layout(museum)).read(item_id).record


def batches(run: Run, museum: Path) -> list[str]:
    store = Store(Layout(museum))
    found = {
        m.rpartition(" ")[2]
        for i in store.iter_item_ids()
        for v in store.history(i)
        for m in [v.message]
    }
    return sorted(found)


def test_a_sheet_that_was_not_edited_changes_nothing(run: Run, museum: Path, sheet: Path) -> None:
    before = tree(museum / "store")
    ran = bring_in(run, museum, sheet)
    assert "0 of 3 rows" in ran.out
    assert tree(museum / "store") == before


def test_edited_cells_become_a_new_version_and_the_rest_stays(
    run: Run, museum: Path, sheet: Path
) -> None:
    old = record(museum, "bt-001")
    set_cell(sheet, "bt-001", "title@vi", "Trống đồng Mường Ảng")
    set_cell(sheet, "bt-002", "material@vi", "vải; chỉ màu")
    preview = run("records", "import", sheet, "--dry-run", cwd=museum)
    assert "'Trống đồng' → 'Trống đồng Mường Ảng'" in preview.out
    assert record(museum, "bt-001") == old
    bring_in(run, museum, sheet)
    new = record(museum, "bt-001")
    assert new.title("vi") == "Trống đồng Mường Ảng"
    assert new.title("en") == "Bronze drum"
    assert new.views == old.views
    values = [s.value for s in record(museum, "bt-002").values("medium")]
    assert values == ["vải", "chỉ màu"]
    assert json.loads(run("search", "--json", "muong ang", cwd=museum).out)["total"] == 1
    assert_valid(Store(Layout(museum)))


def test_rows_and_columns_that_are_left_out_stay_as_they_are(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    path = tmp_path / "part.csv"
    write_csv(path, ("hoaban:item", "hoaban:version", "note"), [("bt-003", "1", "để ở tủ 4")])
    old = record(museum, "bt-003")
    bring_in(run, museum, path)
    new = record(museum, "bt-003")
    assert [s.value for s in new.statements if s.field == "note"] == ["để ở tủ 4"]
    assert [s for s in new.statements if s.field != "note"] == list(old.statements)


def test_what_both_sides_changed_is_a_conflict_and_is_not_settled(
    run: Run, museum: Path, sheet: Path, tmp_path: Path
) -> None:
    rows = (("BT-001", "Trống lớn", "Bronze drum", "đồng", ROWS[0][4]), *ROWS[1:])
    write_csv(tmp_path / "delivery" / "catalogue.csv", HEADINGS, rows)
    assert run("ingest", tmp_path / "delivery", cwd=museum).code == 0
    set_cell(sheet, "bt-001", "title@vi", "Trống cái")
    set_cell(sheet, "bt-002", "title@en", "Headscarf")
    ran = bring_in(run, museum, sheet, code=10)
    assert "RECORDS-conflict" in ran.out
    for text in ("Trống đồng", "Trống lớn", "Trống cái"):
        assert text in ran.out
    assert record(museum, "bt-001").title("vi") == "Trống lớn"
    assert record(museum, "bt-002").title("en") == "Headscarf"


def test_changes_to_different_cells_of_one_item_are_joined(
    run: Run, museum: Path, sheet: Path, tmp_path: Path
) -> None:
    rows = (("BT-001", "Trống lớn", "Bronze drum", "đồng", ROWS[0][4]), *ROWS[1:])
    write_csv(tmp_path / "delivery" / "catalogue.csv", HEADINGS, rows)
    assert run("ingest", tmp_path / "delivery", cwd=museum).code == 0
    set_cell(sheet, "bt-001", "title@en", "Large drum")
    bring_in(run, museum, sheet)
    assert record(museum, "bt-001").title("vi") == "Trống lớn"
    assert record(museum, "bt-001").title("en") == "Large drum"


def test_a_formula_comes_back_as_the_text_it_was(run: Run, museum: Path, sheet: Path) -> None:
    set_cell(sheet, "bt-001", "note", "'=HYPERLINK(1)" if sheet.suffix == ".csv" else "@SUM")
    bring_in(run, museum, sheet)
    out = sheet.with_name("again" + sheet.suffix)
    assert run("records", "export", out, cwd=museum).code == 0
    assert "0 of 3" in bring_in(run, museum, out).out


@pytest.mark.parametrize(
    ("heading", "text", "code"),
    [
        ("access", "bí mật", "RECORDS-bad-access"),
        ("identifier", "BT-009", "RECORDS-read-only"),
        ("files", "other.jpg", "RECORDS-read-only"),
        ("hoaban:version", "7", "RECORDS-no-version"),
        ("hoaban:version", "x", "RECORDS-no-version"),
    ],
)
def test_a_cell_that_cannot_be_taken_over_is_told(
    run: Run, museum: Path, tmp_path: Path, heading: str, text: str, code: str
) -> None:
    path = tmp_path / "records.csv"
    run("records", "export", path, cwd=museum)
    set_cell(path, "bt-001", heading, text)
    before = tree(museum / "store")
    ran = run("records", "import", path, "--yes", cwd=museum)
    assert code in ran.out
    assert tree(museum / "store") == before


def test_emptying_every_title_is_refused(run: Run, museum: Path, sheet: Path) -> None:
    edit(sheet, lambda i, h, t: "" if i == "bt-001" and h.startswith("title") else t)
    ran = bring_in(run, museum, sheet, code=10)
    assert "RECORDS-required" in ran.out
    assert record(museum, "bt-001").title("vi") == "Trống đồng"


def test_strange_rows_and_columns_are_told(run: Run, museum: Path, tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    write_csv(
        path,
        ("hoaban:item", "hoaban:version", "title@vi", "weird"),
        [("bt-001", "1", "Một", ""), ("bt-001", "1", "Hai", ""), ("bt-9", "1", "Ba", "")],
    )
    before = tree(museum / "store")
    ran = bring_in(run, museum, path, code=10)
    for code in ("RECORDS-row-twice", "RECORDS-no-item", "RECORDS-column-unknown"):
        assert code in ran.out
    assert tree(museum / "store") == before


def test_a_file_that_never_went_out_is_refused(run: Run, museum: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    write_csv(path, HEADINGS, ROWS)
    ran = run("records", "import", path, "--yes", cwd=museum)
    assert ran.code != 0
    assert "hoaban records export" in ran.err


def test_without_an_answer_nothing_changes(run: Run, museum: Path, sheet: Path) -> None:
    set_cell(sheet, "bt-001", "title@vi", "Khác")
    before = tree(museum / "store")
    ran = run("records", "import", sheet, cwd=museum)
    assert ran.code == 10
    assert "--yes" in ran.err
    assert tree(museum / "store") == before


def test_an_import_is_one_batch_that_undo_takes_back(run: Run, museum: Path, sheet: Path) -> None:
    old = {i: record(museum, i) for i in ("bt-001", "bt-002", "bt-003")}
    edit(sheet, lambda i, h, t: t + " (sửa)" if h == "title@vi" else t)
    edit(sheet, lambda i, h, t: "restricted" if (i, h) == ("bt-003", "access") else t)
    bring_in(run, museum, sheet)
    assert record(museum, "bt-003").access is Access.RESTRICTED
    batch = batches(run, museum)[-1]
    ran = run("undo", batch, "--yes", cwd=museum)
    assert ran.code == 0, ran
    assert {i: record(museum, i) for i in old} == old
    redo = batches(run, museum)[-1]
    assert redo != batch
    assert run("undo", redo, "--yes", cwd=museum).code == 0
    assert record(museum, "bt-001").title("vi") == "Trống đồng (sửa)"
    assert_valid(Store(Layout(museum)))


def test_undoing_an_ingest_takes_its_items_out_and_undoing_that_brings_them_back(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    first = {i: record(museum, i) for i in ("bt-001", "bt-002", "bt-003")}
    masters = {p: d for p, d in tree(museum / "store").items() if "/v1/content/" in p}
    (batch,) = batches(run, museum)
    ran = run("undo", batch, "--yes", cwd=museum)
    assert ran.code == 0, ran
    assert json.loads(run("status", "--json", cwd=museum).out)["items"] == 0
    assert json.loads(run("search", "--json", "trong", cwd=museum).out)["total"] == 0
    assert not list((museum / "derivatives").rglob("*.jpg"))
    assert masters.items() <= tree(museum / "store").items()
    assert run("build", cwd=museum).code == 0
    assert not list((museum / "site").rglob("bt-00*"))
    assert run("audit", cwd=museum).code == 0
    again = batches(run, museum)[-1]
    assert run("undo", again, "--yes", cwd=museum).code == 0
    assert {i: record(museum, i) for i in first} == first
    assert json.loads(run("search", "--json", "trong", cwd=museum).out)["total"] == 1
    assert list((museum / "derivatives").rglob("*.jpg"))
    assert_valid(Store(Layout(museum)))


def test_an_item_that_was_taken_out_comes_in_again_with_a_delivery(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    (batch,) = batches(run, museum)
    assert run("undo", batch, "--yes", cwd=museum).code == 0
    report = json.loads(run("ingest", "--json", tmp_path / "delivery", cwd=museum).out)
    assert report["added"] == ["bt-001", "bt-002", "bt-003"]
    assert record(museum, "bt-001").title("vi") == "Trống đồng"
    assert_valid(Store(Layout(museum)))


def test_undoing_a_delivery_of_scans_gives_the_old_scans_back(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    old = Store(Layout(museum)).read("bt-001")
    delivery = tmp_path / "delivery"
    draw_scan(delivery / "drum_back.jpg", colour="navy")
    draw_scan(delivery / "drum_side.jpg", colour="teal")
    rows = ((*ROWS[0][:4], ROWS[0][4] + ";drum_side.jpg"), *ROWS[1:])
    write_csv(delivery / "catalogue.csv", HEADINGS, rows)
    assert run("ingest", delivery, cwd=museum).code == 0
    assert len(record(museum, "bt-001").views) == 3
    ran = run("undo", batches(run, museum)[-1], "--yes", cwd=museum)
    assert ran.code == 0, ran
    assert "drum_side.jpg" in ran.out
    new = Store(Layout(museum)).read("bt-001")
    assert new.record == old.record
    assert new.technical == old.technical
    assert {p: f.read_bytes() for p, f in new.masters.items()} == {
        p: f.read_bytes() for p, f in old.masters.items()
    }
    made = json.loads(next((museum / "derivatives").rglob("bt-001/derivatives.json")).read_text())
    assert len(made["canvases"]) == 2
    assert_valid(Store(Layout(museum)))


def test_what_was_changed_since_is_not_undone(
    run: Run, museum: Path, sheet: Path, tmp_path: Path
) -> None:
    set_cell(sheet, "bt-001", "title@vi", "Trống một")
    bring_in(run, museum, sheet)
    batch = batches(run, museum)[-1]
    later = tmp_path / "later.csv"
    write_csv(
        later,
        ("hoaban:item", "hoaban:version", "title@vi", "note"),
        [("bt-001", "2", "Trống hai", ""), ("bt-002", "1", "Khăn", "mới")],
    )
    bring_in(run, museum, later)
    ran = run("undo", batch, "--yes", cwd=museum)
    assert ran.code == 10
    assert "RECORDS-undo-conflict" in ran.out
    assert record(museum, "bt-001").title("vi") == "Trống hai"


def test_a_later_edit_of_other_cells_survives_an_undo(
    run: Run, museum: Path, sheet: Path, tmp_path: Path
) -> None:
    set_cell(sheet, "bt-001", "title@vi", "Trống một")
    bring_in(run, museum, sheet)
    batch = batches(run, museum)[-1]
    later = tmp_path / "later.csv"
    write_csv(later, ("hoaban:item", "hoaban:version", "note"), [("bt-001", "2", "mới")])
    bring_in(run, museum, later)
    assert run("undo", batch, "--yes", cwd=museum).code == 0
    found = record(museum, "bt-001")
    assert found.title("vi") == "Trống đồng"
    assert [s.value for s in found.statements if s.field == "note"] == ["mới"]


def test_a_batch_is_found_in_a_catalogue_that_was_made_anew(
    run: Run, museum: Path, sheet: Path
) -> None:
    set_cell(sheet, "bt-001", "title@vi", "Trống một")
    bring_in(run, museum, sheet)
    (museum / "catalogue.db").unlink()
    assert run("rebuild", "--keep-images", cwd=museum).code == 0
    assert run("undo", batches(run, museum)[-1], "--yes", cwd=museum).code == 0
    assert record(museum, "bt-001").title("vi") == "Trống đồng"


@pytest.mark.parametrize("name", ["2026-01-01-000000", "../../etc", ""])
def test_a_batch_that_is_not_there_is_told(run: Run, museum: Path, name: str) -> None:
    ran = run("undo", name, "--yes", cwd=museum)
    assert ran.code != 0
    assert "hoaban status" in ran.err


def test_the_exported_sheet_is_text_and_has_people_s_words(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    path = tmp_path / "records.xlsx"
    assert run("--lang", "vi", "records", "export", path, "khăn", cwd=museum).code == 0
    table = openpyxl.load_workbook(path).active
    words = [cell.value for cell in table[1]]
    assert "Tên gọi (vi)" in words
    assert table.max_row == 3
    assert {cell.data_type for cell in table[3] if cell.value} == {"s"}
    assert {cell.number_format for cell in table[3]} == {"@"}


def test_json_says_what_was_changed(run: Run, museum: Path, sheet: Path) -> None:
    set_cell(sheet, "bt-001", "title@vi", "Khác")
    ran = run("records", "import", sheet, "--yes", "--json", cwd=museum)
    told = json.load(io.StringIO(ran.out))
    assert told["items"][0]["changes"] == [
        {"column": "title@vi", "old": "Trống đồng", "new": "Khác"}
    ]
    assert told["batch"] == batches(run, museum)[-1]


def long_delivery(folder: Path) -> Path:
    """Make a delivery of one item whose description is longer than a spreadsheet cell can be."""
    draw_scan(folder / "a.jpg")
    rows = [("BT-001", "Trống", "dài " * 10_000 + "hết", "đồng", "a.jpg")]
    write_csv(folder / "c.csv", ("Số kiểm kê", "Tên gọi", "Mô tả", "Chất liệu", "Tệp ảnh"), rows)
    return folder


def test_a_text_longer_than_a_cell_keeps_its_end(run: Run, tmp_path: Path) -> None:
    museum, path = tmp_path / "museum", tmp_path / "records.xlsx"
    run("init", museum)
    assert run("ingest", long_delivery(tmp_path / "scans"), cwd=museum).code == 0
    assert run("records", "export", path, cwd=museum).code == 0
    assert "0 of 1 rows" in bring_in(run, museum, path).out
    set_cell(path, "bt-001", "material@vi", "đồng thau")
    bring_in(run, museum, path)
    assert record(museum, "bt-001").values("medium")[0].value == "đồng thau"
    assert record(museum, "bt-001").values("description")[0].value.endswith("hết")


def test_a_text_longer_than_a_cell_is_not_replaced_by_its_beginning(
    run: Run, tmp_path: Path
) -> None:
    museum, path = tmp_path / "museum", tmp_path / "records.xlsx"
    run("init", museum)
    assert run("ingest", long_delivery(tmp_path / "scans"), cwd=museum).code == 0
    assert run("records", "export", path, cwd=museum).code == 0
    edit(path, lambda _i, h, old: "Rất " + old if h.startswith("description") else old)
    assert "RECORDS-cut" in bring_in(run, museum, path, code=10).out
    assert record(museum, "bt-001").values("description")[0].value.endswith("hết")


def test_a_csv_saved_as_a_workbook_keeps_formula_like_text(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    """A program that opens the CSV shows the apostrophe before "=", and saves it."""
    path = tmp_path / "records.csv"
    write_csv(path, ("hoaban:item", "hoaban:version", "note"), [("bt-001", "1", "'=1+1")])
    bring_in(run, museum, path)
    out, saved = tmp_path / "out.csv", tmp_path / "out.xlsx"
    assert run("records", "export", out, cwd=museum).code == 0
    book = openpyxl.Workbook()
    with out.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):
            book.active.append(row)
    book.save(saved)
    assert "0 of 3 rows" in bring_in(run, museum, saved).out


class Killed(BaseException):
    """The process dies."""


@pytest.mark.parametrize("place", ["_publish", "update_index", "sync_disk"])
@pytest.mark.parametrize("command", ["import", "undo"])
def test_what_a_killed_batch_left_is_finished_by_the_same_command(
    run: Run,
    museum: Path,
    sheet: Path,
    place: str,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_cell(sheet, "bt-001", "title@vi", "Trống Mường Ảng")
    words = ("records", "import", sheet, "--yes")
    if command == "undo":
        bring_in(run, museum, sheet)
        words = ("undo", batches(run, museum)[-1], "--yes")

    def die(*_args: object, **_named: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(f"pipeline.roundtrip.editing.{place}", die)
        with pytest.raises(Killed):
            run(*words, cwd=museum)
    assert run(*words, cwd=museum).code == 0
    found = json.loads(run("search", "--json", "muong ang", cwd=museum).out)["total"]
    assert found == (command == "import")
    with Catalogue.open_for_reading(Layout(museum).catalogue) as catalogue:
        assert not catalogue.work.open_batches()
        assert catalogue.get("bt-001").record == record(museum, "bt-001")


def test_what_was_not_shown_is_not_done(
    run: Run, museum: Path, sheet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_cell(sheet, "bt-001", "title@vi", "Trống cái")
    seen = plan_import(open_archive(museum), sheet)
    set_cell(sheet, "bt-002", "title@en", "Headscarf")
    monkeypatch.setattr("pipeline.roundtrip.records.plan_import", lambda *_: seen)
    before = tree(museum / "store")
    ran = run("records", "import", sheet, "--yes", cwd=museum)
    assert ran.code != 0
    assert "look at the changes" in ran.err
    assert tree(museum / "store") == before


def test_a_sheet_that_is_not_there_is_named(run: Run, museum: Path) -> None:
    ran = run("records", "import", "nowhere.xlsx", cwd=museum)
    assert "nowhere.xlsx" in ran.err
