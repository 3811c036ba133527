"""The first minutes of a new user: the first start, the second start, the seed on the map.

Index building is measured in a process of its own (wall time, peak memory, size on disk); the
second start from ``site-map run`` to ``/api/health`` saying ok; page and filter in Chromium.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.bench_map import drawn, opened, settled
from benchmarks.dashboards import INDEX, chromium
from benchmarks.report import Figure, printed, progress
from geocache.gazetteer import Gazetteer
from harness.serving import serving

SITES, FILTERED = 75, 17
REPEATS = 5

_BUILD = """
import json, resource, sys, time
from pathlib import Path
from geocache.gazetteer import Gazetteer
start = time.perf_counter()
Gazetteer(Path(sys.argv[1]))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([time.perf_counter() - start, peak]))
"""


def building() -> Iterator[Figure]:
    """What the first start costs beside an ordinary one."""
    progress("index")
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-c", _BUILD, folder]
        seconds, peak = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    yield Figure("first start: index built", seconds, "s", 25)
    yield Figure("first start: peak memory of building", peak, "MB", 550)
    yield Figure("index on disk", size / 1e6, "MB", 120)


def figures() -> Iterator[Figure]:
    """All figures of a start with the seed."""
    yield from building()
    Gazetteer(INDEX)
    progress("start, page and filter")
    starts, pages, changes = [], [], []
    with TemporaryDirectory() as folder, chromium() as browser:
        for _ in range(REPEATS):
            start = time.perf_counter()
            with serving(Path(folder), INDEX):
                starts.append(time.perf_counter() - start)
        with serving(Path(folder), INDEX) as server:
            for _ in range(REPEATS):
                seconds, page = opened(browser, server.url, SITES)
                pages.append(seconds)
                page.context.close()
            _, page = opened(browser, f"{server.url}/?country=DE", FILTERED)
            for number in range(2 * REPEATS):
                settled(page)
                start = time.perf_counter()
                if number % 2:
                    page.go_back()
                else:
                    page.get_by_role("button", name="Country: Germany").click()
                drawn(page, FILTERED if number % 2 else SITES)
                changes.append(time.perf_counter() - start)
    yield Figure("second start: health says ok", median(starts), "s", 6)
    yield Figure("seed: page open to markers drawn", median(pages), "s", 4)
    yield Figure("seed: filter change to the map showing it", median(changes), "s", 0.5)


def main() -> None:
    """Print the figures."""
    for _ in printed(figures()):
        pass


if __name__ == "__main__":
    main()
