"""What a museum sees of derivative settings: pictures that say the new rights, and warnings."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

from tests.conftest import Run
from tests.flows.deliveries import HEADINGS, ROWS, draw_scan, make_delivery, write_csv


def picture_words(museum: Path, item_id: str) -> str:
    """What the largest access image of an item says of it."""
    (path,) = (museum / "derivatives").rglob(f"{item_id}/0001/access.jpg")
    with Image.open(path) as image:
        return image.info["xmp"].decode()


def test_new_rights_are_said_by_the_pictures_too(run: Run, tmp_path: Path) -> None:
    museum, delivery = tmp_path / "museum", make_delivery(tmp_path / "delivery")
    assert run("init", museum).code == 0
    headings = (*HEADINGS, "Quyền")
    write_csv(delivery / "catalogue.csv", headings, [(*row, "© cũ") for row in ROWS])
    assert run("ingest", delivery, cwd=museum).code == 0
    untouched = picture_words(museum, "bt-003")
    rows = [(*ROWS[0], "© cũ"), (*ROWS[1], "© mới"), (*ROWS[2], "© cũ")]
    write_csv(delivery / "catalogue.csv", headings, rows)

    assert run("ingest", delivery, cwd=museum).code == 0

    assert "© mới" in picture_words(museum, "bt-002")
    assert "© cũ" not in picture_words(museum, "bt-002")
    assert "BT-002" in picture_words(museum, "bt-002")
    assert picture_words(museum, "bt-003") == untouched


def test_ingest_and_build_warn_before_the_host_is_full(run: Run, tmp_path: Path) -> None:
    museum, delivery = tmp_path / "museum", make_delivery(tmp_path / "delivery")
    assert run("init", museum).code == 0
    settings = museum / "hoaban.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("file_budget = 0", "file_budget = 20"), encoding="utf-8")

    ran = run("ingest", "--json", delivery, cwd=museum)

    assert ran.code == 0
    assert "BUDGET-files" in {entry["code"] for entry in json.loads(ran.out)["findings"]}
    built = run("--lang", "en", "build", cwd=museum)
    assert built.code == 0
    assert "the budget is 20" in built.out + built.err


def access_widths(museum: Path) -> set[int]:
    """Longer sides of the largest access images."""
    found = set()
    for path in (museum / "derivatives").rglob("derivatives.json"):
        for canvas in json.loads(path.read_text(encoding="utf-8"))["canvases"]:
            picture = canvas["access_images"][-1]
            found.add(max(picture["width_px"], picture["height_px"]))
    return found


def test_profile_named_after_again_lasts(run: Run, tmp_path: Path) -> None:
    museum, delivery = tmp_path / "museum", make_delivery(tmp_path / "delivery")
    draw_scan(delivery / "scarf.jpg", size=(1800, 1200))
    assert run("init", museum).code == 0
    assert run("ingest", delivery, cwd=museum).code == 0
    assert max(access_widths(museum)) == 1600
    settings = museum / "hoaban.toml"
    before = settings.read_text(encoding="utf-8")

    planned = run("--lang", "en", "derive", "--again", "small", "--dry-run", cwd=museum)
    assert planned.code == 0
    assert "Images to make: 3; as the settings say: 0." in planned.out
    assert settings.read_text(encoding="utf-8") == before
    assert max(access_widths(museum)) == 1600
    planned = run("derive", "--again", "--dry-run", "--json", cwd=museum)
    assert json.loads(planned.out) == {"would_make": [], "current": 3}

    ran = run("--lang", "en", "derive", "--again", "small", cwd=museum)

    assert ran.code == 0
    assert "Images made: 3" in ran.out
    assert "hoaban.toml now has the profile 'small' (before: 'standard')" in ran.err
    assert max(access_widths(museum)) == 1200
    after = settings.read_text(encoding="utf-8")
    assert after == before.replace('profile = "standard"', 'profile = "small"')
    # Asked again, with or without the name, there is nothing to do; nor does a new item differ.
    for again in (["--again"], ["--again", "small"]):
        ran = run("derive", *again, "--json", cwd=museum)
        assert json.loads(ran.out)["made"] == []
    assert settings.read_text(encoding="utf-8") == after


def test_profile_that_settings_override_or_nobody_knows_is_told(run: Run, tmp_path: Path) -> None:
    museum = tmp_path / "museum"
    assert run("init", museum).code == 0
    settings = museum / "hoaban.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("pdf_ppi = 300", "tile_px = 256"), encoding="utf-8")

    ran = run("--lang", "en", "derive", "--again", "print", cwd=museum)

    assert ran.code == 0
    assert "Settings of hoaban.toml that win over the profile: tile_px." in ran.err
    saved = settings.read_text(encoding="utf-8")
    ran = run("--lang", "en", "derive", "--again", "large", cwd=museum)
    assert ran.code == 3
    assert "Profiles: standard, small, print." in ran.err
    assert settings.read_text(encoding="utf-8") == saved
