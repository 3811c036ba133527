"""A filter declared once is parsed, refused, applied, counted, documented and drawn."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.errors import FilterError
from dashboard.query.apply import apply
from dashboard.query.facets import facet_counts
from dashboard.query.filter_kinds import ChoiceFilter, EnumFilter, Filter, FilterFamily, Mask
from dashboard.query.filters import FAMILIES, FILTERS, Filters, parse, parse_leniently, to_query
from dashboard.service.service import Service
from dashboard.settings import Settings
from dashboard.web.docs_page import build_page
from dashboard.web.openapi import build_document

DECISION = EnumFilter(
    name="decision",
    label="Decision",
    about="What was decided about the site.",
    example="shortlisted",
    column="decision",
    group="site",
    allowed=("shortlisted", "on hold", "declined"),
)


@pytest.fixture
def sites(seed: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """The seed with decisions, and the filter for them: its one entry."""
    monkeypatch.setitem(FILTERS, DECISION.name, DECISION)
    decisions = ["shortlisted", "declined", "", "shortlisted", *[""] * (len(seed) - 4)]
    return seed.assign(decision=pd.Series(decisions, dtype="str"))


@pytest.mark.usefixtures("sites")
def test_it_is_parsed_and_written() -> None:
    filters = parse([("decision", "Shortlisted"), ("decision", "on hold"), ("q", "uni")])
    assert filters == Filters(q="uni", decision=("shortlisted", "on hold"))
    assert to_query(filters) == [
        ("q", "uni"), ("decision", "shortlisted"), ("decision", "on hold")
    ]  # fmt: skip


@pytest.mark.usefixtures("sites")
def test_an_unknown_value_is_refused_with_those_allowed() -> None:
    with pytest.raises(FilterError) as raised:
        parse([("decision", "shortlist")])
    assert raised.value.parameter == "decision"
    assert set(raised.value.allowed) == set(DECISION.allowed)
    assert raised.value.allowed[0] == "shortlisted"
    assert parse_leniently([("decision", "shortlist")])[0] == Filters()
    with pytest.raises(FilterError) as unknown:
        parse([("decisoin", "declined")])
    assert unknown.value.allowed[0] == "decision"


def test_it_is_applied_and_counted(sites: pd.DataFrame) -> None:
    kept = apply(sites, Filters(decision=("shortlisted",)))
    assert kept.index.tolist() == [0, 3]
    counts = facet_counts(sites, Filters(decision=("declined",)))
    assert counts["decision"] == {"shortlisted": 2, "declined": 1}
    assert sum(counts["country"].values()) == 1


@pytest.mark.usefixtures("sites")
def test_it_is_documented() -> None:
    document = build_document()
    parameter = document["components"]["parameters"]["decision"]
    assert parameter["schema"]["items"]["enum"] == list(DECISION.allowed)
    reference = {"$ref": "#/components/parameters/decision"}
    assert reference in document["paths"]["/api/countries.csv"]["get"]["parameters"]
    assert "<code>decision</code> (repeatable)" in build_page(document)


def draw() -> None:
    """The sidebar and the filters set, as a script."""
    import pandas  # noqa: PLC0415, ICN001 - Streamlit runs the function's text alone
    import streamlit as st  # noqa: PLC0415

    from dashboard.page.sidebar import sidebar  # noqa: PLC0415
    from dashboard.page.state import address  # noqa: PLC0415
    from dashboard.query.facets import facet_counts  # noqa: PLC0415

    filters = address.read_address()
    table: pandas.DataFrame = st.session_state["sites"]
    sidebar.draw_active_filters(filters, table)
    sidebar.draw_filters(
        filters, facet_counts(table, filters), {}, sites=table, viewer=st.session_state["viewer"]
    )


def test_it_is_a_widget_of_the_sidebar(sites: pd.DataFrame, tmp_path: Path) -> None:
    page = AppTest.from_function(draw, default_timeout=30)
    page.session_state["sites"] = sites
    page.session_state["viewer"] = Service(Settings(site_map_data=tmp_path)).viewer("ann")
    page.run()
    assert not page.exception
    choice = page.multiselect(key="filter_decision")
    assert choice.label == "Decision"
    assert choice.options == ["shortlisted (2)", "declined (1)"]
    choice.select("declined").run()
    assert page.query_params["decision"] == "declined"
    page.button(key="remove_decision:declined").click().run()
    assert "decision" not in page.query_params


class AtLeast(Filter):
    """Keeps rows with a number no lower than the value: a kind of its own."""

    empty: ClassVar[Any] = None

    def convert(self, text: str) -> float:
        """The number."""
        try:
            return float(text)
        except ValueError:
            message = f"{self.name}={text}: give a number"
            raise FilterError(self.name, text, message, ("a number",)) from None

    def mask(self, sites: pd.DataFrame, value: float) -> Mask:
        """Rows with the number or a higher one."""
        column = self.name.removeprefix("field.").removesuffix(".min")
        mask: Mask = pd.to_numeric(sites[column]).to_numpy() >= value
        return mask


def build_field_filter(name: str) -> Filter:
    """The filter of ``field.NAME`` or ``field.NAME.min``."""
    words = {"name": name, "about": "A list's own column.", "label": name.removeprefix("field.")}
    if name.endswith(".min"):
        return AtLeast(**words)
    return ChoiceFilter(**words, column=words["label"], group="site")


def list_field_names(sites: pd.DataFrame) -> Iterable[str]:
    """The filters of the columns that the list brought."""
    return [f"field.{name}" for name in sites if name in {"Budget", "Region"}]


def test_a_family_of_filters_is_one_entry_too(
    seed: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        FAMILIES, "field.", FilterFamily(build=build_field_filter, list_names=list_field_names)
    )
    regions = np.where(seed["country_code"] == "DE", "North", "South")
    sites = seed.assign(Region=pd.Series(regions, dtype="str"), Budget=range(len(seed)))
    filters = parse([("field.Region", "north"), ("field.Budget.min", "30"), ("country", "DE")])
    assert parse(to_query(filters)) == filters
    kept = apply(sites, filters)
    assert set(kept["country_code"]) == {"DE"}
    assert kept["Budget"].min() >= 30
    assert facet_counts(sites, Filters(country=("DE",)))["field.Region"] == {"North": 17}
    with pytest.raises(FilterError, match="give a number"):
        parse([("field.Budget.min", "much")])


def test_filters_are_values() -> None:
    filters = Filters(country=("DE",), q="uni")
    assert filters == Filters(q="uni", country=("DE",), city=(), bbox=None)
    assert hash(filters) == hash(Filters(q="uni", country=("DE",)))
    assert filters.replace(q="", near="Graz") == Filters(country=("DE",), near="Graz")
    assert (filters.city, filters.radius_km, filters.near) == ((), None, "")
    assert not Filters()
    with pytest.raises(TypeError, match="contry"):
        Filters(contry=("DE",))
    with pytest.raises(AttributeError):
        _ = filters.contry
