"""``site-map warm`` over a generated list: each distinct place once, all cores, flat memory."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.dashboards import INDEX, saved
from benchmarks.process_usage import resident_gb
from benchmarks.report import Figure, printed, progress
from geocache.gazetteer import Gazetteer

SIZES = (10_000, 100_000, 3_500_000)
LIMITS = {3_500_000: 120.0}


def figures(sizes: tuple[int, ...] = SIZES) -> Iterator[Figure]:
    """Time and memory of each size."""
    Gazetteer(INDEX)
    for size in sizes:
        progress(f"{size:,} sites")
        with TemporaryDirectory() as name:
            folder = Path(name)
            path, _ = saved(size, folder)
            (folder / "gazetteer").symlink_to(INDEX, target_is_directory=True)
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            start = time.perf_counter()
            with subprocess.Popen(
                [sys.executable, "-m", "dashboard.cli", "warm", str(path), "--json"],
                env={**os.environ, "SITE_MAP_DATA": name},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            ) as running:
                memory = []
                while running.poll() is None:
                    memory.append(resident_gb(running.pid))
                    time.sleep(0.25)
                took = time.perf_counter() - start
                assert running.stdout
                places = json.load(running.stdout)["places"]
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
        words = f"{size:,} sites in {places:,} places"
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        limit = LIMITS.get(size, float("nan"))
        yield Figure(f"{words}: warm", took, "s", limit, "warm", size)
        yield Figure(f"{words}: CPU of all processes", cpu, "s")
        yield Figure(f"{words}: memory of all processes, a third through", third(memory), "GB")
        yield Figure(f"{words}: memory of all processes, at most", max(memory), "GB")


def third(memory: list[float]) -> float:
    """What was held when a third of the time was over."""
    return memory[len(memory) // 3]


def main() -> None:
    """Print the figures."""
    for _ in printed(figures()):
        pass


if __name__ == "__main__":
    main()
