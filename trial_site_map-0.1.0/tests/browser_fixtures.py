"""Real Chromium against a real server; a request to any other host fails the test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from harness.chromium import FLAGS, SHELL, WINDOWED, WITHOUT_OPTIMIZER, run_chromium
from harness.serving import Server
from harness.visit import Visit, drop_contexts, visiting


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: its headless shell where that is installed, as it needs less."""
    flags = (*FLAGS, WITHOUT_OPTIMIZER)
    with run_chromium(SHELL, *WINDOWED, flags=flags) as chromium:
        yield chromium
        drop_contexts()


@pytest.fixture(scope="session")
def server(dashboard_server: Server) -> Server:
    """A dashboard over the seeds."""
    return dashboard_server


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """A new visitor, 1440 by 900, light."""
    with visiting(browser, server) as made:
        yield made
        assert made.foreign == [], f"requests to other hosts: {made.foreign}"
        assert made.errors == [], f"errors in the browser: {made.errors}"


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
