"""Web Mercator, the projection of web maps: latitudes to shares of the map's height, and back."""

from math import asinh, atan, degrees, pi, radians, sinh, tan

MAX_LATITUDE = 85.0511
"""Where the map ends, north and south."""


def project_latitude(latitude: float) -> float:
    """Y as a share of the map's height: 0 at its northern edge, 1 at its southern."""
    bounded = max(-MAX_LATITUDE, min(MAX_LATITUDE, latitude))
    return 0.5 - asinh(tan(radians(bounded))) / (2 * pi)


def unproject_latitude(y: float) -> float:
    """The latitude in degrees of a share of the map's height."""
    return degrees(atan(sinh(pi * (1 - 2 * y))))
