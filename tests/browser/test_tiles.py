"""OpenSeadragon over tiles of odd sizes: no request fails, no level is blank, no seam shows."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from archive.limits import Watermark
from pipeline.encoding import Encoding
from pipeline.tiles import write_tiles
from pipeline.vips import pyvips
from pipeline.watermark import marked
from tests.browser.visiting import wait_until
from tests.imaging.making import chart
from tests.site.serving import hosting

pytestmark = pytest.mark.browser

VIEWER = Path(__file__).parents[2] / "archive/site/static/vendor/openseadragon/openseadragon.min.js"
TILE_PX = 256
VIEW_PX = 600
SIZES = [(1, 1), (3, 700), (37, 1100), (255, 256), (256, 256), (257, 257), (513, 511), (777, 333),
         (1025, 1023), (3236, 747)]  # fmt: skip
# (size, where its watermark is): large letters over the edges of tiles, at every level.
MARKED = [((777, 1025), "repeat"), ((1025, 513), "center")]
CASES = [*((size, "") for size in SIZES), *MARKED]
PAGE = """<!doctype html><title>t</title><style>body{margin:0}#v{width:600px;height:600px;
background:#f0f}</style><div id="v"></div><script src="osd.js"></script><script>
var viewer = OpenSeadragon({element: document.getElementById("v"), drawer: "canvas",
  showNavigationControl: false, animationTime: 0, blendTime: 0, immediateRender: true,
  minZoomImageRatio: 0.01, maxZoomPixelRatio: 8, imageSmoothingEnabled: false,
  visibilityRatio: 0, tileSources: SOURCE});
function at(zoom, x, y) {
  var view = viewer.viewport, item = viewer.world.getItemAt(0);
  view.zoomTo(item.imageToViewportZoom(zoom), null, true);
  view.panTo(item.imageToViewportCoordinates(x, y), true);
}
function settled() {
  return viewer.world.getItemCount() === 1 && viewer.world.getItemAt(0).getFullyLoaded();
}
</script>"""


@pytest.fixture(scope="module")
def tiles(tmp_path_factory):
    """A folder an image, with its page, served by our own server."""
    root = tmp_path_factory.mktemp("tiles")
    for (width, height), mark in CASES:
        place = root / f"{width}x{height}{mark}"
        place.mkdir()
        pyramid = write_tiles(
            shown_image((width, height), mark),
            place / "image",
            tile_px=TILE_PX,
            encoding=Encoding(95),
        ).pyramid
        source = {
            "@context": "http://iiif.io/api/image/3/context.json",
            "id": "image",
            "type": "ImageService3",
            "protocol": "http://iiif.io/api/image",
            "profile": "level0",
            "width": width,
            "height": height,
            "sizes": [{"width": w, "height": h} for w, h in pyramid.sizes],
            "tiles": [{"width": TILE_PX, "scaleFactors": list(pyramid.scale_factors)}],
        }
        (place / "index.html").write_text(PAGE.replace("SOURCE", json.dumps(source)))
        (place / "osd.js").write_bytes(VIEWER.read_bytes())
    (root / "index.html").write_text("<!doctype html>")  # the server wants a site
    with hosting(root) as host:
        yield host.address


def shown_image(size: tuple[int, int], mark: str) -> pyvips.Image:
    """A chart, with a watermark if ``mark`` says where."""
    pixels = pyvips.Image.new_from_memory(chart(*size).tobytes(), *size, 3, "uchar")
    image = pixels.copy(interpretation="srgb")
    words = Watermark("© Bảo tàng Điện Biên", position=mark, opacity=50)
    return marked(image, words) if mark else image


def expected_view(image: Image.Image, zoom: float, x: float, y: float) -> Image.Image:
    """What a viewer of VIEW_PX shows of ``image``, on magenta."""
    scaled = image.resize(
        (max(1, round(image.width * zoom)), max(1, round(image.height * zoom))),
        Image.Resampling.BOX if zoom < 1 else Image.Resampling.NEAREST,
    )
    view = Image.new("RGB", (VIEW_PX, VIEW_PX), "magenta")
    view.paste(scaled, (round(VIEW_PX / 2 - x * zoom), round(VIEW_PX / 2 - y * zoom)))
    return view


@pytest.mark.parametrize(("size", "mark"), CASES, ids=str)
def test_every_zoom_shows_the_image_without_a_seam(size, mark, tiles, chromium):
    width, height = size
    image = Image.frombytes("RGB", size, shown_image(size, mark).write_to_memory())
    page = chromium.new_page(viewport={"width": VIEW_PX, "height": VIEW_PX})
    wrong: list[str] = []
    page.on(
        "response",
        lambda answer: wrong.append(answer.url) if answer.status >= 400 else None,
    )
    page.goto(f"{tiles}/{width}x{height}{mark}/index.html")
    wait_until(page, "settled()")
    zooms = [1.0]
    while max(size) * zooms[-1] > 150:
        zooms.append(zooms[-1] / 2)
    for zoom in zooms:
        # Where four tiles meet, the far corner, and the middle.
        for x, y in {(min(256, width), min(256, height)), (width, height), (width / 2, height / 2)}:
            page.evaluate("([zoom, x, y]) => at(zoom, x, y)", [zoom, x, y])
            page.wait_for_timeout(60)
            wait_until(page, "settled()")
            page.wait_for_timeout(60)
            seen = Image.open(BytesIO(page.screenshot())).convert("RGB")
            expected = expected_view(image, zoom, x, y)
            # The outermost pixel may round either way; inside nothing may be off.
            inside = _inside(expected)
            off = ImageChops.difference(seen, expected)
            means = ImageStat.Stat(off, mask=inside).mean if inside.getbbox() else [0]
            # Half a pixel's shift is much on a narrow strip and on small letters, and all on one
            # of a few pixels; a blank is 100 and more.
            least_px, most = (200, 12) if mark else (60, 8)
            limit = most if min(size) * zoom >= least_px else 30
            if min(size) * zoom >= 12:
                assert max(means) < limit, (zoom, x, y)
    page.close()
    assert [url for url in wrong if "favicon" not in url] == []


def _inside(expected: Image.Image) -> Image.Image:
    """A mask of the image, two pixels in from its edges."""
    from PIL import ImageFilter

    magenta = Image.new("RGB", expected.size, "magenta")
    mask = ImageChops.difference(expected, magenta).convert("L").point(lambda v: 255 if v else 0)
    return mask.filter(ImageFilter.MinFilter(5))
