"""The sample archive, as the demo makes it, in a real browser: from the disk and from a host."""

from __future__ import annotations

import gzip
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
from tests.browser.visiting import wait_until
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


def test_axe_finds_nothing_on_the_real_pages(page, root: str, archive: Archive) -> None:
    # What a page is does not change with where it comes from.
    lang = "vi" if root.startswith("file:") else "en"
    item = item_pages(archive.layout)[0].removeprefix("vi/")
    for path in ("index.html", "browse/1.html", "search.html?q=a", "about.html", item):
        page.goto(f"{root}/{lang}/{path}")
        page.wait_for_timeout(100)
        found = Axe().run(page, options={"preload": False}).response["violations"]
        assert found == [], f"{path}: {json.dumps(found)[:600]}"


# Where each of the two panes is: its zoom, its middle and its turn, as shares of its picture.
PLACES = """() => ['.zoom-canvas', '.beside-canvas'].map(name => {
    const viewer = OpenSeadragon.getViewer(document.querySelector(name));
    const view = viewer.viewport, height = viewer.world.getItemAt(0).getBounds().height;
    const middle = view.getCenter(true);
    return [view.getZoom(true) / view.getHomeZoom(), middle.x, middle.y / height,
        view.getRotation(true) % 360].map(value => Math.round(value * 50) / 50);
})"""
TOGETHER = f"() => {{ const [a, b] = ({PLACES})(); return a.join() === b.join(); }}"

# A key that zooms out in the other pane, and another view before that has ended.
KEY_AND_OTHER_VIEW = """() => {
    const canvas = document.querySelector('.beside-canvas .openseadragon-canvas');
    const select = document.querySelector('.beside-choice select');
    const key = {code: 'ArrowDown', key: 'ArrowDown', keyCode: 40, shiftKey: true, bubbles: true,
        cancelable: true};
    canvas.focus();
    for (const type of ['keydown', 'keyup']) {
        canvas.dispatchEvent(new KeyboardEvent(type, key));
    }
    select.selectedIndex = 3;
    select.dispatchEvent(new Event('change'));
}"""


def is_open(page, pane: str) -> None:
    wait_until(
        page,
        "name => { const viewer = window.OpenSeadragon &&"
        " OpenSeadragon.getViewer(document.querySelector(name));"
        " return viewer && viewer.world.getItemCount() > 0; }",
        pane,
    )


def test_two_views_are_compared_side_by_side_and_move_together(page, root: str, archive) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(
        f"{root}/{next(p for p in item_pages(archive.layout) if p.endswith('77-ao-84.html'))}"
    )
    page.click(".zoom-open")
    is_open(page, ".zoom-canvas")
    assert not [address for address in asked if "compare.js" in address]
    page.focus("[data-do=compare]")
    page.keyboard.press("Enter")
    is_open(page, ".beside-canvas")
    assert page.get_attribute("[data-do=compare]", "aria-pressed") == "true"
    assert page.input_value(".beside-choice select") == "1"
    assert page.inner_text("#beside .zoom-status") == "2 / 4"
    page.click("[data-do=in]")
    page.click("[data-do=in]")
    page.click("[data-do=rotate]")
    wait_until(page, f"() => ({PLACES})()[0][0] > 1.9 && ({PLACES})()[0][3] === 90")
    wait_until(page, TOGETHER)
    # The other pane leads when it is the one that is touched.
    before = page.evaluate(PLACES)[0][0]
    page.focus(".beside-canvas .openseadragon-canvas")
    page.keyboard.press("Shift+ArrowDown")
    wait_until(page, f"before => ({PLACES})()[0][0] < before", before - 0.1)
    wait_until(page, TOGETHER)
    page.select_option(".beside-choice select", index=2)
    page.wait_for_selector("#beside .zoom-status:text('3 / 4')")
    is_open(page, ".beside-canvas")
    wait_until(page, TOGETHER)
    # The viewer moves for some frames after a key: also a pane that does not lead any more.
    page.evaluate(KEY_AND_OTHER_VIEW)
    page.wait_for_selector("#beside .zoom-status:text('4 / 4')")
    is_open(page, ".beside-canvas")
    page.wait_for_timeout(500)
    wait_until(page, TOGETHER)
    assert Axe().run(page, options={"preload": False}).response["violations"] == []
    page.keyboard.press("Escape")
    assert page.is_hidden("#beside")
    assert page.is_hidden(".beside-choice")
    assert page.is_visible(".zoom")
    wait_until(page, "document.activeElement.dataset.do === 'compare'")
    page.keyboard.press("Escape")
    assert page.is_hidden(".zoom")


