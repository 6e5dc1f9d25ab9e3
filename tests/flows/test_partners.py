"""What partners get by their profiles, through the commands a museum types."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import mwparserfromhell
import openpyxl
import pytest
from PIL import Image

import cli
from schemas.xml import validate
from tests.conftest import Run
from tests.flows.deliveries import draw_scan, tree, write_csv

HEADINGS = (
    "Số kiểm kê", "Tên gọi", "Tên gọi (Anh)", "Loại hiện vật", "Niên đại", "Dân tộc", "Miêu tả",
    "Tệp ảnh", "Mức truy cập", "Giấy phép", "Vị trí lưu kho",
)  # fmt: skip
BY = "https://creativecommons.org/licenses/by/4.0/"
BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/deed.vi"
BY_NC = "https://creativecommons.org/licenses/by-nc/4.0/"
IN_COPYRIGHT = "http://rightsstatements.org/vocab/InC/1.0/"
NASTY = "*Trống [[Category:X]] {{delete}} a|b '''x''' ~~~~ <b>1</b> &amp; =1="
ROWS = (
    ("BT-001", "Trống đồng", "Bronze drum", "trống", "179 TCN", "", NASTY, "drum.jpg;back.jpg",
     "công khai", BY, "Kệ 7"),
    ("BT-002", "Khăn piêu", "", "khăn", "khoảng 1954", "Thái Đen", "", "scarf.jpg",
     "nội bộ", BY, ""),
    ("BT-003", "Cối gỗ", "", "cối", "", "Người lạ", "", "", "công khai", BY_SA, ""),
    ("BT-004", "Váy", "", "váy", "1930-1940", "Hmông", "", "skirt.jpg", "công khai", BY_NC, ""),
    ("BT-005", "Gùi", "", "gùi", "", "", "", "basket.jpg", "công khai", IN_COPYRIGHT, ""),
    ("BT-006", "=cmd|' /C calc'!A0", "", "gùi", "", "Mông", "", "pot.jpg", "công khai", BY_SA, ""),
    ("BT-007", "Ghế mây", "", "ghế", "", "", "", "", "công khai", "", ""),
)  # fmt: skip


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("delivery")
    draw_scan(folder / "drum.jpg", size=(900, 600), colour="olive")
    for name, colour in {
        "back": "red",
        "scarf": "indigo",
        "skirt": "navy",
        "basket": "tan",
    }.items():
        draw_scan(folder / f"{name}.jpg", colour=colour)
    draw_scan(folder / "pot.jpg", size=(500, 400))
    write_csv(folder / "catalogue.csv", HEADINGS, ROWS)
    archive = tmp_path_factory.mktemp("archives") / "museum"
    for arguments in (["init", archive], ["ingest", folder, "--archive", archive]):
        silence = io.StringIO()
        with redirect_stdout(silence), redirect_stderr(silence), pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        assert ended.value.code == 0
    path = archive / "hoaban.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace('publisher = ""', 'publisher = "Bảo tàng Điện Biên"')
    lines = [
        'base_url = "https://museum.example.vn"' if line.startswith("base_url =") else line
        for line in text.splitlines()
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return archive


@pytest.fixture
def museum(delivered: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(delivered, tmp_path / "museum"))


def sent(run: Run, museum: Path, partner: str, out: Path, *more: str, code: int = 0) -> Any:
    ran = run("export", "--partner", partner, "--out", out, "--archive", museum, "--json", *more)
    assert ran.code == code, ran
    return json.loads(ran.out)


def codes(report: Any) -> list[tuple[str, str]]:
    return [(finding["code"], finding["item"]) for finding in report["findings"]]


def rows_of(path: Path) -> list[dict[str, str]]:
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_an_aggregator_gets_valid_edm_of_what_is_open_and_the_museum_learns_the_rest(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    """PARTNER-rights-refused, PARTNER-no-rights."""
    report = sent(run, museum, "europeana", tmp_path / "edm.zip")
    assert (report["items"], report["left_out"]) == (3, 3)
    assert codes(report) == [
        ("PARTNER-rights-refused", "bt-004"),
        ("PARTNER-rights-refused", "bt-005"),
        ("PARTNER-no-rights", "bt-007"),
    ]
    assert "by-nc" in report["findings"][0]["message"]
    with zipfile.ZipFile(tmp_path / "edm.zip") as package:
        documents = {n: package.read(n) for n in package.namelist() if n.endswith(".xml")}
        assert len(documents) == 3
        readme = package.read("edm/README.txt").decode()
    assert all(validate(document, "edm") == () for document in documents.values())
    (drum,) = (text for name, text in documents.items() if name.endswith("bt-001.xml"))
    assert b"https://museum.example.vn/images/" in drum
    assert "3 objects in EDM" in readme
    assert "CC BY 4.0 (1), CC BY-SA 4.0 (2)" in readme


def test_the_command_line_tells_what_was_left_out(run: Run, museum: Path, tmp_path: Path) -> None:
    ran = run("export", "--partner", "europeana", "--out", tmp_path / "a.zip", "--archive", museum)
    assert ran.code == 0
    assert "BT-004: note [PARTNER-rights-refused]" in ran.out
    assert "3 items written" in ran.out
    assert "3 items were left out" in ran.out


def test_a_university_gets_images_of_a_size_a_table_and_checksums_that_hold(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    own = museum / "partners" / "small.toml"
    own.parent.mkdir()
    shipped = Path("schemas/partners/research-set.toml")
    text = (Path(cli.__file__).parent / shipped).read_text(encoding="utf-8")
    own.write_text(text.replace("max_px = 1600", "max_px = 300"), encoding="utf-8")
    report = sent(run, museum, "small", tmp_path / "set")
    assert (report["items"], report["left_out"], report["findings"]) == (6, 0, [])
    rows = {row["inventory_number"]: row for row in rows_of(tmp_path / "set/objects.csv")}
    assert "BT-002" not in rows
    drum = rows["BT-001"]
    assert drum["earliest_year"] == drum["latest_year"] == "-179"
    assert (drum["title_vi"], drum["title_en"]) == ("Trống đồng", "Bronze drum")
    assert rows["BT-006"]["title_vi"].startswith("'=")
    assert "Kệ 7" not in json.dumps(rows, ensure_ascii=False)
    assert len(drum["images"].split("|")) == 2
    for name in drum["images"].split("|"):
        with Image.open(tmp_path / "set" / name) as image:
            assert max(image.size) == 300
            assert image.info["icc_profile"]
            assert b"BT-001" in image.info["xmp"]
    lines = (tmp_path / "set/checksums-sha256.txt").read_text(encoding="utf-8").splitlines()
    told = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    found = dict(tree(tmp_path / "set"))
    del found["checksums-sha256.txt"]
    assert told == found
    assert "6 hiện vật, 5 ảnh" in (tmp_path / "set/README.txt").read_text(encoding="utf-8")


def test_a_folder_and_a_zip_hold_the_same_and_again_the_same_bytes(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    sent(run, museum, "research-set", tmp_path / "set")
    sent(run, museum, "research-set", tmp_path / "set.zip")
    with zipfile.ZipFile(tmp_path / "set.zip") as package:
        zipped = {
            name.removeprefix("set/"): hashlib.sha256(package.read(name)).hexdigest()
            for name in package.namelist()
        }
    assert zipped == tree(tmp_path / "set")


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_national_database_gets_its_own_columns_codes_and_years(
    run: Run, museum: Path, tmp_path: Path, ending: str
) -> None:
    """PARTNER-no-code."""
    out = tmp_path / f"table{ending}"
    report = sent(run, museum, "national-table", out, "--all-access")
    assert (report["items"], report["files"]) == (7, 1)
    assert codes(report) == [("PARTNER-no-code", "bt-003")]
    if ending == ".csv":
        rows = rows_of(out)
    else:
        (sheet,) = openpyxl.load_workbook(out).worksheets
        lines = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
        rows = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    by_number = {row["Số kiểm kê"]: row for row in rows}
    scarf = by_number["BT-002"]
    assert (scarf["Mã dân tộc"], scarf["Loại hồ sơ"]) == ("03", "HV")
    assert (scarf["Năm sớm nhất"], scarf["Mã đơn vị"]) == ("1954", "BT-00")
    assert by_number["BT-006"]["Mã dân tộc"] == "08"
    assert by_number["BT-003"]["Mã dân tộc"] == ""
    assert scarf["Địa chỉ trang"] == ""
    assert by_number["BT-001"]["Địa chỉ trang"].startswith("https://museum.example.vn/vi/items/")


def test_commons_gets_free_images_with_pages_that_say_what_the_record_says(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    """PARTNER-no-images."""
    report = sent(run, museum, "wikimedia-commons", tmp_path / "commons")
    assert report["items"] == 2
    assert ("PARTNER-no-images", "bt-003") in codes(report)
    rows = rows_of(tmp_path / "commons/upload.csv")
    assert [row["name"] for row in rows[:2]] == [
        "Trống đồng - Bảo tàng Điện Biên - BT-001 01.jpg",
        "Trống đồng - Bảo tàng Điện Biên - BT-001 02.jpg",
    ]
    for row in rows:
        assert (tmp_path / "commons" / row["path"]).read_bytes().startswith(b"\xff\xd8")
        page = tmp_path / "commons/wiki" / f"{row['name']}.wikitext"
        assert page.read_text(encoding="utf-8") == row["wikitext"]
    code = mwparserfromhell.parse(rows[0]["wikitext"])
    names = [str(template.name).strip() for template in code.filter_templates()]
    assert names == ["Artwork", "vi", "en", "vi", "vi", "int:license-header", "Cc-by-4.0"]
    (artwork, vi, en) = code.filter_templates()[:3]
    assert str(artwork.get("accession number").value).strip() == "BT-001"
    assert str(artwork.get("date").value).strip() == "179 TCN"
    assert (str(vi.get(1).value), str(en.get(1).value)) == ("Trống đồng", "Bronze drum")
    described = artwork.get("description").value.filter_templates()[0].get(1).value
    assert described.strip_code() == NASTY
    assert code.filter_wikilinks() == []
    assert not rows[0]["wikitext"].startswith(("=", "'"))


def test_limits_keep_images_at_home(run: Run, museum: Path, tmp_path: Path) -> None:
    """PARTNER-images-withheld."""
    with (museum / "hoaban.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[limits.public]\nmax_px = 300\n")
    report = sent(run, museum, "research-set", tmp_path / "before")
    withheld = [item for code, item in codes(report) if code == "PARTNER-images-withheld"]
    assert withheld == ["bt-001", "bt-004", "bt-005", "bt-006"]
    assert not (tmp_path / "before/images").exists()
    assert run("derive", "--archive", museum).code == 0
    report = sent(run, museum, "research-set", tmp_path / "after")
    assert report["findings"] == []
    for path in (tmp_path / "after/images").rglob("*.jpg"):
        with Image.open(path) as image:
            assert max(image.size) <= 300


def test_no_download_means_no_image_for_a_partner(run: Run, museum: Path, tmp_path: Path) -> None:
    with (museum / "hoaban.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            '\n[limits.rights."https://creativecommons.org/licenses/by/"]\ndownload = false\n'
        )
    report = sent(run, museum, "wikimedia-commons", tmp_path / "commons")
    assert ("PARTNER-images-withheld", "bt-001") in codes(report)
    assert [row["name"] for row in rows_of(tmp_path / "commons/upload.csv")] == [
        "cmd-' -C calc'!A0 - Bảo tàng Điện Biên - BT-006 01.jpg"
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "--partner"),
        (("marc",), 2, "'marc' is not one of"),
        (("csv", "--partner", "europeana"), 2, "leave FORMAT out"),
        (("--partner", "louvre"), 3, "europeana, national-table, research-set, wikimedia-commons"),
        (("--partner", "europeana", "--all-access"), 3, "--all-access"),
        (("--partner", "national-table"), 3, ".xlsx, .csv"),
    ],
)
def test_what_is_typed_wrongly_is_explained(
    run: Run, museum: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = run("export", *arguments, "--out", tmp_path / "out", "--archive", museum)
    assert ran.code == code
    assert said in ran.err
    assert not (tmp_path / "out").exists()


def test_the_words_after_a_partner_are_a_query(run: Run, museum: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    report = sent(run, museum, "national-table", out, "trống", "đồng")
    assert report["items"] == 1
    assert [row["Số kiểm kê"] for row in rows_of(out)] == ["BT-001"]
