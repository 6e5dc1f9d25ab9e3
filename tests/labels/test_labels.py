"""What is printed of items: labels, cards and register pages, by the command that writes them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from archive.labels import FORMS, Print, printed_item, printed_pages
from archive.labels.content import qr_code
from schemas.dublincore import Statement
from schemas.profile import parse_profile, shipped_profile_text
from schemas.records import Record
from tests.conftest import Run, run_command
from tests.flows.deliveries import draw_scan, write_csv

PROFILE = parse_profile(shipped_profile_text("museum"))
HEADINGS = ("Số kiểm kê", "Tên gọi", "Title@en", "Niên đại", "Chất liệu", "Vị trí lưu kho")
HEADINGS = (*HEADINGS, "Tệp ảnh", "Mức truy cập")
ROWS = (
    ("BT-001", "Khăn piêu", "Headscarf", "1960", "Vải;Chỉ", "Tủ 7", "scarf.png", ""),
    ("BT-002", "Cối <b>gỗ</b> & chày", "", "", "Gỗ", "Tủ 9", "", ""),
    ("BT-003", "Ấn tín", "Seal", "", "Đồng", "Két", "", "restricted"),
)


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("labels")
    delivery, museum = folder / "delivery", folder / "museum"
    draw_scan(delivery / "scarf.png", size=(701, 1203))
    write_csv(delivery / "catalogue.csv", HEADINGS, ROWS)
    assert run_command("init", museum).code == 0
    assert run_command("ingest", delivery, "--archive", museum).code in (0, 1)
    return museum


@pytest.fixture
def museum(ingested: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ingested, tmp_path / "museum"))


def publish_at(museum: Path, address: str) -> None:
    settings = museum / "hoaban.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("http://127.0.0.1:8000", address), encoding="utf-8")


def texts(path: Path, xpath: str) -> list[str]:
    page = html.fromstring(path.read_text(encoding="utf-8"))
    return [" ".join(found.text_content().split()) for found in page.xpath(xpath)]


def test_labels_have_both_languages_and_a_code_that_leads_to_the_page(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    publish_at(museum, "https://bao-tang.example")
    out = tmp_path / "labels.html"
    assert run("labels", "--archive", museum, "--out", out).code == 0
    assert texts(out, "//*[@class='label']//h2") == ["Khăn piêu", "Cối <b>gỗ</b> & chày"]
    assert texts(out, "//*[@class='other']") == ["Headscarf"]
    assert texts(out, "//*[@class='line material']") == ["Vải, Chỉ", "Gỗ"]
    page = html.fromstring(out.read_text(encoding="utf-8"))
    addresses = [code.get("aria-label") for code in page.xpath("//*[@class='code']")]
    assert len(addresses) == 2
    assert addresses[0].startswith("https://bao-tang.example/vi/items/")


def test_without_a_public_address_there_are_no_codes_and_it_is_said(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    out = tmp_path / "labels.html"
    told = run("labels", "--archive", museum, "--out", out)
    assert "base_url" in told.out
    assert texts(out, "//*[@class='code']") == []


def test_what_the_public_is_not_shown_is_printed_for_staff_only(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    run("labels", "--archive", museum, "--form", "card", "--out", tmp_path / "public.html")
    public = (tmp_path / "public.html").read_text(encoding="utf-8")
    assert "Ấn tín" not in public
    assert "Tủ 7" not in public
    whole = tmp_path / "whole.html"
    run("labels", "--archive", museum, "--form", "card", "--all-access", "--out", whole)
    assert texts(whole, "//*[@class='number']") == ["BT-001", "BT-002", "BT-003"]
    assert "Tủ 7" in whole.read_text(encoding="utf-8")
    assert whole.read_text(encoding="utf-8").count("data:image/jpeg;base64,") == 1


def test_the_register_has_the_columns_of_the_settings(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    with (museum / "hoaban.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[labels]\nregister_fields = ["title", "storage_location"]\n')
    out = tmp_path / "register.html"
    arguments = ("--archive", museum, "--form", "register", "--out", out)
    assert run("labels", *arguments, "--all-access", "--language", "vi", "BT-001").code == 0
    assert texts(out, "//thead//th")[1:] == ["Tên gọi", "Vị trí lưu kho"]
    assert texts(out, "//tbody//td") == ["1", "Khăn piêu", "Tủ 7"]


def test_a_field_that_is_not_there_is_named_and_nothing_is_written(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    with (museum / "hoaban.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[labels]\nlabel_fields = ["colour"]\n')
    told = run("labels", "--archive", museum, "--out", tmp_path / "labels.html")
    assert told.code != 0
    assert "colour" in told.err
    assert "hoaban.toml" in told.err
    assert not (tmp_path / "labels.html").exists()


@pytest.mark.parametrize("size", ["90", "90x", "900x900", "0x0", "-1x50"])
def test_a_size_that_fits_no_paper_is_refused(
    run: Run, museum: Path, tmp_path: Path, size: str
) -> None:
    told = run("labels", "--archive", museum, "--out", tmp_path / "l.html", f"--size={size}")
    assert told.code == 2
    assert "90x55" in told.err


def test_a_query_that_finds_nothing_leaves_nothing(run: Run, museum: Path, tmp_path: Path) -> None:
    assert run("labels", "--archive", museum, "--out", tmp_path / "l.html", "zzzz").code != 0
    assert not (tmp_path / "l.html").exists()


@pytest.mark.parametrize("length", [40, 70, 120])
def test_a_reader_reads_the_code(length: int) -> None:
    address = "https://bao-tang.example/vi/items/".ljust(length, "a")
    path = html.fromstring(qr_code(address)).xpath("//path[@stroke]/@d")[0]
    image = drawn(path)
    assert cv2.QRCodeDetector().detectAndDecode(image)[0] == address


def drawn(path: str) -> np.ndarray:
    """Draw the dark modules of a code: an SVG path of runs, ``m x y h length``."""
    runs, x, y = [], 0.0, 0.0
    for command, numbers in re.findall(r"([MmHh])([^MmHh]*)", path):
        values = [float(number) for number in re.findall(r"-?[0-9.]+", numbers)]
        if command in "Mm":
            x, y = (values[0], values[1]) if command == "M" else (x + values[0], y + values[1])
        else:
            runs.append((int(x), int(y), int(values[0])))
            x += values[0]
    side = max(column + length for column, _row, length in runs) + 4
    image = np.full((side, side), 255, np.uint8)
    for column, row, length in runs:
        image[row, column : column + length] = 0
    return np.kron(image, np.ones((6, 6), np.uint8))


@pytest.mark.parametrize("form", FORMS)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60))
def test_no_text_becomes_markup(form: str, text: str) -> None:
    hostile = f"{text}</p><script>x</script>"
    record = Record(
        "BT-1",
        statements=(
            Statement("title", hostile, "vi", field="title"),
            Statement("medium", hostile, field="material"),
        ),
    )
    how = Print(FORMS[form], "vi", hostile, hostile, (("title", (hostile,)),))
    page = "".join(printed_pages(how, [printed_item(record, PROFILE, ("vi", "en"))]))
    assert "<script" not in page
    assert html.fromstring(page).xpath("//script") == []
