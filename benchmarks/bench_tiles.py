"""The basemap: how fast it is redrawn and served, and how much of it a first view loads."""

import http.client
import random
import threading
import time
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlsplit

from playwright.sync_api import Page

from benchmarks.dashboards import chromium, dashboard
from benchmarks.report import Figure, printed, progress
from dashboard.maps.basemap import list_archives, load_bundled

SITES = 1_000
CLIENTS = 4
SECONDS = 4.0
PANS = 12
RANGE_BYTES = 2_000
PAN_MS, FIRST_VIEW_KB, COLD_MS = 150.0, 600.0, 150.0

_PAN = """(_, east) => new Promise((done) => {
  const began = performance.now();
  const box = map.getContainer();
  const look = () => {
    if (box.dataset.tiles !== 'loaded') return;
    watcher.disconnect();
    done(performance.now() - began);
  };
  const watcher = new MutationObserver(look);
  watcher.observe(box, { attributes: true, attributeFilter: ['data-tiles'] });
  map.panBy([east * map.getSize().x / 2, 0], { animate: false });
  look(); // where every tile was there already
})"""


def measure_pans(page: Page) -> list[float]:
    """Milliseconds from a pan by half a screen eastwards across Europe to all tiles drawn."""
    box = page.frame_locator("iframe[title*='folium']").locator("#map_div")
    box.evaluate("() => { map.setView([49, -4], 7, { animate: false }); }")
    box.locator("xpath=self::*[@data-tiles='loaded']").wait_for()
    return [float(box.evaluate(_PAN, 1)) for n in range(PANS)]


def measure_ranges(url: str) -> tuple[float, float]:
    """Ranges a second to keep-alive clients, and the first, cold one in milliseconds."""
    parts = urlsplit(url)
    (path,) = list_archives()
    size = load_bundled().size
    served: list[int] = []

    def ask(connection: http.client.HTTPConnection, at: int) -> None:
        asked = {"Range": f"bytes={at}-{at + RANGE_BYTES - 1}"}
        connection.request("GET", path, headers=asked)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 206

    def repeat(seed: int, until: float) -> None:
        draw = random.Random(seed)  # noqa: S311 - places in a file
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        while time.monotonic() < until:
            ask(connection, draw.randrange(size - RANGE_BYTES))
            served.append(seed)
        connection.close()

    first = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    began = time.perf_counter()
    ask(first, size // 2)
    cold = (time.perf_counter() - began) * 1000
    first.close()
    until = time.monotonic() + SECONDS
    threads = [threading.Thread(target=repeat, args=(n, until)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(served) / SECONDS, cold


def figures() -> Iterator[Figure]:
    """Redrawing, bytes of the first view, ranges served."""
    progress("basemap")
    with dashboard(SITES, None) as (server, _), chromium() as browser:
        per_second, cold = measure_ranges(server.url)
        yield Figure("basemap: a cold range", cold, "ms", COLD_MS)
        yield Figure("basemap: ranges served in a second", per_second, "")
        yield Figure("basemap: time for 1,000 ranges", 1_000 / per_second, "s", 1.0)
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        loaded: list[int] = []
        page.on(
            "response",
            lambda r: (
                loaded.append(int(r.headers.get("content-length", 0)))
                if r.url.endswith(".pmtiles")
                else None
            ),
        )
        page.goto(server.url)
        frame = page.frame_locator("iframe[title*='folium']")
        frame.locator("#map_div[data-basemap='drawn'][data-tiles='loaded']").wait_for()
        yield Figure("basemap: bytes of the first view", sum(loaded) / 1e3, "kB", FIRST_VIEW_KB)
        yield Figure(
            "basemap: pan by half a screen, redrawn", median(measure_pans(page)), "ms", PAN_MS
        )


def main() -> None:
    """Print the figures."""
    for _ in printed(figures()):
        pass


if __name__ == "__main__":
    main()
