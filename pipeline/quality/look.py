"""One look at a page: everything that is measured in it, from one set of small levels."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.quality.border import sheet_share
from pipeline.quality.crops import Crops, PageCrops
from pipeline.quality.fingerprinting import fingerprint_of
from pipeline.quality.levels import MEDIUM_PX, Levels, levels_of
from pipeline.quality.lines import Lines, lines_of
from pipeline.quality.sharpness import detail_px
from pipeline.quality.tones import Cast, Tones, cast_of, tones_of
from pipeline.vips import pyvips

# A reduced picture not much smaller than this serves as well as the page.
_LEAST_PX = MEDIUM_PX * 3 // 4


@dataclass(frozen=True)
class Measures:
    """What was measured in the pixels of one page.

    Attributes:
        width_px: Width as displayed, in pixels.
        height_px: Height as displayed, in pixels.
        detail_px: Width of the finest detail in pixels, or None where there is too little.
        tones: Its tones.
        cast: Where they lean.
        sheet_share: Share of the page that a sheet on an even border takes.
        across: Lines of text from left to right.
        down: Lines of text from top to bottom.
    """

    width_px: int
    height_px: int
    detail_px: float | None
    tones: Tones
    cast: Cast
    sheet_share: float
    across: Lines
    down: Lines


class Look:
    """A page that is being looked at: reduced pictures of it are taken as they are made."""

    def __init__(self, crops: Crops) -> None:
        """Look at the page of ``crops``; pictures of it are shown to :meth:`see` later."""
        self._crops = crops
        self._picture: pyvips.Image | None = None
        self._levels: Levels | None = None

    @classmethod
    def at(cls, page: pyvips.Image) -> Look:
        """Look at ``page``: 8-bit sRGB, upright, that can be read anywhere."""
        look = cls(PageCrops(page))
        look._picture = page
        return look

    def see(self, picture: pyvips.Image) -> None:
        """Take a picture of the page, in memory; the smallest that is large enough counts."""
        longer, known = max(picture.width, picture.height), self._picture
        if known is None or _LEAST_PX <= longer < max(known.width, known.height):
            self._picture = picture

    @property
    def fingerprint(self) -> str:
        """The page's fingerprint as text, or empty."""
        found = fingerprint_of(self._of_page)
        return found.text if found else ""

    def measure(self) -> Measures:
        """Measure everything."""
        levels = self._of_page
        across, down = lines_of(levels)
        width, height = self._crops.size
        return Measures(
            width_px=width,
            height_px=height,
            detail_px=detail_px(levels, self._crops),
            tones=tones_of(levels),
            cast=cast_of(levels),
            sheet_share=sheet_share(levels),
            across=across,
            down=down,
        )

    @property
    def _of_page(self) -> Levels:
        if self._levels is None:
            if self._picture is None:
                raise ValueError("no picture of the page was seen")
            self._levels = levels_of(self._picture)
        return self._levels
