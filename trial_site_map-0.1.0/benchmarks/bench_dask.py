"""Geocoding in bulk: one process, then a Dask cluster of two, and what 100,000,000 rows would take.

Rows as registries have them, a quarter as many places, unknown to the store at first. The
projection is the slope between two sizes, so that starting up is not multiplied; workers have
opened their gazetteers before. Beside the time on the clock stands the CPU time of the busiest
process: what the clock would say where each has a core of its own.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.dashboards import INDEX
from benchmarks.process_usage import cpu_seconds
from benchmarks.report import Figure, printed, progress
from dashboard.sites.categoricals import to_plain_text
from geocache.cluster.client import PLACES_OFFLINE
from geocache.gazetteer import Gazetteer
from harness.dask_cluster import dask_cluster
from harness.site_tables import generate_site_table

SIZES = (20_000, 120_000)
PROJECTED_ROWS = 100_000_000
COLUMNS = ["facility", "city", "state", "postcode", "country"]


def places_file(folder: Path, size: int) -> Path:
    """A CSV file of so many rows."""
    path = folder / f"{size}.csv"
    to_plain_text(generate_site_table(size))[COLUMNS].to_csv(path, index=False)
    return path


def nowhere_file(folder: Path, size: int) -> Path:
    """The same of places that nobody knows, so that nothing is remembered of those measured."""
    path = folder / "nowhere.csv"
    rows = "".join(f"Xq{number}zzk,Austria\n" for number in range(size))
    path.write_text(f"city,country\n{rows}")
    return path


class Took(NamedTuple):
    """Seconds by the clock, and of the busiest process's CPU."""

    clock: float
    busiest: float


def seconds(
    source: Path, folder: Path, env: dict[str, str], *options: str, others: tuple[int, ...] = ()
) -> Took:
    """What ``geocache locate`` says it took, and what it or one of some other processes worked."""
    words = ["locate", str(source), "-o", str(folder / "out.csv"), "--json", *options]
    code = f"from geocache.cli import main; main({words!r})"
    before = [_children(), *map(cpu_seconds, others)]
    done = subprocess.run([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, check=True)
    after = [_children(), *map(cpu_seconds, others)]
    busiest = max(now - was for was, now in zip(before, after, strict=True))
    return Took(float(json.loads(done.stdout)["seconds"]), busiest)


def _children() -> float:
    """CPU time of processes that were started here and ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def times(folder: Path, sizes: tuple[int, ...], *, workers: int) -> dict[int, Took]:
    """What each size took, each over a store of its own; without workers in one process."""
    found = {}
    for size in sizes:
        with TemporaryDirectory(dir=folder) as name:
            own = Path(name)
            (own / "gazetteer").symlink_to(INDEX, target_is_directory=True)
            env = {**os.environ, "SITE_MAP_DATA": name}
            source = places_file(own, size)
            if workers:
                with dask_cluster(own, env, workers) as cluster:
                    pids = tuple(process.pid for process in cluster.processes)
                    first = nowhere_file(own, 2 * workers * PLACES_OFFLINE)
                    seconds(first, own, env, "--dask", cluster.address)
                    found[size] = seconds(source, own, env, "--dask", cluster.address, others=pids)
            else:
                found[size] = seconds(source, own, env)
    return found


def figures(sizes: tuple[int, ...] = SIZES) -> Iterator[Figure]:
    """Time of each size, rows a second between the sizes, and the projection."""
    Gazetteer(INDEX)
    few, many = (sizes[0], sizes[-1]) if len(sizes) > 1 else (sizes[0] // 5, sizes[0])
    with TemporaryDirectory() as name:
        for workers, words in ((0, "one process"), (2, "two workers")):
            progress(words)
            took = times(Path(name), (few, many), workers=workers)
            for size in (few, many):
                yield Figure(f"{words}: {size:,} rows", took[size].clock, "s", size=size)
            for at, how in ((0, "by the clock"), (1, "busiest process's CPU")):
                slope = (took[many][at] - took[few][at]) / (many - few)
                yield Figure(f"{words}: rows, {how}", 1 / slope, "rows/s")
                yield Figure(
                    f"{words}: {PROJECTED_ROWS:,} rows projected, {how}",
                    slope * PROJECTED_ROWS / 3600,
                    "h",
                )


def main() -> None:
    """Print the figures."""
    for _ in printed(figures()):
        pass


if __name__ == "__main__":
    main()
