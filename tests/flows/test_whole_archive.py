"""The commands around ingest: search, build, export, audit, rebuild, status."""

import csv
import json
import shutil
import sqlite3
import time
import unicodedata
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import bagit
import pytest

from tests.conftest import Run, run_command
from tests.flows.deliveries import make_delivery, tree, write_csv


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    museum = folder / "museum"
    assert run_command("init", museum, "--title", "Bảo tàng thử").code == 0
    assert run_command("ingest", make_delivery(folder / "delivery"), cwd=museum).code == 0
    return folder


def catalogue_rows(museum: Path) -> dict[str, list[object]]:
    """What the catalogue says of the store; not its log of the work done here, which has times."""
    with closing(sqlite3.connect(museum / "catalogue.db")) as database:
        return {
            table: sorted(database.execute(f"SELECT * FROM {table}"))
            for table in ("state", "items", "pictures", "picture_bands")
        }


@pytest.fixture
def museum(ingested: Path, tmp_path: Path) -> Path:
    shutil.copytree(ingested, tmp_path, dirs_exist_ok=True)
    return tmp_path / "museum"


def hits(run: Run, museum: Path, query: str) -> list[str]:
    ran = run("search", "--json", query, cwd=museum)
    assert ran.code == 0, ran
    return [hit["identifier"] for hit in json.loads(ran.out)["hits"]]


def test_search_prints_one_json_object_with_total_and_hits(run: Run, museum: Path) -> None:
    answer = json.loads(run("--lang", "vi", "search", "--json", "trong dong", cwd=museum).out)
    assert answer["total"] == 1
    assert answer["hits"][0]["identifier"] == "BT-001"
    assert answer["hits"][0]["title"] == "Trống đồng"
    assert answer["hits"][0]["score"] > 0
    assert answer["hits"][0]["url"].endswith("bt-001.html")


def test_search_speaks_the_language_sorts_counts_and_corrects(run: Run, museum: Path) -> None:
    assert hits(run, museum, '"trống đồng"') == ["BT-001"]
    assert hits(run, museum, '"đồng trống"') == []
    assert hits(run, museum, "tên gọi:trống") == ["BT-001"]
    corrected = run("search", "trogn đồng", cwd=museum).out
    assert "trống đồng" in corrected.splitlines()[0]
    answer = run("search", "--json", "--facets", "--sort", "number", "-xyzzy", cwd=museum)
    assert answer.code == 2, "a query that begins with a minus needs --"
    ran = run("search", "--json", "--facets", "--sort", "number", "--", "-xyzzy", cwd=museum)
    data = json.loads(ran.out)
    assert data["total"] == 3, "a word that nothing has shuts nothing out"
    data = json.loads(run("search", "--json", "--facets", "chất liệu:đồng", cwd=museum).out)
    (counted,) = (v for v in data["facets"]["material"] if v["value"] == "hợp kim đồng")
    assert counted["count"] == data["total"] == 1
    assert "đồng" in run("--lang", "vi", "search", "--facets", "trống", cwd=museum).out
    assert data["years"] == [] or data["years"][0]["count"] >= 1


def test_search_filters_by_any_name_of_a_facet_and_a_value(run: Run, museum: Path) -> None:
    def found(*filters: str) -> list[str]:
        options = [part for text in filters for part in ("--filter", text)]
        answer = json.loads(run("search", "--json", *options, cwd=museum).out)
        return sorted(hit["identifier"] for hit in answer["hits"])

    bronze = found("material=đồng")
    assert bronze == ["BT-001"]
    assert found("Chất liệu = copper alloy") == found("chat lieu=đồng") == bronze
    assert set(bronze) < set(found("material=đồng", "material=vải"))
    assert found("material=đồng", "has=3D model") == []
    ran = run("search", "--json", "trống", "--filter", "material=vải", cwd=museum)
    assert json.loads(ran.out)["total"] == 0
    for wrong in (("--filter", "material"), ("--filter", "shelf=7"), ()):
        assert run("search", *wrong, cwd=museum).code == 2
    said = run("--lang", "en", "search", "--filter", "shelf=7", cwd=museum).err
    assert "material" in said


RECORDS = (
    ("V-1", "Bản đồ chiến dịch Điện Biên Phủ"),
    ("V-2", "Cối giã gạo bằng gỗ"),
    ("V-3", "Rìu đá"),
    ("V-4", "Áo chàm của người Mông"),
    ("V-5", "Bộ đồ đồng"),
    ("V-6", "Tượng Hoà bình"),
    ("V-7", "Kỹ thuật dệt"),
    ("V-8", "Gò đất cao"),
    ("V-9", "Ao sen nhà cụ Dien"),
)
QUERIES = {
    "Điện Biên": "V-1",
    "điện biên": "V-1",
    "dien bien": "V-1",
    "đien": "V-1",
    "gỗ": "V-2",
    "đá": "V-3",
    "áo": "V-4",
    "ao cham": "V-4",
    "chiến dịch": "V-1",
    "chien dich": "V-1",
    "đồ đồng": "V-5",
    "do dong": "V-5",
    "hoà": "V-6",
    "hòa": "V-6",
    "kĩ": "V-7",
    "kỹ": "V-7",
}


