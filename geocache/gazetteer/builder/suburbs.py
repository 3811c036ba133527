"""What nearness tells at build time: whose suburb a place is, and in which county it lies."""

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from geocache.gazetteer.builder.regions import Region
from geocache.gazetteer.region_names import normalize_region

_HOST_POPULATION = 200_000
_TIMES_LARGER = 4
_HEAD_START = 50_000


def project_points(latitudes: "array[int]", longitudes: "array[int]") -> Any:
    """Points on a sphere in kilometres, one row a place, so that near is near at every latitude."""
    latitude = np.radians(np.frombuffer(latitudes, dtype=np.int32) / 100_000)
    longitude = np.radians(np.frombuffer(longitudes, dtype=np.int32) / 100_000)
    return 6371 * np.column_stack(
        (
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        )
    )


def find_hosts(points: Any, populations: "array[int]") -> "array[int]":
    """For each place the row of the far larger city whose suburb it looks like, or its own.

    The lists give no feature codes, so a district of Madrid stands beside the city of that name:
    what lies within a large city's reach (4 km and 6 km for each root of a million) and has not a
    quarter of its people is taken for a part of it.
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
    """The county of every place: as listed, else of its own name, else the nearest place's.

    ``states`` and ``listed_counties`` are region numbers, -1 for none, and ``points`` kilometres
    as of :func:`project_points`, each a row a place.

    The source leaves a county out where it is called like the place.
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
