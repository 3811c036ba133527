"""The main page on a phone: rows as cards, and what a tapped site says."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.page import main
from dashboard.service.service import Service


@pytest.fixture
def page(
    opened: Callable[[], Service], data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AppTest:
    """The page over the seed, with rows as cards, not run yet."""
    monkeypatch.setenv("SITE_MAP_DATA", str(data_folder))
    made = AppTest.from_file(str(Path(main.__file__)), default_timeout=60)
    made.query_params["view_rows"] = "cards"
    return made


def list_cards(page: AppTest) -> list[str]:
    return [one.label for one in page.button if str(one.key).startswith("site_card_")]


def test_rows_are_cards_with_the_distance_and_more_on_demand(page: AppTest) -> None:
    page.query_params["near"] = "Graz, Austria"
    page.run()
    assert not page.exception
    assert not page.dataframe
    cards = list_cards(page)
    assert len(cards) == 20
    assert cards[0].startswith("**LKH Graz")
    assert cards[0].splitlines()[1] == "Graz, Austria"
    assert "same city · " in cards[0]
    assert "NCT01207388" in cards[0]
    page.button(key="more_site_cards").click().run()
    assert len(list_cards(page)) == 40
    page.text_input(key="filter_q").set_value("clinic").run()
    assert len(list_cards(page)) <= 20, "another filter begins anew"


def test_a_tapped_card_opens_the_sites_sheet_with_its_next_steps(page: AppTest) -> None:
    page.query_params["near"] = "Graz, Austria"
    page.run()
    first = next(one for one in page.button if str(one.key).startswith("site_card_"))
    first.click().run()
    assert not page.exception
    assert page.button(key="close_sheet")
    steps = [one.proto.body for one in page.get("html") if "sm-next" in one.proto.body]
    assert "clinicaltrials.gov/study/NCT01207388" in steps[0]
    assert "Graz" in steps[0]
    assert any("Distance: " in one.value for one in page.markdown)
    page.button(key="close_sheet").click().run()
    assert "close_sheet" not in [one.key for one in page.button]


def test_cards_and_table_are_a_choice(page: AppTest) -> None:
    page.run()
    page.segmented_control(key="view_rows").set_value("Table").run()
    assert page.dataframe
    assert "view_rows" not in page.query_params, "a table is what this browser starts with"


def test_the_filters_lead_to_the_sites_that_are_left(page: AppTest) -> None:
    page.query_params["city"] = "Graz"
    page.run()
    bodies = [one.proto.body for one in page.get("html")]
    assert any("data-sm-fold>Show 1 site<" in body for body in bodies)


def test_the_nearest_sites_stand_once_with_how_exact_their_distance_is(page: AppTest) -> None:
    page.query_params["near"] = "Rome, Italy"
    page.run()
    table = next(
        one.proto.body for one in page.get("html") if "Nearest sites</caption" in one.proto.body
    )
    assert "<th scope='row'>same city</th>" in table
    assert "about " in table
    lines = table.split("<tr>")[1:]
    assert len(lines) == len(set(lines))
