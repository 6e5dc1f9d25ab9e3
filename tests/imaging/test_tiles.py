from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from archive.settings import DerivativeSettings
from pipeline.encoding import Encoding
from pipeline.tiles import pyramid_of, write_tiles
from pipeline.vips import pyvips
from tests.imaging.making import chart, picture, run

SIZES = [
    (1, 1), (1, 2), (2, 1), (3, 3), (1, 700), (700, 1), (63, 64), (64, 64), (65, 64), (64, 65),
    (65, 65), (127, 128), (128, 128), (129, 128), (128, 129), (191, 77), (255, 255), (256, 256),
    (256, 255), (257, 256), (257, 257), (511, 513), (512, 512), (513, 512), (512, 513), (513, 513),
    (600, 400), (641, 479), (777, 1), (777, 333), (999, 1001), (1000, 90), (90, 1000), (1023, 17),
    (1024, 64), (1024, 1024), (1025, 1023), (1100, 37), (37, 1100), (5000, 37), (37, 5000),
    (1537, 1025), (2048, 65), (2049, 65), (3236, 47), (4097, 33),
]  # fmt: skip


def osd_urls(width, height, tile, factors, sizes):
    """What OpenSeadragon 6.1.1 asks for: its IIIFTileSource constructor and getTileUrl, for v3.

    Gives {path: (width, height) it expects}, over every tile of every level.
    """
    top = round(math.log2(max(factors)))
    levels = sorted(sizes)
    if levels[-1][0] < width and levels[-1][1] < height:
        levels.append((width, height))
    fits = len(levels) == top + 1 and all(
        math.floor(width / w + 0.5) == factors[len(levels) - i - 1]
        and math.floor(height / h + 0.5) == factors[len(levels) - i - 1]
        for i, (w, h) in enumerate(levels)
    )
    urls = {}
    for level in range(top + 1):
        scale = 0.5 ** (top - level)
        level_w, level_h = math.ceil(width * scale), math.ceil(height * scale)
        if fits:
            level_w, level_h = levels[level]
        span = round(tile / scale)
        for y in range(math.ceil(level_h / tile)):
            for x in range(math.ceil(level_w / tile)):
                if level_w < tile and level_h < tile:
                    region, size = "full", (level_w, level_h)
                else:
                    left, up = x * span, y * span
                    w, h = min(span, width - left), min(span, height - up)
                    is_all = (x, y, w, h) == (0, 0, width, height)
                    region = "full" if is_all else f"{left},{up},{w},{h}"
                    size = (min(tile, level_w - x * tile), min(tile, level_h - y * tile))
                name = "max" if size == (width, height) else f"{size[0]},{size[1]}"
                urls[f"{region}/{name}/0/default.jpg"] = size
    return urls


def level_0_urls(width, height, tile, factors, sizes):
    """What any IIIF Image API 3 level 0 client may ask for: section 4 and the tile formula."""
    urls = {f"full/{w},{h}/0/default.jpg": (w, h) for w, h in sizes}
    urls["full/max/0/default.jpg"] = sizes[-1]
    small = min(90, width)
    urls["full/90,/0/default.jpg"] = (small, max(1, round(height * small / width)))
    for factor in factors:
        span = tile * factor
        for up in range(0, height, span):
            for left in range(0, width, span):
                w, h = min(span, width - left), min(span, height - up)
                size = (math.ceil(w / factor), math.ceil(h / factor))
                region = "full" if (w, h) == (width, height) else f"{left},{up},{w},{h}"
                urls[f"{region}/{size[0]},{size[1]}/0/default.jpg"] = size
    return urls


