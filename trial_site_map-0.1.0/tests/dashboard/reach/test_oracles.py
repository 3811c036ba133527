"""Reach beside other people's and other ways of computing it: packages, solvers, definitions."""

import itertools

import numpy as np
import pandas as pd
import pytest
from access import Access
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from dashboard.reach import population
from dashboard.reach.catchment import measure_access, share_sites
from dashboard.reach.inequality import measure_gini
from dashboard.reach.next_sites import propose_sites
from dashboard.reach.reach import measure_reach
from dashboard.reach.travel_time import estimate_minutes, find_distance
from geocache.geo.distance import distances_km
from geocache.geo.sphere import project

PLACES = {
    "Durham": (35.994, -78.8986),
    "Boston": (42.3584, -71.0598),
    "Reno": (39.5296, -119.8138),
    "Munich": (48.1374, 11.5755),
    "Vienna": (48.2085, 16.3721),
    "Linz": (48.3064, 14.2861),
}


def build_sites(code: str, **numbers: int) -> pd.DataFrame:
    """A site table of a country: the number of sites at each of :data:`PLACES`."""
    rows = [
        {"country_code": code, "facility": f"{name} Hospital", "city": name, "state": ""}
        | {"latitude": PLACES[name][0], "longitude": PLACES[name][1], "precision": "city"}
        | {"trial_id": "NCT00000001"}
        for name, number in numbers.items()
        for _ in range(number)
    ]
    return pd.DataFrame(rows)


def test_shared_access_is_that_of_the_package_access() -> None:
    random = np.random.default_rng(5)
    areas = pd.DataFrame({"lat": random.uniform(45, 49, 60), "lon": random.uniform(5, 12, 60)})
    areas["people"] = random.integers(1, 90_000, 60)
    spots = pd.DataFrame({"lat": random.uniform(45, 49, 9), "lon": random.uniform(5, 12, 9)})
    spots["sites"] = random.integers(1, 6, 9)
    costs = pd.DataFrame(
        [
            (origin, spot, distance)
            for spot, point in spots.iterrows()
            for origin, distance in enumerate(
                distances_km((point["lat"], point["lon"]), areas["lat"], areas["lon"])
            )
        ],
        columns=["origin", "dest", "cost"],
    )
    theirs = Access(
        demand_df=areas.rename_axis("id"),
        demand_value="people",
        demand_index=True,
        supply_df=spots.rename_axis("id"),
        supply_value="sites",
        supply_index=True,
        cost_df=costs,
        cost_origin="origin",
        cost_dest="dest",
        cost_name="cost",
    ).two_stage_fca(max_cost=90.0)["2sfca_sites"]
    ours = share_sites(
        project(spots["lat"].to_numpy(), spots["lon"].to_numpy()),
        spots["sites"].to_numpy(),
        project(areas["lat"].to_numpy(), areas["lon"].to_numpy()),
        areas["people"].to_numpy(),
        90.0,
    )
    assert (ours > 0).sum() > 5
    np.testing.assert_allclose(ours, theirs.reindex(range(60), fill_value=0).fillna(0))


def test_every_site_is_shared_once() -> None:
    sites = build_sites("US", Durham=2, Boston=3, Reno=1)
    people = population.read_areas()["people"].to_numpy()
    assert (measure_access(sites, 80.0) * people).sum() == pytest.approx(6)
    row = measure_reach(sites, (80.0,), catchment_km=80.0).iloc[0]
    assert row["access_per_million"] == pytest.approx(6 / row["people"] * 1e6, abs=1e-3)
    assert np.isnan(measure_reach(sites, (80.0,)).iloc[0]["access_per_million"])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 500)), min_size=2, max_size=30))
@settings(deadline=None, max_examples=60)
def test_gini_is_the_mean_difference_between_two_people(
    areas: list[tuple[int, int]],
) -> None:
    sites, people = np.array(areas, dtype=float).T
    if not sites.sum():
        return
    rates, shares = sites / people, people / people.sum()
    mean = (rates * shares).sum()
    pairs = itertools.product(range(len(areas)), repeat=2)
    spread = sum(shares[i] * shares[j] * abs(rates[i] - rates[j]) for i, j in pairs)
    assert measure_gini(sites, people) == pytest.approx(spread / (2 * mean), abs=1e-9)


