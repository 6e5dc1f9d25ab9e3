"""What the libvips wheel cannot read and Pillow can: JPEG 2000, BMP and rarer kinds of TIFF.

Pillow has 16 bit for grey only: deeper colour comes out in 8 bit, which the page's header tells.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import PIL
from PIL import Image, UnidentifiedImageError

from archive.settings import DerivativeSettings
from pipeline import colour, jp2, tiff
from pipeline.identify import Identity
from pipeline.readers.page import FilePages, PageHeader, ScanProblem
from pipeline.vips import pyvips

_STRIP_BYTES = 1 << 20
# What decoding a page holds, in bytes a pixel: OpenJPEG has four for each channel.
_HELD_BYTES: Mapping[str, int] = {"JPEG2000": 19, "BMP": 8, "TIFF": 9}

# Our own limit is checked from the header, with a finding, before anything is decoded.
Image.MAX_IMAGE_PIXELS = None

# What Pillow's plugins let out on damaged files, besides its own errors.
_DAMAGE = (
    OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError, KeyError, TypeError,
    OverflowError, ZeroDivisionError, AssertionError,
)  # fmt: skip


@dataclass(frozen=True)
class _Mode:
    """How pixels of one of Pillow's modes reach libvips.

    Attributes:
        target: The mode to convert to first, or empty.
        space: Colour space of the pixels.
        bands: Bands after converting.
        sample: libvips format of a sample.
    """

    target: str
    space: str
    bands: int
    sample: str = "uchar"

    @property
    def bits(self) -> int:
        """Bit depth of a sample."""
        return {"uchar": 8, "ushort": 16}.get(self.sample, 32)


_MODES: Mapping[str, _Mode] = {
    "1": _Mode("L", "bilevel", 1),
    "L": _Mode("", "gray", 1),
    "LA": _Mode("", "gray", 2),
    "La": _Mode("LA", "gray", 2),
    "P": _Mode("RGBA", "rgb", 4),
    "PA": _Mode("RGBA", "rgb", 4),
    "RGB": _Mode("", "rgb", 3),
    "RGBA": _Mode("", "rgb", 4),
    "RGBa": _Mode("RGBA", "rgb", 4),
    "RGBX": _Mode("RGB", "rgb", 3),
    "YCbCr": _Mode("RGB", "rgb", 3),
    "CMYK": _Mode("", "cmyk", 4),
    "LAB": _Mode("", "lab", 3),
    "I;16": _Mode("", "gray", 1, "ushort"),
    "I;16L": _Mode("I;16", "gray", 1, "ushort"),
    "I;16B": _Mode("I;16", "gray", 1, "ushort"),
    "I": _Mode("", "gray", 1, "int"),
    "F": _Mode("", "gray", 1, "float"),
}
_INTERPRETATIONS: Mapping[tuple[str, str], str] = {
    ("rgb", "uchar"): "srgb",
    ("cmyk", "uchar"): "cmyk",
    ("gray", "ushort"): "grey16",
}


def read_pages(path: Path, identity: Identity, settings: DerivativeSettings) -> FilePages:
    """Return the first image of a JPEG 2000 or BMP file.

    As :class:`pipeline.readers.page.Reader` has it.
    """
    kind = identity.format.loader if identity.format else ""
    with _reading(path, kind, 0) as picture:
        mode = _mode(picture, f"{kind} of mode {picture.mode}")
        ppi = picture.info.get("dpi")
        width, height = picture.size
    data: bytes | None = None
    if kind == "JPEG2000":
        facts = _jp2_header(path)
        width, height, data = facts.width_px, facts.height_px, facts.profile
        bits, samples = facts.bits, facts.channels
    else:
        bits, samples = _bmp_depth(path, mode)
    space = _jp2_space(mode, data)
    profile = colour.read_profile(data, space) if data is not None else None
    page = PageHeader(
        0, width, height, 1, space, profile, bits=bits, bits_read=mode.bits, samples=samples,
        resolution_ppi=ppi, held_bytes=_HELD_BYTES[kind], reader="pillow",
    )  # fmt: skip
    return FilePages((page,), 1)


def tiff_page(path: Path, number: int, directory: tiff.Directory) -> PageHeader:
    """Return what the header of a page says that libvips does not read.

    Raises:
        ScanProblem: Pillow does not read its kind either.
    """
    kind = f"a TIFF of {directory.bits} bit (compression: {directory.compression})"
    try:
        with Image.open(path, formats=["TIFF"]) as picture:
            picture.seek(number)
            mode = _mode(picture, kind)
            data = picture.info.get("icc_profile")
    except _DAMAGE as error:
        # The directories were read without fault, so it is the kind that Pillow does not know.
        raise ScanProblem("SCAN-not-an-image", found=kind) from error
    orientation = directory.number(tiff.ORIENTATION, 1)
    return PageHeader(
        number,
        directory.number(tiff.IMAGE_WIDTH),
        directory.number(tiff.IMAGE_LENGTH),
        orientation if 1 <= orientation <= 8 else 1,
        mode.space,
        colour.read_profile(data, mode.space) if data else None,
        bits=directory.bits,
        bits_read=min(mode.bits, 32) if directory.bits > 8 else directory.bits,
        samples=directory.number(tiff.SAMPLES_PER_PIXEL, 1),
        resolution_ppi=directory.resolution_ppi,
        has_scale=mode.sample in {"uchar", "ushort"},
        is_upright=True,  # Pillow turns a TIFF while it loads it
        held_bytes=_HELD_BYTES["TIFF"],
        reader="pillow",
    )


def open_page(path: Path, identity: Identity, page: PageHeader) -> pyvips.Image:
    """Return a page, decoded: as :class:`pipeline.readers.page.Reader` has it."""
    is_tiff = identity.format is not None and identity.format.loader == "tiffload"
    kind = "TIFF" if is_tiff else identity.format.loader if identity.format else ""
    with _reading(path, kind, page.number) as picture:
        profile = picture.info.get("icc_profile")
        mode = _mode(picture, f"{kind} of mode {picture.mode}")
        size = picture.size
        pixels = _samples_of(picture, mode)
    if size != (page.width_px, page.height_px):
        raise ScanProblem("SCAN-damaged", reason="header and image are of different sizes")
    if kind == "JPEG2000":
        profile = _jp2_header(path).profile
    image = pyvips.Image.new_from_memory(pixels, *size, mode.bands, mode.sample)
    if page.colour_space == "lab":
        return _lab(image)
    if mode.sample == "ushort" and is_tiff:
        image = _full_range(image, path, page)
    image = image.copy(interpretation=_INTERPRETATIONS.get((page.colour_space, mode.sample), "b-w"))
    if profile:
        image = image.copy()
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return image


def version() -> str:
    """Return ``Pillow`` and its version."""
    return f"Pillow {PIL.__version__}"


def _samples_of(picture: Image.Image, mode: _Mode) -> bytearray:
    """Return the samples row by row; Pillow's ``tobytes`` of a whole picture holds them twice."""
    width, height = picture.size
    a_row = width * mode.bands * mode.bits // 8
    rows = max(1, _STRIP_BYTES // a_row)
    picture.load()  # before there is room for the samples, which the decoder needs as well
    samples = bytearray(a_row * height)
    for top in range(0, height, rows):
        strip = picture.crop((0, top, width, min(top + rows, height)))
        converted = strip.convert(mode.target) if mode.target else strip
        samples[top * a_row : (top + rows) * a_row] = converted.tobytes()
    return samples


@contextmanager
def _reading(path: Path, kind: str, number: int) -> Iterator[Image.Image]:
    """Open page ``number`` of a file of ``kind``, and tell every failure as damage."""
    try:
        # Pillow warns of what is wrong with tags on stderr; what matters is an error as well.
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=[kind]) as picture:
            if number:
                picture.seek(number)
            yield picture
    except UnidentifiedImageError as error:
        # Its own words name the path.
        raise ScanProblem("SCAN-damaged", reason="its header cannot be read") from error
    except _DAMAGE as error:
        raise ScanProblem("SCAN-damaged", reason=str(error) or type(error).__name__) from error


