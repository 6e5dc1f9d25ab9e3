"""From measures to findings: the only place that knows what is too much or too little.

Invariant: nothing here is an error; whoever scanned decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archive.settings import QualitySettings
from pipeline.inspect import Header
from pipeline.quality.lines import Lines
from pipeline.quality.look import Measures
from pipeline.quality.tones import Cast, Tones
from pipeline.readers import PageHeader

Said = tuple[str, dict[str, object]]

# What programs write when nobody told them the resolution.
_DEFAULT_PPI = frozenset({1, 25, 72, 96})
# Larger objects are photographed, and nobody expects the resolution of a flatbed scan of them.
_LARGEST_SCANNED_MM = 450.0
_MM_PER_INCH = 25.4
_CAMERA_TAGS = ("EXIF ExposureTime", "EXIF FNumber", "EXIF FocalLength")
_GREY_BITS = 8
# Text has many lines, far clearer at one angle than at any other, and in one direction.
_TEXT_STRENGTH = 20.0
_TEXT_LINES = 10
_ONE_DIRECTION = 2.0
# Letters say by themselves that they are a text.
_LETTERS_STRENGTH = 6.0
# Of 1,365 drawn pages that stand upright none was as likely as this to stand on its head.
_SURELY_TURNED = 3.0
_STEEPEST_DEG = 5.0
# A clipped end is where tones near to it are plenty; white paper and black cloth have none.
_NEAR_WHITE_SHARE, _NEAR_BLACK_SHARE = 0.15, 0.3
# Old paper, wood, skin and sepia are warm: from red to yellow-green nothing can be told.
_COLD_DEG = (120.0, 335.0)
_CAST_SPREAD_DEG = 25.0
# A picture of many colours beside its mean has its own; a multiplied one grows with the light.
_CAST_VARIETY = 1.25


@dataclass(frozen=True)
class ScanFacts:
    """What is known of a page without its pixels.

    Attributes:
        bits: Bit depth of one channel as stored.
        stated_ppi: The resolution that the file states, the lower of the two, or None.
        is_photograph: A camera took it, so that the stated resolution means nothing.
        object_mm: The longest side of the object in millimetres, or 0 when not known.
    """

    bits: int = 8
    stated_ppi: float | None = None
    is_photograph: bool = False
    object_mm: float = 0.0


def facts_of(page: PageHeader, header: Header, *, object_mm: float) -> ScanFacts:
    """Return what the header of a scan says of a page."""
    stated = None if page.drawn_ppi else header.resolution_ppi
    return ScanFacts(
        bits=page.bits,
        stated_ppi=min(stated) if stated else None,
        is_photograph=any(tag in header.exif for tag in _CAMERA_TAGS),
        object_mm=object_mm,
    )


def judged(measures: Measures, facts: ScanFacts, settings: QualitySettings) -> Iterator[Said]:
    """Give the code of each finding about a page, with the values of its sentence."""
    if _is_blank(measures, settings):
        # Of an empty page nothing else can be said.
        yield "QUALITY-blank", {}
        return
    for judge in _JUDGES:
        yield from judge(measures, facts, settings)


def _size(measures: Measures, facts: ScanFacts, settings: QualitySettings) -> Iterator[Said]:
    longer = max(measures.width_px, measures.height_px)
    if longer < settings.min_px:
        yield (
            "QUALITY-small",
            {"width": measures.width_px, "height": measures.height_px, "ppi": settings.min_ppi},
        )
        return
    if 0 < facts.object_mm <= _LARGEST_SCANNED_MM:
        ppi = int(longer * _MM_PER_INCH / facts.object_mm)
        if ppi < settings.min_ppi:
            yield (
                "QUALITY-resolution",
                {"size": f"{facts.object_mm:g}", "ppi": ppi, "wanted": settings.min_ppi},
            )
        return
    stated = round(facts.stated_ppi or 0)
    if 0 < stated < settings.min_ppi and stated not in _DEFAULT_PPI and not facts.is_photograph:
        yield "QUALITY-stated-resolution", {"ppi": stated, "wanted": settings.min_ppi}


def _sharpness(measures: Measures, _facts: ScanFacts, settings: QualitySettings) -> Iterator[Said]:
    detail = measures.detail_px
    if detail is None or detail <= 1:
        return
    width, height = (round(side / detail) for side in (measures.width_px, measures.height_px))
    if max(width, height) < settings.sharp_px:
        yield "QUALITY-blurred", {"detail": round(detail), "width": width, "height": height}


def _clipping(measures: Measures, facts: ScanFacts, settings: QualitySettings) -> Iterator[Said]:
    if facts.bits < _GREY_BITS:
        return
    tones: Tones = measures.tones
    most = settings.max_clipped_percent / 100
    if tones.highlights > most and tones.near_highlights > _NEAR_WHITE_SHARE * tones.highlights:
        yield "QUALITY-highlights", {"percent": round(100 * tones.highlights)}
    if tones.shadows > most and tones.near_shadows > _NEAR_BLACK_SHARE * tones.shadows:
        yield "QUALITY-shadows", {"percent": round(100 * tones.shadows)}


def _cast(measures: Measures, _facts: ScanFacts, settings: QualitySettings) -> Iterator[Said]:
    cast: Cast = measures.cast
    if (
        cast.chroma >= settings.max_cast
        and cast.spread_deg <= _CAST_SPREAD_DEG
        and cast.variety <= _CAST_VARIETY * cast.chroma
        and _COLD_DEG[0] <= cast.hue_deg <= _COLD_DEG[1]
    ):
        yield "QUALITY-cast", {}


def _depth(_measures: Measures, facts: ScanFacts, _settings: QualitySettings) -> Iterator[Said]:
    if facts.bits < _GREY_BITS:
        yield "QUALITY-depth", {"bits": facts.bits}


def side_up(measures: Measures) -> int:
    """Return on which side of its lines of text a page has more ink: 1 above, -1 below, or 0."""
    return measures.across.head.side if _is_text(measures.across, measures.down) else 0


def letters_on_their_heads(measures: Measures) -> bool:
    """Say whether a page is surely of Latin letters that stand on their heads."""
    across, down = measures.across, measures.down
    return (
        across.letters.likelihood_turned > _SURELY_TURNED
        and across.strength >= _LETTERS_STRENGTH
        and across.strength >= _ONE_DIRECTION * down.strength
    )


def _text(measures: Measures, _facts: ScanFacts, settings: QualitySettings) -> Iterator[Said]:
    across, down = measures.across, measures.down
    if _is_text(across, down):
        if settings.max_skew_deg < abs(across.angle_deg) <= _STEEPEST_DEG:
            yield "QUALITY-skew", {"degrees": f"{abs(across.angle_deg):.1f}"}
    elif _is_text(down, across):
        yield "QUALITY-sideways", {}


def _is_text(lines: Lines, crossing: Lines) -> bool:
    """Say whether lines are those of a text, and not its columns."""
    return (
        lines.strength >= _TEXT_STRENGTH
        and lines.count >= _TEXT_LINES
        and lines.strength >= _ONE_DIRECTION * crossing.strength
    )


def _border(measures: Measures, _facts: ScanFacts, settings: QualitySettings) -> Iterator[Said]:
    if measures.sheet_share * 100 < settings.min_sheet_percent:
        yield "QUALITY-border", {"percent": round(measures.sheet_share * 100)}


def _is_blank(measures: Measures, settings: QualitySettings) -> bool:
    return measures.tones.contrast <= settings.blank_contrast


Judge = Callable[[Measures, ScanFacts, QualitySettings], Iterator[Said]]
_JUDGES: tuple[Judge, ...] = (_size, _sharpness, _clipping, _cast, _depth, _text, _border)