@pytest.mark.parametrize(("count", "within_km"), [(1, 60.0), (3, 30.0), (4, 60.0)])
def test_proposals_are_within_their_bound_of_the_exact_choice(count: int, within_km: float) -> None:
    sites = build_sites("AT", Vienna=1)
    areas = population.read_areas().query("country_code == 'AT'")
    cities = population.read_places().query("country_code == 'AT' and people >= 50_000")
    near = np.array(
        [
            distances_km(point, areas["latitude"], areas["longitude"]) <= within_km
            for point in zip(cities["latitude"], cities["longitude"], strict=True)
        ]
    )
    already = distances_km(PLACES["Vienna"], areas["latitude"], areas["longitude"]) <= within_km
    people = np.where(already, 0, areas["people"].to_numpy())
    # Maximal covering: an area counts once if one of the cities near it is among those chosen.
    cover = np.hstack([near.T.astype(float), -np.eye(len(areas))])
    limit = np.hstack([np.ones(len(cities)), np.zeros(len(areas))])[np.newaxis]
    exact = milp(
        -np.hstack([np.zeros(len(cities)), people]),
        constraints=[LinearConstraint(cover, 0), LinearConstraint(limit, 0, count)],
        integrality=np.hstack([np.ones(len(cities)), np.zeros(len(areas))]),
        bounds=Bounds(0, 1),
    )
    assert exact.success
    best = -exact.fun
    ours = propose_sites(sites, within_km, count)["adds"].sum()
    assert best * (1 - (1 - 1 / count) ** count) - 1 <= ours <= best + 1


def test_candidates_are_chosen_instead_of_cities() -> None:
    sites, candidates = build_sites("AT", Vienna=1), build_sites("AT", Linz=2, Vienna=3)
    table = propose_sites(sites, 60.0, 5, candidates)
    assert table["name"].tolist() == ["Linz Hospital"]  # nobody is added in Vienna
    assert propose_sites(sites, 60.0, 1).iloc[0]["adds"] >= table.iloc[0]["adds"] > 0


def test_people_who_have_these_sites_and_not_those_of_another_trial() -> None:
    here, there = build_sites("US", Durham=1, Boston=1), build_sites("US", Boston=2, Reno=1)
    row = measure_reach(here, (80.0,), against=there).iloc[0]
    areas = population.read_areas().query("country_code == 'US'")
    near = {
        name: (distances_km(PLACES[name], areas["latitude"], areas["longitude"]) <= 80.0)
        for name in ("Durham", "Boston", "Reno")
    }
    only = (near["Durham"] | near["Boston"]) & ~(near["Boston"] | near["Reno"])
    assert row["only_here"] == areas["people"].to_numpy()[only].sum()
    other = areas["people"].to_numpy()[near["Boston"] | near["Reno"]].sum()
    assert row["against_share"] == pytest.approx(other / row["people"], abs=1e-5)


def test_minutes_are_the_published_means_and_grow_with_distance() -> None:
    assert estimate_minutes([13.4 / 1.417, 28.2 / 1.417]) == pytest.approx([20.7, 27.2])
    steps = np.arange(0, 500, 0.5)
    assert (np.diff(estimate_minutes(steps)) > 0).all()
    for minutes in (1.0, 15.0, 25.0, 30.0, 60.0, 600.0):
        assert estimate_minutes(find_distance(minutes)) == pytest.approx(minutes, abs=1e-3)
    sites = build_sites("US", Boston=1)
    straight, timed = (
        row for _, row in measure_reach(sites, (21.95,), within_min=(30.0,)).iterrows()
    )
    assert (timed["reached"], timed["within_min"]) == (straight["reached"], 30)
    assert np.isnan(straight["within_min"])
