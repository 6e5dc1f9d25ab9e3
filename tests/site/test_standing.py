"""A site of which nothing changed is left as it is; whatever changes, it is built."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cli
from archive.kept_items import forget_caches
from archive.layout import Layout
from archive.opening import open_archive
from archive.site import kept
from archive.site.standing import note_site, recall_site
from pipeline import indexing
from pipeline.publish import publish
from pipeline.publish_report import PublishReport
from schemas.records import Access
from tests.export.museum import JUNE, MARCH, Museum, clock, new_museum
from tests.site.fabricated_site import AT, make_site, small_archive
from tests.site.reading import snapshot

LATER = "2026-06-20T03:00:00Z"


def build(museum: Museum, at: str = JUNE) -> PublishReport:
    return publish(open_archive(museum.archive.layout.root), now=clock(at))


def stamps(site: Path) -> dict[Path, tuple[int, int]]:
    """Return which files those of a site are, and since when."""
    found = {path: path.stat() for path in site.rglob("*")}
    return {path: (state.st_ino, state.st_mtime_ns) for path, state in found.items()}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    museum = new_museum(tmp_path_factory.mktemp("standing") / "museum")
    for number in range(3):
        museum.put(f"BT-{number}", material="đồng")
    museum.put("BT-3", material="gỗ", access=Access.STAFF)
    museum.put("BT-4", material="gỗ", embargo_until="2026-06-12")
    museum.put("BT-2", material="sắt", at=MARCH)
    museum.index()
    assert not build(museum).site.is_as_before
    return museum.archive.layout.root


@pytest.fixture
def museum(prepared: Path, tmp_path: Path) -> Museum:
    shutil.copytree(prepared, tmp_path / "museum", copy_function=shutil.copy2)
    found = Museum(open_archive(tmp_path / "museum"))
    # A copy has files of its own, which is noticed.
    assert not build(found).site.is_as_before
    assert build(found).site.is_as_before
    return found


def test_a_site_that_stands_as_it_should_is_not_touched(museum: Museum) -> None:
    layout = museum.archive.layout
    before, caches = stamps(layout.site), stamps(layout.site_twin)
    for path in (layout.site_changed, layout.site_removed):
        path.unlink()
    report = build(museum)
    assert report.site.is_as_before
    assert (stamps(layout.site), stamps(layout.site_twin)) == (before, caches)
    assert (layout.site_changed.read_bytes(), layout.site_removed.read_bytes()) == (b"", b"")
    # What is said of it is what a build says.
    layout.site_standing.unlink()
    again = build(museum)
    assert not again.site.is_as_before
    for name in ("pages", "items", "files", "bytes", "disk_bytes", "warnings", "path"):
        assert getattr(again.site, name) == getattr(report.site, name), name
    assert again.findings == report.findings == ()


def test_a_command_says_that_nothing_changed(
    museum: Museum, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for _time in range(2):
        with pytest.raises(SystemExit) as ended:
            cli.main(["--lang", "en", "build", "--archive", str(museum.archive.layout.root)])
        assert ended.value.code == 0
        said.append(capsys.readouterr().out)
    first, again = said
    assert again == f"Nothing has changed: the site is as it should be.\n{first}"


def write_into_page(museum: Museum) -> None:
    page = museum.archive.layout.site / "vi/index.html"
    content = page.read_bytes()
    page.unlink()
    page.write_bytes(content[:-1] + b" ")


def put_file(museum: Museum) -> None:
    (museum.archive.layout.site / "a.txt").write_text("a", encoding="utf-8")


def put_folder(museum: Museum) -> None:
    (museum.archive.layout.site / "a/b").mkdir(parents=True)


def take_file(museum: Museum) -> None:
    (museum.archive.layout.site / "404.html").unlink()


def take_site(museum: Museum) -> None:
    shutil.rmtree(museum.archive.layout.site)


def leave_old_site(museum: Museum) -> None:
    (museum.archive.layout.root / ".site-old").mkdir()


def hide(museum: Museum) -> None:
    museum.put("BT-1", access=Access.STAFF, at=MARCH)


def change(museum: Museum) -> None:
    museum.put("BT-0", title="Trống đồng", at=MARCH)


def withdraw(museum: Museum) -> None:
    museum.withdraw("BT-2", at=MARCH)


def write_story(museum: Museum) -> None:
    folder = museum.archive.layout.stories
    folder.mkdir()
    (folder / "mot.vi.md").write_text("---\ntitle: Một\n---\n\n[a](item:BT-0)\n", encoding="utf-8")


def write_theme(museum: Museum) -> None:
    folder = museum.archive.layout.theme
    folder.mkdir()
    (folder / "theme.css").write_text("body { margin: 0 }", encoding="utf-8")


def set_publisher(museum: Museum) -> None:
    path = museum.archive.layout.config
    text = path.read_text(encoding="utf-8").replace("Điện Biên", "Lai Châu")
    path.write_text(text, encoding="utf-8")


def damage_note(museum: Museum) -> None:
    path = museum.archive.layout.site_standing
    path.write_bytes(path.read_bytes()[:-9])


def forge_note(museum: Museum) -> None:
    museum.archive.layout.site_standing.write_text('["made_from"]', encoding="utf-8")


def flip_count(museum: Museum) -> None:
    path = museum.archive.layout.site_standing
    said = json.loads(path.read_bytes())
    said["counts"]["pages"] += 900
    path.write_text(json.dumps(said), encoding="utf-8")


def write_endless_count(museum: Museum) -> None:
    path = museum.archive.layout.site_standing
    said = json.loads(path.read_bytes()) | {"counts": {"pages": math.inf}}
    path.write_text(json.dumps(said), encoding="utf-8")


def nest_note(museum: Museum) -> None:
    museum.archive.layout.site_standing.write_text("[" * 100_000, encoding="utf-8")


NOTES = (damage_note, forge_note, flip_count, write_endless_count, nest_note)
TO_ITS_FILES = (write_into_page, put_file, put_folder, take_file, take_site, leave_old_site)
TO_ITS_SOURCES = (hide, change, withdraw, write_story, write_theme, set_publisher)


@pytest.mark.slow
def test_whatever_somebody_does_to_a_site_it_is_built_as_it_was(museum: Museum) -> None:
    layout = museum.archive.layout
    site = snapshot(layout.site)
    for deed in (*TO_ITS_FILES, *NOTES):
        deed(museum)
        assert not build(museum).site.is_as_before, deed
        assert snapshot(layout.site) == site, deed
        assert not (layout.root / ".site-old").exists()
        assert build(museum).site.is_as_before, deed
    assert not (layout.site / "a").exists()


@pytest.mark.slow
def test_whatever_a_site_is_made_from_changes_it_is_built(museum: Museum) -> None:
    layout = museum.archive.layout
    for deed in TO_ITS_SOURCES:
        deed(museum)
        assert not build(museum).site.is_as_before, deed
        assert build(museum).site.is_as_before, deed
    site = snapshot(layout.site)
    shutil.rmtree(layout.site)
    forget_caches(layout)
    assert not build(museum).site.is_as_before
    assert snapshot(layout.site) == site


@pytest.mark.slow
def test_what_a_link_leads_to_is_looked_at(museum: Museum, tmp_path: Path) -> None:
    layout = museum.archive.layout
    away = tmp_path / "elsewhere"
    for name in ("templates", "static/inner"):
        (away / name).mkdir(parents=True)
    (away / "static/inner/a.txt").write_text("a", encoding="utf-8")
    layout.theme.mkdir()
    for name in ("templates", "static"):
        (layout.theme / name).symlink_to(away / name, target_is_directory=True)
    (away / "static/inner/round").symlink_to(away / "static", target_is_directory=True)
    build(museum)
    for path, text in (("static/inner/a.txt", "b"), ("templates/404.html", "Not here")):
        (away / path).write_text(text, encoding="utf-8")
        assert not build(museum).site.is_as_before, path
        assert build(museum).site.is_as_before, path
    assert "Not here" in (layout.site / "404.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_table_written_after_the_archive_was_opened_is_in_the_site(museum: Museum) -> None:
    opened = open_archive(museum.archive.layout.root)
    folder = opened.layout.vocabularies
    folder.mkdir()
    written = "id,label_vi,label_en\nbronze,đồng,Dragon metal\n"
    (folder / "materials.csv").write_text(written, encoding="utf-8")
    publish(opened, now=clock(JUNE))
    build(museum)
    site = snapshot(opened.layout.site)
    shutil.rmtree(opened.layout.site)
    forget_caches(opened.layout)
    build(museum)
    assert snapshot(opened.layout.site) == site


@pytest.mark.slow
def test_what_is_written_while_a_site_is_built_is_not_overlooked(museum: Museum) -> None:
    change(museum)

    def write(_progress: object) -> None:
        if not museum.archive.layout.theme.exists():
            write_theme(museum)

    publish(open_archive(museum.archive.layout.root), now=clock(JUNE), on_progress=write)
    assert museum.archive.layout.theme.exists()
    assert not build(museum).site.is_as_before
    assert build(museum).site.is_as_before


@pytest.mark.slow
def test_a_file_that_cannot_be_read_stops_no_build(
    museum: Museum, monkeypatch: pytest.MonkeyPatch
) -> None:
    museum.archive.layout.theme.mkdir()
    (museum.archive.layout.theme / "notes.bin").touch()
    whole = Path.open

    def refused(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == "notes.bin":
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return whole(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refused)
    assert [build(museum).site.is_as_before for _time in range(2)] == [False, True]


def test_an_embargo_that_ends_is_not_overlooked(museum: Museum) -> None:
    items = build(museum).site.items
    later = build(museum, LATER)
    assert (later.site.is_as_before, later.site.items) == (False, items + 1)
    assert build(museum, LATER).site.is_as_before


@pytest.mark.slow
def test_another_program_builds(museum: Museum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_program", lambda packages: b"another")
    assert not build(museum).site.is_as_before
    assert build(museum).site.is_as_before
    monkeypatch.setattr(indexing.zlib, "ZLIB_RUNTIME_VERSION", "another")
    assert not build(museum).site.is_as_before


@pytest.mark.slow
def test_a_clock_that_was_put_back_is_not_believed(museum: Museum) -> None:
    past = "2026-02-10T03:00:00Z"
    assert not build(museum, past).site.is_as_before
    assert not build(museum, past).site.is_as_before


def test_what_is_wrong_is_told_by_every_build(museum: Museum) -> None:
    path = museum.archive.layout.config
    text = path.read_text(encoding="utf-8").replace("file_budget = 0 ", "file_budget = 10 ")
    path.write_text(text, encoding="utf-8")
    first, again = build(museum), build(museum)
    assert again.site.is_as_before
    assert [finding.code for finding in again.findings] == ["BUDGET-files"]
    assert first.findings == again.findings


def test_a_picture_that_changed_or_went_is_noticed(tmp_path: Path) -> None:
    found = small_archive(tmp_path / "museum")
    layout = found.layout
    made = make_site(found)

    def note() -> None:
        note_site(layout, b"things", made)
        assert recall_site(layout, b"things", AT) is not None

    note()
    assert recall_site(layout, b"other things", AT) is None
    picture = next(layout.derivatives.rglob("access.jpg"))
    for deed in (replace_file, lambda path: path.with_name("more").write_bytes(b""), os.unlink):
        deed(picture)
        assert recall_site(layout, b"things", AT) is None
        note()
    assert_is_found_in_site(layout, picture, note)


def replace_file(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)


def assert_is_found_in_site(layout: Layout, picture: Path, note: Callable[[], None]) -> None:
    """Look whether the same is so of what the site has of a picture."""
    shown = layout.site / "images" / picture.relative_to(layout.derivatives)
    for deed in (replace_file, os.unlink):
        deed(shown)
        assert recall_site(layout, b"things", AT) is None
        note()


def test_a_site_that_is_a_link_is_built(museum: Museum) -> None:
    site = museum.archive.layout.site
    site.rename(site.with_name("elsewhere"))
    site.symlink_to("elsewhere", target_is_directory=True)
    assert not build(museum).site.is_as_before
    assert not site.is_symlink()
