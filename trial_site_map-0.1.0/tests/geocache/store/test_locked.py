"""A store that another process holds locked for long degrades as on a full disk."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from geocache import GeoCache, Place
from geocache.store import fallback, sqlite
from harness.geocaches import GRAZ, Atlas, store_url, wait_until


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(fallback, "_RETRY_SECONDS", 0.05)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    with closing(sqlite3.connect(folder / "store.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def open_cache(folder: Path) -> GeoCache:
    return GeoCache(store_url(folder), providers=[Atlas()])


@pytest.mark.parametrize("locked_first", [False, True])
def test_what_is_located_while_the_store_is_locked_is_written_later(
    tmp_path: Path, locked_first: bool
) -> None:
    with open_cache(tmp_path) as cache:
        cache.pin(GRAZ, 1, 2)
    towns = [Place(city=f"Town {number}") for number in range(600)]
    if locked_first:
        with locked(tmp_path):
            cache = open_cache(tmp_path)
            _use(cache, towns)
    else:
        cache = open_cache(tmp_path)
        with locked(tmp_path):
            _use(cache, towns)
    with closing(cache):
        wait_until(lambda: cache.locate(GRAZ).source == "pin" and cache.persistent)
        assert cache.warnings == ()
    with open_cache(tmp_path) as cache:
        assert {pin.place.city for pin in cache.pins()} == {"Graz", "Linz"}
        assert sum(1 for _ in cache.answers()) == len(towns)


def _use(cache: GeoCache, towns: list[Place]) -> None:
    assert all(position.resolved for position in cache.locate_many(towns))
    assert cache.locate(GRAZ).source == "pin"
    cache.pin(Place(city="Linz"), 48.3, 14.3)
    assert cache.locate(Place(city="Linz")).source == "pin"
    assert not cache.persistent
    assert "locked" in cache.warnings[0]
