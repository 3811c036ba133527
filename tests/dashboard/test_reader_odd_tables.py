"""Tables as people keep them: totals, groups, shifted rows, addresses, odd quotation marks."""

import math

import pytest

from dashboard.readers import read
from dashboard.readers.address import split_address
from dashboard.readers.degrees import as_number
from dashboard.readers.reading import Reading


def opened(text: str, name: str = "NCT01207388.csv") -> Reading:
    return read(text.encode(), name)


def columns(reading: Reading, *names: str) -> list[list[str]]:
    return reading.sites[list(names)].to_numpy().tolist()


AACT = "id|nct_id|status|name|city|state|zip|country|latitude|longitude\n"


def test_a_stray_sign_between_columns_is_joined_again_and_its_row_named() -> None:
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


def test_a_row_that_lost_a_cell_is_named() -> None:
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


def test_totals_notes_and_the_header_again_are_no_sites() -> None:
    reading = opened(
        "Site No;Hospital;City;Country\n1;LKH;Graz;Austria\nSite No;Hospital;City;Country\n"
        "---;---;---;---\n2;AKH;Wien;Austria\n;;;\nTotal;2;;\nSource: CTMS, 12 Jan 2024;;;\n"
    )
    assert columns(reading, "facility") == [["LKH"], ["AKH"]]
    assert reading.warnings == (
        "left out, as no sites: row 7 ('Total'), row 8 ('Source: CTMS, 12 Jan 2024')",
    )


def test_a_site_without_a_place_is_kept() -> None:
    assert len(opened("Site No;Hospital;City;Country\n1;LKH;;\n;AKH;;\n").sites) == 2


def test_a_country_or_trial_between_the_rows_holds_for_those_below() -> None:
    reading = opened(
        "No;Hospital;City\nAustria;;\n1;LKH;Graz\nGermany (2 sites);;\n2;UKU;Ulm\n"
        "NCT00000002;;\n3;UKB;Bonn\n"
    )
    assert columns(reading, "trial_id", "city", "country") == [
        ["NCT01207388", "Graz", "Austria"],
        ["NCT01207388", "Ulm", "Germany"],
        ["NCT00000002", "Bonn", "Germany"],
    ]


def test_a_country_written_once_a_group_is_that_of_the_group() -> None:
    text = "Country,City,Hospital\nAustria,Graz,A\n,Wien,B\n,Linz,C\nGermany,Ulm,D\n"
    reading = opened(text)
    assert reading.sites["country"].tolist() == ["Austria"] * 3 + ["Germany"]
    assert "country stands on the first row of a group; 2 rows took it over" in reading.warnings


@pytest.mark.parametrize(
    "rows",
    ["Austria,Graz\nAustria,Linz\n,Ulm\n,Bonn", "Austria,Graz\n,Munich\n,Berlin\nGermany,Ulm"],
    ids=["every row has one", "cities of another country"],
)
def test_a_country_that_is_missing_is_not_made_up(rows: str) -> None:
    assert opened(f"Country,City\n{rows}\n").sites["country"].tolist()[1:3].count("") >= 1


def test_an_investigator_beside_a_facility_is_left_out() -> None:
    reading = opened(
        "Site,City,Country\nSite 101 - PI Dr. Anna Huber - LKH Graz,Graz,Austria\n"
        "Site 102 - Dr. Horst Schmidt Klinik,Wiesbaden,Germany\nResearch Site,Ulm,Germany\n"
    )
    assert columns(reading, "site_number", "facility") == [
        ["101", "LKH Graz"],
        ["102", "Dr. Horst Schmidt Klinik"],
        ["", "Research Site"],
    ]
    assert any("people's names are left out" in text for text in reading.warnings)


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
    ],
)
def test_an_address_in_one_cell_is_divided(written: str, parts: str) -> None:
    assert "|".join(split_address(written)) == parts


def test_an_address_gives_what_the_other_columns_do_not() -> None:
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
    assert as_number(written) == pytest.approx(degrees, abs=1e-5, nan_ok=True)


def test_a_coordinate_that_cannot_be_read_is_named_with_its_row() -> None:
    reading = opened("city,country,lat,lon\nGraz,Austria,47.1,15.4\nUlm,Germany,north?,10\n")
    assert "latitude that cannot be read, left empty: row 3 ('north?')" in reading.warnings


def test_a_quotation_mark_without_its_pair_does_not_join_two_lines() -> None:
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


def test_many_quotation_marks_without_a_pair_take_no_longer() -> None:
    lines = ["facility,city,country", *['"Clinic "" North,Ulm,Germany'] * 20_000]
    assert len(opened("\n".join(lines)).sites) == 20_000
