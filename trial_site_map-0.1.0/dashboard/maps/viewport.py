"""Centre and zoom that show some points on a map of a given size."""

from collections.abc import Sequence
from math import asinh, atan, degrees, floor, log2, pi, radians, sinh, tan

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
        points: (latitude, longitude) in degrees; without any, :data:`WORLD` is returned.
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


def _project_latitude(latitude: float) -> float:
    """Y in Web Mercator, -0.5 to 0.5 from 85° S to 85° N."""
    return asinh(tan(radians(max(-85.0, min(85.0, latitude))))) / (2 * pi)
