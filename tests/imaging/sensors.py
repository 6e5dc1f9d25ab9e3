"""What the sensors of cameras count before a picture we know.

Source: the matrices are Adobe's, as every RAW developer has them; sRGB is IEC 61966-2-1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

_SRGB_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)


@dataclass(frozen=True)
class Camera:
    """What a model's sensor makes of light.

    Attributes:
        make: As the file names it.
        model: As the file names it.
        xyz_to_camera: Adobe's matrix, times 10,000, row by row.
        balance: What red, green and blue must be multiplied by.
        black: What it counts in the dark.
        white: What it counts at most.
    """

    make: str
    model: str
    xyz_to_camera: tuple[int, ...]
    balance: tuple[int, int, int]
    black: int
    white: int

    def tables(self) -> list[list[list[float]]]:
        """Return what each 8-bit sRGB value adds to the counts of red, green and blue."""
        rows = []
        for at in (0, 3, 6):
            row = [
                sum(self.xyz_to_camera[at + k] * _SRGB_TO_XYZ[k][j] for k in range(3))
                for j in range(3)
            ]
            rows.append([value / sum(row) for value in row])
        light = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in _STEPS]
        span, least = self.white - self.black, min(self.balance)
        return [
            [[span * least / factor * share * v for v in light] for share in row]
            for factor, row in zip(self.balance, rows, strict=True)
        ]


# Columns and rows of a sensor that see no light; even, so that the colours of the mosaic stay.
MASK_LEFT, MASK_TOP, MASK_RIGHT, MASK_BOTTOM = 16, 8, 2, 2
_STEPS = [value / 255 for value in range(256)]
EOS_5D = Camera(
    "Canon", "Canon EOS 5D Mark III",
    (6722, -635, -963, -4287, 12460, 2028, -908, 2162, 5668),
    (2045, 1024, 1667), 2048, 15488,
)  # fmt: skip
NIKON_D810 = Camera(
    "NIKON CORPORATION", "NIKON D810",
    (9369, -3195, -791, -4488, 12430, 2301, -893, 1796, 6872),
    (506, 256, 342), 600, 16383,
)  # fmt: skip
EOS_M50 = Camera(
    "Canon", "Canon EOS M50",
    (8532, -701, -1167, -4095, 11879, 2508, -797, 2424, 7010),
    (1900, 1024, 1820), 512, 16383,
)  # fmt: skip
SONY_A7 = Camera(
    "SONY", "ILCE-7",
    (5271, -712, -347, -6153, 13653, 2763, -1601, 2366, 7242),
    (2400, 1024, 1650), 512, 16383,
)  # fmt: skip


def mosaic(image: Image.Image, camera: Camera) -> list[int]:
    """Return what a sensor under red, green / green, blue filters counts, row by row."""
    tables = camera.tables()
    pixels = image.tobytes()
    width, height = image.size
    counts = []
    for y in range(height):
        for x in range(width):
            at = 3 * (y * width + x)
            red, green, blue = tables[(y & 1) + (x & 1)]
            count = red[pixels[at]] + green[pixels[at + 1]] + blue[pixels[at + 2]]
            counts.append(min(max(round(camera.black + count), 0), camera.white))
    return counts


def framed(counts: Sequence[int], size: tuple[int, int], black: int) -> list[int]:
    """Return the counts of a whole Canon sensor: pixels under a mask stand around the picture."""
    width, height = size
    dark = [black] * (width + MASK_LEFT + MASK_RIGHT)
    rows = [dark] * MASK_TOP
    for at in range(0, width * height, width):
        left, right = [black] * MASK_LEFT, [black] * MASK_RIGHT
        rows.append([*left, *counts[at : at + width], *right])
    return [count for row in [*rows, *[dark] * MASK_BOTTOM] for count in row]


def sensor_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size of :func:`framed` counts, in pixels."""
    return size[0] + MASK_LEFT + MASK_RIGHT, size[1] + MASK_TOP + MASK_BOTTOM
