"""From page open to map drawn, and from filter change to the map showing it, in Chromium.

A filter change is a click on "Recruiting only": the browser's own clock runs from the click to the
moment the map says it has drawn that many sites. A popup is opened by a click on a marker, the
details beside the map come after it. Medians. Beside it the same map as people write it with what
there is (``map_peers``). At the end the basemap: how fast it is served and redrawn, and
how much of it a first view loads.
"""

import http.client
import math
import random
import threading
import time
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from benchmarks.dashboards import chromium, dashboard
from benchmarks.map_peers import PEERS, times
from benchmarks.report import Figure, printed, progress
from dashboard.maps.basemap import list_archives, load_bundled

MOST_PLACES = 8
"""Places looked at more closely, at the most, until a marker stands alone."""

NONE = math.nan
LIMITS = {
    75: (0.3, NONE),
    1_000: (0.4, 3.0),
    5_000: (NONE, NONE),
    20_000: (1.0, NONE),
    100_000: (1.0, 3.5),
    3_500_000: (2.0, 6.0),
}
"""Sites: seconds from filter change to the map showing it, and from page open to map drawn."""

SIZES = tuple(LIMITS)
POPUP_LIMIT, DETAILS_LIMIT = 0.1, 0.7
OPENINGS = 3
CHANGES = 6
_DRAWN = "#map_div[data-sites='{}'][data-basemap='drawn']"


def drawn(page: Page, sites: int) -> None:
    """Wait until the map shows that many sites."""
    frame = page.frame_locator("iframe[title*='folium']")
    frame.locator(_DRAWN.format(sites)).wait_for(state="attached", timeout=120_000)


def settled(page: Page) -> None:
    """Wait until the server has nothing left to do for the page."""
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')"
        "?.getAttribute('data-test-script-state') === 'notRunning'",
        timeout=120_000,
    )


def opened(browser: Browser, url: str, sites: int) -> tuple[float, Page]:
    """Seconds from page open to map drawn in a fresh context, and the page."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    start = time.perf_counter()
    page.goto(url)
    drawn(page, sites)
    return time.perf_counter() - start, page


_CLOCK = """() => {
  const frame = document.querySelector('iframe[title*="folium"]');
  const map = frame.contentDocument.querySelector('#map_div');
  const clock = (window.clock = {});
  const now = () => performance.now() / 1000;
  document.addEventListener('click', () => { clock.clicked = now(); }, true);
  map.addEventListener('click', () => {
    clock.clicked = now();
    clock.popup = clock.details = 0;
  }, true);
  new MutationObserver(() => { clock.drawn = now(); })
    .observe(map, { attributes: true, attributeFilter: ['data-revision'] });
  new MutationObserver(() => {
    if (!clock.popup && map.querySelector('.leaflet-popup-content h3')) clock.popup = now();
  }).observe(map, { childList: true, subtree: true });
  new MutationObserver(() => {
    if (!clock.details && document.body.innerText.includes('Placed at')) clock.details = now();
  }).observe(document.querySelector('[data-testid=stMain]'), { childList: true, subtree: true });
}"""

_CLOSER = """(_, number) => {
  const drawn = [];
  map.eachLayer(one => { if (one.getLatLng) drawn.push(one.getLatLng()); });
  if (drawn.length) map.setView(drawn[number % drawn.length], 8, { animate: false });
}"""


def changes(page: Page, counts: tuple[int, int], label: str) -> list[float]:
    """Seconds of each filter change, there and back."""
    seconds = []
    page.evaluate(_CLOCK)
    for number in range(CHANGES):
        settled(page)
        page.get_by_text(label).first.click()
        drawn(page, counts[1 - number % 2])
        seconds.append(page.evaluate("() => clock.drawn - clock.clicked"))
    return seconds


def popup(page: Page) -> tuple[float, float] | None:
    """Seconds from the click on a lone marker to its popup, and to the details beside the map."""
    settled(page)
    frame = page.frame_locator("iframe[title*='folium']")
    marker = frame.locator(".sm-site").first
    for place in range(MOST_PLACES):
        if marker.count():
            break
        frame.locator("#map_div").evaluate(_CLOSER, place)
        settled(page)
    else:
        return None
    marker.click(force=True)
    page.wait_for_function("() => clock.popup && clock.details", timeout=60_000)
    at = page.evaluate("() => [clock.popup - clock.clicked, clock.details - clock.clicked]")
    return at[0], at[1]


BASEMAP_SITES = 1_000
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


def measure_basemap() -> Iterator[Figure]:
    """Redrawing, bytes of the first view, ranges served."""
    progress("basemap")
    with dashboard(BASEMAP_SITES, None) as (server, _), chromium() as browser:
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


def figures(sizes: tuple[int, ...] = SIZES) -> Iterator[Figure]:
    """Both times for each size."""
    with chromium() as browser:
        for size in sizes:
            progress(f"map of {size:,} sites")
            with dashboard(size, 5_000 if size == 20_000 else None) as (server, table):
                located = table[table["latitude"].notna()]
                counts = (len(located), int((located["status"] == "Recruiting").sum()))
                opening = []
                for _ in range(OPENINGS):
                    seconds, page = opened(browser, server.url, counts[0])
                    opening.append(seconds)
                    settled(page)
                    if len(opening) < OPENINGS:
                        page.context.close()
                changing = changes(page, counts, "Recruiting only")
                opens = popup(page) if size <= 1_000 else None
                page.context.close()
            filter_limit, open_limit = LIMITS.get(size, (NONE,) * 2)
            ours = {
                "filter to map": (median(changing), filter_limit),
                "page open to map": (median(opening), open_limit),
            }
            for what, (seconds, limit) in ours.items():
                yield Figure(f"{size:,} sites: {what}", seconds, "s", limit, what, size)
            if opens:
                yield Figure(f"{size:,} sites: click to popup", opens[0], "s", POPUP_LIMIT)
                yield Figure(
                    f"{size:,} sites: click to details beside the map",
                    opens[1],
                    "s",
                    DETAILS_LIMIT,
                )
            for peer, (most, _) in PEERS.items():
                if 75 < size <= most:
                    progress(f"{peer} of {size:,} sites")
                    of_peer = times(browser, peer, table, OPENINGS)
                    for what, seconds in of_peer.items():
                        name = f"{size:,} sites, {peer}: {what}"
                        yield Figure(name, seconds, "s", NONE, f"{what}, {peer}", size)
                        yield Figure(f"{name}, times ours", seconds / ours[what][0], "x")
    yield from measure_basemap()


def main(*sizes: int) -> None:
    """Print the figures."""
    for _ in printed(figures(sizes or SIZES)):
        pass


if __name__ == "__main__":
    import sys

    main(*(int(size) for size in sys.argv[1:]))
