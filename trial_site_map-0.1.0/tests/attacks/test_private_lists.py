"""What a browser loads of a private list opens for no other browser."""

import csv
import io
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect

from dashboard.maps.bundle import ASSETS_FOLDER
from dashboard.maps.layer import INLINE_SITES
from harness.serving import Server
from harness.visit import Visit, visiting

_PUBLIC = ("/assets/", "/component/", "/static/", "/_stcore/health", "/_stcore/host-config")
SITES = INLINE_SITES + 200


def _private_list() -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["facility", "city", "country", "status"])
    cities = [("Graz", "Austria"), ("Yvoir", "Belgium"), ("Turin", "Italy")]
    for number in range(SITES):
        writer.writerow([f"Secret Hospital {number}", *cities[number % 3], "Recruiting"])
    return text.getvalue().encode()


def _upload(visit: Visit) -> None:
    visit.open()
    visit.page.get_by_text("Add sites", exact=True).click()
    visit.page.locator("input[type=file]").first.set_input_files(
        {"name": "secret.csv", "mimeType": "text/csv", "buffer": _private_list()}
    )
    visit.wait_for_map(75 + SITES)
    visit.wait_until_idle()


def test_a_stranger_gets_none_of_the_addresses_a_page_with_a_private_list_asks_for(
    browser: Browser, server: Server
) -> None:
    with visiting(browser, server) as ada, visiting(browser, server) as stranger:
        asked: set[str] = set()
        ada.page.on("request", lambda request: asked.add(f"{request.method} {request.url}"))
        _upload(ada)
        link = ada.page.get_by_role("link", name="Download CSV")
        expect(link).to_be_visible()
        with ada.page.expect_download() as download:
            link.click()
        assert b"Secret Hospital 7," in download.value.path().read_bytes()
        asked.add(f"GET {server.url}{link.get_attribute('href')}")
        ada.map.locator(".leaflet-marker-icon").first.click()
        ada.wait_until_idle()
        gets = {url for entry in asked for method, url in [entry.split(" ", 1)] if method == "GET"}
        private = {
            url
            for url in gets
            if urlsplit(url).path != "/" and not urlsplit(url).path.startswith(_PUBLIC)
        }
        loaded = {urlsplit(url).path.split("/")[1] for url in private}
        assert {"map-data", "downloads"} <= loaded
        media = {url for url in private if urlsplit(url).path.startswith("/media/")}
        icon = (ASSETS_FOLDER / "icon.svg").read_bytes()
        for url in media:
            assert ada.page.request.get(url).body() == icon, "the page's icon, and nothing else"
        for url in sorted(private - media):
            mine = ada.page.request.get(url)
            assert mine.status == 200, url
            for other in (stranger.page.request, None):
                if other is None:
                    with visiting(browser, server) as nobody:
                        answer = nobody.page.request.get(url)
                else:
                    answer = other.get(url)
                assert answer.status == 404, url
                assert b"Secret" not in answer.body()


def test_two_private_lists_of_equal_length_are_not_mixed_up(
    browser: Browser, server: Server
) -> None:
    with visiting(browser, server) as ada, visiting(browser, server) as bob:
        files = {}
        for visit, name in ((ada, "Ada"), (bob, "Bob")):
            visit.open()
            visit.page.get_by_text("Add sites", exact=True).click()
            rows = "".join(f"{name} Hospital {n},Graz,Austria\n" for n in range(40))
            visit.page.locator("input[type=file]").first.set_input_files(
                {
                    "name": "list.csv",
                    "mimeType": "text/csv",
                    "buffer": f"facility,city,country\n{rows}".encode(),
                }
            )
            visit.wait_for_map(115)
            visit.wait_until_idle()
            with visit.page.expect_download() as download:
                visit.page.get_by_role("link", name="Download CSV").click()
            files[name] = download.value.path().read_bytes()
        lines = {name: text.splitlines() for name, text in files.items()}
        for name in ("Ada", "Bob"):
            assert sum(f"{name} Hospital".encode() in line for line in lines[name]) == 40
        assert b"Bob" not in files["Ada"]
        assert b"Ada" not in files["Bob"]
