"""What Streamlit, streamlit-folium and Leaflet do not document, and our scripts rely on.

When one of these fails after an update, its sentence says what changed; what to mend is the adapter
in ``dashboard/assets``: ``streamlit_page.js``, ``streamlit_folium.js`` or ``leaflet_internals.js``.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from dashboard.maps.bundle import LEAFLET_FOLDER
from harness.serving import Server
from harness.visit import Visit, visiting

LEAFLET = LEAFLET_FOLDER / "leaflet.js"


@pytest.fixture(scope="module")
def map_visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """A visitor of the seeds, shared by the tests that leave the map as it is."""
    with visiting(browser, server) as visit:
        visit.open(sites=75)
        yield visit


@pytest.fixture
def frame(map_visit: Visit) -> FrameLocator:
    """The frame of the map."""
    return map_visit.map


@pytest.fixture
def map_box(frame: FrameLocator) -> Locator:
    """The element of that map."""
    return frame.locator("#map_div")


@pytest.fixture
def page(visit: Visit) -> Page:
    """Streamlit's page with our scripts."""
    visit.open(sites=75)
    visit.page.wait_for_function("() => window.siteMap?.popoverTabOrder")
    return visit.page


@pytest.fixture
def plain_map(visit: Visit) -> Locator:
    """A map of Leaflet alone, without our scripts, 400 by 300 pixels."""
    page = visit.page
    page.goto(f"{visit.server.url}/api/health")
    page.set_content("<body style='margin: 0'><div id='plain' style='height: 300px; width: 400px'>")
    page.add_script_tag(path=str(LEAFLET))
    page.evaluate("() => { window.map = L.map('plain', {zoomSnap: 0.5}).setView([0, 0], 3); }")
    return page.locator("#plain")


def test_streamlit_folium_calls_the_map_map_div(map_box: Locator) -> None:
    assert map_box.evaluate("() => window.map === window.map_div && map instanceof L.Map"), (
        "streamlit-folium no longer names folium's map map_div and window.map: "
        "the style in folium_map.py and our tests look for it"
    )


def test_streamlit_folium_keeps_its_state_in_global_data(map_box: Locator) -> None:
    assert map_box.evaluate(
        "() => '__GLOBAL_DATA__' in window && 'last_object_clicked_count' in __GLOBAL_DATA__"
    ), (
        "streamlit-folium no longer counts clicks in __GLOBAL_DATA__.last_object_clicked_count: "
        "dropFirstMessage has no effect, and the first move of the map causes a rerun"
    )


def test_streamlit_folium_sends_nothing_until_something_is_clicked(map_box: Locator) -> None:
    sent = map_box.evaluate(
        """() => new Promise((done) => {
            const sent = [];
            Streamlit.setComponentValue = (value) => sent.push(value);
            map.once('moveend', () => setTimeout(() => done(sent), 500));
            map.panBy([30, 0], { animate: false });
        })"""
    )
    assert sent == [], "streamlit-folium sends a move of the map, which causes a rerun of its panel"


def test_streamlit_folium_sends_a_click_on_a_layer_as_its_geojson(map_box: Locator) -> None:
    sent = map_box.evaluate(
        """() => new Promise((done) => {
            Streamlit.setComponentValue = done;
            const [layer] = window.feature_group;
            siteMap.component.send(layer, {kind: 'view', bbox: [1, 2, 3, 4]});
        })"""
    )
    assert sent["last_active_drawing"]["properties"] == {"kind": "view", "bbox": [1, 2, 3, 4]}, (
        "streamlit-folium no longer sends toGeoJSON() of a clicked layer as last_active_drawing"
    )
    assert sent["last_object_clicked_count"], "streamlit-folium no longer counts clicks"


def test_the_map_is_in_a_frame_of_the_same_origin(map_box: Locator) -> None:
    assert map_box.evaluate("() => Boolean(window.frameElement && window.parent.document.body)"), (
        "Streamlit no longer shows the map in a frame that may see the page: "
        "the link that skips the map and the height on phones do nothing"
    )


def test_tabs_are_marked_up_by_role(map_visit: Visit, frame: FrameLocator) -> None:
    open_tabs = map_visit.page.locator('[role="tab"][aria-selected="true"]')
    expect(open_tabs, "Streamlit's tabs no longer have role=tab and aria-selected").to_have_count(1)
    expect(frame.get_by_role("link", name="Skip the map")).to_be_attached()


