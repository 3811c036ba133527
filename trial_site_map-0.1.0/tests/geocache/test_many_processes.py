"""Many processes: no query is sent twice, even if processes are killed or interrupted."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from geocache.store import Store, schema
from harness.geocaches import environment, start_python, wait_for_output, wait_until
from harness.provider_server import Known, ProviderServer, run_provider

LOCATE = """
from geocache import GeoCache, Place
with GeoCache() as cache:
    places = [Place("", f"City {{i}}", "", "", "Austria") for i in range({count})]
    found = list(cache.locate_many(places))
    print(sum(p.resolved for p in found), found[-1].place_name, cache.warnings)
"""


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with run_provider("nominatim", Known("Graz", 47.07, 15.44)) as running:
        yield running


def remembered(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "store.sqlite", timeout=10)) as store:
        return int(store.execute("SELECT count(*) FROM answers").fetchone()[0])


def claimed_for(url: str) -> list[float]:
    """The seconds left of each claim in a store."""
    with closing(Store(url)) as store, store.engine.connect() as connection:
        return list(connection.scalars(select(schema.claims.c.until - store.database.now())))


def test_eight_processes_send_no_query_twice(
    server: ProviderServer, tmp_path: Path, any_store_url: str
) -> None:
    count = 200
    env = environment(server, tmp_path, GEOCACHE_URL=any_store_url)
    processes = [start_python(LOCATE.format(count=count), env) for _ in range(8)]
    for process in processes:
        assert wait_for_output(process, 120).split()[0] == str(count)
    assert len(server.seen) == count
    assert max(server.times_asked.values()) == 1


def test_a_killed_run_loses_what_was_in_flight_and_the_next_resumes(
    server: ProviderServer, tmp_path: Path
) -> None:
    server.delay_seconds = 0.002
    env = environment(server, tmp_path)
    first = start_python(LOCATE.format(count=300), env)
    wait_until(lambda: len(server.seen) >= 100)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    asked = len(server.seen)
    assert remembered(tmp_path) >= asked - 1
    left = claimed_for(env["GEOCACHE_URL"])
    assert left
    assert max(left) <= 10  # the dead one's claims are waited for, no longer
    assert wait_for_output(start_python(LOCATE.format(count=300), env)).startswith("300 City 299")
    assert len(server.seen) <= 301


def test_a_dead_owners_claim_is_taken_over_within_ten_seconds(
    server: ProviderServer, tmp_path: Path, any_store_url: str
) -> None:
    server.always = "hang"
    env = environment(server, tmp_path, GEOCACHE_URL=any_store_url)
    owner = start_python(LOCATE.format(count=1), env)
    wait_until(lambda: len(server.seen) == 1)
    os.kill(owner.pid, signal.SIGKILL)
    owner.communicate()
    (left,) = claimed_for(any_store_url)
    assert left <= 10
    server.always = ""
    assert wait_for_output(start_python(LOCATE.format(count=1), env)).startswith("1 City 0")
    assert claimed_for(any_store_url) == []
    assert len(server.seen) == 2


def test_a_waiting_owner_keeps_its_claim(server: ProviderServer, tmp_path: Path) -> None:
    server.failures = ["429 after 11"]
    env = environment(server, tmp_path)
    owner = start_python(LOCATE.format(count=1), env)
    wait_until(lambda: len(server.seen) == 1)
    other = start_python(LOCATE.format(count=1), env)
    assert wait_for_output(owner).startswith("1 City 0")
    assert wait_for_output(other).startswith("1 City 0")
    assert len(server.seen) == 2


def test_the_rate_limit_applies_to_all_processes_together(
    server: ProviderServer, tmp_path: Path, any_store_url: str
) -> None:
    env = environment(
        server, tmp_path, GEOCACHE_REQUESTS_PER_SECOND="20", GEOCACHE_URL=any_store_url
    )
    for process in [start_python(LOCATE.format(count=30), env) for _ in range(3)]:
        wait_for_output(process)
    times = [one.at for one in server.seen]
    assert len(times) == 30
    assert times[-1] - times[0] > 29 / 20 - 0.1


def test_ctrl_c_ends_with_a_summary_and_releases_the_claims(
    server: ProviderServer, tmp_path: Path
) -> None:
    server.delay_seconds = 0.01
    rows = "".join(f"City {i},Austria\n" for i in range(1000))
    (tmp_path / "in.csv").write_text(f"city,country\n{rows}")
    # As under a person's hand: what a shell starts in the background would not hear of Ctrl-C.
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code += "from geocache.cli import main; "
    code += f"main(['locate', '{tmp_path}/in.csv', '-o', '{tmp_path}/o.csv'])"
    process = start_python(code, environment(server, tmp_path))
    wait_until(lambda: len(server.seen) >= 50)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "Traceback" not in errors
    assert "rows in" in errors
    assert "run again to continue" in errors
    assert not (tmp_path / "o.csv").exists()
    assert list(tmp_path.glob(".o.csv*")) == []
    asked = len(server.seen)
    assert remembered(tmp_path) >= asked - 1
    with closing(sqlite3.connect(tmp_path / "store.sqlite")) as store:
        assert store.execute("SELECT count(*) FROM claims").fetchone() == (0,)
    server.delay_seconds = 0
    assert wait_for_output(
        start_python(LOCATE.format(count=60), environment(server, tmp_path))
    ).startswith("60 ")
