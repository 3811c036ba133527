"""Script, markup and formulas in a list reach the browser as plain text."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from harness.serving import Server, serving
from harness.visit import Visit, visiting

PAYLOADS = (
    "<script>window.hit=1</script>",
    "<img src=x onerror='window.hit=1;parent.hit=1'>",
    "${window.hit=1}",
    "`;window.hit=1;`",
    "\\`${alert(1)}\\`",
    "&lt;b&gt;&#39;&quot;",
    "{{ this.get_name() }}{{'map_div'}}",
    "javascript:window.hit=1",
    "[link](javascript:window.hit=1)",
    "**bold** :smile: $x^2$ :red[text]",
    "'; DROP TABLE sites; --",
    "\u202egnissim\u202c",
    '=HYPERLINK("javascript:hit")',
    "</script><svg onload=window.hit=1>",
    "map_div drawnItems alert(coords); feature_group_feature_group_0",
)


@pytest.fixture(scope="module")
def hostile_server(tmp_path_factory: pytest.TempPathFactory, place_index: Path) -> Iterator[Server]:
    """A dashboard over a list with every payload in every column."""
    folder = tmp_path_factory.mktemp("hostile")
    text = io.StringIO()
    writer = csv.writer(text)
    header = ["trial_id", "trial_title", "facility", "city", "state", "country", "status"]
    writer.writerow([*header, *PAYLOADS])
    for payload in PAYLOADS:
        row = [payload, payload, payload, "Graz", payload, "Austria", "Recruiting"]
        writer.writerow([*row, *reversed(PAYLOADS)])
        writer.writerow([payload, payload, "Named", payload, "", payload, payload, *PAYLOADS])
    source = folder / "hostile.csv"
    source.write_text(text.getvalue(), encoding="utf-8")
    with serving(folder, place_index, SITE_MAP_SOURCES=str(source)) as running:
        yield running


@pytest.fixture
def hostile(browser: Browser, hostile_server: Server) -> Iterator[Visit]:
    with visiting(browser, hostile_server) as one:
        one.page.on("dialog", lambda dialog: one.errors.append(dialog.message))
        yield one
        assert one.foreign == []
        assert one.errors == []


def displayed_pattern(payload: str) -> str:
    """A pattern for the payload as displayed: a word joiner may stand inside ``--``."""
    return "^" + re.escape(payload).replace(r"\-\-", "-\u2060?-") + "$"


def hits(one: Visit) -> list[object]:
    """What payloads that ran have left in each frame."""
    return [frame.evaluate("() => window.hit") for frame in one.page.frames]


def test_no_payload_runs_and_all_are_shown_as_text(hostile: Visit) -> None:
    frame = hostile.open(sites=len(PAYLOADS))
    frame.locator(".marker-cluster").click()
    popup = frame.locator(".leaflet-popup-content")
    shown = popup.locator(".sm-popup-site b").all_inner_texts()
    assert sorted(shown) == sorted(" ".join(p.split()) for p in PAYLOADS)
    for number, payload in enumerate(PAYLOADS):
        popup.locator(".sm-popup-site").nth(shown.index(payload)).click()
        card = hostile.page.locator("[data-testid=stMarkdown] strong").first
        expect(card, f"payload {number}").to_have_text(re.compile(displayed_pattern(payload)))
        expect(popup).to_be_visible()
    for tab in ("Sites", "Countries", "Facilities", "Trials", "Compare", "Quality", "Open lists"):
        hostile.open_tab(tab)
    hostile.page.get_by_text("Columns of your lists").click()
    expect(hostile.page.get_by_text(PAYLOADS[0], exact=True).first).to_be_attached()
    assert hits(hostile) == [None] * len(hostile.page.frames)
    assert not hostile.page.locator("a[href^='javascript']").count()


def test_the_downloaded_map_runs_no_payload_and_shows_all_as_text(
    hostile: Visit, browser: Browser, tmp_path: Path
) -> None:
    hostile.open(sites=len(PAYLOADS))
    hostile.page.get_by_role("button", name="Other files").click()
    with hostile.page.expect_download() as download:
        hostile.page.get_by_role("link", name="Map (one HTML file").click()
    file = tmp_path / "sites.html"
    download.value.save_as(file)
    context = browser.new_context(offline=True)
    page = context.new_page()
    problems: list[str] = []
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "request",
        lambda request: problems.append(request.url) if request.url != file.as_uri() else None,
    )
    page.goto(file.as_uri())
    page.locator(f"#map_div[data-sites='{len(PAYLOADS)}'][data-basemap='drawn']").wait_for()
    page.locator(".marker-cluster").click()
    shown = page.locator(".leaflet-popup-content .sm-popup-site b").all_inner_texts()
    assert sorted(shown) == sorted(" ".join(p.split()) for p in PAYLOADS)
    cells = set(page.locator("tbody td").all_text_contents())
    assert set(PAYLOADS) <= cells
    links = page.locator("a[href]:not([href^='#'])").evaluate_all("all => all.map(a => a.protocol)")
    assert set(links) == {"https:"}
    assert page.evaluate("() => window.hit") is None
    assert problems == []
    context.close()


def test_a_workbook_holds_the_payloads_as_text_without_formulas_or_links(
    hostile_server: Server,
) -> None:
    with urlopen(f"{hostile_server.url}/api/sites.xlsx?city=Graz") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.read()))["Sites"]
    rows = list(sheet.iter_rows())
    at = [cell.value for cell in rows[0]].index("facility")
    assert {str(row[at].value).removeprefix("'") for row in rows[1:]} == {
        payload.removeprefix("'") for payload in PAYLOADS
    }
    cells = [cell for row in rows for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []


def test_the_api_returns_the_payloads_unchanged(hostile_server: Server) -> None:
    with urlopen(f"{hostile_server.url}/api/sites.csv?city=Graz") as answer:
        rows = list(csv.DictReader(io.StringIO(answer.read().decode("utf-8-sig"))))
    read_back = [row["facility"].removeprefix("'") for row in rows]
    assert json.dumps(read_back) == json.dumps(list(PAYLOADS)) or sorted(read_back) == sorted(
        p.removeprefix("'") for p in PAYLOADS
    )


ADDRESSES = ("www.evil.example", "http://evil.example/a", "HTTPS://evil.example", "a@evil.example")


@pytest.fixture(scope="module")
def address_server(tmp_path_factory: pytest.TempPathFactory, place_index: Path) -> Iterator[Server]:
    """A dashboard over a list with addresses of hosts and people in every column."""
    folder = tmp_path_factory.mktemp("addresses")
    lines = ["trial_id,trial_title,sponsor,phase,facility,city,state,country,status"]
    for text in ADDRESSES:
        lines.append(f"{text},{text},{text},{text},{text},{text},{text},Austria,{text}")
        lines.append(f"{text},{text},{text},{text},{text},Graz,,Austria,{text}")
    (folder / "www.evil.example.csv").write_text("\n".join(lines))
    (folder / "www.evil.example.json").write_text("{")
    sources = f"{folder / 'www.evil.example.csv'}:{folder / 'www.evil.example.json'}"
    with serving(folder, place_index, SITE_MAP_SOURCES=sources) as running:
        yield running


def test_no_text_of_a_list_or_a_link_becomes_a_link(
    browser: Browser, address_server: Server
) -> None:
    with visiting(browser, address_server) as one:
        query = f"status=www.evil.example&near=www.evil.example&trial={ADDRESSES[3]}"
        one.page.goto(f"{address_server.url}/?{query}")  # no map yet
        expect(one.page.get_by_text("Part of this link cannot be shown")).to_be_visible()
        assert find_links(one) == []
        one.page.get_by_role("button", name="Show the sites without it").click()
        expect(one.page.get_by_text("Ignored in this link")).to_be_visible()
        assert find_links(one) == []
        one.open(sites=len(ADDRESSES))
        expect(one.page.get_by_text("was not opened")).to_be_visible()
        one.map.locator(".sm-marker, .marker-cluster").first.click()
        one.map.locator(".leaflet-popup-content .sm-popup-site").first.click()
        expect(one.page.locator("[data-testid=stMarkdown] strong").first).to_contain_text("evil")
        for tab in ("Sites", "Countries", "Facilities", "Trials", "Open lists", "Quality"):
            one.open_tab(tab)
            assert find_links(one) == [], tab
        one.select_first_row()
        expect(one.page.get_by_label("Point to pin")).to_be_visible()
        one.page.get_by_label("Your name").fill("a@evil.example")
        one.page.get_by_role("button", name="off the map").click()
        expect(
            one.page.get_by_test_id("stToast").filter(has_text="Left off the map")
        ).to_be_visible()
        assert find_links(one) == []
        one.page.get_by_text("Pins set by people (").click()
        expect(one.page.get_by_text("left off the map").last).to_be_visible()
        assert find_links(one) == []


def find_links(one: Visit) -> list[str]:
    """Links on the page that lead to an address from the list."""
    one.wait_until_idle()
    hrefs = one.page.locator("a[href]").evaluate_all("all => all.map(each => each.href)")
    return [href for href in hrefs if "evil" in href and not href.startswith(one.server.url)]
