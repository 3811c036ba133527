"""Reach equals a count by hand over all areas and sites; gaps, proposals and evenness follow."""

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from dashboard.reach import population
from dashboard.reach.gaps import find_gaps
from dashboard.reach.inequality import measure_gini
from dashboard.reach.method import describe_method, list_notes
from dashboard.reach.next_sites import propose_sites
from dashboard.reach.reach import LEVELS, count_sites, measure_reach
from dashboard.reach.site_points import build_site_points
from geocache.geo.distance import distance_km, distances_km

DURHAM, BOSTON, RENO = (35.994, -78.8986), (42.3584, -71.0598), (39.5296, -119.8138)
MUNICH, SYDNEY, SUVA = (48.1374, 11.5755), (-33.8688, 151.2093), (-18.1416, 178.4415)


def build_sites(
    *rows: tuple[str, tuple[float, float], int], precision: str = "city"
) -> pd.DataFrame:
    """A site table of (country, point, number of sites there)."""
    return pd.DataFrame(
        [
            {"country_code": code, "latitude": lat, "longitude": lon, "precision": precision}
            for code, (lat, lon), number in rows
            for _ in range(number)
        ],
        columns=["country_code", "latitude", "longitude", "precision"],
    )


US_SITES = build_sites(("US", DURHAM, 2), ("US", BOSTON, 3), ("US", RENO, 1))


def count_by_hand(sites: pd.DataFrame, code: str, within: float, least: int = 1) -> int:
    """People of a country with so many sites within a distance, one area after the other."""
    areas = population.read_areas()
    near = np.zeros(len(areas), dtype=int)
    for point in zip(sites["latitude"], sites["longitude"], strict=True):
        near += distances_km(point, areas["latitude"], areas["longitude"]) <= within
    mine = (areas["country_code"] == code).to_numpy() & (near >= least)
    return int(areas["people"].to_numpy()[mine].sum())


@pytest.mark.parametrize("within", [1.0, 40.0, 80.4672, 1_000.0])
def test_people_within_reach_are_those_of_a_count_by_hand(within: float) -> None:
    sites = pd.concat([US_SITES, build_sites(("DE", MUNICH, 1), ("AU", SYDNEY, 1))])
    table = measure_reach(sites, (within,)).set_index("country_code")
    for code in ("US", "DE"):
        assert table.loc[code, "reached"] == count_by_hand(sites, code, within)
        total = table.loc[code, "people"]
        choice = count_by_hand(sites, code, within, least=3)
        assert table.loc[code, "choice_share"] == pytest.approx(choice / total, abs=1e-5)


def test_numbers_are_kept_back_where_the_listed_areas_are_not_the_people() -> None:
    table = measure_reach(build_sites(("AU", SYDNEY, 1), ("US", BOSTON, 1)), (50.0,))
    every, australia, america = (
        table[table["country_code"] == code].iloc[0] for code in ("", "AU", "US")
    )
    assert australia["coverage"] > population.MOST_COVERAGE
    assert math.isnan(australia["people"])
    assert math.isnan(australia["reached"])
    assert australia["share"] == pytest.approx(
        count_by_hand(build_sites(("AU", SYDNEY, 1)), "AU", 50.0)
        / population.read_areas().query("country_code == 'AU'")["people"].sum(),
        abs=1e-5,
    )
    assert america["reached"] > 0
    assert (every["level"], math.isnan(every["reached"])) == ("all", True)
    assert 0 < every["share"] < 1


def test_states_and_counties_add_up_to_the_country() -> None:
    table = measure_reach(US_SITES, (80.0,), LEVELS)
    by_level = table.groupby("level")[["people", "reached", "sites"]].sum()
    for level in ("state", "county"):
        assert by_level.loc[level].to_dict() == by_level.loc["country"].to_dict()
    assert list(table["level"].unique()) == list(LEVELS)  # one country: no line for all of them
    durham = table[(table["level"] == "county") & (table["county"] == "37063")].iloc[0]
    assert (durham["name"], durham["state"], durham["sites"]) == ("Durham", "NC", 2)
    assert durham["share"] == 1


def test_half_the_people_live_within_the_median_distance() -> None:
    row = measure_reach(US_SITES, (1.0,)).iloc[0]
    reached = count_by_hand(US_SITES, "US", row["median_km"] + 0.05)
    assert count_by_hand(US_SITES, "US", row["median_km"] - 0.05) < row["people"] / 2 <= reached


def test_sites_at_the_middle_of_a_state_or_nowhere_do_not_count() -> None:
    vague = build_sites(("US", RENO, 1), precision="region")
    lost = build_sites(("US", (math.nan, math.nan), 1), precision="unresolved")
    sites = pd.concat([build_sites(("US", BOSTON, 1)), vague, lost], ignore_index=True)
    table = measure_reach(sites, (100.0,))
    assert table["sites"].tolist() == [1]
    assert table["reached"].tolist() == [count_by_hand(sites.iloc[:1], "US", 100.0)]
    assert "2 sites whose position is known only to the state" in describe_method(sites)
    nobody = measure_reach(vague, (100.0, 20_000.0))
    assert nobody["reached"].tolist() == [0, 0]
    assert nobody["median_km"].isna().all()


