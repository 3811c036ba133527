"""Outlines of countries, states and US counties for a map, as simple as it shows them."""

from functools import cache
from typing import Any

import numpy as np
import shapely

from dashboard.reach.population import read_county_outlines
from geocache.geo.borders import read_land
from geocache.geo.states import read_state_outlines

TOLERANCE = {"country": 0.08, "state": 0.03, "county": 0.02}
"""Degrees by which a simplified outline may be off."""

_LEAST_AREA = 0.02
"""Square degrees; smaller islands of a country are left out, if it has a larger one."""

Geometry = dict[str, Any]


def build_outlines(level: str, country: str) -> dict[str, Geometry]:
    """GeoJSON geometries of a country's units (``country``, ``state``, ``county``) by their codes.

    Counties are those of the United States; others have none.
    """
    if level == "country":
        return {country: found} if (found := _build_land(country)) else {}
    if level == "state":
        return _build_states(country)
    return _build_counties() if country == "US" else {}


@cache
def _build_land(country: str) -> Geometry | None:
    land = read_land().get(country)
    return _simplify(land, "country") if land is not None else None


@cache
def _build_states(country: str) -> dict[str, Geometry]:
    return {code: _simplify(one, "state") for code, one in read_state_outlines(country).items()}


@cache
def _build_counties() -> dict[str, Geometry]:
    return {code: _simplify(one, "county") for code, one in read_county_outlines().items()}


def _simplify(shape: Any, level: str) -> Geometry:
    pieces = sorted(shapely.get_parts(shape), key=lambda piece: float(piece.area), reverse=True)
    kept = [piece for piece in pieces if piece.area >= _LEAST_AREA] or pieces[:1]
    kept = pieces if level == "county" else kept
    simple = shapely.simplify(np.array(kept, dtype=object), TOLERANCE[level])
    rings = [
        [np.round(shapely.get_coordinates(ring), 2).tolist() for ring in shapely.get_rings(piece)]
        for piece in simple
        if not piece.is_empty
    ]
    return {"type": "MultiPolygon", "coordinates": rings}
