"""The same facility across trials, and who can take part."""

import pandas as pd
import pytest

from dashboard.sites.eligibility import age_years, count_conditions, find_matching_trials
from dashboard.sites.facilities import count_by_facility, facility_key, find_other_trials
from dashboard.sites.table import empty_table
from dashboard.sites.trial import Trial


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


@pytest.mark.parametrize(
    ("text", "years"),
    [("18 Years", 18.0), ("6 Months", 0.5), ("", None), ("N/A", None), ("2 Weeks", 14 / 365.25)],
)
def test_ages(text: str, years: float | None) -> None:
    assert age_years(text) == (None if years is None else pytest.approx(years))


TRIALS = {
    trial.trial_id: trial
    for trial in (
        Trial("A", conditions=("Asthma",), minimum_age="18 Years", maximum_age="65 Years"),
        Trial("B", conditions=("asthma", "COPD"), sex="Female"),
        Trial("C", conditions=("Melanoma",), sex="ALL", minimum_age="6 Months"),
    )
}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ("A", "B", "C")),
        ({"conditions": ["Asthma"]}, ("A", "B")),
        ({"age": 65.5}, ("A", "B", "C")),
        ({"age": 66}, ("B", "C")),
        ({"age": 0.2}, ("B",)),
        ({"sex": "Male"}, ("A", "C")),
        ({"sex": "Female", "conditions": ["copd"]}, ("B",)),
    ],
)
def test_trials_that_fit_a_person(asked: dict[str, object], found: tuple[str, ...]) -> None:
    assert find_matching_trials(TRIALS, **asked) == found  # type: ignore[arg-type]


def test_conditions_are_counted_by_trial_whatever_their_case() -> None:
    assert count_conditions(TRIALS.values()) == {"Asthma": 2, "COPD": 1, "Melanoma": 1}
