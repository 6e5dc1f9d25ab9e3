"""CIEDE2000, the colour difference that people see.

Source: ISO/CIE 11664-6:2014; Sharma, Wu and Dalal, The CIEDE2000 Color-Difference Formula:
Implementation Notes, Supplementary Test Data, and Mathematical Observations (2005), whose 34
pairs the tests hold it to. (The formula of libvips differs from them by up to 0.46.)
"""

from __future__ import annotations

import math
from typing import NamedTuple


class Lab(NamedTuple):
    """A CIELAB colour, of D50 white unless said otherwise.

    Attributes:
        lightness: L*, 0 to 100.
        a: a*, green to red.
        b: b*, blue to yellow.
    """

    lightness: float
    a: float
    b: float


def delta_e_2000(one: Lab, other: Lab) -> float:
    """Return the CIEDE2000 difference of two colours of the same white."""
    mean_chroma_7 = ((math.hypot(one.a, one.b) + math.hypot(other.a, other.b)) / 2) ** 7
    stretch = 1.5 - 0.5 * math.sqrt(mean_chroma_7 / (mean_chroma_7 + 25**7))
    c1, h1 = _chroma_hue(one.a * stretch, one.b)
    c2, h2 = _chroma_hue(other.a * stretch, other.b)
    turn, hue = _turn_and_mean(h1, h2) if c1 * c2 else (0.0, h1 + h2)
    lightness, chroma = (one.lightness + other.lightness) / 2, (c1 + c2) / 2
    s_l = 1 + 0.015 * (lightness - 50) ** 2 / math.sqrt(20 + (lightness - 50) ** 2)
    s_c = 1 + 0.045 * chroma
    s_h = 1 + 0.015 * chroma * _hue_weight(hue)
    d_l = (other.lightness - one.lightness) / s_l
    d_c = (c2 - c1) / s_c
    d_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)) / s_h
    total = d_l**2 + d_c**2 + d_h**2 + _rotation(hue, chroma) * d_c * d_h
    # Rounding may leave a hair below zero.
    return math.sqrt(max(total, 0.0))


def _chroma_hue(a: float, b: float) -> tuple[float, float]:
    return math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def _turn_and_mean(h1: float, h2: float) -> tuple[float, float]:
    """Return the hue difference, -180 to 180 degrees, and the mean hue.

    Exactly opposite hues are not turned over zero, as Sharma has it; rounding must not decide.
    """
    turn = h2 - h1
    if abs(turn) <= 180 + 1e-9:
        return turn, (h1 + h2) / 2
    return turn - math.copysign(360, turn), (h1 + h2 + 360) / 2 % 360


def _hue_weight(hue: float) -> float:
    return (
        1
        - 0.17 * math.cos(math.radians(hue - 30))
        + 0.24 * math.cos(math.radians(2 * hue))
        + 0.32 * math.cos(math.radians(3 * hue + 6))
        - 0.20 * math.cos(math.radians(4 * hue - 63))
    )


def _rotation(hue: float, chroma: float) -> float:
    angle = 60 * math.exp(-(((hue - 275) / 25) ** 2))
    return -2 * math.sqrt(chroma**7 / (chroma**7 + 25**7)) * math.sin(math.radians(angle))
