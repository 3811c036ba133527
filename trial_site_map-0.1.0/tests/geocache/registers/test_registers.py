"""Registers of facilities: the door where name and geography agree, and no guess otherwise."""

import csv
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from geocache import ConfigurationError, GeoCache, Place, Position, Precision
from geocache.place import Flag
from geocache.registers.catalogue import check_indexes, list_files, make_title
from geocache.registers.names import make_postcode_key, make_town_key
from geocache.settings import GeocacheSettings
from harness.provider_server import Known, run_provider

Row = dict[str, Any]

HOHENEMS = ("Landeskrankenhaus Hohenems", "Hohenems", "6845", "Austria", 47.36307, 9.68135)
ROSSIO = ("Hospital do Rossio", "Lisboa", "1100-148", "Portugal", 38.71401, -9.14012)
TEMPERE = ("Tampere University Hospital", "Tampere", "33520", "Finland", 61.50653, 23.81352)
FACILITIES = (HOHENEMS, ROSSIO, TEMPERE)


def as_row(*texts: Any) -> Row:
    name, city, postcode, country, north, east = texts
    return {"facility": name, "city": city, "postcode": postcode, "country": country,
            "latitude": north, "longitude": east}  # fmt: skip


def write_csv(path: Path, rows: list[Row], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        names = list(dict.fromkeys(name for row in rows for name in row))
        writer = csv.DictWriter(file, names, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


Open = Callable[..., GeoCache]


@pytest.fixture
def open_cache(data_folder: Path) -> Iterator[Open]:
    """Opens a geocache over some registers, with the gazetteer."""
    opened: list[GeoCache] = []

    def open_(*registers: Path, **more: str) -> GeoCache:
        named = ":".join(map(str, registers))
        settings = GeocacheSettings(
            site_map_data=data_folder, **{"geocache_registers": named, **more}
        )
        opened.append(GeoCache(settings=settings))
        return opened[-1]

    yield open_
    for cache in opened:
        cache.close()


def settings_of(data_folder: Path, *registers: Path) -> GeocacheSettings:
    return GeocacheSettings(
        site_map_data=data_folder, geocache_registers=":".join(map(str, registers))
    )


# Formats


def write_german(folder: Path) -> Path:
    rows = [
        {
            "Krankenhaus": name,
            "PLZ": postcode,
            "Ort": city,
            "Land": {"Austria": "Österreich"}.get(country, country),
            "Breite": str(north).replace(".", ","),
            "Länge": str(east).replace(".", ","),
        }
        for name, city, postcode, country, north, east in FACILITIES
    ]
    return write_csv(folder / "hospitals.csv", rows, ";", "cp1252")


def write_geojson(folder: Path) -> Path:
    features = []
    for at, (name, city, postcode, country, north, east) in enumerate(FACILITIES):
        wide = 0.0005
        ring = [[east - wide, north - wide], [east + wide, north - wide],
                [east + wide, north + wide], [east - wide, north + wide],
                [east - wide, north - wide]]  # fmt: skip
        area = {"type": "Polygon", "coordinates": [ring]}
        point = {"type": "Point", "coordinates": [east, north]}
        tags = {"addr:city": city, "addr:postcode": postcode, "addr:country": country}
        features.append(
            {
                "type": "Feature",
                "geometry": point if at else area,
                "properties": {"amenity": "hospital", "name": name, **tags},
            }
        )
    document = {"type": "FeatureCollection", "license": "ODbL", "features": features}
    path = folder / "hospitals.geojson"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def write_parquet(folder: Path) -> Path:
    path = folder / "hospitals.parquet"
    pq.write_table(pa.Table.from_pylist([as_row(*each) for each in FACILITIES]), path)
    return path


def write_geoparquet(folder: Path) -> Path:
    path = folder / "hospitals.parquet"
    rows = [
        {
            "name": name,
            "city": city,
            "zip": postcode,
            "country": country,
            "geometry": shapely.to_wkb(shapely.Point(east, north)),
        }
        for name, city, postcode, country, north, east in FACILITIES
    ]
    table = pa.Table.from_pylist(rows).replace_schema_metadata({"license": "ODbL"})
    pq.write_table(table, path)
    return path


CODES = {"Austria": "AT", "Portugal": "PT", "Finland": "FI"}


def write_ror_2(folder: Path) -> Path:
    records = [
        {
            "id": f"https://ror.org/0{at}xyz",
            "status": "active",
            "names": [
                {"value": "LKH", "types": ["acronym"]},
                {"value": name, "types": ["label", "ror_display"]},
            ],
            "locations": [
                {
                    "geonames_id": at,
                    "geonames_details": {
                        "name": city,
                        "country_code": CODES[country],
                        "country_name": country,
                        "lat": north,
                        "lng": east,
                    },
                }
            ],
        }
        for at, (name, city, _, country, north, east) in enumerate(FACILITIES)
    ]
    path = folder / "hospitals.json"
    path.write_text(json.dumps(records, indent=1), encoding="utf-8")
    return path


def write_ror_1_zipped(folder: Path) -> Path:
    records = [
        {
            "id": f"https://ror.org/0{at}xyz",
            "name": "Something else",
            "status": "active",
            "aliases": [name],
            "labels": [{"label": "Etwas anderes", "iso639": "de"}],
            "acronyms": [],
            "country": {"country_code": CODES[country], "country_name": country},
            "addresses": [{"city": city, "state": None, "lat": north, "lng": east}],
        }
        for at, (name, city, _, country, north, east) in enumerate(FACILITIES)
    ]
    path = folder / "hospitals.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("v1.csv", "id,name\n")
        archive.writestr("v1.json", json.dumps(records))
    return path


WRITERS = [write_german, write_geojson, write_parquet, write_geoparquet, write_ror_2,
           write_ror_1_zipped]  # fmt: skip


@pytest.mark.parametrize("write", WRITERS)
def test_every_form_of_register_gives_the_same_doors(
    write: Callable[[Path], Path], tmp_path: Path, open_cache: Open
) -> None:
    cache = open_cache(write(tmp_path))
    assert cache.warnings == ()
    for name, city, _, country, north, east in FACILITIES:
        found = cache.locate(Place(name, city, country=country))
        assert (found.latitude, found.longitude) == pytest.approx((north, east), abs=1e-4), name
        assert found.precision is Precision.FACILITY
        assert (found.source, found.flags) == ("register:hospitals", ())
    assert cache.locate(Place("Klinik Unbekannt", "Graz", country="Austria")).source == "gazetteer"


def test_a_table_gives_rows_in_many_batches_and_the_licence_is_credited(
    tmp_path: Path, open_cache: Open
) -> None:
    many = [
        as_row(f"Klinik Nummer {n}", "Graz", "8010", "Austria", 47.07 + n / 1e6, 15.44)
        for n in range(20_000)
    ]
    path = write_csv(tmp_path / "Kliniken 2026.csv", many)
    (tmp_path / "Kliniken 2026.csv.licence").write_text("Land Steiermark\n(CC BY 4.0)\n")
    cache = open_cache(path)
    found = cache.locate(Place("KLINIK NUMMER 19999", "graz", country="AT"))
    assert (found.latitude, found.source) == (47.09, "register:kliniken-2026")
    assert "kliniken-2026: Land Steiermark (CC BY 4.0)" in cache.attributions
    [ror] = open_cache(write_ror_2(tmp_path)).attributions[:1]
    assert ror == "hospitals: Research Organization Registry, ror.org (CC0)"
    [geojson] = open_cache(write_geojson(tmp_path)).attributions[:1]
    assert geojson == "hospitals: ODbL"
    [unknown] = open_cache(write_parquet(tmp_path)).attributions[:1]
    assert unknown == "hospitals (a register whose licence is not stated)"


# Names and geography

REGISTER = [
    as_row("Univ.-Klinikum der Stadt Graz", "Graz", "8036", "Austria", 47.08201, 15.46602),
    as_row("Allgemeines Krankenhaus (AKH)", "Wien", "1090", "Austria", 48.22051, 16.34702),
    as_row("Hôpital Saint-Élisabeth", "Namur", "5000", "Belgium", 50.46601, 4.85201),
    as_row("Ospedale S.Angelo S.R.L.", "Bari", "70121", "Italy", 41.11501, 16.87902),
    as_row("St. Mary's Hospital", "Newport", "PO30 5TG", "United Kingdom", 50.71001, -1.30101),
    as_row("Klinika Nord", "", "", "Slovenia", 46.06001, 14.51001),
    as_row("Centrum Martina", "Brno", "602 00", "Czechia", 49.19201, 16.60601),
    as_row("Clinica Santa Maria", "Bari", "70126", "Italy", 41.10001, 16.89002),
    as_row("CENTRE HOSPITALIER D'ANGERS", "Angers", "49100", "France", 47.48101, -0.55601),
    as_row("Klinik D", "Linz", "4020", "Austria", 48.31001, 14.29501),
    as_row("General Hospital", "Mexico City", "06720", "Mexico", 19.41301, -99.15201),
]


@pytest.fixture(scope="module")
def shared_cache(tmp_path_factory: pytest.TempPathFactory, place_index: Path) -> Iterator[GeoCache]:
    folder = tmp_path_factory.mktemp("registers")
    (folder / "gazetteer").symlink_to(place_index, target_is_directory=True)
    path = write_csv(folder / "r.csv", REGISTER)
    settings = GeocacheSettings(site_map_data=folder, geocache_registers=str(path))
    with GeoCache("sqlite://", settings=settings) as cache:
        yield cache


def locate(cache: GeoCache, place: tuple[str, ...]) -> Position:
    return cache.locate(Place(*place))


@pytest.mark.parametrize(
    ("place", "latitude"),
    [
        (("UNIV KLINIKUM DER STADT GRAZ", "Graz", "", "", "Austria"), 47.08201),
        (("University Klinikum Stadt Graz", "Graz", "Styria", "", "Austria"), 47.08201),
        (("Graz Univ. Klinikum Stadt", "Graz", "", "", "Austria"), 47.08201),  # order
        (("Univ. Klinikum Stadt", "Graz", "", "", "Austria"), 47.08201),  # without the town
        (("Univ. Klinikm der Stadt Graz", "Graz", "", "", "Austria"), 47.08201),  # a letter
        (("Univ.-Klinikum der Stadt Graz", "", "", "A-8036", "Austria"), 47.08201),
        (("Univ.-Klinikum der Stadt Graz", "Gratz", "", "8036", "Austria"), 47.08201),
        (("Allgemeines Krankenhaus", "Vienna", "", "", "Austria"), 48.22051),  # Wien
        (("Allgemeines Krankenhaus", "Wien 9", "", "", "Austria"), 48.22051),
        (("Hopital Sainte Elisabeth", "Namur", "", "", "Belgium"), 50.46601),  # of one town
        (("St. Elisabeth Ziekenhuis", "Namur", "", "", "Belgium"), 50.46601),  # another language
        (("Ospedale San Angelo, Oncologia", "Bari", "", "", "Italy"), 41.11501),  # a department
        (("Hopital Saint Elisabeth", "Namur", "", "", "Belgium"), 50.46601),
        (("Ospedale S. Angelo", "Bari", "", "", "Italy"), 41.11501),
        (("Klinika Nord", "Ljubljana", "", "", "Slovenia"), 46.06001),  # by its point alone
        (("Klinika Nord", "Maribor", "", "", "Slovenia"), None),
        (("St. Mary's Hospital", "Newport", "Isle of Wight", "", "United Kingdom"), 50.71001),
        (("St. Mary's Hospital", "Newport", "Wales", "", "United Kingdom"), None),
        (("St. Mary's Hospital", "Newport", "Rhode Island", "", "United States"), None),
        (("Centrum Martino", "Brno", "", "", "Czechia"), 49.19201),
        (("Centrum Martin", "Brno", "", "", "Czechia"), 49.19201),
        (("Centrum Matyas", "Brno", "", "", "Czechia"), None),
        (("Clinica Santa Marta", "Bari", "", "", "Italy"), None),  # a name of its own
        (("Clinica Santa Maria", "Brindisi", "", "", "Italy"), None),
        (("Clinica Santa Maria 2", "Bari", "", "", "Italy"), None),
        (("Santa Maria", "Bari", "", "", "Italy"), None),
        (("General Hospital", "Mexico City", "", "06726", "Mexico"), 19.41301),
        (("General Hospital", "Mexico City", "", "14080", "Mexico"), None),  # another one
        (("Centre hospitalier d’Angers", "Angers", "", "", "France"), 47.48101),
        (("Centre hospitalier", "Angers", "", "", "France"), 47.48101),
        (("Klinik E", "Linz", "", "", "Austria"), None),
        (("St. Mary's Hospitals", "Newport", "Isle of Wight", "", "United Kingdom"), None),
        (("Research Site", "Graz", "", "8036", "Austria"), None),
        (("Univ.-Klinikum der Stadt Graz", "", "", "", "Austria"), None),
        (("Univ.-Klinikum der Stadt Graz", "Graz", "", "", "Germany"), None),
        (("", "Graz", "", "", "Austria"), None),
    ],
)
def test_name_and_geography_must_agree(
    shared_cache: GeoCache, place: tuple[str, ...], latitude: float | None
) -> None:
    found = locate(shared_cache, place)
    if latitude is None:
        assert not found.source.startswith("register"), found
        assert found.precision is not Precision.FACILITY
    else:
        assert (found.latitude, found.precision) == (latitude, "facility"), found


def test_two_facilities_alike_give_the_city_flagged_with_both(
    tmp_path: Path, open_cache: Open
) -> None:
    rows = [
        as_row("Clinica San Jose", "Madrid", "28001", "Spain", 40.42101, -3.68701),
        as_row("Clinica San José", "Madrid", "28043", "Spain", 40.46001, -3.63901),
    ]
    cache = open_cache(write_csv(tmp_path / "r.csv", rows))
    asked = Place("Clínica San José", "Madrid", country="Spain")
    for found in (cache.locate(asked), next(cache.locate_many([asked]))):
        assert (found.source, found.precision) == ("gazetteer", "city")
        assert found.flags == (Flag.AMBIGUOUS,)
        points = [(one.latitude, one.longitude) for one in found.alternatives]
        assert points == [(40.42101, -3.68701), (40.46001, -3.63901)]
        assert "2 facilities alike in r" in found.reason
    at_code = cache.locate(asked._replace(postcode="28043"))
    assert (at_code.latitude, at_code.flags) == (40.46001, ())


def test_a_later_provider_settles_the_doubt_of_a_register_only_if_it_knows_the_facility(
    tmp_path: Path, open_cache: Open
) -> None:
    rows = [
        as_row("Clinica San Jose", "Madrid", "28001", "Spain", 40.42101, -3.68701),
        as_row("Clinica San Jose", "Madrid", "28043", "Spain", 40.46001, -3.63901),
    ]
    both = write_csv(tmp_path / "both.csv", rows)
    none = write_csv(tmp_path / "none.csv", [as_row(*HOHENEMS)])
    asked = Place("Clinica San Jose", "Madrid", country="Spain")
    found = open_cache(both, none).locate(asked)
    assert (found.source, found.flags) == ("gazetteer", (Flag.AMBIGUOUS,))
    one = write_csv(tmp_path / "one.csv", rows[:1])
    found = open_cache(both, one).locate(asked)
    assert (found.source, found.flags) == ("register:one", ())
    with run_provider(
        "nominatim",
        Known("Madrid", 40.4, -3.7, country="es"),
        Known("Clinica San Jose", 40.47, -3.64, "facility", country="es", within="Madrid, Spain"),
    ) as server:
        online = {
            "geocache_providers": "gazetteer,nominatim",
            "geocache_contact": "somebody@example.org",
            "geocache_servers": f"nominatim={server.url}",
        }
        found = open_cache(both, **online).locate(asked)
    assert (found.source, found.precision) == ("nominatim", "facility")


def test_a_facility_listed_twice_is_no_doubt(tmp_path: Path, open_cache: Open) -> None:
    rows = [
        as_row("Clinica San Jose", "Madrid", "28001", "Spain", 40.42101, -3.68701),
        as_row("Clinica San Jose", "Madrid", "28001", "Spain", 40.42201, -3.68801),
    ]
    cache = open_cache(write_csv(tmp_path / "r.csv", rows))
    found = cache.locate(Place("Clinica San Jose", "Madrid", country="Spain"))
    assert (found.latitude, found.flags) == (40.42101, ())


def test_a_town_in_doubt_gives_no_door(tmp_path: Path, open_cache: Open) -> None:
    row = as_row("Mercy Hospital", "Springfield", "65804", "United States", 37.17901, -93.27901)
    cache = open_cache(write_csv(tmp_path / "r.csv", [row | {"state": "Missouri"}]))
    asked = Place("Mercy Hospital", "Springfield", country="United States")
    found = cache.locate(asked)
    assert (found.source, Flag.AMBIGUOUS in found.flags) == ("gazetteer", True)
    assert found.alternatives[0].latitude == 37.17901
    assert cache.locate(asked._replace(state="MO")).latitude == 37.17901
    assert cache.locate(asked._replace(state="Illinois")).source == "gazetteer"


def test_the_centre_of_a_town_is_no_door(tmp_path: Path, open_cache: Open) -> None:
    centre = open_cache().locate(Place(city="Graz", country="Austria"))
    rows = [as_row("Klinik Mitte", "Graz", "", "Austria", centre.latitude, centre.longitude)]
    rows += [as_row(f"Institut {n}", "Linz", "", "Austria", 48.31, 14.3) for n in range(10)]
    cache = open_cache(write_csv(tmp_path / "r.csv", rows))
    for facility, city in (("Klinik Mitte", "Graz"), ("Institut 7", "Linz")):
        found = cache.locate(Place(facility, city, country="Austria"))
        assert (found.source, found.precision) == ("register:r", "city")
        assert "the register gives the centre of the town" in found.reason


def test_registers_are_asked_in_order_and_their_place_can_be_named(
    tmp_path: Path, open_cache: Open
) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    write_csv(folder / "b.csv", [as_row(*HOHENEMS)])
    write_csv(folder / "a.csv", [as_row(*HOHENEMS[:4], 47.36401, 9.68201), as_row(*ROSSIO)])
    (folder / "notes.md").write_text("no register")
    asked = Place(HOHENEMS[0], "Hohenems", country="Austria")
    assert open_cache(folder).locate(asked).source == "register:a"
    assert open_cache(folder / "b.csv", folder / "a.csv").locate(asked).source == "register:b"
    later = open_cache(folder, geocache_providers="gazetteer,register")
    assert [each.name for each in later.providers] == ["gazetteer", "register:a", "register:b"]
    with pytest.raises(ConfigurationError, match="geocache register add"):
        open_cache(geocache_providers="register")


# What is remembered


def test_a_changed_or_removed_register_is_forgotten(
    tmp_path: Path, open_cache: Open, any_store_url: str
) -> None:
    path = tmp_path / "r.csv"
    asked = Place(HOHENEMS[0], "Hohenems", country="Austria")
    other = Place("Klinik Nirgends", "Hohenems", country="Austria")

    def answers(*registers: Path) -> list[tuple[float | None, str]]:
        with open_cache(*registers, geocache_url=any_store_url) as cache:
            found = [next(cache.locate_many([asked])), cache.locate(asked), cache.locate(other)]
            stored = {each.provider for each in cache.answers()}
            assert stored <= {"gazetteer", "register:r"}
            return [(each.latitude, each.source) for each in found]

    write_csv(path, [as_row(*HOHENEMS)])
    town = answers()[0]
    assert answers(path) == [(47.36307, "register:r"), (47.36307, "register:r"), town]
    write_csv(path, [as_row(*HOHENEMS[:4], 47.36401, 9.68201)])
    assert answers(path)[:2] == [(47.36401, "register:r")] * 2
    assert answers() == [town] * 3


def test_equal_content_has_one_version_wherever_it_lies(tmp_path: Path, open_cache: Open) -> None:
    (tmp_path / "other").mkdir()
    first = write_csv(tmp_path / "r.csv", [as_row(*HOHENEMS)])
    second = write_csv(tmp_path / "other" / "r.csv", [as_row(*HOHENEMS)])
    one, two = (open_cache(path).providers[0].version for path in (first, second))
    write_csv(second, [as_row(*HOHENEMS), as_row(*ROSSIO)])
    assert one == two != open_cache(second).providers[0].version


# Bad input

BAD = [
    as_row(*HOHENEMS),
    as_row("Klinik im Meer", "Wien", "1010", "Austria", 91.2, 16.3),
    as_row("Klinik Meter", "Wien", "1010", "Austria", 5_340_000.0, 626_000.0),
    as_row("Klinik Paris", "Wien", "1010", "Austria", 48.85, 2.35),
    as_row("Klinik ohne Punkt", "Wien", "1010", "Austria", "", "n/a"),
    as_row("Klinik Null", "Wien", "1010", "Austria", 0, 0),
    as_row("", "Wien", "1010", "Austria", 48.2, 16.3),
    as_row("Klinik Atlantis", "Wien", "1010", "Atlantis", 48.2, 16.3),
    as_row("Klinik im Atlantik", "Wien", "", "", 30.0, -40.0),
    as_row("Klinik Ottakring", "Wien", "", "", 48.21101, 16.31101),
]


def test_bad_rows_are_named_and_the_rest_is_used(
    tmp_path: Path, open_cache: Open, caplog: pytest.LogCaptureFixture
) -> None:
    cache = open_cache(write_csv(tmp_path / "r.csv", BAD))
    assert {record.getMessage() for record in caplog.records} == {
        "r.csv, rows 3, 4: the point is not on the globe (degrees of WGS 84 are needed); left out",
        "r.csv, row 5: the point lies outside Austria; left out",
        "r.csv, row 6: no coordinates; left out",
        "r.csv, row 7: the point is 0, 0; left out",
        "r.csv, row 8: no name; left out",
        "r.csv, row 9: unknown country; left out",
        "r.csv, row 10: no country, and the point lies in none; left out",
    }
    [about] = [provider.about for provider in cache.providers if hasattr(provider, "about")]
    assert (about["facilities"], about["rows"], about["left_out"]) == (2, 10, 8)
    assert cache.warnings == ()
    door = cache.locate(Place(HOHENEMS[0], "Hohenems", country="Austria"))
    assert door.precision is Precision.FACILITY
    named = cache.locate(Place("Klinik Ottakring", "Wien", country="Austria"))
    assert named.latitude == 48.21101  # its country is that of its point
    assert cache.locate(Place("Klinik Paris", "Wien", country="Austria")).source == "gazetteer"


def truncated(path: Path, share: float = 0.5) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


UNUSABLE = {
    "no such file or folder": lambda folder: folder / "missing.csv",
    "is empty": lambda folder: write_text(folder, "empty.csv", " "),
    "no columns of latitude and longitude": lambda folder: write_text(
        folder, "plain.csv", "hospital,city,country\nLKH,Graz,Austria\n"
    ),
    "no column with names of facilities": lambda folder: write_text(
        folder, "points.csv", "lat,lon\n47,15\n"
    ),
    "no facility can be used: far.csv, row 2: the point lies outside Austria": lambda folder: (
        write_text(folder, "far.csv", "hospital,country,lat,lon\nLKH,Austria,1,1\n")
    ),
    "damaged Parquet": lambda folder: truncated(write_parquet(folder)),
    "damaged archive": lambda folder: truncated(write_ror_1_zipped(folder)),
    "not valid JSON": lambda folder: write_text(folder, "broken.geojson", '{"type": nonsense'),
    "neither GeoJSON nor": lambda folder: write_text(folder, "other.json", '[{"name": "LKH"}]'),
}


def write_text(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize("problem", UNUSABLE)
def test_an_unusable_register_is_said_and_the_others_are_used(
    problem: str, tmp_path: Path, open_cache: Open
) -> None:
    good = write_csv(tmp_path / "good.csv", [as_row(*HOHENEMS)])
    bad = UNUSABLE[problem](tmp_path)
    cache = open_cache(bad, good)
    [warning] = cache.warnings
    assert problem in warning
    assert f"The register “{make_title(bad)}” is not used" in warning
    assert str(tmp_path) not in warning  # pages show it
    found = cache.locate(Place(HOHENEMS[0], "Hohenems", country="Austria"))
    assert found.source == "register:good"
    lost = cache.locate(Place("", "Nirgendwo", country="Atlantis"))
    assert (lost.source, lost.reason) == ("gazetteer", "unknown country “Atlantis”")


def test_a_file_that_ends_early_is_used_up_to_there(
    tmp_path: Path, open_cache: Open, caplog: pytest.LogCaptureFixture
) -> None:
    cache = open_cache(truncated(write_geojson(tmp_path), 0.8))
    assert "hospitals.geojson: broken after record 2" in caplog.text
    found = cache.locate(Place(ROSSIO[0], "Lisbon", country="Portugal"))
    assert found.source == "register:hospitals"


def test_a_damaged_index_is_found_and_built_again(
    tmp_path: Path, open_cache: Open, data_folder: Path
) -> None:
    path = write_csv(tmp_path / "r.csv", [as_row(*HOHENEMS)])
    asked = Place(HOHENEMS[0], "Hohenems", country="Austria")
    open_cache(path)
    [index] = (data_folder / "registers" / "index").glob("r~*")
    settings = settings_of(data_folder, path)
    assert check_indexes(settings) == ""
    (index / "latitudes").write_bytes(b"\0\0\0\0")
    assert check_indexes(settings) == "r: the file latitudes is damaged"
    assert open_cache(path, geocache_url="sqlite://").locate(asked).latitude == 47.36307
    assert check_indexes(settings) == ""


def test_two_files_of_one_name_are_told_apart(tmp_path: Path, data_folder: Path) -> None:
    (tmp_path / "other").mkdir()
    for folder in (tmp_path, tmp_path / "other"):
        write_csv(folder / "r.csv", [as_row(*HOHENEMS)])
    files = list_files(settings_of(data_folder, tmp_path / "r.csv", tmp_path / "other"))
    assert [(each.title, each.problem) for each in files] == [
        ("r", ""),
        ("r-2", "r.csv: another register has this name already; rename the file"),
    ]


@pytest.mark.parametrize(
    ("country", "one", "other"),
    [("US", "02114", "2114-2696"), ("DE", "D-01099", "1099"), ("NL", "3863 HV", "3863hv"),
     ("GB", "po30 5tg", "PO305TG"), ("BR", "01310-100", "1310100")],
)  # fmt: skip
def test_postcodes_are_compared_by_what_counts(country: str, one: str, other: str) -> None:
    assert make_postcode_key(country, one) == make_postcode_key(country, other) != ""
    assert make_postcode_key(country, "1") == ""


def test_towns_are_compared_without_what_stands_around_them() -> None:
    assert {make_town_key(each) for each in ("Paris", "PARIS CEDEX 13", "Paris (75)")} == {"paris"}
    assert make_town_key("10") == "10"
