"""GeoCache: the store first, then the providers in order; each place is asked once."""

import pickle
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from geocache import ConfigurationError, GeoCache, InputError, Place, Position, Precision
from geocache.place import Flag, Status
from geocache.records import Pin
from harness.geocaches import (
    GRAZ,
    Atlas,
    environment,
    online_settings,
    start_python,
    store_url,
    wait_for_output,
)
from harness.provider_server import Known, ProviderServer, run_provider

SPRINGFIELD = Place(city="Springfield", country="United States")
LOST = Place(city="Atlantis", country="Greece")


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with run_provider(
        "nominatim",
        Known("Graz", 47.07, 15.44),
        Known("Springfield", 39.8, -89.65, country="us", within="Illinois, United States"),
        Known("LKH Graz", 47.08, 15.46, "facility", within="Graz, Austria"),
    ) as running:
        yield running


def test_a_place_is_asked_once_whatever_its_spelling(tmp_path: Path) -> None:
    atlas = Atlas()
    with GeoCache(store_url(tmp_path), providers=[atlas]) as cache:
        first = cache.locate(GRAZ)
        assert first.place_name == "Graz"
    with GeoCache(store_url(tmp_path), providers=[atlas]) as cache:
        again = cache.locate(Place("lkh  graz", "GRAZ", "", "8036", " austria"))
    assert again == first
    assert len(atlas.asked) == 1


def test_many_places_come_back_one_for_each_in_order(tmp_path: Path) -> None:
    places = [Place(city=f"Town {i % 700}") for i in range(1600)]
    atlas = Atlas()
    with GeoCache(store_url(tmp_path), providers=[atlas]) as cache:
        found = list(cache.locate_many(iter(places)))
        assert [p.place_name for p in found] == [p.city for p in places]
        assert len(atlas.asked) == 700
        assert list(cache.locate_many([])) == []


def test_places_are_read_no_more_than_a_chunk_ahead(tmp_path: Path) -> None:
    read = []

    def endless() -> Iterator[Place]:
        while True:
            read.append(1)
            yield Place(city=f"Town {len(read) % 50}")

    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        positions = cache.locate_many(endless())
        next(positions)
        assert len(read) <= 500


def test_a_known_miss_is_remembered_with_its_reason(tmp_path: Path) -> None:
    atlas = Atlas()
    with GeoCache(store_url(tmp_path), providers=[atlas]) as cache:
        assert cache.locate(LOST).reason == "unknown city"
        cache.flush()
        assert cache.locate(LOST) == Position(source="atlas", reason="unknown city")
    assert len(atlas.asked) == 1


def test_better_data_is_asked_again_and_pins_stay(tmp_path: Path) -> None:
    old, new = Atlas("1"), Atlas("2")
    with GeoCache(store_url(tmp_path), providers=[old]) as cache:
        cache.locate(GRAZ)
        cache.pin(LOST, 36.4, 25.4)
    with GeoCache(store_url(tmp_path), providers=[new]) as cache:
        cache.locate(GRAZ)
        assert cache.locate(LOST).source == "pin"
        assert cache.stats()["answers"] == [
            {"provider": "atlas", "version": "2", "hits": 1, "misses": 0, "expired": 0}
        ]
    assert len(new.asked) == 1


@pytest.mark.parametrize("many", [False, True])
def test_a_pin_wins_until_it_is_removed(tmp_path: Path, many: bool) -> None:
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:

        def located() -> Position:
            return next(cache.locate_many([GRAZ])) if many else cache.locate(GRAZ)

        assert located().source == "atlas"
        cache.pin(
            Place("lkh graz", "Graz", "", "8036", "AUSTRIA"), 47.08, 15.46, note="gate", who="eva"
        )
        pinned = located()
        assert (pinned.latitude, pinned.longitude) == (47.08, 15.46)
        assert (pinned.source, pinned.precision, pinned.score) == ("pin", Precision.FACILITY, 1.0)
        assert pinned.reason == "pinned by eva: gate"
        assert cache.pins()[0].who == "eva"
        assert cache.unpin(GRAZ)
        assert not cache.unpin(GRAZ)
        assert located().source == "atlas"


@pytest.mark.parametrize("many", [False, True])
def test_a_place_left_off_has_no_position_even_if_a_provider_knows_one(
    tmp_path: Path, many: bool
) -> None:
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        cache.leave_off(GRAZ, note="only the sponsor's office", who="eva")
        found = next(cache.locate_many([GRAZ])) if many else cache.locate(GRAZ)
        assert found == Position(source="pin", reason="left off by eva: only the sponsor's office")
        assert cache.unpin(GRAZ)
        assert cache.locate(GRAZ).source == "atlas"


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(91, 0), (0, 181), (float("nan"), 0), (0, float("inf"))]
)
def test_a_pin_off_the_earth_is_refused(tmp_path: Path, latitude: float, longitude: float) -> None:
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        with pytest.raises(InputError, match="is not between"):
            cache.pin(GRAZ, latitude, longitude)
        with pytest.raises(InputError, match="needs a place"):
            cache.pin(Place(), 1, 1)
        assert cache.pins() == ()