@pytest.fixture
def vietnamese(tmp_path: Path, run: Run) -> Path:
    folder = tmp_path / "vietnamese"
    source = tmp_path / "records"
    source.mkdir()
    write_csv(source / "danh-muc.csv", ("Số kiểm kê", "Tên gọi"), RECORDS)
    assert run("init", folder).code == 0
    assert run("ingest", source, cwd=folder).code == 0
    return folder


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_vietnamese_words_find_their_record_first(run: Run, vietnamese: Path, form: str) -> None:
    for query, identifier in QUERIES.items():
        found = hits(run, vietnamese, unicodedata.normalize(form, query))
        assert found, query
        assert found[0] == identifier, query


@pytest.mark.parametrize(("bare", "identifier"), [("go", "V-2"), ("da", "V-3"), ("dien", "V-1")])
def test_bare_words_find_marked_ones(
    run: Run, vietnamese: Path, bare: str, identifier: str
) -> None:
    assert identifier in hits(run, vietnamese, bare)


def test_csv_export_holds_every_public_item(run: Run, museum: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert run("export", "csv", "--out", out, cwd=museum).code == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["identifier"] for row in rows] == ["BT-001", "BT-002", "BT-003"]


def test_a_bag_of_a_selection_is_valid(run: Run, museum: Path, tmp_path: Path) -> None:
    out = tmp_path / "bag"
    assert run("export", "bagit", "--out", out, "khan", "pieu", cwd=museum).code == 0
    bag = bagit.Bag(str(out))
    bag.validate()
    payload = [name for name in bag.payload_entries() if name.endswith(".jpg")]
    assert len(payload) == 1
    assert run("export", "bagit", "--out", out, cwd=museum).code != 0


@pytest.mark.leaves_damage("only found, not mended", "museum")
def test_audit_is_silent_on_a_sound_store_and_names_a_flipped_byte(run: Run, museum: Path) -> None:
    assert run("audit", cwd=museum).code == 0
    master = next((museum / "store").rglob("*.png"))
    data = bytearray(master.read_bytes())
    data[100] ^= 1
    master.chmod(0o644)
    master.write_bytes(data)
    ran = run("audit", cwd=museum)
    assert ran.code == 6
    assert master.name in ran.out


def test_rebuild_gives_the_same_bytes_from_store_settings_and_profile(
    run: Run, museum: Path
) -> None:
    assert run("build", cwd=museum).code == 0
    made = {name: tree(museum / name) for name in ("site", "derivatives", "store")}
    rows = catalogue_rows(museum)
    answer = run("search", "--json", "đồng", cwd=museum).out
    for name in ("site", "derivatives", "index"):
        shutil.rmtree(museum / name)
    (museum / "catalogue.db").unlink()
    index: Mapping[str, str] = {}
    # From nothing, then over what is there by another number of processes.
    for jobs in ("2", "1"):
        assert run("rebuild", "--jobs", jobs, cwd=museum).code == 0
        for name, files in made.items():
            assert tree(museum / name) == files
        index = index or tree(museum / "index")
        assert len(index) >= 2
        assert tree(museum / "index") == index
        assert catalogue_rows(museum) == rows
        assert run("search", "--json", "đồng", cwd=museum).out == answer


def test_a_restricted_item_stays_out_of_site_and_exports(
    run: Run, tmp_path: Path, museum: Path
) -> None:
    source = tmp_path / "secret"
    source.mkdir()
    headings = ("Số kiểm kê", "Tên gọi", "Mức truy cập")
    write_csv(source / "catalogue.csv", headings, [("S-1", "Mật danh Hoàng Oanh", "hạn chế")])
    assert run("ingest", source, cwd=museum).code == 0
    assert run("build", cwd=museum).code == 0
    out = tmp_path / "all.csv"
    assert run("export", "csv", "--out", out, cwd=museum).code == 0
    public = [*(museum / "site").rglob("*"), out]
    leaks = [p for p in public if p.is_file() and "Hoàng Oanh".encode() in p.read_bytes()]
    assert leaks == []
    assert hits(run, museum, "hoàng oanh") == ["S-1"]


