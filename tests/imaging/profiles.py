"""Colour profiles of well-known spaces, made from their published numbers.

Source: ICC.1:2001-04 (version 2.4), sections 6.1 header, 6.3.1 matrix/TRC profiles, 6.5.3 curv;
Adobe RGB (1998) Color Image Encoding; ROMM RGB, ISO 22028-2:2013; Bradford adaptation as in
ICC.1:2010, annex E.
"""

from __future__ import annotations

import struct

D50 = (0.9642, 1.0, 0.8249)
D65_XY = (0.3127, 0.3290)
D50_XY = (0.3457, 0.3585)

_BRADFORD = (
    (0.8951, 0.2664, -0.1614),
    (-0.7502, 1.7135, 0.0367),
    (0.0389, -0.0685, 1.0296),
)


def adobe_rgb() -> bytes:
    """Adobe RGB (1998)."""
    primaries = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
    return rgb_profile("Adobe RGB (test)", primaries, D65_XY, 563 / 256)


def prophoto_rgb() -> bytes:
    """ROMM RGB, which everybody calls ProPhoto."""
    primaries = ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001))
    return rgb_profile("ProPhoto RGB (test)", primaries, D50_XY, 1.8)


def rgb_profile(name: str, primaries, white, gamma: float) -> bytes:
    """A display profile of three primaries, a white point and one gamma for all channels."""
    columns = _colorants(primaries, white)
    curve = b"curv" + struct.pack(">IIH", 0, 1, round(gamma * 256)) + b"\0\0"
    text = name.encode("ascii") + b"\0"
    desc = b"desc" + struct.pack(">II", 0, len(text)) + text + bytes(4 + 4 + 2 + 1 + 67)
    tags = {
        b"desc": desc,
        b"cprt": b"text" + bytes(4) + b"Public domain\0",
        b"wtpt": _xyz(D50),
        b"rXYZ": _xyz(columns[0]),
        b"gXYZ": _xyz(columns[1]),
        b"bXYZ": _xyz(columns[2]),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, data in tags.items():
        table += tag + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = start + len(body)
    header = struct.pack(
        ">I4sI4s4s4s12s4sIIIIQI12sI44s",
        size, bytes(4), 0x02400000, b"mntr", b"RGB ", b"XYZ ",
        struct.pack(">6H", 2026, 1, 1, 0, 0, 0), b"acsp", 0, 0, 0, 0, 0, 1,
        struct.pack(">3i", *(round(v * 65536) for v in D50)), 0, bytes(44),
    )  # fmt: skip
    return header + table + body


def _xyz(values) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(v * 65536) for v in values))


def _colorants(primaries, white):
    """XYZ of red, green and blue at full, adapted to D50."""
    xyz = [(x / y, 1.0, (1 - x - y) / y) for x, y in primaries]
    white_xyz = (white[0] / white[1], 1.0, (1 - white[0] - white[1]) / white[1])
    scales = _solve(tuple(zip(*xyz, strict=True)), white_xyz)
    scaled = [tuple(v * s for v in column) for column, s in zip(xyz, scales, strict=True)]
    return [_adapted(column, white_xyz) for column in scaled]


def _adapted(colour, white):
    cone, cone_from, cone_to = (_times(_BRADFORD, v) for v in (colour, white, D50))
    scaled = [c * t / f for c, f, t in zip(cone, cone_from, cone_to, strict=True)]
    return _solve(_BRADFORD, scaled)


def _times(matrix, vector):
    return tuple(sum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix)


def _solve(matrix, vector):
    """x with matrix · x = vector, by Cramer's rule."""
    whole = _determinant(matrix)
    return tuple(
        _determinant([[vector[r] if c == n else matrix[r][c] for c in range(3)] for r in range(3)])
        / whole
        for n in range(3)
    )


def _determinant(m):
    return (
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    )
