"""What Mirador 4 and Universal Viewer 4 ask for, from a manifest as the site writes it.

Source: Mirador 4.0.0 with OpenSeadragon 5 and Universal Viewer 4.4.0, as their requests were
recorded over level 0 services: Mirador takes thumbnails from the manifest and tiles as
OpenSeadragon does; Universal Viewer asks for ``full/90,/0/default.jpg`` whatever the manifest says,
and for ``full/max`` when it offers a download.
"""

from __future__ import annotations

import pytest
from PIL import Image

from schemas.crosswalks import iiif
from schemas.records import View
from tests.imaging.making import chart, derivative_set, run
from tests.imaging.test_tiles import osd_urls
from tests.site.fabricated_site import PROFILE, plain_record

BASE = "https://museum.example"
PUBLICATION = iiif.Publication(BASE, {"en": "Archive"}, ("en",))


def mirador_urls(canvas: dict) -> set[str]:
    body = canvas["items"][0]["items"][0]["body"]
    service = body["service"][0]
    (tile,) = service["tiles"]
    sizes = [(size["width"], size["height"]) for size in service["sizes"]]
    tiles = osd_urls(
        service["width"], service["height"], tile["width"], tile["scaleFactors"], sizes
    )
    thumbnails = {canvas["thumbnail"][0]["id"], body["id"]}
    return {f"{service['id']}/{path}" for path in tiles} | thumbnails


def universal_viewer_urls(canvas: dict) -> set[str]:
    service = canvas["items"][0]["items"][0]["body"]["service"][0]
    always = {f"{service['id']}/full/{size}/0/default.jpg" for size in ("90,", "max")}
    return mirador_urls(canvas) | always


@pytest.mark.parametrize(
    "size", [(1, 1), (90, 40), (37, 1100), (512, 512), (513, 700), (3236, 470)]
)
def test_every_request_of_both_viewers_is_a_file(size, tmp_path):
    chart(*size).save(tmp_path / "scan.png")
    outcome = run(tmp_path / "staging", tmp_path / "scan.png")
    record = plain_record("item-1", views=(View("masters/scan.png"),))

    manifest = iiif.manifest(record, derivative_set(outcome), PROFILE, PUBLICATION)

    (canvas,) = manifest["items"]
    folder = PUBLICATION.image_id("item-1", derivative_set(outcome).canvases[0])
    asked = mirador_urls(canvas) | universal_viewer_urls(canvas)
    assert len(asked) >= 3
    for url in asked:
        with Image.open(outcome.derivatives / "0001" / url.removeprefix(f"{folder}/")) as image:
            assert image.format == "JPEG"
    assert max(canvas["thumbnail"][0][side] for side in ("width", "height")) <= 400
