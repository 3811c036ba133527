"""Postcodes of the world: as a witness, as names, and as a sharper point."""

from pathlib import Path

import pytest

from geocache.gazetteer import Gazetteer
from geocache.gazetteer.postcode_forms import encode, encode_range, normalize_postcode
from geocache.geo.distance import distance_km
from geocache.place import Flag, Place, Position, Precision


@pytest.fixture
def gazetteer(place_index: Path) -> Gazetteer:
    return Gazetteer(place_index)


def km_from(position: Position, latitude: float, longitude: float) -> float:
    assert position.latitude is not None, position
    assert position.longitude is not None
    return distance_km((position.latitude, position.longitude), (latitude, longitude))


@pytest.mark.parametrize(
    ("country", "written", "code"),
    [
        ("GB", "sw1a 1aa", "SW1A"),
        ("GB", "SW1A", "SW1A"),
        ("DE", "D-80331", "80331"),
        ("DE", "1067", "01067"),
        ("CA", "M5G 2C4", "M5G2C4"),
        ("CA", "m5g", "M5G"),
        ("IE", "D04 T6F4", "D04"),
        ("JP", "113-8519", "1138519"),
        ("US", "02115-6110", "02115"),
        ("US", "2115", "02115"),
        ("NL", "1105 AZ", "1105"),
        ("LV", "LV-1002", "1002"),
        ("AR", "C1093AAS", "1093"),
        ("DE", "803", ""),
        ("FR", "CEDEX 9", ""),
        ("FR", "31059 CEDEX 9", "31059"),
        ("FR", "69371 cedex 08", "69371"),
        ("DE", "00000", ""),
    ],
)
def test_postcodes_have_the_form_of_the_table(country: str, written: str, code: str) -> None:
    assert normalize_postcode(country, written) == code


def test_encoded_codes_sort_as_text_and_prefixes_are_ranges() -> None:
    codes = ["1", "10", "1012", "99", "E1", "E10", "SW1A", "W1"]
    assert sorted(codes, key=encode) == codes
    start, stop = encode_range("SW")
    assert start <= encode("SW1A") < stop
    assert not start <= encode("SX1") < stop


@pytest.mark.parametrize(
    ("place", "latitude", "longitude"),
    [
        (Place(city="Herxheim", postcode="76863", country="Germany"), 49.15, 8.22),
        (Place(city="Saint John", postcode="E2L 4L2", country="Canada"), 45.27, -66.06),
        (Place(city="Bunkyo-ku", postcode="113-8519", country="Japan"), 35.71, 139.75),
        (Place(city="Neukirchen", postcode="09221", country="Germany"), 50.78, 12.87),
    ],
)
def test_a_postcode_decides_between_namesakes(
    gazetteer: Gazetteer, place: Place, latitude: float, longitude: float
) -> None:
    assert km_from(gazetteer.locate(place), latitude, longitude) < 12


@pytest.mark.parametrize(
    ("city", "country", "latitude", "longitude"),
    [
        ("Rennaz", "Switzerland", 46.38, 6.92),
        ("Pukekohe", "New Zealand", -37.20, 174.90),
        ("Brackenfell", "South Africa", -33.87, 18.68),
        ("Balatongyörök", "Hungary", 46.76, 17.36),
        ("Guilhufe", "Portugal", 41.20, -8.30),
        ("Cabueñes", "Spain", 43.53, -5.61),
        ("Jecheon", "South Korea", 37.13, 128.19),
        ("Oyen", "Canada", 51.35, -110.47),
        ("Blanc-Sablon", "Canada", 51.42, -57.13),
    ],
)
def test_localities_of_the_postal_table_are_places(
    gazetteer: Gazetteer, city: str, country: str, latitude: float, longitude: float
) -> None:
    position = gazetteer.locate(Place(city=city, country=country))
    assert km_from(position, latitude, longitude) < 10
    assert position.flags == ()


def test_a_locality_never_beats_a_place_of_its_name(gazetteer: Gazetteer) -> None:
    berlin = gazetteer.locate(Place(city="Berlin", country="Germany"))
    assert km_from(berlin, 52.52, 13.41) < 5
    assert "postal" not in berlin.reason


