"""Wards, namesakes, spellings and names written with more: each its whole kind."""

from pathlib import Path

import pytest

from geocache.gazetteer import Gazetteer
from geocache.geo.distance import distance_km
from geocache.place import DOUBTFUL_FLAGS, Flag, Place, Position


@pytest.fixture
def gazetteer(place_index: Path) -> Gazetteer:
    return Gazetteer(place_index)


def km_from(position: Position, latitude: float, longitude: float) -> float:
    assert position.latitude is not None, position
    assert position.longitude is not None
    return distance_km((position.latitude, position.longitude), (latitude, longitude))


@pytest.mark.parametrize(
    ("city", "state", "country", "latitude", "longitude"),
    [
        ("Bunkyo-ku", "", "Japan", 35.71, 139.75),
        ("Kōtō City", "", "Japan", 35.67, 139.82),
        ("Shinagawa-ku", "", "Japan", 35.61, 139.73),
        ("Minato-ku", "", "Japan", 35.66, 139.75),
        ("Kita-ku", "Osaka", "Japan", 34.70, 135.51),
        ("Seo-gu", "Busan", "South Korea", 35.10, 129.02),
        ("Gangnam-gu", "", "South Korea", 37.50, 127.05),
        ("Haidian District", "Beijing", "China", 39.96, 116.30),
        ("Lyon 3", "", "France", 45.76, 4.85),
    ],
)
def test_a_ward_beats_a_village_of_its_name(  # noqa: PLR0917
    gazetteer: Gazetteer, city: str, state: str, country: str, latitude: float, longitude: float
) -> None:
    position = gazetteer.locate(Place(city=city, state=state, country=country))
    assert km_from(position, latitude, longitude) < 15


@pytest.mark.parametrize(
    ("city", "state", "country", "latitude", "longitude"),
    [
        ("Guildford", "NSW", "Australia", -33.85, 150.98),
        ("Waverley", "NSW", "Australia", -33.90, 151.25),
        ("Wellington", "Somerset", "United Kingdom", 50.98, -3.23),
        ("Newcastle", "Staffordshire", "United Kingdom", 53.01, -2.23),
        ("San Carlos", "Negros Occidental", "Philippines", 10.49, 123.41),
        ("Avcılar", "İstanbul", "Turkey", 40.98, 28.72),
    ],
)
def test_a_known_state_wins_over_size(  # noqa: PLR0917
    gazetteer: Gazetteer, city: str, state: str, country: str, latitude: float, longitude: float
) -> None:
    position = gazetteer.locate(Place(city=city, state=state, country=country))
    assert km_from(position, latitude, longitude) < 12


@pytest.mark.parametrize(
    ("city", "country", "latitude", "longitude"),
    [
        ("Salamanca", "Spain", 40.96, -5.66),
        ("Mirano", "Italy", 45.49, 12.11),
        ("Sredets", "Bulgaria", 42.35, 27.18),
        ("Stavropol", "Russia", 45.04, 41.97),
        ("Bedburg-Hau", "Germany", 51.76, 6.18),
        ("Saint-Barthélemy-d'Anjou", "France", 47.47, -0.49),
        ("Milano", "Italy", 45.46, 9.19),
        ("Lisboa", "Portugal", 38.72, -9.14),
    ],
)
def test_the_place_that_bears_the_name_beats_districts_and_other_names(
    gazetteer: Gazetteer, city: str, country: str, latitude: float, longitude: float
) -> None:
    position = gazetteer.locate(Place(city=city, country=country))
    assert km_from(position, latitude, longitude) < 12


@pytest.mark.parametrize(
    ("city", "country"),
    [
        ("Nuu", "Kenya"), ("Canik", "Turkey"), ("Balgat", "Turkey"), ("Madadeni", "South Africa"),
        ("Kingswood", "Australia"), ("Pādhar", "India"), ("Silay", "Philippines"),
    ],
)  # fmt: skip
def test_another_place_of_a_similar_name_is_never_shown_without_a_flag(
    gazetteer: Gazetteer, city: str, country: str
) -> None:
    position = gazetteer.locate(Place(city=city, country=country))
    named = position.place_name.split(",")[0].casefold()
    assert named.startswith(city[:3].casefold()) or not DOUBTFUL_FLAGS.isdisjoint(position.flags)


def test_an_edit_is_at_most_a_fifth_of_the_letters_and_always_flagged(
    gazetteer: Gazetteer,
) -> None:
    assert not gazetteer.locate(Place(city="Wein", country="Austria")).resolved
    edited = gazetteer.locate(Place(city="Bielefelt", country="Germany"))
    assert km_from(edited, 52.02, 8.53) < 20
    assert Flag.APPROXIMATE in edited.flags


@pytest.mark.parametrize(
    ("city", "postcode", "country", "latitude", "longitude"),
    [
        ("Mühlhausen/Thüringen", "", "Germany", 51.21, 10.45),
        ("Lauterbach(Hessen)", "", "Germany", 50.64, 9.40),
        ("Neustadt/Weinstraße", "", "Germany", 49.35, 8.14),
        ("Lindenberg i. Allgäu", "", "Germany", 47.60, 9.89),
        ("Herxheim", "76863", "Germany", 49.15, 8.22),
        ("Mogale City", "", "South Africa", -26.10, 27.77),
        ("Wein", "1090", "Austria", 48.21, 16.37),
    ],
)
def test_names_written_with_more(  # noqa: PLR0917
    gazetteer: Gazetteer, city: str, postcode: str, country: str, latitude: float, longitude: float
) -> None:
    position = gazetteer.locate(Place(city=city, postcode=postcode, country=country))
    assert km_from(position, latitude, longitude) < 12


def test_a_postcode_far_from_the_town_it_names_is_an_alternative(gazetteer: Gazetteer) -> None:
    kodiak = Place(city="Kodiak", state="Alaska", postcode="99615", country="United States")
    position = gazetteer.locate(kodiak)
    assert [one.place_name for one in position.alternatives][:1] == ["postcode 99615"]
