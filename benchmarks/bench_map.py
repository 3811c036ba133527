"""From page open to map drawn, and from filter change to the map showing it, in Chromium.

A filter change is a click on "Recruiting only"; the clock stops when the map says it has drawn
that many sites. Medians.
"""

import time
from collections.abc import Iterator
from statistics import median

from playwright.sync_api import Browser, Page

from benchmarks.dashboards import chromium, dashboard
from benchmarks.report import Figure, printed, progress

LIMITS = {
    0: (0.3, 3.0),
    1_000: (0.4, 3.0),
    20_000: (1.0, float("nan")),
    100_000: (1.0, 3.5),
    3_500_000: (2.0, 6.0),
}
"""Sites: seconds from filter change to the map showing it, and from page open to map drawn."""

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


def changes(page: Page, counts: tuple[int, int], label: str) -> list[float]:
    """Seconds of each filter change, there and back."""
    seconds = []
    for number in range(CHANGES):
        settled(page)
        start = time.perf_counter()
        page.get_by_text(label).first.click()
        drawn(page, counts[1 - number % 2])
        seconds.append(time.perf_counter() - start)
    return seconds


def figures(sizes: tuple[int, ...] = (1_000, 20_000, 100_000, 3_500_000)) -> Iterator[Figure]:
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
                page.context.close()
            filter_limit, open_limit = LIMITS.get(size, (float("nan"),) * 2)
            name = f"{size:,} sites"
            yield Figure(
                f"{name}: filter to map", median(changing), "s", filter_limit, "filter to map", size
            )
            yield Figure(
                f"{name}: page open to map",
                median(opening),
                "s",
                open_limit,
                "page open to map",
                size,
            )


def main(*sizes: int) -> None:
    """Print the figures."""
    for _ in printed(figures(sizes or (1_000, 20_000, 100_000, 3_500_000))):
        pass


if __name__ == "__main__":
    import sys

    main(*(int(size) for size in sys.argv[1:]))
