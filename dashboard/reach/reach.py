"""The people who live within some distances of a table's sites, by country, state and US county."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.reach.catchment import measure_access
from dashboard.reach.inequality import measure_gini
from dashboard.reach.population import (
    Units,
    is_well_covered,
    measure_coverage,
    nearest_area,
    project_areas,
    read_areas,
    read_country_populations,
    read_county_names,
    read_units,
)
from dashboard.reach.road_times import RoadTimes
from dashboard.reach.site_points import build_site_points, count_positions, measure_nearest
from dashboard.reach.travel_time import find_distance
from dashboard.sites.memo import memoize_per_table
from geocache.geo.countries import country_name
from geocache.geo.states import state_name

COLUMNS = (
    "level",
    "name",
    "country_code",
    "state",
    "county",
    "people",
    "coverage",
    "sites",
    "sites_per_million",
    "within_km",
    "reached",
    "share",
    "choice_share",
    "median_km",
    "gini",
    "within_min",
    "access_per_million",
    "against_share",
    "only_here",
    "only_here_share",
)
DECIMALS = {
    "coverage": 3,
    "sites_per_million": 3,
    "share": 5,
    "choice_share": 5,
    "median_km": 1,
    "gini": 3,
    "within_km": 3,
    "access_per_million": 3,
    "against_share": 5,
    "only_here_share": 5,
}
LEVELS = ("country", "state", "county")
DISTANCES_KM = (25.0, 50.0, 100.0, 200.0)
MOST_MINUTES = 600


class AreaDistances(NamedTuple):
    """The areas of the countries that have a site, and how far each is from the sites.

    ``rows`` are those of :func:`dashboard.reach.population.read_areas`; ``nearest_km`` and
    ``third_km`` the distances to the nearest and the third nearest site, infinite where there are
    fewer; ``order`` sorts the areas by the first.
    """

    rows: npt.NDArray[np.int64]
    people: npt.NDArray[np.int64]
    nearest_km: npt.NDArray[np.float64]
    third_km: npt.NDArray[np.float64]
    order: npt.NDArray[np.int64]


@memoize_per_table
def measure_areas(sites: pd.DataFrame) -> AreaDistances:
    """The distance of every area to the sites of a table."""
    areas = read_areas()
    codes = set(sites["country_code"].unique()) - {""}
    rows = np.flatnonzero(areas["country_code"].isin(codes))
    nearest = measure_nearest(build_site_points(sites), project_areas()[rows])
    people = areas["people"].to_numpy(np.int64)[rows]
    return AreaDistances(rows, people, nearest.first, nearest.third, np.argsort(nearest.first))


@memoize_per_table
def count_sites(sites: pd.DataFrame, level: str) -> npt.NDArray[np.int64]:
    """The number of sites in each unit of a level, in the order of its units.

    A site counts where its position lies: in the state of the nearest listed place of its country,
    in the US county around it.
    """
    units, areas = read_units(level), _find_areas(sites)
    found = np.where(areas >= 0, units.numbers[areas], -1)
    weights = count_positions(sites).sites
    return np.bincount(found[found >= 0], weights[found >= 0], len(units.labels)).astype(np.int64)


@memoize_per_table
def _find_areas(sites: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The area that each position of a table's sites lies in, -1 for none."""
    return nearest_area(count_positions(sites).table)


