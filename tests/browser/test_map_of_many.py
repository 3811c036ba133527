"""A map of more sites than the layer holds inline."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Request, expect

from dashboard.library.session_key import load_session_key
from dashboard.service.geocoding import OfflineGeocoder
from dashboard.settings import Settings
from geocache import GeoCache
from geocache.gazetteer import Gazetteer
from harness.serving import Server, serving
from harness.site_tables import generate_site_table, write_parquet
from harness.visit import Visit, visiting

SITES = 20_000


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """A generated site table."""
    return generate_site_table(SITES, places=400)


@pytest.fixture(scope="module")
def many_sites(
    table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory, place_index: Path
) -> Iterator[Server]:
    """A dashboard over it."""
    folder = tmp_path_factory.mktemp("many")
    with GeoCache("sqlite://", providers=[Gazetteer(place_index)]) as cache:
        rules = OfflineGeocoder(cache).rules
    path = folder / "sites.parquet"
    key = load_session_key(Settings(site_map_data=folder / "data"))
    write_parquet(table, path, position_rules=rules, as_of="2026-01-01", signing_key=key)
    with serving(folder, place_index, SITE_MAP_SOURCES=str(path)) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, many_sites: Server) -> Iterator[Visit]:
    """A visitor of that dashboard."""
    with visiting(browser, many_sites) as made:
        yield made
        assert made.foreign == []
        assert made.errors == []


def count_located(table: pd.DataFrame) -> int:
    return int(table["latitude"].notna().sum())


def test_numbers_add_up_to_the_located_sites(visit: Visit, table: pd.DataFrame) -> None:
    frame = visit.open(sites=count_located(table))
    frame.locator("#map_div").evaluate("() => { window.map.setView([20, 0], 1); }")
    numbers = frame.locator(".leaflet-marker-icon.marker-cluster").all_inner_texts()
    alone = frame.locator(".leaflet-marker-icon:not(.marker-cluster)").count()
    assert sum(int(text.replace(",", "")) for text in numbers) + alone == count_located(table)


def test_moving_the_map_sends_no_request(visit: Visit, table: pd.DataFrame) -> None:
    frame = visit.open(sites=count_located(table))
    requested: list[str] = []

    def record(request: Request) -> None:
        requested.append(request.url)

    visit.page.on("request", record)
    box = frame.locator("#map_div")
    for view in ("[35, 139], 6", "[51, 10], 5", "[20, 0], 2"):
        box.evaluate(f"() => {{ window.map.setView({view}, {{animate: false}}); }}")
        assert int(box.get_attribute("data-drawn") or 0) > 0
    assert [url for url in requested if "/map-data/" in url or "/api/" in url] == []


def test_a_filter_fetches_counts_and_keeps_places_and_zoom(
    visit: Visit, table: pd.DataFrame
) -> None:
    fetched: list[str] = []
    visit.page.on("request", lambda request: fetched.append(request.url))
    frame = visit.open(sites=count_located(table))
    frame.get_by_role("button", name="Zoom in").click()
    zoom = frame.locator("#map_div").evaluate("() => window.map.getZoom()")
    recruiting = table[(table["status"] == "Recruiting") & table["latitude"].notna()]
    visit.page.get_by_text("Recruiting only").first.click()
    frame = visit.wait_for_map(sites=len(recruiting))
    assert frame.locator("#map_div").evaluate("() => window.map.getZoom()") == zoom
    bodies = [url for url in fetched if url.endswith(".bin")]
    assert len(bodies) == 3
    assert len(set(bodies)) == 3


def test_the_list_of_a_place_loads_more_sites_as_it_is_scrolled(
    visit: Visit, table: pd.DataFrame
) -> None:
    frame = visit.open(sites=count_located(table))
    counts = table.groupby(["latitude", "longitude"], observed=True).size()
    latitude, longitude = counts.idxmax()
    frame.locator("#map_div").evaluate(
        f"() => {{ window.map.setView([{latitude}, {longitude}], 14, {{animate: false}}); }}"
    )
    marker = frame.locator(".marker-cluster").first
    marker.focus()
    marker.press("Enter")
    items = frame.locator(".leaflet-popup-content li")
    expect(items).to_have_count(50)
    expect(frame.locator(".sm-count")).to_contain_text(f"{counts.max():,} sites")
    visit.scroll_to(frame.get_by_role("button", name="more"))
    expect(items).to_have_count(min(100, int(counts.max())))
    items.nth(60).get_by_role("button").click()
    expect(visit.page.get_by_text("Placed at")).to_be_visible()
