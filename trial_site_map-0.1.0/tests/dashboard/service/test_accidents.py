"""Killed processes, and servers that share a data folder: confirmed changes are never lost.

What a person sees of such an accident is in ``tests/browser/test_crashes.py``.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from dashboard.commands.warm import FEW_PLACES
from dashboard.library.upload_storage import EVERYONE
from dashboard.service.service import Service
from dashboard.settings import Settings
from harness.processes import start_process

SECONDS = 120


def environment(data: Path) -> dict[str, str]:
    return {**os.environ, "SITE_MAP_DATA": str(data), "GEOCACHE_PROVIDERS": "gazetteer"}


@contextmanager
def running(data: Path, *words: object) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process on the data folder, in a process group of its own; killed at the end."""
    command = [sys.executable, "-m", *map(str, words)]
    process = start_process(command, env=environment(data), session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def group(leader: int) -> set[int]:
    """The running processes of a group."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader and fields[0] not in "ZX":
            found.add(int(stat.parent.name))
    return found


def answers(store: Path) -> dict[int, int]:
    """When each answer in a store was given, by its number."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        try:
            return dict(connection.execute("SELECT id, asked_at FROM answers"))
        except sqlite3.OperationalError:  # the tables are not made yet
            return {}


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def test_killed_warm_leaves_no_process_and_resumes(data_folder: Path) -> None:
    places = FEW_PLACES + 1_000
    rows = "".join(f"Sykehus {number},By {number},Norway\n" for number in range(places))
    source = data_folder / "many.csv"
    source.write_text(f"facility,city,country\n{rows}")
    store = data_folder / "geocache.sqlite"
    with running(data_folder, "dashboard.cli", "warm", source) as warm:
        until(lambda: store.exists() and len(answers(store)) > 100, "the first answers")
        assert warm.poll() is None
        assert len(group(warm.pid)) > 1 or os.cpu_count() == 1
        os.kill(warm.pid, signal.SIGKILL)
        warm.wait(SECONDS)
        until(lambda: not group(warm.pid), "the helpers of a killed process to end")
    kept = answers(store)
    assert len(kept) < places
    with running(data_folder, "dashboard.cli", "warm", source, "--json") as again:
        said, errors = again.communicate(timeout=SECONDS)
    assert again.returncode == 0, errors.decode()
    assert json.loads(said)["not_asked"] == 0
    found = answers(store)
    assert len(found) > len(kept)
    assert {number: found[number] for number in kept} == kept


def test_two_servers_on_one_data_folder_lose_nothing(data_folder: Path) -> None:
    rounds = 6
    module = "harness.busy_server"
    watching = Service(Settings(site_map_data=data_folder))
    assert len(watching.library().table) == 75
    with (
        running(data_folder, module, "north", rounds) as one,
        running(data_folder, module, "south", rounds) as other,
    ):
        ends = [each.communicate(timeout=SECONDS)[1].decode() for each in (one, other)]
        assert [one.returncode, other.returncode] == [0, 0], ends
    shared = {each.opened.name for each in watching.uploads.lists(EVERYONE)}
    names = [f"{name} {number}.csv" for name in ("north", "south") for number in range(rounds)]
    assert shared == set(names)
    open_here = {each.name for each in watching.library().lists}
    assert shared < open_here, "what others share is shown without a restart"
    watching.close()

    after = Service(Settings(site_map_data=data_folder))
    try:
        facilities = set(after.library().table["facility"])
        for name in ("north", "south"):
            kept = after.uploads.lists(f"session of {name}")
            assert len(kept) == rounds - rounds // 3
            assert all(each.opened.reading is not None for each in kept)
            assert {f"Clinic {name} {number}" for number in range(rounds)} <= facilities
        assert after.uploads.lists("session of both")
        pins = {pin.place.city: pin for pin in after.geocoder.pins()}
        assert len(pins) == 3 * rounds
        assert pins["north 3"].latitude == pins["both 3"].latitude == 43
        assert len(after.fetched.list_ids()) == rounds
        assert after.geocoder.warnings == ()
    finally:
        after.close()
    with closing(sqlite3.connect(data_folder / "geocache.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not list(data_folder.rglob("*.part"))
