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
        ("Geumjeong-gu", "", "South Korea", 35.24, 129.09),
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
        ("Salem Oregon", "", "United States", 44.94, -123.04),
        ("Beatrice NE", "", "United States", 40.27, -96.75),
        ("Wein", "1090", "Austria", 48.21, 16.37),
    ],
)
def test_names_written_with_more(  # noqa: PLR0917
    gazetteer: Gazetteer, city: str, postcode: str, country: str, latitude: float, longitude: float
) -> None:
    position = gazetteer.locate(Place(city=city, postcode=postcode, country=country))
    assert km_from(position, latitude, longitude) < 12


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (Place(city="Mamak", country="Turkey"), "a district of Ankara, or a village"),
        (Place(city="Cattolica", country="Italy"), "nothing tells it from the smaller one"),
        (Place(city="Glogow", state="Podkarpackie", postcode="36-060", country="Poland"),
         "Głogów Małopolski, but a larger city bears the whole name"),
        (Place(city="Floreşti", postcode="407280", country="Romania"), "only the postcode says so"),
        (Place(city="Bryn Mawr", state="PA", postcode="19010", country="United States"),
         "there is another in Pennsylvania"),
        (Place(city="Gyeonggi-do", postcode="13620", country="South Korea"), "a province"),
        (Place(city="Kuybyyshev", country="Russia"), "it sounds like a former name of Samara"),
    ],
)  # fmt: skip
def test_what_rests_on_one_witness_against_another_place_is_flagged(
    gazetteer: Gazetteer, place: Place, why: str
) -> None:
    assert not DOUBTFUL_FLAGS.isdisjoint(gazetteer.locate(place).flags), why


@pytest.mark.parametrize(
    "place",
    [
        Place(city="Denver", country="United States"),
        Place(city="San José", country="Costa Rica"),
        Place(city="Münster", country="Germany"),
        Place(city="Springfield", state="Illinois", postcode="62701", country="United States"),
        Place(city="Springfield", postcode="62701", country="United States"),
        Place(city="Trenton", state="Ontario", postcode="K8V 5S6", country="Canada"),
        Place(city="Salem Oregon", country="United States"),
        Place(city="Seoul", country="South Korea"),
    ],
)
def test_large_cities_and_what_two_witnesses_say_are_not_flagged(
    gazetteer: Gazetteer, place: Place
) -> None:
    assert gazetteer.locate(place).flags == ()


@pytest.mark.parametrize(
    ("place", "latitude", "longitude", "within_km"),
    [
        (Place(city="Sherbrooke", state="Nova Scotia", postcode="B0J 3C0", country="Canada"),
         45.14, -61.98, 5),
        (Place(city="Formentera", postcode="07860", country="Spain"), 38.70, 1.44, 8),
        (Place(city="Sumthāna", postcode="441108", country="India"), 21.05, 79.00, 25),
        (Place(city="Klosterneuburg", postcode="3400", country="Austria"), 48.31, 16.33, 5),
    ],
)  # fmt: skip
def test_a_weak_name_yields_to_the_postcode_and_a_misplaced_postcode_to_the_town(
    gazetteer: Gazetteer, place: Place, latitude: float, longitude: float, within_km: float
) -> None:
    assert km_from(gazetteer.locate(place), latitude, longitude) < within_km


def test_a_postcode_far_from_the_town_it_names_is_an_alternative(gazetteer: Gazetteer) -> None:
    kodiak = Place(city="Kodiak", state="Alaska", postcode="99615", country="United States")
    position = gazetteer.locate(kodiak)
    assert [one.place_name for one in position.alternatives][:1] == ["postcode 99615"]