def test_another_process_pin_is_seen_at_the_next_lookup(tmp_path: Path) -> None:
    code = (
        "from geocache import GeoCache, Place\n"
        "with GeoCache(providers=()) as cache:\n"
        f"    cache.pin(Place(*{tuple(GRAZ)!r}), 1.5, 2.5, who='other')\n"
    )
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        assert cache.locate(GRAZ).source == "atlas"
        before = cache.revision
        wait_for_output(start_python(code, environment(None, tmp_path)))
        assert cache.locate(GRAZ).source == "pin"
        assert next(cache.locate_many([GRAZ])).source == "pin"
        assert cache.revision > before


def test_the_revision_moves_with_pins_and_online_answers_only(
    tmp_path: Path, server: ProviderServer
) -> None:
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        before = cache.revision
        cache.locate(GRAZ)
        cache.flush()
        assert cache.revision == before
        cache.pin(GRAZ, 1, 2)
        assert cache.revision > before
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        before = cache.revision
        cache.locate(Place(city="Graz", country="Austria"))
        assert cache.revision > before


def test_the_first_unflagged_answer_is_shown_else_the_best_score(
    tmp_path: Path, server: ProviderServer
) -> None:
    online = online_settings(server, tmp_path)
    with GeoCache(settings=online) as alone:
        nominatim = alone.providers[0]
        with GeoCache(providers=[Atlas(), nominatim], settings=online) as cache:
            places = [GRAZ, SPRINGFIELD, LOST]
            sure, doubted, lost = cache.locate_many(places)
            assert [cache.locate(place) for place in places] == [sure, doubted, lost]
    assert sure.source == "atlas"
    assert (doubted.source, doubted.flags) == ("nominatim", ())
    assert not lost.resolved
    assert "unknown city" in lost.reason
    assert "nominatim: city unknown" in lost.reason


def test_offline_asks_no_online_provider_and_names_it(
    tmp_path: Path, server: ProviderServer
) -> None:
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        assert cache.locate(GRAZ, online=False).reason == "not asked yet: nominatim"
        assert [p.reason for p in cache.locate_many([GRAZ], online=False)] == [
            "not asked yet: nominatim"
        ]
        assert server.seen == []
        cache.locate(GRAZ)
        assert cache.locate(GRAZ, online=False).source == "nominatim"


def test_a_flagged_answer_says_that_a_provider_was_not_asked(
    tmp_path: Path, server: ProviderServer
) -> None:
    online = online_settings(server, tmp_path)
    server.always = "403"
    with (
        GeoCache(settings=online) as alone,
        GeoCache(providers=[Atlas(), alone.providers[0]], settings=online) as cache,
    ):
        sure, doubted, lost = cache.locate_many([GRAZ, SPRINGFIELD, LOST])
    assert "not asked" not in sure.reason
    assert doubted.flags == (Flag.AMBIGUOUS,)
    assert doubted.reason.endswith("not asked: 403 from nominatim")
    assert lost.reason.startswith("not asked: 403 from nominatim")
    assert len(server.seen) == 1


def test_the_status_tells_a_known_miss_from_not_asked_whatever_the_words(
    tmp_path: Path, server: ProviderServer
) -> None:
    online = online_settings(server, tmp_path)
    with (
        GeoCache(settings=online) as alone,
        GeoCache(providers=[Atlas(), alone.providers[0]], settings=online) as cache,
    ):
        pinned, left_off = Place(city="Yvoir"), Place(city="Multiple sites")
        cache.pin(pinned, 1, 2, note="the sponsor was not asked")
        cache.leave_off(left_off, note="not asked: nobody knows it")
        places = [GRAZ, SPRINGFIELD, LOST, pinned, left_off]
        offline = [position.status for position in cache.locate_many(places, online=False)]
        assert offline == [
            Status.RESOLVED,
            Status.NOT_ASKED,
            Status.NOT_ASKED,
            Status.RESOLVED,
            Status.LEFT_OFF,
        ]
        server.always = "403"
        refused = cache.locate(LOST)
        assert refused.status is Status.NOT_ASKED
        sent = pickle.loads(pickle.dumps(refused))  # noqa: S301 - to and from a worker
        assert (sent, sent.status) == (refused, Status.NOT_ASKED)
        server.always = ""
        assert cache.locate(SPRINGFIELD).status is Status.NOT_ASKED, "the run was stopped"
    with GeoCache(settings=online) as cache:
        assert cache.locate(LOST).status is Status.KNOWN_MISS
        assert cache.locate(LOST, online=False).status is Status.KNOWN_MISS
        assert len(Position._fields) == 10


