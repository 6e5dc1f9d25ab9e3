"""Make the outline of ``archive/site/static/map`` from Natural Earth.

``python -m scripts.map_outline countries-10m.json``: that file of the npm package world-atlas 2.0.2
(Natural Earth 4.1.0, 1:10m, public domain). World files give the islands of Hoàng Sa and Trường Sa
to others or to nobody, and leave most of them out: here they are Vietnam's, each island a mark, as
are the outer islands that are special zones. The same input gives the same bytes.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemas.gazetteer.units import gazetteer

HERE = Path(__file__).parent.parent / "archive" / "site" / "static" / "map"
BOX = (86.0, -3.0, 130.0, 31.0)
"""West, south, east, north of what the interactive map can show, in degrees."""

STILL = (98.0, 5.5, 118.5, 24.5)
"""The same of the still map."""

ARCHIPELAGOS = {"hoang-sa": (110.8, 15.5, 113.2, 17.5), "truong-sa": (111.0, 6.5, 116.3, 12.0)}
NEIGHBOURS = (
    "China",
    "Laos",
    "Cambodia",
    "Thailand",
    "Myanmar",
    "Malaysia",
    "Brunei",
    "Indonesia",
    "Philippines",
    "Hong Kong",
    "Macao",
    "Taiwan",
    "Bangladesh",
    "India",
)
# Islands of Trường Sa that Natural Earth leaves out. Longitude, latitude.
FURTHER_ISLANDS = ((111.92, 8.645), (114.33, 11.43), (114.33, 9.886), (112.92, 7.89))
_FINE, _COARSE = 0.012, 0.05

Point = tuple[float, float]
Ring = list[Point]
Box = tuple[float, float, float, float]


def main(source: Path) -> None:
    """Write ``vietnam.js`` for the interactive map and ``vietnam.svg``, the still one."""
    rings = list(_rings(json.loads(source.read_text(encoding="utf-8"))))
    islands: dict[str, list[Point]] = {name: [] for name in ARCHIPELAGOS}
    islands["truong-sa"] += FURTHER_ISLANDS
    vietnam: list[Ring] = []
    around: list[Ring] = []
    for country, ring in rings:
        middle = _middle(ring)
        home = next((n for n, box in ARCHIPELAGOS.items() if _is_in(middle, box)), None)
        if home and _span(ring) < 0.5:
            islands[home].append(middle)
        elif country == "Vietnam":
            vietnam.append(_thinned(ring, _FINE))
        elif country in NEIGHBOURS:
            clipped = _clipped(ring, BOX)
            if len(clipped) > 3 and _span(clipped) > 0.25:
                around.append(_thinned(clipped, _COARSE))
    zones = [
        (unit.longitude, unit.latitude)
        for unit in gazetteer().communes.values()
        if unit.name.startswith("Đặc khu ")
        and not any(_is_in((unit.longitude, unit.latitude), b) for b in ARCHIPELAGOS.values())
        and not any(_is_in((unit.longitude, unit.latitude), _bounds(r)) for r in vietnam)
    ]
    data = {
        "vietnam": [_rounded(ring) for ring in sorted(vietnam, key=len, reverse=True)],
        "around": [_rounded(ring) for ring in sorted(around, key=len, reverse=True)],
        "islands": {n: sorted({_short(p) for p in found}) for n, found in islands.items()},
        "outer": sorted(_short(point) for point in zones),
    }
    text = json.dumps(data, separators=(",", ":"))
    (HERE / "vietnam.js").write_text(f"window.hoabanOutline={text};\n", encoding="utf-8")
    (HERE / "vietnam.svg").write_text(_svg(data), encoding="utf-8")


def _rings(topology: dict[str, Any]) -> Iterator[tuple[str, Ring]]:
    """Yield the outer rings of all countries near Vietnam."""
    (kx, ky), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * kx + tx, y * ky + ty))
        arcs.append(points)
    for country in topology["objects"]["countries"]["geometries"]:
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        for polygon in polygons:
            ring: Ring = []
            for number in polygon[0]:
                arc = arcs[number] if number >= 0 else arcs[~number][::-1]
                ring += arc[1:] if ring else arc
            west, south, east, north = _bounds(ring)
            if west < BOX[2] and east > BOX[0] and south < BOX[3] and north > BOX[1]:
                yield country["properties"]["name"], ring


def _bounds(ring: Ring) -> Box:
    xs, ys = [x for x, _y in ring], [y for _x, y in ring]
    return min(xs), min(ys), max(xs), max(ys)


def _middle(ring: Ring) -> Point:
    west, south, east, north = _bounds(ring)
    return (west + east) / 2, (south + north) / 2


def _span(ring: Ring) -> float:
    west, south, east, north = _bounds(ring)
    return max(east - west, north - south)


def _is_in(point: Point, box: Box) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _clipped(ring: Ring, box: Box) -> Ring:
    """Return the part of a ring inside a box (Sutherland and Hodgman)."""
    for axis, limit, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        kept: Ring = []
        for start, end in zip(ring, [*ring[1:], ring[0]], strict=True):
            inside = [(point[axis] - limit) * sign >= 0 for point in (start, end)]
            if inside[0]:
                kept.append(start)
            if inside[0] != inside[1]:
                part = (limit - start[axis]) / (end[axis] - start[axis])
                kept.append(tuple(a + (b - a) * part for a, b in zip(start, end, strict=True)))  # type: ignore[arg-type]
        ring = kept
        if not ring:
            break
    return ring


def _thinned(ring: Ring, tolerance: float) -> Ring:
    """Return a ring without the points that hardly change it (Douglas and Peucker)."""
    half = max(range(len(ring)), key=lambda i: math.dist(ring[i], ring[0]))
    return _line(ring[: half + 1], tolerance)[:-1] + _line(ring[half:], tolerance)


def _line(points: Ring, tolerance: float) -> Ring:
    kept = {0, len(points) - 1}
    open_parts = [(0, len(points) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        far, place = 0.0, 0
        for i in range(first + 1, last):
            distance = _distance(points[i], points[first], points[last])
            if distance > far:
                far, place = distance, i
        if far > tolerance:
            kept.add(place)
            open_parts += [(first, place), (place, last)]
    return [points[i] for i in sorted(kept)]


def _distance(point: Point, start: Point, end: Point) -> float:
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = math.hypot(x2 - x1, y2 - y1)
    if not length:
        return math.dist(point, start)
    part = max(0.0, min(1.0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length**2))
    return math.dist(point, (x1 + part * (x2 - x1), y1 + part * (y2 - y1)))


def _short(point: Point) -> Point:
    return round(point[0], 2), round(point[1], 2)


def _rounded(ring: Ring) -> list[Point]:
    points = [_short(point) for point in ring]
    return [point for i, point in enumerate(points) if not i or point != points[i - 1]]


def _svg(data: dict[str, Any]) -> str:
    """Return the still map, in Mercator's projection like the interactive one."""
    width = 700.0

    def place(point: Point) -> Point:
        x = (point[0] - STILL[0]) / (STILL[2] - STILL[0]) * width
        top = math.asinh(math.tan(math.radians(STILL[3])))
        y = (top - math.asinh(math.tan(math.radians(point[1])))) * width
        return round(x, 1), round(y / math.radians(STILL[2] - STILL[0]), 1)

    def path(rings: list[Ring]) -> str:
        return "".join(
            "M" + "L".join("{:g} {:g}".format(*place(point)) for point in ring) + "Z"
            for ring in rings
        )

    def mark(point: Point) -> str:
        return '<circle cx="{:g}" cy="{:g}" r="1.6"/>'.format(*place(point))

    def name(words: tuple[str, str], point: Point) -> str:
        x, y = place(point)
        return (
            f'<text x="{x:g}" y="{y:g}">{words[0]}'
            f'<tspan x="{x:g}" dy="15" font-size="11">{words[1]}</tspan></text>'
        )

    height = place((STILL[0], STILL[1]))[1]
    around = [ring for ring in (_clipped(r, STILL) for r in data["around"]) if ring]
    every = [*(p for found in data["islands"].values() for p in found), *data["outer"]]
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" \
font-family="Georgia, serif" font-size="15" text-anchor="middle">
<rect width="{width:g}" height="{height:g}" fill="#e4e8e6"/>
<path fill="#efece5" stroke="#d8d2c6" stroke-width=".7" d="{path(around)}"/>
<path fill="#fbf9f5" stroke="#86295f" d="{path(data["vietnam"])}"/>
<g fill="#86295f">{"".join(map(mark, every))}</g>
<g fill="#211c18">{name(("Việt Nam", "Viet Nam"), (107.0, 15.1))}
{name(("Quần đảo Hoàng Sa", "Hoàng Sa (Paracel) archipelago, Viet Nam"), (112.3, 15.1))}
{name(("Quần đảo Trường Sa", "Trường Sa (Spratly) archipelago, Viet Nam"), (113.6, 7.2))}</g>
</svg>
"""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
