"""Centre and zoom that show some points on a map of a given size."""

from collections.abc import Sequence
from itertools import pairwise
from math import asinh, atan, degrees, floor, log2, pi, radians, sinh, tan

from geocache.geo.borders import extent

WORLD = ((25.0, 10.0), 2.0)
"""Centre (latitude, longitude) and zoom that show all countries."""

_TILE_PIXELS = 256
_STEPS_PER_ZOOM = 2


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
    ys = [_project_latitude(latitude) for latitude, _ in points]
    longitudes = [longitude for _, longitude in points]
    spans = (
        (width - 2 * margin, (max(longitudes) - min(longitudes)) / 360),
        (height - 2 * margin, max(ys) - min(ys)),
    )
    zooms = [log2(pixels / (_TILE_PIXELS * span)) for pixels, span in spans if span > 0]
    zoom = floor(min([max_zoom, *zooms]) * _STEPS_PER_ZOOM) / _STEPS_PER_ZOOM
    middle = degrees(atan(sinh(pi * (max(ys) + min(ys)))))
    return (middle, (max(longitudes) + min(longitudes)) / 2), max(1.0, zoom)


def unwrap(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points on one turn of the globe: neighbours across the 180th meridian stay neighbours.

    Longitudes west of the widest gap grow by 360, so they may be over 180.
    """
    turned = sorted({longitude % 360 for _, longitude in points})
    if len(turned) < 2:
        return list(points)
    gaps = [(following - one, following) for one, following in pairwise(turned)]
    gaps.append((turned[0] + 360 - turned[-1], turned[0]))
    first = max(gaps)[1]
    shift = 360 if first > 180 else 0
    return [(latitude, (longitude - first) % 360 + first - shift) for latitude, longitude in points]


def list_corners(country: str) -> list[tuple[float, float]]:
    """Two corners of a country (alpha-2), latitude and longitude; none if it is not on the map."""
    found = extent(country)
    if found is None:
        return []
    west, south, east, north = found
    return [(south, west), (north, east)]


def _project_latitude(latitude: float) -> float:
    """Y in Web Mercator, -0.5 to 0.5 from 85° S to 85° N."""
    return asinh(tan(radians(max(-85.0, min(85.0, latitude))))) / (2 * pi)
