"""The same facility across trials, and who can take part."""

import pandas as pd
import pytest

from dashboard.sites.facilities import count_by_facility, facility_key, find_other_trials
from dashboard.sites.table import empty_table


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dana-Farber Cancer Institute", "dana farber cancer institute"),
        ("Hôpital Saint-Louis", "HOPITAL SAINT LOUIS"),
        ("The Royal Marsden", "Royal Marsden"),
        ("St. Mary's Hospital", "St Marys Hospital"),
    ],
)
def test_spellings_that_agree(one: str, other: str) -> None:
    assert facility_key(one) == facility_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Royal Free Hospital", "Royal Hospital"), ("Clinic 1", "Clinic 2"), ("", "Clinic")],
)
def test_spellings_that_do_not(one: str, other: str) -> None:
    assert facility_key(one) != facility_key(other)


def sites(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    table = empty_table().reindex(range(len(rows))).fillna({"country": "", "facility": ""})
    for number, column in enumerate(("trial_id", "facility", "city", "country_code")):
        table[column] = [row[number] for row in rows]
    return table


def test_one_row_per_facility_with_its_trials() -> None:
    counts = count_by_facility(
        sites(
            ("NCT1", "Royal Free Hospital", "London", "GB"),
            ("NCT2", "royal free hospital", "London", "GB"),
            ("NCT2", "Royal Free Hospital", "Leeds", "GB"),
            ("NCT3", "Research Site", "London", "GB"),
            ("NCT3", "", "London", "GB"),
        )
    )
    assert list(counts["trials"]) == [2, 1]
    assert list(counts["city"]) == ["London", "Leeds"]
    assert counts["trial_ids"][0] == ["NCT1", "NCT2"]


def test_other_trials_at_a_facility_however_it_is_spelled() -> None:
    table = sites(
        ("NCT1", "Hôpital Saint-Louis", "Paris", "FR"),
        ("NCT2", "HOPITAL SAINT LOUIS", "PARIS", "FR"),
        ("NCT3", "Hôpital Saint-Louis", "Paris", "US"),
        ("NCT4", "Research Site", "Paris", "FR"),
        ("NCT5", "Research Site", "Paris", "FR"),
    )
    assert find_other_trials(table.iloc[0], table) == ["NCT2"]
    assert find_other_trials(table.iloc[3], table) == [], "a placeholder is no facility"


def test_only_placeholders_give_no_facility() -> None:
    assert count_by_facility(sites(("NCT1", "Research Site", "Ulm", "DE"))).empty
