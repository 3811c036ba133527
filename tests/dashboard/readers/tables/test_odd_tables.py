"""Tables as people write them: totals, groups, shifted rows, addresses, unbalanced quotes."""

import math

import pytest

from dashboard.readers import preview, read
from dashboard.readers.tables.address import split_address
from dashboard.sites.reading import Reading
from geocache.tables.degrees import parse_degrees


def opened(text: str, name: str = "NCT01207388.csv") -> Reading:
    return read(text.encode(), name)


def columns(reading: Reading, *names: str) -> list[list[str]]:
    return reading.sites[list(names)].to_numpy().tolist()


AACT = "id|nct_id|status|name|city|state|zip|country|latitude|longitude\n"


def test_a_delimiter_inside_a_value_is_repaired_and_its_row_named() -> None:
    reading = opened(
        f"{AACT}1|NCT00000001|Recruiting|LKH|Graz||8036|Austria|47.07|15.44\n"
        "2|NCT00000001|Recruiting|Clinic A | Ward 2|Ulm||89081|Germany|48.4|9.99\n"
    )
    assert columns(reading, "facility", "city", "country") == [
        ["LKH", "Graz", "Austria"],
        ["Clinic A | Ward 2", "Ulm", "Germany"],
    ]
    assert reading.sites["latitude"].tolist() == [47.07, 48.4]
    (warning,) = reading.warnings
    assert warning.endswith("joined again: row 3 ('Clinic A | Ward 2')")


def test_the_first_site_is_never_half_of_the_header() -> None:
    reading = opened("Hospital,City,Country\nLKH, Ward 2,Graz,Austria\nAKH,Wien,Austria\n")
    assert columns(reading, "facility") == [["LKH, Ward 2"], ["AKH"]]


def test_very_wide_rows_are_read_as_far_as_the_header_goes() -> None:
    header = ",".join(["City", "Country", *(f"c{number}" for number in range(900))])
    rows = f"Ulm,Germany{',' * 2_000}x\n" * 200
    assert len(opened(f"{header}\n{rows}").sites) == 200


def test_a_row_with_a_missing_cell_is_named() -> None:
    reading = opened(f"{AACT}1|NCT00000001||Clinic|Ulm||Germany|48.4|9.99\n")
    assert "row 2" in reading.warnings[0]
    assert "fewer cells than the header" in reading.warnings[0]


def test_an_unquoted_comma_in_a_name_is_part_of_it() -> None:
    reading = opened(
        "facility,city,state,country\nLKH,Graz,Styria,Austria\nClinic, Ward 2,Ulm,BW,Germany\n"
    )
    assert columns(reading, "facility", "city", "country")[1] == [
        "Clinic, Ward 2",
        "Ulm",
        "Germany",
    ]


def test_totals_notes_and_repeated_headers_are_skipped() -> None:
    reading = opened(
        "Site No;Hospital;City;Country\n1;LKH;Graz;Austria\nSite No;Hospital;City;Country\n"
        "---;---;---;---\n2;AKH;Wien;Austria\n;;;\nTotal;2;;\nSource: CTMS, 12 Jan 2024;;;\n"
    )
    assert columns(reading, "facility") == [["LKH"], ["AKH"]]
    assert reading.warnings == (
        "rows without a site, skipped: row 7 ('Total'), row 8 ('Source: CTMS, 12 Jan 2024')",
    )


def test_a_site_without_a_place_is_kept() -> None:
    assert len(opened("Site No;Hospital;City;Country\n1;LKH;;\n;AKH;;\n").sites) == 2


def test_a_country_or_trial_between_rows_applies_to_those_below() -> None:
    reading = opened(
        "No;Hospital;City\nAustria;;\n1;LKH;Graz\nGermany (2 sites);;\n2;UKU;Ulm\n"
        "NCT00000002;;\n3;UKB;Bonn\n"
    )
    assert columns(reading, "trial_id", "city", "country") == [
        ["NCT01207388", "Graz", "Austria"],
        ["NCT01207388", "Ulm", "Germany"],
        ["NCT00000002", "Bonn", "Germany"],
    ]


