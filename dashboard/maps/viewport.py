"""Centre and zoom that show some points on a map of a given size."""

from collections.abc import Sequence
from math import floor, log2

import numpy as np
import numpy.typing as npt

from dashboard.maps.mercator import project_latitude, unproject_latitude
from geocache.geo.borders import extent

WORLD = ((25.0, 10.0), 2.0)
"""Centre (latitude, longitude) and zoom that show all countries."""

_TILE_PIXELS = 256
_STEPS_PER_ZOOM = 2
_ROUNDING = 1e-9


def fit_bounds(
    points: Sequence[tuple[float, float]],
    *,
    width: int,
    height: int,
    margin: int = 30,
    max_zoom: float = 6.0,
) -> tuple[tuple[float, float], float]:
    """Centre (latitude, longitude) and zoom (in half steps, at least 1) that show all points.

    Args:
        points: (latitude, longitude) in degrees, maybe from :func:`unwrap`; without any,
            :data:`WORLD` is returned.
        width: of the map, in pixels.
        height: of the map, in pixels.
        margin: pixels left free at each side.
        max_zoom: the closest zoom.
    """
    if not points:
        return WORLD
    ys = [project_latitude(latitude) for latitude, _ in points]
    longitudes = [longitude for _, longitude in points]
    spans = (
        (width - 2 * margin, (max(longitudes) - min(longitudes)) / 360),
        (height - 2 * margin, max(ys) - min(ys)),
    )
    zooms = [log2(pixels / (_TILE_PIXELS * span)) for pixels, span in spans if span > 0]
    zoom = floor(min([max_zoom, *zooms]) * _STEPS_PER_ZOOM) / _STEPS_PER_ZOOM
    middle = unproject_latitude((max(ys) + min(ys)) / 2)
    return (middle, (max(longitudes) + min(longitudes)) / 2), max(1.0, zoom)


def unwrap(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points on one turn of the globe: neighbours across the 180th meridian stay neighbours.

    The longitudes begin in the west of the narrowest arc that holds all, and may be over 180.
    """
    if len(points) < 2:
        return list(points)
    west, _ = narrowest_arc(np.array([longitude for _, longitude in points]))
    return [
        (latitude, west + (longitude - west + _ROUNDING) % 360 - _ROUNDING)
        for latitude, longitude in points
    ]


def narrowest_arc(longitudes: npt.NDArray[np.float64]) -> tuple[float, float]:
    """West and east of the narrowest arc that holds all points; east may be over 180."""
    turned = np.unique(np.mod(longitudes, 360))
    gaps = np.diff(turned, append=turned[0] + 360)
    widest = int(gaps.argmax())
    west = float(turned[(widest + 1) % len(turned)])
    east = float(turned[widest])
    if east < west:
        east += 360
    if west > 180:
        west, east = west - 360, east - 360
    return west, east


def list_corners(country: str) -> list[tuple[float, float]]:
    """Two corners of a country (alpha-2), latitude and longitude; none if it is not on the map."""
    found = extent(country)
    if found is None:
        return []
    west, south, east, north = found
    return [(south, west), (north, east)]
