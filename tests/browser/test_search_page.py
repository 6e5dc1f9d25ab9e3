"""What people do on the search page, in both editions, from a disk and from a web host."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from schemas.normalising import shipped_tables
from search.documents import document_for
from search.facet_values import facet_words
from search.static import write_static_index
from tests.browser.visiting import Visit, held_back, load_changed, visiting, wait_until
from tests.search.museum_records import FIELDS, records
from tests.site.fabricated_site import PROFILE, make_site, small_archive
from tests.site.serving import hosting

pytestmark = pytest.mark.browser

WAYS = ("disk", "host")
PHONE = {"width": 390, "height": 844}
METAL = "kim loại"
CHOSEN = "filter.material=kim+lo%E1%BA%A1i"

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = small_archive(tmp_path_factory.mktemp("archive"))
    for record in records():
        archive.add(record)

    def write_search(folder: Path) -> None:
        made = (
            document_for(item.record, PROFILE, "", media=("images",) if item.derivatives else ())
            for item in archive.items()
        )
        write_static_index(made, folder, FIELDS)

    make_site(
        archive,
        write_search=write_search,
        facets=lambda lang: facet_words(PROFILE, shipped_tables(), lang),
    )
    return archive.layout.site


@pytest.fixture(scope="module")
def host(site: Path) -> Iterator[str]:
    with hosting(site) as found:
        yield found.address


@pytest.fixture
def visit(chromium: Browser, site: Path, host: str) -> Iterator[Open]:
    """Open the search page; the test names the way (disk or host), the edition and the rest."""
    with ExitStack() as stack:

        def open_page(way: str, lang: str = "vi", asked: str = "", **options: Any) -> Visit:
            root = site.as_uri() if way == "disk" else host
            path = f"{lang}/search.html{asked}"
            opened = stack.enter_context(visiting(chromium, root, path, **options))
            opened.page.wait_for_selector("#finds:not([hidden])")
            return opened

        yield open_page


def asked(page: Page) -> dict[str, list[str]]:
    """Return what the page's address asks for."""
    address = urlsplit(page.url)
    return parse_qs(address.fragment.lstrip("?") or address.query)


def box(page: Page, facet: str, value: str) -> Any:
    """Return the check box of a value."""
    return page.locator(f'input[data-key="{facet}\t{value}"]')


def total(page: Page) -> int:
    """Return how many items the page says it found; 0 for none."""
    number = re.match(r"\d+", page.inner_text("#found"))
    return int(number[0]) if number else 0


def found(page: Page, count: int) -> None:
    """Wait until the page has found so many items."""
    expect(page.locator("#found")).to_have_text(re.compile(rf"^{count}\b"))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_choice_gives_what_its_count_said_and_the_address_keeps_it(
    visit: Open, way: str, lang: str
) -> None:
    opened = visit(way, lang)
    page = opened.page
    before = total(page)
    line = page.locator("#facets li", has=box(page, "material", METAL))
    count = int(line.locator(".facet-count").inner_text())
    expect(line.locator(".facet-value")).to_have_text(
        "Kim loại" if lang == "vi" else re.compile("Metal")
    )
    line.locator("label").click()
    found(page, count)
    assert 0 < count < before
    assert page.locator("#results li").count() == min(count, 24)
    assert asked(page) == {"filter.material": [METAL]}
    page.reload()
    found(page, count)
    assert box(page, "material", METAL).is_checked()
    page.go_back()
    found(page, before)
    assert not box(page, "material", METAL).is_checked()
    page.go_forward()
    found(page, count)
    page.click("#chips .chip")
    found(page, before)
    assert page.is_hidden("#chips")
    opened.check()


def test_choices_of_one_facet_are_alternatives_and_of_two_add_up(visit: Open) -> None:
    page = visit("disk").page
    box(page, "material", METAL).check()
    expect(page.locator("#chips li")).to_have_count(1)
    metal = total(page)
    box(page, "material", "giấy dó").check()
    expect(page.locator("#chips .chip")).to_have_count(2)
    both = total(page)
    assert both > metal
    line = page.locator("#facets li", has=page.locator("[data-key^=object_type]")).first
    count = int(line.locator(".facet-count").inner_text())
    line.locator("label").click()
    expect(page.locator("#chips .chip")).to_have_count(3)
    assert total(page) == count < both
    page.click("#chips .quiet-button")
    expect(page.locator("#chips .chip")).to_have_count(0)
    assert asked(page) == {}


