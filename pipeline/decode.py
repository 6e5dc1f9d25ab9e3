"""From a file to pixels people can look at.

Promise: a page comes out whole or as a :class:`ScanProblem`, never half and never silently
black; what comes out is 8-bit sRGB, upright, with no metadata of the master, decoded once and
converted once. It waits in memory, or for a very large page in a file of the caller's: the
pixels are the same. Only the modules of ``pipeline.readers`` let a decoder touch a scan.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from pipeline import colour
from pipeline.identify import Identity
from pipeline.readers import PageHeader, ScanProblem, open_page
from pipeline.readers.libvips import problem_of
from pipeline.vips import pyvips

__all__ = ["PageHeader", "ScanProblem", "decode_page", "decoding_page"]

# Side of the tiles of a page that waits on the disk, in pixels.
_SCRATCH_TILE_PX = 256
_BANDS = 3


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
        ScanProblem: The pixels are damaged, cut short or have neither black nor white.
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
    if _is_upright(page):
        return upright
    # Turning reads columns, which a sequential decoder cannot give: only what waits can be
    # turned. It is turned while it is read, so that it is not in memory twice.
    upright = upright.copy()
    upright.set_type(pyvips.GValue.gint_type, "orientation", page.orientation)
    upright = upright.autorot()
    return upright if scratch is None else _with_tiles_at_hand(upright)


@contextlib.contextmanager
def decoding_page(
    path: Path, identity: Identity, page: PageHeader
) -> Iterator[pyvips.Image | None]:
    """Give a page that is decoded while it is read, for as long as the context lasts.

    Args:
        path: The file.
        identity: What it is.
        page: Its page.

    Yields:
        An image as :func:`decode_page` returns it, whose rows can be read once, from the first
        to the last; or None for a page that must be turned, which reads columns.

    Raises:
        ScanProblem: The pixels are damaged, cut short or have neither black nor white.
        MemoryError: The memory limit does not allow it.
        pyvips.Error: What the caller wrote meanwhile could not be written.
    """
    if not _is_upright(page):
        yield None
        return
    try:
        yield _in_srgb(path, identity, page)
    except pyvips.Error:
        _raise_if_damaged(path, identity, page)
        raise  # the scan can be read, so it was the disk


def _is_upright(page: PageHeader) -> bool:
    return page.orientation == 1 or page.is_upright


def _in_srgb(path: Path, identity: Identity, page: PageHeader) -> pyvips.Image:
    """Return the pipeline that decodes and converts a page; libvips has computed nothing yet."""
    image = open_page(path, identity, page)
    try:
        if not page.has_scale:
            image = colour.with_scale(image, page.colour_space)
        return colour.to_srgb(
            image,
            colour_space=page.colour_space,
            profile=page.profile,
            has_extra=page.has_extra,
        )
    except ValueError as error:
        raise ScanProblem("SCAN-not-an-image", found=f"an image with {error}") from error


def _raise_if_damaged(path: Path, identity: Identity, page: PageHeader) -> None:
    """Decode a page again without keeping it: libvips does not say whose fault an error was.

    Raises:
        ScanProblem: It is the scan's.
    """
    try:
        _in_srgb(path, identity, page).avg()
    except pyvips.Error as error:
        raise problem_of(error) from error


def _in_memory(image: pyvips.Image) -> pyvips.Image:
    """Compute an image once; an image made from bare pixels cannot carry GPS or any other tag.

    Raises:
        MemoryError: The memory limit does not allow it.
        pyvips.Error: The pixels are damaged.
    """
    pixels = _room_for(image.width * image.height * _BANDS)
    image.write(pyvips.Image.new_from_memory(pixels, image.width, image.height, _BANDS, "uchar"))
    plain = pyvips.Image.new_from_memory(pixels, image.width, image.height, _BANDS, "uchar")
    return plain.copy(interpretation="srgb")


def _room_for(size_bytes: int) -> mmap.mmap:
    """Return zeroed memory that goes back to the system with its last user.

    Raises:
        MemoryError: The memory limit does not allow it.
    """
    try:
        if sys.platform == "win32":
            return mmap.mmap(-1, size_bytes)
        # Shared memory, the default, would not count against the worker's limit.
        room = mmap.mmap(-1, size_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANON)
        if hasattr(mmap, "MADV_HUGEPAGE"):
            # Pages of 2 MB instead of 4 kB save the system a tenth of an item's processor time.
            # A kernel without them refuses, which changes nothing.
            with contextlib.suppress(OSError):
                room.madvise(mmap.MADV_HUGEPAGE)
    except OSError as error:
        raise MemoryError(f"{size_bytes} bytes of pixels") from error
    return room


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
