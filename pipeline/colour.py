"""Colour: what an embedded profile is worth, and how any master becomes 8-bit sRGB.

Promise: the result has three 8-bit bands in sRGB, whatever came in; an embedded profile is
honoured; 16-bit samples stay 16-bit until the last step; transparency becomes white paper.
libvips takes a missing, broken or unsuitable profile for sRGB without a word, so profiles are
judged here first, with Pillow, and the judgement is told in a finding.
"""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from PIL import ImageCms

from pipeline.vips import pyvips

# Colour spaces as technical.json names them, by libvips interpretation.
_SPACES: Mapping[str, str] = {
    "srgb": "rgb", "rgb": "rgb", "rgb16": "rgb", "scrgb": "rgb",
    "b-w": "gray", "grey16": "gray",
    "cmyk": "cmyk",
    "lab": "lab", "labs": "lab", "labq": "lab",
}  # fmt: skip
# ICC profile classes by the colour space of the pixels they can be used for; grey pixels under
# an RGB profile are read as equal red, green and blue.
_FITTING: Mapping[str, frozenset[str]] = {
    "rgb": frozenset({"RGB"}),
    "gray": frozenset({"GRAY", "RGB"}),
    "bilevel": frozenset({"GRAY", "RGB"}),
    "cmyk": frozenset({"CMYK"}),
    "lab": frozenset({"LAB"}),
}
_PLAIN_FORMATS = frozenset({"uchar", "ushort"})
_GRID_STEPS = 9
_PROFILE_FIELD = "icc-profile-data"


@dataclass(frozen=True)
class Profile:
    """What an embedded colour profile turned out to be.

    Attributes:
        name: Its description, or empty when there is none or it cannot be read.
        space: Colour space it describes, as ``RGB``; empty when it cannot be read.
        is_usable: Whether the pixels are converted by it.
    """

    name: str
    space: str
    is_usable: bool


def colour_space_of(image: pyvips.Image, bits_per_sample: int) -> str:
    """Return ``rgb``, ``gray``, ``cmyk``, ``lab`` or ``bilevel`` for an image just opened."""
    if bits_per_sample == 1 and image.bands == 1:
        return "bilevel"
    return _SPACES.get(image.interpretation) or ("gray" if image.bands < 3 else "rgb")


