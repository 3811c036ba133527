"""Login through a real OpenID Connect provider: readers see the sites, only editors pin."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from harness.visit import Visit, visiting
from tests.login import DashboardWithLogin, run_dashboard_with_login


@pytest.fixture(scope="module")
def dashboard(
    tmp_path_factory: pytest.TempPathFactory, place_index: Path
) -> Iterator[DashboardWithLogin]:
    with run_dashboard_with_login(tmp_path_factory.mktemp("login"), place_index) as running:
        yield running


@pytest.fixture
def visitor(browser: Browser, dashboard: DashboardWithLogin) -> Iterator[Visit]:
    with visiting(browser, dashboard.server, allow=dashboard.provider.url) as made:
        yield made
        assert made.foreign == []
        assert made.errors == []


def log_in(page: Page, email: str) -> None:
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Continue").click()


def test_a_reader_logs_in_sees_the_linked_view_and_cannot_edit(
    visitor: Visit, dashboard: DashboardWithLogin
) -> None:
    page = visitor.page
    page.goto(f"{dashboard.server.url}/?country=AT")
    page.get_by_text("Log in to see the sites.").wait_for()
    expect(page.get_by_text("Blinatumomab")).to_have_count(0)
    log_in(page, "reader@example.org")
    visitor.wait_for_map(4)
    expect(page).to_have_url(re.compile(r"\?country=AT$"))
    expect(page.get_by_text("Logged in as reader@example.org")).to_be_visible()
    visitor.open_tab("Quality")
    page.get_by_text(re.compile("none of their positions|Select a row")).wait_for()
    expect(page.get_by_text("Import pins")).to_have_count(0)
    expect(page.get_by_text("Add trials from the registry")).to_have_count(0)
    page.get_by_role("button", name="Log out").click()
    page.get_by_text("Log in to see the sites.").wait_for()


def test_a_stranger_is_refused_and_an_editor_can_pin(
    visitor: Visit, dashboard: DashboardWithLogin
) -> None:
    page = visitor.page
    page.goto(f"{dashboard.server.url}")
    log_in(page, "someone@elsewhere.example")
    page.get_by_text("elsewhere.example does not have access").wait_for()
    expect(page.get_by_text("Blinatumomab")).to_have_count(0)
    page.get_by_role("button", name="Log out").click()
    log_in(page, "editor@example.org")
    visitor.open_tab("Quality")
    page.get_by_text("Pins set by people (0)").click()
    pins = b"city,country,latitude,longitude\nGraz,Austria,47.1,15.5\n"
    page.locator("[data-testid=stFileUploader]", has_text="5MB").locator(
        "input[type=file]"
    ).set_input_files({"name": "pins.csv", "mimeType": "text/csv", "buffer": pins})
    page.get_by_text("1 pin imported").wait_for()
