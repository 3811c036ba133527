"""Geocoding on a real Dask cluster: nothing is lost or asked twice, even if a worker is killed."""

import csv
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from dashboard.cli import main as site_map_main
from geocache.cli import main as geocache_main
from harness.command_line import as_text, run
from harness.dask_cluster import DaskCluster, dask_cluster
from harness.geocaches import environment, start_python, wait_for_output
from harness.provider_server import ProviderServer, run_provider

REQUESTS_PER_SECOND = 40


class Running(NamedTuple):
    """A cluster, the service its workers ask, and the environment they share."""

    cluster: DaskCluster
    server: ProviderServer
    env: dict[str, str]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, place_index: Path) -> Iterator[Running]:
    """A scheduler and two workers: a register, the gazetteer, then an online provider."""
    folder = tmp_path_factory.mktemp("cluster")
    register = folder / "doors.csv"
    register.write_text(
        "hospital,town,country,lat,lon\nKlinik Nord,Linz,Austria,48.32101,14.28001\n"
    )
    (folder / "gazetteer").symlink_to(place_index, target_is_directory=True)
    with run_provider("nominatim") as server:
        env = environment(
            server,
            folder,
            GEOCACHE_PROVIDERS="gazetteer,nominatim",
            GEOCACHE_REGISTERS=str(register),
            GEOCACHE_REQUESTS_PER_SECOND=str(REQUESTS_PER_SECOND),
            SITE_MAP_DATA=str(folder),
        )
        with dask_cluster(folder, env) as cluster:
            yield Running(cluster, server, env)


def command(package: str, *words: object) -> str:
    """Python code that runs a command line."""
    arguments = [package, *map(str, words)]
    return f"import sys; from {package}.cli import main; sys.argv = {arguments!r}; main()"


def places_file(path: Path, *names: str) -> Path:
    rows = "".join(f"{name},Austria\n" for name in names)
    path.write_text(f"city,country\n{rows}")
    return path


def until(condition: Callable[[], bool], timeout_seconds: float = 90) -> None:
    end = time.monotonic() + timeout_seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def test_a_cluster_locates_as_one_process_does(running: Running, tmp_path: Path) -> None:
    cluster, server, env = running
    names = ["Graz", "Linz", *(f"City {i}" for i in range(50)), "Graz", "Nowhere at all"]
    source = places_file(tmp_path / "in.csv", *names)
    before = len(server.seen)
    for output, more in (("on.csv", ["--dask", cluster.address]), ("alone.csv", [])):
        words = ["locate", source, "-o", tmp_path / output, *more]
        wait_for_output(start_python(command("geocache", *words), env), 120)
    assert (tmp_path / "on.csv").read_bytes() == (tmp_path / "alone.csv").read_bytes()
    with (tmp_path / "on.csv").open() as file:
        sources = [row["source"] for row in csv.DictReader(file)]
    assert sources[0] == "gazetteer"
    assert sources[2] == "nominatim"
    assert len(server.seen) - before >= 50
    assert max(server.times_asked.values()) == 1


def test_a_cluster_finds_the_doors_of_registers(running: Running, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("facility,city,country\nKlinik Nord,Linz,AT\nKlinik Mitte,Linz,AT\n")
    words = ["locate", source, "-o", tmp_path / "o.csv", "--dask", running.cluster.address]
    wait_for_output(start_python(command("geocache", *words), running.env), 120)
    with (tmp_path / "o.csv").open() as file:
        found = [(row["source"], row["precision"]) for row in csv.DictReader(file)]
    assert found == [("register:doors", "facility"), ("gazetteer", "city")]


def test_a_killed_worker_loses_nothing_and_only_its_last_query_is_asked_again(
    running: Running, tmp_path: Path
) -> None:
    cluster, server, env = running
    server.delay_seconds = 0.01
    victim = cluster.add_worker(env)
    names = [f"City {i}" for i in range(1000, 1120)]
    source = places_file(tmp_path / "in.csv", *names)
    before = len(server.seen)
    words = ["warm", source, "--json", "--dask", cluster.address]
    process = start_python(command("dashboard", *words), env)
    until(lambda: len(server.seen) - before >= 40)
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    printed = wait_for_output(process, 120)
    assert '"not_asked": 0' in printed
    assert '"unresolved": 0' in printed
    asked = [one.words for one in server.seen[before:]]
    assert len(set(asked)) == 120
    assert len(asked) <= 121
    times = [one.at for one in server.seen[before:]]
    assert times[-1] - times[0] > 119 / REQUESTS_PER_SECOND - 0.1, "the limit is the cluster's"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("GEOCACHE_URL", "sqlite:///{folder}/other.sqlite", "does not share this store"),
        ("GEOCACHE_PROVIDERS", "gazetteer", "set the same GEOCACHE_PROVIDERS"),
        ("GEOCACHE_REGISTERS", "", "open the same registers"),
    ],
)
def test_a_worker_that_is_set_up_differently_refuses(
    running: Running, tmp_path: Path, name: str, value: str, message: str
) -> None:
    source = places_file(tmp_path / "in.csv", "Graz")
    words = ["locate", source, "-o", tmp_path / "o.csv", "--dask", running.cluster.address]
    env = {**running.env, name: value.format(folder=tmp_path)}
    done = as_text(run(geocache_main, list(map(str, words)), env, tmp_path))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "o.csv").exists()


def test_a_scheduler_that_does_not_answer_is_one_line(running: Running, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
        source = places_file(tmp_path / "in.csv", "Graz")
        words = ["warm", str(source), "--dask", address]
        done = as_text(run(site_map_main, words, running.env, tmp_path))
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == f"site-map: no Dask scheduler answers at {address}"
    assert "Traceback" not in done.stderr