def measure_reach(
    sites: pd.DataFrame,
    within_km: Sequence[float] = (),
    levels: Sequence[str] = ("country",),
    *,
    within_min: Sequence[float] = (),
    catchment_km: float | None = None,
    against: pd.DataFrame | None = None,
    road: RoadTimes | None = None,
) -> pd.DataFrame:
    """The people within each distance of a site, in a straight line, whatever borders lie between.

    Args:
        sites: the filtered site table.
        within_km: distances in km; :data:`DISTANCES_KM` if neither these nor minutes are given.
        levels: of :data:`LEVELS`.
        within_min: estimated minutes of travel, see :mod:`dashboard.reach.travel_time`.
        catchment_km: the distance of the two-step floating catchment; none is computed without.
        against: other sites, such as those of another trial, to compare with; by distance alone.
        road: minutes by road, instead of estimated ones.

    Returns:
        A row per unit and distance, :data:`COLUMNS`; the first unit is all countries together,
        where there are several. ``people`` live in the listed areas; ``coverage`` is their share of
        the country's inhabitants. ``people``, ``reached`` and the rates of states are missing where
        the coverage is too low or too high. ``share`` is that of the listed people who have a site,
        ``choice_share`` of those who have three. Half the people have at most ``median_km`` to the
        nearest site. ``gini`` says how unevenly the sites are spread over a country's states, in
        the United States its counties. ``within_min`` is set in rows of minutes, where
        ``within_km`` is the straight line that takes so long; it is missing for those by ``road``.
        ``access_per_million`` are sites per
        million people, those within ``catchment_km`` of a site sharing it. ``against_share`` is the
        share of people with one of the other sites within the distance, ``only_here`` the people
        who have a site but none of those.
    """
    if not within_km and not within_min:
        within_km = DISTANCES_KM
    steps = [(distance, np.nan) for distance in within_km]
    steps += [(np.nan if road else find_distance(one), one) for one in within_min]
    tables = [
        _measure_level(sites, level, steps, catchment_km=catchment_km, against=against, road=road)
        for level in ("all", *LEVELS)
        if (level in levels) or (level == "all" and "country" in levels)
    ]
    tables = [table for table in tables if len(table)]
    if not tables:
        return pd.DataFrame(columns=list(COLUMNS))
    found = pd.concat(tables, ignore_index=True).replace(np.inf, np.nan)
    return found.round(DECIMALS)


class _Level(NamedTuple):
    """The units of a level that have people, and the distances of their areas.

    ``table`` has a row a unit, with all columns that no distance changes, and ``known``: whether
    numbers of people can be given. ``numbers`` is the unit of each area by its row in it, ``rows``
    the area's row in :func:`dashboard.reach.population.read_areas`.
    """

    table: pd.DataFrame
    rows: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]
    people: npt.NDArray[np.int64]
    nearest_km: npt.NDArray[np.float64]
    third_km: npt.NDArray[np.float64]


