"""Every kind of master, by whichever library reads it: right pixels, or the right finding."""

from __future__ import annotations

import lzma
import math
import struct
from pathlib import Path

import pytest
from PIL import Image

from archive.settings import DerivativeSettings
from pipeline import extras, jp2
from pipeline.extras import EXTRAS
from pipeline.identify import identify
from pipeline.vips import pyvips
from tests.imaging.making import (
    DATA,
    chart,
    codes,
    decoded,
    derivative_set,
    job_for,
    lab_difference,
    median,
    picture,
    run,
)
from tests.imaging.samples import vector_pdf
from tests.imaging.tiff_making import (
    LONG,
    SHORT,
    page_tags,
    write_camera_file,
    write_dng,
    write_grey12,
    write_planar_tiles,
    write_tiff,
)

NOISE = Image.effect_noise((900, 700), 60).convert("RGB")


def difference(path: Path, expected: Image.Image) -> float:
    return median(lab_difference(decoded(path), expected))


def doubled(image: Image.Image) -> bytes:
    """The samples with 16 bit: a value v as 257 v, which is the same share of white."""
    return bytes(part for value in image.tobytes() for part in (value, value))


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


def test_jpeg_2000_gives_its_true_depth_profile_and_pixels(tmp_path):
    colours, grey = chart(), chart().convert("L")
    colours.save(tmp_path / "a.jp2")
    colours.save(tmp_path / "a.j2k")
    grey.save(tmp_path / "grey.jp2")
    deep = Image.frombytes("I;16", grey.size, doubled(grey))
    deep.save(tmp_path / "grey16.jp2")

    for name, expected, bits in [
        ("a.jp2", colours, 8),
        ("a.j2k", colours, 8),
        ("grey.jp2", grey, 8),
        ("grey16.jp2", grey, 16),
    ]:
        outcome = run(tmp_path / "s", tmp_path / name)
        assert outcome.technical[0].bits_per_sample == bits, name
        assert "SCAN-depth" not in codes(outcome)
        assert difference(tmp_path / name, expected) < 0.5, name


def jp2_with(path: Path, *, depth: int | None = None, profile: bytes | None = None) -> None:
    """Change what a JP2's header claims: the depth of its codestream, or its colour profile."""
    content = bytearray(path.read_bytes())
    if depth is not None:
        siz = content.index(b"\xff\x4f\xff\x51")
        for channel in range(3):
            content[siz + 42 + 3 * channel] = depth - 1
    if profile is not None:
        at = content.index(b"colr") - 4
        header = content.index(b"jp2h") - 4
        box = (11 + len(profile)).to_bytes(4, "big") + b"colr\2\0\0" + profile
        old = int.from_bytes(content[at : at + 4], "big")
        length = int.from_bytes(content[header : header + 4], "big") + len(box) - old
        content[at : at + old] = box
        content[header : header + 4] = length.to_bytes(4, "big")
    path.write_bytes(content)


def test_16_bit_colour_in_jpeg_2000_says_that_8_bit_are_shown(tmp_path):
    chart().save(tmp_path / "deep.jp2")
    jp2_with(tmp_path / "deep.jp2", depth=16)

    outcome = run(tmp_path / "s", tmp_path / "deep.jp2")

    assert jp2.read_header(tmp_path / "deep.jp2").bits == 16
    (finding,) = [f for f in outcome.findings if f.code == "SCAN-depth"]
    assert "16 bits a channel; it is shown from 8" in finding.message("en")


def test_profile_in_jpeg_2000_is_honoured(tmp_path):
    profile = bytes(pyvips.Image.profile_load("p3"))
    chart().save(tmp_path / "p3.jp2")
    jp2_with(tmp_path / "p3.jp2", profile=profile)
    chart().save(tmp_path / "p3.tif", icc_profile=profile)

    outcome = run(tmp_path / "s", tmp_path / "p3.jp2")

    assert codes(outcome) == []
    assert outcome.technical[0].icc_profile_name
    assert difference(tmp_path / "p3.jp2", decoded(tmp_path / "p3.tif")) < 0.1


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_bmp_of_every_kind_comes_out_right(mode, tmp_path):
    image = chart().convert(mode)
    image.save(tmp_path / "scan.bmp")

    assert difference(tmp_path / "scan.bmp", image.convert("RGB")) < 0.1


