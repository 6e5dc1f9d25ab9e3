"""The contact sheet in a real browser, opened from a disk."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe

from archive.contact_sheet.folder import Pictures, write_sheet
from archive.settings import Settings
from schemas.batches import BatchItem, BatchReport, BatchScan, Outcome
from schemas.findings import Finding
from schemas.messages import speaking
from tests.browser.visiting import wait_until
from tests.flows.deliveries import draw_scan

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>\"'.tif"
SIZES = {"wide": (1280, 900), "narrow": (390, 844)}


def report() -> BatchReport:
    """Fifty scans: an error, warnings, notes, names from outside, an item without a scan."""
    items = []
    for number in range(50):
        name = HOSTILE if number == 2 else f"kho-{number // 10}/BT-{number:03}_mặt-trước.tif"
        found = []
        if number == 1:
            found.append(Finding("SCAN-empty", path=name))
        if number % 7 == 3:
            found.append(Finding("SCAN-zero-end", path=name, values={"percent": 12}))
        if number % 2:
            found.append(Finding("SCAN-no-profile", path=name, values={"assumed": "sRGB"}))
        outcome = Outcome.SET_ASIDE if number == 1 else Outcome.ADDED
        scan = BatchScan(name, 6000, 4000, 1 + number % 3, 600.0, "TIFF")
        items.append(
            BatchItem(f"i{number}", f"BT-{number:03}", (("vi", "Trống đồng " * (1 + number % 5)),),
                      outcome, (scan,), tuple(found))
        )  # fmt: skip
    row = Finding("MATCH-row-without-scan", row=60, values={"identifier": "BT-060"})
    items.append(BatchItem("i60", "BT-060", (("vi", "Khăn piêu"),), Outcome.ADDED, (), (row,)))
    loose = Finding("MATCH-scan-without-row", path="la.tif")
    name = "2026-11-22-083015"
    return BatchReport(name, "2026-11", "2026-11-22T08:30:15Z", tuple(items), (loose,))


@pytest.fixture(scope="module")
def sheets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sheets")
    draw_scan(folder / "small.jpg")
    draw_scan(folder / "large.jpg", size=(1200, 800))
    pictures = Pictures(folder / "small.jpg", folder / "large.jpg")
    found = report()
    sources = {
        (item.item_id, scan.name): pictures
        for item in found.items
        for scan in item.scans
        if item.outcome is Outcome.ADDED
    }
    for lang in ("vi", "en"):
        with speaking(lang):
            write_sheet(folder / f"{lang}.html", Settings(), found, sources)
    return folder


@pytest.fixture
def opened(chromium, sheets):
    """Open a sheet; at the end nothing may have gone wrong in it or been asked elsewhere."""
    contexts, wrong = [], []

    def open_page(name="en.html", size="wide", **options):
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("requestfailed", lambda asked: wrong.append(asked.url))
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((sheets.as_uri(), "data:", "blob:"))
                else wrong.append(asked.url)
            ),
        )
        page.goto((sheets / name).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def barriers(page) -> str:
    found = Axe().run(page, options={"preload": False})
    return found.generate_report() if found.violations_count else ""


def shown(page) -> int:
    return page.locator(".tile:visible").count()


def send_back(page, number: int) -> None:
    page.locator(f"#s{number} .back").check()


def open_again(page, question: str) -> None:
    """Load a page until it answers yes: what it stores is written by another process, later."""
    patience = time.monotonic() + 30
    page.reload()
    while not page.evaluate(question):
        assert time.monotonic() < patience, question
        page.wait_for_timeout(100)
        page.reload()


# Every two of them together once.
@pytest.mark.parametrize(
    ("scheme", "size", "lang"),
    [
        ("light", "narrow", "vi"),
        ("light", "wide", "en"),
        ("dark", "narrow", "en"),
        ("dark", "wide", "vi"),
    ],
)
def test_the_sheet_has_no_barrier_and_fits(opened, lang, size, scheme):
    page = opened(f"{lang}.html", size, color_scheme=scheme)
    send_back(page, 1)
    assert barriers(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]


@pytest.mark.parametrize("size", SIZES)
def test_the_closer_look_and_the_list_have_no_barrier_and_fit(opened, size):
    page = opened(size=size)
    page.locator("#s4 .shot").click()
    assert barriers(page) == ""
    box = page.locator("#closer-image").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= SIZES[size][0]
    assert box["y"] + box["height"] <= SIZES[size][1]
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    page.click("#list-open")
    assert barriers(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]


def test_scans_are_shown_by_what_was_found(opened):
    page = opened()
    assert shown(page) == 51
    for show, count in (("error", 1), ("warning", 8), ("fine", 42), ("back", 0)):
        page.check(f"[name=show][value={show}]", force=True)
        assert shown(page) == count, show
    page.click("[data-code=SCAN-zero-end]")
    assert shown(page) == 7
    assert page.get_attribute("[data-code=SCAN-zero-end]", "aria-pressed") == "true"
    page.click("#chip")
    assert shown(page) == 51


def test_what_is_sent_back_becomes_a_list_with_reasons(opened, tmp_path):
    page = opened(accept_downloads=True)
    send_back(page, 4)
    page.locator("#s4 .why").fill("Nắp máy quét mở")
    send_back(page, 3)
    assert page.inner_text("#back-count") == "2"
    page.click("#list-open")
    listed = page.input_value("#list-text")
    assert listed.startswith("Scan again: 2026-11-22-083015\n")
    assert re.search(r"1\. <img src=x onerror=alert\(1\)>\"'\.tif\n   BT-002 Trống đồng", listed)
    assert "2. kho-0/BT-003_mặt-trước.tif\n" in listed
    assert "→ Nắp máy quét mở" in listed
    assert "The file ends in zeros (12%)" in listed
    with page.expect_download() as download:
        page.click("#list-save")
    assert download.value.suggested_filename == "scan-again-2026-11-22-083015.txt"
    saved = download.value.path().read_text("utf-8-sig")
    assert saved.splitlines() == listed.splitlines()
    page.click("#list-copy")
    wait_until(page, "document.querySelector('#list-status').textContent !== ''")


def test_ticks_are_still_there_when_the_sheet_is_opened_again(opened):
    page = opened()
    send_back(page, 4)
    page.locator("#s4 .why").fill("again")
    open_again(page, "document.querySelector('#s4 .back').checked")
    assert page.locator("#s4 .why").input_value() == "again"
    page.click("#list-open")
    page.click("#list-clear")
    open_again(page, "document.querySelector('#back-count').textContent === '0'")


def test_a_batch_is_looked_through_by_keyboard_alone(opened):
    page = opened()
    page.focus("#s1 .shot")
    page.keyboard.press("Enter")
    assert page.inner_text("#closer-name").startswith("kho-0/BT-000")
    page.keyboard.press("ArrowRight")  # the second has no picture
    assert page.inner_text("#closer-name") == HOSTILE
    page.keyboard.press("s")
    page.keyboard.press("ArrowRight")
    assert "ends in zeros" in page.inner_text("#closer-found")
    page.keyboard.press("Escape")
    assert page.inner_text("#back-count") == "1"
    # The dialog tells that it is closed only after the browser has put the focus back itself.
    wait_until(page, "document.activeElement.closest('.tile')?.id === 's4'")


def test_words_are_read_without_a_script(opened):
    page = opened(java_script_enabled=False)
    assert shown(page) == 51
    assert not page.locator("#bar").is_visible()
    assert page.locator("#s4 .found").inner_text().startswith("Warning")


def test_printed_are_the_tiles_or_the_list_alone(opened):
    page = opened()
    send_back(page, 4)
    page.evaluate("window.print = () => { window.seen = document.body.className; }")
    page.click("#list-open")
    page.click("#list-print")
    assert "list-only" in page.evaluate("window.seen")
    page.keyboard.press("Escape")
    page.emulate_media(media="print")
    assert not page.locator("#bar").is_visible()
    assert shown(page) == 51


@pytest.mark.slow
def test_a_batch_of_five_thousand_scans_is_usable(opened, sheets):
    one = report()
    items = tuple(
        replace(
            item,
            item_id=f"{item.item_id}-{turn}",
            scans=tuple(
                replace(scan, picture="000/000000.jpg", large_picture="000/000000-large.jpg")
                for scan in item.scans
            ),
        )
        for turn in range(100)
        for item in one.items[:50]
    )
    (sheets / "many_files").mkdir(exist_ok=True)
    (sheets / "many_files" / "000").mkdir(exist_ok=True)
    for name in ("000000.jpg", "000000-large.jpg"):
        (sheets / "many_files" / "000" / name).write_bytes((sheets / "small.jpg").read_bytes())
    write_sheet(sheets / "many.html", Settings(), replace(one, items=items))
    page = opened("many.html")
    assert shown(page) == 240
    page.check("[name=show][value=error]", force=True)
    assert shown(page) == 100
    page.check("[name=show][value=all]", force=True)
    page.click("#pager-next")
    assert page.inner_text("#pager-place") == "241 to 480 of 5000"
    page.locator("#s480 .shot").click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    # The dialog tells that it is closed only a moment later.
    wait_until(page, "document.querySelector('#pager-place').textContent === '481 to 720 of 5000'")
    assert page.locator("#s481 .back").is_checked()
