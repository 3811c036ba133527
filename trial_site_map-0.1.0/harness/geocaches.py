"""Parts for tests of the geocache: a small offline provider, settings, and processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from geocache.place import Flag, Place, Position, Precision
from geocache.settings import GeocacheSettings
from harness.processes import start_process
from harness.provider_server import ProviderServer

ROOT = Path(__file__).parent.parent

GRAZ = Place("LKH Graz", "Graz", "", "8036", "Austria")


class Atlas:
    """An offline provider that knows a few towns and records the places it was asked for."""

    name = "atlas"
    online = False
    attribution = "Atlas of three towns"

    def __init__(self, version: str = "1") -> None:
        self.version = version
        self.asked: list[Place] = []

    def locate(self, place: Place) -> Position:
        """Graz with certainty, Springfield as ambiguous, "Town 7" by its number, nothing else."""
        self.asked.append(place)
        city = " ".join(place.city.casefold().split())
        if city == "graz":
            return Position(47.06667, 15.45, Precision.CITY, "Graz", self.name, 1.0, (), "exact")
        if city == "springfield":
            doubts = (Flag.AMBIGUOUS,)
            return Position(
                39.8, -89.64, Precision.CITY, "Springfield", self.name, 0.4, doubts, "?"
            )
        if city.startswith("town "):
            east = float(city.removeprefix("town ")) / 1e5
            return Position(47.0, east, Precision.CITY, place.city, self.name, 0.9, (), "numbered")
        return Position(source=self.name, reason="unknown city")


def store_url(folder: Path) -> str:
    """URL of an SQLite store in a folder."""
    return f"sqlite:///{folder / 'store.sqlite'}"


def online_settings(server: ProviderServer, folder: Path, **more: Any) -> GeocacheSettings:
    """Settings whose only provider is a test server."""
    return GeocacheSettings(**{**_values(server, folder), **more})


def _values(server: ProviderServer, folder: Path) -> dict[str, str]:
    key = "" if server.service in {"nominatim", "photon", "pelias", "arcgis"} else "secret"
    return {
        "geocache_providers": server.service,
        "geocache_contact": "somebody@example.org",
        "geocache_servers": f"{server.service}={server.url}",
        "geocache_keys": f"{server.service}={key}" if key else "",
        "geocache_url": store_url(folder),
        "site_map_data": str(folder),
    }


def environment(server: ProviderServer | None, folder: Path, **more: str) -> dict[str, str]:
    """The same settings as environment variables, for another process."""
    values = _values(server, folder) if server else {"geocache_url": store_url(folder)}
    own = {name.upper(): value for name, value in values.items()}
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("GEOCACHE_")}
    return {**inherited, **own, "PYTHONPATH": str(ROOT), **more}


def start_python(code: str, env: dict[str, str]) -> subprocess.Popen[str]:
    """Run Python code in another process."""
    return start_process([sys.executable, "-c", code], env=env, text=True)


def wait_for_output(process: subprocess.Popen[str], timeout_seconds: float = 60) -> str:
    """What a process printed; fails unless it succeeded."""
    out, errors = process.communicate(timeout=timeout_seconds)
    assert process.returncode == 0, errors
    return out


def wait_until(condition: Callable[[], bool], timeout_seconds: float = 30) -> None:
    """Wait for a condition; fails if it is not met in time."""
    deadline = time.monotonic() + timeout_seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition was not met in time"
        time.sleep(0.002)
