"""Touch on a phone, and 200 % zoom: a tap opens its target, and everything is reachable."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from harness.visit import Visit

TABS = ("Sites", "Countries", "Facilities", "Trials", "Reach", "Compare", "Quality", "Open lists")
STEPS = 8
WAIT_UNTIL_STILL = """e => new Promise((done) => {
  let before = '';
  const look = () => {
    const now = e.style.transform + e.parentElement.dataset.sites + document.visibilityState;
    if (now === before) done(true); else { before = now; setTimeout(look, 100); }
  };
  look();
})"""
CENTRE = "() => map.getCenter().toString()"
RECORD_SCROLL_END = """e => {
  window.endedAt = 0;
  e.addEventListener('scrollend', () => { window.endedAt = e.scrollTop; });
}"""


class Fingers:
    """Touch events on a page, as a screen sends them."""

    def __init__(self, one: Visit) -> None:
        self._one = one
        self._session = one.context.new_cdp_session(one.page)

    def move(self, *fingers: tuple[float, float, float, float]) -> None:
        """Put fingers down at (x, y), move each by (dx, dy), lift them."""
        for step in range(STEPS + 1):
            points = [
                {"x": x + dx * step / STEPS, "y": y + dy * step / STEPS, "id": number}
                for number, (x, y, dx, dy) in enumerate(fingers)
            ]
            self._send("touchMove" if step else "touchStart", points)
        self._send("touchEnd", [])

    def tap(self, target: Locator) -> None:
        """Tap a target once the page is idle, scrolled to where nothing covers it."""
        self._one.wait_until_idle()
        target.tap()

    def _send(self, kind: str, points: list[dict[str, float]]) -> None:
        event: dict[str, Any] = {"type": kind, "touchPoints": points}
        self._session.send("Input.dispatchTouchEvent", event)


@pytest.fixture
def phone(visitors: Callable[..., Visit]) -> Visit:
    return visitors(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)


def close_sheet(one: Visit) -> None:
    """Close the sheet that a tapped site opens from below."""
    sheet = one.page.locator(".st-key-site_sheet")
    expect(sheet.get_by_text("UMC Groningen")).to_be_in_viewport()
    one.wait_until_idle()
    sheet.get_by_role("button", name="Close").tap()
    expect(sheet).to_have_count(0)
    one.wait_until_idle()


def find_centre(target: Locator) -> tuple[float, float]:
    """The centre of an element, in pixels of the page."""
    box = target.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def assert_fits_width(one: Visit, width: int) -> None:
    assert one.page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_a_tap_after_a_pan_a_pinch_or_a_scroll_opens_its_target(phone: Visit) -> None:
    fingers, frame, page = (
        Fingers(phone),
        phone.open("?city=Rome&city=Groningen", sites=3),
        phone.page,
    )
    pane = frame.locator(".leaflet-map-pane")
    map_box = page.locator("iframe[title*='folium']").first.bounding_box()
    assert map_box is not None
    middle = map_box["y"] + 180

    before = pane.evaluate(CENTRE)
    fingers.move((200, middle, 20, 2))
    hint = frame.locator(".sm-hint.sm-shown")
    expect(hint).to_have_text("Use two fingers to move the map")
    assert pane.evaluate(CENTRE) == before, "one finger is for the page"
    fingers.move((160, middle, 20, 40), (240, middle, 20, 40))
    assert pane.evaluate(WAIT_UNTIL_STILL)
    assert pane.evaluate(CENTRE) != before, "two fingers move the map"
    groningen = frame.get_by_role("button", name="Groningen, Netherlands: UMC Groningen")
    fingers.tap(groningen)
    popup = frame.locator(".leaflet-popup-content")
    expect(popup.locator(".sm-popup-site b")).to_have_text("UMC Groningen")
    close_sheet(phone)
    assert pane.evaluate(WAIT_UNTIL_STILL)
    fingers.tap(frame.locator(".leaflet-popup-close-button"))
    expect(popup).to_have_count(0)

    scale = frame.locator(".leaflet-control-scale-line").first
    length = scale.inner_text()
    fingers.move((190, middle, -60, 0), (210, middle, 60, 0))
    expect(scale).not_to_have_text(length)
    assert page.evaluate("() => visualViewport.scale") == 1, "and nothing else"

    main = page.get_by_test_id("stMain")
    main.evaluate(RECORD_SCROLL_END)  # a tap before would only stop it
    fingers.move((200, 380, 0, -250))
    page.wait_for_function("() => window.endedAt > 100", polling=100)
    fingers.tap(frame.get_by_role("button", name="Show all sites"))
    expect(scale).to_have_text(length)
    assert pane.evaluate(WAIT_UNTIL_STILL)
    expect(groningen).to_be_visible()
    fingers.tap(groningen)
    expect(popup.locator(".sm-popup-site b")).to_have_text("UMC Groningen")
    close_sheet(phone)
    fingers.tap(popup.locator(".sm-popup-site"))
    card = main.get_by_test_id("stMarkdown").locator("strong", has_text="UMC Groningen")
    expect(card.first).to_be_visible()
    assert_fits_width(phone, 390)


def test_two_taps_zoom_only_near_each_other_and_popups_open_in_full(phone: Visit) -> None:
    fingers, frame = Fingers(phone), phone.open("?city=Rome&city=Groningen", sites=3)
    pane = frame.locator(".leaflet-map-pane")
    groningen = frame.get_by_role("button", name="Groningen, Netherlands: UMC Groningen")
    popup = frame.locator(".leaflet-popup-content")

    def zoom() -> float:
        assert pane.evaluate(WAIT_UNTIL_STILL)
        level: float = pane.evaluate("() => map.getZoom()")
        return level

    level = zoom()
    fingers.tap(groningen)
    expect(popup.locator(".sm-popup-site b")).to_have_text("UMC Groningen")
    close_sheet(phone)
    assert zoom() == level
    close = find_centre(frame.locator(".leaflet-popup-close-button"))
    phone.page.touchscreen.tap(*close)
    phone.page.touchscreen.tap(*find_centre(frame.get_by_role("button", name="Show all sites")))
    expect(popup).to_have_count(0)
    assert zoom() == level, "two taps on two buttons are not a double tap"

    map_box = phone.page.locator("iframe[title*='folium']").first.bounding_box()
    assert map_box is not None
    below = find_centre(groningen)[1] - map_box["y"]
    pane.evaluate("(e, by) => { map.panBy([0, by], { animate: false }); }", below - 40)
    fingers.tap(groningen)
    expect(popup.locator(".sm-popup-site b")).to_have_text("UMC Groningen")
    close_sheet(phone)
    zoom()
    opened = popup.bounding_box()
    assert opened is not None
    assert opened["y"] > map_box["y"], "the map makes room for a popup that is opened again"

    map_frame = phone.page.locator("iframe[title*='folium']").first
    map_frame.evaluate("e => e.scrollIntoView({ block: 'center' })")
    map_box = map_frame.bounding_box()
    assert map_box is not None
    for pause in (120, 60, 0, 160, 90, 30, 0, 0, 0, 0):  # a busy machine takes longer itself
        phone.page.touchscreen.tap(map_box["x"] + 300, map_box["y"] + 300)
        phone.page.wait_for_timeout(pause)
        phone.page.touchscreen.tap(map_box["x"] + 300, map_box["y"] + 300)
        if zoom() != level:
            break
    assert zoom() == level + 1


def test_in_landscape_the_page_scrolls_beside_the_map_and_rotation_keeps_sites_in_view(
    visitors: Callable[..., Visit],
) -> None:
    landscape = {"width": 844, "height": 390}
    phone = visitors(viewport=landscape, has_touch=True, is_mobile=True)
    frame, page = phone.open("?city=Rome&city=Groningen", sites=3), phone.page
    map_frame = page.locator("iframe[title*='folium']").first
    sites = frame.get_by_role("button", name="Groningen, Netherlands: UMC Groningen")

    def height() -> float:
        phone.scroll_to(map_frame)
        box = map_frame.bounding_box()
        assert box is not None
        assert sites.evaluate(WAIT_UNTIL_STILL)
        expect(sites).to_be_in_viewport()
        expect(frame.get_by_role("button", name="Only sites in this view")).to_be_in_viewport()
        return box["height"]

    assert height() <= 390 - 60 - 90, "beside the page's own bar"
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("e => e.clientHeight === 420", arg=map_frame.element_handle())
    assert height() == 420
    page.set_viewport_size(landscape)
    page.wait_for_function("e => e.clientHeight < 300", arg=map_frame.element_handle())
    map_frame.evaluate("e => e.scrollIntoView({block: 'center'})")
    top = page.get_by_test_id("stMain").evaluate("e => e.scrollTop")
    box = map_frame.bounding_box()
    assert box is not None
    below = box["y"] + box["height"]
    assert below + 30 < 390
    Fingers(phone).move((500, below + 30, 0, -200))
    page.wait_for_function(
        "top => document.querySelector('[data-testid=stMain]').scrollTop > top + 50", arg=top
    )


def test_tabs_and_table_are_used_by_touch(phone: Visit) -> None:
    fingers, page = Fingers(phone), phone.page
    phone.open(sites=75)
    for name in ("Countries", "Trials", "Sites"):
        tab = page.get_by_role("tab", name=name)
        phone.scroll_to(tab)
        fingers.tap(tab)
        expect(tab).to_have_attribute("aria-selected", "true")
        phone.wait_until_idle()
        assert_fits_width(phone, 390)
    table = page.get_by_test_id("stDataFrame").first
    phone.scroll_to(table)
    scroller = table.locator(".dvn-scroller")
    box = scroller.bounding_box()
    assert box is not None
    fingers.move((300, box["y"] + 100, -200, 0))
    page.wait_for_function("e => e.scrollLeft > 50", arg=scroller.element_handle())
    right = scroller.evaluate("e => e.scrollLeft")
    fingers.move((100, box["y"] + 100, 250, 0))
    page.wait_for_function(
        "([e, right]) => e.scrollLeft < right", arg=[scroller.element_handle(), right]
    )
    page.touchscreen.tap(box["x"] + 16, box["y"] + 52)
    expect(phone.map.locator(".sm-selected").first).to_be_attached()
    files = page.get_by_role("button", name="Other files", exact=True)
    phone.scroll_to(files)
    fingers.tap(files)
    body = page.get_by_test_id("stPopoverBody")
    expect(body.get_by_role("link", name="GeoJSON", exact=True)).to_be_in_viewport()
    inside = body.bounding_box()
    assert inside is not None
    assert inside["x"] >= 0
    assert inside["x"] + inside["width"] <= 390


def test_at_200_percent_every_tab_and_its_buttons_fit(
    visitors: Callable[..., Visit],
) -> None:
    one = visitors(viewport={"width": 720, "height": 450}, device_scale_factor=2)
    one.open(sites=75)
    for name in TABS:
        one.open_tab(name)
        assert_fits_width(one, 720)
        panel = one.page.get_by_role("tabpanel", name=name)
        wide = panel.locator("button:visible, input:visible").evaluate_all(
            "all => all.filter(e => e.getBoundingClientRect().right > 720"
            " && !e.closest('[data-testid=stDataFrame]')).map(e => e.outerHTML.slice(0, 200))"
        )
        assert wide == [], name
