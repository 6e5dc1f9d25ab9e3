"""Colours of a chart against littlecms through Pillow, as people see the difference."""

from __future__ import annotations

import io
import itertools
import math

import pytest
from PIL import Image, ImageCms

from pipeline.vips import pyvips
from tests.imaging.delta_e import delta_e_2000, differences
from tests.imaging.making import decoded, median
from tests.imaging.profiles import adobe_rgb, prophoto_rgb

STEPS = [0, 16, 48, 80, 112, 144, 176, 208, 240, 255]
SIDE = 2


def rgb_chart() -> Image.Image:
    """A thousand patches over the whole cube."""
    return patches("RGB", list(itertools.product(STEPS, repeat=3)))


def cmyk_chart() -> Image.Image:
    """Patches of four inks, the heavy ones too."""
    inks = itertools.product((0, 40, 90, 150, 210, 255), repeat=3)
    return patches("CMYK", [(*ink, black) for ink in inks for black in (0, 60, 160, 255)])


def patches(mode: str, colours) -> Image.Image:
    across = math.isqrt(len(colours) - 1) + 1
    image = Image.new(mode, (across, -(-len(colours) // across)))
    image.putdata(colours + [colours[-1]] * (across * image.height - len(colours)))
    return image.resize((image.width * SIDE, image.height * SIDE), Image.Resampling.NEAREST)


def by_littlecms(image: Image.Image, profile: bytes) -> Image.Image:
    result = ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.HIGHRESPRECALC,
    )
    assert result is not None
    return result


def save_16_bit(image: Image.Image, profile: bytes, path) -> None:
    eight = pyvips.Image.new_from_memory(image.tobytes(), *image.size, 3, "uchar")
    deep = (eight * 257).cast("ushort").copy(interpretation="rgb16")
    deep.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    deep.tiffsave(str(path))


@pytest.mark.parametrize("space", [adobe_rgb, prophoto_rgb])
@pytest.mark.parametrize("bits", [8, 16])
def test_wide_rgb_is_what_littlecms_makes_of_it(space, bits, tmp_path):
    profile = space()
    if bits == 8:
        rgb_chart().save(tmp_path / "chart.tif", icc_profile=profile)
    else:
        save_16_bit(rgb_chart(), profile, tmp_path / "chart.tif")

    found = differences(decoded(tmp_path / "chart.tif"), by_littlecms(rgb_chart(), profile))

    assert median(found) < 0.5
    assert found[-1] < 2
    assert differences(decoded(tmp_path / "chart.tif"), rgb_chart())[-1] > 5  # it was converted


@pytest.mark.parametrize("name", ["chart.tif", "chart.jpg"])
def test_cmyk_is_what_littlecms_makes_of_it(name, tmp_path):
    profile = bytes(pyvips.Image.profile_load("cmyk"))
    cmyk_chart().save(tmp_path / name, icc_profile=profile, quality=100, subsampling=0)
    with Image.open(tmp_path / name) as stored:
        expected = by_littlecms(stored, profile)

    found = differences(decoded(tmp_path / name), expected)

    assert median(found) < 0.5
    assert found[-1] < 2


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, -0.001, 2.49), (50, 0.0011, -2.49), 4.7461),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_measure_is_that_of_the_published_pairs(one, other, expected):
    assert delta_e_2000(one, other) == pytest.approx(expected, abs=1e-4)