def test_a_country_alone_in_a_row_is_a_site_unless_rows_follow_it() -> None:
    rows = "Austria,Graz,LKH\nPoland,,\nGermany,Ulm,UKU\nItaly,,\n,Roma,Gemelli\n"
    reading = opened(f"Country,City,Hospital\n{rows}")
    assert reading.sites["country"].tolist() == ["Austria", "Poland", "Germany", "Italy"]


def test_a_country_on_the_first_row_of_a_group_is_filled_down() -> None:
    text = "Country,City,Hospital\nAustria,Graz,A\n,Wien,B\n,Linz,C\nGermany,Ulm,D\n"
    reading = opened(text)
    assert reading.sites["country"].tolist() == ["Austria"] * 3 + ["Germany"]
    assert (
        "country is only on the first row of a group; 2 rows took it from there" in reading.warnings
    )


@pytest.mark.parametrize(
    "rows",
    ["Austria,Graz\nAustria,Linz\n,Ulm\n,Bonn", "Austria,Graz\n,Munich\n,Berlin\nGermany,Ulm"],
    ids=["every row has one", "cities of another country"],
)
def test_a_missing_country_is_not_filled_down(rows: str) -> None:
    assert opened(f"Country,City\n{rows}\n").sites["country"].tolist()[1:3].count("") >= 1


def test_an_investigator_beside_a_facility_is_dropped() -> None:
    reading = opened(
        "Site,City,Country\nSite 101 - PI Dr. Anna Huber - LKH Graz,Graz,Austria\n"
        "Site 102 - Dr. Horst Schmidt Klinik,Wiesbaden,Germany\nResearch Site,Ulm,Germany\n"
    )
    assert columns(reading, "site_number", "facility") == [
        ["101", "LKH Graz"],
        ["102", "Dr. Horst Schmidt Klinik"],
        ["", "Research Site"],
    ]
    assert any("people's names are dropped" in text for text in reading.warnings)


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Auenbruggerplatz 1, 8036 Graz, Austria", "Graz||8036|Austria"),
        ("2301 Erwin Rd, Durham, NC 27710, USA", "Durham|NC|27710|USA"),
        ("Denmark Hill, London SE5 9RS, United Kingdom", "London||SE5 9RS|United Kingdom"),
        ("7-3-1 Hongo, Bunkyo-ku, Tokyo 113-8655, Japan", "Tokyo||113-8655|Japan"),
        ("Rua X, 255, São Paulo - SP, 05403-000, Brazil", "São Paulo|SP|05403-000|Brazil"),
        ("600 University Ave, Toronto, ON M5G 1X5, Canada", "Toronto|ON|M5G 1X5|Canada"),
        ("55 Fruit Street, Boston, Massachusetts 02114", "Boston|Massachusetts|02114|"),
        ("Via X 217, 00168 Roma RM, Italy", "Roma|RM|00168|Italy"),
        ("Hufelandstr. 55\n45147 Essen\nGermany", "Essen||45147|Germany"),
        ("A-1090 Wien", "Wien||A-1090|"),
        ("Praha 2, Czech Republic", "Praha 2|||Czech Republic"),
        ("Duarte, California, United States", "Duarte|California||United States"),
        ("Boston, MA", "Boston|MA||"),
        ("Graz (Austria)", "Graz|||Austria"),
        ("Austria - Graz", "Graz|||Austria"),
        ("Stratford-upon-Avon", "Stratford-upon-Avon|||"),
    ],
)
def test_an_address_in_one_cell_is_split(written: str, parts: str) -> None:
    assert "|".join(split_address(written)) == parts


def test_an_address_fills_columns_that_are_missing() -> None:
    reading = opened(
        'Hospital,Address,Country\nLKH,"Platz 1, 8036 Graz",Austria\nNUH,Singapore,SG\n'
    )
    assert columns(reading, "city", "postcode", "country") == [
        ["Graz", "8036", "Austria"],
        ["Singapore", "", "SG"],
    ]


