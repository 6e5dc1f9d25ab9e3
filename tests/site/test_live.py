"""Editing texts while the site is served: built again, and pages that show it by themselves."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from archive.live_pages import LivePages, LiveState
from archive.lock import write_lock
from archive.opening import open_archive
from archive.serve import make_app
from pipeline.live import LiveSite
from pipeline.publish import publish
from pipeline.publish_report import PublishReport
from schemas.errors import ConfigError, HoabanError
from tests.export.museum import JUNE, clock, new_museum

STORY = "---\ntitle: Chuyện {word}\n---\n\nMột đoạn văn.\n"


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Path:
    museum = new_museum(tmp_path_factory.mktemp("live") / "museum")
    museum.put("BT-1")
    museum.index()
    publish(museum.archive, now=clock(JUNE))
    return museum.archive.layout.root


@pytest.fixture
def told() -> list[PublishReport | HoabanError]:
    return []


def test_a_saved_text_is_built_once_it_is_at_rest(museum: Path, told: list[object]) -> None:
    live = LiveSite(open_archive(museum).layout, clock(JUNE), told.append)
    assert not live.look()
    story = museum / "stories/thap.vi.md"
    story.parent.mkdir()
    story.write_text(STORY.format(word="đang viết"), encoding="utf-8")
    assert not live.look(), "somebody may still be writing"
    story.write_text(STORY.format(word="chiếc thạp đồng"), encoding="utf-8")
    assert not live.look()
    assert live.look()
    assert live.state() == LiveState(1)
    page = museum / "site/vi/stories/thap.html"
    assert "Chuyện chiếc thạp đồng" in page.read_text(encoding="utf-8")
    assert not live.look(), "once only"

    (museum / "theme").mkdir()
    (museum / "theme/theme.css").write_text("h1 { color: red }", encoding="utf-8")
    with write_lock(open_archive(museum).layout):
        assert [live.look(), live.look()] == [False, False], "another command is at work"
    assert live.look()
    assert (museum / "site/assets/theme/theme.css").is_file()
    assert live.state() == LiveState(2)
    story.unlink()
    assert [live.look(), live.look()] == [False, True]
    assert not page.exists()
    assert all(isinstance(entry, PublishReport) for entry in told)


def test_a_mistake_is_told_and_the_site_stays(museum: Path, told: list[object]) -> None:
    live = LiveSite(open_archive(museum).layout, clock(JUNE), told.append)
    config = museum / "hoaban.toml"
    right = config.read_text(encoding="utf-8")
    home = (museum / "site/index.html").read_bytes()
    config.write_text(right + "\n[site]\ncolour = 'pink'\n", encoding="utf-8")
    assert [live.look(), live.look(), live.look()] == [False, True, False]
    (error,) = told
    assert isinstance(error, ConfigError)
    assert "#86295f" in live.state().trouble
    assert live.state().number == 0
    assert (museum / "site/index.html").read_bytes() == home
    config.write_text(right, encoding="utf-8")
    assert [live.look(), live.look()] == [False, True]
    assert live.state() == LiveState(1)


def test_a_fault_of_ours_is_told_too_and_the_looking_goes_on(
    museum: Path, told: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_archive: object, **_named: object) -> PublishReport:
        raise ZeroDivisionError("a fault")

    live = LiveSite(open_archive(museum).layout, clock(JUNE), told.append)
    (museum / "stories/fault.vi.md").write_text(STORY.format(word="mới"), encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.live.publish", fail)
        assert [live.look(), live.look()] == [False, True]
    assert live.state().trouble == "ZeroDivisionError: a fault"
    (museum / "stories/fault.vi.md").unlink()
    assert [live.look(), live.look()] == [False, True]
    assert live.state() == LiveState(1)


def test_a_page_asks_whether_it_is_the_newest_and_the_site_has_nothing_of_it(museum: Path) -> None:
    state = LiveState(3)
    site = museum / "site"
    client = TestClient(make_app(site, live=LivePages(lambda: state)))
    page = client.get("/vi/index.html")
    (script,) = re.findall(r'<script src="(/_live\.js)" data-number="3">', page.text)
    assert page.headers["cache-control"] == "no-store"
    assert page.text.replace(f'<script src="{script}" data-number="3"></script>', "") == (
        site / "vi/index.html"
    ).read_text(encoding="utf-8")
    assert "location.reload" in client.get(script).text
    # A browser that knows the page from before may not keep it: it has no script.
    known = TestClient(make_app(site)).get("/vi/index.html").headers["etag"]
    again = client.get("/vi/index.html", headers={"If-None-Match": known})
    assert (again.status_code, again.text) == (200, page.text)
    state = replace(state, trouble="Sai màu.")
    assert json.loads(client.get("/_live").text) == {"number": 3, "trouble": "Sai màu."}
    assert "_live" in client.get("/").text
    assert "no-store" not in client.get("/assets/css/site.css").headers["cache-control"]
    plain = TestClient(make_app(site))
    assert "_live" not in plain.get("/vi/index.html").text
    assert plain.get("/_live").status_code == 404
    assert not [path for path in site.rglob("*.html") if b"_live" in path.read_bytes()]


def test_watching_ends_with_its_block(museum: Path, told: list[object]) -> None:
    with LiveSite(open_archive(museum).layout, clock(JUNE), told.append).watching(0.01):
        pass
    assert told == []
