"""Postcodes of the world as a way in: ``near`` and ``/api/positions``."""

import pandas as pd
import pytest

from dashboard.errors import FilterError
from dashboard.query.coordinates import parse_point
from dashboard.query.near import describe_distance, find_centre, find_place
from geocache.gazetteer import Gazetteer
from geocache.gazetteer.postcode_forms import split_postcode
from geocache.geo.distance import distance_km
from geocache.place import Precision

GERMAN_SITES = pd.DataFrame(
    {
        "city": ["Graz"],
        "country": ["Germany"],
        "country_code": ["DE"],
        "latitude": [47.0],
        "longitude": [15.4],
    }
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("80331 Munich", ("80331", "Munich")),
        ("80331 Munich, Germany", ("80331", "Munich")),
        ("London SW1A 1AA", ("SW1A 1AA", "London")),
        ("1105 AZ Amsterdam", ("1105 AZ", "Amsterdam")),
        ("1010 Wien", ("1010", "Wien")),
        ("113-8519", ("113-8519", "")),
        ("29 Palms, California", ("", "29 Palms")),
        ("Graz, Austria", ("", "Graz")),
    ],
)
def test_a_postcode_is_told_from_its_town(text: str, parts: tuple[str, str]) -> None:
    assert split_postcode(text) == parts


@pytest.mark.parametrize(
    ("text", "latitude", "longitude"),
    [
        ("SW1A 1AA", 51.50, -0.13),
        ("M5G 2C4", 43.66, -79.39),
        ("D-80331", 48.135, 11.57),
        ("80331 Munich", 48.135, 11.57),
        ("1010 Wien", 48.21, 16.37),
        ("28046 Madrid", 40.44, -3.69),
        ("1105 AZ Amsterdam", 52.30, 4.96),
        ("80331, Germany", 48.135, 11.57),
        ("02115, United States", 42.34, -71.09),
        ("K1A 0B1, Canada", 45.42, -75.70),
    ],
)
def test_postcodes_alone_with_a_town_or_with_a_country(
    gazetteer: Gazetteer, text: str, latitude: float, longitude: float
) -> None:
    centre = find_centre(text, gazetteer.locate)
    assert centre
    assert distance_km((centre.latitude, centre.longitude), (latitude, longitude)) < 5


def test_a_postcode_of_several_countries_is_asked_for_and_each_choice_is_understood(
    gazetteer: Gazetteer,
) -> None:
    with pytest.raises(FilterError) as asked:
        find_centre("10115", gazetteer.locate)
    choices = [choice for choice in asked.value.allowed if choice[0].isdigit()]
    assert "10115 Berlin, Germany" in choices
    for choice in choices[:3]:
        assert find_centre(choice, gazetteer.locate)


def test_the_countries_of_the_sites_go_first(gazetteer: Gazetteer) -> None:
    centre = find_centre("10115", gazetteer.locate, GERMAN_SITES)
    assert centre
    assert centre.name == "10115 Berlin, Germany"


def test_an_unknown_postcode_falls_back_to_its_town_and_says_so(gazetteer: Gazetteer) -> None:
    centre = find_centre("99999 Graz, Austria", gazetteer.locate)
    assert centre
    assert centre.name == "Graz, Styria, Austria (postcode 99999 is not known)"
    position = find_place("99999 Graz, Austria", gazetteer.locate)
    assert position.reason.startswith("postcode 99999 is not known; ")
    with pytest.raises(FilterError):
        find_centre("9999999999", gazetteer.locate)


def test_a_position_says_that_it_is_a_postcode(gazetteer: Gazetteer) -> None:
    position = find_place("80331, Germany", gazetteer.locate)
    assert position.precision is Precision.POSTCODE
    assert position.flags == ()


def test_coordinates_may_be_written_without_a_comma() -> None:
    assert parse_point("48.137 11.575") == (48.137, 11.575)
    assert parse_point("-33.8 151.2") == (-33.8, 151.2)
    assert parse_point("1010 1050") is None


def test_distances_are_as_exact_as_the_position() -> None:
    texts = [describe_distance(km, 4.0) for km in (0.0, 57.3, 102.0, 1234.0)]
    assert [text.split() for text in texts] == [
        ["same", "city"],
        ["about", "57", "km"],
        ["about", "102", "km"],
        ["about", "1,234", "km"],
    ]
    assert texts == sorted(texts)
    assert describe_distance(2.42, 0.3).strip() == "2.4 km"
    assert describe_distance(float("nan"), 4.0) == ""
