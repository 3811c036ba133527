"""The sites of a table as points that distances can be measured to."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from dashboard.sites.memo import memoize_per_table
from geocache.geo.distance import EARTH_RADIUS_KM

Floats = npt.NDArray[np.float64]

EXACT_ENOUGH = ("facility", "postcode", "city")
"""Precisions of a position that distances are measured to; the centre of a state is not one."""

CHOICES = 3
"""So many sites within reach are a choice."""


class SitePoints(NamedTuple):
    """Distinct positions, with the number of sites at each.

    ``left_out`` counts the sites without a position that is exact enough.
    """

    latitudes: Floats
    longitudes: Floats
    sites: npt.NDArray[np.int64]
    tree: cKDTree | None
    left_out: int


class Nearest(NamedTuple):
    """From each point the distance in km to the nearest site, and to the third nearest.

    Infinite where there are fewer sites.
    """

    first: Floats
    third: Floats


def is_exact(sites: pd.DataFrame) -> "pd.Series[bool]":
    """Which sites have a position that distances can be measured to."""
    return sites["precision"].isin(EXACT_ENOUGH) & sites["latitude"].notna()


@memoize_per_table
def build_site_points(sites: pd.DataFrame) -> SitePoints:
    """The points of a site table; computed once for each table.

    Args:
        sites: with ``latitude``, ``longitude`` and ``precision``.
    """
    exact = is_exact(sites)
    counts = sites.loc[exact].groupby(["latitude", "longitude"], sort=True).size()
    latitudes = counts.index.get_level_values(0).to_numpy(dtype=float)
    longitudes = counts.index.get_level_values(1).to_numpy(dtype=float)
    tree = cKDTree(project(latitudes, longitudes)) if len(counts) else None
    left_out = len(sites) - int(exact.sum())
    numbers = counts.to_numpy().astype(np.int64)
    return SitePoints(latitudes, longitudes, numbers, tree, left_out)


def project(latitudes: Floats, longitudes: Floats) -> Floats:
    """Points on a sphere of the Earth's size in km, a row of x, y, z each."""
    latitude, longitude = np.radians(latitudes), np.radians(longitudes)
    return EARTH_RADIUS_KM * np.column_stack(
        (
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        )
    )


def chord_km(distance_km: float) -> float:
    """The straight line through the Earth that spans a distance on its surface."""
    return 2 * EARTH_RADIUS_KM * float(np.sin(min(distance_km / EARTH_RADIUS_KM, np.pi) / 2))


def measure_nearest(points: SitePoints, projected: Floats) -> Nearest:
    """Distances on the surface to the nearest and third nearest site.

    Args:
        points: the sites.
        projected: where to measure from, as :func:`project` gives.
    """
    if points.tree is None:
        nowhere = np.full(len(projected), np.inf)
        return Nearest(nowhere, nowhere)
    chords, rows = points.tree.query(projected, k=[1, 2, 3], workers=-1)
    there = np.isfinite(chords)
    counts = np.where(there, points.sites[np.where(there, rows, 0)], 0).cumsum(axis=1)
    surface = np.full(chords.shape, np.inf)
    half = np.clip(chords[there] / (2 * EARTH_RADIUS_KM), 0, 1)
    surface[there] = 2 * EARTH_RADIUS_KM * np.arcsin(half)
    enough = counts >= CHOICES
    third = np.where(
        enough.any(axis=1), surface[np.arange(len(surface)), enough.argmax(axis=1)], np.inf
    )
    return Nearest(surface[:, 0], third)
