"""A visit to the dashboard in Chromium: a fresh visitor, every foreign host noted."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import DEFAULT_OPTIONS, Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    FrameLocator,
    Locator,
    Page,
    Request,
    expect,
)

from harness.serving import Server

TIMEOUT_MS = 60_000
"""How long to wait for a condition before it counts as a failure: a busy machine takes its time."""
expect.set_options(timeout=TIMEOUT_MS)

_STORAGE = "cookies,local_storage,indexeddb,cache_storage,service_workers,file_systems"
_idle_contexts: dict[str, list[BrowserContext]] = {}
"""Contexts by their options, reused for their caches."""


@dataclass
class Visit:
    """A page of the dashboard in a browser context of its own.

    ``foreign`` are the URLs that were requested from other hosts, ``errors`` the page's errors.
    """

    page: Page
    context: BrowserContext
    server: Server
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, query: str = "", *, sites: int | None = None) -> FrameLocator:
        """Open the page and wait until the map and all else is drawn; the map's frame."""
        self.page.goto(f"{self.server.url}/{query}")
        frame = self.wait_for_map(sites)
        self.wait_until_idle()
        return frame

    @property
    def map(self) -> FrameLocator:
        """The map's frame."""
        return self.page.frame_locator("iframe[title*='folium']").first

    def wait_for_map(self, sites: int | None = None) -> FrameLocator:
        """Wait until the map shows that many sites (any number if ``None``); the map's frame."""
        shown = "[data-sites]" if sites is None else f"[data-sites='{sites}']"
        self.map.locator(f"#map_div{shown}[data-basemap='drawn']").wait_for(timeout=TIMEOUT_MS)
        return self.map

    def open_tab(self, name: str) -> Locator:
        """Select a tab and wait until its panel is drawn; the panel."""
        tab = self.page.get_by_role("tab", name=name)
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        panel = self.page.get_by_role("tabpanel", name=name)
        expect(panel.get_by_test_id("stElementContainer").first).to_be_attached()
        self.wait_until_idle()
        return panel

    def select_first_row(self) -> None:
        """Click the checkbox of the first row of the last table on the page."""
        table = self.page.get_by_test_id("stDataFrame").last.locator(".dvn-scroller").first
        table.click(position={"x": 16, "y": 52})

    def scroll_to(self, target: Locator) -> None:
        """Scroll an element into view once the page is idle: a run draws elements anew."""
        self.wait_until_idle()
        target.evaluate("e => e.scrollIntoViewIfNeeded()")

    def list_violations(self, rules: Sequence[str] = ()) -> list[str]:
        """What axe-core finds on the page that is serious or worse, once nothing moves any more.

        ``rules`` are ids of the only rules to check, empty for axe-core's own choice.
        """
        self.wait_until_idle()
        self.page.wait_for_function(
            "() => document.getAnimations().every((each) => each.playState !== 'running'"
            " || each.effect?.getComputedTiming().iterations === Infinity)"
        )
        only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
        answer = Axe().run(self.page, options={**DEFAULT_OPTIONS, **only}).response
        return [
            f"{found['id']}: {[node['html'][:150] for node in found['nodes'][:3]]}"
            for found in answer["violations"]
            if found["impact"] in {"serious", "critical"}
        ]

    def wait_until_idle(self) -> None:
        """Wait until no Streamlit script runs and no element is stale."""
        self.page.wait_for_function(
            "() => document.querySelector('[data-testid=stApp]')"
            "?.getAttribute('data-test-script-state') === 'notRunning'"
            " && !document.querySelector('[data-stale=true]')",
            polling=50,  # the default, every animation frame, makes the browser draw each of them
        )


@contextmanager
def visiting(
    browser: Browser,
    server: Server,
    *,
    allow: str = "",
    expected_traceback: str = "",
    **options: object,
) -> Iterator[Visit]:
    """A new visitor, in a browser context that records requests to other hosts.

    ``allow`` is the URL of a host that may be asked; a request that the page's own content security
    policy stopped does not count. A traceback in the server's log is an error unless it matches
    ``expected_traceback``. ``options`` are Playwright's for a context. Contexts are reused: the
    next visitor finds nothing of this one but the cache.
    """
    with _clean_context(browser, server, options) as context:
        page = context.pages[-1]
        visit = Visit(page, context, server)

        def on_error(error: Error) -> None:
            visit.errors.append(str(error))

        def on_request(request: Request) -> None:
            parts = urlsplit(request.url)
            own = {urlsplit(url).netloc for url in (visit.server.url, allow)}
            if parts.scheme not in {"data", "blob"} and parts.netloc not in own:
                visit.foreign.append(request.url)

        def on_request_failed(request: Request) -> None:
            if request.failure == "csp" and request.url in visit.foreign:
                visit.foreign.remove(request.url)

        listeners = {"request": on_request, "requestfailed": on_request_failed}
        page.on("pageerror", on_error)
        for event, listener in listeners.items():
            context.on(event, listener)
        try:
            yield visit
        finally:
            page.remove_listener("pageerror", on_error)
            for event, listener in listeners.items():
                context.remove_listener(event, listener)
    log = server.log.read_text(errors="replace")
    expected = expected_traceback and re.search(expected_traceback, log)
    assert expected or "Traceback" not in log, f"the page raised an error:\n{log}"


def drop_contexts() -> None:
    """Forget the contexts of a browser that is about to close."""
    _idle_contexts.clear()


@contextmanager
def _clean_context(
    browser: Browser, server: Server, options: Mapping[str, object]
) -> Iterator[BrowserContext]:
    """An unused context, 1440 by 900 and light unless ``options`` say otherwise.

    Its last page is blank. That page is reused too, as a new one costs a second. Another page
    stays open, and with it the process that draws all pages of the context.
    """
    defaults = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}
    wanted = {**defaults, "reduced_motion": "reduce", **options}
    idle = _idle_contexts.setdefault(repr(sorted(wanted.items())), [])
    if idle:
        context = idle.pop()
    else:
        context = browser.new_context(**wanted)  # type: ignore[arg-type]
        context.set_default_timeout(TIMEOUT_MS)
        context.new_page().goto(f"{server.url}/api/health")
        context.new_page()
    _, page = context.pages
    session = context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": server.url, "storageTypes": _STORAGE})
    session.detach()
    context.clear_cookies()
    try:
        yield context
    except BaseException:
        context.close()
        raise
    for popup in context.pages[2:]:
        popup.close()
    page.evaluate("() => { try { sessionStorage.clear(); } catch {} }")  # an error page has none
    page.goto("about:blank")
    context.clear_permissions()
    context.unroute_all()
    page.unroute_all()
    page.emulate_media(color_scheme=wanted["color_scheme"])  # type: ignore[arg-type]
    context.set_offline(offline=False)
    idle.append(context)
