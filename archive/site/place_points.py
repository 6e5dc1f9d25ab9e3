"""Where the places lie that the search page counts, for its map."""

from __future__ import annotations

import json

from archive.site.facets import PLACE
from archive.site.gathering import Gathered
from archive.site.knowledge import middle_of, place_of
from schemas.gazetteer import find_place

PLACES_SCRIPT = "assets/map/places.js"
"""Path of the script that tells the search page where places lie."""

Point = tuple[float, float]
"""Latitude and longitude, in degrees."""


def place_points(gathered: Gathered) -> dict[str, Point]:
    """Return where the values of the search's facet of places lie, as far as that is known.

    These are a commune with its province, and a province, of today (``search.facet_values``).
    """
    points: dict[str, Point] = {}
    for entry in gathered.values.get(PLACE, {}).values():
        place = place_of(entry) if entry.value.known else None
        if place is None or not place.province:
            continue
        if place.commune is not None:
            value = f"{place.commune.name}, {place.province}"
            points[value] = (place.commune.latitude, place.commune.longitude)
        province = find_place(place.province).place
        middle = middle_of(province) if province is not None else None
        if middle is not None:
            points[place.province] = middle
    return points


def places_script(gathered: Gathered) -> bytes:
    """Return the script, which sets ``hoabanPlaces``."""
    points = json.dumps(
        place_points(gathered), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return f"window.hoabanPlaces={points};\n".encode()