def _measure_level(
    sites: pd.DataFrame,
    level: str,
    steps: Sequence[tuple[float, float]],
    *,
    catchment_km: float | None,
    against: pd.DataFrame | None,
    road: RoadTimes | None,
) -> pd.DataFrame:
    found = _prepare_level(sites, level)
    if found is None:
        return pd.DataFrame(columns=list(COLUMNS))
    table, size = found.table.drop(columns="known"), len(found.table)
    known, people = found.table["known"], table["people"]

    def count(among: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        rows = np.flatnonzero(among)
        return np.bincount(found.numbers[rows], found.people[rows], size).astype(np.float64)

    table[["access_per_million", "against_share", "only_here", "only_here_share"]] = np.nan
    if catchment_km is not None:
        access = measure_access(sites, catchment_km)[found.rows] * found.people
        rate = np.bincount(found.numbers, access, size) / people * 1e6
        table["access_per_million"] = rate.where(known)
    other_km = _measure_all(against)[found.rows] if against is not None else None
    parts = []
    for distance, minutes in steps:
        near, choice = found.nearest_km <= distance, found.third_km <= distance
        if road is not None and np.isnan(distance):
            near, choice = road.first[found.rows] <= minutes, road.third[found.rows] <= minutes
        reached = count(near)
        part = table.assign(
            within_km=distance,
            within_min=minutes,
            reached=pd.Series(reached).where(known),
            share=reached / people,
            choice_share=count(choice) / people,
            people=people.where(known),
        )
        if other_km is not None and not np.isnan(distance):
            only_here = count(near & (other_km > distance))
            part = part.assign(
                against_share=count(other_km <= distance) / people,
                only_here=pd.Series(only_here).where(known),
                only_here_share=only_here / people,
            )
        parts.append(part)
    rows = pd.concat(parts).sort_index(kind="stable")
    return rows[list(COLUMNS)].reset_index(drop=True)


@memoize_per_table
def _prepare_level(sites: pd.DataFrame, level: str) -> _Level | None:
    """What no distance changes; ``None`` without units, and for one country beside ``all``."""
    areas, units = measure_areas(sites), read_units(level)
    numbers = units.numbers[areas.rows]
    listed = numbers >= 0
    numbers, people = numbers[listed], areas.people[listed]
    totals = np.bincount(numbers, people, len(units.labels))
    present = np.flatnonzero(totals)
    countries = len(np.unique(read_units("country").numbers[areas.rows]))
    if not len(present) or (level == "all" and countries < 2):
        return None
    rows = np.full(len(totals), -1, dtype=np.int64)
    rows[present] = np.arange(len(present))
    inhabited = rows[numbers] >= 0
    numbers, people = rows[numbers][inhabited], people[inhabited]
    counted = np.flatnonzero(listed)[inhabited]
    nearest = areas.nearest_km[counted]
    place = np.full(len(areas.rows), -1, dtype=np.int64)
    place[counted] = np.arange(len(counted))
    by_distance = place[areas.order]
    by_distance = by_distance[by_distance >= 0]
    table = _describe(units, present, level, areas)
    table["people"] = totals[present]
    table["sites"] = count_sites(sites, level)[present]
    table["median_km"] = _weighted_medians(
        nearest[by_distance], people[by_distance], numbers[by_distance]
    )
    inhabitants = table["people"].astype(float)
    table["gini"] = np.nan
    if level == "country":
        codes = table["country_code"]
        inhabitants = pd.Series(read_country_populations().reindex(codes).to_numpy(float))
        table["gini"] = [_measure_gini(sites, str(code)) for code in codes]
    rate = table["sites"] / inhabitants * 1e6
    table["sites_per_million"] = rate.where(table["known"] | (level == "country"))
    return _Level(table, areas.rows[counted], numbers, people, nearest, areas.third_km[counted])


@memoize_per_table
def _measure_all(sites: pd.DataFrame) -> npt.NDArray[np.float64]:
    """The distance in km from every listed area to the nearest site."""
    return measure_nearest(build_site_points(sites), project_areas()).first


def _describe(
    units: Units,
    present: npt.NDArray[np.int64],
    level: str,
    areas: AreaDistances,
) -> pd.DataFrame:
    """Names and coverage of the units; ``known`` where numbers of people can be given."""
    table = units.labels.iloc[present].reset_index(drop=True)
    table.insert(0, "level", level)
    if level == "all":
        present_codes = read_areas()["country_code"].cat.categories[
            np.unique(read_units("country").numbers[areas.rows])
        ]
        return table.assign(
            name="All these countries",
            coverage=np.nan,
            known=all(is_well_covered(code) for code in present_codes),
        )
    codes = table["country_code"].to_numpy()
    names: dict[str, Any] = {
        "country": [country_name(code) for code in codes],
        "state": [name_state(*row) for row in table[["country_code", "state"]].to_numpy()],
        "county": read_county_names().reindex(table["county"]).fillna("").to_numpy(),
    }
    return table.assign(
        name=names[level],
        coverage=measure_coverage().reindex(codes).to_numpy(),
        known=[is_well_covered(code) for code in codes],
    )


def name_state(country_code: str, state: str) -> str:
    """The name of a unit of level ``state``: in the United States, areas have its code."""
    return state_name(f"US-{state}") or state if country_code == "US" else state


def _weighted_medians(
    values: npt.NDArray[np.float64], weights: npt.NDArray[np.int64], groups: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """For each group, in order, the value that half of its weight lies at or below.

    ``values`` ascend.
    """
    small = groups.max(initial=0) < 2**16  # which numpy sorts in linear time
    order = np.argsort(groups.astype(np.uint16) if small else groups, kind="stable")
    running = weights[order].cumsum()
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    before = np.concatenate([[0], running])[starts]
    totals = np.add.reduceat(weights[order], starts)
    return values[order][np.searchsorted(running, before + totals / 2)]


def _measure_gini(sites: pd.DataFrame, code: str) -> float:
    level = "county" if code == "US" else "state"
    units = read_units(level)
    own = (units.labels["country_code"] == code).to_numpy()
    return measure_gini(count_sites(sites, level)[own], units.people[own])
