"""Distances on the Earth."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG
COORDINATE_DECIMALS = 5  # about 1 m


def distance_km(latitude: float, longitude: float, latitude2: float, longitude2: float) -> float:
    """Great-circle distance of two points in km (haversine); degrees in."""
    lat1, lat2 = radians(latitude), radians(latitude2)
    a = sin((lat2 - lat1) / 2) ** 2
    a += cos(lat1) * cos(lat2) * sin(radians(longitude2 - longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, a)))
