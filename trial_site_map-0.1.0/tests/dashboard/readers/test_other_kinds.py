"""Kinds of files that other programs write: XML of registries, maps, databases, statistics."""

import io
import json
import sqlite3
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pyreadstat
import pytest
import shapefile
import shapely

from dashboard.errors import ReadError
from dashboard.readers import read
from dashboard.sites.reading import Reading

SITES = pd.DataFrame(
    {
        "NAME": ["LKH", "HCL", "Inselspital"],
        "CITY": ["Graz", "Lyon", "Bern"],
        "COUNTRY": ["Austria", "France", "Switzerland"],
        "LATITUDE": [47.08, 45.74, 46.95],
        "LONGITUDE": [15.47, 4.85, 7.43],
    }
)
WANTED = [
    ["LKH", "Graz", "Austria", 47.08, 15.47],
    ["HCL", "Lyon", "France", 45.74, 4.85],
    ["Inselspital", "Bern", "Switzerland", 46.95, 7.43],
]


def columns(reading: Reading, *names: str) -> list[list[object]]:
    return reading.sites[list(names)].to_numpy().tolist()


def sites(reading: Reading) -> list[list[object]]:
    return columns(reading, "facility", "city", "country", "latitude", "longitude")


DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
STUDY = (
    "<clinical_study><id_info><nct_id>NCT01234567</nct_id></id_info><location><facility>"
    "<name>LKH</name><address><city>Graz</city><country>Austria</country></address></facility>"
    "</location></clinical_study>"
)


@pytest.mark.parametrize(
    "head",
    [
        "",
        DECLARATION,
        DECLARATION + '<?xml-stylesheet type="text/xsl" href="a.xsl"?>\n',
        DECLARATION + "<?xml-model href='a'?>\n<!-- a > comment -->\n",
        "<?xml version='1.0' standalone='yes' ?>",
    ],
)
def test_any_declaration_and_stylesheet_may_precede_xml(head: str) -> None:
    reading = read((head + STUDY).encode(), "study.xml")
    assert columns(reading, "trial_id", "city") == [["NCT01234567", "Graz"]]


def test_ictrp_as_xml_gives_trials_with_countries() -> None:
    trials = "".join(
        f"<Trial><TrialID>{number}\n </TrialID><Public_title>T</Public_title>"
        f"<Source_Register>x</Source_Register><Countries>{countries}\n</Countries></Trial>"
        for number, countries in (("NCT06000001", "France"), ("CTIS2023-1", "Sweden;New Zealand"))
    )
    text = f"{DECLARATION}<Trials_downloaded_from_ICTRP>\n{trials}</Trials_downloaded_from_ICTRP>"
    reading = read(text.encode(), "ICTRP-Results.xml")
    assert [trial.countries for trial in reading.trials] == [("France",), ("Sweden", "New Zealand")]
    assert reading.sites.empty


@pytest.mark.parametrize("count", [1, 2])
def test_isrctn_has_sites(count: int) -> None:
    centres = "".join(
        f"<trialCentre><name>{name}</name><city>{city}</city><country>{country}</country>"
        "<zip>LE1 5WW</zip></trialCentre>"
        for name, city, country in (("North", "Leicester", "England"), ("South", "Roma", "Italy"))[
            :count
        ]
    )
    text = (
        f'{DECLARATION}<allTrials xmlns="http://example.org/isrctn"><fullTrial>'
        "<trial><isrctn>10000017</isrctn><trialDescription><title>Aids</title></trialDescription>"
        f"<participants><trialCentres>{centres}</trialCentres></participants></trial>"
        "<sponsor><organisation>University</organisation></sponsor></fullTrial></allTrials>"
    )
    reading = read(text.encode(), "isrctn.xml")
    assert (
        columns(reading, "trial_id", "facility", "city", "country")
        == [
            ["ISRCTN10000017", "North", "Leicester", "England"],
            ["ISRCTN10000017", "South", "Roma", "Italy"],
        ][:count]
    )
    assert reading.trials[0].sponsors[0].name == "University"


