"""The page, run in this process: its texts and its filters."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import server
from dashboard.page import main
from dashboard.page.tabs import sites
from dashboard.query.apply import DISTANCE_COLUMN
from dashboard.service.service import Service, service
from tests.dashboard.web.asgi import run_in_thread

PAGE = Path(main.__file__)


@pytest.fixture
def page(
    opened: Callable[[], Service], data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AppTest:
    """The page over the seed, not run yet."""
    monkeypatch.setenv("SITE_MAP_DATA", str(data_folder))
    return AppTest.from_file(str(PAGE), default_timeout=60)


class Watched(list[str]):
    """``sys.path``, counting its changes."""

    changes = 0

    def insert(self, *asked: object) -> None:
        self.changes += 1
        super().insert(*asked)  # type: ignore[arg-type]

    def remove(self, entry: str) -> None:
        self.changes += 1
        super().remove(entry)


def test_a_running_page_does_not_change_the_import_path(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def started() -> None:
        async with server.lifespan(None):
            page.run()

    watched = Watched(sys.path)
    monkeypatch.setattr(sys, "path", watched)
    page.run()
    assert watched.changes == 2, "Streamlit itself puts the page's folder there and takes it away"
    run_in_thread(started())
    assert watched.changes == 2
    assert not page.exception


def figures(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def test_the_first_screen_names_the_trial_and_its_figures(page: AppTest) -> None:
    page.run()
    assert not page.exception
    assert "Blinatumomab" in page.title[0].value
    assert figures(page) == {
        "Sites": "75",
        "Countries": "11",
        "Cities": "72",
        "On the map": "75 of 75",
    }
    words = " ".join(m.value for m in page.markdown)
    for fact in ("NCT01207388", "Completed", "Phase 2", "116 participants", "2020"):
        assert fact in words


def test_a_link_opens_filtered(page: AppTest) -> None:
    page.query_params["country"] = ["DE", "IT"]
    page.run()
    assert figures(page)["Sites"] == "29"
    assert page.multiselect(key="filter_country").value == ["DE", "IT"]


def test_choosing_a_country_updates_the_address_bar_and_the_counts(page: AppTest) -> None:
    page.run()
    page.multiselect(key="filter_country").select("AT").run()
    assert page.query_params["country"] in ("AT", ["AT"])
    assert figures(page)["Sites"] == "4"
    options = page.multiselect(key="filter_country").options
    assert "Germany (17)" in options
    cities = page.multiselect(key="filter_city").options
    assert sorted(cities) == ["Graz (1)", "Linz (1)", "Salzburg (1)", "Vienna (1)"]


def test_clear_all_removes_every_filter(page: AppTest) -> None:
    page.query_params["country"] = ["AT"]
    page.query_params["q"] = "graz"
    page.run()
    assert figures(page)["Sites"] == "1"
    page.button(key="clear_all").click().run()
    assert figures(page)["Sites"] == "75"
    assert not page.query_params


def test_a_stale_address_does_not_undo_a_filter(page: AppTest) -> None:
    before = {"country": ["DE"], "q": ["dresden"]}
    page.query_params.update(before)
    page.run()
    page.button(key="remove_country:DE").click().run()
    page.query_params.update(before)  # what the map says crosses the new address
    page.run()
    assert page.query_params["q"] in ("dresden", ["dresden"])
    assert "country" not in page.query_params
    assert page.multiselect(key="filter_country").value == []


def test_a_broken_file_is_named_and_all_others_open(
    page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"protocolSection": {"identif')
    seeds = Path(__file__).parents[3] / "seeds"
    monkeypatch.setenv("SITE_MAP_SOURCES", f"{seeds}:{broken}:{tmp_path / 'gone'}")
    page.run()
    said = " ".join(error.value for error in page.error)
    assert r"broken\.json" in said
    assert "gone" in said
    assert str(tmp_path) not in said.replace("\\", "")
    assert figures(page)["Sites"] == "75"


def test_the_trial_panel_has_the_record(page: AppTest) -> None:
    page.session_state["tab"] = "Trials"
    page.run()
    words = " ".join(m.value for m in page.markdown).replace("\\", "")
    assert "NCT04556084" in words
    assert words.count("PMID ") == 5
    assert "pubmed.ncbi.nlm.nih.gov/38135369" in words
    facts = {k: v for table in page.table for k, v in table.value.iloc[:, 0].items()}
    assert "MT103\\-203" in facts["IDs"]
    assert "AMG 103" in words
    assert "Gökbuget" in facts["Investigators"]


def test_search_and_sort_apply_to_all_pages_of_a_long_table(
    page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"Clinic {number:04d},Graz,Austria" for number in range(1_100)]
    source = tmp_path / "long.csv"
    source.write_text("facility,city,country\n" + "\n".join(lines))
    monkeypatch.setenv("SITE_MAP_SOURCES", str(source))
    page.run()
    assert len(page.dataframe[0].value) == 1_000
    page.selectbox(key="table_sort").select("facility").run()
    page.toggle(key="table_descending").set_value(True).run()
    assert page.dataframe[0].value["facility"].iloc[0] == "Clinic 1099"
    page.text_input(key="filter_q").input("clinic 1098").run()
    assert list(page.dataframe[0].value["facility"]) == ["Clinic 1098"]
    assert page.query_params["q"] in ("clinic 1098", ["clinic 1098"])


def test_without_a_match_the_page_says_what_to_do(page: AppTest) -> None:
    page.query_params["q"] = "nowhere-at-all"
    page.run()
    assert figures(page)["Sites"] == "0"
    assert "more of the 75 sites" in page.info[0].value


def test_an_ambiguous_place_gives_a_button_for_each_candidate(page: AppTest) -> None:
    page.query_params["near"] = "Kraków"
    page.run()
    assert "say which place of that name" in page.warning[0].value
    assert "Frankfurt, Germany" not in [button.label for button in page.button]
    next(b for b in page.button if b.label == "Kraków, Lesser Poland, Poland").click().run()
    assert not page.exception
    assert not page.warning
    assert page.query_params["near"] in (
        "Kraków, Lesser Poland, Poland",
        ["Kraków, Lesser Poland, Poland"],
    )
    assert figures(page)["Sites"] == "75"


def test_for_an_unknown_place_the_page_says_how_to_name_one(page: AppTest) -> None:
    page.query_params["near"] = "xyzzyq nonsense"
    page.run()
    assert page.warning[0].value.startswith("“xyzzyq nonsense”: nobody here knows this place. Try")
    assert not page.info, "no filter to remove: the place is the trouble"


def test_with_miles_the_table_and_the_active_filter_show_miles(page: AppTest) -> None:
    page.query_params.update({"near": "Graz, Austria", "radius_km": "160.9", "view_unit": "miles"})
    page.run()
    assert not page.exception
    table = page.dataframe[0].value
    vienna = table.loc[table["city"] == "Vienna", "distance_km"].iloc[0]
    assert vienna.split()[0] == "about"
    assert int(vienna.split()[1]) == pytest.approx(90, abs=3), "145 km"
    assert vienna.endswith("miles")
    assert "Near: Graz, Austria, 100 miles" in [button.label for button in page.button]


def test_a_link_with_unknown_values_says_so_before_it_shows_anything(page: AppTest) -> None:
    page.query_params["status"] = "recroiting"
    page.query_params["country"] = "DE"
    page.run()
    assert not page.metric, "nothing is shown that the link did not ask for"
    assert "recroiting" in page.warning[0].value
    page.button(key="confirm_link").click().run()
    assert figures(page)["Sites"] == "17", "the rest of the link applies"


def test_a_long_view_opens_by_its_key(page: AppTest) -> None:
    page.run()
    trials = "&".join(f"trial=NCT{number:08}" for number in range(300))
    key = service().views.save(f"{trials}&trial=NCT01207388&country=AT&view_colour=country", "me")
    again = AppTest.from_file(str(PAGE), default_timeout=60)
    again.query_params["view"] = key
    again.run()
    assert not again.exception
    assert figures(again)["Sites"] == "4"
    assert again.query_params["view_colour"] in ("country", ["country"])
    assert "view" not in again.query_params
    lost = AppTest.from_file(str(PAGE), default_timeout=60)
    lost.query_params["view"] = "x" * 22
    lost.run()
    assert not lost.metric
    assert "not here" in lost.warning[0].value


def test_a_place_that_is_not_found_keeps_the_view(page: AppTest) -> None:
    page.query_params["near"] = "Nowhere at all"
    page.query_params["country"] = "AT"
    page.run()
    assert not page.exception
    assert figures(page)["Sites"] == "4"
    assert any("Nowhere at all" in warning.value for warning in page.warning)


def test_the_nearest_sites_stand_beside_the_map_and_their_distance_first(page: AppTest) -> None:
    page.query_params["near"] = "Vienna, Austria"
    page.run()
    assert not page.exception
    assert any("<caption>Nearest sites</caption>" in one.proto.body for one in page.get("html"))
    assert sites.ORDER[0] == DISTANCE_COLUMN
