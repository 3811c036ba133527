"""Own columns of lists: grouped by their values, and shown in popups."""

import numpy as np
import pandas as pd
import pytest

from dashboard.library.lists import merge, open_bytes
from dashboard.maps.layer import build_layer_data
from dashboard.maps.store import MapStore
from dashboard.sites.fields import group_sites
from dashboard.sites.summary import count_by_country

LIST = (
    "facility,city,country,Tier,Weeks,Contract\n"
    "One,Graz,Austria,A,12,2027-01-31\nTwo,Graz,Austria,B,,\nThree,Linz,Austria,A,8.5,\n"
    "Four,Wien,Austria,,4,<b>x</b>\n"
)


@pytest.fixture
def sites() -> pd.DataFrame:
    """Four sites at one point, with columns of their own."""
    table = merge([open_bytes(LIST.encode(), "x.csv")], None).table
    return table.assign(latitude=47.0, longitude=15.0, precision="city")


def test_sites_are_grouped_and_numbers_summed_up(sites: pd.DataFrame) -> None:
    found = group_sites(sites, "Tier", "Weeks").set_index("value")
    assert found.index.tolist() == ["A", "", "B"]
    assert found.loc["A"].tolist() == [2, 2, 20.5, 10.25, 8.5, 12]
    assert found.loc["B"].tolist()[:2] == [1, 0]
    assert np.isnan(found.loc["B", "sum"])
    assert group_sites(sites[:0], "Tier").empty
    assert group_sites(sites[sites["Tier"] == "A"], "Tier")["sites"].tolist() == [2]
    assert group_sites(sites, "city")["value"].tolist() == ["Graz", "Linz", "Wien"]


def test_popups_show_the_first_own_columns_or_those_chosen(sites: pd.DataFrame) -> None:
    def read(*fields: str) -> dict[str, str]:
        shown = build_layer_data(sites, fields=fields)["sites"]
        return dict(zip(shown["title"], shown["detail"], strict=True))

    place = "in the city"
    assert read()["One"] == f"x.csv · Tier: A · Weeks: 12 · Contract: 2027-01-31 · {place}"
    assert read()["Two"] == f"x.csv · Tier: B · {place}"
    assert read("Weeks")["One"] == f"x.csv · Weeks: 12 · {place}"
    assert read("gone")["Four"] == f"x.csv · Weeks: 4 · Contract: <b>x</b> · {place}"
    store = MapStore()
    first = store.publish(sites, sites, "status", "", ("Weeks",))[1]["sites"]
    second = store.publish(sites, sites, "status", "", ("Tier",))[1]["sites"]
    assert first != second
    page = store.list_sites(first.split("/")[2], [0], 0)
    assert page is not None
    assert f"x.csv · Weeks: 12 · {place}" in str(page["sites"])


def test_sites_without_a_trial_count_as_no_trial(sites: pd.DataFrame) -> None:
    assert count_by_country(sites)["trials"].tolist() == [0]
