"""States, US counties and large cities that are far from every site of a table."""

import numpy as np
import pandas as pd

from dashboard.reach.population import (
    is_well_covered,
    read_areas,
    read_county_names,
    read_places,
    read_units,
)
from dashboard.reach.reach import count_sites, measure_areas, name_state
from dashboard.reach.site_points import build_site_points, measure_nearest
from geocache.geo.sphere import project

COLUMNS = (
    "kind",
    "name",
    "country_code",
    "state",
    "county",
    "people",
    "nearest_km",
    "latitude",
    "longitude",
)
BEYOND_KM = 100.0
LARGE_CITY = 100_000
"""A city of so many people is large."""


def find_gaps(sites: pd.DataFrame, beyond_km: float = BEYOND_KM) -> pd.DataFrame:
    """What the sites of a table leave out, in the countries that have one of them.

    Args:
        sites: the filtered site table.
        beyond_km: a large city is a gap if its nearest site is farther.

    Returns:
        A row per state and US county without a site and per large city, :data:`COLUMNS`, each kind
        with most people first. ``nearest_km`` of a state or county is measured from its area that
        is nearest to a site. ``people`` is missing where the listed areas of a country hold too few
        or too many of its people.
    """
    parts = [
        _find_units(sites, "state"),
        _find_units(sites, "county"),
        _find_cities(sites, beyond_km),
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(parts, ignore_index=True).replace(np.inf, np.nan)


def _find_units(sites: pd.DataFrame, level: str) -> pd.DataFrame:
    areas, units = measure_areas(sites), read_units(level)
    numbers = units.numbers[areas.rows]
    listed = numbers >= 0
    nearest = np.full(len(units.labels), np.inf)
    np.minimum.at(nearest, numbers[listed], areas.nearest_km[listed])
    present = np.zeros(len(units.labels), dtype=bool)
    present[numbers[listed]] = True
    found = np.flatnonzero(present & (count_sites(sites, level) == 0))
    table = units.labels.iloc[found].reset_index(drop=True)
    table.insert(0, "kind", level)
    names = read_county_names().reindex(table["county"])
    if level == "state":
        names = pd.Series([name_state(*row) for row in table[["country_code", "state"]].to_numpy()])
    known = table["country_code"].map(is_well_covered).astype(bool)
    points = _centres(level).iloc[found].reset_index(drop=True)
    table = table.assign(
        name=names.fillna("").to_numpy(),
        people=pd.Series(units.people[found]).where(known),
        nearest_km=np.round(nearest[found], 1),
        latitude=points["latitude"],
        longitude=points["longitude"],
    )
    return table.sort_values("people", ascending=False, kind="stable")[list(COLUMNS)]


def _centres(level: str) -> pd.DataFrame:
    """The most populous area of each unit, as its point."""
    numbers, areas = read_units(level).numbers, read_areas()
    table = areas[["latitude", "longitude", "people"]].assign(unit=numbers)[numbers >= 0]
    table = table.sort_values(["unit", "people"], ascending=[True, False], kind="stable")
    return table.drop_duplicates("unit").set_index("unit")[["latitude", "longitude"]]


def _find_cities(sites: pd.DataFrame, beyond_km: float) -> pd.DataFrame:
    codes = set(sites["country_code"].unique()) - {""}
    places = read_places()
    large = places[(places["people"] >= LARGE_CITY) & places["country_code"].isin(codes)]
    points = project(large["latitude"].to_numpy(), large["longitude"].to_numpy())
    nearest = measure_nearest(build_site_points(sites), points).first
    table = large.assign(kind="city", county="", nearest_km=nearest.round(1))[nearest > beyond_km]
    return table.sort_values("people", ascending=False, kind="stable")[list(COLUMNS)]
