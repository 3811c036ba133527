"""Which position wins, and how positions are joined to rows."""

import pandas as pd
import pytest

from dashboard.sites.positions import choose_position, position_columns
from geocache.place import POSITION_COLUMNS, Alternative, Flag, Place, Position, Precision

GRAZ = Place(city="Graz", country="Austria")
ANSWER = Position(47.06667, 15.45, Precision.CITY, "Graz", "gazetteer", 0.97, (), "exact name")


def test_a_pin_wins_over_the_registry() -> None:
    pin = ANSWER._replace(source="pin", latitude=47.0)
    assert choose_position(GRAZ, pin, 48.2, 16.37) is pin
    off = Position(source="pin", reason="left off by eva")
    assert choose_position(GRAZ, off, 47.07, 15.44) is off


def test_the_registrys_own_point_wins_when_it_agrees() -> None:
    position = choose_position(GRAZ, ANSWER, 47.07, 15.44)
    assert (position.latitude, position.longitude) == (47.07, 15.44)
    assert (position.source, position.precision) == ("registry", "city")
    assert position.flags == ()


DOOR = Position(
    47.08201, 15.46602, Precision.FACILITY, "LKH Graz", "register:hospitals", 1.0, (), "name"
)


def test_a_door_of_a_register_wins_over_the_registrys_centre_of_the_city() -> None:
    position = choose_position(GRAZ, DOOR, 47.06667, 15.45)
    assert position == DOOR._replace(reason="name; the registry's own point is 2 km away")
    far = choose_position(GRAZ, DOOR, 48.2, 16.37)
    assert (far.source, far.flags) == ("register:hospitals", (Flag.CONFLICTING_POINT,))
    assert far.alternatives[0].latitude == 48.2
    doubtful = DOOR._replace(flags=(Flag.AMBIGUOUS,))
    assert choose_position(GRAZ, doubtful, 47.06667, 15.45).source == "registry"
    centre = DOOR._replace(precision=Precision.CITY)
    assert choose_position(GRAZ, centre, 47.06667, 15.45).source == "registry"


def test_a_point_far_from_an_unflagged_answer_conflicts_and_both_are_kept() -> None:
    position = choose_position(GRAZ, ANSWER, 48.2, 16.37)
    assert (position.latitude, position.source) == (ANSWER.latitude, "gazetteer")
    assert Flag.CONFLICTING_POINT in position.flags
    assert (position.alternatives[0].latitude, position.alternatives[0].longitude) == (48.2, 16.37)


def test_a_doubtful_answer_does_not_overrule_the_registry() -> None:
    doubtful = ANSWER._replace(flags=(Flag.AMBIGUOUS,))
    assert choose_position(GRAZ, doubtful, 48.2, 16.37).source == "registry"


def test_a_point_thousands_of_kilometres_from_every_place_of_that_name_is_flagged() -> None:
    place = Place(city="Springfield", country="United States")
    doubtful = Position(39.8, -89.64, Precision.CITY, "Springfield", "gazetteer", 0.6)
    doubtful = doubtful._replace(
        flags=(Flag.AMBIGUOUS,), alternatives=(Alternative(42.1, -72.59, "Springfield", 0.6),)
    )
    far = choose_position(place, doubtful, 33.45, -112.07)
    assert (far.latitude, far.flags) == (33.45, (Flag.CONFLICTING_POINT,))
    assert choose_position(place, doubtful, 42.36, -71.06).flags == ()


def test_a_point_outside_the_country_is_not_shown_as_sure() -> None:
    paris = (48.8566, 2.3522)
    assert choose_position(GRAZ, ANSWER, *paris).source == "gazetteer"
    alone = choose_position(GRAZ, Position(reason="unknown"), *paris)
    assert Flag.OUTSIDE_COUNTRY in alone.flags


@pytest.mark.parametrize("point", [(91.0, 0.0), (0.0, 200.0)])
def test_numbers_out_of_range_are_never_shown(point: tuple[float, float]) -> None:
    assert choose_position(GRAZ, ANSWER, *point).latitude == ANSWER.latitude
    assert not choose_position(GRAZ, Position(), *point).resolved


def test_each_distinct_place_is_located_once_and_rows_keep_their_order() -> None:
    table = pd.DataFrame(
        {
            "facility": ["A", "B", "A", "A"],
            "city": ["Graz"] * 4,
            "state": [""] * 4,
            "postcode": [""] * 4,
            "country": ["Austria"] * 4,
            "latitude": [float("nan")] * 3 + [47.1],
            "longitude": [float("nan")] * 3 + [15.4],
        }
    )
    asked: list[Place] = []

    def locate(places: list[Place]) -> list[Position]:
        asked.extend(places)
        return [ANSWER._replace(place_name=p.facility) for p in places]

    joined = position_columns(table, locate)
    assert [p.facility for p in asked] == ["A", "B"]
    assert tuple(joined) == POSITION_COLUMNS
    assert list(joined["place_name"][:3]) == ["A", "B", "A"]
    assert list(joined["source"]) == ["gazetteer"] * 3 + ["registry"]
