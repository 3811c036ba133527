"""Accessibility: axe-core on every tab, light and dark; keyboard."""

from axe_playwright_python.sync_playwright import DEFAULT_OPTIONS, Axe
from playwright.sync_api import expect

from harness.visit import Visit

TABS = ("Sites", "Countries", "Facilities", "Trials", "Quality", "Open lists")


COLOURS = {
    **DEFAULT_OPTIONS,
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
"""What axe can find in the dark alone: nothing else of the page changes."""
BACKGROUND = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"


def test_axe_finds_nothing_serious_on_any_tab_light_or_dark(visit: Visit) -> None:
    page = visit.page
    visit.open("?country=DE&country=ES", sites=24)
    found: dict[str, list[str]] = {}

    def look(name: str, options: dict[str, object]) -> None:
        visit.open_tab(name)
        for violation in Axe().run(page, options=options).response["violations"]:
            if violation["impact"] in {"serious", "critical"}:
                nodes = [node["html"][:150] for node in violation["nodes"][:3]]
                found.setdefault(name, []).append(f"{violation['id']}: {nodes}")

    for name in TABS:
        look(name, DEFAULT_OPTIONS)
    light = page.evaluate(BACKGROUND)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => ({BACKGROUND})() !== light", arg=light)
    for name in reversed(TABS):
        look(name, COLOURS)
    assert found == {}


def test_a_site_of_several_is_reached_opened_and_picked_by_keyboard(visit: Visit) -> None:
    frame = visit.open("?city=Rome&city=Yvoir", sites=3)
    press = visit.page.keyboard.press
    region = frame.get_by_role("region", name="Map of the sites")
    expect(region).to_have_count(1)
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
    visit.wait_until_idle()
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
    visit.page.get_by_role("button", name="Fullscreen").first.focus()
    visit.page.keyboard.press("Shift+Tab")
    focused = "() => getComputedStyle(document.activeElement).boxShadow"
    assert visit.page.evaluate(focused) != "none"
    fold = visit.page.get_by_test_id("stSidebarCollapseButton").get_by_role("button")
    fold.focus()
    fold.press("Enter")
    expect(visit.page.locator("[data-testid=stSidebar][data-collapsed=true]")).to_have_count(1)
    expect(visit.page.locator("[data-testid=stSidebar] summary").first).not_to_be_visible()


def test_who_walks_by_keyboard_skips_the_map(visit: Visit) -> None:
    frame = visit.open(sites=75)
    link = frame.get_by_role("link", name="Skip the map, to the table")
    frame.get_by_role("region", name="Map of the sites").focus()
    visit.page.keyboard.press("Tab")
    expect(link).to_be_focused()
    assert link.evaluate("e => getComputedStyle(e).clipPath") == "none"
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("tab", name="Sites")).to_be_focused()


def test_what_opens_does_it_at_once_for_who_wants_less_motion(visit: Visit) -> None:
    visit.open(sites=75)
    opener = visit.page.get_by_test_id("stSidebar").get_by_text("Add sites")
    started = """opener => new Promise(done => {
        const play = Element.prototype.animate;
        Element.prototype.animate = function (...asked) {
            Element.prototype.animate = play;
            const animation = play.apply(this, asked);
            done(animation.playState);
            return animation;
        };
        opener.click();
    })"""
    assert opener.evaluate(started) == "finished"
    expect(visit.page.get_by_role("button", name="Add pasted text")).to_be_in_viewport()
    visit.wait_until_idle()
    visit.page.emulate_media(reduced_motion="no-preference")
    assert opener.evaluate(started) == "running"
    visit.page.emulate_media(reduced_motion="reduce")