@pytest.mark.parametrize("tile_px", [64, 256])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_file_that_a_viewer_asks_for_is_there_in_its_size(size, tile_px, tmp_path):
    width, height = size
    image = pyvips.Image.black(width, height, bands=3).copy(interpretation="srgb")

    written = write_tiles(image, tmp_path / "0001", tile_px=tile_px, encoding=Encoding(50))
    pyramid = written.pyramid

    asked = osd_urls(width, height, tile_px, pyramid.scale_factors, pyramid.sizes)
    asked |= level_0_urls(width, height, tile_px, pyramid.scale_factors, pyramid.sizes)
    for url, expected in asked.items():
        with Image.open(tmp_path / "0001" / url) as file:
            assert file.size == expected, url
    assert [p.name for p in tmp_path.iterdir()] == ["0001"]
    assert not list(tmp_path.rglob("*.json"))


def test_tiles_put_together_are_the_image_without_seams(tmp_path):
    source = chart(700, 450)
    source.save(tmp_path / "chart.png")
    settings = DerivativeSettings(tile_px=128, quality=95)

    outcome = run(tmp_path / "staging", tmp_path / "chart.png", settings=settings)

    whole = Image.new("RGB", source.size)
    for up in range(0, 450, 128):
        for left in range(0, 700, 128):
            w, h = min(128, 700 - left), min(128, 450 - up)
            whole.paste(picture(outcome, f"{left},{up},{w},{h}/{w},{h}/0/default.jpg"), (left, up))
    off = ImageStat.Stat(ImageChops.difference(whole, source))
    assert max(off.mean) < 1
    assert max(high for _, high in off.extrema) < 16


def test_every_scale_shows_the_same_picture(tmp_path):
    source = chart(900, 700)
    source.save(tmp_path / "chart.png")

    outcome = run(
        tmp_path / "staging", tmp_path / "chart.png", settings=DerivativeSettings(tile_px=256)
    )

    for name in ("225,175", "450,350", "900,700", "max", "90,"):
        image = picture(outcome, f"full/{name}/0/default.jpg")
        off = ImageStat.Stat(ImageChops.difference(image, source.resize(image.size)))
        assert max(off.mean) < 3, name


def test_derivatives_are_never_larger_than_the_master(tmp_path):
    chart(300, 20).save(tmp_path / "small.png")

    outcome = run(tmp_path / "staging", tmp_path / "small.png")

    assert picture(outcome, "access.jpg").size == (300, 20)
    assert picture(outcome, "thumbnail.jpg").size == (300, 20)


def test_large_master_gives_whole_images_up_to_2048_and_longer_sides_as_set(tmp_path):
    Image.new("RGB", (4400, 3000), "teal").save(tmp_path / "large.png")

    outcome = run(tmp_path / "staging", tmp_path / "large.png")

    assert picture(outcome, "access.jpg").size == (1600, 1091)
    assert picture(outcome, "thumbnail.jpg").size == (400, 273)
    assert picture(outcome, "full/max/0/default.jpg").size == (1100, 750)
    assert picture(outcome, "full/90,/0/default.jpg").size == (90, 61)


@given(st.integers(1, 200_000), st.integers(1, 200_000), st.sampled_from([64, 256, 512, 1000]))
def test_pyramid_ends_in_one_tile_and_its_sizes_are_rounded_up(width, height, tile_px):
    pyramid = pyramid_of(width, height, tile_px=tile_px)

    last = pyramid.scale_factors[-1]
    assert max(math.ceil(width / last), math.ceil(height / last)) <= tile_px
    assert last == 1 or max(math.ceil(width / (last // 2)), math.ceil(height / (last // 2))) > (
        tile_px
    )
    assert pyramid.sizes
    assert list(pyramid.sizes) == sorted(pyramid.sizes)
    scaled = {(math.ceil(width / f), math.ceil(height / f)) for f in pyramid.scale_factors}
    assert set(pyramid.sizes) <= scaled


@pytest.mark.parametrize("size", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_pyramid_of_nothing_is_a_defect_of_the_caller(size):
    with pytest.raises(ValueError, match="at least 1"):
        pyramid_of(size[0], size[1], tile_px=size[2])
