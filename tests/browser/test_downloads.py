"""Downloaded files: the map opens offline, and every format equals the API's."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from dashboard.exports import FORMATS
from harness.visit import Visit


def test_the_downloaded_map_opens_offline_with_the_filtered_sites(
    visit: Visit, browser: Browser, tmp_path: Path
) -> None:
    visit.open("?country=DE&country=IT", sites=29)
    visit.page.get_by_role("button", name="Other files").click()
    with visit.page.expect_download() as download:
        visit.page.get_by_role("link", name="Map (one HTML file").click()
    file = tmp_path / "sites.html"
    download.value.save_as(file)
    context = browser.new_context(offline=True, reduced_motion="reduce")
    problems: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: problems.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(file.as_uri())
    page.locator("#map_div[data-sites='29'][data-basemap='drawn']").wait_for()
    numbers = page.locator(".leaflet-marker-icon.marker-cluster").all_inner_texts()
    singles = page.locator(".leaflet-marker-icon:not(.marker-cluster)").count()
    assert sum(map(int, numbers)) + singles == 29
    expect(page.locator("tbody tr")).to_have_count(29)
    expect(page.get_by_text("29 sites in 2 countries")).to_be_visible()
    assert [url for url in problems if not url.startswith("file:")] == []
    context.close()


def test_the_browsers_own_print_is_one_page_with_the_map_as_it_is_on_screen(visit: Visit) -> None:
    visit.open(sites=75).locator("#map_div[data-tiles='loaded']").wait_for()
    visit.wait_until_idle()
    size = "e => [e.clientWidth, e.clientHeight]"
    frame = visit.page.locator("iframe[title*='folium']")
    on_screen = frame.evaluate(size)
    printed = visit.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    visit.page.emulate_media(media="print")
    assert frame.evaluate(size) == on_screen, "another size would be printed before it is drawn"
    scale = float(frame.evaluate("e => new DOMMatrix(getComputedStyle(e).transform).a"))
    assert 0.5 < scale < 2
    assert not visit.page.get_by_test_id("stSidebar").is_visible()
    visit.page.emulate_media(media="screen")


def test_every_format_is_offered_and_equals_the_api_response(visit: Visit) -> None:
    visit.open("?country=AT", sites=4)
    visit.page.get_by_role("button", name="Other files").click()
    for form in FORMATS.values():
        if form.suffix in {"csv", "xlsx", "parquet"}:  # compared by content in other tests
            continue
        with visit.page.expect_download() as download:
            visit.page.get_by_role("link", name=form.label, exact=True).click()
        answer = visit.page.request.get(f"{visit.server.url}/api/sites.{form.suffix}?country=AT")
        assert download.value.path().read_bytes() == answer.body(), form.suffix


def test_the_buttons_over_a_table_enlarge_but_neither_search_nor_write_a_file(visit: Visit) -> None:
    visit.open("?country=AT", sites=4)
    table = visit.page.get_by_test_id("stDataFrame").last
    table.hover()
    toolbar = visit.page.get_by_test_id("stElementToolbar").last
    expect(toolbar.get_by_role("button", name="Fullscreen")).to_be_visible()
    expect(toolbar.get_by_role("button", name="Search")).to_have_count(0)
    expect(visit.page.get_by_role("button", name="Download as CSV")).to_have_count(0)
    expect(visit.page.get_by_role("link", name="Download CSV")).to_be_visible()
