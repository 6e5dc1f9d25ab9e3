"""What a scan's header says: sizes, depth, colour, resolution, EXIF. No pixel is decoded here.

Promise: a fact the file does not state is absent, never a decoder's default (libvips gives
25.4 or 72 ppi to a file that names no resolution).
"""

from __future__ import annotations

import io
import logging
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import exifread

from archive.settings import DerivativeSettings
from pipeline import cr3
from pipeline.carried import is_exif_damaged
from pipeline.identify import Identity
from pipeline.readers import PageHeader, read_pages
from schemas.recordings import Recording

# Tags that hold pictures, pointers into the file or packets of other metadata: not for reading.
_UNREADABLE_TAGS = re.compile(
    r"Thumbnail|MakerNote|Filename|JPEGInterchange|Interoperability|Offset|ByteCounts"
    r"|ApplicationNotes|InterColorProfile|ImageResources|PrintIM|Padding|JPEGTables|SubIFD"
)
_LONGEST_VALUE = 1000
_LATITUDE = "GPS GPSLatitude"
_TAIL_BYTES = 1 << 16
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_HIGHEST_PPI = 100_000.0
_DATE = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")

logging.getLogger("exifread").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Header:
    """What is known of a scan before it is decoded.

    Attributes:
        pages: Its images, in order; reduced copies of other pages are left out.
        images: How many images the file holds; those over ``pages`` are not shown.
        resolution_ppi: Pixels per inch (horizontal, vertical), or None.
        exif: EXIF tags as exifread prints them.
        is_exif_damaged: Whether the EXIF of a JPEG contradicts itself.
        recording: What is known of a file that plays, or None.
        is_placed: Whether a recording says where it was made.
    """

    pages: tuple[PageHeader, ...]
    images: int
    resolution_ppi: tuple[float, float] | None
    exif: Mapping[str, str]
    is_exif_damaged: bool = False
    recording: Recording | None = None
    is_placed: bool = False

    @property
    def has_place(self) -> bool:
        """Say whether the file says where it was taken."""
        # A camera that does not know it writes noughts.
        return self.is_placed or any(digit in self.exif.get(_LATITUDE, "") for digit in "123456789")

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


def read_header(
    path: Path, identity: Identity, settings: DerivativeSettings | None = None
) -> Header:
    """Return what the header of an image says.

    Args:
        path: The file.
        identity: What it is.
        settings: The resolution that pages without pixels are drawn at; by default ours.

    Raises:
        ScanProblem: The header is damaged, or the file holds no image we read.
        OSError: The file cannot be read.
    """
    found = read_pages(path, identity, settings or DerivativeSettings())
    if found.recording is not None:
        played = found.recording
        return Header(found.pages, 1, None, {}, recording=played, is_placed=found.is_placed)
    exif = {} if found.pages[0].drawn_ppi else _read_exif(path)
    is_tiff = identity.format is not None and identity.format.reader in {"tiff", "raw"}
    stated = found.pages[0].resolution_ppi or (None if is_tiff else _exif_ppi(exif))
    is_damaged = is_exif_damaged(path, identity)
    return Header(found.pages, found.images, _checked_ppi(stated), exif, is_damaged)


def zeros_at_end(path: Path) -> int:
    """Return how many zero bytes a file ends with.

    Decoders of formats without checksums (BMP, WebP, HEIC, plain TIFF) show them as a black or
    grey part and say nothing.

    Raises:
        OSError: The file cannot be read.
    """
    zeros = 0
    with path.open("rb") as file:
        at = file.seek(0, 2)
        while at:
            step = min(at, _TAIL_BYTES)
            at -= step
            file.seek(at)
            content = file.read(step).rstrip(b"\0")
            zeros += step - len(content)
            if content:
                break
    return zeros


def _read_exif(path: Path) -> dict[str, str]:
    try:
        tags = _exif_tags(path)
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


def _exif_tags(path: Path) -> dict[str, object]:
    """Return the tags by name; exifread does not know CR3, but the TIFFs within it."""
    with path.open("rb") as file:
        if file.read(12)[4:] != b"ftypcrx ":
            return dict(exifread.process_file(file, details=False))
    metadata = cr3.read_metadata(path)
    tags: dict[str, object] = {}
    for box, directory in (("CMT1", "Image"), ("CMT2", "EXIF")):
        found = exifread.process_file(io.BytesIO(metadata.get(box, b"")), details=False)
        tags |= {f"{directory} {name.partition(' ')[2]}": tag for name, tag in found.items()}
    # By itself the directory of the place has no names; one of its tags says that there is one.
    place = exifread.process_file(io.BytesIO(metadata.get("CMT4", b"")), details=False)
    if latitude := place.get("Image Tag 0x0002"):
        tags[_LATITUDE] = latitude
    return tags


def _plain(text: str) -> str:
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("", text).strip()[:_LONGEST_VALUE]


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
