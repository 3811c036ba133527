"""The store on SQLite files, also damaged and full ones, and on PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Connection

from geocache import (
    ConfigurationError,
    GeoCache,
    InputError,
    Place,
    Position,
    Precision,
    StoreError,
)
from geocache.keys import place_key
from geocache.place import Alternative, Flag
from geocache.records import CHOSEN_KM, NEVER, Answer, Pin
from geocache.store import FallbackStore, Store, schema
from geocache.store.salvage import read_pins
from harness.geocaches import GRAZ, Atlas, environment, start_python, store_url, wait_for_output

NOW = 1_700_000_000
HIT = Position(
    47.06667,
    15.45,
    Precision.CITY,
    "Graz, Österreich",
    "nominatim",
    0.72,
    (Flag.AMBIGUOUS, Flag.APPROXIMATE),
    "city found by parts",
    (Alternative(47.0, 15.0, 'Graz; "Umgebung"', 0.5),),
)
MISS = Position(source="nominatim", reason="city unknown: nothing found")


def answer(key: str, position: Position = HIT, expires_at: int = NEVER, **more: object) -> Answer:
    known = {"query": "city=Graz", "reply": '{"osm_id": 17}', "asked_at": NOW}
    return Answer(key, "nominatim", "1", position, expires_at, **(known | more))  # type: ignore[arg-type]


@pytest.fixture
def store(any_store_url: str) -> Iterator[Store]:
    opened = Store(any_store_url)
    yield opened
    opened.close()


def test_answers_are_stored_without_loss(store: Store) -> None:
    store.remember([answer("graz"), answer("atlantis", MISS)])
    assert store.recall("nominatim", "1", ["graz", "atlantis", "linz"], NOW) == {
        "graz": HIT,
        "atlantis": MISS,
    }
    assert sorted(store.answers()) == sorted([answer("graz"), answer("atlantis", MISS)])


def test_an_answer_counts_for_its_provider_and_version_until_it_expires(store: Store) -> None:
    store.remember([answer("graz", expires_at=NOW + 10)])
    assert store.recall("nominatim", "1", ["graz"], NOW + 9)
    assert not store.recall("nominatim", "1", ["graz"], NOW + 10)
    assert not store.recall("nominatim", "2", ["graz"], NOW)
    assert not store.recall("photon", "1", ["graz"], NOW)
    store.remember([answer("graz", MISS)])
    assert store.recall("nominatim", "1", ["graz"], NOW + 10) == {"graz": MISS}


def test_reading_everything_does_not_block_writers(store: Store, any_store_url: str) -> None:
    store.remember([answer(f"town {i}") for i in range(2500)])
    other = Store(any_store_url)
    for count, kept in enumerate(store.answers()):
        if count % 500 == 0:
            other.pin([Pin(Place(city=kept.key), 1, 2)])
            store.remember([answer(f"{kept.key} again")])
    assert len(list(other.pins())) == 5
    other.close()


def test_keys_of_the_same_number_are_told_apart(store: Store) -> None:
    store.remember([answer("graz")])
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE answers SET key = 'another key with that number'")
    assert "graz" not in store.recall("nominatim", "1", ["graz"], NOW)
    assert store.look_up("graz", "nominatim", "1", "graz", NOW) is None


def test_pins_are_stored_without_loss(store: Store) -> None:
    pins = [
        Pin(GRAZ, 47.1, 15.4, 'the gate, "north"', "eva", NOW),
        Pin(Place(city="Yvoir"), -1.25, 0.1, "", "", NOW + 1),
        Pin(Place(city="Multiple sites"), note="no one place", who="eva", pinned_at=NOW + 2),
    ]
    store.pin(reversed(pins))
    assert list(store.pins()) == pins


def test_one_of_two_owners_gets_a_claim(store: Store) -> None:
    assert store.claims.take("nominatim", ["a", "b"], "one", 60) == {"a", "b"}
    assert store.claims.take("nominatim", ["b", "c"], "two", 60) == {"c"}
    assert store.claims.take("photon", ["a"], "two", 60) == {"a"}
    assert store.claims.list_unclaimed("nominatim", ["a", "b", "c", "d"]) == ["d"]
    store.claims.release("one")
    assert store.claims.list_unclaimed("nominatim", ["a", "b", "c", "d"]) == ["a", "b", "d"]
    store.remember([answer("c")])
    assert store.claims.list_unclaimed("nominatim", ["c"]) == ["c"]


def test_a_claim_that_is_not_renewed_falls_to_the_next(store: Store) -> None:
    store.claims.take("nominatim", ["a", "b"], "dead", 0)
    assert store.claims.list_unclaimed("nominatim", ["a"]) == ["a"]
    assert store.claims.take("nominatim", ["a"], "heir", 60) == {"a"}
    store.claims.renew("dead", 60)
    assert store.claims.take("nominatim", ["a", "b"], "third", 60) == set()


def test_slots_are_an_interval_apart_for_all_users_of_a_store(
    store: Store, any_store_url: str
) -> None:
    other = Store(any_store_url)
    waits = [
        each.rate_limits.acquire_slot("n", 10, max_wait_seconds=100)
        for each in (store, other, store)
    ]
    assert [round(wait or 0, -1) for wait in waits] == [0, 10, 20]
    assert other.rate_limits.acquire_slot("photon", 10, max_wait_seconds=100) == 0
    assert other.rate_limits.acquire_slot("n", 10, max_wait_seconds=15) is None
    store.rate_limits.back_off("n", 90)
    assert round(other.rate_limits.acquire_slot("n", 10, max_wait_seconds=100) or 0) == 90
    other.close()


def test_a_clock_set_back_does_not_block_the_slots(store: Store) -> None:
    store.rate_limits.back_off("n", 100_000)
    assert store.rate_limits.acquire_slot("n", 1, max_wait_seconds=10) == 0


def test_a_newer_store_is_refused_in_one_line(any_store_url: str) -> None:
    with closing(Store(any_store_url)) as store, store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = 99 WHERE name = 'schema'")
    with pytest.raises(StoreError, match=r"schema 99, this geocache knows up to \d: update"):
        GeoCache(any_store_url, providers=[Atlas()])


def test_counts_tell_hits_from_misses_and_what_is_out_of_date(store: Store) -> None:
    store.remember([answer("graz"), answer("atlantis", MISS), answer("linz", expires_at=NOW)])
    store.pin([Pin(GRAZ, 1, 2)])
    counts = store.count(NOW)
    assert (counts["pins"], counts["claims"]) == (1, 0)
    assert sorted(counts["answers"]) == [
        ("nominatim", "1", False, False, 1),
        ("nominatim", "1", False, True, 1),
        ("nominatim", "1", True, False, 1),
    ]


def test_forget_deletes_what_meets_all_conditions(store: Store) -> None:
    store.remember([answer("graz"), answer("atlantis", MISS), answer("linz", expires_at=NOW)])
    before = store.revision()
    assert store.forget(expired_at=NOW) == 1
    assert store.forget(misses_only=True) == 1
    assert store.forget(provider="photon") == 0
    assert store.revision() == before + 2
    assert store.forget(keys=["graz", "linz"]) == 1
    assert list(store.answers()) == []


def test_a_pin_can_be_removed(store: Store) -> None:
    store.pin([Pin(GRAZ, 1, 2), Pin(Place(city="Yvoir"), note="none")])
    assert store.find_pins([place_key(GRAZ)])[place_key(GRAZ)].latitude == 1
    assert store.unpin(GRAZ)
    assert not store.unpin(GRAZ)
    (left,) = store.pins()
    assert left.left_off


def test_only_newer_answers_are_imported(store: Store) -> None:
    store.remember([answer("graz")])
    older, newer = answer("graz", MISS, asked_at=NOW - 1), answer("graz", MISS, asked_at=NOW + 1)
    assert store.import_newer([older, answer("linz")]) == 1
    assert store.recall("nominatim", "1", ["graz"], NOW) == {"graz": HIT}
    assert store.import_newer([newer, newer]) == 1
    assert store.recall("nominatim", "1", ["graz"], NOW) == {"graz": MISS}


def test_answers_of_other_versions_are_deleted_once(store: Store) -> None:
    assert store.delete_other_versions("nominatim", "1") == 0
    store.remember([answer("graz"), answer("linz")._replace(version="2")])
    assert store.delete_other_versions("nominatim", "2") == 1
    assert [kept.key for kept in store.answers()] == ["linz"]


def test_characters_that_databases_refuse_are_removed(store: Store) -> None:
    odd = Place("Gate \x00 4", "Graz \ud800", "", "", "Austria")
    store.pin([Pin(odd, 1, 2)])
    (kept,) = store.pins()
    assert kept.place == Place("Gate  4", "Graz ?", "", "", "Austria")
    assert store.unpin(odd)


SCHEMA_1 = Path(__file__).with_name("store-schema-1.sql")
"""A store with two pins, a hit and a known miss, written by version 1 of the tables."""

PINS_OF_1 = [
    Pin(GRAZ, 47.08, 15.46, 'the gate, "north"', "eva", NOW),
    Pin(Place(city="Yvoir"), -1.25, 0.1, "", "", NOW + 1),
]


@pytest.fixture
def of_schema_1(tmp_path: Path) -> Path:
    """A file written by an older geocache."""
    file = tmp_path / "store.sqlite"
    with closing(sqlite3.connect(file)) as raw:
        raw.executescript(SCHEMA_1.read_text(encoding="utf-8"))
    return file


def test_a_pin_is_as_exact_as_was_chosen(any_store_url: str) -> None:
    place = Place("Clinic", "Springfield", "", "", "United States")
    chosen = Pin(place, 39.8, -89.6, "Springfield, Illinois", "Ann", 5, "city")
    with closing(Store(any_store_url)) as store:
        store.pin([chosen])
        assert list(store.pins()) == [chosen]
        (found,) = store.find_pins([place_key(place)]).values()
    assert (found.precision, found.place_name) == ("city", "Springfield")
    assert found.reason == "city, chosen by Ann: Springfield, Illinois"
    assert found.uncertainty_km == CHOSEN_KM
    assert chosen._replace(precision="").position().precision == "facility"
    with pytest.raises(InputError, match="precision 'door' of a pin is none of facility, "):
        chosen._replace(precision="door").check()


@pytest.mark.parametrize("missing", ["migrated", "read only"])
def test_a_store_of_pins_without_precision_is_read(tmp_path: Path, missing: str) -> None:
    file = tmp_path / "store.sqlite"
    place = Place("Clinic", "Graz", "", "", "Austria")
    pin = Pin(place, 47.0, 15.4, "", "Ann", 5)
    with closing(Store(f"sqlite:///{file}")) as store:
        store.pin([pin])
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("ALTER TABLE pins DROP COLUMN precision")
        raw.execute("UPDATE meta SET value = 3 WHERE name = 'schema'")
        raw.commit()
    before = file.read_bytes()
    if missing == "read only":
        assert read_pins(file) == [pin], "also out of a damaged one"
        with closing(Store(f"sqlite:///{file}", read_only=True)) as store:
            assert list(store.pins()) == [pin]
        assert file.read_bytes() == before
    else:
        with closing(Store(f"sqlite:///{file}")) as store:
            store.pin([pin._replace(precision="city")])
            assert [one.precision for one in store.pins()] == ["city"]


def test_an_older_store_is_migrated_and_keeps_everything(of_schema_1: Path, tmp_path: Path) -> None:
    off = Pin(Place(city="Multiple sites"), note="no one place", pinned_at=NOW + 5)
    for known in (PINS_OF_1, [*PINS_OF_1, off]):
        with closing(Store(store_url(tmp_path))) as store, store.engine.begin() as connection:
            assert list(store.pins()) == known
            found = store.recall("nominatim", "1", ["graz", "atlantis"], NOW)
            assert found == {"graz": HIT, "atlantis": MISS}
            version = "SELECT value FROM meta WHERE name = 'schema'"
            assert connection.exec_driver_sql(version).scalar() == schema.SCHEMA_VERSION
            names = "SELECT name FROM sqlite_master WHERE name LIKE 'pins%'"
            assert connection.exec_driver_sql(names).scalars().all() == ["pins"]
        with closing(Store(store_url(tmp_path))) as store:
            store.pin([off])


def test_an_interrupted_migration_leaves_the_older_store_intact(
    of_schema_1: Path, tmp_path: Path
) -> None:
    step = schema.MIGRATIONS[1]

    def cut(connection: Connection) -> None:
        step(connection)
        raise OSError("the power went")

    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(schema.MIGRATIONS, 1, cut)
        with pytest.raises(OSError, match="the power"):
            Store(store_url(tmp_path))
    with closing(sqlite3.connect(of_schema_1)) as raw:
        assert raw.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone() == (1,)
        assert raw.execute("SELECT count(*) FROM pins").fetchone() == (2,)
    with closing(Store(store_url(tmp_path))) as store:
        assert list(store.pins()) == PINS_OF_1


def test_an_older_store_that_cannot_be_written_is_read_and_restored(
    of_schema_1: Path, tmp_path: Path
) -> None:
    before = of_schema_1.read_bytes()
    with closing(Store(store_url(tmp_path), read_only=True)) as store:
        assert list(store.pins()) == PINS_OF_1
    with GeoCache(f"sqlite:///{tmp_path}/new.sqlite", providers=[Atlas()]) as cache:
        cache.restore(of_schema_1)
        assert list(cache.pins()) == PINS_OF_1
        cache.leave_off(GRAZ)
    assert of_schema_1.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://h/db", "mysql is not supported"),
        ("nonsense", "no SQLAlchemy URL"),
        ("postgresql+psycopg2://h/db", "write postgresql.psycopg:"),
    ],
)
def test_a_url_that_cannot_work_names_the_setting(url: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"GEOCACHE_URL.*{message}"):
        GeoCache(url, providers=[Atlas()])


# When the disk fails


def test_a_file_that_is_no_database_is_moved_aside(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_text("this is not a database, but it is somebody's text")
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        (warning,) = cache.warnings
        cache.pin(GRAZ, 1, 2)
        assert cache.locate(GRAZ).source == "pin"
    (aside,) = tmp_path.glob("*.damaged-*")
    assert aside.name in warning
    assert aside.read_text().startswith("this is not a database")
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        assert cache.warnings == (warning,), "until it is acknowledged"
        assert len(cache.pins()) == 1


@pytest.mark.parametrize("how", ["cut", "scratched"])
def test_a_damaged_database_is_moved_aside(tmp_path: Path, how: str) -> None:
    places = [Place(city=f"Town {i}") for i in range(2000)]
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        list(cache.locate_many(places))
    file = tmp_path / "store.sqlite"
    content = bytearray(file.read_bytes())
    if how == "cut":
        content = content[: len(content) // 2]
    else:
        content[8192 : len(content) - 8192] = b"\xa5" * (len(content) - 16_384)
    file.write_bytes(content)
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        assert all(position.resolved for position in cache.locate_many(places))
        assert "damaged" in cache.warnings[0]
    assert len(list(tmp_path.glob("store.sqlite.damaged-*-??????"))) == 1


def test_a_database_damaged_while_open_is_moved_aside(tmp_path: Path) -> None:
    places = [Place(city=f"Town {i}") for i in range(2000)]
    file = tmp_path / "store.sqlite"
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        list(cache.locate_many(places))
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        size = file.stat().st_size
        with file.open("r+b") as raw:
            raw.seek(4096)
            raw.write(b"\xa5" * (size - 4096))
        assert all(position.resolved for position in cache.locate_many(places))
        assert "damaged" in cache.warnings[0]


AS_NOBODY = """
import os
from geocache import GeoCache, Place
from harness.geocaches import Atlas, GRAZ
with GeoCache("sqlite://", providers=[Atlas()]) as cache:
    list(cache.locate_many([GRAZ]))  # the interpreter may be in nobody's reach from here on
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
with GeoCache({url!r}, providers=[Atlas()]) as cache:
    print(cache.locate(GRAZ).source, cache.locate(Place(city="Town 1")).source)
    towns = [Place(city=f"Town {{i}}") for i in range(600)]
    print([p.source for p in cache.locate_many(towns)].count("atlas"))
    cache.pin(Place(city="Town 2"), 1, 2)
    print(cache.locate(Place(city="Town 2")).source)
    print(cache.warnings)
