"""Which state a site lies in, and the counts per state."""

import pandas as pd
import pytest

from dashboard.query.apply import apply
from dashboard.query.facets import facet_counts
from dashboard.query.filters import Filters
from dashboard.sites.states import build_state_codes
from dashboard.sites.summary import STATE_COLUMNS, count_by_state
from dashboard.sites.table import COLUMNS, empty_table
from geocache.geo.states import find_codes, find_states, list_states, state_country, state_name


@pytest.mark.parametrize(
    ("place", "latitude", "longitude", "country", "code"),
    [
        ("Munich", 48.137, 11.575, "DE", "DE-BY"),
        ("Paris", 48.857, 2.352, "FR", "FR-IDF"),
        ("London", 51.507, -0.128, "GB", "GB-ENG"),
        ("Belfast", 54.597, -5.93, "GB", "GB-NIR"),
        ("Milan", 45.464, 9.19, "IT", "IT-25"),
        ("Barcelona", 41.389, 2.159, "ES", "ES-CT"),
        ("Las Palmas", 28.1, -15.413, "ES", "ES-CN"),
        ("New York", 40.713, -74.006, "US", "US-NY"),
        ("Honolulu", 21.307, -157.858, "US", "US-HI"),
        ("Key West, on an island", 24.555, -81.78, "US", "US-FL"),
        ("Tokyo", 35.69, 139.692, "JP", "JP-13"),
        ("Simferopol", 44.95, 34.1, "UA", "UA-43"),
        ("Mexico City", 19.433, -99.133, "MX", "MX-CMX"),
        ("Toluca", 19.292, -99.657, "MX", "MX-MEX"),
        ("Moscow", 55.752, 37.618, "RU", "RU-MOW"),
        ("Sergiyev Posad", 56.3, 38.133, "RU", "RU-MOS"),
        ("Warsaw", 52.23, 21.012, "PL", "PL-14"),
        ("Prague", 50.088, 14.42, "CZ", "CZ-10"),
        ("Lillehammer", 61.115, 10.466, "NO", "NO-34"),
        ("Durban", -29.858, 31.029, "ZA", "ZA-KZN"),
        ("Suva", -18.142, 178.442, "FJ", "FJ-C"),
        ("Taveuni, east of 180°", -16.85, -179.92, "FJ", "FJ-N"),
        ("the open sea", 30.0, -40.0, "US", ""),
        ("Paris, said to be in Germany", 48.857, 2.352, "DE", ""),
        ("a country without states", 22.28, 114.16, "HK", ""),
    ],
)
def test_a_point_lies_in_a_state_of_its_country(
    place: str, latitude: float, longitude: float, country: str, code: str
) -> None:
    assert find_states([latitude], [longitude], country) == [code], place


def test_codes_are_those_of_iso_and_unique() -> None:
    codes = [state.code for state in list_states()]
    assert len(codes) > 3_500
    assert len({(state.code, state.country) for state in list_states()}) == len(codes)
    assert all("-" in code and "~" not in code for code in codes)


def test_a_state_is_found_by_its_code_and_its_names() -> None:
    for text in ("DE-BY", "Bavaria", "bayern", "BAVARIA"):
        assert find_codes(text) == ("DE-BY",)
    assert find_codes("Limburg") == ("BE-VLI", "NL-LI")
    assert find_codes("Washington") == ("US-WA",)
    assert find_codes("Ciudad de México") == find_codes("mexico city") == ("MX-CMX",)
    assert find_codes("nowhere") == ()
    assert (state_name("DE-BY"), state_country("DE-BY")) == ("Bavaria", "DE")
    assert state_name("XX-1") == ""


def test_every_site_of_the_seed_has_a_state_though_the_list_names_none(seed: pd.DataFrame) -> None:
    assert list(seed.columns) == list(COLUMNS)
    assert "state_code" in COLUMNS
    assert (seed["state_code"] != "").all()
    berlin = seed[seed["city"] == "Berlin"].iloc[0]
    assert (berlin["state"], berlin["state_code"]) == ("", "DE-BE")


def test_a_site_placed_only_in_its_country_has_no_state(seed: pd.DataFrame) -> None:
    table = seed.iloc[:3].copy()
    table["precision"] = ["city", "country", "unresolved"]
    table.loc[table.index[2], ["latitude", "longitude"]] = None
    assert [bool(code) for code in build_state_codes(table)] == [True, False, False]
    assert list(build_state_codes(empty_table())) == []


def test_the_filter_takes_a_state_by_code_by_name_and_as_the_list_writes_it(
    seed: pd.DataFrame,
) -> None:
    counts = [len(apply(seed, Filters(state=(v,)))) for v in ("DE-BY", "Bavaria", "Bayern")]
    assert counts == [3, 3, 3]
    table = seed.copy()
    table["state"] = ["Somewhere", *[""] * 74]
    assert len(apply(table, Filters(state=("somewhere", "DE-BY")))) == 4
    assert facet_counts(seed, Filters())["state"]["Bavaria"] == 3
    assert facet_counts(seed, Filters(country=("IT",)))["state"]["Lombardy"] == 3


def test_sites_are_counted_by_state(seed: pd.DataFrame) -> None:
    counts = count_by_state(seed)
    assert list(counts.columns) == list(STATE_COLUMNS)
    assert counts["sites"].sum() == 75
    bavaria = counts[counts["state_code"] == "DE-BY"].iloc[0]
    assert (bavaria["state"], bavaria["country"], bavaria["sites"]) == ("Bavaria", "Germany", 3)
    table = seed.copy()
    table["state_code"] = ""
    rows = count_by_state(table)
    assert len(rows) == seed["country_code"].nunique()
    assert set(rows["state"]) == {""}
    assert count_by_state(empty_table()).empty
