"""Accessibility: axe-core on every tab in light and dark, keyboard, reduced motion."""

from playwright.sync_api import expect

from harness.visit import Visit

TABS = ("Sites", "Countries", "Facilities", "Trials", "Reach", "Compare", "Quality", "Open lists")


COLOUR_RULES = ("color-contrast", "link-in-text-block")
"""The rules that dark mode can break: it changes colours only."""
BACKGROUND = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"


def test_axe_finds_no_serious_violation_on_any_tab_in_light_or_dark(visit: Visit) -> None:
    page = visit.page
    visit.open("?country=DE&country=ES", sites=24)
    found: dict[str, list[str]] = {}

    for name in TABS:
        visit.open_tab(name)
        found[name] = visit.list_violations()
    light = page.evaluate(BACKGROUND)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => ({BACKGROUND})() !== light", arg=light)
    for name in reversed(TABS):
        visit.open_tab(name)
        found[name] += visit.list_violations(COLOUR_RULES)
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_one_of_several_sites_is_selected_by_keyboard(visit: Visit) -> None:
    frame = visit.open("?city=Rome&city=Yvoir", sites=3)
    press = visit.page.keyboard.press
    region = frame.get_by_role("region", name="Map of the sites")
    expect(region).to_have_count(1)
    region.focus()
    outline = "e => getComputedStyle(e, '::after').borderTopStyle"
    assert region.evaluate(outline) == "solid"
    cluster = frame.get_by_role("button", name="Rome, Italy: 2 sites")
    cluster.focus()
    assert cluster.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    press("Space")
    picks = frame.locator(".sm-popup-site")
    expect(picks.first).to_be_focused()
    press("Tab")
    press("Enter")
    expect(visit.page.get_by_text("Site number 1310")).to_be_visible()
    visit.wait_until_idle()
    expect(picks.nth(1)).to_be_focused()
    press("Escape")
    expect(frame.locator(".leaflet-popup")).to_have_count(0)
    expect(cluster).to_be_focused()


def test_opening_a_cluster_by_keyboard_moves_the_focus_to_a_marker(visit: Visit) -> None:
    frame = visit.open(sites=75)
    first = frame.locator(".marker-cluster").first
    before = str(first.get_attribute("title"))
    first.focus()
    first.press("Enter")
    expect(frame.locator(".leaflet-marker-icon:focus")).not_to_have_attribute("title", before)


def test_small_buttons_show_their_focus_and_a_collapsed_sidebar_takes_none(visit: Visit) -> None:
    visit.open(sites=75)
    visit.page.get_by_role("button", name="Fullscreen").first.focus()
    visit.page.keyboard.press("Shift+Tab")
    focused = "() => getComputedStyle(document.activeElement).boxShadow"
    assert visit.page.evaluate(focused) != "none"
    collapse = visit.page.get_by_test_id("stSidebarCollapseButton").get_by_role("button")
    collapse.focus()
    collapse.press("Enter")
    expect(visit.page.locator("[data-testid=stSidebar][data-collapsed=true]")).to_have_count(1)
    expect(visit.page.locator("[data-testid=stSidebar] summary").first).not_to_be_visible()


def test_keyboard_users_can_skip_the_map(visit: Visit) -> None:
    frame = visit.open(sites=75)
    link = frame.get_by_role("link", name="Skip the map, to the table")
    frame.get_by_role("region", name="Map of the sites").focus()
    visit.page.keyboard.press("Tab")
    expect(link).to_be_focused()
    assert link.evaluate("e => getComputedStyle(e).clipPath") == "none"
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("tab", name="Sites")).to_be_focused()


def test_expanders_open_without_animation_under_reduced_motion(visit: Visit) -> None:
    visit.open(sites=75)
    opener = visit.page.get_by_test_id("stSidebar").get_by_text("Add sites")
    is_cut_off = """opener => new Promise(done => {
        const animate = Element.prototype.animate;
        Element.prototype.animate = function (...given) {
            Element.prototype.animate = animate;
            const animation = animate.apply(this, given);
            done(this.scrollHeight > this.clientHeight + 1);
            return animation;
        };
        opener.click();
    })"""
    assert not opener.evaluate(is_cut_off), "at the start of the animation all of it is visible"
    expect(visit.page.get_by_role("button", name="Add pasted text")).to_be_in_viewport()
    opener.click()
    expect(visit.page.get_by_role("button", name="Add pasted text")).to_be_hidden()
    visit.wait_until_idle()
    visit.page.emulate_media(reduced_motion="no-preference")
    assert opener.evaluate(is_cut_off), "without the preference it unfolds"
    visit.page.emulate_media(reduced_motion="reduce")
