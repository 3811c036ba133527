"""One entry a trial: its nearest site that recruits."""

import pandas as pd

from dashboard.query.nearest_trials import NearestSite, find_nearest_sites

ROWS = [
    # trial, trial's status, site's status, country, distance
    ("A", "Recruiting", "Completed", "DE", 1.0),
    ("A", "Recruiting", "Recruiting", "DE", 30.0),
    ("A", "Recruiting", "Recruiting", "DE", 60.0),
    ("B", "Completed", "Completed", "DE", 2.0),
    ("C", "Recruiting", "", "AT", 20.0),
    ("D", "Recruiting", "Recruiting", "AT", 5.0),
    ("D", "Recruiting", "Recruiting", "DE", 90.0),
]
SITES = pd.DataFrame(
    ROWS, columns=["trial_id", "trial_status", "status", "country_code", "distance_km"]
)


def test_a_nearer_closed_site_does_not_hide_one_that_recruits() -> None:
    found = find_nearest_sites(SITES)
    assert found == [
        NearestSite("D", 5, recruiting=True, distance_km=5.0),
        NearestSite("C", 4, recruiting=True, distance_km=20.0),
        NearestSite("A", 1, recruiting=True, distance_km=30.0),
    ]
    closed = find_nearest_sites(SITES, recruiting_only=False)
    assert [(one.trial_id, one.recruiting) for one in closed] == [
        ("B", False), ("D", True), ("C", True), ("A", True)
    ]  # fmt: skip


def test_the_home_country_comes_first() -> None:
    found = find_nearest_sites(SITES, home="DE")
    assert [(one.trial_id, one.row) for one in found] == [("A", 1), ("D", 6), ("C", 4)]


def test_without_a_place_there_is_no_distance() -> None:
    found = find_nearest_sites(SITES.drop(columns="distance_km"))
    assert [one.trial_id for one in found] == ["A", "C", "D"]
    assert {one.distance_km for one in found} == {None}
    assert find_nearest_sites(SITES.iloc[:0]) == []
