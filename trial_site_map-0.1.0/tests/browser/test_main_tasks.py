"""The main tasks: open the dashboard, look at the map, filter, share a link, download."""

import csv
import io
import re
from collections.abc import Callable
from urllib.request import urlopen

import pytest
from playwright.sync_api import FrameLocator, WebSocket, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from harness.visit import Visit

POPUP_IS_BESIDE_THE_BUTTONS = """() => {
  const box = (name) => document.querySelector(name).getBoundingClientRect();
  return box('.leaflet-popup-content-wrapper').left > box('.sm-home').right;
}"""


def count_sites_on_map(frame: FrameLocator) -> int:
    """The numbers in clusters, plus one for each marker."""
    return int(
        frame.locator("#map_div").evaluate(
            """map => {
                const icons = [...map.querySelectorAll('.leaflet-marker-icon')];
                return icons.reduce((sum, icon) => sum + (
                    icon.classList.contains('marker-cluster') ? Number(icon.textContent) : 1), 0);
            }"""
        )
    )


def fetch_csv(url: str) -> list[list[str]]:
    with urlopen(url) as answer:
        return list(csv.reader(io.StringIO(answer.read().decode("utf-8-sig"))))


def test_the_map_shows_all_75_sites_and_panning_sends_no_request(visit: Visit) -> None:
    frames_sent: list[str] = []
    visit.page.on(
        "websocket", lambda socket: socket.on("framesent", lambda _: frames_sent.append(""))
    )
    frame = visit.open(sites=75)
    assert count_sites_on_map(frame) == 75
    expect(visit.page.get_by_role("heading", level=1)).to_contain_text("Blinatumomab (MT103)")
    expect(
        visit.page.get_by_text("75 sites in 11 countries; Germany has the most, 17")
    ).to_be_visible()
    expect(visit.page.get_by_role("link", name="NCT01207388").first).to_have_attribute(
        "href", "https://clinicaltrials.gov/study/NCT01207388"
    )
    visit.wait_until_idle()
    frame.locator("#map_div").evaluate(
        """() => new Promise(done => {
            // Set after streamlit-folium's own timer of 250 ms, so it fires after that one.
            window.map.once('moveend', () => setTimeout(done, 250));
            window.map.panBy([40, 0], { animate: false });
        })"""
    )
    assert len(frames_sent) == 1, "only opening the page sends a message"


def test_no_message_refers_to_one_that_the_browser_cached(visit: Visit) -> None:
    """The browser may have dropped the cached one, and would then process no more messages."""
    kinds: list[str] = []

    def connected(socket: WebSocket) -> None:
        socket.on(
            "framereceived",
            lambda data: kinds.append(ForwardMsg.FromString(data).WhichOneof("type")),
        )

    visit.page.on("websocket", connected)
    visit.open(sites=75)
    for tab in ("Countries", "Sites"):  # the table is the same as before
        visit.open_tab(tab)
    expect(visit.page.get_by_test_id("stDataFrame").first).to_be_visible()
    assert kinds.count("script_finished") >= 3
    assert "ref_hash" not in kinds


def test_a_click_on_a_marker_opens_a_popup_beside_the_buttons_and_the_details(
    visit: Visit,
) -> None:
    frame = visit.open("?city=Bristol&city=London&city=Vienna", sites=3)
    frame.get_by_role("button", name="Bristol").click()  # its popup would open over the buttons
    popup = frame.locator(".leaflet-popup-content")
    expect(popup).to_contain_text("Bristol Royal Infirmary")
    placed = "in the city; the hospital is likely within"
    for words in ("Bristol, United Kingdom", "Site 1602", "Status not stated", placed):
        expect(popup).to_contain_text(words)
    expect(visit.page.get_by_text("Site number 1602")).to_be_visible()
    inside = visit.page.locator("iframe[title*='folium']").first.element_handle().content_frame()
    assert inside is not None
    inside.wait_for_function(POPUP_IS_BESIDE_THE_BUTTONS)


def test_sites_in_one_city_are_selected_one_by_one(visit: Visit) -> None:
    frame = visit.open("?city=Rome", sites=2)
    frame.locator(".marker-cluster").click()
    sites = frame.locator(".leaflet-popup-content .sm-popup-site")
    expect(sites).to_have_count(2)
    sites.filter(has_text="Tor Vergata").click()
    expect(visit.page.get_by_text("Site number 1310")).to_be_visible()


