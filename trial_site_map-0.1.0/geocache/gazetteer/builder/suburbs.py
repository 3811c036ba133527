"""Assigns suburbs to cities and places to counties, by distance."""

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from geocache.gazetteer.builder.regions import Region
from geocache.gazetteer.region_names import normalize_region
from geocache.geo.sphere import project

_HOST_POPULATION = 200_000
_TIMES_LARGER = 4
_HEAD_START = 50_000


def project_points(latitudes: "array[int]", longitudes: "array[int]") -> Any:
    """Points on a sphere in km, a row per place, so that distances do not depend on latitude."""
    return project_degrees(
        np.frombuffer(latitudes, dtype=np.int32), np.frombuffer(longitudes, dtype=np.int32)
    )


def project_degrees(latitudes: Any, longitudes: Any) -> Any:
    """As :func:`project_points`, for arrays of hundred-thousandths of a degree."""
    return project(latitudes / 100_000, longitudes / 100_000)


def find_hosts(points: Any, populations: "array[int]") -> "array[int]":
    """For each place the row of the much larger city of which it seems a suburb, or its own row.

    The source has no feature codes, so districts of Madrid are listed like cities. A place counts
    as a suburb if it lies within 4 km + 6 km times the square root of the city's millions, and has
    less than a quarter of its inhabitants.
    """
    people = np.frombuffer(populations, dtype=np.uint32).astype(np.int64)
    host = np.arange(len(people), dtype=np.uint32)
    needed = people * _TIMES_LARGER + _HEAD_START
    tree = cKDTree(points)
    for row in np.flatnonzero(people >= _HOST_POPULATION):
        reach_km = 4 + (int(people[row]) / 1_000_000) ** 0.5 * 6
        near = np.asarray(tree.query_ball_point(points[row], reach_km), dtype=np.int64)
        smaller = near[needed[near] < people[row]]
        host[smaller] = row
        needed[smaller] = people[row]
    return array("I", host.tobytes())


def find_counties(
    regions: Iterable[Region],
    names: Sequence[str],
    states: "array[int]",
    listed_counties: "array[int]",
    points: Any,
) -> list[int]:
    """The county of each place: as listed, else the one of its name, else the nearest place's.

    The source omits a county that has the name of the place. ``states`` and ``listed_counties`` are
    region numbers, -1 for none; ``points`` are from :func:`project_points`. All have a row per
    place.
    """
    second = np.frombuffer(listed_counties, dtype=np.int32)
    first = np.frombuffer(states, dtype=np.int32)
    listed = np.flatnonzero(second >= 0)
    missing = np.flatnonzero((second < 0) & (first >= 0))
    own = {
        (region.parent, normalize_region(region.name)): region.number
        for region in regions
        if region.level == 2
    }
    _, nearest = cKDTree(points[listed]).query(points[missing], k=1, distance_upper_bound=40)
    counties: list[int] = second.tolist()
    for row, near in zip(missing.tolist(), nearest.tolist(), strict=True):
        county = own.get((states[row], normalize_region(names[row])), -1)
        if county < 0 and near < len(listed):
            neighbour = int(listed[near])
            if states[neighbour] == states[row]:
                county = int(second[neighbour])
        counties[row] = county
    return counties