def read_profile(data: bytes, colour_space: str) -> Profile:
    """Return what the embedded profile ``data`` is worth for pixels of ``colour_space``."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        name = ImageCms.getProfileDescription(profile).strip().strip("\0")
        space = profile.profile.xcolor_space.strip().upper()
    except (OSError, ImageCms.PyCMSError, ValueError, AttributeError, TypeError):
        return Profile("", "", is_usable=False)
    return Profile(name, space, is_usable=space in _FITTING[colour_space])


def assumed_space(colour_space: str) -> str:
    """Return the name of what is assumed when there is no usable profile."""
    return {"cmyk": "CMYK (SWOP-like)", "lab": "CIELAB (D50)", "rgb": "sRGB"}.get(
        colour_space, "sRGB grey"
    )


def has_scale(image: pyvips.Image) -> bool:
    """Say whether black and white are fixed numbers of the samples' type.

    Floating-point, signed and 32-bit samples mean white at any number; only LAB fixes it.
    """
    return image.format in _PLAIN_FORMATS or (
        image.interpretation in {"lab", "labs"} and image.format in {"float", "short"}
    )


def with_scale(image: pyvips.Image, colour_space: str) -> pyvips.Image:
    """Return samples of any real type as 16 bit from black to white; the image is computed.

    Floating-point samples from 0 to 1 are linear light, as photo editors write them, unless
    their profile says what they are. All other samples are spread from the darkest to the
    brightest; what is not a number becomes black.

    Raises:
        ValueError: The samples have no darkest and brightest value (infinite, complex).
    """
    if image.format in {"complex", "dpcomplex"}:
        raise ValueError("complex samples")
    image = image.copy_memory()
    if image.format in {"float", "double"}:
        image = (image == image).ifthenelse(image, 0)
    low, high = image.min(), image.max()
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("infinite samples")
    is_light = image.format in {"float", "double"} and low >= 0 and high <= 1
    if is_light and _PROFILE_FIELD not in image.get_fields() and colour_space != "cmyk":
        return _encoded(image, colour_space)
    if is_light:
        low, high = 0.0, 1.0
    image = ((image - low) * (65535 / ((high - low) or 1.0))).rint().cast("ushort")
    return image.copy(interpretation="grey16" if image.bands < 3 else "rgb16")


def _encoded(light: pyvips.Image, colour_space: str) -> pyvips.Image:
    """Return linear light from 0 to 1 as 16-bit sRGB, alpha left as it is.

    Source:
        IEC 61966-2-1:1999, section 5.2.
    """
    own = 1 if colour_space == "gray" else 3
    colours = light.extract_band(0, n=own) if light.bands > own else light
    curve = (colours <= 0.0031308).ifthenelse(
        colours * 12.92, (colours ** (1 / 2.4)) * 1.055 - 0.055
    )
    if light.bands > own:
        curve = curve.bandjoin(light.extract_band(own, n=light.bands - own))
    image = (curve * 65535).rint().cast("ushort")
    return image.copy(interpretation="grey16" if own == 1 else "rgb16")


def to_srgb(
    image: pyvips.Image, *, colour_space: str, profile: Profile | None, has_extra: bool = False
) -> pyvips.Image:
    """Return a pipeline that gives the image in 8-bit sRGB; nothing is computed yet.

    Args:
        image: As opened, with its embedded profile.
        colour_space: As :func:`colour_space_of` gives it.
        profile: The judged profile, or None when there is none.
        has_extra: A last band over the colour's own is not transparency (an infrared channel),
            so it is left out.

    Source:
        Relative colorimetric intent with black point compensation, as ISO 18619:2015 has it.
    """
    image = _without_alpha(image, colour_space, has_extra=has_extra)
    if profile is None or not profile.is_usable:
        return _by_assumption(image, colour_space)
    if colour_space in {"gray", "bilevel"} and profile.space == "RGB":
        deep = image.format == "ushort"
        image = image.bandjoin([image, image]).copy(interpretation="rgb16" if deep else "srgb")
    if profile.space == "LAB":
        return _by_assumption(image, colour_space)
    if profile.space == "RGB" and _is_srgb(image.get(_PROFILE_FIELD)):
        return image.colourspace("srgb")
    return _transformed(image)


def _without_alpha(image: pyvips.Image, colour_space: str, *, has_extra: bool) -> pyvips.Image:
    own = {"gray": 1, "bilevel": 1, "cmyk": 4}.get(colour_space, 3)
    if image.bands <= own:
        return image
    if has_extra or image.bands > own + 1:
        return image.extract_band(0, n=own)
    white = {"cmyk": [0.0] * 4, "lab": [100.0, 0.0, 0.0]}.get(colour_space)
    if white is None:
        white = [65535.0 if image.format == "ushort" else 255.0] * own
    return image.flatten(background=white)


def _by_assumption(image: pyvips.Image, colour_space: str) -> pyvips.Image:
    if colour_space == "cmyk":
        return _transformed(image, input_profile="cmyk")
    if colour_space == "lab":
        # TIFF's CIELAB has the white point of print, D50; colourspace() would take it for D65.
        return image.icc_export(pcs="lab", output_profile="srgb", intent="relative", depth=8)
    if image.interpretation not in _SPACES:
        deep = image.format == "ushort"
        names = ("grey16", "b-w") if image.bands == 1 else ("rgb16", "srgb")
        image = image.copy(interpretation=names[0] if deep else names[1])
    return image.colourspace("srgb")


def _transformed(image: pyvips.Image, input_profile: str = "") -> pyvips.Image:
    source = {"input_profile": input_profile} if input_profile else {"embedded": True}
    return image.icc_transform(
        "srgb", intent="relative", black_point_compensation=True, depth=8, **source
    )


@lru_cache(maxsize=16)
def _is_srgb(profile: bytes) -> bool:
    """Say whether a profile gives sRGB back within one step of 255, tried on a grid of colours.

    Most scanners embed sRGB; leaving the conversion out saves a third of an item's time.
    """
    steps = [round(255 * step / (_GRID_STEPS - 1)) for step in range(_GRID_STEPS)]
    colours = bytes(itertools.chain.from_iterable(itertools.product(steps, repeat=3)))
    grid = pyvips.Image.new_from_memory(colours, _GRID_STEPS**3, 1, 3, "uchar")
    grid = grid.copy(interpretation="srgb")
    grid.set_type(pyvips.GValue.blob_type, _PROFILE_FIELD, profile)
    furthest: float = (_transformed(grid) - grid).abs().max()
    return furthest <= 1
