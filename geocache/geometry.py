"""Distances on the globe."""

from math import asin, cos, radians, sin, sqrt

_EARTH_DIAMETER_KM = 12742.0


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance of two (latitude, longitude) points in degrees."""
    lat1, lon1, lat2, lon2 = map(radians, (*a, *b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return _EARTH_DIAMETER_KM * asin(min(1.0, sqrt(h)))
