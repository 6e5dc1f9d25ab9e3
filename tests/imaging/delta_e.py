"""CIEDE2000, the colour difference that people see, of 8-bit sRGB pictures.

Source: ISO/CIE 11664-6:2014; checked against the pairs of Sharma, Wu and Dalal (2005).
"""

from __future__ import annotations

import math

from PIL import Image

from tests.imaging.making import lab_pixels

Lab = tuple[float, float, float]


def delta_e_2000(one: Lab, other: Lab) -> float:
    """The difference of two CIELAB colours."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_c7 = ((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - math.sqrt(mean_c7 / (mean_c7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    dh = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    # A hue exactly opposite may turn either way.
    delta_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(dh / 2))
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    mean_h = h1 + h2 if c1 * c2 == 0 else (h1 + dh / 2) % 360
    t = (
        1
        - 0.17 * math.cos(math.radians(mean_h - 30))
        + 0.24 * math.cos(math.radians(2 * mean_h))
        + 0.32 * math.cos(math.radians(3 * mean_h + 6))
        - 0.20 * math.cos(math.radians(4 * mean_h - 63))
    )
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / math.sqrt(20 + (mean_l - 50) ** 2)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    turn = math.radians(60 * math.exp(-(((mean_h - 275) / 25) ** 2)))
    r_t = -2 * math.sqrt(mean_c**7 / (mean_c**7 + 25**7)) * math.sin(turn)
    parts = ((l2 - l1) / s_l, (c2 - c1) / s_c, delta_h / s_h)
    return math.sqrt(sum(part * part for part in parts) + r_t * parts[1] * parts[2])


def differences(one: Image.Image, other: Image.Image) -> list[float]:
    """CIEDE2000 of two sRGB pictures, pixel by pixel, sorted."""
    pairs = zip(lab_pixels(one.convert("RGB")), lab_pixels(other.convert("RGB")), strict=True)
    return sorted(delta_e_2000(a, b) for a, b in pairs)
