"""Filters applied to the seed and to small tables."""

import gc
import weakref

import pandas as pd
import pytest

from dashboard.errors import FilterError
from dashboard.query.apply import MAX_ROWS, MAX_TABLES, apply
from dashboard.query.coordinates import BBox
from dashboard.query.filters import Filters, parse
from dashboard.query.near import LocatePlace, find_centre
from dashboard.sites.table import COLUMNS
from geocache.gazetteer import Gazetteer
from geocache.place import Flag, Place, Position
from harness.site_tables import generate_site_table

SEED_COUNTRIES = {
    "DE": 17, "IT": 12, "FR": 10, "PL": 7, "ES": 7, "BE": 5,
    "GB": 5, "AT": 4, "RO": 4, "NL": 2, "RU": 2,
}  # fmt: skip


def apply_near(
    sites: pd.DataFrame, filters: Filters, locate: LocatePlace | None = None
) -> pd.DataFrame:
    """The filtered rows, by distance from the place that ``near`` names."""
    return apply(sites, filters, find_centre(filters.near, locate, sites))


def test_no_filter_keeps_the_table_itself(seed: pd.DataFrame) -> None:
    assert apply(seed, Filters()) is seed


@pytest.mark.parametrize(("code", "count"), SEED_COUNTRIES.items())
def test_each_country_keeps_its_sites(seed: pd.DataFrame, code: str, count: int) -> None:
    kept = apply(seed, Filters(country=(code,)))
    assert len(kept) == count
    assert set(kept["country_code"]) == {code}
    assert tuple(kept.columns) == COLUMNS


def test_values_of_one_filter_are_alternatives_and_filters_all_apply(seed: pd.DataFrame) -> None:
    both = apply(seed, Filters(country=("DE", "IT")))
    assert len(both) == 29
    assert len(apply(seed, Filters(country=("DE", "IT"), city=("Rome",)))) == 2
    assert apply(seed, Filters(country=("DE",), city=("Rome",))).empty


@pytest.mark.parametrize(
    ("query", "count"),
    [("munster", 1), ("MÜNSTER", 1), ("1102", 1), ("rome sapienza", 1), ("besancon chu", 1)],
)
def test_search_needs_no_accents_and_takes_all_words(
    seed: pd.DataFrame, query: str, count: int
) -> None:
    assert len(apply(seed, Filters(q=query))) == count


def test_not_stated_is_the_empty_status(seed: pd.DataFrame) -> None:
    assert len(apply(seed, parse([("status", "Not stated")]))) == 75
    assert apply(seed, parse([("status", "Recruiting")])).empty


def test_a_box_keeps_what_lies_inside_also_across_the_antimeridian() -> None:
    table = pd.DataFrame(
        {"latitude": [0.0, 0.0, 0.0, None], "longitude": [179.0, -179.0, 10.0, None]}
    )
    assert list(apply(table, Filters(bbox=BBox(170, -5, -170, 5))).index) == [0, 1]
    assert list(apply(table, Filters(bbox=BBox(0, -5, 20, 5))).index) == [2]


def test_near_sorts_by_distance_and_adds_it_last(seed: pd.DataFrame, gazetteer: Gazetteer) -> None:
    near = apply_near(seed, Filters(near="Vienna, Austria", radius_km=200), gazetteer.locate)
    assert list(near.columns) == [*COLUMNS, "distance_km"]
    assert list(near["city"]) == ["Vienna", "Graz", "Linz"]
    assert near["distance_km"].is_monotonic_increasing
    assert near["distance_km"].max() <= 200


def test_near_takes_coordinates_without_a_geocoder(seed: pd.DataFrame) -> None:
    near = apply_near(seed, Filters(near="48.2,16.37", radius_km=20))
    assert list(near["city"]) == ["Vienna"]


@pytest.mark.parametrize(
    ("words", "latitude", "longitude"),
    [
        ("Boston, MA", 42.36, -71.06),
        ("Paris, France", 48.86, 2.35),
    ],
)
def test_near_knows_zip_codes_and_places(
    gazetteer: Gazetteer, words: str, latitude: float, longitude: float
) -> None:
    found = find_centre(words, gazetteer.locate)
    assert found.latitude == pytest.approx(latitude, abs=0.2)
    assert found.longitude == pytest.approx(longitude, abs=0.2)


def test_a_bare_name_is_its_largest_place_flagged_as_ambiguous(
    gazetteer: Gazetteer,
) -> None:
    berlin = gazetteer.largest("Berlin")
    assert (berlin.latitude, berlin.longitude) == pytest.approx((52.5, 13.4), abs=0.2)
    assert berlin.flags == (Flag.AMBIGUOUS,)
    assert berlin.alternatives
    assert not gazetteer.locate(Place(city="Berlin")).resolved
    assert not gazetteer.largest("Qwxzjk").resolved


def test_an_unknown_place_is_an_error(seed: pd.DataFrame) -> None:
    def know_nothing(_: Place) -> Position:
        return Position()

    with pytest.raises(FilterError, match="nobody here knows"):
        apply_near(seed, Filters(near="Qwxzjk"), know_nothing)


def test_a_bare_city_is_the_one_in_the_table(seed: pd.DataFrame, gazetteer: Gazetteer) -> None:
    near = apply_near(seed, Filters(near="munich", radius_km=5), gazetteer.locate)
    assert set(near["city"]) == {"Munich"}


def test_an_ambiguous_bare_name_is_refused_with_the_places_it_may_mean(
    seed: pd.DataFrame, gazetteer: Gazetteer
) -> None:
    with pytest.raises(FilterError, match="say which") as raised:
        apply_near(seed, Filters(near="Ouagadougou"), gazetteer.locate)
    assert raised.value.allowed[0].endswith("Burkina Faso")


def test_a_bare_city_in_two_countries_of_the_table_is_not_guessed(seed: pd.DataFrame) -> None:
    two = pd.concat([seed, seed[seed["city"] == "Rome"].assign(city="Berlin")], ignore_index=True)

    def know_nothing(_: Place) -> Position:
        return Position()

    with pytest.raises(FilterError) as raised:
        apply_near(two, Filters(near="Berlin"), know_nothing)
    assert {"Berlin, Germany", "Berlin, Italy"} <= set(raised.value.allowed)


def test_equal_filters_share_one_table_until_enough_others_are_used() -> None:
    table = generate_site_table(400, places=60)
    german = apply(table, Filters(country=("DE",)))
    assert apply(table.copy(), Filters(country=("DE",))) is not german
    gone = weakref.ref(german)
    del german
    gc.collect()
    assert apply(table, Filters(country=("DE",))) is gone()
    for number in range(MAX_TABLES):
        apply(table, Filters(q="e", country=("US",), radius_km=None, sponsor=(f"S{number}",)))
    gc.collect()
    assert gone() is None


def test_a_table_too_large_to_be_held_is_freed_when_unused() -> None:
    table = generate_site_table(400, places=60)
    many = pd.concat([table] * (MAX_ROWS // 300), ignore_index=True)
    others = tuple(set(table["country_code"]) - {table["country_code"].iloc[0]})
    most = weakref.ref(apply(many, Filters(country=others)))
    gc.collect()
    assert most() is None
