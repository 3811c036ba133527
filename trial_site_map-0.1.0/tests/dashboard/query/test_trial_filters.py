"""Condition, age, sex and health as filters of the page, the API and the command line."""

import dataclasses

import pandas as pd
import pytest

from dashboard.errors import FilterError
from dashboard.library.lists import Library, OpenedList, merge
from dashboard.query.apply import apply
from dashboard.query.facets import facet_counts
from dashboard.query.filters import FILTERS, Filters, parse, parse_leniently, to_query
from dashboard.sites.eligibility import accepts_age, age_years, states_criteria
from dashboard.sites.reading import Reading
from dashboard.sites.trial import Trial

TRIALS = (
    Trial("A", conditions=("Breast Neoplasms",), minimum_age="18 Years", sex="Female"),
    Trial("B", mesh_terms=("Triple Negative Breast Neoplasms",), maximum_age="65 Years", sex="All"),
    Trial("C", conditions=("Asthma",), maximum_age="17 Years", sex="Male", healthy_volunteers=True),
    Trial("D", conditions=("Asthma",), healthy_volunteers=False),
)


@pytest.fixture
def library() -> Library:
    """Each trial with one site in Graz, and two for the last."""
    sites = pd.DataFrame({"trial_id": [*"ABCDD"]}).assign(
        site_number="", facility="LKH", city="Graz", state="", postcode="", country="Austria",
        status="Recruiting", latitude=47.07, longitude=15.44,
    )  # fmt: skip
    return merge([OpenedList("a", Reading("a", "list", TRIALS, sites))], None)


def kept(library: Library, query: str) -> str:
    pairs = [(name, value) for name, _, value in (p.partition("=") for p in query.split("&"))]
    return "".join(apply(library.table, parse(pairs))["trial_id"])


@pytest.mark.parametrize(
    ("query", "trials"),
    [
        ("condition=Brustkrebs", "AB"),
        ("condition=breast cancer&condition=asma", "ABCDD"),
        ("condition=breast cancer&age=66", "A"),
        ("condition=asthma&age=61", "DD"),
        ("age=17", "BCDD"),
        ("age=65.9", "ABDD"),
        ("sex=female", "ABDD"),
        ("sex=man", "BCDD"),
        ("healthy=1", "ABC"),
        ("condition=zzzzzz", ""),
    ],
)
def test_they_keep_the_trials_that_fit(library: Library, query: str, trials: str) -> None:
    assert kept(library, query) == trials


def test_they_count_in_sites_and_are_written_as_they_are_read(library: Library) -> None:
    filters = parse([("condition", "Brustkrebs"), ("age", "61"), ("sex", "w"), ("healthy", "1")])
    assert to_query(filters) == [
        ("condition", "Brustkrebs"), ("age", "61"), ("sex", "Female"), ("healthy", "1")
    ]  # fmt: skip
    assert parse(to_query(filters)) == filters
    parts = [part.text for one, value in filters.pairs() for part in one.list_parts(value)]
    assert parts == ["Breast cancer", "61", "woman", "yes"]
    counts = facet_counts(library.table, Filters(age=40.0))
    assert counts["condition"]["Breast cancer"] == 2
    assert counts["condition"]["Asthma"] == 2
    assert counts["sex"] == {"Female": 4, "Male": 3}


@pytest.mark.parametrize(
    ("name", "value"),
    [("age", "400"), ("age", "-1"), ("age", "old"), ("sex", "x"), ("healthy", "0")],
)
def test_what_cannot_be_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(FilterError) as raised:
        parse([(name, value)])
    assert raised.value.parameter == name
    assert raised.value.allowed
    assert parse_leniently([(name, value)]) == (Filters(), (str(raised.value),))


def test_a_list_added_to_the_others_keeps_its_records(library: Library) -> None:
    again = dataclasses.replace(library)
    assert kept(again, "condition=asthma") == "CDD"
    part = apply(library.table, Filters(condition=("asthma",)))
    assert list(apply(part, Filters(age=61.0))["trial_id"]) == ["D", "D"]


def test_ages_are_read_as_registries_write_them() -> None:
    assert age_years("18 Years") == 18
    assert age_years("6 Months") == 0.5
    assert age_years("2 Weeks") == pytest.approx(14 / 365.25)
    assert age_years("N/A") is None
    assert age_years("") is None
    baby = Trial("x", minimum_age="1 Day", maximum_age="6 Months")
    assert accepts_age(baby, 0.5)
    assert not accepts_age(baby, 1)
    assert states_criteria(baby)
    assert not states_criteria(Trial("x", conditions=("Asthma",)))


def test_the_filters_are_declared_once() -> None:
    assert {"condition", "age", "sex", "healthy"} <= set(FILTERS)
