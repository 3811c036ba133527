"""Great-circle distances on the Earth (haversine)."""

from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG
KM_PER_DEGREE = 111.2  # of latitude
COORDINATE_DECIMALS = 5  # about 1 m


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance in km between two (latitude, longitude) points in degrees."""
    lat1, lon1, lat2, lon2 = map(radians, (*a, *b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(h)))


def distances_km(
    point: tuple[float, float], latitudes: "npt.ArrayLike", longitudes: "npt.ArrayLike"
) -> "npt.NDArray[np.float64]":
    """As :func:`distance_km`, from one point to many; NaN stays NaN."""
    import numpy as np  # noqa: PLC0415 - slow to import, and single distances need no arrays

    lat1, lon1 = np.radians(point[0]), np.radians(point[1])
    lat2 = np.radians(np.asarray(latitudes, dtype=float))
    lon2 = np.radians(np.asarray(longitudes, dtype=float))
    h = np.sin((lat2 - lat1) / 2) ** 2
    h += np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    distances: npt.NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(h, 0, 1)))
    return distances
