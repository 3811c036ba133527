"""Real Chromium against a real server, every foreign host blocked."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    FrameLocator,
    Page,
    Request,
    expect,
    sync_playwright,
)

from harness.chromium import FLAGS, SHELL, WINDOWED, find_chromium
from harness.serving import Server, serving

PATIENCE_MS = 60_000
"""How long something that will happen is waited for: a busy machine takes its time."""
expect.set_options(timeout=PATIENCE_MS)

_STORED = "cookies,local_storage,indexeddb,cache_storage,service_workers,file_systems"
_free: dict[str, list[BrowserContext]] = {}
"""Contexts by their options, kept for their caches."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Have a test here begin anew once where it failed; the summary names it as run again.

    Browser, server and test share two cores: a click may miss what moves while the page is drawn.
    """
    item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, place_index: Path) -> Iterator[Server]:
    """A dashboard over the seeds."""
    with serving(tmp_path_factory.mktemp("server"), place_index) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, its shell where there is one: that is lighter."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_chromium(SHELL, *WINDOWED), args=list(FLAGS)
        )
        yield chromium
        _free.clear()
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
        """Open the page and wait until its map is drawn, and all else; gives the map's frame."""
        self.page.goto(f"{self.server.url}/{query}")
        frame = self.drawn(sites)
        self.settled()
        return frame

    @property
    def map(self) -> FrameLocator:
        """The map's frame."""
        return self.page.frame_locator("iframe[title*='folium']").first

    def drawn(self, sites: int | None = None) -> FrameLocator:
        """Wait until the map shows that many sites (any number when ``None``)."""
        shown = "[data-sites]" if sites is None else f"[data-sites='{sites}']"
        self.map.locator(f"#map_div{shown}[data-basemap='drawn']").wait_for(timeout=PATIENCE_MS)
        return self.map

    def show(self, tab: str) -> None:
        """Open a tab, and wait until what it holds is drawn."""
        opener = self.page.get_by_role("tab", name=tab)
        opener.click()
        expect(opener).to_have_attribute("aria-selected", "true")
        panel = self.page.get_by_role("tabpanel", name=tab)
        expect(panel.get_by_test_id("stElementContainer").first).to_be_attached()
        self.settled()

    def settled(self) -> None:
        """Wait until Streamlit runs no script and nothing is greyed out that a script left over."""
        self.page.wait_for_function(
            "() => document.querySelector('[data-testid=stApp]')"
            "?.getAttribute('data-test-script-state') === 'notRunning'"
            " && !document.querySelector('[data-stale=true]')",
            polling=50,  # at every frame, the page would be drawn for nothing else
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
    """A visitor nobody knows, in a browser context that notes what is asked of other hosts.

    ``also`` is one that may be asked; what the page's own policy stopped was not. ``traceback``
    says of what the server's log may hold one. Nothing of a context is left to its next visitor
    but the cache.
    """
    with _lent_context(browser, server, options) as context:
        page = context.pages[-1]
        visit = Visit(page, context, server, [], [])

        def wrong(error: Error) -> None:
            visit.errors.append(str(error))

        def note(request: Request) -> None:
            parts = urlsplit(request.url)
            own = {urlsplit(url).netloc for url in (visit.server.url, also)}
            if parts.scheme not in {"data", "blob"} and parts.netloc not in own:
                visit.foreign.append(request.url)

        def unsent(request: Request) -> None:
            if request.failure == "csp" and request.url in visit.foreign:
                visit.foreign.remove(request.url)

        heard = {"request": note, "requestfailed": unsent}
        page.on("pageerror", wrong)
        for event, hear in heard.items():
            context.on(event, hear)
        try:
            yield visit
        finally:
            page.remove_listener("pageerror", wrong)
            for event, hear in heard.items():
                context.remove_listener(event, hear)
    log = server.log.read_text(errors="replace")
    told = traceback and re.search(traceback, log)
    assert told or "Traceback" not in log, f"the page raised an error:\n{log}"


@contextmanager
def _lent_context(
    browser: Browser, server: Server, options: Mapping[str, object]
) -> Iterator[BrowserContext]:
    """A context that nobody else has meanwhile: 1440 by 900 and light unless told otherwise.

    It comes with one page, blank at first. That is kept too, as a new one costs a second; another
    stays open, and with it the process that all its pages are drawn in.
    """
    usual = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}
    told = {**usual, "reduced_motion": "reduce", **options}
    free = _free.setdefault(repr(sorted(told.items())), [])
    if free:
        context = free.pop()
    else:
        context = browser.new_context(**told)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        context.new_page().goto(f"{server.url}/api/health")
        context.new_page()
    _, page = context.pages
    clear = {"origin": server.url, "storageTypes": _STORED}
    session = context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", clear)
    session.detach()
    context.clear_cookies()
    try:
        yield context
    except BaseException:
        context.close()
        raise
    for more in context.pages[2:]:
        more.close()
    page.evaluate("() => { try { sessionStorage.clear(); } catch {} }")  # an error page has none
    page.goto("about:blank")
    context.clear_permissions()
    context.unroute_all()
    page.unroute_all()
    page.emulate_media(color_scheme=told["color_scheme"])  # type: ignore[arg-type]
    context.set_offline(offline=False)
    free.append(context)


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