def test_sites_of_two_countries_at_one_position_are_one_point_and_counted_in_each() -> None:
    sites = build_sites(("US", RENO, 2), ("CA", RENO, 1), ("US", BOSTON, 1))
    counts = measure_reach(sites, (1.0,)).set_index("country_code")["sites"]
    assert (counts["US"], counts["CA"]) == (3, 1)
    points = build_site_points(sites)
    assert sorted(points.sites) == [1, 3]
    assert points.left_out == 0


def test_no_sites_no_rows() -> None:
    empty = build_sites()
    for table in (measure_reach(empty, levels=LEVELS), find_gaps(empty), propose_sites(empty)):
        assert table.empty
    assert "0 sites" in describe_method(empty)


@pytest.mark.parametrize(
    ("sites", "note"),
    [
        (build_sites(), "No site is left by the filter"),
        (build_sites(("US", RENO, 1), precision="region"), "The one site has no position"),
        (build_sites(("US", (math.nan, 0.0), 3), precision="unresolved"), "None of the 3 sites"),
        (build_sites(("US", RENO, 2)), "All sites are at one position"),
        (build_sites(("DE", MUNICH, 1), ("VA", (41.9, 12.45), 1)), "listed for Vatican City"),
        (build_sites(("DE", MUNICH, 1), ("AU", SYDNEY, 1)), "Counties are those of the United"),
    ],
)
def test_what_cannot_be_measured_is_said(sites: pd.DataFrame, note: str) -> None:
    assert any(note in one for one in list_notes(sites, LEVELS))
    measure_reach(sites, (0.001, 20_000.0), LEVELS)
    find_gaps(sites)
    propose_sites(sites)


def test_nothing_odd_no_note() -> None:
    assert list_notes(US_SITES, LEVELS) == []


def test_nobody_and_everybody_are_within_no_distance_and_the_longest() -> None:
    nobody, everybody = measure_reach(US_SITES, (0.000001, 20_038.0))["share"]
    assert (nobody, everybody) == (0, 1)


def test_a_point_at_the_date_line_is_near_both_sides() -> None:
    sites = build_sites(("FJ", SUVA, 1))
    table = measure_reach(sites, (200.0,))
    assert table["share"].tolist()[0] > 0.5


def test_gaps_are_states_and_counties_without_a_site_and_cities_far_from_one() -> None:
    table = find_gaps(US_SITES, beyond_km=100.0)
    counties = table[table["kind"] == "county"]
    assert "37063" not in set(counties["county"])
    assert len(counties) == (count_sites(US_SITES, "county") == 0).sum()
    assert set(table.loc[table["kind"] == "state", "state"]).isdisjoint({"NC", "MA", "NV"})
    cities = table[table["kind"] == "city"]
    assert cities.iloc[0]["name"] == "New York City"
    for city in cities.head(20).itertuples():
        point = (city.latitude, city.longitude)
        away = min(distance_km(point, site) for site in (DURHAM, BOSTON, RENO))
        assert city.nearest_km == pytest.approx(away, abs=0.06)
        assert away > 100


def test_proposals_add_what_they_say_and_come_near_the_best_choice() -> None:
    sites = build_sites(("AT", (48.2085, 16.3721), 1))  # Vienna
    table = propose_sites(sites, 60.0, 2)
    before = count_by_hand(sites, "AT", 60.0)
    for row in table.itertuples():
        sites = pd.concat([sites, build_sites(("AT", (row.latitude, row.longitude), 1))])
        after = count_by_hand(sites, "AT", 60.0)
        assert row.adds == after - before
        before = after
    places = population.read_places().query("country_code == 'AT' and people >= 50_000")
    areas = population.read_areas().query("country_code == 'AT'")
    near = [
        set(np.flatnonzero(distances_km(point, areas["latitude"], areas["longitude"]) <= 60.0))
        for point in zip(places["latitude"], places["longitude"], strict=True)
    ]
    covered = set(
        np.flatnonzero(
            distances_km((48.2085, 16.3721), areas["latitude"], areas["longitude"]) <= 60.0
        )
    )
    people = areas["people"].to_numpy()
    best = max(people[list((a | b) - covered)].sum() for a, b in combinations(near, 2))
    assert best * (1 - 1 / math.e) <= table["adds"].sum() <= best


def test_gini_of_known_distributions() -> None:
    assert measure_gini([1, 1, 1, 1], [10, 10, 10, 10]) == pytest.approx(0)
    assert measure_gini([0, 0, 0, 4], [10, 10, 10, 10]) == pytest.approx(0.75)
    assert measure_gini([2, 4, 6], [1, 2, 3]) == pytest.approx(0)
    assert measure_gini([0, 1], [0, 7]) == pytest.approx(0)  # nobody lives in the first
    assert math.isnan(measure_gini([0, 0], [1, 2]))


def test_every_us_area_lies_in_a_named_county() -> None:
    areas = population.read_areas()
    american = areas[areas["country_code"] == "US"]
    assert american["people"].sum() == 334_362_514
    assert set(american["county"]) <= set(population.read_county_names().index)
    points = american.sample(500, random_state=1)[["country_code", "latitude", "longitude"]]
    own = population.nearest_area(points)
    assert (areas["county"].to_numpy()[own] == american.loc[points.index, "county"]).mean() > 0.98
