"""Films and sounds from the museum's folder to what visitors play."""

from __future__ import annotations

import json
import re
import shutil
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import jsonschema_rs
import pytest

from pipeline import extras
from schemas.identifiers import shard_of
from tests.conftest import Run
from tests.flows.deliveries import write_csv
from tests.imaging.making import chart
from tests.imaging.recording_making import cut_short, write_film, write_sound
from tests.site.test_iiif import SCHEMA

HEADINGS = ("Số kiểm kê", "Tên gọi", "Loại bản ghi", "Tệp", "Mức truy cập")
KIND = "Phim và âm thanh"


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recordings") / "delivery"
    folder.mkdir()
    write_film(folder / "xòe.mov", seconds=2, metadata={"location": "+21.3860+103.0169/"})
    write_film(folder / "tape.mpg", "mpeg2video", sound="mp2", seconds=2)
    write_sound(folder / "then.wav", "pcm_s16le", seconds=2)
    write_sound(folder / "secret.mp3", "libmp3lame", seconds=2)
    chart().save(folder / "cover.jpg")
    cut_short(folder / "cut.mp4", folder / "xòe.mov")
    rows = [
        ("P-1", "Xòe Thái", KIND, "xòe.mov", ""),
        ("P-2", "Hát Then", KIND, "cover.jpg; then.wav", ""),
        ("P-3", "Phim hỏng", KIND, "cut.mp4", ""),
        ("P-4", "Lời kể riêng", KIND, "secret.mp3", "Nội bộ"),
        ("P-5", "Băng tư liệu", KIND, "tape.mpg", ""),
    ]
    write_csv(folder / "catalogue.csv", HEADINGS, rows)
    return folder


@pytest.fixture
def museum(run: Run, delivery: Path, tmp_path: Path) -> Path:
    museum = tmp_path / "museum"
    assert run("init", museum).code == 0
    ran = run("ingest", "--json", delivery, cwd=museum)
    found = {(entry["code"], entry["path"]) for entry in json.loads(ran.out)["findings"]}
    assert ("RECORDING-damaged", "cut.mp4") in found
    assert ("SCAN-place", "xòe.mov") in found
    assert run("build", cwd=museum).code == 0
    return museum


def files(museum: Path, pattern: str) -> list[str]:
    site = museum / "site"
    return sorted(path.relative_to(site).as_posix() for path in site.rglob(pattern))


def page(museum: Path, item_id: str, lang: str = "vi") -> str:
    (path,) = (museum / "site" / lang / "items").rglob(f"{item_id}.html")
    return path.read_text(encoding="utf-8")


def test_visitors_see_hear_find_and_take_what_is_public_and_nothing_else(
    run: Run, museum: Path
) -> None:
    played = files(museum, "recording.*")
    assert sorted(Path(name).parts[-3] for name in played) == ["p-1", "p-2", "p-5"]

    film, sound = page(museum, "p-1"), page(museum, "p-2", "en")
    assert re.search(r'<video controls[^>]* poster="[^"]+"[^>]* aria-label="Xòe Thái"', film)
    assert re.search(r'<source src="[^"]+/0001/recording\.mp4" type="video/mp4">', film)
    assert "openseadragon" not in film
    assert re.search(r'<source src="[^"]+/0002/recording\.m4a" type="audio/mp4">', sound)
    # The cover is still an image to zoom into, the only one.
    assert "openseadragon" in sound
    assert "1 / 2" not in sound
    assert 'download="p-2-0002.m4a"' in sound

    for lang, query in (("vi", "has=video"), ("en", "has=video")):
        ran = run("--lang", lang, "search", "--json", "--filter", query, "", cwd=museum)
        assert {hit["identifier"] for hit in json.loads(ran.out)["hits"]} == {"P-1", "P-5"}
    ran = run(
        "search", "--json", "--filter", "has=audio", "--filter", "kind=film_sound", "", cwd=museum
    )
    # The staff find what is theirs, too.
    assert {hit["identifier"] for hit in json.loads(ran.out)["hits"]} == {"P-2", "P-4"}


