"""Minutes by road in the Reach tab: estimated until a job has asked the routing server for all."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.page import main
from dashboard.service.service import Service
from harness.provider_server import ProviderServer
from harness.registry_server import site, study
from harness.routing_server import run_routing

SECONDS = 60


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with run_routing("valhalla") as state:
        yield state


@pytest.fixture
def page(
    opened: Callable[[], Service],
    data_folder: Path,
    server: ProviderServer,
    monkeypatch: pytest.MonkeyPatch,
) -> AppTest:
    """The Reach tab over sites in Graz and Linz within two minutes, not run yet."""
    source = data_folder / "trials.json"
    source.write_text(json.dumps([study(1, site("LKH Graz"), site("KH Linz", "Linz"))]))
    monkeypatch.setenv("SITE_MAP_DATA", str(data_folder))
    monkeypatch.setenv("SITE_MAP_SOURCES", str(source))
    monkeypatch.setenv("SITE_MAP_ROUTING_URL", f"valhalla+{server.url}")
    app = AppTest.from_file(main.__file__, default_timeout=60)
    app.query_params["view_reach_near"] = "minutes"
    app.query_params["view_reach_minutes"] = "2"
    return app


def read(page: AppTest) -> str:
    """The page's texts after a run without an error."""
    assert not page.exception
    return " ".join(element.value for element in (*page.markdown, *page.caption))


def ask(page: AppTest, opened: Callable[[], Service]) -> None:
    """Click the button, wait for its job, and run the page again."""
    page.button(key="ask_routes").click().run()
    (job,) = opened().jobs.all()
    assert job.wait(SECONDS)
    page.run()


def test_a_job_asks_the_server_and_its_minutes_replace_the_estimate(
    page: AppTest, server: ProviderServer, opened: Callable[[], Service]
) -> None:
    page.run()
    assert "an estimated 2 minutes" in read(page)
    assert "The routing server has answered for 0 of" in read(page)
    assert not server.seen  # nobody has asked it yet
    ask(page, opened)
    assert "live within 2 minutes by road of one of these sites" in read(page)
    (table,) = (each.value for each in page.dataframe)
    assert table.set_index("name").loc["Austria", "reached"] > 0
    (method,) = (each.value for each in page.code)
    assert "Minutes are those by road and car that a routing server gave" in method
    asked = len(server.seen)
    page.number_input(key="reach_minutes").set_value(1).run()  # fewer areas, all answered
    assert "1 minute by road" in read(page)
    assert len(server.seen) == asked


def test_a_server_that_is_wrong_leaves_the_estimate_and_says_why(
    page: AppTest, server: ProviderServer, opened: Callable[[], Service]
) -> None:
    server.always = "404"
    page.run()
    ask(page, opened)
    assert "404 from routing" in read(page)
    assert "an estimated 2 minutes" in read(page)
    server.always = ""
    ask(page, opened)
    assert "2 minutes by road" in read(page)


def test_a_read_only_server_asks_nobody(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_MAP_READ_ONLY", "1")
    page.run()
    assert "The routing server has answered for 0 of" in read(page)
    assert "ask_routes" not in [button.key for button in page.button]
