"""Sites per person by the two-step floating catchment area method (2SFCA).

Luo and Wang, Measures of spatial accessibility to health care in a GIS environment, Environment and
Planning B 30, 2003. First each position of sites shares its sites among all people within the
distance; then each area has the sum of the shares of the positions within the distance.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.reach.population import project_areas, read_areas
from dashboard.reach.site_points import Floats, build_site_points, chord_km
from dashboard.sites.memo import memoize_per_table
from geocache.geo.sphere import build_tree, project

MOST_KM = 200.0
"""A wider catchment is refused: everybody would share everything."""

_CHUNK = 250
"""Positions whose areas are found together; bounds the memory where areas lie close."""

_Integers = npt.NDArray[np.int64]


@memoize_per_table
def measure_access(sites: pd.DataFrame, catchment_km: float) -> Floats:
    """Sites per person of every listed area, on both sides of borders.

    Args:
        sites: the filtered site table.
        catchment_km: the distance within which people share a site.

    Returns:
        One number for each row of :func:`dashboard.reach.population.read_areas`.
    """
    points = build_site_points(sites)
    positions = project(points.latitudes, points.longitudes)
    people = read_areas()["people"].to_numpy(np.int64)
    return share_sites(positions, points.sites, project_areas(), people, catchment_km)


def share_sites(
    positions: Floats, sites: _Integers, areas: Floats, people: _Integers, catchment_km: float
) -> Floats:
    """The two steps over any points.

    Args:
        positions: where sites are, a row of x, y, z in km each.
        sites: the number at each.
        areas: where people live, in the same form.
        people: the number in each.
        catchment_km: the distance on the surface.

    Returns:
        Sites per person of each area. A position without people within the distance adds nothing.
    """
    access = np.zeros(len(areas))
    for first, counts, near in _find_near(positions, areas, catchment_km):
        owner = np.repeat(np.arange(len(counts)), counts)
        shared = np.bincount(owner, people[near], len(counts))
        rate = np.divide(
            sites[first : first + len(counts)], shared, out=np.zeros(len(counts)), where=shared > 0
        )
        access += np.bincount(near, rate[owner], len(areas))
    return access


def _find_near(
    positions: Floats, areas: Floats, catchment_km: float
) -> Iterator[tuple[int, _Integers, _Integers]]:
    """For some positions at a time the first, how many areas are near each, and those areas."""
    tree, chord = build_tree(areas), chord_km(catchment_km)
    for first in range(0, len(positions), _CHUNK):
        found = tree.query_ball_point(positions[first : first + _CHUNK], chord, workers=-1)
        counts = np.fromiter(map(len, found), dtype=np.int64, count=len(found))
        near = np.concatenate([np.asarray(one, dtype=np.int64) for one in found])
        yield first, counts, near
