"""Places so close that they share a marker at every zoom."""

from playwright.sync_api import expect

from harness.visit import Visit

SITES = b"""facility,city,country,latitude,longitude
Clinic North,Quito,Ecuador,-0.21990,-78.51200
Clinic South,Quito,Ecuador,-0.22011,-78.51200
"""
"""Two sites 23 m apart, at points of their own list."""


def test_two_places_23_m_apart_open_as_one_list_at_the_largest_zoom(visit: Visit) -> None:
    visit.open(sites=75)
    sidebar = visit.page.get_by_test_id("stSidebar")
    sidebar.get_by_text("Add sites").click()
    sidebar.locator("input[type=file]").set_input_files(
        {"name": "quito.csv", "mimeType": "text/csv", "buffer": SITES}
    )
    frame = visit.wait_for_map(sites=77)
    visit.wait_until_idle()
    map_box = frame.locator("#map_div")
    map_box.evaluate("() => { map.setView([-0.22, -78.512], map.getMaxZoom() - 1); }")
    cluster = frame.get_by_role("button", name="2 sites around Quito")
    cluster.click()
    assert map_box.evaluate("() => map.getZoom() === map.getMaxZoom()"), "the first click zooms in"
    cluster.click()
    names = frame.locator(".leaflet-popup-content .sm-popup-site b")
    expect(names).to_have_text(["Clinic South", "Clinic North"])
    expect(frame.locator(".sm-count")).to_have_text("2 sites, close together")
    names.last.click()
    card = visit.page.get_by_test_id("stMarkdown").locator("strong", has_text="Clinic North")
    expect(card).to_be_visible()
