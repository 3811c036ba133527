"""Places so close that they share a marker at every zoom."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from harness.serving import Server, serving
from harness.visit import Visit, visiting

SITES = """facility,city,country,latitude,longitude
Clinic North,Vienna,Austria,48.21021,16.37000
Clinic South,Vienna,Austria,48.21000,16.37000
"""
"""Two sites 23 m apart, at points of their own list."""


@pytest.fixture(scope="module")
def close_places(tmp_path_factory: pytest.TempPathFactory, place_index: Path) -> Iterator[Server]:
    """A dashboard over the two sites."""
    folder = tmp_path_factory.mktemp("close")
    path = folder / "sites.csv"
    path.write_text(SITES)
    with serving(folder, place_index, SITE_MAP_SOURCES=str(path)) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, close_places: Server) -> Iterator[Visit]:
    """A visitor of that dashboard."""
    with visiting(browser, close_places) as made:
        yield made
        assert made.foreign == []
        assert made.errors == []


def test_two_places_23_m_apart_open_as_one_list_at_the_largest_zoom(visit: Visit) -> None:
    frame = visit.open(sites=2)
    map_box = frame.locator("#map_div")
    map_box.evaluate("() => { map.setView([48.2101, 16.37], map.getMaxZoom() - 1); }")
    cluster = frame.get_by_role("button", name="2 sites around Vienna")
    cluster.click()
    assert map_box.evaluate("() => map.getZoom() === map.getMaxZoom()"), "the first click zooms in"
    cluster.click()
    names = frame.locator(".leaflet-popup-content .sm-popup-site b")
    expect(names).to_have_text(["Clinic South", "Clinic North"])
    expect(frame.locator(".sm-count")).to_have_text("2 sites, close together")
    names.last.click()
    card = visit.page.get_by_test_id("stMarkdown").locator("strong", has_text="Clinic North")
    expect(card).to_be_visible()
