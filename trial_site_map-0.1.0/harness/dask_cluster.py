"""A real Dask cluster on loopback: a scheduler and workers, each a process of its own."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from harness.processes import start_process, stop_process

START_SECONDS = 60


@dataclass
class DaskCluster:
    """A running scheduler and its workers."""

    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    address: str = ""

    def add(self, kind: str, env: Mapping[str, str], *options: str) -> subprocess.Popen[bytes]:
        """Start a ``scheduler`` or a ``worker`` and wait until its log says that it is ready."""
        log = self.folder / f"{kind}-{len(self.processes)}.log"
        with log.open("wb") as output:
            process = start_process(
                [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options],
                env={**env, "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s"},
                output=output,
                errors=subprocess.STDOUT,
            )
        self.processes.append(process)
        ready = "Scheduler at:" if kind == "scheduler" else "Registered to:"
        deadline = time.monotonic() + START_SECONDS
        while ready not in (text := log.read_text()):
            assert process.poll() is None, text
            assert time.monotonic() < deadline, text
            time.sleep(0.02)
        if kind == "scheduler":
            self.address = text.partition(ready)[2].split()[0]
        return process

    def add_worker(self, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start a worker of one thread."""
        local = ("--local-directory", str(self.folder), "--no-dashboard")
        return self.add("worker", env, self.address, "--no-nanny", "--nthreads", "1", *local)


@contextmanager
def dask_cluster(folder: Path, env: Mapping[str, str], workers: int = 2) -> Iterator[DaskCluster]:
    """A running cluster; its processes are stopped afterwards."""
    cluster = DaskCluster(folder)
    try:
        host = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        cluster.add("scheduler", env, *host)
        for _ in range(workers):
            cluster.add_worker(env)
        yield cluster
    finally:
        for process in reversed(cluster.processes):
            stop_process(process)
