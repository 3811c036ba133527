"""How fast the API answers: a filtered CSV to four clients, and 100,000 sites as one stream."""

import http.client
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.report import Figure, printed, progress
from geocache.gazetteer import Gazetteer
from harness.serving import ROOT, Server, serving

CLIENTS = 4
SECONDS = 5.0
STREAMED_SITES = 100_000
QUERY = "/api/sites.csv?country=DE&country=IT"
INDEX = ROOT / ".venv" / "test-place-index"


def resident_mb(pid: int, field: str = "VmRSS") -> float:
    """Memory of a process in MB; ``VmHWM`` is the most it ever had."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    return 0.0


def connect(server: Server) -> http.client.HTTPConnection:
    """A connection that is kept open."""
    parts = urlsplit(server.url)
    assert parts.hostname
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)


def filtered_csv(server: Server) -> dict[str, float]:
    """Answers a second to keep-alive clients, failures, and how long the page waited meanwhile."""
    times: list[float] = []
    failed: list[int] = []
    page: list[float] = []
    until = time.monotonic() + SECONDS

    def ask() -> None:
        connection = connect(server)
        while time.monotonic() < until:
            began = time.perf_counter()
            connection.request("GET", QUERY)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200 or body.count(b"\r\n") != 30:
                failed.append(answer.status)
            times.append(time.perf_counter() - began)
        connection.close()

    def visit() -> None:
        connection = connect(server)
        while time.monotonic() < until:
            began = time.perf_counter()
            connection.request("GET", "/")
            connection.getresponse().read()
            page.append(time.perf_counter() - began)
            time.sleep(0.2)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    threads.append(threading.Thread(target=visit))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "answers_per_second": round(len(times) / SECONDS),
        "failed": len(failed),
        "median_ms": round(statistics.median(times) * 1000, 2),
        "page_median_ms": round(statistics.median(page) * 1000, 2),
        "page_worst_ms": round(max(page) * 1000, 2),
    }


def write_list(path: Path, sites: int) -> None:
    """A site list of that many sites, in trials of 50, over 200 cities."""
    pick = random.Random(1)  # noqa: S311 - the same list every time
    cities = [
        f"{city},{state},{country}"
        for city, state, country in (
            ("Boston", "Massachusetts", "United States"),
            ("Houston", "Texas", "United States"),
            ("Berlin", "", "Germany"),
            ("Munich", "", "Germany"),
            ("Milan", "", "Italy"),
            ("Madrid", "", "Spain"),
            ("Tokyo", "", "Japan"),
            ("Seoul", "", "South Korea"),
        )
    ]
    with path.open("w", encoding="utf-8") as file:
        file.write("nct_id,facility,city,state,country,status\n")
        for number in range(sites):
            trial = f"NCT{10_000_000 + number // 50}"
            file.write(f"{trial},Hospital {number},{pick.choice(cities)},Recruiting\n")


def streamed_csv(server: Server) -> dict[str, float]:
    """Seconds to take all sites as CSV, and the memory that took."""
    connection = connect(server)
    seconds, size = [], 0
    connection.request("GET", "/api/sites.csv?limit=1")
    connection.getresponse().read()
    before = resident_mb(server.process.pid)
    for number in range(3):
        began = time.perf_counter()
        connection.request("GET", f"/api/sites.csv?view_run={number}")
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        size = 0
        while chunk := answer.read(65_536):
            size += len(chunk)
        seconds.append(time.perf_counter() - began)
    most = resident_mb(server.process.pid, "VmHWM")
    return {
        "first_seconds": round(seconds[0], 2),
        "median_seconds": round(statistics.median(seconds), 2),
        "megabytes_sent": round(size / 2**20, 1),
        "more_memory_mb": round(max(most - before, 0), 1),
    }


def figures() -> Iterator[Figure]:
    """Every figure of the API."""
    Gazetteer(INDEX)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "seed").mkdir()
        (folder / "many").mkdir()
        progress("API: four clients ask for the seed's filtered CSV")
        with serving(folder / "seed", INDEX) as server:
            asked = filtered_csv(server)
        name = f"API, {CLIENTS} keep-alive clients, filtered CSV of the seed"
        yield Figure(f"{name}: answers a second (at least 300)", asked["answers_per_second"], "/s")
        yield Figure(f"{name}: failed", asked["failed"], "answers")
        yield Figure(f"{name}: page meanwhile, worst", asked["page_worst_ms"], "ms")
        progress(f"API: {STREAMED_SITES:,} sites as CSV")
        sites = folder / "sites.csv"
        write_list(sites, STREAMED_SITES)
        with serving(folder / "many", INDEX, SITE_MAP_SOURCES=str(sites)) as server:
            streamed = streamed_csv(server)
        name = f"API, {STREAMED_SITES:,} sites as CSV"
        yield Figure(f"{name}: first time", streamed["first_seconds"], "s", 2)
        yield Figure(f"{name}: again", streamed["median_seconds"], "s", 2)
        yield Figure(f"{name}: more memory", streamed["more_memory_mb"], "MB", 150)


def main() -> None:
    """Print the figures."""
    for _ in printed(figures()):
        pass


if __name__ == "__main__":
    main()
