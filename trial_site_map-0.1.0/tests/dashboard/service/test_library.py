"""The merged library: few merges while changes keep coming, and health that never waits."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashboard.library import lists
from dashboard.service import library as library_module
from dashboard.service.service import Service
from dashboard.settings import Settings
from geocache import Place
from tests.dashboard.web.asgi import request_api

GRAZ = Place("LKH Graz", "Graz", "", "", "Austria")


@pytest.fixture
def service(data_folder: Path) -> Iterator[Service]:
    made = Service(Settings(site_map_data=data_folder))
    made.library()
    yield made
    made.close()


@pytest.fixture
def merges(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When each merge began."""
    began: list[float] = []
    merge = lists.merge

    def counted(*args: object, **kwargs: object) -> lists.Library:
        began.append(time.monotonic())
        return merge(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(library_module, "merge", counted)
    return began


def test_frequent_changes_are_merged_together(service: Service, merges: list[float]) -> None:
    cache = service.opener.opened.cache
    answers = 60
    began = time.monotonic()
    for number in range(answers):
        cache.pin(GRAZ, 47 + number / 1e3, 15)  # from elsewhere: nobody here waits for it
        service.library()
    paused = (time.monotonic() - began) / library_module.MERGE_PAUSE_SECONDS
    assert 1 <= len(merges) <= library_module.MERGES_AT_ONCE + paused + 1 < answers


def test_last_change_is_merged_after_the_pause(
    service: Service, merges: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = service.opener.opened.cache
    for number in range(20):
        cache.pin(GRAZ, 47 + number / 1e3, 15)
        service.library()
    monkeypatch.setattr(library_module, "MERGE_PAUSE_SECONDS", 0.01)
    deadline = time.monotonic() + 30
    while latitude(service) != 47.019:
        assert time.monotonic() < deadline
    settled = service.library()
    assert service.library() is settled


def test_changes_made_here_show_at_once(service: Service, merges: list[float]) -> None:
    pins = service.editor("ben").pins
    for number in range(20):
        pins.pin([GRAZ], 47 + number / 1e3, 15, note="", who="ben")
        assert latitude(service) == 47 + number / 1e3


def latitude(service: Service) -> float:
    table = service.library().table
    return float(table.loc[table["source"] == "pin", "latitude"].iloc[0])


def test_health_does_not_wait_for_a_merge(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, go = threading.Event(), threading.Event()
    merge = lists.merge

    def waiting(*args: object, **kwargs: object) -> lists.Library:
        held.set()
        assert go.wait(60)
        return merge(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(library_module, "merge", waiting)
    service.opener.opened.cache.pin(GRAZ, 47, 15)
    page = threading.Thread(target=service.library, daemon=True)
    page.start()
    try:
        assert held.wait(60)
        answers = [
            answered_within(10, lambda: request_api(service, "/api/health")) for _ in range(3)
        ]
        assert [answer["status"] for answer in answers] == ["ok"] * 3
        assert answers[0]["sites"] == 75
    finally:
        go.set()
        page.join(60)


def answered_within(seconds: float, ask: Callable[[], object]) -> dict[str, object]:
    found: list[dict[str, object]] = []
    thread = threading.Thread(target=lambda: found.append(ask().json()), daemon=True)  # type: ignore[attr-defined]
    thread.start()
    thread.join(seconds)
    assert found, "health waits for a merge"
    return found[0]


def test_health_shows_changes_of_other_processes(service: Service) -> None:
    service.uploads.add("everyone", b"trial_id,city,country\nNCT00000003,Graz,Austria\n", "a.csv")
    deadline = time.monotonic() + 60
    while request_api(service, "/api/health").json()["sites"] != 76:
        assert time.monotonic() < deadline
        time.sleep(0.01)
