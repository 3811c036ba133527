"""The tabs and the sidebar's forms, run in process over a list of three trials."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.page import main
from dashboard.service.service import Service
from harness.registry_server import site, study

DATES = {
    "startDateStruct": {"date": "2024-05-02"},
    "studyFirstPostDateStruct": {"date": "2024-04-20"},
}
STUDIES = [
    study(1, site("LKH Graz"), site("KH Linz", "Linz")),
    study(2, site("LKH Graz"), site("", "Salzburg")),
    study(3, site("", "Salzburg"), status="COMPLETED"),
]
STUDIES[0]["protocolSection"]["statusModule"] |= DATES
STUDIES[2]["protocolSection"]["statusModule"] |= {"startDateStruct": {"date": "2022-01"}}


@pytest.fixture
def page(
    opened: Callable[[], Service], data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AppTest:
    """The page over three trials of Austria, not run yet."""
    source = data_folder / "trials.json"
    source.write_text(json.dumps({"studies": STUDIES}))
    monkeypatch.setenv("SITE_MAP_DATA", str(data_folder))
    monkeypatch.setenv("SITE_MAP_SOURCES", str(source))
    return AppTest.from_file(main.__file__, default_timeout=60)


def run_tab(page: AppTest, tab: str) -> AppTest:
    """Run the page with a tab open; it must show no error."""
    page.session_state["tab"] = tab
    page.run()
    assert not page.exception
    assert not page.error
    return page


def text(page: AppTest) -> str:
    return " ".join(element.value for element in (*page.markdown, *page.caption))


def count_sites(page: AppTest) -> str:
    return next(metric.value for metric in page.metric if metric.label == "Sites")


def test_trials_are_counted_and_set_against_countries(page: AppTest) -> None:
    run_tab(page, "Trials")
    counts, matrix = (table.value for table in page.dataframe)
    facts = counts.set_index("trial_id").loc["NCT00000001"]
    assert facts[["start_date", "first_posted"]].tolist() == ["2024-05-02", "2024-04-20"]
    assert sorted(zip(counts["trial_id"], counts["sites"], strict=True)) == [
        ("NCT00000001", 2),
        ("NCT00000002", 2),
        ("NCT00000003", 1),
    ]
    assert matrix.loc["NCT00000002"].tolist() == [2]
    assert "**3 trials**" in text(page)


def test_trials_over_time_are_bars_or_a_table_by_group(page: AppTest) -> None:
    run_tab(page, "Trials")
    (bars,) = (each.proto.body for each in page.get("html") if "Trials started" in each.proto.body)
    periods = re.findall("<th scope='row'>(.*?)</th>", bars)
    assert periods == ["2024", "2023", "2022", "Not stated"]  # also a year without a trial
    page.segmented_control(key="timeline_by").select("country")
    page.segmented_control(key="timeline_per").select("month").run()
    bodies = [each.proto.body for each in page.get("html")]
    (chart,) = (body for body in bodies if "bar-stack" in body)
    assert re.findall("aria-label='(Austria.*?)'", chart) == ["Austria 1"] * 3
    assert re.findall("<th scope='row'>(.*?)</th>", chart) == ["2024-05", "2022-01", "Not stated"]
    table = next(each.value for each in page.dataframe if "period" in each.value)
    assert table[["period", "group", "trials", "sites"]].values.tolist() == [
        ["Not stated", "Austria", 1, 2],
        ["2024-05", "Austria", 1, 2],
        ["2022-01", "Austria", 1, 1],
    ]


def test_the_record_of_the_selected_trial_is_shown(page: AppTest) -> None:
    run_tab(page, "Trials")
    assert "#### Trial 1" in text(page)
    page.selectbox(key="trial_record").select("NCT00000003").run()
    assert "#### Trial 3" in text(page)
    facts = {name: value for table in page.table for name, value in table.value.iloc[:, 0].items()}
    assert facts["Status"] == "Completed"


def test_facilities_name_the_trials_they_share(page: AppTest) -> None:
    run_tab(page, "Facilities")
    assert "**2 facilities**, 1 in more than one trial" in text(page)
    (table,) = (each.value for each in page.dataframe)
    graz = table[table["facility_name"] == "LKH Graz"].iloc[0]
    assert (graz["trials"], graz["spellings"]) == (2, 1)
    page.session_state["facility_table"] = {"selection": {"rows": [int(graz.name)]}}
    run_tab(page, "Facilities")
    assert "**LKH Graz**" in text(page)
    assert "NCT00000002" in text(page)
    assert "2 sites at 1 point" in " ".join(each.value for each in page.caption)
    assert "LKH Graz · :gray[2 sites]" in text(page)
    maps = [each.proto.json_args for each in page.get("component_instance")]
    assert sum("sm-choice" in each for each in maps) == 1, "the facility's own map"
    page.button(key="facility_on_map").click().run()
    assert count_sites(page) == "2"
    assert "Facility: LKH Graz" in [button.label for button in page.button]


def test_sites_without_a_facility_are_explained(page: AppTest) -> None:
    page.query_params["city"] = ["Salzburg"]
    run_tab(page, "Facilities")
    assert "None of these sites names its facility." in text(page)


def test_countries_quality_and_open_lists_are_drawn(page: AppTest) -> None:
    run_tab(page, "Countries")
    assert count_sites(page) == "5"
    run_tab(page, "Quality")
    run_tab(page, "Open lists")
    assert "3 trials" in text(page)
    assert "everyone sees it" in text(page)


def open_form(page: AppTest, key: str) -> None:
    """Open an expander of the sidebar."""
    page.session_state[key] = True
    page.run()
    assert not page.exception


def test_a_pasted_text_over_the_limit_is_refused(page: AppTest) -> None:
    open_form(page, "add_sites")
    page.text_area(key="pasted").input("x" * 2_000_001)
    page.button(key="add_pasted").click().run()
    assert any("2,000,001 characters" in toast.value for toast in page.toast)
    assert page.text_area(key="pasted").value == ""


def test_the_nearest_sites_are_those_within_the_radius(page: AppTest) -> None:
    open_form(page, "nearest_sites")
    page.text_input(key="near_place").input("Linz, Austria").run()
    assert not page.exception
    assert count_sites(page) == "5"
    page.selectbox(key="near_radius").select(50).run()
    assert count_sites(page) == "1"
    assert page.query_params["near"] in ("Linz, Austria", ["Linz, Austria"])


def test_reach_says_who_lives_near_the_sites(page: AppTest) -> None:
    run_tab(page, "Reach")
    assert any("live within 80 km of one of these sites" in text.value for text in page.markdown)
    (table,) = (each.value for each in page.dataframe)
    sites = dict(zip(table["name"], table["sites"], strict=True))
    assert sites["Austria"] == 5
    assert 0 < table.set_index("name").loc["Austria", "share"] < 100
    page.number_input(key="reach_km").set_value(1).run()
    assert any("live within 1 km" in text.value for text in page.markdown)
    page.segmented_control(key="reach_level").select("state").run()
    (table,) = (each.value for each in page.dataframe)
    assert table["sites"].sum() == sum(sites.values())
    assert not page.exception


def test_reach_by_minutes_with_shared_access_against_another_trial(page: AppTest) -> None:
    page.query_params["trial"] = ["NCT00000001"]
    run_tab(page, "Reach")
    page.segmented_control(key="reach_near").select("minutes")
    page.toggle(key="reach_shared").set_value(True)
    page.selectbox(key="reach_against").select("NCT00000002").run()
    assert not page.exception
    assert any("within an estimated 60 minutes" in one.value for one in page.markdown)
    assert any("none of NCT00000002, which reaches" in one.value for one in page.markdown)
    (table,) = (each.value for each in page.dataframe)
    row = table.set_index("name").loc["Austria"]
    assert row["access_per_million"] > 0
    assert 0 < row["only_here_share"] < row["share"]
    (method,) = (each.value for each in page.code)
    assert "no drive times" in method
    assert "two-step floating catchment" in method


def test_recruiting_sites_per_million_are_a_map_and_a_table(page: AppTest) -> None:
    page.session_state["reach_rates"] = True
    run_tab(page, "Reach")
    rates = page.dataframe[-1].value.set_index("name")
    assert rates.loc["Austria", "recruiting"] == 5
    assert rates.loc["Austria", "recruiting_per_million"] == pytest.approx(0.55, abs=0.02)
    assert "per million, 5 recruiting sites" in page.get("component_instance")[-1].proto.json_args
    page.segmented_control(key="reach_level").select("state").run()
    assert not page.exception
    assert page.dataframe[-1].value.set_index("name").loc["Styria", "recruiting"] == 2


def test_further_sites_are_chosen_among_cities_or_an_open_list(page: AppTest) -> None:
    page.session_state["reach_next"] = True
    run_tab(page, "Reach")
    proposed = page.dataframe[-1].value
    assert len(proposed) == 5
    links = " ".join(one.proto.body for one in page.get("html"))
    assert "reach-next.xlsx" in links
    page.number_input(key="reach_count").set_value(2)
    page.selectbox(key="reach_candidates").select("trials.json").run()
    assert not page.exception
    assert "None of them would bring more people" in text(page)


def test_what_is_asked_of_reach_is_in_the_link_which_opens_the_tab(page: AppTest) -> None:
    run_tab(page, "Reach")
    page.segmented_control(key="reach_near").select("minutes").run()
    page.number_input(key="reach_minutes").set_value(45)
    page.selectbox(key="reach_against").select("NCT00000002").run()
    asked = {name: value for name, value in page.query_params.items() if "reach" in name}
    assert asked == {
        "view_reach_near": "minutes",
        "view_reach_minutes": "45",
        "view_reach_against": "NCT00000002",
    }
    other = AppTest.from_file(main.__file__, default_timeout=60)
    for name, value in asked.items():
        other.query_params[name] = value
    other.query_params["view_reach_level"] = "moon"
    other.run()
    assert not other.exception
    assert any("an estimated 45 minutes" in one.value for one in other.markdown)
    assert any("none of NCT00000002" in one.value for one in other.markdown)


def test_gaps_are_shown_by_kind(page: AppTest) -> None:
    page.session_state["reach_gaps"] = True
    run_tab(page, "Reach")
    assert set(page.dataframe[-1].value["kind"]) == {"State or province", "City"}
    page.segmented_control(key="reach_gap_kinds").set_value(["city"]).run()
    assert set(page.dataframe[-1].value["kind"]) == {"City"}


def test_reach_says_why_there_is_nothing_to_measure(page: AppTest) -> None:
    page.query_params["city"] = ["Nowhere"]
    run_tab(page, "Reach")
    assert "No site is left by the filter" in text(page)


def test_two_trials_are_compared(page: AppTest) -> None:
    page.query_params["view_compare_a"] = "NCT00000001"
    page.query_params["view_compare_b"] = "trial=NCT00000002"
    run_tab(page, "Compare")
    found = {metric.label: metric.value for metric in page.metric}
    labels = ("Facilities in both", "Only in A", "Only in B")
    assert [found[label] for label in labels] == ["1", "1", "0"]
    (table,) = (each.value for each in page.dataframe)
    assert table["found"].tolist() == ["in both", "only in A", "in both", "facility not named"]
    page.segmented_control(key="compare_table").select("changes").run()
    (table,) = (each.value for each in page.dataframe)
    assert sorted(table["change"]) == ["added", "added", "removed", "removed"]


def test_a_saved_filter_is_a_side(page: AppTest) -> None:
    page.query_params["trial"] = "NCT00000002"
    page.query_params["view_compare_a"] = "NCT00000001"
    page.session_state["saved_filters"] = True
    run_tab(page, "Compare")
    page.text_input(key="saved_filter_name").set_value("<b>Mine</b> *x*")
    page.button(key="FormSubmitter:saved_filter_form-Save").click().run()
    side = page.selectbox(key="compare_b")
    assert side.options[-1] == "Saved filter <b>Mine</b> *x*"
    side.select_index(len(side.options) - 1).run()
    assert not page.exception
    assert not page.warning
    found = {metric.label: metric.value for metric in page.metric}
    assert found["Facilities in both"] == "1"
    assert "view=" in str(page.query_params["view_compare_b"])
    page.button(key="saved_filter_delete").click().run()
    assert not page.exception
    assert not [one for one in page.selectbox(key="compare_a").options if "Mine" in one]
    assert {metric.label: metric.value for metric in page.metric} == found, "its link stays"


def test_a_picture_is_coloured_as_the_map_or_by_what_is_chosen(page: AppTest) -> None:
    page.query_params["view_colour"] = "precision"
    page.session_state["picture"] = True
    page.run(timeout=60)
    choice = page.selectbox(key="picture_colour_precision")
    assert choice.value == "precision"
    assert choice.options[:2] == ["Status", "Trial"]
    choice.select("status").run(timeout=60)
    assert not page.exception
    assert not [one.value for one in page.warning if "No preview" in one.value]