def test_threads_that_ask_for_one_place_send_one_query(
    tmp_path: Path, server: ProviderServer
) -> None:
    server.delay_seconds = 0.1
    place = Place(city="Graz", country="Austria")
    found: list[Position] = []
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        threads = [
            threading.Thread(target=lambda: found.append(cache.locate(place))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(server.seen) == 1
    assert len(set(found)) == 1
    assert found[0].resolved


def test_threads_share_a_cache(tmp_path: Path) -> None:
    errors: list[Exception] = []
    places = [Place(city=f"Town {i}") for i in range(600)]

    def work() -> None:
        try:
            for _ in range(3):
                names = [p.place_name for p in cache.locate_many(places)]
                assert names == [p.city for p in places]
                assert cache.locate(places[5]).place_name == "Town 5"
        except Exception as error:  # noqa: BLE001 - told to the main thread
            errors.append(error)

    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == []


def test_forgetting_asks_again_and_leaves_pins(tmp_path: Path, server: ProviderServer) -> None:
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        cache.locate(GRAZ)
        cache.locate(LOST)
        cache.pin(LOST, 36, 25)
        assert cache.forget(GRAZ) == 1
        assert cache.forget(misses_only=True) == 2
        assert cache.forget() == 0
        assert len(cache.pins()) == 1
        cache.locate(GRAZ)
    assert [one.words for one in server.seen].count("LKH Graz, Graz, Austria") == 2


def test_stats_count_hits_misses_and_pins(tmp_path: Path) -> None:
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        list(cache.locate_many([GRAZ, LOST, SPRINGFIELD]))
        cache.pin(LOST, 1, 2)
        stats = cache.stats()
    assert stats["pins"] == 1
    assert stats["answers"] == [
        {"provider": "atlas", "version": "1", "hits": 2, "misses": 1, "expired": 0}
    ]


def test_an_answer_that_is_not_to_be_kept_is_not_stored(tmp_path: Path) -> None:
    atlas = Atlas()
    with GeoCache(store_url(tmp_path), providers=[atlas]) as cache:
        assert cache.locate(GRAZ, keep=False) == cache.locate(GRAZ, online=False, keep=False)
        assert cache.locate(GRAZ, keep=False).place_name == "Graz"
    with GeoCache(store_url(tmp_path), providers=[atlas]) as cache:
        assert cache.stats()["answers"] == []
    assert len(atlas.asked) == 3


def test_without_providers_only_pins_are_known(tmp_path: Path) -> None:
    with GeoCache(store_url(tmp_path), providers=()) as cache:
        cache.pin(GRAZ, 1, 2)
        assert cache.locate(GRAZ).source == "pin"
        assert cache.locate(LOST).reason == "no provider to ask"


def test_what_is_no_provider_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is no provider"):
        GeoCache(store_url(tmp_path), providers=[object()])  # type: ignore[list-item]


def test_answers_of_a_custom_online_provider_are_stored_too(tmp_path: Path) -> None:
    class Desk(Atlas):
        name = "desk"
        online = True

        def locate(self, place: Place) -> Position:
            if place.city == "Busy":
                raise ConnectionError
            return super().locate(place)

    desk = Desk()
    with GeoCache(store_url(tmp_path), providers=[desk]) as cache:
        assert cache.locate(GRAZ).resolved
        assert list(cache.locate_many([GRAZ, GRAZ]))[1].resolved
        assert cache.locate(Place(city="Busy")).reason == "not asked: no connection to desk"
        assert cache.stats()["answers"][0]["hits"] == 1
    assert len(desk.asked) == 1


def test_pins_of_many_places_at_once(tmp_path: Path) -> None:
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        cache.pin_many(Pin(Place(city=f"Town {i}"), 1, i / 100, "", "", i) for i in range(1200))
        found = list(cache.locate_many(Place(city=f"Town {i}") for i in range(1300)))
    assert [p.source for p in found].count("pin") == 1200
    assert found[1250].source == "atlas"


def test_hospitals_of_a_city_share_the_answer_of_a_provider_that_ignores_facilities(
    tmp_path: Path,
) -> None:
    class Towns(Atlas):
        ignores_facilities = True

    atlas = Towns()
    ward, other = GRAZ, GRAZ._replace(facility="MedUni Graz")
    with GeoCache(store_url(tmp_path), providers=[atlas]) as cache:
        cache.pin(other, 47.1, 15.5)
        found = list(cache.locate_many([ward, GRAZ._replace(facility="Ward 3"), other]))
        cache.flush()
        assert cache.locate(GRAZ._replace(facility="")) == found[0] == found[1]
        assert (found[2].source, cache.locate(other).source) == ("pin", "pin")
        assert len(atlas.asked) == len(list(cache.answers())) == 1
        assert cache.forget(ward) == 1


def test_a_placeholder_facility_is_flagged_for_every_provider(tmp_path: Path) -> None:
    class Towns(Atlas):
        ignores_facilities = True

    nobody = GRAZ._replace(facility="Research Site")
    with GeoCache(store_url(tmp_path), providers=[Towns()]) as cache:
        found = [cache.locate(nobody), *cache.locate_many([GRAZ, nobody])]
        assert [one.flags for one in found] == [
            (Flag.PLACEHOLDER_FACILITY,),
            (),
            (Flag.PLACEHOLDER_FACILITY,),
        ]
        cache.pin(nobody, 47.1, 15.5)
        assert cache.locate(nobody).flags == ()
