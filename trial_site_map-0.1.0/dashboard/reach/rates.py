"""Recruiting sites per million people of countries, states and US counties."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from dashboard.reach.population import (
    is_well_covered,
    read_areas,
    read_country_populations,
    read_county_names,
    read_units,
)
from dashboard.reach.reach import count_sites
from dashboard.sites.memo import memoize_per_table
from geocache.geo.countries import country_name
from geocache.geo.states import find_states, read_state_outlines, state_name

COLUMNS = (
    *("level", "name", "code", "country_code", "people"),
    *("sites", "recruiting", "recruiting_per_million"),
)
FEW = 5
"""With fewer recruiting sites a rate says little: one site more would change it much."""


def measure_rates(sites: pd.DataFrame, levels: Sequence[str] = ("country",)) -> pd.DataFrame:
    """Recruiting sites per million people of the units of the countries that have a site.

    Args:
        sites: the filtered site table.
        levels: of :data:`dashboard.reach.reach.LEVELS`.

    Returns:
        A row per unit, :data:`COLUMNS`, in each level most recruiting sites first. ``code`` is
        that of the country (alpha-2), of the state (ISO 3166-2) or of the US county (FIPS). People
        of countries are all inhabitants, those of states and counties live in listed places; where
        these hold too few or too many of a country's people, people and rate are missing.
    """
    tables = [_BUILDERS[level](sites) for level in levels]
    found = pd.concat([pd.DataFrame(columns=list(COLUMNS)), *tables], ignore_index=True)
    rate = found["recruiting"].astype(float) / found["people"].astype(float) * 1e6
    found["recruiting_per_million"] = rate.replace(np.inf, np.nan).round(3)
    numbers = {"people": float, "sites": np.int64, "recruiting": np.int64}
    order = {level: number for number, level in enumerate(levels)}
    found = found.assign(order=found["level"].map(order).astype(int))
    ranks = ["order", "recruiting", "sites", "name"]
    found = found.sort_values(ranks, ascending=[True, False, False, True], ignore_index=True)
    return found[list(COLUMNS)].astype(numbers)


@memoize_per_table
def _select_recruiting(sites: pd.DataFrame) -> pd.DataFrame:
    return sites[(sites["status"] == "Recruiting").to_numpy()]


def _list_codes(sites: pd.DataFrame) -> list[str]:
    return sorted(set(map(str, sites["country_code"].unique())) - {""})


def _count(sites: pd.DataFrame, column: str, codes: list[str]) -> dict[str, Any]:
    """Sites and recruiting sites of each code."""
    tables = {"sites": sites, "recruiting": _select_recruiting(sites)}
    return {
        name: table[column].astype("str").value_counts().reindex(codes, fill_value=0).to_numpy()
        for name, table in tables.items()
    }


def _build_countries(sites: pd.DataFrame) -> pd.DataFrame:
    codes = _list_codes(sites)
    return pd.DataFrame(
        {
            "level": "country",
            "name": [country_name(code) or code for code in codes],
            "code": codes,
            "country_code": codes,
            "people": read_country_populations().reindex(codes).to_numpy(float),
            **_count(sites, "country_code", codes),
        }
    )


def _build_states(sites: pd.DataFrame) -> pd.DataFrame:
    people = {
        state: (code, number)
        for code in _list_codes(sites)
        for state, number in _count_people_of_states(code).items()
    }
    codes = list(people)
    known = [is_well_covered(code) for code, _ in people.values()]
    numbers = np.array([number for _, number in people.values()], dtype=float)
    return pd.DataFrame(
        {
            "level": "state",
            "name": [state_name(code) for code in codes],
            "code": codes,
            "country_code": [code for code, _ in people.values()],
            "people": np.where(known, numbers, np.nan) if codes else numbers,
            **_count(sites, "state_code", codes),
        }
    )


@cache
def _count_people_of_states(country: str) -> dict[str, int]:
    """The listed people in each state's outline, of all states of a country."""
    areas = read_areas()
    own = areas[areas["country_code"] == country]
    states = find_states(own["latitude"].to_numpy(), own["longitude"].to_numpy(), country)
    people = own["people"].groupby(np.array(states, dtype=object)).sum()
    return {code: int(people.get(code, 0)) for code in read_state_outlines(country)}


def _build_counties(sites: pd.DataFrame) -> pd.DataFrame:
    if "US" not in _list_codes(sites):
        return pd.DataFrame(columns=list(COLUMNS))
    units = read_units("county")
    names = read_county_names().reindex(units.labels["county"]).fillna("")
    return pd.DataFrame(
        {
            "level": "county",
            "name": [
                f"{name}, {state}" for name, state in zip(names, units.labels["state"], strict=True)
            ],
            "code": units.labels["county"],
            "country_code": "US",
            "people": units.people.astype(float),
            "sites": count_sites(sites, "county"),
            "recruiting": count_sites(_select_recruiting(sites), "county"),
        }
    )


_BUILDERS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "country": _build_countries,
    "state": _build_states,
    "county": _build_counties,
}