def test_heic_keeps_10_bit_and_is_turned_once(tmp_path):
    deep = run(tmp_path / "s", DATA / "chart_10bit.heic")

    assert codes(deep) == []
    assert (deep.technical[0].bits_per_sample, deep.technical[0].readers) == (10, ("heif",))
    assert difference(DATA / "chart_10bit.heic", chart()) < 1.5
    turned = chart().rotate(-90, expand=True)
    assert difference(DATA / "chart_turned.heic", turned) < 1.5


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_camera_raw_is_developed_to_what_the_camera_saw(orientation, tmp_path):
    write_dng(tmp_path / "scan.dng", chart(), orientation=orientation)
    upright = chart().rotate({1: 0, 3: 180, 6: -90, 8: 90}[orientation], expand=True)

    outcome = run(tmp_path / "s", tmp_path / "scan.dng")

    assert codes(outcome) == []
    (technical,) = outcome.technical
    assert (technical.puid, technical.bits_per_sample) == ("fmt/730", 14)
    assert (technical.orientation, technical.readers) == (orientation, ("raw",))
    assert (technical.pages[0].width_px, technical.pages[0].height_px) == upright.size
    assert difference(tmp_path / "scan.dng", upright) < 1.5


@pytest.mark.parametrize(
    ("name", "make", "model"),
    [("DSC_0001.NEF", "NIKON CORPORATION", "NIKON Z"), ("DSC00001.ARW", "SONY", "ILCE")],
)
def test_the_mosaic_of_a_camera_is_taken_and_not_the_small_picture_before_it(
    name, make, model, tmp_path
):
    write_camera_file(tmp_path / name, chart(), make=make, model=model)

    outcome = run(tmp_path / "s", tmp_path / name)

    assert codes(outcome) == []
    (technical,) = outcome.technical
    assert technical.readers == ("raw",)
    assert (technical.pages[0].width_px, technical.pages[0].height_px) == chart().size


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"II*\0\x10\0\0\0CR\2\0", "camera RAW"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "camera RAW"),
        (b"FUJIFILMCCD-RAW 0201", "camera RAW"),
        (b"IIU\0\x18\0\0\0", "camera RAW"),
        (b"IIRO\x08\0\0\0", "camera RAW"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "AVIF"),
    ],
)
def test_first_bytes_decide_whatever_the_name_says(head, name, tmp_path):
    (tmp_path / "scan.jpg").write_bytes(head + bytes(600))

    found = identify(tmp_path / "scan.jpg")

    assert found.format is not None
    assert found.format.name == name
    findings = run(tmp_path / "s", tmp_path / "scan.jpg").findings
    assert findings[-1].code in {"SCAN-damaged", "SCAN-not-an-image"}


def test_pdf_page_that_is_one_scan_keeps_the_scans_pixels(tmp_path):
    chart().save(tmp_path / "scan.pdf", resolution=150, quality=100)

    outcome = run(tmp_path / "s", tmp_path / "scan.pdf")

    assert codes(outcome) == []
    (technical,) = outcome.technical
    assert (technical.pages[0].width_px, technical.pages[0].height_px) == chart().size
    assert technical.resolution_ppi == (150.0, 150.0)
    assert difference(tmp_path / "scan.pdf", chart()) < 1.5


def test_other_pdf_pages_are_views_drawn_at_the_resolution_of_the_settings(tmp_path):
    vector_pdf(tmp_path / "pages.pdf", pages=3)
    for ppi, size in ((300, (600, 300)), (100, (200, 100))):
        settings = DerivativeSettings(pdf_ppi=ppi)
        outcome = run(tmp_path / "s", tmp_path / "pages.pdf", settings=settings)

        assert codes(outcome) == []
        (technical,) = outcome.technical
        assert [(p.width_px, p.height_px) for p in technical.pages] == [size] * 3
        assert technical.resolution_ppi is None
        image = picture(outcome, canvas="0003")
        assert image.getpixel((5, 5)) == pytest.approx((254, 0, 0), abs=3)
        assert image.getpixel((size[0] - 5, 5)) == (255, 255, 255)


