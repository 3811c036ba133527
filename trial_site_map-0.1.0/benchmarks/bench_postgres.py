"""Cached lookups a second over PostgreSQL, beside plain psycopg over the same rows.

The requirement: at least 50,000 a second in bulk, so at most 20 µs each. Counted is the CPU time
of both processes, ours and the server's for this connection: one waits for the other, so that their
sum is what a look-up takes where nobody else wants the cores; the clock's time stands beside it.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import psycopg

from benchmarks.bench_cache import BATCH, FEW, PLACES, ROUNDS, Numbered, places
from benchmarks.process_usage import cpu_seconds
from benchmarks.report import Figure, printed, progress
from geocache import GeoCache
from geocache.keys import key_numbers, place_key
from geocache.lookup import CHUNK
from geocache.store.claims import provider_hash
from harness.postgres import Postgres, database_name, run_postgres

WANTED = 50_000


class Rate(NamedTuple):
    """How many a second, by CPU time of both processes and by the clock."""

    cpu: float
    clock: float


class Timer:
    """Measures work that a database's server shares in."""

    def __init__(self, server: Postgres, url: str) -> None:
        self._server = server
        self._name = database_name(url)

    def rate(self, count: int, work: Callable[[], Any], rounds: int = ROUNDS) -> Rate:
        """The best of some rounds; connections are those that are open before and after."""
        work()
        best = Rate(0, 0)
        for _ in range(rounds):
            before, began = self._cpu(), time.monotonic()
            work()
            clock, after = time.monotonic() - began, self._cpu()
            cpu = sum(after[who] - before.get(who, 0) for who in after)
            best = Rate(max(best.cpu, count / cpu), max(best.clock, count / clock))
        return best

    def _cpu(self) -> dict[int, float]:
        sql = f"SELECT pid FROM pg_stat_activity WHERE datname = '{self._name}'"  # noqa: S608
        found = {0: time.process_time()}
        for (pid,) in self._server.execute(sql):
            found[int(str(pid))] = cpu_seconds(int(str(pid)))
        return found


def plain(url: str, numbers: list[int]) -> tuple[psycopg.Connection[Any], Callable[[], None]]:
    """psycopg itself: the same rows in the same batches, as its documentation shows."""
    where = url.replace("postgresql+psycopg://", "postgresql://")
    connection = psycopg.connect(where, autocommit=True)
    sql = "SELECT key, latitude, longitude, place_name, about FROM answers WHERE id = ANY(%s)"

    def read() -> None:
        for at in range(0, len(numbers), BATCH):
            rows = connection.execute(sql, (numbers[at : at + BATCH],)).fetchall()
            assert len(rows) == len(numbers[at : at + BATCH])

    return connection, read


def figures() -> Iterator[Figure]:
    """Everything measured."""
    progress("cached lookups over PostgreSQL, and psycopg itself")
    assert BATCH == CHUNK
    several = list(places(PLACES))
    few = several[:FEW]
    by = provider_hash(Numbered.name, Numbered.version)
    numbers = [number ^ by for number in key_numbers([place_key(place) for place in several])]
    with run_postgres() as server, server.database() as url:
        timer = Timer(server, url)
        with GeoCache(url, providers=[Numbered()]) as cache:
            began = time.process_time()
            for _ in cache.locate_many(several):
                pass
            cache.flush()
            written = PLACES / (time.process_time() - began)
            ours = timer.rate(PLACES, lambda: list(cache.locate_many(several)))
            one = timer.rate(FEW, lambda: [cache.locate(place) for place in few], 2)
        connection, read = plain(url, numbers)
        with connection:
            theirs = timer.rate(PLACES, read)
    yield Figure("psycopg, batches of 500", theirs.cpu, "rows/s")
    yield Figure("psycopg, batches of 500, by the clock", theirs.clock, "rows/s")
    yield Figure("list(GeoCache.locate_many)", ours.cpu, "lookups/s")
    yield Figure("list(GeoCache.locate_many), by the clock", ours.clock, "lookups/s")
    yield Figure("list(GeoCache.locate_many), each", 1e6 / ours.cpu, "µs", 1e6 / WANTED)
    yield Figure("in bulk, times psycopg in batches", theirs.cpu / ours.cpu, "x")
    yield Figure("GeoCache.locate, each", 1e6 / one.cpu, "µs")
    yield Figure("GeoCache.locate_many, asked and written, our CPU", written, "places/s")


def main() -> None:
    """Print the figures."""
    for _ in printed(figures()):
        pass


if __name__ == "__main__":
    main()
