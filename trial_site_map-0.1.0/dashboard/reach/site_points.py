"""The sites of a table as points that distances can be measured to."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.sites.categoricals import factorize, find_first_rows
from dashboard.sites.memo import memoize_per_table
from geocache.geo.distance import EARTH_RADIUS_KM
from geocache.geo.sphere import build_tree, project

Floats = npt.NDArray[np.float64]

EXACT_ENOUGH = ("facility", "postcode", "city")
"""Precisions of a position that distances are measured to; the centre of a state is not one."""

CHOICES = 3
"""So many sites within reach are a choice."""


class SitePoints(NamedTuple):
    """Distinct positions, with the number of sites at each.

    ``tree`` is of the positions in space, ``None`` without any; ``left_out`` counts the sites
    without a position that is exact enough.
    """

    latitudes: Floats
    longitudes: Floats
    sites: npt.NDArray[np.int64]
    tree: Any
    left_out: int


class Nearest(NamedTuple):
    """From each point the distance in km to the nearest site, and to the third nearest.

    Infinite where there are fewer sites.
    """

    first: Floats
    third: Floats


class Positions(NamedTuple):
    """Distinct positions of the sites of each country, and the number of sites at each.

    ``table`` has ``country_code``, ``latitude`` and ``longitude``.
    """

    table: pd.DataFrame
    sites: npt.NDArray[np.int64]


def is_exact(sites: pd.DataFrame) -> "pd.Series[bool]":
    """Which sites have a position that distances can be measured to."""
    return sites["precision"].isin(EXACT_ENOUGH) & sites["latitude"].notna()


@memoize_per_table
def count_positions(sites: pd.DataFrame) -> Positions:
    """The distinct positions of the sites that distances can be measured to.

    Millions of sites stand at some ten thousand positions: all that follows takes time by those.
    """
    rows = np.flatnonzero(is_exact(sites))
    country, codes = factorize(sites["country_code"])
    latitudes = sites["latitude"].to_numpy(float)[rows]
    longitudes = sites["longitude"].to_numpy(float)[rows]
    # Millionths of a degree, finer than any position, in one number: one pass finds the distinct.
    cells = np.rint((latitudes + 90) * 1e6).astype(np.int64) * 400_000_000
    cells += np.rint((longitudes + 180) * 1e6).astype(np.int64)
    places, _ = pd.factorize(cells)
    keys, _ = pd.factorize(places * max(1, len(codes)) + country[rows])
    size = int(keys.max()) + 1 if len(keys) else 0
    first = find_first_rows(keys, size)
    table = pd.DataFrame(
        {
            "country_code": codes.to_numpy(dtype=object)[country[rows][first]],
            "latitude": latitudes[first],
            "longitude": longitudes[first],
        }
    )
    return Positions(table, np.bincount(keys, minlength=size).astype(np.int64))


@memoize_per_table
def build_site_points(sites: pd.DataFrame) -> SitePoints:
    """The points of a site table; computed once for each table.

    Args:
        sites: with ``latitude``, ``longitude`` and ``precision``.
    """
    positions = count_positions(sites)
    points = positions.table[["latitude", "longitude"]].assign(sites=positions.sites)
    points = points.groupby(["latitude", "longitude"], sort=True, as_index=False).sum()
    latitudes = points["latitude"].to_numpy(float)
    longitudes = points["longitude"].to_numpy(float)
    tree = build_tree(project(latitudes, longitudes)) if len(points) else None
    numbers = points["sites"].to_numpy(np.int64)
    left_out = len(sites) - int(numbers.sum())
    return SitePoints(latitudes, longitudes, numbers, tree, left_out)


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
