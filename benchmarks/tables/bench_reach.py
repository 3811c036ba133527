"""Who lives near the sites: the figures of reach, from a hundred sites to the whole registry.

The peer is brute force: the distance from every area to every distinct position of a site.
"""

import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from benchmarks.report import Figure, printed, progress
from dashboard.query.apply import apply
from dashboard.query.filters import Filters
from dashboard.reach.catchment import measure_access
from dashboard.reach.gaps import find_gaps
from dashboard.reach.method import describe_method
from dashboard.reach.next_sites import propose_sites
from dashboard.reach.population import read_areas
from dashboard.reach.rates import measure_rates
from dashboard.reach.reach import LEVELS, measure_reach
from dashboard.reach.site_points import build_site_points
from geocache.geo.distance import distances_km
from harness.site_tables import generate_site_table

SIZES = (1_000, 38_000, 100_000, 3_500_000)
LIMITS = {38_000: 1.0, 100_000: 1.0, 3_500_000: 5.0}
"""Sites and seconds: a change of the filter of an open tab, and figures for the United States."""
TRIES = 5
CURVE_KM = (10.0, 25.0, 50.0, 75.0, 100.0, 150.0, 200.0, 300.0)
BRUTE_FORCE_POSITIONS = 2_000
NONE = float("nan")


def best(call: Callable[[pd.DataFrame], object], table: pd.DataFrame) -> float:
    """Seconds of the fastest of some calls, each with a table that nothing is remembered of."""
    took = []
    for _ in range(TRIES):
        fresh = table.copy(deep=False)
        start = time.perf_counter()
        call(fresh)
        took.append(time.perf_counter() - start)
    return min(took)


def measure_tab(table: pd.DataFrame) -> None:
    """What the Reach tab computes after a change of the filter: figures, curve, table, method."""
    measure_reach(table, (80.0,))
    measure_reach(table, CURVE_KM)
    measure_reach(table, (80.0,), ("county",))
    describe_method(table)


def measure_by_brute_force(table: pd.DataFrame) -> None:
    """The people of US ZIP areas within 80 km, by every distance to some of the positions."""
    areas = read_areas()
    areas = areas[areas["country_code"] == "US"]
    points = build_site_points(table)
    near = np.zeros(len(areas), dtype=bool)
    for point in zip(points.latitudes, points.longitudes, strict=True):
        near |= distances_km(point, areas["latitude"], areas["longitude"]) <= 80
    areas["people"].to_numpy()[near].sum()


def figures(sizes: tuple[int, ...] = SIZES) -> Iterator[Figure]:
    """All figures, size by size."""
    for size in sizes:
        progress(f"{size:,} sites")
        table, limit = generate_site_table(size), LIMITS.get(size, NONE)
        name = f"{size:,} sites"
        american = apply(table, Filters(country=("US",)))
        for subject in (table, american):
            measure_tab(subject)
        measure_rates(table, LEVELS)
        zips = f"{name}, {len(american):,} of them in the US, and its 33,184 ZIP areas"
        took = best(lambda sites: measure_reach(sites, (25.0, 50.0, 100.0, 200.0)), american)
        yield Figure(zips, took, "s", limit, "US ZIP areas", size)
        took = best(lambda sites: measure_reach(sites, (80.0,)), table)
        yield Figure(f"{name}: all countries", took, "s", limit, "all countries", size)
        took = best(lambda sites: measure_reach(sites, (80.0,), LEVELS), table)
        yield Figure(f"{name}: and states and counties", took, "s", NONE, "all levels", size)
        took = best(measure_tab, table)
        yield Figure(f"{name}: all that the Reach tab shows", took, "s", limit, "tab", size)
        took = best(lambda sites: measure_access(sites, 80.0), table)
        yield Figure(f"{name}: shared access (2SFCA) within 80 km", took, "s", NONE, "2SFCA", size)
        took = best(lambda sites: measure_rates(sites, LEVELS), table)
        yield Figure(f"{name}: recruiting sites per million", took, "s", NONE, "rates", size)
        took = best(find_gaps, table)
        yield Figure(f"{name}: gaps", took, "s", NONE, "gaps", size)
        took = best(propose_sites, table)
        yield Figure(f"{name}: five further sites", took, "s", NONE, "further sites", size)
        if len(build_site_points(american).sites) <= BRUTE_FORCE_POSITIONS:
            took = best(measure_by_brute_force, american)
            yield Figure(f"{name}: US ZIP areas by brute force", took, "s", NONE, "brute", size)


def main() -> None:
    """Print the figures."""
    for _ in printed(figures()):
        pass


if __name__ == "__main__":
    main()
