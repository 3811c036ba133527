"""Sites selected on the map and in the table, and by drawing around them."""

from collections.abc import Callable
from itertools import pairwise

from playwright.sync_api import Locator, Page, expect

from dashboard.query.area_filter import decode_polyline
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


def test_a_drawn_rectangle_or_line_is_a_filter(visit: Visit) -> None:
    frame = visit.open(sites=75)
    box = frame.locator("#map_div").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    draw = frame.get_by_role("button", name="Draw a rectangle")
    line = frame.get_by_role("button", name="Draw around sites")
    line.press("ArrowDown")
    expect(draw).to_be_focused()
    draw.press("ArrowUp")
    expect(line).to_be_focused()
    draw.click()
    expect(draw).to_have_attribute("aria-pressed", "true")
    expect(frame.get_by_text("Drag from one corner to the other")).to_be_visible()
    frame.locator("#map_div").press("Escape")
    expect(draw).to_have_attribute("aria-pressed", "false")
    draw.click()
    mouse = visit.page.mouse
    mouse.move(middle[0] - 90, middle[1] - 90)
    mouse.down()
    mouse.move(middle[0] + 20, middle[1] + 20, steps=4)
    mouse.move(middle[0] + 90, middle[1] + 90, steps=4)
    mouse.up()
    chip = visit.page.get_by_role("button", name="Within: drawn area")
    expect(chip).to_be_visible()
    visit.wait_until_idle()
    first = read_area(visit)
    assert len(first) == 4
    sites = int(frame.locator("#map_div").get_attribute("data-sites") or 75)
    assert 0 < sites < 75
    assert len(visit.server.fetch_sites(visit.page.url.partition("?")[2])) == sites
    expect(frame.locator(".sm-area-outline")).to_have_count(1)
    expect(draw).to_have_attribute("aria-pressed", "false")
    line.click()
    mouse.move(*middle)
    mouse.down()
    for x, y in ((120, 0), (120, 60), (60, 140), (0, 120), (-40, 40)):
        mouse.move(middle[0] + x, middle[1] + y, steps=40)
    mouse.up()
    visit.page.wait_for_function("before => location.search !== before", arg=search(visit))
    visit.wait_until_idle()
    second = read_area(visit)
    assert 5 <= len(second) <= 150
    assert second != first
    chip.click()
    visit.wait_for_map(sites=75)
    expect(frame.locator(".sm-area-outline")).to_have_count(0)


def test_an_area_is_drawn_with_a_finger(visitors: Callable[..., Visit]) -> None:
    visit = visitors(has_touch=True, viewport={"width": 390, "height": 844})
    frame = visit.open(sites=75)
    visit.scroll_to(frame.locator("#map_div"))
    frame.get_by_role("button", name="Draw around sites").click()
    box = frame.locator("#map_div").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    swipe(visit.page, [(x - 60, y - 60), (x + 60, y - 60), (x + 60, y + 60), (x - 60, y + 60)])
    expect(visit.page.get_by_role("button", name="Within: drawn area")).to_be_visible()
    visit.wait_until_idle()
    assert len(read_area(visit)) >= 4


def search(visit: Visit) -> str:
    return "?" + visit.page.url.partition("?")[2]


def read_area(visit: Visit) -> list[tuple[float, float]]:
    """The corners of the area in the address bar."""
    value: str = visit.page.evaluate("() => new URLSearchParams(location.search).get('within')")
    return decode_polyline(value)


def swipe(page: Page, corners: list[tuple[float, float]]) -> None:
    """Move a finger over the page, in steps."""
    client = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        shown = [{"x": x, "y": y} for x, y in points]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": shown})

    touch("touchStart", corners[0])
    for (x, y), (to_x, to_y) in pairwise(corners):
        for step in range(1, 11):
            touch("touchMove", (x + (to_x - x) * step / 10, y + (to_y - y) * step / 10))
    touch("touchEnd")
