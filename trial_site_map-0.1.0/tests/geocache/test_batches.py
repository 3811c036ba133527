"""Batches of a cluster run: a place is sent once, every row is located, memory is constant."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from geocache import GeoCache, Place, Position
from geocache.cluster.batches import Batch, Batches
from geocache.gazetteer import Gazetteer

CITIES = ("Graz", "Linz", "Wien", "Salzburg", "Nowhere at all")


def sites(number: int) -> Iterator[Place]:
    """Many hospitals in a few cities."""
    for each in range(number):
        yield Place(f"Clinic {each}", CITIES[each % len(CITIES)], country="Austria")


def answered(batches: Batches, cache: GeoCache) -> tuple[list[Position], list[Batch]]:
    """The position of every row, with two batches in progress at any time, and the batches."""
    sent: list[Batch] = []
    waiting: list[Batch] = []
    found: list[Position] = []
    while True:
        while len(waiting) < 2 and (batch := batches.next()):
            sent.append(batch)
            waiting.append(batch)
        if not waiting:
            return found, sent
        fresh = waiting.pop(0).unknown
        found += batches.assign(list(cache.locate_many(fresh, online=False)))


@pytest.fixture
def cache(tmp_path: Path, place_index: Path) -> Iterator[GeoCache]:
    with GeoCache(f"sqlite:///{tmp_path}/s.sqlite", providers=[Gazetteer(place_index)]) as made:
        yield made


def test_hospitals_of_a_city_are_sent_once_and_a_pin_wins(cache: GeoCache) -> None:
    places = list(sites(100))
    cache.pin(places[7], 47.0, 15.0)
    cache.pin(places[93], 48.0, 16.0)
    batches = Batches(iter(places), 3, reuse_answers=True, find_pins=cache._store.find_pins)
    found, sent = answered(batches, cache)
    assert found == list(cache.locate_many(places))
    assert [found[i].source for i in (6, 7, 93)] == ["gazetteer", "pin", "pin"]
    fresh = [place for batch in sent for place in batch.unknown]
    assert sorted(place.city for place in fresh) == sorted(CITIES)
    assert {place.facility for place in fresh} == {""}


def test_facilities_are_sent_where_they_matter(cache: GeoCache) -> None:
    places = [*sites(20), *sites(20)]
    found, sent = answered(Batches(iter(places), 4, reuse_answers=True), cache)
    assert found == list(cache.locate_many(places))
    assert [place for batch in sent for place in batch.unknown] == places[:20]


def test_each_batch_asks_again_where_that_may_help(cache: GeoCache) -> None:
    places = [Place(city=city, country="Austria") for city in ("Graz", "Graz", "Linz", "Graz")]
    found, sent = answered(Batches(iter(places), 3, reuse_answers=False), cache)
    assert found == list(cache.locate_many(places))
    assert [[place.city for place in batch.unknown] for batch in sent] == [
        ["Graz", "Linz"],
        ["Graz"],
    ]


def test_a_batch_reads_no_further_than_needed_and_memory_does_not_grow() -> None:
    read = count()
    endless = (Place(city=f"City {next(read)}", country="Austria") for _ in count())
    batches = Batches(endless, 1_000, reuse_answers=True)
    most = 0
    for _ in range(200):
        batch = batches.next()
        assert batch is not None
        assert len(list(batches.assign([Position()] * len(batch.unknown)))) == 1_000
        most = max(most, len(batches._known))
    assert next(read) == 200_000
    assert most <= 66_536


def test_a_list_of_one_city_is_cut_into_batches_too() -> None:
    batches = Batches(iter([Place(city="Graz")] * 100), 5, reuse_answers=True)
    first, second = batches.next(), batches.next()
    assert first is not None
    assert second is not None
    assert (len(first.places), len(first.unknown)) == (40, 1)
    assert (len(second.places), len(second.unknown)) == (40, 0)
    assert len(list(batches.assign([Position(score=1.0)]))) == 40
    assert [position.score for position in batches.assign([])] == [1.0] * 40


def test_an_empty_list_has_no_batch() -> None:
    assert Batches(iter(()), 5, reuse_answers=True).next() is None
