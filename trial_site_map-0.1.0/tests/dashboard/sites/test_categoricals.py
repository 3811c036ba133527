"""Categorical columns give the same results as plain text."""

import pandas as pd
import pytest

from dashboard.query.apply import apply
from dashboard.query.facets import facet_counts
from dashboard.query.filter_kinds import MAX_CHOICES
from dashboard.query.filters import Filters
from dashboard.query.near import find_centre
from dashboard.sites import categoricals, summary
from dashboard.sites.categoricals import concat_tables, order_rows, to_categoricals, to_plain_text
from dashboard.sites.facilities import count_by_facility
from dashboard.sites.facility_columns import add_facilities
from harness.site_tables import generate_site_table

FILTERS = (
    Filters(),
    Filters(country=("US",)),
    Filters(status=("Recruiting", "Not stated")),
    Filters(q="university 2"),
    Filters(flag=("ambiguous",)),
    Filters(city=("tokyo",), phase=("Phase 2",)),
    Filters(near="48.2,16.37", radius_km=2_000),
)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """A generated site table, large enough that results are remembered."""
    return generate_site_table(6_000)


@pytest.mark.parametrize("filters", FILTERS)
def test_filters_counts_and_facets_are_those_of_plain_text(
    table: pd.DataFrame, filters: Filters
) -> None:
    text = to_plain_text(table)
    centre = find_centre(filters.near, None)
    kept, expected = apply(table, filters, centre), apply(text, filters, centre)
    assert kept.index.tolist() == expected.index.tolist()
    pd.testing.assert_frame_equal(to_plain_text(kept), expected)
    assert facet_counts(table, filters) == facet_counts(text, filters)
    assert summary.key_figures(kept) == summary.key_figures(expected)
    pd.testing.assert_frame_equal(
        summary.count_by_country(kept), summary.count_by_country(expected)
    )
    pd.testing.assert_frame_equal(summary.count_by_trial(kept), summary.count_by_trial(expected))


def test_counts_are_those_that_pandas_gives(table: pd.DataFrame) -> None:
    text = to_plain_text(table)
    counts = summary.count_by_country(table).set_index("country_code")
    grouped = text.groupby("country_code")
    assert counts["sites"].to_dict() == grouped.size().to_dict()
    assert counts["trials"].to_dict() == grouped["trial_id"].nunique().to_dict()
    spelling = ["country_code", "state", "city"]
    found = text[(text["precision"] == "city") & (text["place_name"] != "")]
    names = found.drop_duplicates(spelling).set_index(spelling)["place_name"].to_dict()
    keys = text[spelling].drop_duplicates().apply(tuple, axis="columns")
    cities = pd.Series({key: names.get(key, key) for key in keys})
    assert counts["cities"].to_dict() == cities.groupby(level=0).nunique().to_dict()
    trials = summary.count_by_trial(table).set_index("trial_id")
    by_trial = text.groupby("trial_id", sort=False)
    assert trials.index.tolist() == list(by_trial.groups)
    assert trials["countries"].to_dict() == by_trial["country_code"].nunique().to_dict()


def test_facilities_count_their_trials(table: pd.DataFrame) -> None:
    facilities = count_by_facility(add_facilities(table))
    one = facilities.iloc[0]
    named = to_plain_text(table)
    rows = named[(named["facility"] == one["facility_name"]) & (named["city"] == one["city"])]
    assert one["sites"] == len(rows)
    assert one["trial_ids"] == sorted(set(rows["trial_id"]))


def test_a_facet_lists_the_most_frequent_and_what_is_chosen(table: pd.DataFrame) -> None:
    facets = facet_counts(table, Filters())
    counts = to_plain_text(table)["city"].value_counts()
    assert len(counts) > MAX_CHOICES
    assert len(facets["city"]) == MAX_CHOICES
    assert list(facets["city"].values()) == counts.tolist()[:MAX_CHOICES]
    rare = str(counts.index[-1])
    assert facet_counts(table, Filters(city=(rare,)))["city"][rare] == counts.iloc[-1]


def test_concatenated_tables_keep_their_text(table: pd.DataFrame) -> None:
    both = concat_tables([table.iloc[:50], to_plain_text(table.iloc[3_000:3_100])])
    expected = pd.concat([to_plain_text(table.iloc[:50]), to_plain_text(table.iloc[3_000:3_100])])
    pd.testing.assert_frame_equal(to_plain_text(both), expected.reset_index(drop=True))
    assert isinstance(both["city"].dtype, pd.CategoricalDtype)


def test_a_column_orders_rows_without_case_and_empty_last() -> None:
    column = pd.Series(["b", "", "A", "b", "c"])
    for one in (column, to_categoricals(column.to_frame("x"))["x"]):
        assert order_rows(one).tolist() == [2, 0, 3, 4, 1]
        assert order_rows(one, descending=True).tolist() == [4, 0, 3, 2, 1]
    assert order_rows(pd.Series([2.0, None, 1.0])).tolist() == [2, 0, 1]


@pytest.mark.parametrize("text", ["Müller", "STRAẞE", "İzmir", "ﬁn", "Ωμέγα", "plain"])
def test_normalizing_many_texts_equals_normalizing_each(text: str) -> None:
    assert categoricals.normalize_texts(pd.Index([text, "x"], dtype="str")).to_pylist()[
        0
    ] == categoricals.normalize_text(text)


def test_writing_into_plain_text_leaves_the_table_as_it_was() -> None:
    table = to_categoricals(pd.DataFrame({"city": ["Graz", "Yvoir"], "latitude": [47.0, 50.0]}))
    copy = to_plain_text(table)
    copy.loc[0, "latitude"] = float("nan")
    copy.loc[0, "city"] = ""
    assert table["latitude"].tolist() == [47.0, 50.0]
    assert table["city"].tolist() == ["Graz", "Yvoir"]