def test_a_country_filter_brings_it_into_view_and_other_filters_keep_the_zoom(visit: Visit) -> None:
    frame = visit.open(sites=75)
    visit.page.get_by_role("combobox", name="Country").click()
    visit.page.get_by_role("option", name="Germany (17)").click()
    frame = visit.wait_for_map(sites=17)
    assert count_sites_on_map(frame) == 17
    west, east = frame.locator("#map_div").evaluate(
        "() => { const view = window.map.getBounds(); return [view.getWest(), view.getEast()]; }"
    )
    assert -6 < west < 7, "Germany fills the map"
    assert 14 < east < 28
    expect(visit.page).to_have_url(re.compile(r"\?country=DE$"))
    expect(visit.page.get_by_text("17 sites in 1 country; all on the map")).to_be_visible()
    frame.get_by_role("button", name="Zoom in").click()
    zoomed = frame.locator("#map_div").evaluate("() => window.map.getZoom()")
    visit.page.get_by_role("combobox", name="City").click()
    visit.page.get_by_role("option", name="Munich").click()
    frame = visit.wait_for_map(sites=1)
    assert frame.locator("#map_div").evaluate("() => window.map.getZoom()") == zoomed


def test_the_download_is_the_filtered_table_row_by_row(visit: Visit) -> None:
    visit.open("?country=DE&country=IT", sites=29)
    with visit.page.expect_download() as download:
        visit.page.get_by_role("link", name="Download CSV").click()
    raw = download.value.path().read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    expected = fetch_csv(f"{visit.server.url}/api/sites.csv?country=DE&country=IT")
    assert rows == expected
    assert len(rows) == 1 + 29
    assert {row[rows[0].index("country_code")] for row in rows[1:]} == {"DE", "IT"}


def test_a_link_reopens_the_same_view_and_the_back_button_works(visit: Visit) -> None:
    visit.open("?country=PL&q=warsaw", sites=2)
    expect(visit.page.get_by_role("button", name="Country: Poland")).to_be_visible()
    visit.page.get_by_role("button", name="Country: Poland").click()
    expect(visit.page).to_have_url(re.compile(r"\?q=warsaw$"))
    visit.wait_until_idle()  # the other button takes its place
    visit.page.get_by_role("button", name="Search: warsaw").click()
    visit.wait_for_map(sites=75)
    visit.page.go_back()
    visit.wait_for_map(sites=2)
    expect(visit.page).to_have_url(re.compile(r"\?q=warsaw$"))


def test_a_click_on_land_names_it_and_offers_to_filter_by_country_or_state(visit: Visit) -> None:
    frame = visit.open("?city=Birmingham&city=Bristol&city=London", sites=3)
    point = frame.locator("#map_div").evaluate(
        "() => { const p = window.map.latLngToContainerPoint([52.0, -1.2]); return [p.x, p.y]; }"
    )
    on_land = {"x": point[0], "y": point[1]}
    frame.locator("#map_div").hover(position={"x": point[0] - 3, "y": point[1]})
    expect(frame.locator(".sm-tip")).to_contain_text("United Kingdom: 3 sites")
    frame.locator("#map_div").click(position=on_land)
    expect(frame.locator(".sm-popup h3")).to_have_text("England, United Kingdom")
    expect(visit.page).not_to_have_url(re.compile(r"country="))
    frame.get_by_role("button", name="Only sites in United Kingdom").click()
    expect(visit.page).to_have_url(re.compile(r"country=GB"))
    visit.wait_until_idle()
    frame.locator("#map_div").click(position=on_land)
    frame.get_by_role("button", name="Only sites in England").click()
    expect(visit.page).to_have_url(re.compile(r"state=England"))
    visit.wait_until_idle()
    frame.locator("#map_div").click(position=on_land)
    frame.get_by_role("button", name="Remove the filter United Kingdom").click()
    expect(visit.page).not_to_have_url(re.compile(r"country=GB"))


