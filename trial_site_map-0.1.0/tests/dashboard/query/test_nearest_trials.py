"""One entry a trial: its nearest site that recruits."""

import pandas as pd
import pytest

from dashboard.library.lists import Library, OpenedList, merge
from dashboard.query.apply import apply
from dashboard.query.filters import parse
from dashboard.query.near import Centre, describe_distance
from dashboard.query.nearest_trials import NearestSite, find_nearest_sites
from dashboard.sites.reading import Reading
from dashboard.sites.trial import Trial

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


SALZBURG = Centre(47.8, 13.04, "Salzburg, Austria")
TOWNS = {
    "Salzburg": ("Austria", 47.8, 13.04),
    "Freilassing": ("Germany", 47.84, 12.98),
    "Munich": ("Germany", 48.14, 11.57),
    "Linz": ("Austria", 48.31, 14.29),
}
OPEN = (
    ("A", "Salzburg", "Completed"),
    ("A", "Munich", "Recruiting"),
    ("A", "Linz", "Recruiting"),
    ("B", "Freilassing", "Recruiting"),
    ("B", "Munich", "Recruiting"),
    ("C", "Salzburg", "Recruiting"),
)
"""Trial, town and status of each site of an opened list."""


def build_list(list_id: str, rows: tuple[tuple[str, str, str], ...] = OPEN) -> OpenedList:
    """A list of those sites, each with a point of its own."""
    sites = pd.DataFrame(rows, columns=["trial_id", "city", "status"]).assign(
        facility=lambda table: "Clinic " + table["city"], site_number="", state="", postcode=""
    )
    for place, name in enumerate(("country", "latitude", "longitude")):
        sites[name] = [TOWNS[city][place] for city in sites["city"]]
    trials = tuple(Trial(one, status="Recruiting") for one in dict.fromkeys(sites["trial_id"]))
    return OpenedList(list_id, Reading(list_id, "list", trials, sites))


@pytest.fixture
def library() -> Library:
    return merge([build_list("a")], None)


def find_towns(library: Library, query: str, **options: bool | str) -> list[tuple[str, str]]:
    """Trial and town of each card, as a person in Salzburg sees them."""
    pairs = [(name, value) for name, _, value in (p.partition("=") for p in query.split("&"))]
    kept = apply(library.table, parse([*pairs, ("near", SALZBURG.name)]), SALZBURG)
    found = find_nearest_sites(kept, **options)  # type: ignore[arg-type]
    return [(one.trial_id, kept.loc[one.row, "city"]) for one in found]


def test_a_closed_site_next_door_does_not_hide_the_open_one_farther_away(library: Library) -> None:
    assert find_towns(library, "trial=A") == [("A", "Linz")]
    assert find_towns(library, "trial=A", recruiting_only=False) == [("A", "Linz")]


def test_a_country_and_near_apply_together(library: Library) -> None:
    assert find_towns(library, "country=DE") == [("B", "Freilassing"), ("A", "Munich")]
    assert find_towns(library, "country=AT") == [("C", "Salzburg"), ("A", "Linz")]
    near = [("country", "DE"), ("near", SALZBURG.name), ("radius_km", "50")]
    kept = apply(library.table, parse(near), SALZBURG)
    assert kept["city"].tolist() == ["Freilassing"]
    assert kept["distance_km"].tolist() == sorted(kept["distance_km"])


def test_the_home_country_comes_first_and_hides_nothing(library: Library) -> None:
    found = find_towns(library, "status=Recruiting", home="AT")
    assert found == [("C", "Salzburg"), ("A", "Linz"), ("B", "Freilassing")]
    assert {trial for trial, _ in find_towns(library, "status=Recruiting")} == set("ABC")


def test_a_trial_that_two_open_lists_have_is_listed_once() -> None:
    twice = merge([build_list("a"), build_list("b")], None)
    assert len(twice.table) == len(OPEN), "and its sites once too"
    found = find_towns(twice, "status=Recruiting")
    assert [trial for trial, _ in found] == ["C", "B", "A"]


def test_distances_say_that_they_are_to_the_town_where_no_door_is_known() -> None:
    assert describe_distance(0.4, 12.0).strip() == "same city"
    assert describe_distance(56.6, 12.0).split() == ["about", "57", "km"]
    assert describe_distance(2.44, 0.5).split() == ["2.4", "km"]
