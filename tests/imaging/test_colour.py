from __future__ import annotations

import io

import pytest
from PIL import Image, ImageCms, ImageOps

from archive.settings import DerivativeSettings
from pipeline.vips import pyvips
from tests.imaging.making import (
    DATA,
    chart,
    codes,
    decoded,
    jpeg_bytes,
    lab_difference,
    median,
    picture,
    run,
)

FINE = DerivativeSettings(quality=100)
SRGB = ImageCms.createProfile("sRGB")


def made_profile(name: str) -> bytes:
    """An RGB profile of a wider space, from libvips (Display P3)."""
    return bytes(pyvips.Image.profile_load(name))


def expected_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    result = ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        SRGB,
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert result is not None
    return result


def test_wide_gamut_8_bit_master_comes_out_as_pillow_converts_it(tmp_path):
    profile = made_profile("p3")
    chart().save(tmp_path / "p3.tif", icc_profile=profile)

    outcome = run(tmp_path / "staging", tmp_path / "p3.tif", settings=FINE)

    assert codes(outcome) == []
    expected = expected_srgb(chart(), profile)
    assert median(lab_difference(decoded(tmp_path / "p3.tif"), expected)) < 0.1
    assert median(lab_difference(picture(outcome), expected)) < 1
    unconverted = lab_difference(picture(outcome), chart())
    assert median(unconverted) > 1.5


def test_profile_of_a_real_scan_comes_out_as_pillow_converts_it():
    with Image.open(DATA / "xmp_tags_orientation.png") as image:
        profile = image.info["icc_profile"]  # ColorMatch RGB: gamma 1.8, D50
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.getchannel("A"))

    pixels = decoded(DATA / "xmp_tags_orientation.png")

    assert median(lab_difference(pixels, expected_srgb(flat, profile))) < 0.5


def test_16_bit_master_is_converted_before_it_is_rounded(tmp_path):
    profile = made_profile("p3")
    eight = pyvips.Image.new_from_memory(chart().tobytes(), *chart().size, 3, "uchar")
    deep = (eight * 257).cast("ushort").copy(interpretation="rgb16")
    deep.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    deep.tiffsave(str(tmp_path / "deep.tif"), compression="lzw")

    outcome = run(tmp_path / "staging", tmp_path / "deep.tif", settings=FINE)

    assert outcome.technical[0].bits_per_sample == 16
    expected = expected_srgb(chart(), profile)
    assert median(lab_difference(decoded(tmp_path / "deep.tif"), expected)) < 0.5
    assert median(lab_difference(picture(outcome), expected)) < 1


def test_lab_tiff_of_8_bit_and_of_16_bit_come_out_right(tmp_path):
    to_lab = ImageCms.buildTransform(SRGB, ImageCms.createProfile("LAB"), "RGB", "LAB")
    lab = ImageCms.applyTransform(chart(), to_lab)
    assert lab is not None
    lab.save(tmp_path / "lab8.tif")
    signed = pyvips.Image.new_from_memory(lab.tobytes(), *lab.size, 3, "char")
    lightness = signed[0].copy(format="uchar") * (100 / 255)
    floats = lightness.bandjoin(signed[1:3]).cast("float").copy(interpretation="lab")
    floats.colourspace("labs").tiffsave(str(tmp_path / "lab16.tif"))

    outcome = run(tmp_path / "s", tmp_path / "lab8.tif", tmp_path / "lab16.tif", settings=FINE)

    assert codes(outcome) == ["SCAN-no-profile"]  # the other has one, of the kind "LAB"
    assert "CIELAB (D50)" in outcome.findings[0].message("en")
    assert [t.colour_space for t in outcome.technical] == ["lab", "lab"]
    assert median(lab_difference(picture(outcome), chart())) < 1.5
    assert median(lab_difference(picture(outcome, canvas="0002"), chart())) < 1.5


def test_cmyk_without_profile_is_printed_ink_and_not_inverted(tmp_path):
    Image.new("CMYK", (64, 64), (0, 0, 0, 0)).save(tmp_path / "paper.tif")
    Image.new("CMYK", (64, 64), (0, 255, 255, 0)).save(tmp_path / "red.tif")

    outcome = run(tmp_path / "staging", tmp_path / "paper.tif", tmp_path / "red.tif")

    assert codes(outcome) == ["SCAN-no-profile", "SCAN-no-profile"]
    assert picture(outcome).getpixel((32, 32)) == pytest.approx((255, 255, 255), abs=4)
    red, green, blue = picture(outcome, canvas="0002").getpixel((32, 32))
    assert red > 180
    assert max(green, blue) < 90


def test_grey_under_an_rgb_profile_is_read_as_equal_red_green_blue(tmp_path):
    profile = ImageCms.ImageCmsProfile(SRGB).tobytes()
    chart().convert("L").save(tmp_path / "grey.tif", icc_profile=profile)

    outcome = run(tmp_path / "staging", tmp_path / "grey.tif", settings=FINE)

    assert codes(outcome) == []
    assert median(lab_difference(picture(outcome), chart().convert("L"))) < 0.5


def test_bilevel_and_grey_pages_are_not_nagged_about_profiles(tmp_path):
    chart().convert("1").save(tmp_path / "text.tif", compression="group4")
    chart().convert("L").save(tmp_path / "grey.png")

    outcome = run(tmp_path / "staging", tmp_path / "text.tif", tmp_path / "grey.png")

    assert codes(outcome) == []
    assert [t.colour_space for t in outcome.technical] == ["bilevel", "gray"]


@pytest.mark.parametrize("profile", [b"garbage" * 40, b"", "cmyk"])
def test_unusable_profile_is_told_and_srgb_assumed(profile, tmp_path):
    data = made_profile("cmyk") if profile == "cmyk" else profile or b"\0" * 128
    (tmp_path / "scan.jpg").write_bytes(jpeg_bytes(chart(), quality=100, icc_profile=data))

    outcome = run(tmp_path / "staging", tmp_path / "scan.jpg", settings=FINE)

    assert codes(outcome) == ["SCAN-bad-profile"]
    assert not outcome.is_set_aside
    assert median(lab_difference(picture(outcome), chart())) < 1


def test_transparency_becomes_white_paper(tmp_path):
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    clear.save(tmp_path / "clear.png")
    Image.new("LA", (64, 64), (0, 0)).save(tmp_path / "grey.png")

    outcome = run(tmp_path / "staging", tmp_path / "clear.png", tmp_path / "grey.png")

    assert picture(outcome).getpixel((9, 9)) == (255, 255, 255)
    assert picture(outcome, canvas="0002").getpixel((9, 9)) == (255, 255, 255)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpg", "tif"])
def test_orientation_is_applied_once_and_to_everything(orientation, kind, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"scan.{kind}"
    chart(300, 200).save(path, exif=exif, quality=100)
    with Image.open(path) as stored:
        upright = ImageOps.exif_transpose(stored).convert("RGB")

    outcome = run(tmp_path / "staging", path, settings=FINE)

    (technical,) = outcome.technical
    assert technical.orientation == orientation
    assert (technical.pages[0].width_px, technical.pages[0].height_px) == upright.size
    for name in ("access.jpg", "full/max/0/default.jpg"):
        image = picture(outcome, name)
        assert image.size == upright.size
        assert median(lab_difference(image, upright)) < 1
        assert 0x0112 not in image.getexif()