def _mode(picture: Image.Image, kind: str) -> _Mode:
    try:
        return _MODES[picture.mode]
    except KeyError as error:
        raise ScanProblem("SCAN-not-an-image", found=kind) from error


def _jp2_header(path: Path) -> jp2.Header:
    try:
        return jp2.read_header(path)
    except ValueError as error:
        raise ScanProblem("SCAN-damaged", reason=str(error)) from error


def _jp2_space(mode: _Mode, profile: bytes | None) -> str:
    """Return the colour space; Pillow takes four channels with a CMYK profile for RGBA."""
    if mode.bands == 4 and profile is not None and profile[16:20] == b"CMYK":
        return "cmyk"
    return mode.space


def _bmp_depth(path: Path, mode: _Mode) -> tuple[int, int]:
    """Return bit depth and channels of a BMP, from its bits a pixel."""
    with path.open("rb") as file:
        head = file.read(30)
    a_pixel = struct.unpack_from("<H", head, 24 if head[14] == 12 else 28)[0]
    if a_pixel <= 8:
        return a_pixel, 1
    return (5, 3) if a_pixel == 16 else (8, mode.bands)


def _lab(stored: pyvips.Image) -> pyvips.Image:
    # As TIFF stores it: L from 0 to 255, a and b signed.
    signed = stored.copy(format="char")
    lightness = (stored[0] * (100 / 255)).cast("float")
    return lightness.bandjoin(signed[1:3].cast("float")).copy(interpretation="lab")


def _full_range(image: pyvips.Image, path: Path, page: PageHeader) -> pyvips.Image:
    """Spread samples of 9 to 15 bit over 16, and turn round those whose white is zero."""
    directory = tiff.read_directories(path)[page.number]
    if page.bits < 16:
        image = (image * (65535 / (2**page.bits - 1))).rint().cast("ushort")
    if directory.number(tiff.PHOTOMETRIC, 1) == tiff.PHOTOMETRIC_WHITE_IS_ZERO:
        image = image.invert()
    return image
