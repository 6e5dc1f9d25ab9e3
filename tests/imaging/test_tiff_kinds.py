"""TIFFs of every compression, depth and layout: right pixels, or refused by name."""

from __future__ import annotations

import lzma
import math
import struct

import pytest
from PIL import Image

from pipeline.vips import pyvips
from tests.imaging.making import chart, codes, decoded, difference, doubled, run
from tests.imaging.tiff_making import (
    SHORT,
    page_tags,
    write_grey12,
    write_planar_tiles,
    write_tiff,
)


@pytest.mark.parametrize("compression", ["zstd", "lzma"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_tiff_that_only_pillow_reads_is_turned_once(compression, orientation, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "scan.tif"
    chart(60, 40).save(path, compression=compression, exif=exif)
    with Image.open(path) as image:
        image.load()  # Pillow turns a TIFF by itself
        upright = image.convert("RGB")

    outcome = run(tmp_path / "s", path)

    (technical,) = outcome.technical
    assert (technical.orientation, technical.readers) == (orientation, ("pillow",))
    assert (technical.pages[0].width_px, technical.pages[0].height_px) == upright.size
    assert difference(path, upright) == 0


def test_8_bit_lab_tiff_is_turned_once(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    lab = Image.merge("LAB", chart(60, 40).split())
    lab.save(tmp_path / "plain.tif")
    lab.save(tmp_path / "turned.tif", exif=exif)

    turned = decoded(tmp_path / "plain.tif").rotate(-90, expand=True)
    assert difference(tmp_path / "turned.tif", turned) == 0


def test_depths_planes_and_photometrics_that_no_library_here_writes_come_out_right(tmp_path):
    grey, colours = chart().convert("L"), chart()
    size = colours.size
    write_grey12(tmp_path / "grey12.tif", grey)
    write_planar_tiles(tmp_path / "tiles.tif", colours)
    strips = [band.tobytes() for band in colours.split()]
    write_tiff(tmp_path / "planes.tif", page_tags(*size, [8] * 3, 2) | {284: (SHORT, [2])}, strips)
    extra = page_tags(*size, [8] * 4, 2) | {338: (SHORT, [0])}
    infrared = colours.copy()
    infrared.putalpha(Image.new("L", size, 7))
    write_tiff(tmp_path / "infrared.tif", extra, [infrared.tobytes()])
    packed = page_tags(*size, [16] * 3, 2) | {259: (SHORT, [34925])}
    write_tiff(tmp_path / "lzma16.tif", packed, [lzma.compress(doubled(colours))])
    white_is_zero = page_tags(*size, [16], 0) | {259: (SHORT, [34925])}
    inverted = grey.point(lambda value: 255 - value)
    write_tiff(tmp_path / "white0.tif", white_is_zero, [lzma.compress(doubled(inverted))])
    chroma = page_tags(*size, [8] * 3, 6) | {530: (SHORT, [1, 1])}
    write_tiff(tmp_path / "ycbcr.tif", chroma, [colours.convert("YCbCr").tobytes()])

    for name, expected in {
        "grey12": grey,
        "tiles": colours,
        "planes": colours,
        "infrared": colours,
        "lzma16": colours,
        "white0": grey,
        "ycbcr": colours,
    }.items():
        assert difference(tmp_path / f"{name}.tif", expected) < 1.5, name
    assert "SCAN-depth" in codes(run(tmp_path / "s", tmp_path / "lzma16.tif"))
    assert "SCAN-depth" not in codes(run(tmp_path / "s", tmp_path / "grey12.tif"))


def test_tiff_that_no_library_gets_right_is_refused_by_name(tmp_path):
    write_planar_tiles(tmp_path / "tiles16.tif", chart(), deep=True)
    subsampled = page_tags(64, 64, [8] * 3, 6) | {530: (SHORT, [2, 2])}
    write_tiff(tmp_path / "chroma.tif", subsampled, [bytes(64 * 64 * 3 // 2)])
    write_tiff(tmp_path / "rgb12.tif", page_tags(64, 64, [12] * 3, 2), [bytes(64 * 64 * 9 // 2)])
    write_tiff(tmp_path / "rgb24.tif", page_tags(64, 64, [24] * 3, 2), [bytes(64 * 64 * 9)])

    for name, word in {
        "tiles16": "16 bit",
        "chroma": "subsampled",
        "rgb12": "12 bit",
        "rgb24": "24 bit",
    }.items():
        (finding,) = run(tmp_path / "s", tmp_path / f"{name}.tif").findings
        assert finding.code == "SCAN-not-an-image", name
        assert word in finding.message("en")


def plain(image: Image.Image) -> pyvips.Image:
    stored = pyvips.Image.new_from_memory(image.tobytes(), *image.size, len(image.mode), "uchar")
    return stored.copy(interpretation="srgb")


def test_samples_without_a_scale_are_shown_from_darkest_to_brightest_and_told(tmp_path):
    red = plain(chart())[0]
    for name, image in {
        "float": red / 255 * 1000 - 200,
        "uint": red.cast("uint") * 70_000,
        "int": red.cast("int") * 70_000 - 9_000_000,
        "short": (red.cast("int") * 100 - 3000).cast("short"),
    }.items():
        image.tiffsave(str(tmp_path / f"{name}.tif"))

        outcome = run(tmp_path / "s", tmp_path / f"{name}.tif")

        assert codes(outcome) == ["SCAN-scaled"], name
        assert difference(tmp_path / f"{name}.tif", chart().split()[0]) < 0.5, name


def test_floating_point_from_0_to_1_is_linear_light(tmp_path):
    curve = [((v + 0.055) / 1.055) ** 2.4 if v > 0.04045 else v / 12.92 for v in _steps()]
    table = pyvips.Image.new_from_array([curve])
    (plain(chart()).maplut(table)).cast("float").tiffsave(str(tmp_path / "light.tif"))
    (plain(chart())[1].maplut(table)).cast("float").tiffsave(str(tmp_path / "grey.tif"))

    assert difference(tmp_path / "light.tif", chart()) < 0.1
    assert difference(tmp_path / "grey.tif", chart().split()[1]) < 0.1


def _steps() -> list[float]:
    return [value / 255 for value in range(256)]


def test_what_is_not_a_number_is_black_and_infinity_is_refused(tmp_path):
    for name, odd in (("nan", math.nan), ("inf", math.inf)):
        row = struct.pack("<60f", *[0.8] * 30, *[odd] * 30)
        rows = pyvips.Image.new_from_memory(row * 60, 60, 60, 1, "float")
        rows.copy(interpretation="b-w").tiffsave(str(tmp_path / f"{name}.tif"))

    assert decoded(tmp_path / "nan.tif").getpixel((50, 30)) == (0, 0, 0)
    assert decoded(tmp_path / "nan.tif").getpixel((10, 30))[0] > 200
    assert "infinite" in run(tmp_path / "s", tmp_path / "inf.tif").findings[-1].message("en")
