"""What a museum hears of quality: in check, in ingest, in the job table; and silence when off."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from archive.catalogue import Catalogue
from archive.job_table import Stage
from tests.conftest import Run
from tests.flows.deliveries import SRGB, write_csv
from tests.quality.pages import SAMPLE, real, text_page, tilted

HEADINGS = ("Số kiểm kê", "Tên gọi", "Kích thước", "Tệp ảnh")
AMBER = SAMPLE / "ho-phach" / "gm_00848501.jpg"


def save(image: Image.Image, path: Path) -> None:
    image.save(path, icc_profile=SRGB, dpi=(300, 300), quality=90)


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    folder = tmp_path / "delivery"
    folder.mkdir()
    save(tilted(2.0)(text_page()), folder / "page.jpg")
    shutil.copy(AMBER, folder / "amber.jpg")
    save(real("ho-phach/gm_00848501.jpg").resize((1500, 1200)), folder / "again.jpg")
    rows = [
        ("BT-1", "Trang sách", "30 x 21 cm", "page.jpg"),
        ("BT-2", "Hổ phách", "", "amber.jpg"),
        ("BT-3", "Hổ phách khác", "", "again.jpg"),
    ]
    write_csv(folder / "catalogue.csv", HEADINGS, rows)
    return folder


def findings(out: str) -> dict[tuple[str, str], str]:
    """The messages on quality by file and code."""
    return {
        (entry["path"], entry["code"]): entry["message"]
        for entry in json.loads(out)["findings"]
        if entry["code"].startswith("QUALITY-")
    }


def test_check_and_ingest_say_the_same_of_quality(run: Run, tmp_path: Path, delivery: Path) -> None:
    museum = tmp_path / "museum"
    assert run("init", museum).code == 0

    checked = run("check", "--json", delivery, cwd=museum)
    ingested = run("ingest", "--json", delivery, cwd=museum)

    assert checked.code == ingested.code == 0
    found = findings(ingested.out)
    assert set(found) == {
        ("page.jpg", "QUALITY-skew"),
        ("page.jpg", "QUALITY-resolution"),
        ("again.jpg", "QUALITY-look-alike"),
    }
    assert findings(checked.out) == found
    assert "tilted by 2.0°" in found["page.jpg", "QUALITY-skew"]
    assert "at most 148 ppi" in found["page.jpg", "QUALITY-resolution"]
    assert "amber.jpg (item bt-2)" in found["again.jpg", "QUALITY-look-alike"]
    with Catalogue.open(museum / "catalogue.db") as catalogue:
        job = catalogue.work.finished(Stage.SCANS, "bt-3", only_open=False)
        assert job is not None
        assert "QUALITY-look-alike" in job.findings


def test_a_scan_that_the_archive_has_turned_is_found(
    run: Run, tmp_path: Path, delivery: Path
) -> None:
    museum, second = tmp_path / "museum", tmp_path / "second"
    assert run("init", museum).code == 0
    assert run("ingest", delivery, cwd=museum).code == 0
    second.mkdir()
    turned = real("ho-phach/gm_00848501.jpg").transpose(Image.Transpose.ROTATE_90)
    save(turned, second / "new.jpg")
    write_csv(second / "catalogue.csv", HEADINGS, [("BT-9", "Hổ phách", "", "new.jpg")])

    ran = run("ingest", "--json", second, cwd=museum)

    ((key, message),) = findings(ran.out).items()
    assert key == ("new.jpg", "QUALITY-look-alike")
    assert "amber.jpg (item bt-2)" in message


def test_quality_control_can_be_switched_off(run: Run, tmp_path: Path, delivery: Path) -> None:
    museum = tmp_path / "museum"
    assert run("init", museum).code == 0
    settings = museum / "hoaban.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("control = true", "control = false"), encoding="utf-8")

    assert findings(run("check", "--json", delivery, cwd=museum).out) == {}
    assert findings(run("ingest", "--json", delivery, cwd=museum).out) == {}


def test_a_rebuild_measures_nothing_and_makes_the_same_fingerprints(
    run: Run, tmp_path: Path, delivery: Path
) -> None:
    museum = tmp_path / "museum"
    assert run("init", museum).code == 0
    assert run("ingest", delivery, cwd=museum).code == 0
    sets = sorted((museum / "derivatives").rglob("derivatives.json"))
    before = [path.read_bytes() for path in sets]

    rebuilt = run("rebuild", cwd=museum)

    assert rebuilt.code == 0
    assert "tilted" not in rebuilt.out + rebuilt.err
    assert [path.read_bytes() for path in sets] == before
    assert all(len(json.loads(text)["canvases"][0]["fingerprint"]) == 336 for text in before)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("min_ppi = -1", "must not be negative"),
        ("min_sheet_percent = 120", "from 0 to 100"),
        ('max_cast = "much"', "max_cast"),
        ("sharpnes_px = 3", "sharpnes_px"),
    ],
)
def test_a_wrong_threshold_is_an_error(run: Run, tmp_path: Path, line: str, said: str) -> None:
    museum = tmp_path / "museum"
    assert run("init", museum).code == 0
    settings = museum / "hoaban.toml"
    text = settings.read_text(encoding="utf-8").replace("min_ppi = 300", "# min_ppi = 300")
    settings.write_text(text.replace("control = true", f"control = true\n{line}"), encoding="utf-8")

    ran = run("--lang", "en", "status", cwd=museum)

    assert ran.code != 0
    assert said in ran.err
