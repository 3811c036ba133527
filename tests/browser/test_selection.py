"""A site selected on the map is selected in the table, and the other way round."""

from playwright.sync_api import Locator, expect

from harness.visit import Visit


def find_rows(visit: Visit) -> Locator:
    """The rows of the site table for screen readers, without the header."""
    return visit.page.get_by_test_id("stDataFrame").first.locator("tbody [role=row]")


def test_map_and_table_show_the_same_selection(visit: Visit) -> None:
    frame = visit.open("?city=Yvoir&city=Graz&city=Rome", sites=4)
    frame.get_by_role("button", name="Yvoir").click()
    expect(visit.page.get_by_text("Site number 1501")).to_be_visible()
    expect(find_rows(visit).first).to_contain_text("Mont Godinne")
    expect(find_rows(visit).first).to_have_attribute("aria-selected", "true")
    grid = visit.page.get_by_test_id("stDataFrame").first.locator(".dvn-scroller").first
    grid.click(position={"x": 16, "y": 52})  # deselects it
    expect(visit.page.get_by_text("Site number 1501")).to_have_count(0)
    grid.click(position={"x": 16, "y": 86})
    expect(visit.page.get_by_text("Site number 1102")).to_be_visible()
    expect(visit.map.locator(".sm-selected[aria-label^='Graz']")).to_have_count(1)
