"""A list that names no country: it is concluded where the places leave no doubt, and said."""

import json

import pytest

from dashboard.readers import read
from dashboard.sites.reading import Reading


def opened(text: str, name: str = "sites.csv", **columns: str) -> Reading:
    return read(text.encode(), name, columns=columns or None)


US = "site,city,state\nA,Boston,MA\nB,Rochester,MN\nC,Baltimore,MD\nD,Cleveland,OH\nE,Decatur,GA\n"
LISTS = (
    ("United States", US),
    (
        "United States",
        (
            "Hospital Name,City,State,ZIP Code\nA,El Paso,TX,79902\nB,Orange,TX,77630\n"
            "C,Kerrville,TX,78028\nD,Wichita Falls,TX,76301\n"
        ),
    ),
    (
        "United States",
        (
            "Hospital,City,State\nA,Boston,Massachusetts\nB,Chicago,Illinois\nC,Houston,Texas\n"
            "D,Miami,Florida\n"
        ),
    ),
    (
        "United Kingdom",
        (
            "Hospital,Town,Postcode\nA,Leeds,LS9 7TF\nB,York,YO31 8HE\nC,Derby,DE22 3NE\n"
            "D,Hull,HU3 2JZ\n"
        ),
    ),
    ("United Kingdom", "Hospital,Lat,Lon\nA,53.8,-1.52\nB,51.5,-0.1\nC,52.9,-1.5\nD,53.96,-1.08\n"),
    (
        "Canada",
        (
            "Hospital,City,Province,Postal code\nA,Toronto,ON,M5G 2M9\nB,Montreal,QC,H3A 1A1\n"
            "C,Calgary,AB,T2N 2T9\nD,Halifax,NS,B3H 3A7\n"
        ),
    ),
    (
        "Germany",
        (
            "Klinik,PLZ,Ort\nA,80331,München\nB,50667,Köln\nC,20095,Hamburg\nD,70173,Stuttgart\n"
            "E,04109,Leipzig\n"
        ),
    ),
    (
        "France",
        (
            "nom;ville;departement\nA;Lyon;Rhône\nB;Marseille;Bouches-du-Rhône\nC;Lille;Nord\n"
            "D;Nantes;Loire-Atlantique\n"
        ),
    ),
)


@pytest.mark.parametrize(("country", "text"), LISTS)
def test_the_country_of_all_rows_is_concluded_and_said(country: str, text: str) -> None:
    reading = opened(text)
    assert set(reading.sites["country"]) == {country}
    assert reading.columns["country"] == f"={country}"
    assert any(f"these look like {country}" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    "text",
    [
        "Hospital,City\nA,Lyon\nB,Belley\n",
        "Hospital,City\nA,Boston\nB,Lyon\nC,Graz\nD,Milano\nE,Madrid\n",
        "Hospital,City,State\nA,Boston,MA\nB,Toronto,ON\nC,Graz,Styria\nD,Lyon,\n",
        "Hospital,Lat,Lon\nA,47.07,15.44\nB,48.2,16.37\nC,48.14,11.58\nD,50.1,8.7\n",
        "Hospital,Postcode\nA,1010\nB,8036\nC,4020\nD,6020\n",
    ],
    ids=["too few", "many countries", "mixed states", "points in two", "digits alone"],
)
def test_no_country_is_concluded_in_doubt(text: str) -> None:
    reading = opened(text)
    assert set(reading.sites["country"]) == {""}
    assert "country" not in reading.columns


def test_the_country_can_be_chosen_or_left_out() -> None:
    chosen = opened(US, facility="site", city="city", state="state", country="=Canada")
    assert set(chosen.sites["country"]) == {"Canada"}
    assert set(opened(US, facility="site", city="city").sites["country"]) == {""}


def test_a_country_between_rows_still_applies_to_those_below() -> None:
    rows = "Austria,,\nA,Graz,\nB,Wien,\nGermany,,\nC,Ulm,\nD,Bonn,\n"
    countries = opened(f"Hospital,City,State\n{rows}").sites["country"].tolist()
    assert countries == ["Austria", "Austria", "Germany", "Germany"]


def test_a_name_that_is_a_town_gives_the_town() -> None:
    names = [
        ("Melbourne, Australia", "Australia"),
        ("Cologne, Germany", "Germany"),
        ("Birmingham, UK", "UK"),
        ("Calgary", "Canada"),
        ("Royal Infirmary", "UK"),
    ]
    records = [{"name": name, "country": country} for name, country in names]
    reading = read(json.dumps(records).encode(), "sites.json")
    assert reading.sites["city"].tolist() == ["Melbourne", "Cologne", "Birmingham", "Calgary", ""]
    assert "no column names towns; 4 were taken from the sites' names" in reading.warnings
    hospitals = [{"name": f"Hospital {n}", "country": "Austria"} for n in range(5)]
    reading = read(
        json.dumps([*hospitals, {"name": "Graz", "country": "Austria"}]).encode(), "a.json"
    )
    assert set(reading.sites["city"]) == {""}
