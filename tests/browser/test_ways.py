"""Ways in, stories and the map in a real browser, from a disk and from a web host."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from archive.settings import Settings
from archive.site.facets import text_key, value_page
from archive.site_settings import SiteSettings
from schemas.identifiers import item_id_for, item_page
from schemas.normalising import shipped_tables
from search.documents import document_for
from search.facet_values import facet_words
from search.static import write_static_index
from tests.browser.visiting import held_back, load_changed, wait_until
from tests.search.museum_records import FIELDS
from tests.site.fabricated_site import PROFILE, make_site
from tests.site.serving import hosting
from tests.site.vietnamese_sample import vietnamese_archive

pytestmark = pytest.mark.browser

STORY = """\
---
title: Chuyện chiếc thạp
summary: Một chiếc thạp đồng.
---

Một đoạn văn.

![Một phần của nắp](item:BT.001?view=2&region=30,20,40,40)
![Toàn bộ](item:BT.001)
"""
STORY_PAGE = "stories/thap.html"
PERSON = value_page("person", text_key("Lò Văn Panh"))
KINDS = (
    "index.html",
    "browse/index.html",
    "browse/material/index.html",
    "browse/period/index.html",
    value_page("ethnic-group", "thai"),
    PERSON,
    "timeline.html",
    "map.html",
    "stories/index.html",
    STORY_PAGE,
    "data.html",
    item_page(item_id_for("NN.01")),
    item_page(item_id_for("DB.000")),
)
WAYS = ("disk", "host")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    settings = Settings(
        publisher="Bảo tàng Thử",
        site=SiteSettings(contact="baotang@example.vn", welcome={"vi": "Xin chào."}),
    )
    archive = vietnamese_archive(tmp_path_factory.mktemp("ways"), 30, settings)
    archive.layout.stories.mkdir()
    (archive.layout.stories / "thap.vi.md").write_text(STORY, encoding="utf-8")
    make_site(
        archive,
        write_search=lambda folder: _write_search(archive, folder),
        facets=lambda lang: facet_words(PROFILE, shipped_tables(), lang),
    )
    return archive.layout.site


def _write_search(archive, folder):
    made = (document_for(item.record, PROFILE, "") for item in archive.items())
    write_static_index(made, folder, FIELDS)


@pytest.fixture(scope="module")
def host(site):
    with hosting(site) as found:
        yield found


@pytest.fixture
def visit(chromium, site, host):
    """Open a page; at the end nothing may have gone wrong and no other host been asked."""
    opened = []
    wrong: list[str] = []

    def open_page(way: str, path: str, **options):
        root = site.as_uri() if way == "disk" else host.address
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else 0)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("response", lambda a: wrong.append(a.url) if a.status >= 400 else None)
        page.on(
            "request",
            lambda r: None if r.url.startswith((root, "blob:", "data:")) else wrong.append(r.url),
        )
        page.goto(f"{root}/{path}")
        return page

    yield open_page
    for context in opened:
        context.close()
    assert wrong == []


def barriers(page) -> str:
    found = Axe().run(page, options={"preload": False})
    return found.generate_report() if found.violations_count else ""


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_has_a_barrier_light_or_dark(visit, kind):
    assert barriers(visit("disk", f"vi/{kind}")) == ""
    assert barriers(visit("host", f"en/{kind}", color_scheme="dark")) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_wider_than_the_smallest_phone(visit, kind):
    page = visit("host", f"vi/{kind}", viewport={"width": 320, "height": 640})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert barriers(page) == ""


@pytest.mark.parametrize("way", WAYS)
def test_the_map_opens_closer_and_leads_to_a_place_by_keyboard(visit, way):
    page = visit(way, "vi/map.html")
    page.wait_for_selector(".map-mark")
    names = page.locator(".map-name").all_inner_texts()
    assert any("Hoàng Sa" in name for name in names)
    assert any("Trường Sa" in name for name in names)
    assert page.locator("path.map-home").count() >= 1
    assert page.locator("path.map-island").count() >= 19
    for _step in range(8):
        group = page.locator(".map-mark.map-many")
        if not group.count():
            break
        group.first.focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
    mark = page.locator(".map-mark:not(.map-many)").first
    assert re.search(r".+: \d+ ", mark.get_attribute("aria-label"))
    mark.focus()
    page.keyboard.press("Enter")
    link = page.locator(".leaflet-popup-content a")
    link.wait_for()
    name = link.inner_text()
    page.wait_for_timeout(400)
    assert barriers(page) == ""
    link.press("Enter")
    page.wait_for_url(re.compile("/browse/place/"))
    assert page.inner_text("h1") == name


@pytest.mark.parametrize(("way", "width"), [("disk", 390), ("host", 1280)])
def test_results_are_a_map_of_places_with_their_exact_counts(visit, way, width):
    # Without motion a zoom is done when its key is.
    page = visit(
        way,
        "vi/search.html",
        viewport={"width": width, "height": 844},
        reduced_motion="reduce",
    )
    page.wait_for_selector("#finds:not([hidden])")
    assert page.evaluate("typeof window.L") == "undefined"
    page.click("[data-view=map]")
    page.wait_for_selector(".map-mark")
    assert page.is_hidden("#results")
    assert "view=map" in page.url
    assert page.get_attribute("[data-view=map]", "aria-pressed") == "true"
    assert any("Trường Sa" in name for name in page.locator(".map-name").all_inner_texts())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(page) == ""
    for _step in range(8):
        group = page.locator(".map-mark.map-many")
        if not group.count():
            break
        group.first.press("Enter")
        wait_until(page, "document.activeElement.closest('.map') !== null")
    mark = page.locator(".map-mark:not(.map-many)").first
    count = int(re.search(r".+: (\d+) ", mark.get_attribute("aria-label"))[1])
    assert mark.inner_text() == str(count)
    mark.press("Enter")
    page.locator(".leaflet-popup-content a").press("Enter")
    page.wait_for_selector("#chips .chip")
    assert page.is_hidden("#result-map")
    assert page.locator("#results li").count() == count
    assert "filter.place=" in page.url
    assert "view=map" not in page.url
    page.go_back()
    page.wait_for_selector(".map-mark")
    assert page.is_hidden("#results")


def test_an_address_opens_the_map_of_what_it_asks_for(visit):
    page = visit("disk", "en/search.html?q=Trường Sa&view=map", color_scheme="dark")
    page.wait_for_selector(".map-mark")
    assert page.locator(".map-mark").count() == 1
    assert barriers(page) == ""
    page = visit("host", "en/search.html?q=nothingatall&view=map")
    page.wait_for_selector("#result-map:not([hidden])")
    assert page.locator(".map-mark").count() == 0
    page.wait_for_selector("text=None of the places")


def test_in_a_large_archive_the_map_says_nothing_before_it_has_counts(visit):
    page = visit("host", "en/search.html?q=Trường Sa&view=map")
    load_changed(page, "**/search-page.js*", {"LARGE = 262144": "LARGE = 1"})
    with held_back(page, "**/search-facets.js*") as wait_for_facets:
        page.reload()
        wait_for_facets()
        # Hits that came first would have opened a map without places by now.
        page.wait_for_timeout(500)
        assert page.is_hidden("#result-map")
    page.wait_for_selector(".map-mark")
    assert page.locator(".map-mark").count() == 1


def test_the_map_page_has_its_places_without_scripts(visit):
    page = visit("disk", "en/map.html", java_script_enabled=False)
    assert page.locator(".values a").count() >= 5
    assert page.is_visible(".map-still")


@pytest.mark.parametrize("way", WAYS)
def test_from_the_menu_to_an_item_and_back_by_its_values(visit, way):
    page = visit(way, "vi/index.html")
    page.click(".ways a >> nth=0")
    page.click("h2 a[href*='ethnic-group']")
    page.click("main >> text=Thái Đen")
    assert page.inner_text("h1") == "Thái Đen"
    page.click(".cards a >> nth=0")
    page.wait_for_selector(".particulars")
    page.click(".particulars a:has-text('Thái Đen')")
    assert page.inner_text("h1") == "Thái Đen"


@pytest.mark.parametrize("way", WAYS)
def test_a_detail_of_a_story_opens_the_item_at_that_place(visit, way):
    page = visit(way, f"vi/{STORY_PAGE}")
    detail = page.locator("svg.detail")
    box = detail.bounding_box()
    assert box["width"] > 200
    assert abs(box["width"] / box["height"] - (180 * 0.4) / (250 * 0.4)) < 0.1
    detail.click()
    page.wait_for_selector(".zoom:not([hidden])")
    page.wait_for_selector(".zoom-status:has-text('2 / 3')")
    page.wait_for_timeout(500)
    assert page.inner_text("h1") == "Thạp đồng Đào Thịnh"


def test_an_error_is_reported_with_the_number(visit):
    page = visit("disk", f"vi/{item_page(item_id_for('DB.000'))}")
    link = page.get_attribute("a[href^='mailto:']", "href")
    assert "baotang@example.vn" in link
    assert "DB.000" in link


def test_the_letters_lead_down_the_page(visit):
    page = visit("host", "vi/browse/material/index.html")
    page.click(".letters a >> text=Đ")
    assert page.url.endswith("#letter-dd")
