"""A real dashboard process on a loopback port, for tests and benchmarks."""

import csv
import io
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from harness.processes import start_process, stop_process

ROOT = Path(__file__).parent.parent
START_SECONDS = 180
_PORT = re.compile(r"http://localhost:(\d+)")
COMMAND = (sys.executable, "-m", "dashboard.cli", "run", "--app", "app:app")
_ports: set[int] = set()
"""Ports of stopped servers, used again because the browser caches by host and port."""


@dataclass
class Server:
    """A running dashboard."""

    url: str
    log: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    def fetch_sites(self, query: str = "") -> list[dict[str, str]]:
        """The rows of ``/api/sites.csv`` for a query string."""
        with urlopen(f"{self.url}/api/sites.csv?{query}") as response:
            return list(csv.DictReader(io.StringIO(response.read().decode("utf-8-sig"))))


@contextmanager
def serving(
    folder: Path,
    place_index: Path,
    command: Sequence[str] = COMMAND,
    working_folder: Path = ROOT,
    port: int = 0,
    **settings: str,
) -> Iterator[Server]:
    """A dashboard process; stopped afterwards.

    Without ``port``, it gets the port of a stopped server, or one that the system picks.
    """
    data = folder / "data"
    data.mkdir(exist_ok=True)
    index = data / "gazetteer"
    if not index.exists():
        index.symlink_to(place_index, target_is_directory=True)
    log = folder / "server.log"
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("SITE_MAP_", "GEOCACHE_"))},
        "SITE_MAP_DATA": str(data),
        **settings,
    }
    port = port or next((known for known in _ports if _is_free(known)), 0)
    _ports.discard(port)
    with log.open("wb") as output:
        process = start_process(
            [*command, "--port", str(port)],
            cwd=working_folder,
            env=environment,
            output=output,
            errors=subprocess.STDOUT,
        )
        try:
            url = _address(process, log)
            yield Server(url, log, process)
        finally:
            stop_process(process)
    _ports.add(urlsplit(url).port or port)


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return True
    return False


def free_port() -> int:
    """A free loopback port, for a server that must know its address before it starts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """The URL from the server's log, once ``/api/health`` answers 200."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        urls = [f"http://127.0.0.1:{port}" for port in _PORT.findall(log.read_text())]
        if process.poll() is not None:
            raise AssertionError(f"the server exited:\n{log.read_text()}")
        if urls:
            try:
                with urlopen(f"{urls[0]}/api/health", timeout=10) as answer:
                    if answer.status == 200:
                        return urls[0]
            except HTTPError as error:
                if error.code != 503:
                    raise
            except URLError:
                pass  # it does not listen yet
        time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")
