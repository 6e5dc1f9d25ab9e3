"""The sample archive, as the demo makes it, in a real browser: from the disk and from a host."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from archive.layout import Layout
from archive.opening import Archive, open_archive
from pipeline.find import find
from tests.site.serving import hosting

pytestmark = pytest.mark.browser

QUERIES = (
    "hổ phách",
    "ho phach",
    "Etrusca",
    "77.AO.84",
    "84",
    "con công",
    "cong",
    "ngựa",
    "Dorothea Lange",
    "mặt dây chuyền",
    "không có gì cả xyz",
    "Sư tử",
    "su tu",
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    import cli

    folder = tmp_path_factory.mktemp("sample") / "my-museum"
    with pytest.raises(SystemExit) as exited:
        cli.main(["demo", str(folder)])
    assert exited.value.code in (0, None)
    return open_archive(folder)


@pytest.fixture(scope="module", params=["disk", "host"])
def root(request: pytest.FixtureRequest, archive: Archive) -> Iterator[str]:
    if request.param == "disk":
        yield archive.layout.site.as_uri()
    else:
        with hosting(archive.layout.site) as host:
            yield host.address


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.failures = []
    page.on("requestfailed", lambda request: note(page, request))
    page.on(
        "response",
        lambda answer: page.failures.append(answer.url) if answer.status >= 400 else None,
    )
    yield page
    context.close()
    assert page.failures == []


def note(page, request) -> None:
    # Turning to the next view gives up what is still loading: that is no missing file.
    if request.failure != "net::ERR_ABORTED":
        page.failures.append(f"{request.url}: {request.failure}")


def item_pages(layout: Layout) -> list[str]:
    return sorted(p.relative_to(layout.site).as_posix() for p in layout.site.glob("vi/items/*/*"))


def test_the_search_page_answers_as_the_command_line(page, root: str, archive: Archive) -> None:
    for query in QUERIES:
        expected = find(archive, query, limit=24, lang="vi", now=lambda: datetime.now(UTC))
        page.goto(f"{root}/vi/search.html?q={quote(query)}")
        page.wait_for_selector("#found:not(:empty)", state="attached")
        links = page.locator("#results a").evaluate_all("all => all.map(a => a.href)")
        found = [link.rsplit("/", 1)[1] for link in links]
        assert found == [hit.url.rsplit("/", 1)[1] for hit in expected.hits], query


def test_every_view_of_every_item_opens_in_the_viewer(page, root: str, archive: Archive) -> None:
    for path in item_pages(archive.layout):
        page.goto(f"{root}/{path}")
        page.click(".zoom-open")
        page.wait_for_selector(".zoom-canvas canvas")
        for _view in range(page.locator(".strip a").count()):
            page.wait_for_timeout(200)
            page.keyboard.press("PageDown")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_axe_finds_nothing_on_the_real_pages(page, root: str, archive: Archive, lang: str) -> None:
    item = item_pages(archive.layout)[0].removeprefix("vi/")
    for path in ("index.html", "browse/1.html", "search.html?q=a", "about.html", item):
        page.goto(f"{root}/{lang}/{path}")
        page.wait_for_timeout(100)
        found = Axe().run(page, options={"preload": False}).response["violations"]
        assert found == [], f"{path}: {json.dumps(found)[:600]}"


def test_the_site_names_the_makers_of_the_sample(archive: Archive) -> None:
    amber = next(p for p in item_pages(archive.layout) if p.endswith("77-ao-84.html"))
    text = (archive.layout.site / amber).read_text(encoding="utf-8")
    assert "J. Paul Getty Trust" in text
    assert "creativecommons.org/licenses/by/4.0" in text


def test_nothing_on_the_pages_is_untranslated(archive: Archive) -> None:
    for path in (Path("vi/index.html"), Path(item_pages(archive.layout)[0])):
        text = (archive.layout.site / path).read_text(encoding="utf-8")
        for english in (">Search<", ">Browse<", ">Details<", ">Rights<", ">Downloads<"):
            assert english not in text, (path, english)
