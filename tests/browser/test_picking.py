"""What is picked on the map is picked in the table, and the other way round."""

from playwright.sync_api import Locator, expect

from harness.visit import Visit


def rows(visit: Visit) -> Locator:
    """The rows of the site table as a screen reader meets them, its header left out."""
    return visit.page.get_by_test_id("stDataFrame").first.locator("tbody [role=row]")


def test_map_and_table_show_the_same_pick(visit: Visit) -> None:
    frame = visit.open("?city=Yvoir&city=Graz&city=Rome", sites=4)
    frame.get_by_role("button", name="Yvoir").click()
    expect(visit.page.get_by_text("Site number 1501")).to_be_visible()
    expect(rows(visit).first).to_contain_text("Mont Godinne")
    expect(rows(visit).first).to_have_attribute("aria-selected", "true")
    grid = visit.page.get_by_test_id("stDataFrame").first.locator(".dvn-scroller").first
    grid.click(position={"x": 16, "y": 52})  # off again
    expect(visit.page.get_by_text("Site number 1501")).to_have_count(0)
    grid.click(position={"x": 16, "y": 86})
    expect(visit.page.get_by_text("Site number 1102")).to_be_visible()
    expect(visit.map.locator(".sm-selected[title^='Graz']")).to_have_count(1)
