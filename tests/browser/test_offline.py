"""What was seen on a web host opens again without a network, and is never older than the site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from archive.layout import Layout
from archive.live_pages import LivePages, LiveState
from archive.settings import Settings
from archive.site.build import build_site
from archive.site.data_files import Download
from archive.site.files import SiteTree
from archive.site.offline import WORKER_NAME, write_worker
from archive.site.reuse import Reuse
from archive.site_settings import SiteSettings
from schemas.identifiers import image_folder, item_id_for, item_page
from search.documents import document_for
from search.static import write_static_index
from tests.browser.visiting import Visit, visiting, wait_until
from tests.site.fabricated_site import AT, PROFILE, plain_record, said, small_archive
from tests.site.serving import hosting

pytestmark = pytest.mark.browser

JAR = f"vi/{item_page(item_id_for('BT.001'))}"
OTHER = f"vi/{item_page(item_id_for('BT.003'))}"
EARLIER = f"vi/{item_page(item_id_for('BT.004'))}"
FOUND = "vi/search.html?q=thạp"
CONTROLLED = "() => navigator.serviceWorker.controller !== null"
# True once the cache of what was seen has every address that ends so.
KEPT = """async (ends) => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) { found.push(request.url); }
  }
  return ends.every((end) => found.some((url) => url.endsWith(end)));
}"""


class OnlyWorker:
    """Offers of a site that has nothing but a worker."""

    told: frozenset[str] = frozenset()

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def write(
        self, tree: SiteTree, updated_on: str, reuse: Reuse, items: bytes
    ) -> Iterable[Download]:
        """Write it."""
        write_worker(tree, self.layout, 1)
        return ()


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    settings = Settings(publisher="Bảo tàng Thử", base_url="https://baotang.example")
    found = small_archive(tmp_path_factory.mktemp("offline"), settings)
    found.add(plain_record("BT.004", said("title", "Chiếc thạp gỗ", "vi")))

    def write_search(folder):
        pictures = {
            item.item_id: f"{image_folder(item.item_id)}/0001/thumbnail.jpg"
            for item in found.kept
            if item.derivatives
        }
        documents = (
            document_for(item.record, PROFILE, pictures.get(item.item_id, ""))
            for item in found.items()
        )
        write_static_index(documents, folder)

    build_site(
        found.layout,
        settings,
        PROFILE,
        found.listed,
        write_search=write_search,
        at=AT,
        offers=OnlyWorker(found.layout),
    )
    return found


@pytest.fixture
def site(archive):
    """The site; what a test changes of its worker is put back."""
    site = archive.layout.site
    worker = (site / WORKER_NAME).read_bytes()
    yield site
    (site / WORKER_NAME).write_bytes(worker)


def is_kept(visit: Visit, *ends: str) -> None:
    """Wait until what ends so is kept."""
    wait_until(visit.page, KEPT, list(ends))


def cache_names(visit: Visit) -> list[str]:
    return visit.page.evaluate("() => caches.keys()")


def test_what_was_seen_opens_again_without_a_network(chromium, site) -> None:
    with visiting_hosted(chromium, site, JAR) as (visit, close):
        page = visit.page
        wait_until(page, CONTROLLED)
        # The first page came before the worker was there.
        is_kept(visit, Path(JAR).name, "assets/css/site.css", ".webp")
        picture = page.evaluate("document.querySelector('.picture img').currentSrc")
        is_kept(visit, picture)
        visit.go(FOUND)
        expect(page.locator(".results")).to_contain_text("Thạp đồng Đào Thịnh")
        assert visit.wrong == []
        close()

        visit.go(JAR)
        expect(page.locator("h1")).to_have_text("Thạp đồng Đào Thịnh")
        shown = "() => document.querySelector('.picture img').naturalWidth > 0"
        wait_until(page, shown)
        colour = "getComputedStyle(document.body).backgroundColor"
        assert page.evaluate(colour) != "rgba(0, 0, 0, 0)"
        visit.go("vi/search.html?q=thap")
        expect(page.locator(".results")).to_contain_text("Thạp đồng Đào Thịnh")
        visit.go(OTHER)
        expect(page.locator("h1")).to_have_text(page_words(site))
        expect(page.locator("html")).to_have_attribute("lang", "vi")


def page_words(site: Path) -> str:
    text = (site / "offline.html").read_text(encoding="utf-8")
    return text.partition("<h1>")[2].partition("</h1>")[0]


def test_a_site_that_changed_throws_away_what_was_kept(chromium, archive, site) -> None:
    with visiting_hosted(chromium, site, EARLIER) as (visit, _close):
        is_kept(visit, Path(EARLIER).name)
        visit.go(JAR)
        is_kept(visit, Path(JAR).name)
        (old,) = cache_names(visit)
        archive.layout.config.write_text("# another site", encoding="utf-8")
        write_worker(SiteTree(site), archive.layout, 1)
        archive.layout.config.unlink()
        visit.go(OTHER)
        changed = (
            "async (old) => (await caches.keys()).length === 1 && (await caches.keys())[0] !== old"
        )
        wait_until(visit.page, changed, old)
        is_kept(visit, Path(OTHER).name)
        assert visit.page.evaluate(KEPT, [Path(EARLIER).name]) is False
        write_worker(SiteTree(site), archive.layout, 0)
        visit.go(OTHER)
        wait_until(visit.page, "async () => (await caches.keys()).length === 0")
        gone = "async () => (await navigator.serviceWorker.getRegistrations()).length === 0"
        wait_until(visit.page, gone)
        assert visit.wrong == []


def test_no_more_is_kept_than_there_is_room_for(chromium, site) -> None:
    for number in range(30):
        (site / f"big-{number}.bin").write_bytes(bytes(90_000))
    (site / "too-big.bin").write_bytes(bytes(200_000))
    size = """async () => {
      let sum = 0;
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          // The worker may throw it away between the two questions.
          const kept = await cache.match(request);
          if (kept) { sum += (await kept.arrayBuffer()).byteLength; }
        }
      }
      return sum;
    }"""
    with visiting_hosted(chromium, site, JAR) as (visit, _close):
        wait_until(visit.page, CONTROLLED)
        visit.page.evaluate(
            """async () => {
              await fetch("/too-big.bin");
              for (let n = 0; n < 30; n++) { await (await fetch(`/big-${n}.bin`)).arrayBuffer(); }
            }"""
        )
        is_kept(visit, "big-29.bin")
        wait_until(visit.page, f"async () => (await ({size})()) < 1_400_000")
        assert visit.page.evaluate(KEPT, ["too-big.bin"]) is False
        assert visit.page.evaluate(KEPT, ["big-0.bin"]) is False
        is_kept(visit, "offline.html")
    for path in site.glob("*.bin"):
        path.unlink()


def test_from_a_disk_nothing_is_kept_and_nothing_goes_wrong(chromium, site) -> None:
    with visiting(chromium, site.as_uri(), JAR) as visit:
        visit.page.wait_for_load_state("networkidle")
        assert visit.wrong == []


def test_a_museum_can_switch_it_off(archive, tmp_path) -> None:
    off = replace(archive.settings, site=SiteSettings(offline_mb=0))
    layout = Layout(tmp_path)
    build_site(
        layout,
        off,
        PROFILE,
        lambda: iter(()),
        write_search=lambda folder: (folder / "search-engine.js").write_text("var x;\n"),
        at=AT,
        offers=OnlyWorker(layout),
    )
    assert "offline.js" not in (layout.site / "vi/index.html").read_text(encoding="utf-8")


def test_an_open_page_shows_the_site_that_was_built_anew(chromium, site) -> None:
    state = LiveState(1)
    live = LivePages(lambda: state)
    with hosting(site, live=live) as host, visiting(chromium, host.address, JAR) as visit:
        visit.page.evaluate("window.isOld = true")
        state = LiveState(1, "Sai màu.")
        expect(visit.page.get_by_role("alert")).to_have_text("Sai màu.")
        state = LiveState(2)
        expect(visit.page.locator("script[data-number='2']")).to_be_attached()
        assert visit.page.evaluate("window.isOld") is None
        assert visit.wrong == []


def visiting_hosted(chromium, site, path):
    """Visit a page from a host that can be closed while the page stays open."""
    return _Hosted(chromium, site, path)


class _Hosted:
    def __init__(self, chromium, site, path) -> None:
        self.hosting = hosting(site)
        self.is_open = True
        host = self.hosting.__enter__()
        self.visiting = visiting(chromium, host.address, path)

    def __enter__(self):
        self.visit = self.visiting.__enter__()
        return self.visit, self.close

    def close(self) -> None:
        """Close the host and cut the network."""
        self.visit.page.context.set_offline(True)
        self.is_open = False
        self.hosting.__exit__(None, None, None)

    def __exit__(self, *error) -> None:
        self.visiting.__exit__(*error)
        if self.is_open:
            self.hosting.__exit__(None, None, None)
