"""The bundled sample is what its provenance says, and small and free enough to ship."""

from __future__ import annotations

import csv
import hashlib
import zipfile
from pathlib import Path

import openpyxl
from PIL import Image

import pipeline
from schemas.profile import parse_profile, shipped_profile_text

SAMPLE = Path(pipeline.__file__).parent / "sample"
LICENCES = {
    "CC BY 4.0": "http://creativecommons.org/licenses/by/4.0/",
    "Public domain": "http://creativecommons.org/publicdomain/mark/1.0/",
}


def provenance() -> list[dict[str, str]]:
    with (SAMPLE / "PROVENANCE.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sheet_rows() -> list[tuple[str, ...]]:
    book = openpyxl.load_workbook(SAMPLE / "catalogue.xlsx")
    (sheet,) = book.worksheets
    assert sheet.title == "Sổ hiện vật"
    return [tuple(str(cell or "") for cell in row) for row in sheet.iter_rows(values_only=True)]


def test_every_scan_has_its_bytes_source_and_a_free_licence_on_record() -> None:
    entries = provenance()
    scans = sorted(path for path in (SAMPLE / "scans").rglob("*") if path.is_file())
    assert [SAMPLE / entry["file"] for entry in entries] == scans
    for entry in entries:
        content = (SAMPLE / entry["file"]).read_bytes()
        assert entry["size_bytes"] == str(len(content))
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert LICENCES[entry["licence"]] == entry["licence_uri"]
        assert entry["repository"].startswith("https://github.com/")
        assert len(entry["commit"]) == 40
        assert all(entry[name] for name in ("path", "attribution", "derivation"))


def test_every_attribution_line_is_in_the_shipped_text() -> None:
    text = (SAMPLE / "ATTRIBUTION.md").read_text(encoding="utf-8")
    for entry in provenance():
        assert entry["attribution"].removesuffix(", CC BY 4.0").removesuffix(", public domain") in (
            text
        )


def test_the_sample_is_large_enough_to_show_and_small_enough_to_ship() -> None:
    sizes = [path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()]
    assert sum(sizes) <= 12_000_000
    assert len(provenance()) >= 24
    assert len(sheet_rows()) - 2 >= 14


def test_the_catalogue_has_a_title_row_known_headings_and_two_languages() -> None:
    title, headings, *rows = sheet_rows()
    assert title[0].startswith("SỔ HIỆN VẬT MẪU")
    assert not any(title[1:])
    labels = {field.labels["vi"] for field in parse_profile(shipped_profile_text("museum"))}
    assert {heading.removesuffix(" (Anh)") for heading in headings} <= labels
    for row in rows:
        cells = dict(zip(headings, row, strict=True))
        assert cells["Số kiểm kê"]
        assert cells["Tên gọi"]
        assert cells["Tên gọi (Anh)"]
        assert cells["Miêu tả"]
        assert cells["Giấy phép"] in LICENCES.values()


def test_the_catalogue_and_the_provenance_speak_of_the_same_items() -> None:
    headings, *rows = sheet_rows()[1:]
    numbers = [row[headings.index("Số kiểm kê")] for row in rows]
    assert len(set(numbers)) == len(numbers)
    assert set(numbers) == {entry["identifier"] for entry in provenance()}


def test_the_catalogue_names_its_scans_in_every_way_there_is() -> None:
    headings, *rows = sheet_rows()[1:]
    cells = [row[headings.index("Tệp ảnh")] for row in rows]
    assert cells.count("") == 2  # found by inventory number and view suffix
    assert any(cell.endswith("/") for cell in cells)
    assert any("*" in cell for cell in cells)
    assert any(cell.count(";") == 3 for cell in cells)


def test_the_hard_formats_are_there() -> None:
    with Image.open(SAMPLE / "scans/tranh-kham/cat9_00838501_master.tif") as image:
        assert image.info["icc_profile"]
    with Image.open(SAMPLE / "scans/anh-tu-lieu/lange-mother-b_master16.tif") as image:
        assert image.mode == "I;16"
    with Image.open(SAMPLE / "scans/book-of-horses_access.tif") as image:
        assert getattr(image, "n_frames", 1) == 3


def test_the_workbook_carries_no_clock() -> None:
    with zipfile.ZipFile(SAMPLE / "catalogue.xlsx") as book:
        assert {entry.date_time for entry in book.infolist()} == {(2026, 11, 21, 0, 0, 0)}
        assert book.read("docProps/core.xml").count(b"2026-11-21T00:00:00Z") == 2
