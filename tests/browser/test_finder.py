"""The finder and the main page on a phone: by taps, by keyboard alone, in five languages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from dashboard.page.finder.language import NAMES, load_catalogue
from harness.finder_trials import build_trials
from harness.serving import Server, serving
from harness.visit import Visit, visiting

MUNICH = {"latitude": 48.1372, "longitude": 11.5755}
FIRST = "NCT05000000"
PIXEL = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)
FOUND = f"?view_mode=finder&condition=Breast+cancer&near=Munich%2C+Germany&view_saved={FIRST}"
BACKGROUND = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
MAX_TAPS = 4
MAX_TABS = 60


@pytest.fixture(scope="module")
def trials_server(tmp_path_factory: pytest.TempPathFactory, place_index: Path) -> Iterator[Server]:
    """A dashboard over made trials, with contacts and a map service."""
    folder = tmp_path_factory.mktemp("finder")
    path = folder / "trials.json"
    path.write_text(json.dumps({"studies": build_trials()}))
    settings = {
        "SITE_MAP_SOURCES": str(path),
        "SITE_MAP_CONTACTS": "1",
        "SITE_MAP_DIRECTIONS_URL": "https://example.org/?q={place}",
    }
    with serving(folder, place_index, **settings) as running:
        yield running


@pytest.fixture(scope="module")
def visit(browser: Browser, trials_server: Server) -> Iterator[Visit]:
    """One page of a German phone for all tests; each opens what it needs."""
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with visiting(browser, trials_server, locale="de-DE", user_agent=PIXEL, **options) as made:
        yield made
        assert made.foreign == []
        assert made.errors == []


def open_finder(one: Visit, query: str = FOUND) -> None:
    one.page.goto(f"{one.server.url}/{query}")
    expect(one.page.locator(".st-key-finder_condition input")).to_be_visible()
    one.wait_until_idle()


def tap(one: Visit, target: Locator) -> None:
    one.wait_until_idle()
    target.tap()


def find_card(one: Visit, trial_id: str) -> Locator:
    return one.page.locator(f".st-key-finder_card_{trial_id}")


def test_four_taps_and_one_entry_lead_to_the_right_card(visit: Visit) -> None:
    page, taps = visit.page, 0
    visit.context.grant_permissions(["geolocation"], origin=visit.server.url)
    visit.context.set_geolocation(MUNICH)
    page.goto(visit.server.url)
    steps = (".st-key-open_finder button", ".st-key-finder_condition input", "[data-sm-locate]")
    for step in steps:
        tap(visit, page.locator(step))
        taps += 1
        if "condition" in step:
            page.keyboard.type("Brustkrebs")
            options = page.get_by_role("option")
            expect(options.first).to_have_text("Suchen nach: Brustkrebs")
            expect(options.nth(1)).to_contain_text("Zentren")
            page.keyboard.press("Enter")
    card = find_card(visit, FIRST)
    expect(card.get_by_role("heading")).to_be_in_viewport()
    expect(card).to_contain_text("Brustkrebs (Breast Neoplasms)")
    expect(card).to_contain_text("Klinikum der Universität München · Munich, Deutschland")
    assert taps <= MAX_TAPS
    # No more exact than a kilometre; the address may come after the card.
    expect(page).to_have_url(re.compile(r"near=48\.14(?!\d)"))
    visit.context.clear_permissions()


def test_what_is_next_is_on_the_card_and_saved_trials_are_printed(visit: Visit) -> None:
    page = visit.page
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=visit.server.url)
    open_finder(visit, FOUND.partition("&view_saved")[0])
    card = find_card(visit, FIRST)
    record = card.get_by_role("link", name="Eintrag im Register")
    assert str(record.get_attribute("href")).endswith(f"/study/{FIRST}")
    assert record.get_attribute("target") == "_blank"
    route = card.get_by_role("link", name="Route").get_attribute("href")
    assert str(route).startswith("https://example.org/?q=Klinikum%20der")
    opened = card.get_by_role("button", name="In Karten-App öffnen").get_attribute("data-sm-geo")
    assert str(opened).startswith("geo:48.")
    expect(card.get_by_role("link", name="+49 89 1234")).to_have_attribute("href", "tel:+49891234")
    tap(visit, card.get_by_role("button", name="Teilen"))
    expect(card.get_by_role("status")).to_have_text("Link kopiert")
    page.get_by_text("Wer? Alter und Geschlecht").tap()
    page.get_by_text("Entfernung und mehr").tap()
    expect(page.get_by_role("switch").or_(page.get_by_role("checkbox")).first).to_be_visible()
    targets = ":is(button, a, summary, [role=group], label:has(input[type])):visible"
    low = page.locator(f".st-key-finder {targets}").evaluate_all(
        "all => all.filter(e => e.getBoundingClientRect().height < 44)"
        ".map(e => e.outerHTML.slice(0, 120))"
    )
    assert low == [], "targets of at least 44 pixels"
    tap(visit, card.get_by_role("button", name="Merken"))
    expect(card.get_by_role("button", name="Gemerkt")).to_be_visible()
    tap(visit, page.get_by_role("button", name="Gemerkte Studien: 1"))
    expect(page.get_by_role("heading", name="Gemerkte Studien")).to_be_in_viewport()
    printing = """() => {
        const remove = Element.prototype.remove;
        Element.prototype.remove = function () {
            if (this.localName === "iframe") window.printed = this.contentDocument.body.textContent;
            return remove.call(this);
        };
    }"""
    page.evaluate(printing)
    tap(visit, page.get_by_role("button", name="Gemerkte Studien und Fragen drucken"))
    printed = page.wait_for_function("() => window.printed").json_value()
    for words in ("Drug 0", FIRST, "Klinikum der Universität München", "Ärztin", "team@example"):
        assert words in printed
    visit.context.clear_permissions()


def test_a_site_on_the_map_leads_to_its_card(visit: Visit) -> None:
    open_finder(visit)
    frame = visit.wait_for_map()
    assert frame.locator(".sm-skip, .sm-view, .sm-legend").count() == 0, "nothing that does nothing"
    one = visit.page.locator(".st-key-finder_map iframe")
    visit.scroll_to(one)
    frame.locator("#map_div").evaluate(
        "() => { map.setView([48.137, 11.575], 12, { animate: false }); }"
    )
    tap(visit, frame.locator(".leaflet-marker-icon[role=button]").first)
    pressed = frame.locator(".sm-popup-site").first
    title = pressed.locator("b").inner_text()
    pressed.tap()
    expect(visit.page.locator(".sm-card h3:focus")).to_have_count(1)
    card = visit.page.locator(".sm-card:has(h3:focus)")
    expect(card).to_contain_text(title)
    expect(card).to_be_in_viewport()


def test_what_cannot_be_has_its_sentence(visit: Visit) -> None:
    page = visit.page
    open_finder(visit, "?view_mode=finder")
    said = page.locator(".st-key-finder_form output")
    tap(visit, page.locator("[data-sm-locate]"))
    expect(said).to_have_text(
        load_catalogue("de")["Your browser does not share where you are. Type your town instead."]
    )
    visit.context.grant_permissions(["geolocation"], origin=visit.server.url)
    visit.context.set_geolocation(None)
    tap(visit, page.locator("[data-sm-locate]"))
    expect(said).to_have_text(
        load_catalogue("de")["Your place cannot be found now. Type your town instead."]
    )
    visit.context.clear_permissions()
    box = page.locator(".st-key-finder_condition input")
    box.fill("a" * 10_000)
    box.press("Enter")
    expect(page.get_by_text("Dieser Text ist zu lang")).to_be_visible()
    visit.wait_until_idle()
    assert "condition=" not in page.url
    box.fill("рак 癌 سرطان")
    box.press("Enter")
    expect(page.get_by_text("„рак 癌 سرطان“ ist hier nicht bekannt")).to_be_visible()
    visit.wait_until_idle()
    page.get_by_text("Wer? Alter und Geschlecht").tap()
    age = page.locator(".st-key-finder_age input")
    age.fill("400")
    assert not age.evaluate("e => e.validity.valid && Number(e.value) > 120")
    age.press("Enter")
    visit.wait_until_idle()
    assert "age=400" not in page.url
    visit.context.set_offline(offline=True)
    expect(page.locator("[data-sm-offline]")).to_contain_text("Sie sind offline")
    visit.context.set_offline(offline=False)
    expect(page.locator("[data-sm-offline]")).to_be_empty()


def press_tab_until(one: Visit, selector: str) -> None:
    """Press Tab until that is focused."""
    for _ in range(MAX_TABS):
        if one.page.evaluate("s => Boolean(document.activeElement?.closest(s))", selector):
            return
        one.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def test_the_keyboard_alone_leads_to_the_card(visit: Visit) -> None:
    keyboard = visit.page.keyboard
    open_finder(visit, "?view_mode=finder")
    press_tab_until(visit, ".st-key-finder_condition input")
    keyboard.type("asth")
    keyboard.press("Enter")
    expect(visit.page.get_by_role("heading", name="Gefundene Studien")).to_be_visible()
    visit.wait_until_idle()
    press_tab_until(visit, ".st-key-finder_place input")
    keyboard.type("80336 München")
    keyboard.press("Enter")
    expect(visit.page.get_by_text("Die nächsten zuerst")).to_be_visible()
    visit.wait_until_idle()
    for part in (
        ".st-key-finder_map iframe",
        "[class*='st-key-finder_save_'] button",
        ".sm-next a",
    ):
        press_tab_until(visit, part)
    outline = "() => getComputedStyle(document.activeElement).outlineStyle"
    assert visit.page.evaluate(outline) == "solid"


def test_axe_finds_nothing_in_any_language_and_everything_fits_enlarged(visit: Visit) -> None:
    page = visit.page
    open_finder(visit)
    found: dict[str, list[str]] = {}
    for language in NAMES:
        tap(visit, page.locator(".st-key-finder_language button", has_text=language.upper()))
        expect(page.locator(f"html[lang={language}]")).to_have_count(1)
        visit.wait_until_idle()
        found[language] = visit.list_violations()
        for width in (390, 195):
            page.set_viewport_size({"width": width, "height": 844})
            widest = page.evaluate("() => document.documentElement.scrollWidth")
            assert widest <= width, f"{language}: {widest} pixels of {width}"
            cut = page.locator(".st-key-finder :is(button, a, h3, dd, p):visible").evaluate_all(
                "(all, width) => all.filter(e => e.getBoundingClientRect().right > width + 1"
                " && !e.closest('iframe')).map(e => e.outerHTML.slice(0, 120))",
                width,
            )
            assert cut == [], language
        page.set_viewport_size({"width": 390, "height": 844})
    light = page.evaluate(BACKGROUND)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => ({BACKGROUND})() !== light", arg=light)
    visit.wait_until_idle()
    found["dark"] = visit.list_violations()
    page.emulate_media(color_scheme="light")
    assert {name: some for name, some in found.items() if some} == {}


def test_on_the_main_page_filters_cards_and_a_sheet_are_used_by_taps(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.server.url}/?near=Munich%2C+Germany")
    visit.wait_for_map()
    visit.wait_until_idle()
    page.get_by_test_id("stExpandSidebarButton").tap()
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar).to_have_css("width", "390px")
    sidebar.get_by_text("Recruiting only").tap()
    show = sidebar.locator("[data-sm-fold]")
    visit.wait_until_idle()
    expect(show).to_be_in_viewport()
    rows = visit.server.fetch_sites("near=Munich%2C+Germany&status=Recruiting")
    expect(show).to_have_text(f"Show {len(rows)} sites")
    show.tap()
    expect(page.locator("[data-testid=stSidebar][data-collapsed=true]")).to_have_count(1)
    first = page.locator(".st-key-site_cards button").first
    expect(first).to_contain_text("Klinikum der Universität München")
    first = page.locator(".st-key-site_cards button").nth(2)
    words = first.inner_text()
    tap(visit, first)
    expect(first).to_have_text(words, use_inner_text=True)
    sheet = page.locator(".st-key-site_sheet")
    steps = sheet.get_by_role("link", name="Directions")
    expect(steps).to_be_visible()
    visit.scroll_to(steps)
    box = sheet.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == 844
    assert box["y"] > 844 / 2, "the map stays in sight"
    assert visit.list_violations() == []
    close = sheet.get_by_role("button", name="Close")
    expect(close).to_be_focused()
    visit.wait_until_idle()
    close.press("Enter")
    expect(sheet).to_have_count(0)
    expect(first).to_be_focused()
