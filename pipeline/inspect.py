"""What a scan's header says: sizes, depth, colour, resolution, EXIF. No pixel is decoded here.

Promise: a fact the file does not state is absent, never a decoder's default (libvips gives
25.4 or 72 ppi to a file that names no resolution).
"""

from __future__ import annotations

import logging
import math
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import exifread

from pipeline import colour, tiff
from pipeline.decode import PageHeader, ScanProblem, open_page
from pipeline.identify import Identity
from pipeline.vips import pyvips

_DEPTHS: Mapping[str, int] = {
    "uchar": 8, "char": 8, "ushort": 16, "short": 16, "uint": 32, "int": 32, "float": 32,
    "double": 64,
}  # fmt: skip
# Tags that hold pictures, pointers into the file or packets of other metadata: not for reading.
_UNREADABLE_TAGS = re.compile(
    r"Thumbnail|MakerNote|Filename|JPEGInterchange|Interoperability|Offset|ByteCounts"
    r"|ApplicationNotes|InterColorProfile|ImageResources|PrintIM|Padding|JPEGTables|SubIFD"
)
_LONGEST_VALUE = 1000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_HIGHEST_PPI = 100_000.0
_DATE = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")

logging.getLogger("exifread").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Header:
    """What is known of a scan before it is decoded.

    Attributes:
        pages: Its images, in order; reduced copies of other pages are left out.
        bits_per_sample: Bit depth of one channel of the first page.
        samples_per_pixel: Channels of the first page, alpha included.
        resolution_ppi: Pixels per inch (horizontal, vertical), or None.
        exif: EXIF tags as exifread prints them.
    """

    pages: tuple[PageHeader, ...]
    bits_per_sample: int
    samples_per_pixel: int
    resolution_ppi: tuple[float, float] | None
    exif: Mapping[str, str]

    @property
    def captured_at(self) -> str:
        """The camera's local time of exposure as ``2012-05-03T10:00:00``, or empty."""
        match = _DATE.fullmatch(self.exif.get("EXIF DateTimeOriginal", "").strip())
        if match is None or match[1] == "0000":
            return ""
        year, month, day, *clock = match.groups()
        return f"{year}-{month}-{day}T{':'.join(clock)}"

    @property
    def camera(self) -> str:
        """Make and model of the camera or scanner, or empty."""
        make, model = (self.exif.get(f"Image {tag}", "").strip() for tag in ("Make", "Model"))
        return model if model.startswith(make) else f"{make} {model}".strip()


def read_header(path: Path, identity: Identity) -> Header:
    """Return what the header of an image says.

    Raises:
        ScanProblem: The header is damaged, or the file holds no image we read.
        OSError: The file cannot be read.
    """
    directories = _directories(path, identity)
    exif = _read_exif(path)
    if directories:
        views = [n for n, page in enumerate(directories) if not page.is_reduced] or [0]
        first = directories[views[0]]
        pages = tuple(_tiff_page(path, identity, n, directories[n]) for n in views)
        bits = first.number(tiff.BITS_PER_SAMPLE, 1)
        samples = first.number(tiff.SAMPLES_PER_PIXEL, 1)
        return Header(pages, bits, samples, _checked_ppi(first.resolution_ppi), exif)
    image = open_page(path, identity, 0)
    bits = _bits(image)
    resolution = _jfif_ppi(path) or _png_ppi(identity, image) or _exif_ppi(exif)
    page = _page(image, 0, bits)
    return Header((page,), bits, image.bands, _checked_ppi(resolution), exif)


def _directories(path: Path, identity: Identity) -> tuple[tiff.Directory, ...]:
    if identity.format is None or identity.format.loader != "tiffload":
        return ()
    try:
        return tiff.read_directories(path)
    except ValueError as error:
        raise ScanProblem("SCAN-damaged", reason=str(error)) from error