def test_pdf_page_is_refused_before_it_is_drawn_when_it_is_too_large(tmp_path):
    vector_pdf(tmp_path / "poster.pdf", width_pt=14_400, height_pt=14_400)

    assert codes(run(tmp_path / "s", tmp_path / "poster.pdf")) == ["SCAN-too-large"]


def masters(folder: Path) -> list[Path]:
    """One scan for each way of reading, full of noise, so that every byte of it counts."""
    NOISE.save(folder / "a.jp2")
    NOISE.save(folder / "a.j2k")
    NOISE.save(folder / "zstd.tif", compression="zstd")
    NOISE.save(folder / "lzma.tif", compression="lzma")
    NOISE.save(folder / "a.bmp")
    NOISE.save(folder / "a.gif")
    NOISE.save(folder / "a.webp", quality=80)
    NOISE.save(folder / "a.avif", speed=9)
    NOISE.save(folder / "a.pdf")
    write_dng(folder / "a.dng", NOISE.crop((0, 0, 160, 100)))
    write_planar_tiles(folder / "planar.tif", NOISE.crop((0, 0, 320, 160)))
    (folder / "a.heic").write_bytes((DATA / "chart_10bit.heic").read_bytes())
    return sorted(folder.iterdir())


def test_scan_cut_short_is_damaged_in_every_format(tmp_path):
    (tmp_path / "whole").mkdir()
    for path in masters(tmp_path / "whole"):
        content = path.read_bytes()
        cut = tmp_path / path.name
        for share in (0.5, 0.95):
            cut.write_bytes(content[: int(len(content) * share)])
            found = codes(run(tmp_path / "s", cut))
            assert found[-1:] == ["SCAN-damaged"], (path.name, share)


def test_scan_whose_end_was_never_copied_is_told_in_every_format(tmp_path):
    (tmp_path / "whole").mkdir()
    for path in [p for p in masters(tmp_path / "whole") if p.stat().st_size > 20_000]:
        content = path.read_bytes()
        half = len(content) // 2
        (tmp_path / path.name).write_bytes(content[:half] + bytes(len(content) - half))

        found = codes(run(tmp_path / "s", tmp_path / path.name))

        assert {"SCAN-damaged", "SCAN-zero-end"} & set(found), path.name
    assert "SCAN-zero-end" in codes(run(tmp_path / "s", tmp_path / "a.bmp"))


def test_damaged_scan_in_a_pdf_is_no_blank_page(tmp_path):
    NOISE.save(tmp_path / "scan.pdf")
    content = (tmp_path / "scan.pdf").read_bytes()
    at = len(content) // 2
    (tmp_path / "scan.pdf").write_bytes(content[:at] + b"\xff\xff" * 99 + content[at + 198 :])

    assert codes(run(tmp_path / "s", tmp_path / "scan.pdf")) == ["SCAN-damaged"]


@pytest.mark.parametrize(
    ("extra", "name"), [("heic", "h.heic"), ("raw", "r.dng"), ("pdf", "p.pdf")]
)
def test_missing_part_is_named_with_what_to_install(extra, name, tmp_path, monkeypatch):
    (tmp_path / "h.heic").write_bytes((DATA / "chart_10bit.heic").read_bytes())
    write_dng(tmp_path / "r.dng", chart(32, 32))
    chart().save(tmp_path / "p.pdf")

    def import_module(module: str) -> object:
        raise ModuleNotFoundError(f"No module named '{module}'")

    monkeypatch.setattr(extras, "import_module", import_module)

    outcome = run(tmp_path / "s", tmp_path / name)

    (finding,) = outcome.findings
    assert finding.code == "SCAN-needs-extra"
    assert f"hoaban[{extra}]" in finding.message("en")
    assert EXTRAS[extra].reads in finding.message("en")