def test_manifests_play_in_any_viewer(museum: Path) -> None:
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    manifests = {}
    for path in (museum / "site" / "iiif").rglob("manifest.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        validator.validate(document)
        manifests[path.parent.name] = document
    (film,) = manifests["p-1"]["items"]
    assert film["duration"] == pytest.approx(2, abs=0.2)
    assert (film["width"], film["height"]) == (320, 180)
    body = film["items"][0]["items"][0]["body"]
    assert (body["type"], body["format"]) == ("Video", "video/mp4")
    assert film["placeholderCanvas"]["items"][0]["items"][0]["body"]["type"] == "Image"
    cover, sound = manifests["p-2"]["items"]
    assert "duration" not in cover
    assert "width" not in sound
    assert sound["items"][0]["items"][0]["body"]["type"] == "Sound"
    assert sound["accompanyingCanvas"]["items"][0]["items"][0]["body"]["type"] == "Image"
    # What a manifest names is on the site.
    base = manifests["p-1"]["id"].partition("/iiif/")[0]
    for address in (body["id"], sound["items"][0]["items"][0]["body"]["id"]):
        assert (museum / "site" / address.removeprefix(f"{base}/")).is_file()


def test_a_second_ingest_and_build_take_nothing_twice(
    run: Run, delivery: Path, museum: Path
) -> None:
    before = {name: (museum / "site" / name).stat().st_ino for name in files(museum, "*.*")}

    ran = run("ingest", "--json", delivery, cwd=museum)

    report = json.loads(ran.out)
    assert (report["added"], report["updated"], report["unchanged"]) == ([], [], 4)
    assert run("build", cwd=museum).code == 0
    after = {name: (museum / "site" / name).stat().st_ino for name in files(museum, "*.*")}
    assert after.keys() == before.keys()


def test_made_again_from_the_store_everything_is_as_it_was(run: Run, museum: Path) -> None:
    def kept() -> dict[str, bytes]:
        paths = (museum / "derivatives").rglob("*.*")
        return {str(p): p.read_bytes() for p in paths if p.is_file()}

    before = kept()
    first, *_others = sorted((museum / "derivatives").rglob("recording.*"))
    first.unlink()
    shutil.rmtree(museum / "derivatives" / shard_of("p-5"))

    assert run("derive", cwd=museum).code == 0
    assert kept() == before


def test_an_archive_opens_where_the_part_is_not_installed(
    run: Run, museum: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(distribution: str) -> str:
        raise PackageNotFoundError(distribution)

    monkeypatch.setattr(extras, "version", version)
    shutil.rmtree(museum / "derivatives" / shard_of("p-5"))

    assert run("build", cwd=museum).code == 0
    assert run("derive", "--again", "--dry-run", cwd=museum).code == 0


def test_films_made_smaller_by_the_settings_are_made_again_alone(run: Run, museum: Path) -> None:
    settings = museum / "hoaban.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[derivatives]", "[derivatives]\nfilm_px = 320"), "utf-8")
    stamps = {p: p.stat().st_mtime_ns for p in (museum / "derivatives").rglob("derivatives.json")}

    assert run("derive", "--again", cwd=museum).code in (0, 2)

    made = {p.parent.name for p, at in stamps.items() if p.stat().st_mtime_ns != at}
    assert {"p-1", "p-5"} <= made


def test_who_may_only_look_is_offered_no_download(run: Run, museum: Path) -> None:
    settings = museum / "hoaban.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"{text}\n[limits.public]\ndownload = false\n", encoding="utf-8")

    assert run("build", cwd=museum).code == 0

    film = page(museum, "p-1")
    assert 'controlslist="nodownload"' in film
    assert 'download="p-1-0001.mp4"' not in film


def test_a_stick_has_the_recordings_too(run: Run, museum: Path) -> None:
    assert run("build", "--edition", "usb", cwd=museum).code == 0

    assert len(list((museum / "editions" / "usb").rglob("recording.*"))) == 3


def test_masters_go_to_partners_as_they_are_and_without_words_for_images(
    run: Run, museum: Path, delivery: Path, tmp_path: Path
) -> None:
    ran = run("export", "mets", "--out", tmp_path / "mets", cwd=museum)

    assert ran.code == 0, ran.err
    package = tmp_path / "mets" / "p-1"
    (master,) = (package / "masters").iterdir()
    assert master.read_bytes() == (delivery / "xòe.mov").read_bytes()
    text = (package / "METS.xml").read_text(encoding="utf-8")
    assert "video/quicktime" in text
    assert "mix:" not in text
