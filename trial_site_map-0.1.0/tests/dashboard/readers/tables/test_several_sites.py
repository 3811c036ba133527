"""Cells with several sites are split if that is certain, else kept as one with a warning."""

import csv
import io

import pytest

from dashboard.readers import Reading, read


def listed(header: str, *rows: list[str]) -> Reading:
    file = io.StringIO()
    csv.writer(file).writerows([header.split(), *rows])
    return read(file.getvalue().encode(), "list.csv")


def places(reading: Reading) -> list[tuple[str, ...]]:
    columns = ["facility", "city", "state", "postcode", "country"]
    return [tuple(row) for row in reading.sites[columns].to_numpy().tolist()]


TWO = [("Charité", "Berlin", "", "", "Germany"), ("UKE", "Hamburg", "", "", "Germany")]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("trial sites", ["NCT01207388", "Charité, Berlin, Germany; UKE, Hamburg, Germany"]),
        ("trial location", ["NCT01207388", "Charité, Berlin, Germany | UKE, Hamburg, Germany"]),
        ("trial hospital country", ["NCT01207388", "Charité, Berlin\nUKE, Hamburg", "Germany"]),
        ("trial sites country", ["NCT01207388", "1. Charité, Berlin\n2. UKE, Hamburg;", "Germany"]),
        (
            "trial hospital city country",
            ["NCT01207388", "Charité;UKE", "Berlin;Hamburg", "Germany"],
        ),
    ],
)
def test_several_sites_in_one_cell_are_split(header: str, row: list[str]) -> None:
    reading = listed(header, row)
    assert places(reading) == TWO
    assert reading.sites["trial_id"].tolist() == ["NCT01207388"] * 2
    assert "rows with several sites, split: row 2 (2 sites)" in reading.warnings


def test_states_and_postcodes_are_split_too() -> None:
    reading = listed(
        "trial sites country",
        ["NCT00000001", "Mayo Clinic, Rochester, MN; MD Anderson, Houston, TX", "United States"],
        ["NCT00000002", "Charité, 10117 Berlin; UKE, 20251 Hamburg", "Germany"],
    )
    assert places(reading) == [
        ("Mayo Clinic", "Rochester", "MN", "", "United States"),
        ("MD Anderson", "Houston", "TX", "", "United States"),
        ("Charité", "Berlin", "", "10117", "Germany"),
        ("UKE", "Hamburg", "", "20251", "Germany"),
    ]


def test_without_any_country_hospitals_with_known_towns_are_sites() -> None:
    reading = listed("trial sites", ["NCT01207388", "Hospital A, Berlin; Hospital B, Hamburg"])
    assert [place[:2] for place in places(reading)] == [
        ("Hospital A", "Berlin"),
        ("Hospital B", "Hamburg"),
    ]


def test_point_and_number_of_a_split_row_are_dropped() -> None:
    header = "number hospital country status lat lon"
    both = ["7", "Charité, Berlin; UKE, Hamburg", "Germany", "Recruiting", "52.5", "13.4"]
    one = ["8", "LKH, Graz", "Austria", "Completed", "47.07", "15.44"]
    sites = listed(header.replace("number", "site_number"), both, one).sites
    assert sites["site_number"].tolist() == ["", "", "8"]
    assert sites["latitude"].isna().tolist() == [True, True, False]
    assert sites["status"].tolist() == ["Recruiting", "Recruiting", "Completed"]


def test_a_single_site_in_a_column_of_sites_is_split_likewise() -> None:
    reading = listed(
        "trial sites", ["NCT1", "LKH, Graz, Austria"], ["NCT2", "Charité, Berlin, Germany"]
    )
    assert places(reading) == [("LKH", "Graz", "", "", "Austria"), TWO[0]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Hospital A; Hospital B", True),
        ("Charité, Berlin; UKE, Hamburg; Hospital C", True),
        ("Department of Oncology; University Hospital", False),
        ("Clinic for Lungs; Charité, Berlin", False),
    ],
)
def test_an_uncertain_row_stays_one_site(text: str, *, told: bool) -> None:
    reading = listed("trial hospital country", ["NCT01207388", text, "Germany"])
    assert reading.sites["facility"].tolist() == [text]
    warned = [one for one in reading.warnings if "may hold several sites, kept as one" in one]
    assert bool(warned) == told
    assert all("row 2" in one for one in warned)


def test_lines_of_one_address_are_one_site() -> None:
    reading = listed("site address", ["King's", "Denmark Hill, London\nSE5 9RS, United Kingdom"])
    assert reading.sites["facility"].tolist() == ["King's"]


def test_a_column_of_counts_is_no_list_of_sites() -> None:
    reading = listed("trial country sites", ["NCT01207388", "Germany", "12"])
    assert "place" not in reading.columns
    assert "facility" not in reading.columns
