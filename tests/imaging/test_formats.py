from __future__ import annotations

import re

import pytest

from pipeline.vips import pyvips
from pipeline.work import check_item, run_item
from schemas.technical import Technical
from tests.imaging.making import (
    AT,
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

# name: (PRONOM id, sizes of the pages, bits, samples, colour space, profile, ppi, orientation)
FACTS = {
    "16bit.cropped.tif": ("fmt/353", [(64, 64)], 16, 1, "gray", "", None, 1),
    "exif-72dpi-int.jpg": ("fmt/43", [(500, 450)], 8, 3, "rgb", "", (72.0, 72.0), 1),
    "exif_gps.jpg": ("fmt/43", [(8, 8)], 8, 3, "rgb", "", None, 1),
    "frozenpond.mpo": ("x-fmt/391", [(640, 480)], 8, 3, "rgb", "", (72.0, 72.0), 1),
    "hopper.iccprofile.tif": (
        "fmt/353",
        [(128, 128)],
        8,
        3,
        "rgb",
        "sRGB IEC61966-2.1",
        (96.0, 96.0),
        1,
    ),
    "hopper_bigtiff.tif": ("fmt/1917", [(128, 128)], 8, 3, "rgb", "", (96.0, 96.0), 1),
    "hopper_g4_500.tif": ("fmt/353", [(500, 500)], 1, 1, "bilevel", "", (95.99, 95.99), 1),
    "hopper_orientation_6.jpg": ("fmt/43", [(128, 128)], 8, 3, "rgb", "", None, 6),
    "icc_profile.png": (
        "fmt/12",
        [(57, 57)],
        8,
        4,
        "rgb",
        "sRGB IEC61966-2.1",
        (71.98, 71.98),
        1,
    ),
    "lab.tif": ("fmt/353", [(10, 10)], 8, 3, "lab", "", (72.0, 72.0), 1),
    "Landscape_6.jpg": ("fmt/43", [(1800, 1200)], 8, 3, "rgb", "", (72.0, 72.0), 6),
    "tiff_tiled_planar_lzw.tiff": ("fmt/353", [(278, 374)], 8, 3, "rgb", "", (71.98, 71.98), 1),
    "multipage.tiff": ("fmt/353", [(10, 10), (10, 10), (20, 20)], 1, 1, "rgb", "", None, 1),
    "pil_sample_cmyk.jpg": ("fmt/41", [(100, 100)], 8, 4, "cmyk", "", (72.0, 72.0), 1),
    "tiff_16bit_RGB.tiff": ("fmt/353", [(100, 40)], 16, 3, "rgb", "", (72.0, 72.0), 1),
    "tiff_strip_cmyk_jpeg.tif": ("fmt/353", [(100, 100)], 8, 4, "cmyk", "", (72.0, 72.0), 1),
    "xmp_tags_orientation.png": (
        "fmt/13",
        [(326, 268)],
        8,
        4,
        "rgb",
        "ColorMatch RGB",
        (71.98, 71.98),
        1,
    ),
}


# Black they are: samples between 291 and 694 of 65535, and all zero.
DARK = {"16bit.cropped.tif", "exif_gps.jpg"}


def facts_of(technical: Technical) -> tuple[object, ...]:
    return (
        technical.puid,
        [(page.width_px, page.height_px) for page in technical.pages],
        technical.bits_per_sample,
        technical.samples_per_pixel,
        technical.colour_space,
        technical.icc_profile_name,
        technical.resolution_ppi,
        technical.orientation,
    )


@pytest.mark.parametrize("name", sorted(FACTS))
def test_real_scan_gives_its_facts_and_derivatives_of_the_right_size(name, tmp_path):
    outcome = run(tmp_path / "staging", DATA / name)

    assert not outcome.is_set_aside
    (technical,) = outcome.technical
    assert facts_of(technical) == FACTS[name]
    canvases = derivative_set(outcome).canvases
    assert [(c.width_px, c.height_px) for c in canvases] == FACTS[name][1]
    for canvas in canvases:
        for file in (canvas.thumbnail, canvas.access):
            image = picture(outcome, file.name, canvas.key)
            assert image.size == (file.width_px, file.height_px)
            assert image.mode == "RGB"
            brightest = max(high for _, high in image.getextrema())
            assert name in DARK or brightest > 60, "came out black"


@pytest.mark.parametrize("name", sorted(FACTS))
def test_only_a_scan_that_says_where_it_was_taken_is_told_to_carry_something(name, tmp_path):
    carried = {"SCAN-place", "SCAN-program", "SCAN-bad-exif"}
    told = set(codes(check_item(job_for(tmp_path / "staging", DATA / name))))
    assert told & carried == ({"SCAN-place"} if name == "exif_gps.jpg" else set())


@pytest.mark.parametrize("name", sorted(FACTS))
def test_check_finds_the_same_as_the_run_and_writes_nothing(name, tmp_path):
    job = job_for(tmp_path / "staging", DATA / name)

    checked = check_item(job)

    assert not (tmp_path / "staging").exists()
    worked = run_item(job, at=AT)
    assert checked.findings == worked.findings
    assert checked.technical == worked.technical
    assert (checked.derivatives, checked.masters, checked.events) == (None, (), ())


def made_formats(folder):
    """Write the chart in formats of which no small real file is at hand; give what they are."""
    plain = pyvips.Image.new_from_memory(chart().tobytes(), *chart().size, 3, "uchar")
    plain = plain.copy(interpretation="srgb")
    deep = (plain * 257).cast("ushort").copy(interpretation="rgb16")
    tiles = {"tile": True, "tile_width": 64, "tile_height": 64}
    plain.webpsave(str(folder / "a.webp"), Q=95)
    plain.heifsave(str(folder / "a8.avif"), compression="av1", effort=0, Q=90)
    deep.heifsave(str(folder / "a10.avif"), compression="av1", effort=0, Q=90, bitdepth=10)
    deep.pngsave(str(folder / "a16.png"))
    deep.bandjoin(65535).tiffsave(str(folder / "alpha16.tif"), compression="lzw")
    plain.tiffsave(str(folder / "pages.tif"), pyramid=True, **tiles)
    plain.tiffsave(str(folder / "below.tif"), pyramid=True, subifd=True, **tiles)
    plain.tiffsave(str(folder / "jpeg.tif"), compression="jpeg", Q=95)
    plain.tiffsave(str(folder / "deflate.tif"), compression="deflate", predictor="horizontal")
    return {
        "a.webp": ("image/webp", 8),
        "a8.avif": ("image/avif", 8),
        "a10.avif": ("image/avif", 10),
        "a16.png": ("image/png", 16),
        "alpha16.tif": ("image/tiff", 16),
        "pages.tif": ("image/tiff", 8),
        "below.tif": ("image/tiff", 8),
        "jpeg.tif": ("image/tiff", 8),
        "deflate.tif": ("image/tiff", 8),
    }


def test_every_format_and_depth_gives_the_same_picture(tmp_path):
    for name, facts in made_formats(tmp_path).items():
        outcome = run(tmp_path / "staging", tmp_path / name)

        (technical,) = outcome.technical
        assert (technical.mime_type, technical.bits_per_sample) == facts, name
        assert len(technical.pages) == 1, "a reduced copy is no page"
        assert median(lab_difference(decoded(tmp_path / name), chart())) < 1.5, name


def test_every_page_of_a_multi_page_tiff_is_a_view_numbered_over_the_item(tmp_path):
    outcome = run(
        tmp_path / "staging",
        DATA / "exif_gps.jpg",
        DATA / "multipage.tiff",
        DATA / "icc_profile.png",
    )

    canvases = derivative_set(outcome).canvases
    assert [(c.key, c.master, c.page) for c in canvases] == [
        ("0001", "masters/exif_gps.jpg", 0),
        ("0002", "masters/multipage.tiff", 0),
        ("0003", "masters/multipage.tiff", 1),
        ("0004", "masters/multipage.tiff", 2),
        ("0005", "masters/icc_profile.png", 0),
    ]
    assert canvases[1].label == "view of multipage"


def test_gps_and_other_private_tags_stay_in_the_master_only(tmp_path):
    outcome = run(
        tmp_path / "staging",
        DATA / "exif_gps.jpg",
        DATA / "exif-72dpi-int.jpg",
        DATA / "pil_sample_cmyk.jpg",
        DATA / "xmp_tags_orientation.png",
    )

    assert any(name.startswith("GPS") for name in outcome.technical[0].exif)
    assert outcome.derivatives is not None
    files = sorted(outcome.derivatives.rglob("*.jpg"))
    assert len(files) > 16
    for file in files:
        content = file.read_bytes()
        # What stands in XMP is all ours.
        content = re.sub(rb"<\?xpacket begin.*<\?xpacket end=.r.\?>", b"", content, flags=re.DOTALL)
        for marker in (b"Exif\0", b"ns.adobe.com/exif", b"Photoshop", b"8BIM", b"GPS", b"EXIF"):
            assert marker not in content, file


def test_whole_images_carry_the_srgb_profile_and_no_wrong_resolution(tmp_path):
    outcome = run(tmp_path / "staging", DATA / "hopper.iccprofile.tif")

    for name in ("thumbnail.jpg", "access.jpg", "full/max/0/default.jpg", "full/90,/0/default.jpg"):
        image = picture(outcome, name)
        assert 0 < len(image.info["icc_profile"]) < 600
        assert "dpi" not in image.info


def test_masters_are_staged_byte_for_byte(tmp_path):
    sources = [DATA / name for name in sorted(FACTS)]

    outcome = run(tmp_path / "staging", *sources)

    assert [path for path, _ in outcome.masters] == [f"masters/{s.name}" for s in sources]
    for (_, staged), source in zip(outcome.masters, sources, strict=True):
        assert staged.read_bytes() == source.read_bytes()
        assert staged.name.isascii()


def test_exif_is_kept_without_thumbnail_and_maker_notes(tmp_path):
    (technical,) = run(tmp_path / "staging", DATA / "frozenpond.mpo").technical

    assert technical.exif["EXIF DateTimeOriginal"] == "2014:03:02 13:30:00"
    assert not [tag for tag in technical.exif if "Thumbnail" in tag or "MakerNote" in tag]
    assert Technical.from_json(technical.to_json()) == technical