@pytest.mark.parametrize(
    ("written", "degrees"),
    [
        ("33 52 10 S", -33.86944),
        ("S 12° 2.6'", -12.04333),
        ("12d30m10s W", -12.50278),
        ("47° 4′ 14″ N", 47.07056),
        ("48,2° Nord", 48.2),
        ("3.7° Oeste", -3.7),
        ("3.7° O", math.nan),
        ("99 99 99 S", math.nan),
        ("47 04 14", math.nan),
    ],
)
def test_degrees_minutes_and_seconds(written: str, degrees: float) -> None:
    assert parse_degrees(written) == pytest.approx(degrees, abs=1e-5, nan_ok=True)


def test_a_cell_without_degrees_is_named_by_row() -> None:
    reading = opened("city,country,lat,lon\nGraz,Austria,47.1,15.4\nUlm,Germany,north?,10\n")
    assert (
        "latitude that is not a number of degrees, left empty: row 3 ('north?')" in reading.warnings
    )


@pytest.mark.parametrize(
    "written",
    ["47,07; 15,44", "47.07, 15.44", "(47.07,15.44)", "47.07 15.44", "47°4'12\"N 15°26'24\"E"],
)
def test_both_coordinates_in_one_cell(written: str) -> None:
    reading = opened(f"City\tCountry\tCoordinates\nGraz\tAustria\t{written}\n")
    assert reading.sites[["latitude", "longitude"]].to_numpy().tolist() == [
        [pytest.approx(47.07), pytest.approx(15.44)]
    ]
    assert reading.warnings == ()


def test_a_row_of_several_trials_and_columns_separated_by_blanks() -> None:
    reading = opened(
        "Investigator Institution    Investigator City    Country    Trial\n"
        "LKH Graz                    Graz                 Austria    NCT00000001, NCT00000002\n"
    )
    assert columns(reading, "trial_id", "facility", "city", "country") == [
        ["NCT00000001", "LKH Graz", "Graz", "Austria"]
    ]
    assert reading.warnings == ("1 rows name more than one trial; the first of each is used",)


def test_an_unbalanced_quote_does_not_join_two_lines() -> None:
    reading = opened(
        'Hospital,City,Country\n"LKH,Graz,Austria\nClinic 12" North,Ulm,Germany\n'
        '"A ""B""\nC",Bonn,Germany\n"D" GmbH,Köln,Germany\n'
    )
    assert columns(reading, "facility", "city") == [
        ["LKH", "Graz"],
        ['Clinic 12" North', "Ulm"],
        ['A "B" C', "Bonn"],
        ["D GmbH", "Köln"],
    ]
    assert reading.warnings[0].endswith("read as text: line 2")


def test_many_unbalanced_quotes_are_read_in_linear_time() -> None:
    lines = ["facility,city,country", *['"Clinic "" North,Ulm,Germany'] * 20_000]
    assert len(opened("\n".join(lines)).sites) == 20_000


def test_swapped_coordinates_are_swapped_back() -> None:
    rows = "Graz,Austria,15.44,47.07\nDurham,United States,-78.9,36\nSydney,Australia,151.2,-33.9\n"
    reading = opened(f"City,Country,Lat,Lon\n{rows}")
    assert reading.sites["latitude"].tolist() == [47.07, 36, -33.9]
    assert "latitude and longitude are swapped" in reading.warnings[0]
    upright = opened("City,Country,Lat,Lon\n" + "Graz,Austria,47.07,15.44\n" * 3)
    assert upright.warnings == ()
    told = read(
        f"City,Country,Lat,Lon\n{rows}".encode(),
        "x",
        columns={"latitude": "Lat", "longitude": "Lon"},
    )
    assert told.sites["latitude"].tolist()[0] == 15.44


