"""Accessibility: axe-core on every tab, light and dark; keyboard; zoom."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Visit

TABS = ("Sites", "Countries", "Facilities", "Trials", "Quality", "Open lists")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_tab(visitors: Callable[..., Visit], scheme: str) -> None:
    one = visitors(color_scheme=scheme)
    one.open("?country=DE&country=ES", sites=24)
    found: dict[str, list[str]] = {}
    for tab in TABS:
        one.page.get_by_role("tab", name=tab).click()
        expect(one.page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        panel = one.page.get_by_role("tabpanel", name=tab)
        expect(panel.get_by_test_id("stElementContainer").first).to_be_attached()
        one.settled()
        for violation in Axe().run(one.page).response["violations"]:
            if violation["impact"] in {"serious", "critical"}:
                nodes = [node["html"][:150] for node in violation["nodes"][:3]]
                found.setdefault(tab, []).append(f"{violation['id']}: {nodes}")
    assert found == {}


def test_a_site_of_several_is_reached_opened_and_picked_by_keyboard(visit: Visit) -> None:
    frame = visit.open("?city=Rome&city=Yvoir", sites=3)
    press = visit.page.keyboard.press
    region = frame.get_by_role("region", name="Map of the sites")
    region.focus()
    shown = "e => getComputedStyle(e, '::after').borderTopStyle"
    assert region.evaluate(shown) == "solid"
    cluster = frame.get_by_role("button", name="Rome, Italy: 2 sites")
    cluster.focus()
    assert cluster.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    press("Space")
    picks = frame.locator(".sm-pick")
    expect(picks.first).to_be_focused()
    press("Tab")
    press("Enter")
    expect(visit.page.get_by_text("Site number 1310")).to_be_visible()
    visit.settled()
    expect(picks.nth(1)).to_be_focused()
    press("Escape")
    expect(frame.locator(".leaflet-popup")).to_have_count(0)
    expect(cluster).to_be_focused()


def test_a_cluster_opens_by_keyboard_and_hands_the_focus_on(visit: Visit) -> None:
    frame = visit.open(sites=75)
    first = frame.locator(".marker-cluster").first
    before = str(first.get_attribute("title"))
    first.focus()
    first.press("Enter")
    expect(frame.locator(".leaflet-marker-icon:focus")).not_to_have_attribute("title", before)


def test_small_buttons_show_their_focus_and_a_folded_sidebar_takes_none(visit: Visit) -> None:
    visit.open(sites=75)
    visit.settled()
    visit.page.get_by_role("button", name="Fullscreen").first.focus()
    visit.page.keyboard.press("Shift+Tab")
    focused = "() => getComputedStyle(document.activeElement).boxShadow"
    assert visit.page.evaluate(focused) != "none"
    fold = visit.page.get_by_test_id("stSidebarCollapseButton").get_by_role("button")
    fold.focus()
    fold.press("Enter")
    expect(visit.page.locator("[data-testid=stSidebar][data-collapsed=true]")).to_have_count(1)
    expect(visit.page.locator("[data-testid=stSidebar] summary").first).not_to_be_visible()


def test_the_map_says_in_words_what_it_shows(visit: Visit) -> None:
    frame = visit.open("?country=PL", sites=7)
    region = frame.get_by_role("region", name="Map of the sites")
    expect(region).to_have_count(1)
    expect(visit.page.get_by_text("7 sites in 1 country; all on the map")).to_be_visible()


def test_at_200_percent_nothing_is_cut_off(visitors: Callable[..., Visit]) -> None:
    one = visitors(viewport={"width": 720, "height": 450}, device_scale_factor=2)
    one.open(sites=75)
    assert one.page.evaluate("() => document.documentElement.scrollWidth") <= 720


def test_who_walks_by_keyboard_skips_the_map(visit: Visit) -> None:
    frame = visit.open(sites=75)
    link = frame.get_by_role("link", name="Skip the map, to the table")
    frame.get_by_role("region", name="Map of the sites").focus()
    visit.page.keyboard.press("Tab")
    expect(link).to_be_focused()
    assert link.evaluate("e => getComputedStyle(e).clipPath") == "none"
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("tab", name="Sites")).to_be_focused()


def test_on_a_phone_nothing_is_cut_off(
    visitors: Callable[..., Visit],
) -> None:
    one = visitors(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    one.open("?city=Yvoir", sites=1)
    assert one.page.evaluate("() => document.documentElement.scrollWidth") <= 390