def test_an_entry_of_the_legend_filters_and_the_land_is_shaded_by_state(visit: Visit) -> None:
    frame = visit.open("?view_colour=precision&view_shade=states", sites=75)
    legend = frame.get_by_role("toolbar", name="Legend")
    legend.get_by_role("button", name="city").click()
    expect(visit.page).to_have_url(re.compile(r"precision=city"))
    visit.wait_until_idle()
    expect(legend.get_by_role("button", name="city")).to_have_attribute("aria-pressed", "true")
    box = visit.page.locator("iframe[title*='folium']").first.bounding_box()
    below = legend.bounding_box()
    inside = frame.locator("#map_div").bounding_box()
    assert box is not None
    assert below is not None
    assert inside is not None
    assert below["y"] >= inside["y"] + inside["height"] - 1, "the legend covers nothing"
    assert box["width"] >= 0.62 * visit.page.get_by_test_id("stMainBlockContainer").evaluate(
        "e => e.clientWidth - parseFloat(getComputedStyle(e).paddingLeft) * 2"
    )
    expect(visit.page.get_by_role("radio", name="States")).to_be_checked()


def test_sites_on_both_sides_of_the_180th_meridian_show_in_one_piece(visit: Visit) -> None:
    visit.open(sites=75)
    visit.page.locator("summary", has_text="Add sites").click()
    visit.page.get_by_label("Or paste a list or a registry page").fill(
        "facility,city,country,latitude,longitude\n"
        "A,Suva,Fiji,-18.1416,178.4419\n"
        "B,Taveuni,Fiji,-16.85,-179.92\n"
        "C,Labasa,Fiji,-16.4332,179.3645\n"
    )
    visit.page.get_by_role("button", name="Add pasted text").click()
    visit.wait_for_map(sites=78)
    visit.page.goto(f"{visit.server.url}/?country=FJ")
    frame = visit.wait_for_map(sites=3)
    assert count_sites_on_map(frame) == 3
    width = frame.locator("#map_div").evaluate(
        "() => window.map.getBounds().getEast() - window.map.getBounds().getWest()"
    )
    assert width < 30


def test_an_unknown_filter_value_in_a_link_is_dropped_with_a_note(visit: Visit) -> None:
    visit.page.goto(f"{visit.server.url}/?status=Sleeping&country=DE")
    expect(visit.page.get_by_text("status=Sleeping: unknown status")).to_be_visible()
    visit.page.get_by_role("button", name="Show the sites without it").click()
    visit.wait_for_map(sites=17)


def test_a_filter_without_matches_shows_a_message(visit: Visit) -> None:
    visit.page.goto(f"{visit.server.url}/?q=nowhere-at-all")
    expect(visit.page.get_by_text("No site matches these filters.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_map_and_downloads(visitors: Callable[..., Visit], scheme: str) -> None:
    phone = visitors(
        viewport={"width": 390, "height": 844}, color_scheme=scheme, has_touch=True, is_mobile=True
    )
    frame = phone.open(sites=75)
    assert count_sites_on_map(frame) == 75
    width = phone.page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= 390
    expect(phone.page.get_by_role("link", name="Download CSV")).to_be_visible()


def test_a_link_opens_reach_with_a_map_that_names_what_it_shades(visit: Visit) -> None:
    visit.open("?view_reach_km=60&view_reach_level=state", sites=75)
    page = visit.page
    expect(page.get_by_role("tab", name="Reach")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text("live within 60 km of one of these sites")).to_be_visible()
    chart = page.get_by_role("table", name="Share of people by distance to the nearest site")
    expect(chart.get_by_role("row")).to_have_count(9)
    page.get_by_text("Map of recruiting sites per million people").click()
    rates = page.frame_locator("iframe[title*='folium']").last
    shapes = rates.locator(".leaflet-overlay-pane path")
    expect(shapes.nth(100)).to_be_attached()
    region = rates.get_by_role("region", name="Map of recruiting sites per million people")
    expect(region).to_have_count(1)
    box = region.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + box["width"] / 2 + 5, box["y"] + box["height"] / 2)
    tip = rates.locator(".leaflet-tooltip")
    expect(tip).to_contain_text("recruiting site")
    expect(page.get_by_text("US counties", exact=True)).to_have_count(0)  # none of these sites
    with page.expect_download() as download:
        page.locator(".st-key-reach_rates_csv_link a").click()
    assert "recruiting_per_million" in download.value.path().read_text("utf-8-sig").splitlines()[0]
