"""Real Chromium against a real server, every foreign host blocked."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FrameLocator,
    Page,
    Route,
    expect,
    sync_playwright,
)

from tests.serving import Server, serving

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
expect.set_options(timeout=20_000)  # a slow machine is no failure


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, place_index: Path) -> Iterator[Server]:
    """A dashboard over the seeds."""
    with serving(tmp_path_factory.mktemp("server"), place_index) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: named in CHROMIUM, on the PATH, or Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next((p for n in names if (p := shutil.which(n))), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """A page of the dashboard in a browser context that reaches no other host."""

    page: Page
    context: BrowserContext
    server: Server
    foreign: list[str]
    errors: list[str]

    def open(self, query: str = "", *, sites: int | None = None) -> FrameLocator:
        """Open the page and wait until its map is drawn; gives the map's frame."""
        self.page.goto(f"{self.server.url}/{query}")
        return self.drawn(sites)

    @property
    def map(self) -> FrameLocator:
        """The map's frame."""
        return self.page.frame_locator("iframe[title*='folium']").first

    def drawn(self, sites: int | None = None) -> FrameLocator:
        """Wait until the map shows that many sites (any number when ``None``)."""
        shown = "[data-sites]" if sites is None else f"[data-sites='{sites}']"
        self.map.locator(f"#map_div{shown}[data-basemap='drawn']").wait_for(timeout=30_000)
        return self.map

    def settled(self) -> None:
        """Wait until Streamlit runs no script."""
        self.page.wait_for_function(
            "() => document.querySelector('[data-testid=stApp]')"
            "?.getAttribute('data-test-script-state') === 'notRunning'"
        )


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """A fresh visitor, 1440 by 900, light."""
    with visiting(browser, server) as made:
        yield made
        assert made.foreign == [], f"asked other hosts: {made.foreign}"
        assert made.errors == [], f"errors in the browser: {made.errors}"


@contextmanager
def visiting(
    browser: Browser,
    server: Server,
    *,
    also: str = "",
    traceback: str = "",
    **options: object,
) -> Iterator[Visit]:
    """A browser context that blocks, and notes, every request to another host than ``also``.

    ``traceback`` says of what the server's log may hold one.
    """
    context = browser.new_context(
        **{"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **options}  # type: ignore[arg-type]
    )
    foreign: list[str] = []
    errors: list[str] = []
    own = {urlsplit(also).netloc}

    def gate(route: Route) -> None:
        parts = urlsplit(route.request.url)
        mine = parts.netloc == urlsplit(visit.server.url).netloc
        if parts.scheme in {"data", "blob"} or mine or parts.netloc in own:
            route.continue_()
        else:
            foreign.append(route.request.url)
            route.abort()

    context.route("**/*", gate)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    visit = Visit(page, context, server, foreign, errors)
    try:
        yield visit
    finally:
        context.close()
    log = server.log.read_text(errors="replace")
    told = traceback and re.search(traceback, log)
    assert told or "Traceback" not in log, f"the page raised an error:\n{log}"


@pytest.fixture
def visitors(browser: Browser, server: Server) -> Iterator[Callable[..., Visit]]:
    """Make visitors with options of their own (viewport, colour scheme, touch)."""
    with ExitStack() as stack:
        made: list[Visit] = []

        def make(**options: object) -> Visit:
            made.append(stack.enter_context(visiting(browser, server, **options)))
            return made[-1]

        yield make
        for one in made:
            assert one.foreign == []
            assert one.errors == []
