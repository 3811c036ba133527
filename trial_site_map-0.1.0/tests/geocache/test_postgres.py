"""The store on PostgreSQL: lost connections, outages, permissions and passwords."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from geocache import ConfigurationError, GeoCache, Place, StoreError
from geocache.files.transfer import export_records, import_records
from geocache.place import Position
from geocache.records import NEVER, Answer, Pin
from geocache.settings import GeocacheSettings
from geocache.store import FallbackStore, Store, fallback
from harness.geocaches import GRAZ, Atlas, store_url, wait_until
from harness.postgres import Postgres, Relay, database_name

SECRET = "not-for-anybody"  # noqa: S105
TOWNS = [Place(city=f"Town {i}") for i in range(600)]


@pytest.fixture
def relay(postgres_server: Postgres) -> Iterator[Relay]:
    opened = Relay(postgres_server)
    yield opened
    opened.cut()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry at once after an outage."""
    monkeypatch.setattr(fallback, "_RETRY_SECONDS", 0.0)


def test_a_lost_connection_is_replaced_and_nothing_is_lost(
    postgres_server: Postgres, postgres_url: str
) -> None:
    with GeoCache(postgres_url, providers=[Atlas()]) as cache:
        cache.pin(GRAZ, 1, 2)
        assert all(found.resolved for found in cache.locate_many(TOWNS))
        cache.flush()
        for look in (
            lambda: cache.locate(GRAZ).source == "pin",
            lambda: [found.resolved for found in cache.locate_many(TOWNS)] == [True] * 600,
            lambda: cache.stats()["pins"] == 1,
            lambda: cache.unpin(GRAZ),
            lambda: cache.revision > 0,
        ):
            assert postgres_server.hang_up(postgres_url) > 0
            assert look()
        assert cache.warnings == ()


def test_threads_share_a_store_whose_connections_are_cut(
    postgres_server: Postgres, postgres_url: str
) -> None:
    with GeoCache(postgres_url, providers=[Atlas()]) as cache, ThreadPoolExecutor(24) as pool:
        cache.pin(GRAZ, 1, 2)
        looks = [pool.submit(cache.locate, GRAZ) for _ in range(300)]
        postgres_server.hang_up(postgres_url)
        looks += [pool.submit(cache.locate, GRAZ) for _ in range(300)]
        assert {look.result().source for look in looks} == {"pin"}
        assert cache.warnings == ()


@pytest.mark.usefixtures("impatient")
def test_while_a_server_is_away_memory_is_used_and_written_back_later(
    relay: Relay, postgres_url: str
) -> None:
    with GeoCache(relay.url(postgres_url), providers=[Atlas()]) as cache:
        cache.pin(GRAZ, 1, 2)
        known = cache.revision
        relay.cut()
        assert all(found.resolved for found in cache.locate_many(TOWNS))
        assert cache.revision == known  # or every page would lose its pins at once
        assert "cannot be reached" in cache.warnings[0]
        assert "kept in memory" in cache.warnings[0]
        cache.pin(Place(city="Yvoir"), 3, 4)
        assert cache.locate(Place(city="Yvoir")).source == "pin"
        with pytest.raises(StoreError, match="cannot unpin"):
            cache.unpin(GRAZ)
        cache.flush()
        relay.mend()
        wait_until(lambda: cache.locate(GRAZ).source == "pin")
        assert cache.warnings == ()
        assert cache.revision > known
    with GeoCache(postgres_url, providers=()) as other:
        assert {pin.place for pin in other.pins()} == {GRAZ, Place(city="Yvoir")}
        towns = {kept.position.place_name for kept in other.answers()} - {"Graz"}
        assert towns == {town.city for town in TOWNS}


@pytest.mark.usefixtures("impatient")
def test_a_server_that_is_away_at_the_start_is_found_later(relay: Relay, postgres_url: str) -> None:
    relay.cut()
    with GeoCache(relay.url(postgres_url), providers=[Atlas()]) as cache:
        assert "cannot be reached" in cache.warnings[0]
        assert cache.locate(Place(city="Town 1")).source == "atlas"
        relay.mend()
        wait_until(lambda: cache.pins() == () and cache.warnings == ())
        cache.pin(GRAZ, 1, 2)
    with GeoCache(postgres_url, providers=()) as other:
        assert [pin.place for pin in other.pins()] == [GRAZ]


def test_a_server_that_is_away_is_not_tried_at_every_lookup(
    relay: Relay, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fallback, "_RETRY_SECONDS", 3600.0)
    with GeoCache(relay.url(postgres_url), providers=[Atlas()]) as cache:
        relay.cut()
        cache.locate(GRAZ)
        relay.mend()
        assert [found.resolved for found in cache.locate_many(TOWNS)] == [True] * len(TOWNS)
        assert "cannot be reached" in cache.warnings[0]
        assert relay.taken == 0


@pytest.mark.usefixtures("impatient")
def test_after_two_outages_that_overlapped_no_warning_remains(
    relay: Relay, postgres_server: Postgres, postgres_url: str
) -> None:
    name = database_name(postgres_url)
    with GeoCache(relay.url(postgres_url), providers=[Atlas()]) as cache:
        postgres_server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        postgres_server.hang_up(postgres_url)
        cache.pin(GRAZ, 1, 2)
        assert ["cannot be written" in warning for warning in cache.warnings] == [True]
        relay.cut()
        assert cache.locate(GRAZ).source == "pin"
        assert sorted("cannot be reached" in warning for warning in cache.warnings) == [False, True]
        relay.mend()
        wait_until(lambda: cache.locate(GRAZ).source == "pin" and len(cache.warnings) == 1)
        assert "cannot be written" in cache.warnings[0]
        postgres_server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = off")
        postgres_server.hang_up(postgres_url)
        wait_until(lambda: cache.locate(GRAZ).source == "pin" and not cache.warnings)
        assert cache.persistent
    with GeoCache(postgres_url, providers=()) as other:
        assert [pin.place for pin in other.pins()] == [GRAZ]


