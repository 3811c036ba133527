"""Where a map has to look, and how closely, to show some points."""

from collections.abc import Sequence
from math import asinh, atan, degrees, floor, log2, pi, radians, sinh, tan

WORLD = ((25.0, 10.0), 2.0)
"""Centre and zoom of all countries."""

_TILE = 256
_HALF_STEP = 2


def _height(latitude: float) -> float:
    """How high a latitude stands in web Mercator, -0.5 to 0.5 from 85° S to 85° N."""
    return asinh(tan(radians(max(-85.0, min(85.0, latitude))))) / (2 * pi)


def frame(
    points: Sequence[tuple[float, float]],
    *,
    width: int,
    height: int,
    margin: int = 30,
    closest: float = 6.0,
) -> tuple[tuple[float, float], float]:
    """Centre (latitude, longitude) and zoom (in half steps) that show all points.

    Args:
        points: (latitude, longitude) in degrees; of none the whole world is shown.
        width: of the map in pixels.
        height: likewise.
        margin: pixels that stay free at each side.
        closest: it zooms in no further, and not out below 1.
    """
    if not points:
        return WORLD
    heights = [_height(latitude) for latitude, _ in points]
    longitudes = [longitude for _, longitude in points]
    wide = (max(longitudes) - min(longitudes)) / 360
    high = max(heights) - min(heights)
    rooms = ((width - 2 * margin, wide), (height - 2 * margin, high))
    fits = [log2(room / (_TILE * span)) for room, span in rooms if span > 0]
    zoom = floor(min([closest, *fits]) * _HALF_STEP) / _HALF_STEP
    middle = degrees(atan(sinh(pi * (max(heights) + min(heights)))))
    return (middle, (max(longitudes) + min(longitudes)) / 2), max(1.0, zoom)