@pytest.mark.parametrize("way", WAYS)
def test_a_shared_address_shows_the_same_in_the_other_edition(visit: Open, way: str) -> None:
    opened = visit(way, "vi", f"?q=dong&{CHOSEN}&from=-800&to=2000&sort=date&view=list")
    page = opened.page
    expect(page.locator("#chips .chip")).to_have_count(2)
    wanted, numbers = total(page), page.locator("#results .number").all_inner_texts()
    assert wanted == len(numbers) > 0
    assert page.input_value("#sort") == "date"
    assert page.locator(".results.is-list").count() == 1
    page.click("a.edition")
    page.wait_for_url(re.compile("/en/"))
    expect(page.locator("#chips .chip")).to_have_count(2)
    assert page.locator("#results .number").all_inner_texts() == numbers
    assert "801 BC–2000" in page.inner_text("#chips")
    opened.check()


@pytest.mark.parametrize("way", WAYS)
def test_suggestions_are_taken_by_keyboard(visit: Open, way: str) -> None:
    opened = visit(way)
    page = opened.page
    page.keyboard.press("/")
    wait_until(page, "document.activeElement.id === 'q'")
    page.keyboard.type("trong d")
    page.wait_for_selector("#offers [role=option]")
    assert page.get_attribute("#q", "aria-expanded") == "true"
    opened.check()
    page.keyboard.press("ArrowDown")
    active = page.get_attribute("#q", "aria-activedescendant")
    assert page.get_attribute(f"#{active}", "aria-selected") == "true"
    page.keyboard.press("Enter")
    expect(page.locator("#q")).to_have_value("trống đồng")
    assert page.is_hidden("#offers")
    assert asked(page) == {"q": ["trống đồng"]}
    # Below the closed list the arrow keys lead to the results and back.
    page.wait_for_selector("#results mark")
    page.keyboard.press("ArrowDown")
    wait_until(page, "document.activeElement.closest('#results') !== null")
    page.keyboard.press("ArrowUp")
    wait_until(page, "document.activeElement.id === 'q'")


def test_a_value_that_is_suggested_becomes_a_choice(visit: Open) -> None:
    page = visit("host", "en").page
    page.type("#q", "hmong")
    option = page.locator("#offers [role=option]", has_text="Ethnic group").first
    expect(option.locator(".offer-text")).to_have_text("Hmong")
    option.click()
    expect(page.locator("#chips .chip")).to_have_text("Ethnic group: Hmong")
    assert asked(page) == {"filter.ethnic_group": ["Mông"]}
    assert page.input_value("#q") == ""


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(visit: Open) -> None:
    page = visit("disk").page
    page.type("#q", "khan")
    page.wait_for_selector("#offers [role=option]")
    page.keyboard.press("Escape")
    assert page.is_hidden("#offers")
    assert page.input_value("#q") == "khan"
    assert page.get_attribute("#q", "aria-expanded") == "false"
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("khan")


@pytest.mark.parametrize("way", WAYS)
def test_years_are_chosen_by_bars_keys_and_fields(visit: Open, way: str) -> None:
    opened = visit(way)
    page = opened.page
    everything = total(page)
    last = page.locator("#bars .bar").last
    count = int(re.findall(r"\d+", last.get_attribute("aria-label") or "")[-1])
    last.click()
    found(page, count)
    assert set(asked(page)) <= {"from", "to"}
    last = page.locator("#bars .bar").last
    assert last.get_attribute("aria-pressed") == "true"
    last.click()
    found(page, everything)
    page.focus("#bars .bar[tabindex='0']")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    found(page, count)
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator("#bars .bar[aria-pressed=true]")).to_have_count(2)
    page.fill("#span [name=from]", "-300")
    page.fill("#span [name=to]", "-201")
    page.keyboard.press("Enter")
    expect(page.locator("#chips .chip")).to_have_count(1)
    assert asked(page) == {"from": ["-299"], "to": ["-200"]}
    assert 0 < total(page) < everything
    page.reload()
    expect(page.locator("#span [name=from]")).to_have_value("-300")
    opened.check()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_on_a_phone_the_facets_are_a_drawer(visit: Open, lang: str) -> None:
    opened = visit("disk", lang, viewport=PHONE)
    page = opened.page
    assert page.is_hidden("#facets")
    page.click(".narrow-open")
    assert page.is_visible("#facets")
    opened.check()
    box(page, "material", METAL).check()
    expect(page.locator("#chips .chip")).to_have_count(1)
    assert page.is_visible("#facets")
    page.keyboard.press("Escape")
    assert page.is_hidden("#facets")
    assert page.evaluate("document.activeElement.className").find("narrow-open") >= 0
    assert "(1)" in page.inner_text(".narrow-open")
    opened.check()


