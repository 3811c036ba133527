"""Two site tables compared: equal to brute force, and what changed between two versions."""

import numpy as np
import pandas as pd
import pytest

from dashboard.library.lists import merge, open_bytes
from dashboard.sites.changes import ADDED, CHANGE_COLUMNS, MOVED, REMOVED, STATUS, find_changes
from dashboard.sites.comparison import (
    BOTH,
    NOT_NAMED,
    ONLY_A,
    ONLY_B,
    SITE_COLUMNS,
    compare_sites,
)
from dashboard.sites.table import COLUMNS, empty_table
from geocache.facilities.spelling import spelling_key
from geocache.geo.distance import distances_km

NUMBERS = {"latitude", "longitude", "score", "uncertainty_km"}


def make_table(**columns: list[object]) -> pd.DataFrame:
    """A site table of which only some columns are given."""
    size = len(next(iter(columns.values())))
    blank = {name: [np.nan if name in NUMBERS else ""] * size for name in COLUMNS}
    return pd.DataFrame({**blank, **columns})[list(COLUMNS)].astype(
        dict.fromkeys(NUMBERS, "float64")
    )


def generate(size: int, seed: int) -> pd.DataFrame:
    """Sites all over the Earth, some at one point, some without a position or a name."""
    rng = np.random.default_rng(seed)
    latitude, longitude = rng.uniform(-89, 89, size).round(2), rng.uniform(-180, 180, size).round(2)
    repeated = rng.integers(0, size, size // 3)
    latitude[: len(repeated)], longitude[: len(repeated)] = latitude[repeated], longitude[repeated]
    latitude[rng.integers(0, size, size // 50)] = np.nan
    names = [f"{kind} Hospital {n}" for n in range(size // 4) for kind in ("The", "the")]
    codes = rng.choice(["DE", "FJ"], size).tolist()
    facility = rng.choice([*names, "Research Site", ""], size)
    return make_table(
        trial_id=rng.choice(["NCT00000001", "NCT00000002"], size).tolist(),
        facility=facility.tolist(),
        city=rng.choice([f"City {n}" for n in range(20)], size).tolist(),
        country=["Germany" if code == "DE" else "Fiji" for code in codes],
        country_code=codes,
        latitude=latitude.tolist(),
        longitude=longitude.tolist(),
    )


def list_keys(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    """The key of each row's facility by the slow way; an empty name for a placeholder."""
    rows = zip(table["facility"], table["city"], table["country_code"], strict=True)
    return [
        ("" if name in {"", "Research Site"} else spelling_key(name), city, code)
        for name, city, code in rows
    ]


def test_it_equals_brute_force() -> None:
    a, b = generate(5_000, 1), generate(5_000, 2)
    found = compare_sites(a, b)
    assert tuple(found.sites.columns) == SITE_COLUMNS
    keys_a, keys_b = list_keys(a), list_keys(b)
    in_a, in_b = set(keys_a), set(keys_b)
    expected = [
        NOT_NAMED if not key[0] else BOTH if key in other else alone
        for keys, other, alone in ((keys_a, in_b, ONLY_A), (keys_b, in_a, ONLY_B))
        for key in keys
    ]
    assert found.sites["found"].tolist() == expected
    named_a, named_b = ({key for key in keys if key[0]} for keys in (in_a, in_b))
    assert found.facilities == {
        BOTH: len(named_a & named_b),
        ONLY_A: len(named_a - named_b),
        ONLY_B: len(named_b - named_a),
    }
    for own, other, rows in ((a, b, found.sites[:5_000]), (b, a, found.sites[5_000:])):
        expected_km = [
            np.nanmin(distances_km(point, other["latitude"], other["longitude"]))
            if not np.isnan(point[0])
            else np.nan
            for point in zip(own["latitude"], own["longitude"], strict=True)
        ]
        assert rows["nearest_km"].to_numpy() == pytest.approx(
            np.round(expected_km, 1), abs=0.051, nan_ok=True
        )


def test_counts_stand_side_by_side() -> None:
    a, b = generate(300, 3), generate(200, 4)
    countries = compare_sites(a, b).countries.set_index("country_code")
    for code in ("DE", "FJ"):
        keys = [{key for key in list_keys(t) if key[0] and key[2] == code} for t in (a, b)]
        row = countries.loc[code]
        assert row["sites_a"] == (a["country_code"] == code).sum()
        assert row["sites_b"] == (b["country_code"] == code).sum()
        assert row["facilities_a"] == len(keys[0])
        assert row["facilities_b"] == len(keys[1])
        assert row["facilities_both"] == len(keys[0] & keys[1])


def test_the_nearest_may_stand_across_the_date_line() -> None:
    a = make_table(facility=["A"], latitude=[0.0], longitude=[179.9])
    b = make_table(facility=["West", "East"], latitude=[0.0, 0.0], longitude=[179.0, -179.9])
    row = compare_sites(a, b).sites.iloc[0]
    assert (row["nearest_facility"], row["nearest_km"]) == ("East", 22.2)
    kept = compare_sites(a, b, within_km=50).sites
    assert kept["facility"].tolist() == ["A", "East"]


@pytest.mark.parametrize("empty_side", ["a", "b", "both"])
def test_an_empty_side_is_no_error(empty_side: str) -> None:
    some = generate(5, 5)
    a = empty_table() if empty_side in {"a", "both"} else some
    b = empty_table() if empty_side in {"b", "both"} else some
    found = compare_sites(a, b)
    assert len(found.sites) == len(a) + len(b)
    assert found.sites["nearest_km"].isna().all()
    assert len(find_changes(a, b)) == len(a) + len(b)


def read_list(text: str) -> pd.DataFrame:
    """The site table of a CSV file, without positions."""
    opened = open_bytes(text.encode(), "sites.csv")
    assert not opened.error
    return merge([opened], None).table


HEADER = "Trial,Facility,City,Country,Status,Latitude,Longitude\n"


def test_changes_between_two_versions() -> None:
    earlier = read_list(
        HEADER
        + "NCT00000001,Charité,Berlin,Germany,Recruiting,52.5,13.4\n"
        + "NCT00000001,LKH Graz,Graz,Austria,Recruiting,47.1,15.4\n"
        + "NCT00000001,Uniklinik,Köln,Germany,Recruiting,50.9,6.9\n"
        + "NCT00000001,Research Site,Bonn,Germany,Recruiting,50.7,7.1\n"
        + "NCT00000001,Research Site,Bonn,Germany,Completed,50.7,7.1\n"
    )
    later = read_list(
        HEADER
        + "NCT00000001,CHARITE,Berlin,Germany,Completed,52.5,13.4\n"
        + "NCT00000001,Uniklinik,Bonn,Germany,Recruiting,50.7,7.1\n"
        + "NCT00000001,Research Site,Bonn,Germany,Completed,50.7,7.1\n"
        + "NCT00000001,Research Site,Bonn,Germany,Recruiting,50.7,7.1\n"
        + "NCT00000001,KH Linz,Linz,Austria,Recruiting,48.3,14.3\n"
    )
    dates = {"NCT00000001": "2026-01-31"}, {"NCT00000001": "2026-06-30"}
    changes = find_changes(earlier, later, *dates)
    assert tuple(changes.columns) == CHANGE_COLUMNS
    texts = changes[["change", "facility", "previous_status", "status"]]
    assert texts.to_numpy().tolist() == [
        [ADDED, "KH Linz", "", "Recruiting"],
        [REMOVED, "LKH Graz", "Recruiting", "Recruiting"],
        [STATUS, "CHARITE", "Recruiting", "Completed"],
        [MOVED, "Uniklinik", "Recruiting", "Recruiting"],
    ]
    moved = changes.iloc[3]
    assert (moved["previous_city"], moved["city"]) == ("Köln", "Bonn")
    assert moved["moved_km"] == pytest.approx(26.3, abs=0.1)
    assert set(changes["previous_date"]) == {"2026-01-31"}
    assert set(changes["date"]) == {"2026-06-30"}


def test_a_version_does_not_differ_from_itself() -> None:
    sites = generate(2_000, 6)
    assert find_changes(sites, sites.sample(frac=1, random_state=1)).empty


def test_a_more_exact_position_is_no_move() -> None:
    earlier = make_table(facility=["X"], latitude=[52.5], longitude=[13.4], precision=["city"])
    exact = earlier.assign(latitude=52.55, precision="facility")
    assert find_changes(earlier, exact).empty
    assert find_changes(earlier, earlier.assign(latitude=52.55))["change"].tolist() == [MOVED]


def test_sites_get_the_facilities_of_both_unless_they_have_some() -> None:
    a, b = (
        make_table(facility=[name, "Research Site"], city=["Graz"] * 2, country_code=["AT"] * 2)
        for name in ("University Hospital Graz", "Graz, University Hospital")
    )
    ids = compare_sites(a, b).sites["facility_id"].tolist()
    assert ids[0] == ids[2] != ""
    assert ids[1] == ids[3] == ""
    own = a.assign(facility_id=["mine", ""], facility_name=["Mine", ""])
    mixed = compare_sites(own, b).sites
    assert mixed["facility_id"].tolist() == ["mine", "", ids[2], ""]
    assert mixed["facility_name"].tolist()[0] == "Mine"
    assert mixed["found"].tolist()[0] == BOTH
