"""The places where a further site would bring most people within reach."""

import heapq

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.reach.population import is_well_covered, project_areas, read_places
from dashboard.reach.reach import measure_areas
from dashboard.reach.site_points import chord_km, is_exact
from geocache.geo.sphere import build_tree, project

COLUMNS = (
    "rank",
    "name",
    "country_code",
    "state",
    "latitude",
    "longitude",
    "adds",
    "adds_share",
    "share_after",
)
MOST_SITES = 20
LEAST_CITY = 50_000
"""Smaller places are not proposed: a site needs a hospital."""


def propose_sites(
    sites: pd.DataFrame,
    within_km: float = 80.0,
    count: int = 5,
    candidates: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The places that add most people who have no site within a distance yet, best first.

    Each is chosen after those before it (greedy maximal covering), which reaches at least 63 %
    (1 - 1/e) of what the best choice of so many places would add, and usually nearly all of it.

    Args:
        sites: the filtered site table; cities of the countries that have a site are proposed.
        within_km: the distance.
        candidates: sites to choose among instead of cities, each position once, whose facilities
            are then named.
        count: how many places, at most :data:`MOST_SITES`; fewer where no more people can be added.

    Returns:
        A row per place, :data:`COLUMNS`. ``adds`` are the people it brings within the distance,
        missing where the listed areas of a country hold too few or too many of its people;
        ``adds_share`` and ``share_after`` are shares of the listed people of these countries.
    """
    areas = measure_areas(sites)
    codes = set(sites["country_code"].unique()) - {""}
    places = _list_cities(codes) if candidates is None else _list_candidates(candidates)
    total = areas.people.sum()
    uncovered = np.where(areas.nearest_km > within_km, areas.people, 0)
    if places.empty or not uncovered.any():
        return pd.DataFrame(columns=list(COLUMNS))
    open_rows = np.flatnonzero(uncovered)
    tree = build_tree(project_areas()[areas.rows[open_rows]])
    points = project(places["latitude"].to_numpy(), places["longitude"].to_numpy())
    near = tree.query_ball_point(points, chord_km(within_km), workers=-1)
    chosen = _choose(
        list(map(np.asarray, near)), uncovered[open_rows].copy(), min(count, MOST_SITES)
    )
    table = places.iloc[[row for row, _ in chosen]].reset_index(drop=True)
    adds = np.array([people for _, people in chosen], dtype=float)
    known = all(is_well_covered(code) for code in codes)
    covered = total - uncovered.sum()
    return table.assign(
        rank=np.arange(1, len(table) + 1),
        adds=adds if known else np.nan,
        adds_share=(adds / total).round(5),
        share_after=((covered + adds.cumsum()) / total).round(5),
    )[list(COLUMNS)]


def _list_cities(codes: set[str]) -> pd.DataFrame:
    places = read_places()
    return places[(places["people"] >= LEAST_CITY) & places["country_code"].isin(codes)]


def _list_candidates(candidates: pd.DataFrame) -> pd.DataFrame:
    """A row per position, named by its first facility, else its city."""
    rows = candidates[is_exact(candidates)].drop_duplicates(["latitude", "longitude"])
    facility, city = rows["facility"].astype("str"), rows["city"].astype("str")
    return pd.DataFrame(
        {
            "name": facility.where(facility != "", city),
            "country_code": rows["country_code"].astype("str"),
            "state": rows["state"].astype("str"),
            "latitude": rows["latitude"],
            "longitude": rows["longitude"],
        }
    ).reset_index(drop=True)


def _choose(
    near: list[npt.NDArray[np.int64]], people: npt.NDArray[np.int64], count: int
) -> list[tuple[int, int]]:
    """Candidates and what each adds: what one adds only shrinks, so few are counted again."""
    queue = [(-int(people[rows].sum()), row) for row, rows in enumerate(near) if len(rows)]
    heapq.heapify(queue)
    chosen: list[tuple[int, int]] = []
    while queue and len(chosen) < count:
        _, row = heapq.heappop(queue)
        adds = int(people[near[row]].sum())
        if not adds:
            continue
        if queue and (-adds, row) > queue[0]:
            heapq.heappush(queue, (-adds, row))
            continue
        people[near[row]] = 0
        chosen.append((row, adds))
    return chosen
