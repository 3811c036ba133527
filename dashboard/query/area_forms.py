"""Areas from words and numbers, where nobody draws: a circle, corners as typed, a map's view."""

import math
import re

from dashboard.errors import FilterError
from dashboard.query.area_filter import MAX_POINTS, Point, encode_polyline
from dashboard.query.coordinates import BBox, parse_point
from geocache.geo.distance import EARTH_RADIUS_KM

CIRCLE_CORNERS = 72
"""They lie on the circle: the area is 0.1 % of the radius smaller where an edge is farthest in."""
CORNER_FORMS = (
    "two opposite corners of a rectangle, one a line: 48.5, 9.5",
    "or three corners or more",
)

_MOST_DEGREES = 90.0
"""Of longitude on one edge: a longer one would go the other way round the Earth."""
_BETWEEN = re.compile(r"[\n|]+")


def build_circle(latitude: float, longitude: float, radius_km: float) -> str:
    """The area within a distance of a point, as an encoded polyline.

    Raises:
        FilterError: the circle reaches a pole, where it has no outline on the map.
    """
    angle = radius_km / EARTH_RADIUS_KM
    if math.radians(90 - abs(latitude)) <= angle:
        message = f"within {radius_km:g} km there is a pole: choose a smaller radius"
        raise FilterError("within", f"{radius_km:g}", message)
    lat, corners = math.radians(latitude), []
    for number in range(CIRCLE_CORNERS):
        bearing = math.tau * number / CIRCLE_CORNERS
        sine = math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(bearing)
        east = math.atan2(
            math.sin(bearing) * math.sin(angle) * math.cos(lat),
            math.cos(angle) - math.sin(lat) * sine,
        )
        corners.append((math.degrees(math.asin(sine)), _wrap(longitude + math.degrees(east))))
    return encode_polyline(corners)


def build_box(box: BBox) -> str:
    """A box of the map as an encoded polyline."""
    width = (box.east - box.west) % 360 or (360.0 if box.east > box.west else 0.0)
    steps = max(1, math.ceil(width / _MOST_DEGREES))
    east = [_wrap(box.west + width * number / steps) for number in range(steps)]
    last = box.east
    south = [(box.south, x) for x in (*east, last)]
    north = [(box.north, x) for x in (last, *reversed(east))]
    return encode_polyline([*south, *north])


def parse_corners(text: str) -> str:
    """Corners as a person types them, one a line, as an encoded polyline.

    Two are opposite corners of a rectangle, which goes the short way round the Earth.

    Raises:
        FilterError: a line is no point, or there are too few or too many.
    """
    lines = [line.strip() for line in _BETWEEN.split(text) if line.strip()]
    if not 2 <= len(lines) <= MAX_POINTS:
        message = f"{len(lines)} corners: give {' '.join(CORNER_FORMS)}, up to {MAX_POINTS}"
        raise FilterError("within", text[:40], message, CORNER_FORMS)
    corners: list[Point] = []
    for number, line in enumerate(lines, start=1):
        point = parse_point(line[:80], "within")
        if point is None:
            message = f"corner {number}: “{line[:40]}” is not latitude and longitude in degrees"
            raise FilterError("within", line[:40], message, CORNER_FORMS)
        corners.append(point)
    if any(len(set(degrees)) == 1 for degrees in zip(*corners, strict=True)):
        message = "no area lies between these corners: two of them have to be opposite each other"
        raise FilterError("within", text[:40], message, CORNER_FORMS)
    if len(corners) == 2:
        (south, west), (north, east) = corners
        corners = [(south, west), (south, east), (north, east), (north, west)]
    return encode_polyline(corners)


def _wrap(longitude: float) -> float:
    """A longitude from -180 to 180."""
    return (longitude + 180) % 360 - 180
