"""An edition of the site for a stick: made to fit, copied, verified, copied again."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.copy_edition import copy_edition
from tests.conftest import Run, run_command
from tests.faults.fat_disk import fat_disk
from tests.flows.deliveries import draw_scan, tree, write_csv

HEADINGS = ("Số kiểm kê", "Tên gọi", "Tệp ảnh")
ROWS = (("BT-001", "Trống đồng", "drum.png"), ("BT-002", "Khăn piêu", "scarf.png"))
SMALL = "[derivatives]\nthumbnail_px = 100\nsmall_access_px = 150\naccess_px = 200\ntile_px = 64\n"


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edition")
    delivery = folder / "delivery"
    draw_scan(delivery / "drum.png", size=(1301, 907))
    draw_scan(delivery / "scarf.png", size=(701, 1203))
    write_csv(delivery / "catalogue.csv", HEADINGS, ROWS)
    museum = folder / "museum"
    assert run_command("init", museum).code == 0
    settings = museum / "hoaban.toml"
    text = settings.read_text(encoding="utf-8").split("[derivatives]")[0]
    settings.write_text(text + SMALL, encoding="utf-8")
    assert run_command("ingest", delivery, "--archive", museum).code in (0, 1)
    return museum


@pytest.fixture
def museum(ingested: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ingested, tmp_path / "museum"))


def built(run: Run, museum: Path, *options: str) -> dict[str, object]:
    told = run("build", "--archive", museum, "--edition", "usb", "--json", *options)
    assert told.code == 0, told.err
    data: dict[str, object] = json.loads(told.out)
    return data


def files_in(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_an_edition_without_a_limit_is_the_site_and_its_checksums(run: Run, museum: Path) -> None:
    report = built(run, museum)
    edition = museum / "editions" / "usb"
    assert report["path"] == str(edition)
    run("build", "--archive", museum)
    whole, site = tree(edition), tree(museum / "site")
    assert set(whole) - set(site) == {"checksums.sha256"}
    assert set(site) <= set(whole)


def test_images_are_halved_until_the_edition_fits(run: Run, museum: Path) -> None:
    whole = built(run, museum)
    most = int(str(whole["files"])) - 100
    less = built(run, museum, "--files", str(most))
    edition = museum / "editions" / "usb"
    assert files_in(edition) == less["files"] <= most
    assert int(str(less["halvings"])) >= 1
    (info,) = (
        json.loads(path.read_text(encoding="utf-8"))
        for path in edition.rglob("info.json")
        if "bt-001" in path.as_posix()
    )
    assert info["width"] == -(-1301 // 2 ** int(str(less["halvings"])))
    folder = next(p.parent for p in edition.rglob("info.json") if "bt-001" in p.as_posix())
    for size in info["sizes"]:
        assert (folder / "full" / f"{size['width']},{size['height']}" / "0/default.jpg").is_file()


def test_what_cannot_fit_is_told_and_the_edition_before_stays(run: Run, museum: Path) -> None:
    built(run, museum)
    before = tree(museum / "editions" / "usb")
    told = run("build", "--archive", museum, "--edition", "usb", "--files", "20")
    assert told.code != 0
    assert "--files" in told.err
    assert tree(museum / "editions" / "usb") == before


def test_the_list_of_checksums_names_every_file_as_the_usual_tool_reads_it(
    run: Run, museum: Path
) -> None:
    built(run, museum)
    folder = museum / "editions" / "usb"
    lines = (folder / "checksums.sha256").read_text(encoding="utf-8").splitlines()
    listed = {line[66:]: line[:64] for line in lines if line[64:66] == "  "}
    expected = {name: digest for name, digest in tree(folder).items() if name != "checksums.sha256"}
    assert listed == expected
    if tool := shutil.which("sha256sum"):
        subprocess.run([tool, "--check", "--quiet", "checksums.sha256"], cwd=folder, check=True)


def test_a_copy_is_equal_and_a_second_one_copies_nothing(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    built(run, museum)
    stick = tmp_path / "stick" / "museum"
    assert run("copy", stick, "--archive", museum).code == 0
    assert tree(stick) == tree(museum / "editions" / "usb")
    again = json.loads(run("copy", stick, "--archive", museum, "--json").out)
    assert again["copied"] == 0
    assert again["verified"] == again["kept"] == len(tree(stick)) - 1


def test_a_copy_that_was_stopped_goes_on_also_on_a_fat_disk(
    run: Run, museum: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(run, museum)
    source, stick = museum / "editions" / "usb", tmp_path / "stick"

    class PulledOutError(Exception):
        pass

    def pull_out(progress: object) -> None:
        if getattr(progress, "done", 0) == 30:
            raise PulledOutError

    with fat_disk(stick, monkeypatch):
        with pytest.raises(PulledOutError):
            copy_edition(source, stick, on_progress=pull_out)
        assert not (stick / "checksums.sha256").exists()
        report = copy_edition(source, stick)
    assert report.kept == 30
    assert tree(stick) == tree(source)


def test_what_rotted_on_the_stick_is_copied_again(run: Run, museum: Path, tmp_path: Path) -> None:
    built(run, museum)
    source, stick = museum / "editions" / "usb", tmp_path / "stick"
    copy_edition(source, stick)
    page = stick / "index.html"
    page.write_bytes(b"x" * page.stat().st_size)
    copy_edition(source, stick)
    assert tree(stick) == tree(source)


def test_a_new_edition_takes_the_place_of_the_old_and_leaves_others_files(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    built(run, museum)
    source, stick = museum / "editions" / "usb", tmp_path / "stick"
    copy_edition(source, stick)
    (stick / "letter.txt").write_text("mine", encoding="utf-8")
    built(run, museum, "--files", str(files_in(source) - 100))
    report = copy_edition(source, stick)
    assert report.removed > 0
    found = tree(stick)
    assert found.pop("letter.txt")
    assert found == tree(source)


def test_an_edition_that_rotted_is_not_handed_on(run: Run, museum: Path, tmp_path: Path) -> None:
    built(run, museum)
    page = museum / "editions" / "usb" / "index.html"
    page.write_bytes(b"x" * page.stat().st_size)
    told = run("copy", tmp_path / "stick", "--archive", museum)
    assert told.code != 0
    assert "index.html" in told.err
    assert not (tmp_path / "stick" / "checksums.sha256").exists()


def test_a_folder_that_is_no_edition_is_refused(run: Run, museum: Path, tmp_path: Path) -> None:
    told = run("copy", tmp_path / "stick", "--archive", museum)
    assert told.code != 0
    assert "hoaban build --edition usb" in told.err


def test_an_edition_is_not_copied_into_itself(run: Run, museum: Path) -> None:
    built(run, museum)
    assert run("copy", museum / "editions/usb/x", "--archive", museum).code != 0


def test_limits_without_an_edition_are_refused(run: Run, museum: Path) -> None:
    assert run("build", "--archive", museum, "--files", "10").code == 2
