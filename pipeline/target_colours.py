"""The 24 colours of a ColorChecker Classic, as its maker gives them, and as sRGB can show them.

Source: X-Rite, "New color specifications for ColorChecker SG and Classic charts" (2016): CIELAB
under D50, 2° observer, measured with an i1Pro 2 (M0) for charts made from November 2014 on; for
older charts the values GretagMacbeth published in 2005. X-Rite's own page could not be reached;
the numbers were compared in colour-science 0.4.7 (BSD-3-Clause, dataset ColorChecker24, both
editions) with other published copies of X-Rite's table, and agree, except that for the older
chart colour-science has b* = -21.905 of blue sky where the others have -21.925, which stands here.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.colour_difference import Lab

# From dark skin to black, row by row, six a row, the row of greys last.
AFTER_2014 = (
    Lab(37.54, 14.37, 14.92),
    Lab(64.66, 19.27, 17.50),
    Lab(49.32, -3.82, -22.54),
    Lab(43.46, -12.74, 22.72),
    Lab(54.94, 9.61, -24.79),
    Lab(70.48, -32.26, -0.37),
    Lab(62.73, 35.83, 56.50),
    Lab(39.43, 10.75, -45.17),
    Lab(50.57, 48.64, 16.67),
    Lab(30.10, 22.54, -20.87),
    Lab(71.77, -24.13, 58.19),
    Lab(71.51, 18.24, 67.37),
    Lab(28.37, 15.42, -49.80),
    Lab(54.38, -39.72, 32.27),
    Lab(42.43, 51.05, 28.62),
    Lab(81.80, 2.67, 80.41),
    Lab(50.63, 51.28, -14.12),
    Lab(49.57, -29.71, -28.32),
    Lab(95.19, -1.03, 2.93),
    Lab(81.29, -0.57, 0.44),
    Lab(66.89, -0.75, -0.06),
    Lab(50.76, -0.13, 0.14),
    Lab(35.63, -0.46, -0.48),
    Lab(20.64, 0.07, -0.46),
)
BEFORE_2014 = (
    Lab(37.986, 13.555, 14.059),
    Lab(65.711, 18.130, 17.810),
    Lab(49.927, -4.880, -21.925),
    Lab(43.139, -13.095, 21.905),
    Lab(55.112, 8.844, -25.399),
    Lab(70.719, -33.397, -0.199),
    Lab(62.661, 36.067, 57.096),
    Lab(40.020, 10.410, -45.964),
    Lab(51.124, 48.239, 16.248),
    Lab(30.325, 22.976, -21.587),
    Lab(72.532, -23.709, 57.255),
    Lab(71.941, 19.363, 67.857),
    Lab(28.778, 14.179, -50.297),
    Lab(55.261, -38.342, 31.370),
    Lab(42.101, 53.378, 28.190),
    Lab(81.733, 4.039, 79.819),
    Lab(51.935, 49.986, -14.574),
    Lab(51.038, -28.631, -28.638),
    Lab(96.539, -0.425, 1.186),
    Lab(81.257, -0.638, -0.335),
    Lab(66.766, -0.734, -0.504),
    Lab(50.867, -0.153, -0.270),
    Lab(35.656, -0.421, -1.231),
    Lab(20.461, -0.079, -0.973),
)
EDITIONS: Mapping[str, tuple[Lab, ...]] = {"2014": AFTER_2014, "2005": BEFORE_2014}

Rgb = tuple[float, float, float]

# ICC D50, and linear sRGB from and to it by Bradford's adaptation (Lindbloom, RGB/XYZ Matrices).
_WHITE = (0.96422, 1.0, 0.82521)
_TO_XYZ = (
    (0.4360747, 0.3850649, 0.1430804),
    (0.2225045, 0.7168786, 0.0606169),
    (0.0139322, 0.0971045, 0.7141733),
)
_FROM_XYZ = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)
_BREAK = 6 / 29


def srgb_of(lab: Lab) -> Rgb:
    """Return a D50 colour as sRGB, 0 to 255 a channel; what sRGB cannot hold is clipped.

    So does the colour conversion of a derivative: of these colours it concerns cyan.
    """
    y = (lab.lightness + 16) / 116
    xyz = [
        white * (f**3 if f > _BREAK else 3 * _BREAK**2 * (f - 4 / 29))
        for white, f in zip(_WHITE, (y + lab.a / 500, y, y - lab.b / 200), strict=True)
    ]
    red, green, blue = (
        255 * _encoded(min(max(sum(map(float.__mul__, row, xyz)), 0.0), 1.0)) for row in _FROM_XYZ
    )
    return red, green, blue


def lab_of(rgb: Rgb) -> Lab:
    """Return an sRGB colour, 0 to 255 a channel, as CIELAB of D50 white."""
    linear = [_linear(value / 255) for value in rgb]
    x, y, z = (
        _root(sum(map(float.__mul__, row, linear)) / white)
        for row, white in zip(_TO_XYZ, _WHITE, strict=True)
    )
    return Lab(116 * y - 16, 500 * (x - y), 200 * (y - z))


def _encoded(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _root(value: float) -> float:
    return value ** (1 / 3) if value > _BREAK**3 else value / (3 * _BREAK**2) + 4 / 29