def test_search_results_of_clinicaltrials_gov() -> None:
    text = (
        f'{DECLARATION}<search_results count="2"><study rank="1"><nct_id>NCT04000001</nct_id>'
        '<title>One</title><status open="Y">Recruiting</status><locations>'
        "<location>Baptist Medical Center, Saint Louis, Missouri, United States</location>"
        "<location>Klinik, Graz, Austria</location></locations></study>"
        "<study><nct_id>NCT04000002</nct_id><locations><location>HCL, Lyon, France</location>"
        "</locations></study></search_results>"
    )
    reading = read(text.encode(), "SearchResults.xml")
    assert columns(reading, "trial_id", "city", "state", "country") == [
        ["NCT04000001", "Saint Louis", "Missouri", "United States"],
        ["NCT04000001", "Graz", "", "Austria"],
        ["NCT04000002", "Lyon", "", "France"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        (
            "<trials><trial><main><trial_id>RBR-2zq7b9</trial_id><reg_name>ReBEC</reg_name>"
            "<public_title>T</public_title></main><countries><country2>Brazil</country2></countries>"
            "<contacts><contact><country1>Chile</country1></contact></contacts></trial></trials>"
        ),
        (
            "<ANZCTR_Trial><actrn>ACTRN12624000123456</actrn><publictitle>T</publictitle>"
            "<recruitmentcountry>Australia</recruitmentcountry><sponsorship>"
            "<primarysponsorcountry>France</primarysponsorcountry></sponsorship></ANZCTR_Trial>"
        ),
    ],
    ids=["WHO data set", "ANZCTR"],
)
def test_registries_without_sites_give_trials_with_countries(text: str) -> None:
    reading = read(text.encode(), "trial.xml")
    (trial,) = reading.trials
    assert (trial.title, trial.countries) in [("T", ("Brazil",)), ("T", ("Australia",))]
    assert reading.sites.empty


@pytest.mark.parametrize(
    "text",
    [
        "<r><site><name>LKH</name><city>Graz</city><country>Austria</country></site></r>",
        "<r><sites><site name='LKH' city='Graz' country='Austria'/></sites></r>",
        (
            "<rows><row><facility>LKH</facility><town>Graz</town><land>Austria</land></row>"
            "<row><facility>AKH</facility><town>Wien</town><land>Austria</land></row></rows>"
        ),
        (
            "<x:a xmlns:x='u:u'><x:b><x:clinic><x:Name>LKH</x:Name><x:Address><x:City>Graz</x:City>"
            "<x:Country>Austria</x:Country></x:Address></x:clinic></x:b></x:a>"
        ),
    ],
)
def test_a_repeated_element_with_a_place_is_a_list_of_sites(text: str) -> None:
    reading = read(text.encode(), "any.xml")
    assert columns(reading, "facility", "city", "country")[0] == ["LKH", "Graz", "Austria"]


def test_xml_without_sites_is_refused_by_what_it_lacks() -> None:
    with pytest.raises(ReadError, match="XML without trials and without a list of sites"):
        read(b"<a><b>c</b></a>", "any.xml")


def _kml() -> bytes:
    marks = "".join(
        f"<Placemark><name>{name}</name><ExtendedData>"
        f"<Data name='City'><value>{city}</value></Data><SchemaData>"
        f"<SimpleData name='Country'>{country}</SimpleData></SchemaData></ExtendedData>"
        f"<Point><coordinates>{east},{north},0</coordinates></Point></Placemark>"
        for name, city, country, north, east in WANTED
    )
    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>{marks}</Folder></Document></kml>'
    return (DECLARATION + text).encode()