@pytest.mark.usefixtures("impatient")
def test_answers_that_may_not_be_stored_stay_in_memory_when_the_server_is_back(
    relay: Relay, postgres_url: str
) -> None:
    position = Position(1, 2, source="here")
    with closing(FallbackStore(relay.url(postgres_url))) as store:
        relay.cut()
        store.remember([Answer("graz", "here", "1", position, NEVER)], persistent=False)
        assert store.revision() == 0
        relay.mend()
        wait_until(lambda: store.revision() > 0)
        assert store.recall("here", "1", ["graz"], 0) == {"graz": position}
        assert store.warnings == []
    with closing(Store(postgres_url)) as other:
        assert list(other.answers()) == []


def test_a_password_is_never_shown(
    relay: Relay, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = relay.url(postgres_url, SECRET)
    settings = GeocacheSettings(geocache_url=url)
    with GeoCache(url, providers=[Atlas()]) as cache:
        shown = [repr(settings), str(cache.stats())]
        with pytest.raises(StoreError) as refused:
            cache.backup(Path("copy.sqlite"))
        relay.cut()
        cache.locate(GRAZ)
        shown += [*cache.warnings, str(refused.value), caplog.text]
    relay.mend()
    with pytest.raises(StoreError, match=r"cannot be opened.*does not exist") as missing:
        GeoCache(url + "_not_there", providers=[Atlas()])
    for wrong in (f"postgresql+psycopg://me:{SECRET}@h:port:9/db", f"nonsense:{SECRET}"):
        with pytest.raises(ConfigurationError, match="GEOCACHE_URL") as refused:
            GeoCache(wrong, providers=[Atlas()])
        shown.append(str(refused.value))
    shown += [str(missing.value), caplog.text]
    assert database_name(postgres_url) in shown[1]
    assert not [text for text in shown if SECRET in text]


def test_a_database_on_a_server_is_not_backed_up_into_a_file(
    postgres_url: str, tmp_path: Path
) -> None:
    with GeoCache(postgres_url, providers=[Atlas()]) as cache:
        with pytest.raises(StoreError, match=r"pg_dump.*geocache export"):
            cache.backup(tmp_path / "copy.sqlite")
        with pytest.raises(StoreError, match="pg_restore"):
            cache.restore(tmp_path / "copy.sqlite")


def test_a_user_without_write_access_reads_and_keeps_the_rest_in_memory(
    postgres_server: Postgres, postgres_url: str
) -> None:
    with GeoCache(postgres_url, providers=[Atlas()]) as cache:
        cache.pin(GRAZ, 1, 2)
    name = database_name(postgres_url)
    postgres_server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with GeoCache(postgres_url, providers=[Atlas()]) as cache:
        assert cache.locate(GRAZ).source == "pin"
        cache.pin(Place(city="Yvoir"), 3, 4)
        assert cache.locate(Place(city="Yvoir")).source == "pin"
        assert "kept in memory only" in cache.warnings[0]
        with pytest.raises(StoreError, match="cannot unpin"):
            cache.unpin(GRAZ)


def test_processes_that_start_together_create_the_tables_once(postgres_url: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(Store, [postgres_url] * 8))
    stores[0].pin([Pin(GRAZ, 1, 2)])
    assert {store.revision() for store in stores} == {1}
    for store in stores:
        store.close()


def test_writers_of_the_same_rows_in_another_order_do_not_deadlock(
    postgres_url: str,
) -> None:
    answers = [Answer(f"town {i}", "n", "1", Position(source="n"), NEVER) for i in range(300)]
    with closing(Store(postgres_url)) as one, closing(Store(postgres_url)) as other:
        with ThreadPoolExecutor(2) as pool:
            for _ in range(10):
                both = [
                    pool.submit(one.remember, answers),
                    pool.submit(other.remember, answers[::-1]),
                ]
                for each in both:
                    each.result()
        assert len(list(one.answers())) == len(answers)


def test_a_store_moves_between_sqlite_and_postgresql_without_loss(
    postgres_url: str, tmp_path: Path
) -> None:
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        cache.pin_many([Pin(GRAZ, 47.1, 15.4, 'the gate, "north"', "eva", 5)])
        cache.leave_off(Place(city="Yvoir", country="Belgium"), note="ümlaut\n2")
        list(cache.locate_many([*TOWNS, Place(city="Springfield"), Place(city="Atlantis")]))
        exported = _exported(cache, tmp_path / "sqlite.jsonl")
    with GeoCache(postgres_url, providers=()) as moved:
        taken = import_records(moved, exported)
        assert (taken.pins, taken.answers, taken.older) == (2, 602, 0)
        again = _exported(moved, tmp_path / "postgres.jsonl")
    assert again.read_bytes() == exported.read_bytes()


def _exported(cache: GeoCache, path: Path) -> Path:
    with path.open("w", encoding="utf-8") as file:
        export_records(cache, file, "jsonl")
    return path