"""


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder accessible to other users; pytest restricts access to its own."""
    with TemporaryDirectory(prefix="shared-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.parametrize("beside", [False, True])
def test_a_read_only_store_is_read_and_new_answers_stay_in_memory(
    shared_folder: Path, beside: bool
) -> None:
    with GeoCache(store_url(shared_folder), providers=[Atlas()]) as cache:
        cache.pin(GRAZ, 1, 2)
    file = shared_folder / "store.sqlite"
    keeper = sqlite3.connect(file) if beside else None
    if keeper:
        keeper.execute("SELECT * FROM pins").fetchall()  # its -wal and -shm are there now
    for each in shared_folder.iterdir():
        each.chmod(0o444)
    shared_folder.chmod(0o555)
    code = AS_NOBODY.format(url=store_url(shared_folder))
    env = environment(None, shared_folder, PYTHONDONTWRITEBYTECODE="1")
    try:
        printed = wait_for_output(start_python(code, env)).splitlines()
    finally:
        shared_folder.chmod(0o755)
        if keeper:
            keeper.close()
    assert printed[0] == "pin atlas", printed
    assert printed[1] == "600"
    assert printed[2] == "pin"
    assert "kept in memory only" in printed[3]


def test_without_a_folder_everything_stays_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with GeoCache(f"sqlite:///{tmp_path}/file/store.sqlite", providers=[Atlas()]) as cache:
        assert cache.locate(GRAZ).source == "atlas"
        cache.pin(GRAZ, 1, 2)
        assert cache.locate(GRAZ).source == "pin"
        assert "kept in memory only" in cache.warnings[0]


ON_A_FULL_DISK = """
import resource
from geocache import GeoCache, Place
from geocache.store import fallback
from harness.geocaches import Atlas, GRAZ
fallback._RETRY_SECONDS = 0.0
unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
with GeoCache({url!r}, providers=[Atlas()]) as cache:
    cache.pin(GRAZ, 1, 2)
    print(cache.persistent)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, unlimited))
    places = [Place(city=f"Town {{i}}") for i in range(4_000)]
    found = list(cache.locate_many(places))
    print(sum(p.resolved for p in found), cache.locate(GRAZ).source)
    cache.pin(Place(city="Town 1"), 3, 4)
    print(cache.locate(Place(city="Town 1")).source, cache.persistent, cache.warnings)
    if {room}:
        resource.setrlimit(resource.RLIMIT_FSIZE, (unlimited, unlimited))
        while not cache.persistent:  # it is tried again after ten times what a failure took
            cache.locate(Place(city="Town 1"))
        print(cache.locate(Place(city="Town 1")).source, cache.persistent, cache.warnings)
"""


@pytest.mark.parametrize("room", [False, True])
def test_on_a_full_disk_memory_is_used_and_written_back_once_there_is_room(
    tmp_path: Path, room: bool
) -> None:
    code = ON_A_FULL_DISK.format(url=store_url(tmp_path), room=room)
    printed = wait_for_output(start_python(code, environment(None, tmp_path))).splitlines()
    assert printed[:2] == ["True", "4000 pin"]
    assert printed[2].startswith("pin False (")
    assert "kept in memory only" in printed[2]
    assert printed[3:] == (["pin True ()"] if room else [])
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        assert cache.warnings == ()
        assert cache.locate(GRAZ).source == "pin"
        assert not room or cache.locate(Place(city="Town 1")).source == "pin"


def test_unpinning_in_a_read_only_store_is_refused(tmp_path: Path) -> None:
    with closing(Store(store_url(tmp_path))) as store:
        store.pin([Pin(GRAZ, 1, 2)])
    fallback = FallbackStore(f"sqlite:///file:{tmp_path}/store.sqlite?mode=ro&uri=true")
    assert "read-only" in fallback.warnings[0] or "memory" in fallback.warnings[0]
    assert [pin.place for pin in fallback.pins()] == [GRAZ]
    with pytest.raises(StoreError, match="cannot unpin"):
        fallback.unpin(GRAZ)
    fallback.close()


# Backup and restore


def test_a_backup_restores_everything_for_every_user(tmp_path: Path) -> None:
    url = store_url(tmp_path)
    with GeoCache(url, providers=[Atlas()]) as cache, GeoCache(url, providers=[Atlas()]) as other:
        cache.pin(GRAZ, 1, 2, note="kept")
        cache.locate(Place(city="Town 1"))
        cache.backup(tmp_path / "backup.sqlite")
        with pytest.raises(StoreError, match="is there already"):
            cache.backup(tmp_path / "backup.sqlite")
        cache.unpin(GRAZ)
        cache.pin(Place(city="Town 5"), 3, 4)
        cache.forget()
        before = other.revision
        cache.restore(tmp_path / "backup.sqlite")
        assert other.revision > before
        assert [pin.note for pin in other.pins()] == ["kept"]
        assert other.stats()["answers"][0]["hits"] == 1


@pytest.mark.parametrize("content", [None, b"no database at all, just some bytes", b""])
def test_a_file_that_is_no_backup_is_not_restored(tmp_path: Path, content: bytes | None) -> None:
    backup = tmp_path / "backup.sqlite"
    if content is not None:
        backup.write_bytes(content)
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        cache.pin(GRAZ, 1, 2)
        with pytest.raises(StoreError):
            cache.restore(backup)
        assert len(cache.pins()) == 1
