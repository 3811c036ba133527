"""Pins, fetched trials and online lookups on the page; a read-only server offers none of them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from harness.provider_server import ProviderServer, run_provider
from harness.registry_server import RegistryServer, run_registry, site, study
from harness.serving import Server, serving
from harness.visit import Visit, visiting

SHOWS_GERMANY = """() => {
  const bounds = window.map.getBounds();
  return bounds.contains([[47.3, 5.9], [55, 15]]) && window.map.getZoom() > 4;
}"""
LIST = """facility,city,country
Uniklinik,Springfeld Qx,Germany
Clinic,Salamanca,Spain
Hospital,Mallorca,Spain
"""
LIST_QUERY = "?country=DE&country=ES"
ONLINE_LIST = """facility,city,country,latitude,longitude
Niguarda,Milan,Italy,42.56,12.65
,City 7,Austria,,
,City 8,Austria,,
"""


@pytest.fixture(scope="module")
def registry() -> Iterator[RegistryServer]:
    """A registry with two trials of two sites."""
    sites = (site("LKH Graz"), site("LKH Linz", "Linz"))
    trials = [study(number, *sites) for number in (7654321, 7654322)]
    with run_registry(RegistryServer(trials)) as running:
        yield running


@pytest.fixture(scope="module")
def editable(
    tmp_path_factory: pytest.TempPathFactory, place_index: Path, registry: RegistryServer
) -> Iterator[Server]:
    """A dashboard over a list with doubtful places; it may query the registry."""
    folder = tmp_path_factory.mktemp("editable")
    (folder / "list.csv").write_text(LIST)
    with serving(
        folder,
        place_index,
        SITE_MAP_SOURCES=str(folder / "list.csv"),
        SITE_MAP_REGISTRY_URL=registry.url,
    ) as running:
        yield running


@pytest.fixture(scope="module")
def provider() -> Iterator[ProviderServer]:
    """A Nominatim that knows places the gazetteer does not."""
    with run_provider("nominatim") as running:
        yield running


@pytest.fixture(scope="module")
def online(
    tmp_path_factory: pytest.TempPathFactory, place_index: Path, provider: ProviderServer
) -> Iterator[Server]:
    """A dashboard over a list with a wrong point and unknown places; it may query the provider."""
    folder = tmp_path_factory.mktemp("online")
    (folder / "list.csv").write_text(ONLINE_LIST)
    with serving(
        folder,
        place_index,
        SITE_MAP_SOURCES=str(folder / "list.csv"),
        **provider.settings,
    ) as running:
        yield running


@pytest.fixture
def person(browser: Browser, editable: Server) -> Iterator[Visit]:
    with visiting(browser, editable) as one:
        yield one
        assert one.foreign == []
        assert one.errors == []


def test_a_doubtful_place_is_pinned_by_hand_and_the_pin_undone(person: Visit) -> None:
    person.open(LIST_QUERY)
    page = person.page
    (before,) = person.server.fetch_sites("city=Springfeld%20Qx")
    assert before["latitude"] == ""
    person.open_tab("Quality")
    expect(page.get_by_text("Not on the map: 1 site")).to_be_visible()
    person.select_first_row()
    maps = page.locator("iframe[title*='folium']")
    expect(maps).to_have_count(2)
    chooser = maps.last.content_frame
    chooser.locator("[data-basemap='drawn']").wait_for()
    frame = maps.last.element_handle().content_frame()
    assert frame is not None
    frame.wait_for_function(SHOWS_GERMANY)
    chooser.locator("#map_div").click(position={"x": 240, "y": 150})
    chooser.locator(".sm-chosen").wait_for()
    expect(page.get_by_label("Point to pin")).to_have_value(re.compile(r"5[01]\.\d{5}, (9|1\d)\."))
    page.get_by_label("Point to pin").fill("43.6, 1.44")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("button", name="Pin 1 site here").click()
    person.wait_for_map(sites=3)
    expect(page.get_by_text("The point is outside Germany")).to_be_visible()
    (pinned,) = person.server.fetch_sites("city=Springfeld%20Qx")
    assert (pinned["latitude"], pinned["longitude"], pinned["source"]) == ("43.6", "1.44", "pin")
    assert "Ada" in pinned["reason"]
    expect(page.get_by_role("button", name="Pin 1 site here")).to_have_count(0)
    person.select_first_row()  # now another place
    expect(page.get_by_label("Your name")).to_have_value("Ada")
    page.get_by_text("Pins set by people (1)").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    person.wait_for_map(sites=2)
    (after,) = person.server.fetch_sites("city=Springfeld%20Qx")
    assert after["latitude"] == ""


def test_a_site_is_left_off_the_map_and_put_back(person: Visit) -> None:
    person.open("?city=Mallorca", sites=1)
    person.open_tab("Quality")
    expect(person.page.get_by_text("Doubtful: 1 site")).to_be_visible()
    person.select_first_row()
    person.page.get_by_label("Your name").fill("Ada")
    person.page.get_by_role("button", name="Leave 1 site off the map").click()
    expect(person.page.get_by_text("Left off the map: 1 site")).to_be_visible()
    person.wait_for_map(sites=0)
    (off,) = person.server.fetch_sites("city=Mallorca")
    assert (off["latitude"], off["precision"], off["source"]) == ("", "unresolved", "pin")
    assert off["reason"] == "left off by Ada"
    person.select_first_row()
    person.page.get_by_role("button", name="Put back on the map").click()
    person.wait_for_map(sites=1)
    (back,) = person.server.fetch_sites("city=Mallorca")
    assert back["source"] == "gazetteer"


def test_a_link_to_a_trial_that_is_not_open_offers_to_fetch_it(
    person: Visit, registry: RegistryServer
) -> None:
    person.page.goto(f"{person.server.url}/?trial=NCT07654321")
    expect(person.page.get_by_text("Not open here: NCT07654321")).to_be_visible()
    assert not any("NCT07654321" in asked.get("filter.ids", "") for asked in registry.seen)
    person.page.get_by_role("button", name="Fetch from the registry").click()
    person.wait_for_map(sites=2)
    expect(person.page.get_by_text("Fetching 1 trial: 1 trial fetched.")).to_be_visible()
    assert len(person.server.fetch_sites("trial=NCT07654321")) == 2


def test_trials_are_added_by_number_with_any_punctuation(person: Visit) -> None:
    person.open()
    person.page.get_by_text("Add trials from the registry").click()
    person.page.get_by_role("textbox", name="NCT numbers").fill("nct-0765 4322; NCT00000009")
    person.page.get_by_role("button", name="Fetch", exact=True).click()
    expect(person.page.get_by_text("not in the registry: NCT00000009")).to_be_visible()


def test_a_read_only_server_offers_no_changes(
    browser: Browser, tmp_path: Path, place_index: Path
) -> None:
    (tmp_path / "list.csv").write_text(LIST)
    with (
        serving(
            tmp_path,
            place_index,
            SITE_MAP_SOURCES=str(tmp_path / "list.csv"),
            SITE_MAP_READ_ONLY="1",
        ) as server,
        visiting(browser, server) as one,
    ):
        one.open()
        expect(one.page.get_by_text("Add trials from the registry")).to_have_count(0)
        one.open_tab("Quality")
        expect(one.page.get_by_text("Not on the map: 1 site")).to_be_visible()
        one.select_first_row()
        expect(one.page.get_by_text("Corrections are turned off")).to_be_visible()
        expect(one.page.get_by_role("button", name="Pin")).to_have_count(0)


def test_the_points_of_registry_and_gazetteer_are_both_shown_and_one_is_chosen(
    browser: Browser, online: Server
) -> None:
    with visiting(browser, online) as one:
        one.open("?country=IT", sites=1)
        one.open_tab("Quality")
        one.select_first_row()
        expect(one.page.get_by_text("45.4643, 9.1895 (shown now)")).to_be_visible()
        expect(one.page.get_by_text("the registry's own point").last).to_be_visible()
        expect(one.page.get_by_text("42.5600, 12.6500, 425 km from 1")).to_be_visible()
        one.page.get_by_role("button", name="Pin here").nth(1).click()
        expect(one.page.get_by_text("none of their positions is in doubt")).to_be_visible()
        (chosen,) = online.fetch_sites("city=Milan")
        assert (chosen["latitude"], chosen["source"]) == ("42.56", "pin")


def test_pins_are_imported_from_a_file_and_the_import_undone(person: Visit) -> None:
    person.open(LIST_QUERY)
    person.open_tab("Quality")
    person.page.get_by_text("Pins set by people").click()
    chooser = person.page.locator("[class*=st-key-pins_] input[type=file]").last

    def upload(text: str) -> None:
        chooser.set_input_files(
            {"name": "pins.csv", "mimeType": "text/csv", "buffer": text.encode()}
        )

    head = "city,country,facility,latitude,longitude\n"
    upload(f"{head}Springfeld Qx,Germany,Uniklinik,north,11\n")
    expect(person.page.get_by_text("Nothing was imported. pins.csv, line 2")).to_be_visible()
    upload(f"{head}Springfeld Qx,Germany,Uniklinik,48.2,11.6\n")
    expect(person.page.get_by_text("1 pin imported")).to_be_visible()
    (pinned,) = person.server.fetch_sites("city=Springfeld%20Qx")
    assert (pinned["latitude"], pinned["source"]) == ("48.2", "pin")
    person.page.get_by_role("button", name="Undo this import").click()
    expect(person.page.get_by_text("1 pin imported")).to_have_count(0)
    person.wait_until_idle()
    assert person.server.fetch_sites("city=Springfeld%20Qx")[0]["latitude"] == ""


def test_an_online_provider_is_asked_on_demand_and_again_after_a_failure(
    browser: Browser, online: Server, provider: ProviderServer
) -> None:
    with visiting(browser, online) as one:
        one.open("?country=AT", sites=0)
        one.open_tab("Quality")
        assert provider.seen == []
        provider.always = "403"
        ask = one.page.get_by_role("button", name="Ask nominatim about 2 places")
        ask.click()
        expect(one.page.get_by_text("2 not asked (403 from nominatim)")).to_be_visible()
        provider.always = ""
        expect(ask).to_be_enabled()
        ask.click()
        expect(one.page.get_by_text("2 places answered, 2 of all on the map")).to_be_visible()
        one.wait_for_map(sites=2)
        expect(ask).to_have_count(0)
