"""Points in, near and outside countries."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocache.gazetteer.builder.sources import read_places
from geocache.geo.borders import extent, in_country


@pytest.mark.parametrize(
    ("latitude", "longitude", "code"),
    [
        (52.52, 13.4, "DE"),
        (47.58, 7.6, "DE"),  # Basel, less than 25 km over the border
        (-21.1, 55.5, "RE"),
        (-21.1, 55.5, "FR"),  # a territory counts for its country
        (22.3, 114.2, "HK"),
        (22.3, 114.2, "CN"),
        (45.0, 34.1, "UA"),  # Crimea counts for both
        (45.0, 34.1, "RU"),
        (34.1, 74.8, "IN"),  # Srinagar
        (34.1, 74.8, "PK"),
        (36.14, -5.35, "GI"),
        (-17.7, 178.0, "FJ"),
        (66.5, -179.5, "RU"),  # across the date line
        (42.4, 19.26, "RS"),  # Podgorica, once Serbia and Montenegro
        (4.175, 73.5, "MV"),
        (0.0, 0.0, "ZZ"),  # not on the map: not doubted
    ],
)
def test_inside(latitude: float, longitude: float, code: str) -> None:
    assert in_country(latitude, longitude, code)


@pytest.mark.parametrize(
    ("latitude", "longitude", "code"),
    [
        (48.85, 2.35, "DE"),
        (48.85, 2.35, "RE"),
        (51.5, -0.1, "IE"),
        (0.0, 0.0, "FR"),
        (90.0, 0.0, "FR"),
        (40.4, -3.7, "US"),
    ],
)
def test_outside(latitude: float, longitude: float, code: str) -> None:
    assert not in_country(latitude, longitude, code)


def test_tolerance_is_in_kilometres() -> None:
    basel = (47.5596, 7.5886)
    assert in_country(*basel, "DE", tolerance_km=10)
    assert not in_country(47.05, 8.3, "DE", tolerance_km=25)  # Lucerne, 60 km inside
    assert in_country(47.05, 8.3, "DE", tolerance_km=100)


def test_every_larger_city_lies_in_its_country() -> None:
    outside = [
        place.name
        for place in read_places()
        if place.population >= 100_000
        and not in_country(place.latitude, place.longitude, place.country)
    ]
    assert outside == []


@given(
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.sampled_from(["RU", "US", "FJ", "AQ", "NZ", "MC"]),
)
def test_any_point_has_an_answer(latitude: float, longitude: float, code: str) -> None:
    assert math.isfinite(latitude)
    assert in_country(latitude, longitude, code) in (True, False)


def test_the_extent_of_a_country_is_that_of_its_largest_landmass() -> None:
    west, south, east, north = extent("FR") or pytest.fail("France is on the map")
    assert (-5.5 < west < -4, 41 < south < 43.5, 7 < east < 9, 50 < north < 52) == (True,) * 4
    assert extent("ZZ") is None
