"""Counts of the seed and of a table with gaps."""

import pandas as pd

from dashboard.query.facets import facet_counts
from dashboard.query.filters import Filters
from dashboard.sites import summary
from dashboard.sites.table import empty_table
from tests.dashboard.query.test_apply import SEED_COUNTRIES


def test_the_seed_in_one_sentence(seed: pd.DataFrame) -> None:
    assert summary.sentence(seed, "2020-02-10") == (
        "75 sites in 11 countries; Germany has the most, 17; all on the map; as of 2020-02-10"
    )


def test_counts_per_country_most_first_then_by_name(seed: pd.DataFrame) -> None:
    counts = summary.count_by_country(seed)
    assert tuple(counts.columns) == summary.COUNTRY_COLUMNS
    assert dict(zip(counts["country_code"], counts["sites"], strict=True)) == SEED_COUNTRIES
    assert list(counts["country"][:3]) == ["Germany", "Italy", "France"]
    assert list(counts["country"][3:5]) == ["Poland", "Spain"]
    assert set(counts["trials"]) == {1}
    assert counts.set_index("country_code")["cities"]["IT"] == 11


def test_key_figures(seed: pd.DataFrame) -> None:
    figures = summary.key_figures(seed)
    assert (figures.sites, figures.countries, figures.trials) == (75, 11, 1)
    assert (figures.on_map, figures.off_map) == (75, 0)
    assert figures.cities == 72


def test_an_empty_table_has_counts_too() -> None:
    empty = empty_table()
    assert summary.count_by_country(empty).empty
    assert summary.count_by_trial(empty).empty
    assert summary.sentence(empty) == "No site."
    assert facet_counts(empty, Filters())["country"] == {}


def test_a_facet_counts_what_each_choice_would_leave(seed: pd.DataFrame) -> None:
    facets = facet_counts(seed, Filters(country=("IT",), q="ospedal"))
    assert facets["city"]["Rome"] == 0 if "Rome" in facets["city"] else True
    assert facets["country"]["IT"] == sum(facets["city"].values())
    assert facet_counts(seed, Filters(country=("IT",)))["country"] == SEED_COUNTRIES


def test_a_chosen_value_that_nothing_is_left_of_stays_listed(seed: pd.DataFrame) -> None:
    facets = facet_counts(seed, Filters(country=("AT",), city=("Rome",)))
    assert facets["city"]["Rome"] == 0
    assert facets["country"]["AT"] == 0


def test_where_several_countries_have_the_most_none_is_named(seed: pd.DataFrame) -> None:
    three = seed[seed["city"].isin(["Paris", "London", "Vienna"])]
    assert summary.sentence(three) == "3 sites in 3 countries; all on the map"


def test_sites_of_no_trial_are_no_trial(seed: pd.DataFrame) -> None:
    table = seed.astype({"trial_id": "str"})
    table.loc[table.index[:5], "trial_id"] = ""
    assert summary.key_figures(table).trials == 1
    assert "trial" not in summary.sentence(table)


def test_a_city_counts_once_over_its_spellings() -> None:
    table = empty_table().reindex(range(5))
    table = table.assign(
        country_code="DE",
        country="Germany",
        city=["München", "Munich", "Muenchen", "Munich", "Nowhere"],
        state=["", "", "Bavaria", "Hesse", ""],
        place_name=["Munich, Bavaria, Germany"] * 3 + ["", ""],
        precision=["city"] * 3 + ["unresolved"] * 2,
    )
    assert summary.key_figures(table).cities == 3
    assert summary.count_by_country(table)["cities"].tolist() == [3]