# What a page loads before anything is touched, by the kind it counts as.
LOADED = "() => performance.getEntriesByType('resource').map(entry => new URL(entry.name).pathname)"
# Mosaics, bronze, weave and a manuscript with rare letters; the others weigh less.
DETAILED = ("75-ah-125.html", "75-ah-121.html", "77-ao-82.html", "obj12.html", "73-ah-75.html")
PHONE = {"viewport": {"width": 412, "height": 823}, "device_scale_factor": 1.75}
KINDS = {"css": ".css", "fonts": ".woff2", "script": ".js"}
LIMITS = {"html": 15_000, "css": 12_000, "fonts": 40_000, "picture": 80_000, "script": 10_000}


def test_real_item_pages_with_much_detail_are_light(chromium, archive: Archive) -> None:
    context = chromium.new_context(**PHONE)
    with hosting(archive.layout.site) as host:
        for path in (p for p in item_pages(archive.layout) if p.endswith(DETAILED)):
            weight = weigh(context, archive.layout.site, host, path)
            over = {kind: size for kind, size in weight.items() if size > LIMITS[kind]}
            assert over == {}, path
            assert sum(weight.values()) <= 160_000, (path, weight)
    context.close()


@pytest.mark.parametrize(("width", "density"), [(390, 3), (1280, 2)])
def test_sharper_screens_get_the_same_light_picture_first(
    chromium, archive: Archive, width: int, density: int
) -> None:
    path = next(p for p in item_pages(archive.layout) if p.endswith("75-ah-125.html"))
    size = {"width": width, "height": 823}
    context = chromium.new_context(viewport=size, device_scale_factor=density)
    with hosting(archive.layout.site) as host:
        weight = weigh(context, archive.layout.site, host, path)
    context.close()
    assert weight["picture"] <= LIMITS["picture"]


def weigh(context, site: Path, host, path: str) -> dict[str, int]:
    """Return what a page loads before anything is touched: bytes by kind, texts packed."""
    page = context.new_page()
    pictures = []
    folder = path.removeprefix("vi/items/").removesuffix(".html")
    page.on(
        "request",
        lambda request: pictures.append(request.url) if f"/{folder}/" in request.url else None,
    )
    page.goto(f"{host.address}/{path}")
    page.evaluate("document.fonts.ready")
    asked = [site / name[1:] for name in page.evaluate(LOADED)]
    page.close()
    # The main picture is asked for before the thumbnails below it.
    weight = {
        "html": packed(site / path),
        "picture": (site / pictures[0].removeprefix(f"{host.address}/")).stat().st_size,
    }
    for kind, ending in KINDS.items():
        files = [file for file in asked if file.suffix == ending]
        assert files, (path, kind)
        weight[kind] = sum(f.stat().st_size if kind == "fonts" else packed(f) for f in files)
    return weight


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_place_of_the_picture_is_kept_before_it_comes(chromium, archive: Archive, width: int):
    path = next(p for p in item_pages(archive.layout) if p.endswith("77-ao-84.html"))
    context = chromium.new_context(viewport={"width": width, "height": 820})
    page = context.new_page()
    waiting = []
    is_held = True

    def hold(route):
        if is_held:
            waiting.append(route)
        else:
            route.continue_()

    page.route("**/access*.webp", hold)
    with hosting(archive.layout.site) as host:
        page.goto(f"{host.address}/{path}", wait_until="domcontentloaded")
        box = (
            "() => JSON.stringify(document.querySelector('.picture-link').getBoundingClientRect())"
        )
        before = page.evaluate(box)
        is_held = False
        for route in waiting:
            route.continue_()
        wait_until(page, "document.querySelector('.picture-link img').naturalWidth > 100")
        assert json.loads(before)["height"] > 300
        assert page.evaluate(box) == before
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


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