def test_a_postcode_is_a_sharper_point_than_a_large_city(gazetteer: Gazetteer) -> None:
    hospital = (52.44, 13.32)
    place = Place(city="Berlin", postcode="12203", country="Germany")
    position = gazetteer.locate(place)
    assert position.precision is Precision.POSTCODE
    assert position.place_name.startswith("Berlin")
    assert km_from(position, *hospital) < 3
    assert "postcode 12203" in position.reason


@pytest.mark.parametrize(
    "place",
    [
        Place(city="São Paulo", state="São Paulo", postcode="01246-903", country="Brazil"),
        Place(city="Toulouse", postcode="31059 CEDEX 9", country="France"),
        Place(city="Carman", state="Manitoba", postcode="R0G 0J0", country="Canada"),
    ],
)
def test_codes_whose_points_are_far_from_hospitals_are_no_sharper_point(
    gazetteer: Gazetteer, place: Place
) -> None:
    assert gazetteer.locate(place).precision is Precision.CITY


@pytest.mark.parametrize(
    ("postcode", "precision", "within_km"),
    [
        ("M5G 2C4", Precision.POSTCODE, 1),  # a hospital in Toronto
        ("M5G", Precision.POSTCODE, 2),
        ("M5G 9Z9", Precision.POSTCODE, 2),  # no such code
    ],
)
def test_a_canadian_code_of_a_town_is_a_point(
    gazetteer: Gazetteer, postcode: str, precision: Precision, within_km: float
) -> None:
    position = gazetteer.locate(Place(city="Toronto", postcode=postcode, country="Canada"))
    assert position.precision is precision
    assert km_from(position, 43.658, -79.388) < within_km


def test_a_rural_canadian_code_is_near_its_village_but_no_point(gazetteer: Gazetteer) -> None:
    unknown = Place(city="Nowhere Town", state="Saskatchewan", country="Canada")
    position = gazetteer.locate(unknown._replace(postcode="S0E 1H0"))  # Porcupine Plain
    district = gazetteer.locate(unknown._replace(postcode="S0E"))
    assert position.precision is Precision.CITY
    assert position.flags == district.flags == (Flag.APPROXIMATE,)
    assert km_from(position, 52.60, -103.25) < 25 < km_from(district, 52.60, -103.25)


def test_a_city_that_is_unknown_is_put_at_its_postcode(gazetteer: Gazetteer) -> None:
    place = Place(city="Zzyzxberg", postcode="80331", country="Germany")
    position = gazetteer.locate(place)
    assert km_from(position, 48.135, 11.57) < 2
    assert position.precision is Precision.POSTCODE
    assert Flag.APPROXIMATE in position.flags


def test_an_unknown_code_is_put_among_those_that_begin_alike(gazetteer: Gazetteer) -> None:
    place = Place(city="Nowhere Town", postcode="80333", country="Germany")
    near = gazetteer.locate(place._replace(postcode="80330"))
    assert km_from(near, 48.14, 11.57) < 30
    assert Flag.APPROXIMATE in near.flags


def test_a_restored_zero_does_not_outweigh_a_city(gazetteer: Gazetteer) -> None:
    pau = gazetteer.locate(Place(city="Pau Cedex", postcode="6400", country="France"))
    assert km_from(pau, 43.30, -0.37) < 10


@pytest.mark.parametrize(
    ("place", "latitude", "longitude"),
    [
        (Place(city="80331 Munich", country="Germany"), 48.135, 11.57),
        (Place(city="København 2100", country="Denmark"), 55.70, 12.58),
        (Place(city="SW1A 1AA", country="United Kingdom"), 51.50, -0.13),
        (Place(city="Munich", postcode="80331"), 48.135, 11.57),
        (Place(postcode="SW1A 1AA"), 51.50, -0.13),
    ],
)
def test_a_postcode_stands_in_the_citys_column_or_without_a_country(
    gazetteer: Gazetteer, place: Place, latitude: float, longitude: float
) -> None:
    assert km_from(gazetteer.locate(place), latitude, longitude) < 5


def test_a_postcode_of_several_countries_without_one_is_ambiguous(gazetteer: Gazetteer) -> None:
    position = gazetteer.locate(Place(postcode="10115"))
    assert position.flags == (Flag.AMBIGUOUS,)
    names = [position.place_name, *(one.place_name for one in position.alternatives)]
    assert "10115 Berlin, Germany" in names
