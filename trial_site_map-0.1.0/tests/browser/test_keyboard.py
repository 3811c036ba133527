"""Keyboard use: every tab stop is reached in both directions, shows its focus, and works."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from harness.visit import TIMEOUT_MS, Visit

DOUBTFUL = "facility,city,country\nKlinik Ost,Springfeld Qx,Germany\nHospital,Mallorca,Spain\n"
MAX_STOPS = 150
ATTEMPTS = 20

READ_STOP = """() => {
  const look = (e) => {
    const seen = [];
    for (let p = e, i = 0; p && i < 5; i++, p = p.parentElement) {
      const s = p.ownerDocument.defaultView.getComputedStyle(p);
      seen.push(s.outlineStyle === 'none' ? '' : s.outlineStyle + s.outlineWidth, s.boxShadow);
      seen.push(s.borderColor);
    }
    const after = e.ownerDocument.defaultView.getComputedStyle(e, '::after');
    return seen.concat(after.borderStyle).join();
  };
  let e = document.activeElement;
  const frame = e.tagName === 'IFRAME' ? e : null;
  if (frame && frame.contentDocument) e = frame.contentDocument.activeElement;
  const last = window.previousStop;
  let invisible = '';
  if (last && last.e !== e && !last.e.closest('canvas') && look(last.e) === last.look)
    invisible = last.name;
  const words = (e.getAttribute('aria-label') || e.innerText || e.title || '').trim();
  const name = `${frame ? 'map ' : ''}${e.tagName} ${words.replace(/\\s+/g, ' ').slice(0, 60)}`;
  window.previousStop = {e, name, look: look(e)};
  return {name, invisible, inMap: Boolean(frame), out: e === document.body};
}"""


def walk(page: Page, key: str, is_done: Callable[[dict[str, object]], bool]) -> list[str]:
    """Press a key until ``is_done``; the names of the stops. Each must look different in focus."""
    page.evaluate("() => { window.previousStop = null; }")
    stops: list[str] = []
    invisible: list[object] = []
    for _ in range(MAX_STOPS):
        page.keyboard.press(key)
        stop = page.evaluate(READ_STOP)
        if stop["invisible"]:
            invisible.append(stop["invisible"])
        if is_done(stop):
            assert invisible == [], f"the focus is invisible on {invisible}"
            return stops
        stops.append(str(stop["name"]))
    raise AssertionError(f"Tab never leaves {stops[-20:]}")


@pytest.fixture
def still(visit: Visit) -> Visit:
    """A visitor of the seeds, on a page without CSS transitions."""
    visit.open(sites=75)
    visit.page.wait_for_function("() => window.siteMap?.popoverTabOrder")
    visit.page.add_style_tag(content="* { transition: none !important; }")
    return visit


def test_tab_reaches_everything_in_both_directions_with_a_visible_focus(still: Visit) -> None:
    page = still.page
    for name, role, inside in (
        ("Add sites", "button", "Add pasted text"),
        ("Add trials from the registry", "button", "Fetch"),
        ("Nearest sites", "textbox", "Near"),
    ):
        page.locator("summary", has_text=name).press("Enter")
        expect(page.get_by_role(role, name=inside, exact=True)).to_be_visible()
        still.wait_until_idle()
    expect(page.get_by_role("button", name="Upload", exact=True)).to_be_visible()
    page.locator("[data-testid=stSidebar] summary").first.focus()
    forwards = walk(page, "Tab", lambda stop: bool(stop["out"]))
    for wanted in ("Upload", "Add pasted text", "NCT numbers", "Near", "Country", "Doubt"):
        assert any(wanted in stop for stop in forwards), (wanted, forwards)
    in_map = [stop for stop in forwards if stop.startswith("map ")]
    assert len(in_map) <= 12, in_map
    for wanted in ("sites around", "Zoom in", "Full screen", "Only sites in this view", "GeoNames"):
        assert any(stop.startswith("map ") and wanted in stop for stop in forwards), wanted
    for wanted in ("BUTTON Status", "Sites", "Columns", "Link", "Other files", "CANVAS"):
        assert any(wanted in stop for stop in forwards), wanted
    first = page.locator("[data-testid=stSidebar] summary").first
    backwards = walk(page, "Shift+Tab", lambda _: first.evaluate("e => e.matches(':focus')"))
    # Arrow keys walk within these, which are entered at either end.
    ends = ("BUTTON Status", "BUTTON Precision", "CANVAS", "TD", "DIV", "INPUT")
    one_way = {stop for stop in {*forwards} ^ {*backwards} if not stop.startswith(ends)}
    assert all("Add sites" in stop for stop in one_way), one_way


def test_popovers_are_used_by_keyboard_and_return_the_focus_to_their_button(
    still: Visit,
) -> None:
    page = still.page
    press = page.keyboard.press

    def opener(name: str) -> Locator:
        return page.get_by_role("button", name=name, exact=True)

    opener("Columns").focus()
    press("Enter")
    pill = page.get_by_test_id("stPopoverBody").get_by_role("button", name="Facility", exact=True)
    expect(pill).to_be_visible()
    press("Tab")
    expect(pill).to_be_focused()
    press("Shift+Tab")
    expect(opener("Columns")).to_be_focused()
    press("Tab")
    expect(pill).to_be_focused()
    press("Space")
    page.wait_for_url("**view_columns**")
    still.wait_until_idle()
    press("Escape")
    expect(opener("Columns")).to_be_focused()
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)

    still.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opener("Link").focus()
    press("Enter")
    copy = page.get_by_test_id("stPopoverBody").get_by_role("button", name="Copy to clipboard")
    expect(copy).to_have_count(2)
    for _ in range(4):
        press("Tab")
    expect(copy.nth(1)).to_be_focused()
    press("Enter")
    copied = f"{still.server.url}/api/sites.csv"
    page.wait_for_function(f"async () => (await navigator.clipboard.readText()) === '{copied}'")
    press("Tab")
    expect(page.get_by_role("link", name="Download CSV")).to_be_focused()
    press("Shift+Tab")
    expect(opener("Link")).to_be_focused()
    press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    expect(opener("Link")).to_be_focused()

    opener("Other files").focus()
    press("Enter")
    expect(page.get_by_role("link", name="GeoJSON", exact=True)).to_be_visible()
    press("Tab")
    press("Tab")
    with page.expect_download() as download:
        press("Enter")
    assert re.fullmatch(r"NCT01207388-[\d-]{10}\.geojson", download.value.suggested_filename)
    press("Escape")
    expect(opener("Other files")).to_be_focused()


def test_arrow_keys_work_in_tabs_colours_and_the_table(still: Visit) -> None:
    page = still.page
    press = page.keyboard.press
    page.get_by_role("radio", name="Status", exact=True).focus()
    press("ArrowRight")
    press("Space")
    page.wait_for_url("**view_colour=trial**")
    still.wait_until_idle()
    page.get_by_role("tab", name="Sites").focus()
    press("ArrowRight")
    press("Enter")
    expect(page.get_by_role("tab", name="Countries")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("region", name="Counts per country")).to_be_visible()
    still.wait_until_idle()
    page.get_by_role("tab", name="Countries").focus()
    press("ArrowLeft")
    press("Enter")
    table = page.get_by_role("region", name="Site table, 75 rows")
    expect(table).to_be_visible()
    still.wait_until_idle()
    before = table.screenshot()
    page.get_by_role("button", name="Fullscreen: Site table").focus()
    press("Tab")
    press("ArrowDown")
    assert table.screenshot() != before, "the cell with the focus is marked"
    press("Shift+Space")
    expect(page.locator("[data-testid=stMarkdown] strong").first).not_to_have_text("")
    expect(page.get_by_text("Placed at").first).to_be_attached()


@pytest.fixture
def doubting(visit: Visit) -> Visit:
    """A visitor with a list of doubtful places, uploaded by keyboard."""
    visit.open(sites=75)
    visit.page.locator("summary", has_text="Add sites").press("Enter")
    upload = visit.page.get_by_test_id("stFileUploaderDropzone").first.get_by_role(
        "button", name="Upload", exact=True
    )
    expect(upload).to_be_visible()
    visit.wait_until_idle()
    with visit.page.expect_file_chooser() as chooser:
        upload.press("Enter")
    chooser.value.set_files(
        {"name": "doubtful.csv", "mimeType": "text/csv", "buffer": DOUBTFUL.encode()}
    )
    visit.wait_for_map(sites=76)
    visit.wait_until_idle()
    return visit


def press_enter(button: Locator) -> None:
    """Focus a button and press Enter."""
    button.focus()
    button.press("Enter")


def open_options(box: Locator, first: str) -> None:
    """Open a list of options by keyboard; again if a rerun of the page closed it."""
    for _ in range(ATTEMPTS):
        box.press("ArrowDown")
        try:
            expect(box).to_have_attribute("aria-expanded", "true", timeout=TIMEOUT_MS / ATTEMPTS)
            box.press("Home")
            expect(box.page.get_by_role("option", name=first)).to_be_visible(
                timeout=TIMEOUT_MS / ATTEMPTS
            )
        except AssertionError:
            continue
        return
    raise AssertionError("the list of options does not stay open")


def test_a_pin_is_set_and_undone_by_keyboard(doubting: Visit) -> None:
    page = doubting.page
    press = page.keyboard.press
    page.get_by_role("tab", name="Quality").focus()
    press("Enter")
    expect(page.get_by_text("Not on the map: 1 site")).to_be_visible()
    page.get_by_role("button", name="Fullscreen: Places in doubt").focus()
    press("Tab")
    press("Shift+Space")
    point = page.get_by_label("Point to pin")
    point.focus()
    page.keyboard.type("48.1, 11.5")
    press("Tab")
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type("Ada")
    press("Tab")
    expect(page.get_by_role("button", name="Pin 1 site here")).to_be_focused()
    press("Enter")
    doubting.wait_for_map(sites=77)
    press_enter(page.locator("summary", has_text="Pins set by people (1)"))
    press_enter(page.get_by_role("button", name="Remove", exact=True))
    doubting.wait_for_map(sites=76)


def test_a_list_is_read_with_other_columns_shared_and_closed_by_keyboard(doubting: Visit) -> None:
    page = doubting.page
    page.get_by_role("tab", name="Open lists").focus()
    page.keyboard.press("Enter")
    press_enter(page.get_by_role("button", name="Close", exact=True))
    expect(page.locator("summary", has_text="Import report")).to_have_count(1)
    doubting.wait_until_idle()
    press_enter(page.locator("summary", has_text="Import report"))
    press_enter(page.get_by_role("button", name="Change columns"))
    box = page.get_by_test_id("stForm").get_by_role("combobox", name="Country")
    expect(box).to_be_visible()
    doubting.wait_until_idle()
    open_options(box, "(none)")
    page.keyboard.press("Enter")
    press_enter(page.get_by_role("button", name="Read again with these columns"))
    doubting.wait_until_idle()
    press_enter(page.get_by_role("button", name="Share", exact=True))
    press_enter(page.get_by_role("button", name="Share it"))
    press_enter(page.get_by_role("button", name="Delete for everyone"))
    expect(page.get_by_role("button", name="Delete for everyone")).to_have_count(0)
    doubting.wait_for_map(sites=75)