def test_images_that_are_not_shown_are_counted(tmp_path):
    frames = [chart(40, 40), chart(40, 40).rotate(90)]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])

    for path in (tmp_path / "moving.gif", DATA / "frozenpond.mpo"):
        finding = run(tmp_path / "s", path).findings[-1]
        assert finding.code == "SCAN-more-images"
        assert "holds 2 images" in finding.message("en")


def test_ycck_jpeg_is_the_same_picture_as_its_cmyk(tmp_path):
    with Image.open(DATA / "pil_sample_cmyk.jpg") as image:
        image.convert("CMYK").save(tmp_path / "cmyk.tif")

    assert difference(DATA / "pil_sample_cmyk.jpg", decoded(tmp_path / "cmyk.tif")) < 1


def test_derivatives_name_every_library_that_made_them(tmp_path):
    write_dng(tmp_path / "a.dng", chart(32, 32))

    outcome = run(tmp_path / "s", tmp_path / "a.dng", DATA / "lab.tif")

    agents = [event.agent for event in outcome.events if event.type.value == "derivation"]
    assert agents[0].startswith("libvips") or "rawpy" in agents[0]
    assert "rawpy" in agents[0]
    assert "Pillow" in agents[1]


def test_check_job_reads_every_format_too(tmp_path):
    from pipeline.work import check_item

    vector_pdf(tmp_path / "a.pdf")
    checked = check_item(job_for(tmp_path / "s", tmp_path / "a.pdf", DATA / "chart_10bit.heic"))

    assert checked.findings == ()
    assert [t.readers for t in checked.technical] == [("pdf",), ("heif",)]


def test_large_claims_are_refused_before_decoding_by_every_reader(tmp_path):
    tags = page_tags(60_000, 60_000, [12], 1) | {278: (LONG, [60_000])}
    write_tiff(tmp_path / "bomb.tif", tags, [bytes(100)])
    chart().save(tmp_path / "bomb.jp2")
    content = bytearray((tmp_path / "bomb.jp2").read_bytes())
    siz = content.index(b"\xff\x4f\xff\x51")
    content[siz + 8 : siz + 16] = (60_000).to_bytes(4, "big") * 2
    (tmp_path / "bomb.jp2").write_bytes(content)
    chart().save(tmp_path / "bomb.bmp")
    content = bytearray((tmp_path / "bomb.bmp").read_bytes())
    content[18:26] = (60_000).to_bytes(4, "little") * 2
    (tmp_path / "bomb.bmp").write_bytes(content)

    for name in ("bomb.tif", "bomb.jp2", "bomb.bmp"):
        assert codes(run(tmp_path / "s", tmp_path / name)) == ["SCAN-too-large"], name


def test_made_again_the_derivatives_are_the_same_bytes(tmp_path):
    write_dng(tmp_path / "a.dng", chart())
    vector_pdf(tmp_path / "a.pdf")
    chart().save(tmp_path / "a.jp2")
    sources = [*sorted(tmp_path.iterdir()), DATA / "chart_10bit.heic"]

    def made(staging: Path) -> dict[str, bytes]:
        folder = run(staging, *sources).derivatives
        assert folder is not None
        files = [path for path in folder.rglob("*") if path.is_file()]
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    assert made(tmp_path / "one") == made(tmp_path / "two")


def test_settings_of_pdf_pages_are_part_of_the_recipe_of_pdfs_only(tmp_path):
    vector_pdf(tmp_path / "a.pdf")
    recipes = {
        name: [
            derivative_set(
                run(tmp_path / "s", path, settings=DerivativeSettings(pdf_ppi=ppi))
            ).recipe
            for ppi in (72, 100)
        ]
        for name, path in (("pdf", tmp_path / "a.pdf"), ("gps", DATA / "exif_gps.jpg"))
    }

    assert len(set(recipes["pdf"])) == 2
    assert len(set(recipes["gps"])) == 1