def test_a_long_facet_is_shown_whole_and_searched(visit: Open) -> None:
    page = visit("host").page
    facet = page.locator("#facets details", has=box(page, "material", METAL))
    assert facet.locator("li").count() == 6
    facet.locator("button").click()
    assert facet.locator("li").count() > 12
    wait_until(page, "document.activeElement.className === 'facet-find'")
    page.keyboard.type("kim")
    names = facet.locator(".facet-value").all_inner_texts()
    assert names
    assert all("kim" in name.lower() for name in names)
    facet.locator("button").click()
    assert facet.locator("li").count() == 6


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{"width": 320, "height": 640}, {"width": 1280, "height": 900}])
def test_no_look_of_the_page_has_a_barrier_or_is_too_wide(
    visit: Open, scheme: str, size: dict[str, int]
) -> None:
    question = f"?q=%C4%91%E1%BB%93ng&{CHOSEN}&from=1800&view=list"
    opened = visit("host", "vi", question, viewport=size, color_scheme=scheme)
    page = opened.page
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    opened.check()
    page.fill("#q", "zzzz")
    page.wait_for_selector("#nothing", state="visible")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    opened.check()


def test_more_results_are_still_there_after_going_back(visit: Open) -> None:
    page = visit("host").page
    assert page.locator("#results li").count() == 24
    page.click("#more")
    expect(page.locator("#results li")).to_have_count(45)
    page.locator("#results a").nth(30).click()
    page.wait_for_url(re.compile("/items/"))
    page.go_back()
    expect(page.locator("#results li")).to_have_count(45)


def test_an_address_that_makes_no_sense_shows_the_collection(visit: Open) -> None:
    opened = visit("host", "vi", "?from=x&to=&sort=worst&view=sphere&filter.=1&filter.material=")
    assert asked(opened.page).keys() >= {"from"}
    found(opened.page, 45)
    opened.check()


@pytest.mark.parametrize("field", ["constructor", "__proto__", "nowhere"])
def test_a_field_that_is_not_there_has_nothing(visit: Open, field: str) -> None:
    opened = visit("host", "vi", f"?filter.{field}=x")
    expect(opened.page.locator("#nothing")).to_be_visible()
    opened.check()


def test_values_are_text_and_never_markup(visit: Open) -> None:
    bad = "%3Cimg%20src%3Dx%20onerror%3D%22document.title%3D1%22%3E"
    opened = visit("host", "vi", f"?q={bad}&filter.material={bad}&filter.{bad}=1")
    page = opened.page
    expect(page.locator("#chips .chip")).to_have_count(2)
    assert page.locator("#finds img[src=x]").count() == 0
    opened.check()


def test_without_scripts_the_page_leads_to_the_list(
    visit: Open, chromium: Browser, host: str
) -> None:
    with visiting(chromium, host, "vi/search.html", java_script_enabled=False) as opened:
        assert opened.page.is_visible(".notice a")
        assert opened.page.is_hidden("#finds")
        opened.page.click(".notice a")
        opened.page.wait_for_url(re.compile("/browse/1.html"))


def test_in_a_large_archive_hits_of_several_words_are_there_before_they_are_counted(
    chromium: Browser, host: str
) -> None:
    with visiting(chromium, host, "vi/search.html?q=%C3%A1o+d%C3%A0i") as opened:
        page = opened.page
        page.wait_for_selector("#facets li", state="attached")
        shown = page.locator("#results li").all_inner_texts()
        few = {"LARGE = 262144": "LARGE = 1", "PAGE = 24": "PAGE = 1"}
        load_changed(page, "**/search-page.js*", few)
        with held_back(page, "**/search-facets.js*") as wait_for_facets:
            page.reload()
            page.wait_for_selector("#results li")
            assert page.locator("#results li").all_inner_texts() == shown[:1]
            assert page.locator("#facets li").count() == 0
            wait_for_facets()
            page.click("#more")
            expect(page.locator("#results li")).to_have_count(2)
        page.wait_for_selector("#facets li", state="attached")
        assert page.locator("#results li").all_inner_texts() == shown[:2]
        opened.check()


def test_an_index_that_is_missing_is_told(visit: Open, chromium: Browser, site: Path) -> None:
    with visiting(chromium, site.as_uri(), "en/search.html") as opened:
        page = opened.page
        page.route("**/search-index.js*", lambda route: route.abort())
        page.reload()
        expect(page.locator("#found")).to_contain_text("could not be loaded")
        assert page.is_visible("text=Browse everything")
