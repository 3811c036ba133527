"""Recruiting sites per million people, their map, and how few are shown."""

import math

import pandas as pd
import pytest

from dashboard.page.tabs.reach.rates_map import build_features
from dashboard.reach.outlines import build_outlines
from dashboard.reach.population import read_areas, read_country_populations
from dashboard.reach.rates import measure_rates
from geocache.geo.states import find_states

BOSTON, RENO, MUNICH, SYDNEY = (
    (42.3584, -71.0598),
    (39.5296, -119.8138),
    (48.1374, 11.5755),
    (-33.8688, 151.2093),
)


def build_sites(*rows: tuple[str, str, tuple[float, float], str, int]) -> pd.DataFrame:
    """A site table of (country, state code, point, status, number)."""
    return pd.DataFrame(
        [
            {"country_code": country, "state_code": state, "status": status, "precision": "city"}
            | {"latitude": lat, "longitude": lon}
            for country, state, (lat, lon), status, number in rows
            for _ in range(number)
        ],
        columns=["country_code", "state_code", "status", "precision", "latitude", "longitude"],
    )


SITES = build_sites(
    ("US", "US-MA", BOSTON, "Recruiting", 6),
    ("US", "US-MA", BOSTON, "Completed", 2),
    ("US", "US-NV", RENO, "Recruiting", 1),
    ("DE", "DE-BY", MUNICH, "Completed", 3),
    ("AU", "AU-NSW", SYDNEY, "Recruiting", 5),
)


def test_countries_are_per_million_of_all_inhabitants() -> None:
    table = measure_rates(SITES).set_index("code")
    assert table.index.tolist() == ["US", "AU", "DE"]
    people = read_country_populations()["US"]
    united_states = table.loc["US"]
    assert (united_states["sites"], united_states["recruiting"]) == (9, 7)
    assert united_states["recruiting_per_million"] == pytest.approx(7 / people * 1e6, abs=1e-3)
    assert table.loc["DE", "recruiting_per_million"] == 0
    assert table.loc["AU", "recruiting_per_million"] > 0  # its listed places are not asked


def test_states_are_per_million_of_the_people_within_their_outline() -> None:
    table = measure_rates(SITES, ("state",)).set_index("code")
    bavaria, massachusetts, wales = (table.loc[code] for code in ("DE-BY", "US-MA", "AU-NSW"))
    assert (bavaria["name"], bavaria["sites"], bavaria["recruiting"]) == ("Bavaria", 3, 0)
    areas = read_areas().query("country_code == 'US'")
    inside = pd.Series(find_states(areas["latitude"], areas["longitude"], "US"), areas.index)
    people = areas["people"][inside == "US-MA"].sum()
    assert massachusetts["people"] == people
    assert massachusetts["recruiting_per_million"] == pytest.approx(6 / people * 1e6, abs=1e-3)
    assert math.isnan(wales["people"])  # listed places hold far more than Australia's people
    assert math.isnan(wales["recruiting_per_million"])


def test_counties_are_those_of_the_united_states() -> None:
    table = measure_rates(SITES, ("county",)).set_index("code")
    suffolk = table.loc["25025"]
    assert (suffolk["name"], suffolk["sites"], suffolk["recruiting"]) == ("Suffolk, MA", 8, 6)
    assert table["recruiting"].sum() == 7
    assert measure_rates(SITES[SITES["country_code"] == "DE"], ("county",)).empty
    assert measure_rates(SITES.iloc[:0], ("country", "state", "county")).empty


@pytest.mark.parametrize(
    ("level", "code", "country"),
    [("country", "DE", "DE"), ("state", "DE-BY", "DE"), ("county", "25025", "US")],
)
def test_every_level_has_outlines(level: str, code: str, country: str) -> None:
    outline = build_outlines(level, country)[code]
    assert outline["type"] == "MultiPolygon"
    assert all(ring[0] == ring[-1] for polygon in outline["coordinates"] for ring in polygon)


def test_few_are_grey_and_said_to_be_few() -> None:
    features = build_features(measure_rates(SITES), dark=False)
    united_states, australia, germany = features
    assert united_states.label.endswith("per million, 7 recruiting sites")
    assert australia.style["fillColor"] == united_states.style["fillColor"]
    assert germany.label == "Germany: 0 recruiting sites, too few for a rate"
    assert germany.style["fillColor"] != united_states.style["fillColor"]
    states = build_features(measure_rates(SITES, ("state",)), dark=True)
    wales = next(one for one in states if one.label.startswith("New South Wales"))
    assert "people not known well enough" in wales.label
    hostile = measure_rates(SITES).assign(name="<img src=x onerror=alert(1)>")
    assert all("<" not in one.label for one in build_features(hostile, dark=False))
