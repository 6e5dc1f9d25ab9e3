"""Films and sounds in a real browser, from the disk and from a host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.flows.deliveries import write_csv
from tests.imaging.making import chart
from tests.imaging.recording_making import write_film, write_sound
from tests.site.serving import hosting

pytestmark = pytest.mark.browser

_PLAY = """async () => {
  const played = document.querySelector("video, audio");
  played.muted = true;
  await played.play();
  await new Promise((resolve) => { played.addEventListener("ended", resolve); });
  return [played.duration, played.videoWidth || 0, played.error];
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import cli

    folder = tmp_path_factory.mktemp("recordings")
    delivery, museum = folder / "delivery", folder / "museum"
    delivery.mkdir()
    write_film(delivery / "film.avi", "mpeg4", sound="libmp3lame", seconds=2, black_s=0.5)
    write_sound(delivery / "then.wav", "pcm_s16le", seconds=2)
    chart(900, 600).save(delivery / "cover.jpg", quality=90)
    headings = ("Số kiểm kê", "Tên gọi", "Loại bản ghi", "Tệp")
    kind = "Phim và âm thanh"
    rows = [("P-1", "Xòe", kind, "film.avi"), ("P-2", "Hát Then", kind, "cover.jpg; then.wav")]
    write_csv(delivery / "catalogue.csv", headings, rows)
    for command in (
        ["init", str(museum)],
        ["ingest", str(delivery), "--archive", str(museum)],
        ["build", "--archive", str(museum)],
    ):
        with pytest.raises(SystemExit) as exited:
            cli.main(command)
        assert exited.value.code in (0, None)
    return museum / "site"


@pytest.fixture(scope="module", params=["disk", "host"])
def root(request: pytest.FixtureRequest, site: Path) -> Iterator[str]:
    if request.param == "disk":
        yield site.as_uri()
    else:
        with hosting(site) as host:
            yield host.address


def address(site: Path, root: str, item_id: str, lang: str = "vi") -> str:
    (path,) = (site / lang / "items").rglob(f"{item_id}.html")
    return f"{root}/{path.relative_to(site).as_posix()}"


@pytest.mark.parametrize(("item_id", "width_px"), [("p-1", 320), ("p-2", 0)])
def test_a_visitor_plays_it_to_its_end(chromium, site, root, item_id, width_px):
    page = chromium.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address(site, root, item_id))

    duration, width, error = page.evaluate(_PLAY)

    assert duration == pytest.approx(2, abs=0.2)
    assert (width, error, said) == (width_px, None, [])
    page.close()


def test_nothing_of_it_is_loaded_before_it_is_asked_for(chromium, site):
    with hosting(site) as host:
        page = chromium.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address(site, host.address, "p-1"), wait_until="networkidle")
        assert not [url for url in asked if "/recording." in url]
        page.close()


@pytest.mark.parametrize("item_id", ["p-1", "p-2"])
@pytest.mark.parametrize("width_px", [320, 1280])
def test_its_page_is_for_everybody(chromium, site, root, item_id, width_px):
    page = chromium.new_page(viewport={"width": width_px, "height": 800})
    page.goto(address(site, root, item_id, "en"))

    results = Axe().run(page)

    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width_px
    page.close()


def test_the_facet_finds_sounds(chromium, site, root):
    page = chromium.new_page()
    page.goto(f"{root}/vi/search.html?filter.has=audio")
    page.wait_for_selector("text=Hát Then")
    assert page.locator("text=Xòe").count() == 0
    page.close()
