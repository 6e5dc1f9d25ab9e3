"""Limits on pixels: what is made from a page that must be smaller, or bear a watermark."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFont, ImageStat

from archive.limits import _WRITABLE, WATERMARK_POSITIONS, Limits, Watermark
from archive.settings import DerivativeSettings
from pipeline import watermark as drawing
from pipeline.derive import recipe_of
from pipeline.jobs import Outcome
from pipeline.vips import pyvips
from pipeline.watermark import marked, within
from pipeline.work import run_item
from schemas.crosswalks.xmp import Credit
from tests.imaging.making import AT, DATA, chart, derivative_set, job_for

WORDS = Watermark("© Bảo tàng tỉnh Điện Biên", opacity=100)


def vips_image(image: Image.Image) -> pyvips.Image:
    pixels = pyvips.Image.new_from_memory(image.tobytes(), *image.size, 3, "uchar")
    return pixels.copy(interpretation="srgb")


def pil_image(image: pyvips.Image) -> Image.Image:
    return Image.frombytes("RGB", (image.width, image.height), image.write_to_memory())


def run(staging: Path, source: Path, limits: Limits, **changes: int) -> Outcome:
    job = job_for(staging, source, settings=DerivativeSettings(tile_px=256, quality=95))
    return run_item(replace(job, limits=limits, **changes), at=AT)


def files(outcome: Outcome) -> dict[str, bytes]:
    folder = outcome.derivatives
    assert folder is not None
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize("size", [(1203, 701), (401, 1), (1, 900), (777, 776), (320, 319), (5, 5)])
@pytest.mark.parametrize("max_px", [64, 320])
def test_no_file_of_a_set_is_larger_than_the_limit(max_px, size, tmp_path):
    chart(*size).save(tmp_path / "scan.png")

    outcome = run(tmp_path / "staging", tmp_path / "scan.png", Limits(max_px, WORDS))

    (canvas,) = derivative_set(outcome).canvases
    assert max(canvas.width_px, canvas.height_px) == min(max_px, max(size))
    assert canvas.sizes[-1] == (canvas.width_px, canvas.height_px)
    for name, content in files(outcome).items():
        if not name.endswith(".json"):
            with Image.open(io.BytesIO(content)) as image:
                assert max(image.size) <= max_px, name


def test_every_page_of_a_master_is_limited(tmp_path):
    pages = [chart(300, 200), chart(100, 90), chart(250, 400)]
    pages[0].save(tmp_path / "book.tif", save_all=True, append_images=pages[1:])

    outcome = run(tmp_path / "staging", tmp_path / "book.tif", Limits(120))

    made = [(c.width_px, c.height_px) for c in derivative_set(outcome).canvases]
    assert made == [(120, 80), (100, 90), (75, 120)]
    (technical,) = outcome.technical
    assert [(page.width_px, page.height_px) for page in technical.pages] == [
        page.size for page in pages
    ]


@pytest.mark.parametrize("position", WATERMARK_POSITIONS)
def test_tiles_of_every_level_join_to_the_marked_image(position, tmp_path):
    chart(1203, 905).save(tmp_path / "scan.png")
    mark = replace(WORDS, position=position)

    outcome = run(tmp_path / "staging", tmp_path / "scan.png", Limits(1111, mark))

    (canvas,) = derivative_set(outcome).canvases
    whole = pil_image(marked(within(vips_image(chart(1203, 905)), Limits(1111), memory_mb=0), mark))
    assert outcome.derivatives is not None
    for factor in canvas.scale_factors[:-1]:
        joined = joined_tiles(outcome.derivatives / canvas.key, whole.size, factor)
        expected = whole.reduce(factor) if factor > 1 else whole
        off = ImageChops.difference(joined, expected.crop((0, 0, *joined.size))).convert("L")
        # JPEG's noise, but no seam: no row and no column is off more than the others.
        assert ImageStat.Stat(off).mean[0] < 3
        for line in ((off.width, 1), (1, off.height)):
            assert off.resize(line, Image.Resampling.BOX).getextrema()[1] < 25


def joined_tiles(folder: Path, size: tuple[int, int], factor: int) -> Image.Image:
    width, height = (-(-side // factor) for side in size)
    joined = Image.new("RGB", (width, height))
    for path in folder.glob("*,*,*,*/*/0/default.jpg"):
        left, top, across, down = map(int, path.parents[2].name.split(","))
        with Image.open(path) as tile:
            if tile.size == (-(-across // factor), -(-down // factor)) and (
                left % (256 * factor) == top % (256 * factor) == 0
                and (across == 256 * factor or left + across == size[0])
                and (down == 256 * factor or top + down == size[1])
            ):
                joined.paste(tile, (left // factor, top // factor))
    return joined


def test_page_that_waits_on_the_disk_gives_the_same_files(tmp_path):
    chart(2600, 1801).save(tmp_path / "scan.png")
    limits = Limits(2222, replace(WORDS, position="repeat"))

    plain = run(tmp_path / "one", tmp_path / "scan.png", limits)
    on_disk = run(tmp_path / "two", tmp_path / "scan.png", limits, memory_mb=1)

    assert files(plain) == files(on_disk)


def test_limits_that_do_not_bind_cost_and_change_nothing(tmp_path):
    chart(300, 200).save(tmp_path / "scan.png")

    free = run(tmp_path / "one", tmp_path / "scan.png", Limits())
    loose = run(tmp_path / "two", tmp_path / "scan.png", Limits(300, has_download=False))

    assert files(free) == files(loose)
    image = vips_image(chart(300, 200))
    assert within(image, Limits(300), memory_mb=0) is image


def test_recipe_counts_what_changes_the_pixels_and_nothing_else():
    masters = [("a" * 128, 1)]

    def recipe(limits: Limits, longest_px: int | None = 1000, readers: tuple[str, ...] = ()) -> str:
        return recipe_of(
            DerivativeSettings(),
            masters,
            Credit(),
            limits=limits,
            longest_px=longest_px,
            readers=readers,
        )

    free = recipe_of(DerivativeSettings(), masters, Credit())
    assert free == recipe(Limits()) == recipe(Limits(1000)) == recipe(Limits(has_download=False))
    changed = {
        recipe(Limits(999)),
        recipe(Limits(998)),
        recipe(Limits(watermark=WORDS)),
        recipe(Limits(watermark=replace(WORDS, text="©"))),
        recipe(Limits(watermark=replace(WORDS, opacity=99))),
        recipe(Limits(watermark=replace(WORDS, position="center"))),
        recipe(Limits(watermark=replace(WORDS, picture=b"1"))),
        recipe(Limits(999, WORDS)),
        # How large a PDF page is drawn is decided when it is drawn.
        recipe(Limits(1000), readers=("pdf",)),
    }
    assert len(changed) == 9
    assert free not in changed


@given(
    width=st.integers(1, 300),
    height=st.integers(1, 300),
    position=st.sampled_from(WATERMARK_POSITIONS),
    text=st.text("aĐộ© Ửg", min_size=1, max_size=60).filter(str.strip),
)
@settings(max_examples=80, deadline=None)
def test_any_text_fits_any_image_and_leaves_its_size(width, height, position, text):
    image = vips_image(Image.new("RGB", (width, height), "gray"))

    result = marked(image, Watermark(text, position=position, opacity=100))

    assert (result.width, result.height, result.bands) == (width, height, 3)
    assert (result.format, result.interpretation) == ("uchar", "srgb")
    assert len(result.write_to_memory()) == width * height * 3


@pytest.mark.parametrize("ground", ["white", "black", "gray"])
def test_words_can_be_read_on_any_ground(ground):
    image = Image.new("RGB", (1000, 700), ground)

    seen = pil_image(marked(vips_image(image), replace(WORDS, opacity=40)))

    box = ImageChops.difference(seen, image).getbbox()
    assert box is not None
    # In its corner, half as wide as the image.
    assert box[0] >= 470
    assert box[2] <= 1000 - 10
    assert 400 <= box[2] - box[0] <= 500
    extrema = seen.convert("L").crop(box).getextrema()
    assert extrema[1] - extrema[0] > 80


def test_picture_keeps_its_colours_and_its_transparency():
    picture = Image.new("RGBA", (100, 50), (0, 0, 0, 0))
    picture.paste((255, 0, 0, 255), (0, 0, 50, 50))
    content = io.BytesIO()
    picture.save(content, "PNG")
    image = vips_image(Image.new("RGB", (1000, 1000), "white"))
    mark = Watermark(picture=content.getvalue(), position="top-left", opacity=50)

    seen = pil_image(marked(image, mark))

    # 12 % of the height is 120, so it is 240 wide, 20 from the edges.
    assert seen.getpixel((70, 70)) == pytest.approx((255, 128, 128), abs=2)
    assert seen.getpixel((230, 70)) == (255, 255, 255)
    assert seen.getpixel((10, 10)) == (255, 255, 255)


def test_font_has_every_character_that_a_watermark_may_have():
    font = ImageFont.truetype(drawing._FONT, 40, layout_engine=ImageFont.Layout.BASIC)
    missing = bytes(font.getmask("\ufffe"))
    allowed = [chr(code) for code in range(0x20, 0x3000) if _WRITABLE.fullmatch(chr(code))]
    assert len(allowed) > 300
    drawn = [letter for letter in allowed if not letter.isspace()]
    assert [letter for letter in drawn if bytes(font.getmask(letter)) == missing] == []


def test_sample_with_orientation_is_limited_upright(tmp_path):
    outcome = run(tmp_path / "staging", DATA / "Landscape_6.jpg", Limits(600, WORDS))

    (canvas,) = derivative_set(outcome).canvases
    assert (canvas.width_px, canvas.height_px) == (600, 400)