def _tiff_page(
    path: Path, identity: Identity, number: int, directory: tiff.Directory
) -> PageHeader:
    bits = directory.number(tiff.BITS_PER_SAMPLE, 1)
    if directory.number(tiff.PHOTOMETRIC, -1) == tiff.PHOTOMETRIC_LAB and bits == 8:
        return PageHeader(
            number,
            directory.number(tiff.IMAGE_WIDTH),
            directory.number(tiff.IMAGE_LENGTH),
            _orientation(directory.number(tiff.ORIENTATION, 1)),
            colour_space="lab",
            is_lab8=True,
        )
    extra = directory.tags.get(tiff.EXTRA_SAMPLES, ())
    image = open_page(path, identity, number)
    return _page(image, number, bits, has_extra=bool(extra) and extra[-1] == 0)


def _page(image: pyvips.Image, number: int, bits: int, *, has_extra: bool = False) -> PageHeader:
    fields = set(image.get_fields())
    space = colour.colour_space_of(image, bits)
    profile = None
    if "icc-profile-data" in fields:
        profile = colour.read_profile(image.get("icc-profile-data"), space)
    return PageHeader(
        number,
        image.width,
        image.height,
        _orientation(image.get("orientation") if "orientation" in fields else 1),
        space,
        profile,
        has_extra,
    )


def _orientation(value: int) -> int:
    return value if 1 <= value <= 8 else 1


def _bits(image: pyvips.Image) -> int:
    if "bits-per-sample" in image.get_fields():
        return int(image.get("bits-per-sample"))
    return _DEPTHS.get(image.format, 8)


def _read_exif(path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            tags = exifread.process_file(file, details=False)
    # exifread lets IndexError, struct.error and others out on damaged EXIF, which is no
    # reason to refuse a picture.
    except Exception as error:
        logging.getLogger("hoaban.inspect").info("EXIF not read: %r", error)
        return {}
    texts = {str(name): _plain(str(tag)) for name, tag in tags.items()}
    return {
        name: text
        for name, text in sorted(texts.items())
        if text and not _UNREADABLE_TAGS.search(name)
    }


def _plain(text: str) -> str:
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("", text).strip()[:_LONGEST_VALUE]


def _jfif_ppi(path: Path) -> tuple[float, float] | None:
    """Read the density of a JFIF header, which stands first in the file if there is one."""
    with path.open("rb") as file:
        head = file.read(18)
    if len(head) < 18 or head[:4] != b"\xff\xd8\xff\xe0" or head[6:11] != b"JFIF\0":
        return None
    unit, across, down = struct.unpack_from(">BHH", head, 13)
    per_inch = {1: 1.0, 2: 2.54}.get(unit)
    return (across * per_inch, down * per_inch) if per_inch else None


def _png_ppi(identity: Identity, image: pyvips.Image) -> tuple[float, float] | None:
    # libvips gives exactly one pixel a millimetre to a PNG without a pHYs chunk.
    if identity.mime_type != "image/png" or (image.xres, image.yres) == (1.0, 1.0):
        return None
    return image.xres * 25.4, image.yres * 25.4


def _exif_ppi(exif: Mapping[str, str]) -> tuple[float, float] | None:
    per_inch = {"Pixels/Inch": 1.0, "Pixels/Centimeter": 2.54}.get(
        exif.get("Image ResolutionUnit", "")
    )
    if per_inch is None:
        return None
    try:
        across, down = (
            _fraction(exif.get(f"Image {axis}Resolution", "")) * per_inch for axis in "XY"
        )
    except (ValueError, ZeroDivisionError):
        return None
    return across, down


def _fraction(text: str) -> float:
    above, _, below = text.partition("/")
    return float(above) / float(below or 1)


def _checked_ppi(resolution: tuple[float, float] | None) -> tuple[float, float] | None:
    if resolution is None or not all(
        math.isfinite(value) and 0 < value <= _HIGHEST_PPI for value in resolution
    ):
        return None
    return round(resolution[0], 2), round(resolution[1], 2)