def _zip(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return file.getvalue()


def _shapefile(wkt: str = "") -> bytes:
    parts = {"shp": io.BytesIO(), "shx": io.BytesIO(), "dbf": io.BytesIO()}
    with shapefile.Writer(**parts, shapeType=shapefile.POINT) as writer:
        for name in ("NAME", "CITY", "COUNTRY"):
            writer.field(name, "C", 40)
        for name, city, country, north, east in WANTED:
            writer.point(east, north)
            writer.record(name, city, country)
    members = {f"hospitals__{part}": file.getvalue() for part, file in parts.items()}
    return _zip(**members, **({"hospitals__prj": wkt.encode()} if wkt else {}))


def _database() -> bytes:
    database = sqlite3.connect(":memory:")
    SITES.to_sql("hospitals", database, index=False)
    database.execute("CREATE TABLE settings (key TEXT, value TEXT)")
    database.execute("INSERT INTO settings VALUES ('a', 'b')")
    database.commit()
    return bytes(database.serialize())


def _geopackage() -> bytes:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT)")
    database.execute("INSERT INTO gpkg_contents VALUES ('hospitals', 'features')")
    database.execute(
        "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER)"
    )
    database.execute("INSERT INTO gpkg_geometry_columns VALUES ('hospitals', 'geom', 4326)")
    database.execute(
        "CREATE TABLE hospitals (fid INTEGER, geom BLOB, NAME TEXT, CITY TEXT, COUNTRY TEXT)"
    )
    for number, (name, city, country, north, east) in enumerate(WANTED):
        head = b"GP\x00\x01" + (4326).to_bytes(4, "little")
        blob = head + shapely.to_wkb(shapely.Point(east, north))
        database.execute(
            "INSERT INTO hospitals VALUES (?, ?, ?, ?, ?)", (number, blob, name, city, country)
        )
    database.commit()
    return bytes(database.serialize())


def _parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(SITES), file)
    return file.getvalue()


def _geoparquet() -> bytes:
    points = [shapely.to_wkb(shapely.Point(east, north)) for *_, north, east in WANTED]
    table = pa.table(
        {**{name: SITES[name] for name in ("NAME", "CITY", "COUNTRY")}, "geometry": points}
    )
    geo = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
    file = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), file)
    return file.getvalue()


def _nested_parquet() -> bytes:
    rows = [
        {"name": name, "address": {"city": city, "country": country}, "lat": north, "lon": east}
        for name, city, country, north, east in WANTED
    ]
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file)
    return file.getvalue()


def _feather() -> bytes:
    file = io.BytesIO()
    pyarrow.feather.write_feather(SITES, file)
    return file.getvalue()


def _json(orient: str) -> bytes:
    return SITES.to_json(orient=orient).encode()  # type: ignore[call-overload,no-any-return]