def test_status_counts(run: Run, museum: Path) -> None:
    status = json.loads(run("status", "--json", cwd=museum).out)
    assert (status["items"], status["masters"], status["has_site"]) == (3, 4, False)
    assert status["last_batches"][0]["summary"]["added"] == 3


def test_status_says_what_has_changed_since_the_site_was_built(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    def state() -> Any:
        return json.loads(run("status", "--json", cwd=museum).out)["site"]

    assert state() is None
    assert run("build", cwd=museum).code == 0
    assert (state()["is_stale"], state()["items"], state()["changed_items"]) == (False, 3, 0)
    assert "hoaban build" not in run("status", cwd=museum).out

    source = tmp_path / "later"
    source.mkdir()
    headings = ("Số kiểm kê", "Tên gọi", "Mức truy cập")
    rows = [("L-1", "Gùi mây", ""), ("L-2", "Sổ tay", "nội bộ")]
    write_csv(source / "catalogue.csv", headings, rows)
    # What is stored is known to the second.
    time.sleep(1.1)
    assert run("ingest", source, cwd=museum).code == 0
    (museum / "hoaban.toml").touch()
    seen = state()
    assert (seen["items"], seen["public_items"], seen["changed_items"]) == (3, 4, 2)
    assert seen["changed_files"] == ["hoaban.toml"]
    said = run("--lang", "vi", "status", cwd=museum).out
    assert "trang đang có 3 hiện vật, nay có 4 hiện vật công khai" in said
    assert "2 hiện vật đã thay đổi" in said
    assert "hoaban build" in said
    assert run("build", cwd=museum).code == 0
    assert not state()["is_stale"]


def test_help_speaks_vietnamese(run: Run) -> None:
    ran = run("--lang", "vi", "ingest", "--help")
    assert ran.code == 0
    assert "Ví dụ" in ran.out
    assert "Cách dùng:" in ran.out


def test_search_in_a_new_archive_finds_nothing_and_is_no_error(run: Run, tmp_path: Path) -> None:
    assert run("init", tmp_path / "new").code == 0
    ran = run("search", "--json", "gì đó", "--archive", tmp_path / "new")
    assert (ran.code, json.loads(ran.out)) == (0, {"total": 0, "corrected": "", "hits": []})


def test_a_lost_catalogue_is_said_and_not_taken_for_an_empty_archive(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    for path in museum.glob("catalogue.db*"):
        path.unlink()
    for command in (["status"], ["export", "csv", "--out", tmp_path / "x.csv"]):
        ran = run(*command, cwd=museum)
        assert ran.code == 5, command
        assert "hoaban rebuild" in ran.err
    audited = run("audit", cwd=museum)
    assert (audited.code, "hoaban rebuild" in audited.err) == (0, True)
    assert run("build", cwd=museum).code == 0
    assert json.loads(run("status", "--json", cwd=museum).out)["items"] == 3


def test_lost_derivatives_are_made_again_by_a_build(run: Run, museum: Path) -> None:
    run("build", cwd=museum)
    before = tree(museum / "site")
    shutil.rmtree(museum / "derivatives")
    assert run("build", cwd=museum).code == 0
    assert tree(museum / "site") == before


def test_a_package_is_not_written_into_the_store(run: Run, museum: Path) -> None:
    assert run("export", "bagit", "--out", museum / "store" / "bag", cwd=museum).code == 3
    assert run("audit", cwd=museum).code == 0


def test_settings_that_cannot_be_written_leave_nothing(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "wrong"
    assert run("init", folder, "--base-url", "example.org").code == 3
    assert not folder.exists()
    assert run("init", folder, "--title", 'Bảo tàng "A1"\nĐiện Biên').code == 0
    assert json.loads(run("status", "--json", "--archive", folder).out)["title"].startswith("Bảo")


def test_images_of_a_restricted_item_stay_out_and_leave_when_it_is_closed(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    source = make_delivery(tmp_path / "again")
    assert run("build", cwd=museum).code == 0
    assert list((museum / "site").glob("images/*/bt-002"))
    headings = ("Số kiểm kê", "Tên gọi", "Tệp ảnh", "Mức truy cập")
    write_csv(source / "catalogue.csv", headings, [("BT-002", "Khăn piêu", "scarf.jpg", "nội bộ")])
    assert run("ingest", source, cwd=museum).code == 0
    assert run("build", cwd=museum).code == 0
    site = museum / "site"
    assert [path for path in site.rglob("*") if "bt-002" in path.name] == []
    assert [p for p in site.rglob("*") if p.is_file() and b"bt-002" in p.read_bytes()] == []
    found = json.loads(run("search", "--json", "khan pieu", cwd=museum).out)["hits"]
    assert [(hit["url"], hit["access"]) for hit in found] == [("", "staff")]
