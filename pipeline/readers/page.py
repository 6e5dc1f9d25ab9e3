"""What every reader gives, whatever library it stands for: pages, and their pixels.

A reader is a module with the functions of :class:`Reader`. It is imported in the worker when a
file needs it, so a library that is not installed stops nothing but the files it would read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from archive.settings import DerivativeSettings
from pipeline import colour
from pipeline.identify import Identity
from pipeline.problem import ScanProblem
from pipeline.vips import pyvips
from schemas.recordings import Recording

__all__ = ["FilePages", "PageHeader", "Reader", "ScanProblem"]


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
        bits: Bit depth of one channel as stored.
        bits_read: Bit depth that the reader gives; below ``bits``, some are lost.
        samples: Channels as stored, alpha included.
        resolution_ppi: Pixels per inch (horizontal, vertical) that the page states, or None.
        has_scale: Black and white are fixed numbers; otherwise the page's own darkest and
            brightest values stand for them.
        is_upright: The reader applies the orientation itself.
        is_srgb: The pixels are known to be sRGB though no profile says so: the reader develops or
            draws the page, or the file names its colours otherwise.
        drawn_ppi: Pixels per inch that a page without pixels of its own is drawn at, or 0.
        held_bytes: Bytes a pixel that decoding it holds in memory at most, whoever asks (measured:
            ``python -m tests.bench.page_memory``); 0 for a page that comes strip by strip.
        reader: Name of the reader, a key of ``pipeline.readers.READERS``.
    """

    number: int
    stored_width_px: int
    stored_height_px: int
    orientation: int = 1
    colour_space: str = "rgb"
    profile: colour.Profile | None = field(default=None)
    has_extra: bool = False
    bits: int = 8
    bits_read: int = 8
    samples: int = 3
    resolution_ppi: tuple[float, float] | None = None
    has_scale: bool = True
    is_upright: bool = False
    is_srgb: bool = False
    drawn_ppi: float = 0.0
    held_bytes: int = 0
    reader: str = "libvips"

    @property
    def width_px(self) -> int:
        """Width as displayed."""
        return self.stored_height_px if self.orientation >= 5 else self.stored_width_px

    @property
    def height_px(self) -> int:
        """Height as displayed."""
        return self.stored_width_px if self.orientation >= 5 else self.stored_height_px


@dataclass(frozen=True)
class FilePages:
    """The images of one file.

    Attributes:
        pages: Those that are views, in order; at least one.
        images: How many images the file holds; those over ``pages`` are not shown.
        recording: What is known of a file that plays; its page is a picture of it. None for
            a scan.
        is_placed: Whether a recording says where it was made.
    """

    pages: tuple[PageHeader, ...]
    images: int
    recording: Recording | None = None
    is_placed: bool = False


class Reader(Protocol):
    """One library's way from a file to pixels."""

    def read_pages(self, path: Path, identity: Identity, settings: DerivativeSettings) -> FilePages:
        """Return the pages of a file without decoding a pixel.

        Raises:
            ScanProblem: The header is damaged, or the file is of a kind that is not read.
            OSError: The file cannot be read.
        """

    def open_page(self, path: Path, identity: Identity, page: PageHeader) -> pyvips.Image:
        """Return one page with its pixels as stored; its profile in ``icc-profile-data``.

        The image may still be undecoded: then computing it raises ``pyvips.Error``.

        Raises:
            ScanProblem: The pixels are damaged or cut short.
            MemoryError: The memory limit does not allow it.
        """

    def version(self) -> str:
        """Return the library's name and version, which decide the bytes of derivatives."""
