"""Where people live: US ZIP areas, and elsewhere the places that GeoNames lists.

The files, their sources and licences are described in ``data/README.md``; a script makes them.
"""

import gzip
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from dashboard.reach.site_points import Floats
from geocache.geo.sphere import build_tree, project

DATA = Path(__file__).with_name("data")

YEAR = 2025
"""Of the countries' populations."""

COORDINATES = {"latitude": 4, "longitude": 4}
"""Decimals of degrees in the files, about 11 m."""

LEAST_COVERAGE, MOST_COVERAGE = 0.8, 1.2
"""Where the listed areas hold a share of a country's people outside these bounds, numbers of people
would mislead: only shares of the listed population are given."""


@cache
def read_areas() -> pd.DataFrame:
    """The areas that people are counted in, a row each.

    Columns: ``name`` (a ZIP code or a place; empty for small places), ``latitude``, ``longitude``
    (WGS 84 degrees), ``people``, ``country_code``, ``state`` (the US state's code, else the name),
    ``county`` (US only, its FIPS code).
    """
    zips = pd.read_parquet(DATA / "us-zip-areas.parquet").assign(country_code="US")
    places = read_places()
    elsewhere = places[places["country_code"] != "US"].assign(county="")
    areas = pd.concat([zips[elsewhere.columns], elsewhere], ignore_index=True)
    areas = areas.astype({"country_code": "category", "latitude": float, "longitude": float})
    return areas.round(COORDINATES)


@cache
def project_areas() -> Floats:
    """The areas as points on a sphere, a row each."""
    areas = read_areas()
    projected: Floats = project(areas["latitude"].to_numpy(), areas["longitude"].to_numpy())
    return projected


class Units(NamedTuple):
    """The units of one level (all, country, state or US county).

    ``numbers`` is the unit of each area, -1 for none; ``labels`` has a row per unit with
    ``country_code``, ``state`` and ``county``; ``people`` their listed inhabitants.
    """

    numbers: npt.NDArray[np.int64]
    labels: pd.DataFrame
    people: npt.NDArray[np.int64]


@cache
def read_units(level: str) -> Units:
    """The units of a level: ``all``, ``country``, ``state`` or ``county``."""
    keys = {"all": 0, "country": 1, "state": 2, "county": 3}[level]
    names = ["country_code", "state", "county"]
    areas = read_areas()
    table = areas[names].astype(str)
    table[names[keys:]] = ""
    named = np.ones(len(table), dtype=bool) if keys < 2 else (table[level] != "").to_numpy()
    groups = table[named].groupby(names, sort=True)
    numbers = np.full(len(table), -1, dtype=np.int64)
    numbers[named] = groups.ngroup().to_numpy()
    labels = groups.size().reset_index()[names]
    people = np.bincount(numbers[named], areas["people"].to_numpy()[named]).astype(np.int64)
    return Units(numbers, labels, people)


@cache
def read_places() -> pd.DataFrame:
    """Listed places of all countries, the most populous of each country first.

    A district within a larger city is not a place of its own. Columns as :func:`read_areas`,
    without ``county``.
    """
    places = pd.read_parquet(DATA / "places.parquet")
    return places.astype({"latitude": float, "longitude": float}).round(COORDINATES)


@cache
def read_country_populations() -> "pd.Series[int]":
    """Inhabitants of each country in :data:`YEAR`, by alpha-2 code."""
    table = pd.read_csv(DATA / "countries.csv", keep_default_na=False, index_col="country_code")
    return table["people"]


@cache
def measure_coverage() -> "pd.Series[float]":
    """The share of each country's inhabitants who live in a listed area, by alpha-2 code."""
    listed = read_areas().groupby("country_code", observed=True)["people"].sum()
    listed.index = listed.index.astype(str)
    return (listed / read_country_populations()).dropna()


@cache
def is_well_covered(country_code: str) -> bool:
    """Whether the listed areas hold about all people of a country, so that numbers can be given."""
    share = measure_coverage().get(country_code, 0.0)
    return LEAST_COVERAGE <= share <= MOST_COVERAGE


@cache
def read_county_names() -> "pd.Series[str]":
    """The name of each US county by FIPS code."""
    table = pd.read_csv(DATA / "us-counties.csv", dtype=str, index_col="county")
    return table["name"]


@cache
def read_county_outlines() -> dict[str, Any]:
    """The outline of each US county by FIPS code, a shapely polygon in degrees."""
    wkb = gzip.decompress((DATA / "us-counties.wkb.gz").read_bytes())
    return dict(zip(read_county_names().index, shapely.from_wkb(wkb).geoms, strict=True))


@cache
def _index_counties() -> tuple[Any, npt.NDArray[np.object_]]:
    """A search tree of the counties' outlines, and their FIPS codes in the same order."""
    outlines = read_county_outlines()
    return shapely.STRtree(list(outlines.values())), np.array(list(outlines), dtype=object)


@cache
def _find_areas(country_code: str) -> tuple[npt.NDArray[np.int64], Any]:
    """The rows of a country's areas, and a search tree of their points."""
    rows = np.flatnonzero(read_areas()["country_code"] == country_code)
    return rows, build_tree(project_areas()[rows]) if len(rows) else None


def nearest_area(points: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The row of the listed area each point belongs to, -1 in countries without any.

    It is the nearest of the country's areas; in the United States the nearest of the same county.

    Args:
        points: ``country_code``, ``latitude`` and ``longitude``.
    """
    found = np.full(len(points), -1, dtype=np.int64)
    projected = project(points["latitude"].to_numpy(float), points["longitude"].to_numpy(float))
    for code, own in points.groupby("country_code", observed=True).indices.items():
        rows, tree = _find_areas(str(code))
        if tree is not None:
            found[own] = rows[tree.query(projected[own])[1]]
    american = np.flatnonzero((points["country_code"] == "US").to_numpy())
    if len(american):
        found[american] = _move_into_county(
            points.iloc[american], projected[american], found[american]
        )
    return found


def _move_into_county(
    points: pd.DataFrame, projected: Floats, areas: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The areas, changed to the nearest of the county that the point lies in."""
    tree, codes = _index_counties()
    where = shapely.points(points["longitude"].to_numpy(float), points["latitude"].to_numpy(float))
    inside, outlines = tree.query(where, predicate="intersects")
    counties = read_areas()["county"].to_numpy()
    moved = areas.copy()
    for point, outline in zip(inside, outlines, strict=True):
        if counties[areas[point]] != codes[outline]:
            own = _areas_of_counties()[codes[outline]]
            away = np.linalg.norm(project_areas()[own] - projected[point], axis=1)
            moved[point] = own[away.argmin()]
    return moved


@cache
def _areas_of_counties() -> dict[str, npt.NDArray[np.int64]]:
    areas = read_areas()
    american = areas[areas["county"] != ""]
    return {
        str(code): american.index[rows].to_numpy()
        for code, rows in american.groupby("county").indices.items()
    }
