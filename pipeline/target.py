"""A colour target in a scan: found, measured, and graded.

The target is a ColorChecker Classic of 24 patches; OpenCV's detector finds it at any turn and
size from about a tenth of the picture's width. What is measured is the picture people will see,
in sRGB, so lighting, white balance, exposure and colour profile count together.

Thresholds: the FADGI guidelines of 2023 for bound volumes, colour accuracy: mean CIEDE2000 below
2, 3.5, 5, 6.5 and 90th percentile below 4, 7, 10, 13 for four, three, two and one star. They were
read in a published comparison of the guidelines, not in the original. A grade of FADGI itself
needs more (resolution, noise, evenness …) and FADGI's own targets: this one is "in its style".
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pipeline.colour_difference import delta_e_2000
from pipeline.target_colours import EDITIONS, Rgb, lab_of, srgb_of
from pipeline.vips import pyvips
from schemas.errors import DependencyError
from schemas.findings import Finding
from schemas.messages import _

if TYPE_CHECKING:
    from numpy import ndarray

# Longer side of the picture that is searched: the detector's time grows with its area.
SEARCHED_PX = 1200
# Stars, and what the mean and the 90th percentile of CIEDE2000 must stay below.
GRADES = ((4, 2.0, 4.0), (3, 3.5, 7.0), (2, 5.0, 10.0), (1, 6.5, 13.0))
# The detector's own measure of unlikeness: real charts gave up to 0.023, also with a strong cast;
# pictures without a chart that it took for one, 0.078 and more.
_MOST_COST = 0.05
# Fewer are warned of. FADGI: one star informs, two stars give access, three and four preserve.
_FEWEST_STARS = 3
# Rows of the statistics that getChartsRGB gives for each channel: patch size, mean, deviation …
_MEAN = 1


@dataclass(frozen=True)
class TargetReading:
    """How well the colours of a target were kept.

    Attributes:
        mean: Mean CIEDE2000 of the 24 patches.
        p90: Their 90th percentile.
        worst: The largest.
    """

    mean: float
    p90: float
    worst: float

    @property
    def stars(self) -> int:
        """Stars in the style of FADGI, for colour accuracy alone: 4 to 0."""
        for stars, mean, p90 in GRADES:
            if self.mean < mean and self.p90 < p90:
                return stars
        return 0


def target_findings(
    image: pyvips.Image, edition: str, *, scan: str, item_id: str
) -> Iterator[Finding]:
    """Yield what a target in a picture says of the scan; nothing where there is none.

    Args:
        image: 8-bit sRGB, upright.
        edition: A key of ``EDITIONS``.
        scan: Name of the scan.
        item_id: Its item.

    Raises:
        DependencyError: The optional part is not installed.
    """
    reading = read_target(image, edition)
    if reading is not None:
        is_poor = reading.stars < _FEWEST_STARS
        yield Finding(
            "QUALITY-target-poor" if is_poor else "QUALITY-target-graded",
            path=scan,
            item_id=item_id,
            values={
                "stars": reading.stars,
                "mean": f"{reading.mean:.1f}",
                "p90": f"{reading.p90:.1f}",
                "worst": f"{reading.worst:.1f}",
            },
        )


def read_target(image: pyvips.Image, edition: str) -> TargetReading | None:
    """Return how well the target in a picture is reproduced, or None when there is none.

    Args:
        image: 8-bit sRGB, upright.
        edition: A key of ``EDITIONS``.

    Raises:
        DependencyError: The optional part is not installed.
    """
    patches = find_patches(image)
    if patches is None:
        return None
    # Against what sRGB can hold of the reference: the rest is no fault of the scan.
    differences = sorted(
        delta_e_2000(lab_of(srgb_of(reference)), lab_of(found))
        for reference, found in zip(EDITIONS[edition], patches, strict=True)
    )
    place = math.ceil(0.9 * len(differences)) - 1
    mean = sum(differences) / len(differences)
    return TargetReading(mean, differences[place], differences[-1])


def find_patches(image: pyvips.Image) -> tuple[Rgb, ...] | None:
    """Return the mean sRGB colour of each of the 24 patches, or None when there is no target.

    Args:
        image: 8-bit sRGB; one in grey has no target.

    Raises:
        DependencyError: The optional part is not installed.
    """
    if image.bands < 3:
        return None
    cv2 = _opencv()
    detector = cv2.mcc.CCheckerDetector.create()
    detector.setColorChartType(cv2.mcc.MCC24)
    if not detector.process(_pixels(image), 1):
        return None
    chart = detector.getBestColorChecker()
    means = [row[_MEAN] for row in chart.getChartsRGB().reshape(3 * 24, -1).tolist()]
    patches = tuple(zip(means[0::3], means[1::3], means[2::3], strict=True))
    return patches if chart.getCost() <= _MOST_COST and _has_falling_greys(patches) else None


def _opencv() -> Any:  # imported only where a target is looked for: it takes 0.2 s
    try:
        cv2 = import_module("cv2")
    except (ImportError, OSError) as error:
        raise DependencyError(
            _("The part of Hoa Ban that finds colour targets is not installed."),
            remedy=_(
                "Install it: python -m pip install 'hoaban[target]', or set target = false in"
                " hoaban.toml."
            ),
        ) from error
    # The other cores have scans of their own.
    cv2.setNumThreads(1)
    return cv2


def _pixels(image: pyvips.Image) -> ndarray[Any, Any]:
    """Return the picture, reduced, as OpenCV has it: uint8, (height, width, 3), blue first."""
    small = image.thumbnail_image(SEARCHED_PX, height=SEARCHED_PX, size="down")
    bgr = small[2].bandjoin([small[1], small[0]])
    pixels: ndarray[Any, Any] = bgr.numpy()
    return pixels


def _has_falling_greys(patches: tuple[Rgb, ...]) -> bool:
    """Say whether the last row goes from white to black, as on a target and on little else."""
    greys = [lab_of(patch).lightness for patch in patches[-6:]]
    return all(lighter > darker for lighter, darker in pairwise(greys))