WRITERS = {
    "KML": _kml,
    "KMZ": lambda: _zip(doc__kml=_kml()),
    "shapefile": _shapefile,
    "SQLite": _database,
    "GeoPackage": _geopackage,
    "Parquet": _parquet,
    "zipped Parquet": lambda: _zip(sites__parquet=_parquet()),
    "GeoParquet": _geoparquet,
    "nested Parquet": _nested_parquet,
    "Feather": _feather,
    **{
        f"pandas JSON, {orient}": (lambda orient=orient: _json(orient))
        for orient in ("records", "split", "index", "columns", "table")
    },
    "columns in lists": lambda: json.dumps(SITES.to_dict("list")).encode(),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_table_of_another_program_is_read_whole(kind: str) -> None:
    assert sites(read(WRITERS[kind](), "sites.any")) == WANTED


@pytest.mark.parametrize("kind", ["sav", "zsav", "dta", "xpt", "por"])
def test_files_of_statistics_programs_are_read(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"sites.{kind}"
    coded = SITES.assign(COUNTRY=[1.0, 2.0, 3.0])
    labels = {1: "Austria", 2: "France", 3: "Switzerland"}
    short = {"LATITUDE": "LAT", "LONGITUDE": "LON"}
    if kind in ("sav", "zsav"):
        values = {"COUNTRY": labels}
        pyreadstat.write_sav(coded, path, compress=kind == "zsav", variable_value_labels=values)
    elif kind == "dta":
        pyreadstat.write_dta(coded, path, variable_value_labels={"COUNTRY": labels})
    elif kind == "por":
        pyreadstat.write_por(SITES.rename(columns=short), path)
    else:
        pyreadstat.write_xport(SITES.rename(columns=short), path)
    found = sites(read(path.read_bytes(), path.name))
    assert [row[:3] for row in found] == [row[:3] for row in WANTED]
    assert [row[3] for row in found] == pytest.approx([row[3] for row in WANTED], abs=1e-4)


def test_a_truncated_statistics_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sites.sav"
    pyreadstat.write_sav(SITES, path)
    with pytest.raises(ReadError, match="SPSS file that cannot be read"):
        read(path.read_bytes()[:300], "sites.sav")


def test_a_shapefile_in_an_unknown_system_says_so() -> None:
    reading = read(_shapefile('PROJCS["British_National_Grid",GEOGCS["OSGB"]]'), "a.zip")
    assert reading.sites["city"].tolist() == ["Graz", "Lyon", "Bern"]
    assert reading.sites["latitude"].isna().all()
    assert any("British National Grid, which is not read" in text for text in reading.warnings)


@pytest.mark.parametrize("data", [b"city,country\n", b"Hospital,City,Country\n\n\n"])
def test_a_header_and_no_rows_is_said(data: bytes) -> None:
    with pytest.raises(ReadError, match="a header and no rows"):
        read(data, "sites.csv")


SQUARE = [[[15.43, 47.06], [15.45, 47.06], [15.45, 47.08], [15.43, 47.08], [15.43, 47.06]]]


@pytest.mark.parametrize(
    ("geometry", "what"),
    [
        ({"type": "Polygon", "coordinates": SQUARE}, "1 features are areas"),
        ({"type": "MultiPolygon", "coordinates": [SQUARE]}, "1 features are areas"),
        ({"type": "MultiPoint", "coordinates": [[15.44, 47.07]]}, ""),
        (
            {
                "type": "GeometryCollection",
                "geometries": [{"type": "Point", "coordinates": [15.44, 47.07]}, None],
            },
            "",
        ),
    ],
)
def test_areas_of_geojson_have_a_point_inside(geometry: object, what: str) -> None:
    feature = {"type": "Feature", "properties": {"name": "LKH"}, "geometry": geometry}
    reading = read(json.dumps({"type": "FeatureCollection", "features": [feature]}).encode(), "a")
    assert reading.sites["latitude"].tolist() == pytest.approx([47.07])
    assert reading.sites["longitude"].tolist() == pytest.approx([15.44])
    assert not what or any(what in warning for warning in reading.warnings)


@pytest.mark.parametrize("sign", ["~", "¬", "^", "¦", "\x1f", "\x01"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_rare_separators(sign: str, encoding: str) -> None:
    rows = ["Code,Name,City,Postcode,Latitude,Longitude", "T1,Spital,Bern,3010,46.95,7.43"]
    rows.append("T2,Kantonsspital,Chur,7000,46.86,9.53")
    text = "\n".join(rows).replace(",", sign)
    reading = read(text.encode(encoding), "sites.txt")
    assert columns(reading, "facility", "city", "latitude") == [
        ["Spital", "Bern", 46.95],
        ["Kantonsspital", "Chur", 46.86],
    ]


def test_a_city_column_alone_among_unknown_names_is_seen() -> None:
    reading = read(
        b"finess;rs;coordx;ville\n010000024;CH;870215.7;Lyon\n01;CH2;916193.5;Belley\n", "a"
    )
    assert reading.sites["city"].tolist() == ["Lyon", "Belley"]
    assert reading.notes == ("columns kept as the list's own: finess, rs, coordx",)