def test_a_popover_is_found_and_stands_last_in_the_document(page: Page) -> None:
    button = page.get_by_role("button", name="Columns", exact=True)
    button.click()
    body = page.get_by_role("dialog", name="Columns")
    expect(body.get_by_role("button").first).to_be_visible()
    assert page.evaluate("() => Boolean(siteMap.page.findOpenPopover())"), (
        "Streamlit renamed stPopoverButton or stPopoverBody, or the button lost aria-expanded"
    )
    assert button.evaluate(
        """button => {
            const { body } = siteMap.page.findOpenPopover();
            const between = [...document.querySelectorAll('button')].filter((other) =>
                button.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING
                && body.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING);
            return between.length > 0;
        }"""
    ), "Streamlit puts a popover right after its button: popover_tab_order.js can go"


def test_stops_in_a_popover_that_lost_the_focus_are_still_known(page: Page) -> None:
    page.get_by_role("button", name="Columns", exact=True).press("Enter")
    first = page.get_by_role("dialog", name="Columns").get_by_role("button").first
    expect(first).to_be_visible()
    find_stops = "() => siteMap.page.findTabStops(siteMap.page.findOpenPopover().body).length"
    before = page.evaluate(find_stops)
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(first).not_to_be_focused()
    page.wait_for_function("e => e.tabIndex === -1", arg=first.element_handle())
    assert page.evaluate(find_stops) == before > 1, (
        "Streamlit no longer keeps the tabindex of a popover's contents in data-tabindex"
    )


def test_leaflet_focuses_the_map_at_a_press_unless_it_has_the_focus(plain_map: Locator) -> None:
    focused = plain_map.evaluate(
        """box => {
            const press = () => box.dispatchEvent(new MouseEvent('mousedown', {bubbles: true}));
            let calls = 0;
            box.focus = () => { calls += 1; };
            press();
            HTMLElement.prototype.focus.call(box);
            press();
            return calls;
        }"""
    )
    assert focused == 1, "Leaflet no longer focuses the map once at a press: see focusWithoutScroll"


def test_leaflet_makes_a_double_click_that_is_not_trusted_of_two_taps(plain_map: Locator) -> None:
    simulated = plain_map.evaluate(
        """box => {
            const events = [];
            map.on('dblclick', ({ originalEvent }) => events.push(originalEvent.isTrusted));
            const tap = () => box.dispatchEvent(
                new PointerEvent('click', {bubbles: true, detail: 1, pointerType: 'touch'}));
            tap();
            tap();
            return events;
        }"""
    )
    assert simulated == [False], "Leaflet no longer makes a dblclick of two taps: double_tap.js"


def test_leaflet_reads_the_zoom_snap_when_it_computes_a_zoom(plain_map: Locator) -> None:
    zooms = plain_map.evaluate(
        """() => [0.25, 1].map((snap) => {
            map.options.zoomSnap = snap;
            return map.getBoundsZoom([[-30, -20], [30, 20]]);
        })"""
    )
    assert zooms[0] > zooms[1], "Leaflet no longer reads options.zoomSnap at each computation"
    assert zooms[0] * 4 == int(zooms[0] * 4), "Leaflet no longer rounds a zoom to zoomSnap"


def test_leaflet_reads_auto_pan_when_a_popup_opens(plain_map: Locator) -> None:
    moved = plain_map.evaluate(
        """() => [false, true].map((autoPan) => {
            map.setView([0, 0], 3, {animate: false});
            const marker = L.marker([0, 0]).bindPopup('x'.repeat(9), {autoPan: true}).addTo(map);
            map.panBy([0, 145], {animate: false});
            const before = map.getCenter();
            marker.getPopup().options.autoPan = autoPan;
            map.on('autopanstart', () => { window.panned = true; });
            window.panned = false;
            marker.openPopup();
            marker.remove();
            return window.panned;
        })"""
    )
    assert moved == [False, True], "Leaflet no longer reads a popup's options.autoPan as it opens"


def test_leaflet_names_its_controls_and_popups_by_class(frame: FrameLocator) -> None:
    frame.locator(".sm-site").first.press("Enter")
    expect(frame.locator(".leaflet-popup")).to_be_visible()
    button = frame.get_by_role("button", name="Zoom in")
    assert button.evaluate("e => siteMap.leaflet.isOverMap(e)"), (
        "Leaflet renamed leaflet-control: taps on buttons count as taps on the map"
    )


def test_leaflet_maps_do_not_animate_under_reduced_motion(map_box: Locator) -> None:
    assert map_box.evaluate("() => !map.options.zoomAnimation && !map.options.fadeAnimation"), (
        "Leaflet maps no longer take options from L.Map.mergeOptions"
    )
    expect(map_box).not_to_have_class("leaflet-fade-anim")
