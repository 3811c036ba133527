"""Points on the Earth as points in space, for searching the nearest of many."""

from typing import Any

from geocache.geo.distance import EARTH_RADIUS_KM


def project(latitudes: Any, longitudes: Any) -> Any:
    """Points in km from the middle of the Earth, a row of x, y, z each.

    Args:
        latitudes: degrees, an array.
        longitudes: degrees, an array of that length.
    """
    return EARTH_RADIUS_KM * to_unit_vectors(latitudes, longitudes)


def to_unit_vectors(latitudes: Any, longitudes: Any) -> Any:
    """Points on the unit sphere, a row each; the straight line between two grows with distance."""
    import numpy as np  # noqa: PLC0415 - keeps `import geocache` light

    latitude, longitude = np.radians(latitudes), np.radians(longitudes)
    return np.column_stack(
        (
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        )
    )


def build_tree(points: Any) -> Any:
    """A ``scipy.spatial.cKDTree`` of points in space."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 - 25 MB, and needed by few requests

    return cKDTree(points)
