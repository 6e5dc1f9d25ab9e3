"""From a file to pixels: the only module that lets a decoder touch a scan.

Promise: a page comes out whole or as a :class:`ScanProblem`, never half and never silently
black; what comes out is 8-bit sRGB, upright, with no metadata of the master, decoded once and
converted once. It waits in memory, or for a very large page in a file of the caller's: the
pixels are the same.
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


# Side of the tiles of a page that waits on the disk, in pixels.
_SCRATCH_TILE_PX = 256


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


def decode_page(
    path: Path, identity: Identity, page: PageHeader, *, scratch: Path | None = None
) -> pyvips.Image:
    """Return one page decoded: 8-bit sRGB, upright, without metadata.

    Args:
        path: The file.
        identity: What it is.
        page: Its page.
        scratch: A new file to keep the pixels in, for a page that does not fit in memory; the
            caller removes it when the image is no longer used.

    Returns:
        An image of shape (height_px, width_px, 3), uchar, interpretation ``srgb``, that can be
        read anywhere, any number of times.

    Raises:
        ScanProblem: The pixels are damaged, cut short or of a kind that has no known scale.
        MemoryError: The memory limit does not allow it.
        pyvips.Error: The disk refuses ``scratch``.
    """
    try:
        image = _in_srgb(path, identity, page)
        upright = _in_memory(image) if scratch is None else _on_disk(image, scratch)
    except pyvips.Error as error:
        if scratch is not None:
            _raise_if_damaged(path, identity, page)
            raise  # the scan can be read, so it was the disk
        raise problem_of(error) from error
    if page.orientation == 1:
        return upright
    # Turning reads columns, which a sequential decoder cannot give: only what waits can be
    # turned. It is turned while it is read, so that it is not in memory twice.
    upright = upright.copy()
    upright.set_type(pyvips.GValue.gint_type, "orientation", page.orientation)
    upright = upright.autorot()
    return upright if scratch is None else _with_tiles_at_hand(upright)


def _in_srgb(path: Path, identity: Identity, page: PageHeader) -> pyvips.Image:
    """Return the pipeline that decodes and converts a page; nothing is computed yet."""
    image = _open_lab8(path, page) if page.is_lab8 else open_page(path, identity, page.number)
    if not colour.is_readable(image):
        raise ScanProblem("SCAN-not-an-image", found=f"an image with {image.format} samples")
    return colour.to_srgb(
        image,
        colour_space=page.colour_space,
        profile=page.profile,
        has_extra=page.has_extra,
    )


def _raise_if_damaged(path: Path, identity: Identity, page: PageHeader) -> None:
    """Decode a page again without keeping it: libvips does not say whose fault an error was.

    Raises:
        ScanProblem: It is the scan's.
    """
    try:
        _in_srgb(path, identity, page).avg()
    except pyvips.Error as error:
        raise problem_of(error) from error


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


def _on_disk(image: pyvips.Image, scratch: Path) -> pyvips.Image:
    """Compute an image once, into an uncompressed tiled TIFF that is read piece by piece."""
    image.tiffsave(
        os.fsencode(scratch),
        tile=True,
        tile_width=_SCRATCH_TILE_PX,
        tile_height=_SCRATCH_TILE_PX,
        bigtiff=True,
        keep="none",
    )
    kept = pyvips.Image.tiffload(os.fsencode(scratch), access="random")
    # A resolution is in every TIFF; the pictures must be those of the plan in memory.
    return kept.copy(xres=1, yres=1)


def _with_tiles_at_hand(image: pyvips.Image) -> pyvips.Image:
    """Keep the last pieces that were read: a turned image is read across its stored rows."""
    across = -(-image.width // _SCRATCH_TILE_PX)
    return image.tilecache(
        tile_width=_SCRATCH_TILE_PX,
        tile_height=_SCRATCH_TILE_PX,
        max_tiles=2 * across + 2,
        access="random",
    )


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
