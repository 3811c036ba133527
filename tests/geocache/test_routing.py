"""Travel times from routing servers: both protocols, asked once, and every fault with its words."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from geocache.geo.distance import distance_km
from geocache.place import NotAsked, Position
from geocache.providers.asker import Asker
from geocache.providers.attempts import Run
from geocache.providers.routing import Point, RoutingProvider, build_trip_place, parse_trips
from geocache.store import FallbackStore
from harness.provider_server import ProviderServer
from harness.routing_server import run_routing

GRAZ, LINZ, WELS = (47.06733, 15.44197), (48.30639, 14.28611), (48.16543, 14.03664)
SYDNEY = (-33.86785, 151.20732)  # no road leads there
KINDS = ("osrm", "valhalla")


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, ProviderServer]]:
    with run_routing(request.param) as state:
        yield request.param, state


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FallbackStore]:
    opened = FallbackStore(f"sqlite:///{tmp_path / 'cache.sqlite'}")
    yield opened
    opened.close()


def ask(
    kind: str, state: ProviderServer, store: FallbackStore, *trips: tuple[Point, tuple[Point, ...]]
) -> tuple[list[Position], Run]:
    """The answers to some trips, in their order, and the run that asked."""
    run = Run()
    asker = Asker(store, RoutingProvider(f"{kind}+{state.url}"))
    places = [build_trip_place(origin, destinations) for origin, destinations in trips]
    return [answer for _, answer in sorted(asker.ask(places, run))], run


def test_the_destinations_reached_first_with_their_seconds(
    server: tuple[str, ProviderServer], store: FallbackStore
) -> None:
    (answer, nowhere), _ = ask(*server, store, (LINZ, (GRAZ, WELS, SYDNEY)), (GRAZ, (SYDNEY,)))
    trips = parse_trips(answer)
    assert [(trip.latitude, trip.longitude) for trip in trips] == [WELS, GRAZ]
    assert [trip.seconds / 60 for trip in trips] == pytest.approx(
        [distance_km(LINZ, WELS), distance_km(LINZ, GRAZ)], abs=0.01
    )
    assert (answer.latitude, answer.longitude) == WELS
    assert (parse_trips(nowhere), nowhere.reason) == ((), "routing: no road leads there")


def test_each_trip_is_asked_for_once(
    server: tuple[str, ProviderServer], store: FallbackStore
) -> None:
    first, _ = ask(*server, store, (LINZ, (GRAZ, WELS)), (LINZ, (WELS, GRAZ)), (GRAZ, (SYDNEY,)))
    again, run = ask(*server, store, (LINZ, (GRAZ, WELS)), (LINZ, (WELS, GRAZ)), (GRAZ, (SYDNEY,)))
    assert again == first
    assert (len(server[1].seen), run.requests) == (2, 0)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ("500", "500 from routing"),
        ("page", "a web page instead of an answer from routing"),
        ("truncated", "unreadable reply from routing"),
        ("empty object", "unreadable reply from routing"),
        ("null", "unreadable reply from routing"),
        ("trickle", "timeout from routing"),
    ],
)
def test_a_server_that_is_slow_or_wrong_is_no_answer(
    store: FallbackStore, failure: str, words: str
) -> None:
    with run_routing("osrm") as state:
        state.always = failure
        (answer,), _ = ask("osrm", state, store, (LINZ, (GRAZ, WELS)))
        assert isinstance(answer.reason, NotAsked)
        assert answer.reason.cause == words
        state.always = ""
        (answer,), _ = ask("osrm", state, store, (LINZ, (GRAZ, WELS)))  # no fault was remembered
        assert parse_trips(answer)


def test_a_server_that_refuses_is_left_alone(
    server: tuple[str, ProviderServer], store: FallbackStore
) -> None:
    server[1].always = "403"
    answers, run = ask(*server, store, (LINZ, (GRAZ,)), (GRAZ, (LINZ,)), (WELS, (LINZ,)))
    assert {str(answer.reason) for answer in answers} == {"not asked: 403 from routing"}
    assert (run.requests, str(run.stopped)) == (1, "403 from routing")


def test_a_server_that_is_gone(store: FallbackStore) -> None:
    with run_routing("osrm") as state:
        pass
    (answer,), _ = ask("osrm", state, store, (LINZ, (GRAZ,)))
    assert str(answer.reason) == "not asked: no connection to routing"


def test_a_limit_of_requests_keeps_them_apart(store: FallbackStore) -> None:
    with run_routing("osrm") as state:
        provider = RoutingProvider(f"osrm+{state.url}", requests_per_second=20.0)
        places = [build_trip_place(LINZ, [GRAZ]), build_trip_place(WELS, [GRAZ])]
        began = time.monotonic()
        assert len(list(Asker(store, provider).ask(places, Run()))) == 2
        _first, second = (one.at for one in state.seen)
    assert second - began >= 0.05


@pytest.mark.parametrize("url", ["http://127.0.0.1:5000", "osrm+ftp://host", "valhalla+", "osrm"])
def test_an_address_without_a_kind_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not a routing server such as valhalla"):
        RoutingProvider(url)