def test_lines_without_a_header_are_split_from_the_right() -> None:
    reading = opened("LKH, Graz, Austria\nDuke, Durham, North Carolina, United States\n")
    assert columns(reading, "trial_id", "facility", "city", "state", "country") == [
        ["NCT01207388", "LKH", "Graz", "", "Austria"],
        ["NCT01207388", "Duke", "Durham", "North Carolina", "United States"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        '{"sites":[{"siteName":"LKH","addressCity":"Graz","siteCountry":"Austria"}],"study":"%s"}',
        '[{"nct_id":"%s","sites":[{"name":"LKH","city":"Graz","country":"Austria"}]}]',
        '{"columns":["nct","facility","city","country"],"data":[["%s","LKH","Graz","Austria"]]}',
        '[["nct","facility","city","country"],["%s","LKH","Graz","Austria"]]',
        '{"Austria":[{"nct":"%s","facility":"LKH","city":"Graz","people":[{"name":"A"}]}]}',
        '{"101":{"nct":"%s","facility":"LKH","city":"Graz","country":"Austria"}}',
    ],
)
def test_json_with_other_keys(text: str) -> None:
    reading = opened(text % "NCT00000001", "list")
    assert columns(reading, "trial_id", "facility", "city", "country") == [
        ["NCT00000001", "LKH", "Graz", "Austria"]
    ]


def test_a_damaged_area_gives_no_point_and_a_collection_of_one_does() -> None:
    shape = '"geometry":{"type":"Polygon","coordinates":[]},"properties":{"city":"Ulm"}'
    reading = opened('{"type":"FeatureCollection","features":[{"type":"Feature",' + shape + "}]}")
    assert "1 features are lines or damaged areas and give no point" in reading.warnings
    points = (
        '{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[9.99,48.4]}]}'
    )
    assert opened(points).sites["latitude"].tolist() == [48.4]


PAGE = (
    "<html><head><style>td {}</style></head><body><p>Sites of NCT00000001</p><table>"
    "<tr><th>Country<th>City<th>Hospital</tr><tr><td rowspan=2>Austria</td><td>Graz</td>"
    "<td>LKH &amp; Co</td></tr><tr><td>Wien<td>AKH</tr></table><script>if (a<b) {}</script></html>"
)


def test_the_table_of_a_web_page_is_a_site_list() -> None:
    reading = read(PAGE.encode(), "export.xls")
    assert columns(reading, "trial_id", "facility", "city", "country") == [
        ["NCT00000001", "LKH & Co", "Graz", "Austria"],
        ["NCT00000001", "AKH", "Wien", "Austria"],
    ]
    assert reading.format == "Site list (HTML)"
    shown = preview(PAGE.encode(), "export.xls")
    assert shown is not None
    assert shown.header == ("Country", "City", "Hospital")


def test_a_registry_page_saved_as_html_is_read() -> None:
    lines = (
        "NCT ID: NCT00000001",
        "Locations",
        "LKH",
        "Graz, Austria",
        "Site Status",
        "Recruiting",
    )
    page = "<!DOCTYPE html><html><body>" + "".join(f"<div>{line}</div>" for line in lines)
    assert columns(read(page.encode(), "page.html"), "facility", "city", "status") == [
        ["LKH", "Graz", "Recruiting"]
    ]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("رقم المركز,اسم المستشفى,المدينة,البلد", "1,مستشفى,الرياض,السعودية"),
        ("№ центра,Название центра,Город,Страна", "1,Больница,Москва,Россия"),
        ("Nr ośrodka,Nazwa ośrodka,Miasto,Kraj", "1,Szpital,Poznań,Polska"),
        ("Merkez No,Merkez Adı,Şehir,Ülke", "1,Hacettepe,Ankara,Türkiye"),
        ("Centrumnummer,Ziekenhuis,Plaats,Land", "1,UMC,Utrecht,Nederland"),
        ("Nº do centro,Instituição,Cidade,País", "1,INCA,Rio de Janeiro,Brasil"),
        ("Site #,Facility Institution,Address City,Facility Country", "1,LKH,Graz,Austria"),
    ],
)
def test_headers_in_more_languages_and_with_other_words_first(header: str, row: str) -> None:
    reading = opened(f"{header}\n{row}\n")
    assert columns(reading, "site_number", "facility", "city", "country") == [row.split(",")]


def test_names_beside_telephones_are_no_facilities() -> None:
    reading = opened("Name,E-mail,Country\nDr A,a@example.org,Austria\n")
    assert columns(reading, "facility", "country") == [["", "Austria"]]
