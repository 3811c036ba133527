"""Points in every writing: in one column, swapped, in metres, of several datums."""

import json

import pytest

from dashboard.readers import read
from dashboard.readers.common.points import parse_point
from dashboard.readers.common.projections import parse_crs, to_wgs84
from dashboard.sites.reading import Reading


def opened(text: str, name: str = "NCT01207388.csv") -> Reading:
    return read(text.encode(), name)


def points(reading: Reading) -> list[tuple[float, float]]:
    found = reading.sites[["latitude", "longitude"]].round(3).to_numpy().tolist()
    return [(north, east) for north, east in found]


@pytest.mark.parametrize(
    "text",
    [
        "(40.79, -73.95)",
        "2001 Test St\nNew York, NY 10001\n(40.79, -73.95)",
        "POINT (-73.95 40.79)",
        "SRID=4326;POINT(-73.95 40.79)",
        "POINT Z (-73.95 40.79 10)",
        "c(-73.95, 40.79)",
        "{'lat': 40.79, 'lng': -73.95}",
        '{"longitude": -73.95, "latitude": 40.79}',
        '{"type": "Point", "coordinates": [-73.95, 40.79]}',
        "40.79, -73.95",
        "40.79; -73.95",
        "geo:40.79,-73.95",
        "https://maps.example.org/@40.79,-73.95,15z",
        "lat: 40.79, lon: -73.95",
    ],
)
def test_a_point_in_one_cell(text: str) -> None:
    assert parse_point(text) == ("40.79", "-73.95")
    quoted = '"' + text.replace('"', '""') + '"'
    reading = opened(f"site,city,country,Location\nA,New York,United States,{quoted}\n")
    assert points(reading) == [(40.79, -73.95)]


@pytest.mark.parametrize("text", ["", "Graz", "8036 Graz (Styria)", "12, 34 Main Street", "2, 3"])
def test_other_cells_hold_no_point(text: str) -> None:
    quoted = f'"{text}"'
    reading = opened(f"site,city,country,Remark\nA,Graz,Austria,{quoted}\n")
    assert "point" not in reading.columns


@pytest.mark.parametrize("country", ["", "United States"])
def test_a_latitude_beyond_the_globe_shows_that_columns_are_swapped(country: str) -> None:
    rows = f"A,Grapevine,{country},-97.07,32.93\nB,Houston,{country},-95.4,29.75\n"
    reading = opened(f"facility,city,country,latitude,longitude\n{rows}")
    assert points(reading) == [(32.93, -97.07), (29.75, -95.4)]
    assert any("swapped" in warning for warning in reading.warnings)


def test_a_mixture_is_not_swapped() -> None:
    rows = "A,Grapevine,-97.07,32.93\nB,Sydney,-33.87,151.2\n"
    reading = opened(f"facility,city,latitude,longitude\n{rows}")
    assert points(reading)[1] == (-33.87, 151.2)


def test_web_mercator_is_converted_where_countries_confirm_it() -> None:
    rows = "A,Graz,Austria,1718700.0,5955000.0\nB,Wien,Austria,1822300.0,6141600.0\n"
    reading = opened(f"facility,city,country,x,y\n{rows}")
    assert points(reading) == [(47.079, 15.439), (48.208, 16.37)]
    assert any("Web Mercator" in warning for warning in reading.warnings)
    other = opened("facility,city,x,y\nA,Lyon,870215.7,6571590.5\nB,Belley,916193.5,6523160.3\n")
    assert points(other) != points(other)  # NaN


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("easting,northing,zone", "533000,5215000,33N"),
        ("UTM Easting,UTM Northing,UTM zone", "533000,5215000,33T"),
        ("easting utm 33N,northing utm 33N,c", "533000,5215000,"),
    ],
)
def test_utm_with_its_zone_is_converted(header: str, row: str) -> None:
    reading = opened(f"facility,city,country,{header}\nLKH,Graz,Austria,{row}\n")
    assert points(reading) == [(47.088, 15.435)]
    assert any("UTM" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    ("name", "crs"),
    [
        ("EPSG:3857", "mercator"),
        ("urn:ogc:def:crs:EPSG::3857", "mercator"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "degrees"),
        ("EPSG:4326", "degrees"),
        ("urn:ogc:def:crs:EPSG::32633", "utm33N"),
        ("EPSG:32733", "utm33S"),
        ("EPSG:25832", "utm32N"),
        ("EPSG:27700", "other"),
        ('GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984"]]', "degrees"),
        ('PROJCS["WGS_1984_UTM_Zone_33N",GEOGCS["GCS_WGS_1984"]]', "utm33N"),
        ('PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",GEOGCS[""]]', "mercator"),
        ('PROJCS["British_National_Grid",GEOGCS["GCS_OSGB_1936"]]', "other"),
        ("", ""),
    ],
)
def test_reference_systems_are_recognized(name: str, crs: str) -> None:
    assert parse_crs(name) == crs


def test_points_are_converted_to_degrees() -> None:
    assert to_wgs84(1_113_194.9079, 0.0, "mercator") == pytest.approx((0, 10), abs=1e-6)
    assert to_wgs84(500_000, 0, "utm33N") == pytest.approx((0, 15), abs=1e-6)
    assert to_wgs84(500_000, 10_000_000, "utm33S") == pytest.approx((0, 15), abs=1e-6)


def test_a_crs_member_of_geojson_is_heeded() -> None:
    feature = {
        "type": "Feature",
        "properties": {"name": "LKH"},
        "geometry": {"type": "Point", "coordinates": [1718700.0, 5955000.0]},
    }
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    document = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    assert points(read(json.dumps(document).encode(), "a.geojson")) == [(47.079, 15.439)]


def test_of_several_datums_wgs_wins() -> None:
    reading = opened(
        "医院,城市,bd_lat,bd_lon,gcj_lat,gcj_lon,wgs_lat,wgs_lon\n"
        "A,北京,39.92,116.41,39.915,116.404,39.913,116.397\n"
    )
    assert points(reading) == [(39.913, 116.397)]


@pytest.mark.parametrize(
    "header", ["GPS_1,GPS_2", "施設緯度,施設経度", "siteLat,siteLon", "lat_1,lon_1", "Y,X"]
)
def test_points_under_other_names(header: str) -> None:
    reading = opened(f"Hospital,City,Country,{header}\nLKH,Graz,Austria,47.08,15.47\n")
    assert points(reading) == [(47.08, 15.47)]
