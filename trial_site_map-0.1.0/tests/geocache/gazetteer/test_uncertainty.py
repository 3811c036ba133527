"""How far off a position may be."""

from pathlib import Path

import pytest

from geocache.gazetteer import Gazetteer
from geocache.geo.uncertainty import (
    COUNTRY_KM,
    DOOR_KM,
    SIZES,
    Kind,
    Uncertainty,
    estimate_radius,
    round_km,
)
from geocache.place import Flag, Place, Position, Precision
from geocache.records import format_about, parse_positions


@pytest.fixture
def gazetteer(place_index: Path) -> Gazetteer:
    return Gazetteer(place_index)


def radius(gazetteer: Gazetteer, place: Place) -> float:
    position = gazetteer.locate(place)
    assert position.uncertainty_km is not None, position
    return position.uncertainty_km


def test_the_table_has_a_radius_for_every_kind_and_size() -> None:
    table = Uncertainty()
    for kind in Kind:
        for people in SIZES:
            assert 0 < table.estimate_km("DE", kind, people) <= 300


@pytest.mark.parametrize(("km", "shown"), [(0.31, 0.3), (3.649, 3.6), (12.4, 12.0), (85.2, 85.0)])
def test_a_radius_has_no_more_digits_than_it_deserves(km: float, shown: float) -> None:
    assert round_km(km) == shown


def test_a_postcode_is_sharper_than_a_city_and_a_city_than_a_region(gazetteer: Gazetteer) -> None:
    postcode = radius(gazetteer, Place(city="Berlin", postcode="12203", country="Germany"))
    city = radius(gazetteer, Place(city="Berlin", country="Germany"))
    region = radius(gazetteer, Place(city="Bavaria", country="Germany"))
    assert postcode < city < region


def test_a_doubtful_answer_has_a_wide_radius(gazetteer: Gazetteer) -> None:
    sure = radius(gazetteer, Place(city="Paris", country="France"))
    doubtful = radius(gazetteer, Place(city="Paris", state="Texas", country="France"))
    assert doubtful > 3 * sure


def test_every_resolved_position_has_a_radius_and_no_other_has(gazetteer: Gazetteer) -> None:
    places = [
        Place(city="Graz", country="Austria"),
        Place(city="Bratislava", country="Czechia"),
        Place(city="Nirgends", postcode="8010", country="Austria"),
        Place(city="Nowhere Town", state="Texas", country="United States"),
        Place(city="Kadıköy", country="Turkey"),
        Place(city="Ouagadougou"),
    ]
    assert all(radius(gazetteer, place) > 0 for place in places)
    assert gazetteer.largest("Graz").uncertainty_km
    assert gazetteer.locate(Place(city="Xqzzy", country="Norway")).uncertainty_km is None


def test_answers_of_other_providers_are_judged_by_precision_and_flags() -> None:
    door = Position(48.1, 11.5, Precision.FACILITY)
    city = Position(48.1, 11.5, Precision.CITY)
    doubtful = city._replace(flags=(Flag.AMBIGUOUS,))
    assert estimate_radius(door, "Germany") == DOOR_KM
    assert estimate_radius(city, "Germany") == estimate_radius(city, "DE")
    assert (estimate_radius(doubtful, "DE") or 0) > (estimate_radius(city, "DE") or 0)
    assert estimate_radius(Position(48.1, 11.5, Precision.COUNTRY), "DE") == COUNTRY_KM
    assert estimate_radius(Position(), "DE") is None


def test_the_store_keeps_the_radius_and_reads_what_older_versions_wrote() -> None:
    position = Position(48.1, 11.5, Precision.CITY, "Munich", "gazetteer", uncertainty_km=4.2)
    about = format_about(position)
    assert parse_positions([("k", 48.1, 11.5, "Munich", about)], "gazetteer")["k"] == position
    older = '["city",1.0,[],"official name",[]]'
    found = parse_positions([("k", 48.1, 11.5, "Munich", older)], "gazetteer")["k"]
    assert found.uncertainty_km is None
