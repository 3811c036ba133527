"""The same facility across trials, and who can take part."""

import pandas as pd

from dashboard.sites.facilities import (
    add_years,
    count_by_facility,
    find_other_trials,
    list_points,
    list_spellings,
    name_facilities,
)
from dashboard.sites.facility_columns import (
    add_facilities,
    add_facilities_of_new,
    find_whole,
    match_facilities,
)
from dashboard.sites.table import empty_table
from dashboard.sites.trial import Trial


def sites(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    table = empty_table().reindex(range(len(rows))).fillna({"country": "", "facility": ""})
    for number, column in enumerate(("trial_id", "facility", "city", "country_code")):
        table[column] = [row[number] for row in rows]
    texts = table.select_dtypes(exclude="float").columns
    return add_facilities(table.assign(**{name: table[name].fillna("") for name in texts}))


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


def test_a_facility_has_its_spellings_years_and_name() -> None:
    table = sites(
        ("NCT1", "Klinik Sonnblick", "Wien", "AT"),
        ("NCT2", "Klinik Sonnblick ( Site 0012 )", "Vienna", "AT"),
        ("NCT2", "Krankenhaus Sonnblick, Abteilung für Urologie", "Vienna", "AT"),
        ("NCT3", "Rosenhospital", "Vienna", "AT"),
    )
    trials = {
        "NCT1": Trial("NCT1", start_date="2011-04"),
        "NCT2": Trial("NCT2", start_date="2019-01-02"),
    }
    counts = add_years(count_by_facility(table), trials)
    row = counts.iloc[0]
    assert (row.facility_name, row.sites, row.trials, row.spellings) == (
        "Klinik Sonnblick",
        3,
        2,
        3,
    )
    assert (row.first_year, row.last_year) == ("2011", "2019")
    assert list_spellings(table)["sites"].tolist() == [1, 1, 1, 1]
    assert name_facilities(table, [row.facility_id, "F0"]) == {
        row.facility_id: "Klinik Sonnblick",
        "F0": "F0",
    }
    assert match_facilities(table)["facility_match"].tolist() == [
        *("exact", "exact", "part of", "exact"),
    ]


def test_a_part_names_its_whole() -> None:
    table = sites(
        ("NCT1", "Rosenklinik", "Ulm", "DE"), ("NCT1", "Rosenklinik, Campus Nord", "Ulm", "DE")
    )
    whole, part = table["facility_id"].tolist()
    assert find_whole(table, part) == whole
    assert find_whole(table, whole) == ""
    assert find_whole(table, "F0") == ""


def test_one_more_list_gives_what_all_at_once_give() -> None:
    rows = (
        ("NCT1", "Klinik Sonnblick", "Wien", "AT"),
        ("NCT1", "Klinikum Grosshadern", "Munich", "DE"),
        ("NCT2", "Klinik Sonnblick, Urology Unit", "Vienna", "AT"),
        ("NCT2", "Klinikum Grosshadern", "Grosshadern", "DE"),
        ("NCT2", "Research Site", "Vienna", "AT"),
    )
    whole = sites(*rows)
    partly = whole.copy()
    partly.loc[2:, ["facility_id", "facility_name"]] = ""
    found = add_facilities_of_new(partly, 2)
    assert found["facility_id"].tolist() == whole["facility_id"].tolist()
    assert found["facility_name"].tolist() == whole["facility_name"].tolist()


def test_only_placeholders_give_no_facility() -> None:
    assert count_by_facility(sites(("NCT1", "Research Site", "Ulm", "DE"))).empty


def test_the_points_of_a_facility_are_counted() -> None:
    table = sites(*(("NCT1", "Klinik Sonnblick", "Wien", "AT") for _ in range(4)))
    table["latitude"], table["longitude"] = [48.2, 48.2, 48.3, None], [16.3, 16.3, 16.4, None]
    assert list_points(table).to_numpy().tolist() == [[48.2, 16.3, 2], [48.3, 16.4, 1]]
