"""From a file to pixels: the only module that lets a decoder touch a scan.

Promise: a page comes out whole or as a :class:`ScanProblem`, never half and never silently
black; what comes out is 8-bit sRGB in memory, upright, with no metadata of the master.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image as PillowImage

from pipeline import colour
from pipeline.identify import Identity
from pipeline.vips import pyvips, reason_of

# Our own limit is checked from the header, with a finding, before anything is decoded.
PillowImage.MAX_IMAGE_PIXELS = None


class ScanProblem(Exception):  # noqa: N818  (it becomes a finding, not an error)
    """Something in a scan keeps it from being read.

    Attributes:
        code: Code of the finding.
        values: What fills the fields of its sentence.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class PageHeader:
    """What the header says of one image in a file, before its pixels are read.

    Attributes:
        number: Its place in the file's own chain of pages, from 0.
        stored_width_px: Width as stored.
        stored_height_px: Height as stored.
        orientation: EXIF orientation, 1 to 8.
        colour_space: As :func:`pipeline.colour.colour_space_of` gives it.
        profile: The embedded profile, judged, or None.
        has_extra: The band over the colour's own is not transparency.
        is_lab8: An 8-bit LAB TIFF, which libvips cannot open and Pillow reads.
    """

    number: int
    stored_width_px: int
    stored_height_px: int
    orientation: int = 1
    colour_space: str = "rgb"
    profile: colour.Profile | None = field(default=None)
    has_extra: bool = False
    is_lab8: bool = False

    @property
    def width_px(self) -> int:
        """Width as displayed."""
        return self.stored_height_px if self.orientation >= 5 else self.stored_width_px

    @property
    def height_px(self) -> int:
        """Height as displayed."""
        return self.stored_width_px if self.orientation >= 5 else self.stored_height_px


def open_page(path: Path, identity: Identity, number: int) -> pyvips.Image:
    """Return page ``number`` of a file, opened but not decoded.

    Raises:
        ScanProblem: Its header cannot be read.
    """
    if identity.format is None:
        raise ScanProblem("SCAN-not-an-image", found=identity.found)
    # Anything below "warning" loads some damaged or unsupported TIFFs as black without an error.
    options: dict[str, object] = {"access": "sequential", "fail_on": "warning"}
    if identity.format.has_pages:
        options["page"] = number
    load = getattr(pyvips.Image, identity.format.loader)
    try:
        # The loader by its name takes the file name literally; new_from_file would read
        # "[...]" in it as options. fsencode keeps names that are not UTF-8.
        return load(os.fsencode(path), **options)
    except pyvips.Error as error:
        raise problem_of(error) from error


def decode_page(path: Path, identity: Identity, page: PageHeader) -> pyvips.Image:
    """Return one page decoded: 8-bit sRGB in memory, upright, without metadata.

    Returns:
        An image of shape (height_px, width_px, 3), uchar, interpretation ``srgb``.

    Raises:
        ScanProblem: The pixels are damaged, cut short or of a kind that has no known scale.
        MemoryError: The memory limit does not allow it.
    """
    image = _open_lab8(path, page) if page.is_lab8 else open_page(path, identity, page.number)
    if not colour.is_readable(image):
        raise ScanProblem("SCAN-not-an-image", found=f"an image with {image.format} samples")
    try:
        image = colour.to_srgb(
            image,
            colour_space=page.colour_space,
            profile=page.profile,
            has_extra=page.has_extra,
        )
        upright = _in_memory(image)
        if page.orientation > 1:
            # Turning reads columns, which a sequential decoder cannot give: only from memory.
            upright.set_type(pyvips.GValue.gint_type, "orientation", page.orientation)
            upright = _in_memory(upright.autorot())
    except pyvips.Error as error:
        raise problem_of(error) from error
    return upright


def problem_of(error: pyvips.Error) -> ScanProblem:
    """Return the finding that a complaint of libvips about a scan is.

    Raises:
        MemoryError: The complaint is about memory, not about the scan. libvips has no error
            codes, so its words decide.
    """
    if "out of memory" in str(error):
        raise MemoryError(reason_of(error)) from error
    return ScanProblem("SCAN-damaged", reason=reason_of(error))


def _in_memory(image: pyvips.Image) -> pyvips.Image:
    """Compute an image once; an image made from bare pixels cannot carry GPS or any other tag."""
    pixels = image.write_to_memory()
    plain = pyvips.Image.new_from_memory(pixels, image.width, image.height, 3, "uchar")
    return plain.copy(interpretation="srgb")


def _open_lab8(path: Path, page: PageHeader) -> pyvips.Image:
    try:
        with PillowImage.open(path, formats=["TIFF"]) as picture:
            picture.seek(page.number)
            if picture.mode != "LAB":
                raise ScanProblem("SCAN-not-an-image", found=f"a LAB TIFF of mode {picture.mode}")
            pixels, width, height = picture.tobytes(), picture.width, picture.height
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise ScanProblem("SCAN-damaged", reason=str(error)) from error
    stored = pyvips.Image.new_from_memory(pixels, width, height, 3, "uchar")
    # As TIFF stores it: L from 0 to 255, a and b signed.
    signed = stored.copy(format="char")
    lightness = (stored[0] * (100 / 255)).cast("float")
    return lightness.bandjoin(signed[1:3].cast("float")).copy(interpretation="lab")
