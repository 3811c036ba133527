"""Long work as jobs: reading what a person brings, asking an online provider."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from dashboard import bringing
from dashboard.asking import asking_key, asking_work, unasked
from dashboard.bringing import Brought, brought_key, reading_work
from dashboard.jobs import Jobs, State
from dashboard.library import merge, opened_bytes
from dashboard.shelf import Shelf
from geocache import GeoCache, Place, Position
from tests.geocache.cache_parts import online_settings
from tests.geocache.provider_server import Known, ProviderServer, serving

LIST = b"facility,city,country\nLKH Graz,Graz,Austria\nKH Linz,Linz,Austria\n"


def nowhere(places: Sequence[Place]) -> Iterable[Position]:
    return [Position()] * len(places)


def test_files_are_read_located_and_kept_and_a_bad_one_is_told(tmp_path: Path) -> None:
    asked: list[Place] = []

    def locate(places: Sequence[Place]) -> Iterable[Position]:
        asked.extend(places)
        return nowhere(places)

    files = [Brought("one.csv", LIST), Brought("bad.json", b"{ no")]
    shelf = Shelf(tmp_path)
    job = Jobs().start("a", "Files", reading_work(shelf, locate, "eva", files), owner="eva")
    assert job.wait(30)
    assert job.state is State.DONE
    assert "2 sites, 0 trials" in job.message
    assert "bad.json was not opened" in job.message
    assert {place.city for place in asked} == {"Graz", "Linz"}
    assert [one.opened.name for one in shelf.lists("eva")] == ["one.csv", "bad.json"]


def test_cancelled_while_locating_keeps_the_files_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "_TOGETHER", 1)
    reached, go = threading.Event(), threading.Event()

    def locate(places: Sequence[Place]) -> Iterable[Position]:
        if places[0].city == "Wels":
            reached.set()
            go.wait(10)
        return nowhere(places)

    files = [Brought("one.csv", LIST), Brought("two.csv", LIST.replace(b"Graz", b"Wels"))]
    shelf = Shelf(tmp_path)
    job = Jobs().start("a", "Files", reading_work(shelf, locate, "eva", files))
    assert reached.wait(10)
    assert (job.total, job.done) == (200, 160)
    job.cancel()
    go.set()
    assert job.wait(10)
    assert job.state is State.CANCELLED
    assert [one.opened.name for one in Shelf(tmp_path).lists("eva")] == ["one.csv"]


def test_equal_files_of_one_session_are_one_job_and_never_another_sessions() -> None:
    files = [Brought("one.csv", LIST)]
    assert brought_key("eva", files) == brought_key("eva", [Brought("one.csv", bytes(LIST))])
    others = [
        ("ada", files),
        ("eva", [Brought("two.csv", LIST)]),
        ("eva", [Brought("one.csv", LIST + b" ")]),
        ("eva", [*files, *files]),
    ]
    assert brought_key("eva", files) not in [brought_key(*other) for other in others]


def test_a_full_disk_is_told_as_the_end_of_the_job(tmp_path: Path) -> None:
    (tmp_path / "lists").write_text("in the way")
    files = [Brought("one.csv", LIST)]
    job = Jobs().start("a", "x", reading_work(Shelf(tmp_path / "lists"), nowhere, "eva", files))
    assert job.wait(10)
    assert job.state is State.FAILED
    assert "one.csv: the list could not be kept: " in job.message
    assert str(tmp_path) not in job.message


@pytest.fixture
def provider() -> Iterator[ProviderServer]:
    with serving("nominatim", Known("Graz", 47.07, 15.44)) as running:
        yield running


PLACES = [Place(city=f"City {n}", country="Austria") for n in range(12)]


def test_a_provider_that_fails_in_the_middle_is_told_and_asked_on(
    tmp_path: Path, provider: ProviderServer
) -> None:
    table = "city,country\n" + "".join(f"{p.city},{p.country}\n" for p in PLACES)
    opened = opened_bytes(table.encode(), "list.csv")
    with GeoCache(settings=online_settings(provider, tmp_path)) as cache:

        def open_places() -> tuple[Place, ...]:
            sites = merge([opened], lambda some: cache.locate_many(some, online=False)).table
            return unasked(sites)

        assert open_places() == tuple(PLACES)
        list(cache.locate_many(PLACES[:4]))
        provider.always = "403"
        left = open_places()
        assert left == tuple(PLACES[4:])
        job = Jobs().start(asking_key(left), "Asking", asking_work(cache, left))
        assert job.wait(30)
        assert job.state is State.FAILED
        assert "0 places answered" in job.message
        assert "8 not asked (403 from nominatim)" in job.message
        provider.always = ""
        again = Jobs().start(asking_key(left), "Asking", asking_work(cache, open_places()))
        assert again.wait(30)
        assert again.message == "8 places answered, 8 of all on the map."
        assert open_places() == ()
    assert asking_key(PLACES) == asking_key(PLACES[::-1])


def test_asking_is_cancelled_and_keeps_what_was_answered(
    tmp_path: Path, provider: ProviderServer
) -> None:
    with GeoCache(settings=online_settings(provider, tmp_path)) as cache:
        provider.delay_seconds = 0.05
        several = Jobs()
        job = several.start("ask", "Asking", asking_work(cache, PLACES * 40))
        while not provider.seen:
            assert not job.wait(0.01)
        job.cancel()
        assert job.wait(30)
        assert job.state is State.CANCELLED
        assert len(provider.seen) < len(PLACES)
        assert cache.stats()["claims"] == 0
