"""The task of a Dask worker, which opens a geocache of its own over the shared store."""

import threading
from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

from distributed import get_worker

from geocache.errors import ConfigurationError
from geocache.lookup import GeoCache
from geocache.place import Place, Position
from geocache.providers.attempts import Run
from geocache.settings import read_settings
from geocache.store import FallbackStore

RUNS = "a job on a cluster"
"""The provider name under which a run is claimed in the store, as if it were a query."""

_MAX_RUNS = 16


class ClusterRun(NamedTuple):
    """What all tasks of a run share; ``providers`` are names and versions."""

    number: str
    online: bool
    scheduled: bool
    providers: tuple[tuple[str, str], ...]


class TaskResult(NamedTuple):
    """A task's positions, and the warnings of its worker."""

    positions: list[Position]
    warnings: tuple[str, ...]


class _WorkerState:
    """The geocache of this worker, opened at its first task, and its runs of each cluster run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cache: GeoCache | None = None
        self._runs: dict[str, dict[str, Run]] = {}

    def open(self, run: ClusterRun) -> tuple[GeoCache, dict[str, Run]]:
        """The geocache, and its online providers' runs within the cluster run."""
        with self._lock:
            if self._cache is None:
                self._cache = GeoCache(settings=read_settings())
            if run.number not in self._runs:
                _check(self._cache, run)
                while len(self._runs) >= _MAX_RUNS:
                    del self._runs[next(iter(self._runs))]
                self._runs[run.number] = self._cache.new_runs(scheduled=run.scheduled)
            return self._cache, self._runs[run.number]


_state = _WorkerState()


def locate(run: ClusterRun, places: Sequence[Place]) -> TaskResult:
    """Positions of some places; their answers are in the store when this returns.

    Raises:
        ConfigurationError: this worker has other providers or another store than the client.
    """
    cache, runs = _state.open(run)
    found = list(cache.locate_many(places, online=run.online, runs=runs))
    cache.flush()
    return TaskResult(found, cache.warnings)


def _check(cache: GeoCache, run: ClusterRun) -> None:
    worker = get_worker().address
    providers = list_providers(cache)
    if providers != run.providers:
        raise ConfigurationError(
            f"the worker {worker} uses {_join(providers)}, this run {_join(run.providers)}: "
            "install the same version everywhere, set the same GEOCACHE_PROVIDERS and open the "
            "same registers"
        )
    # Only in the same store is the run claimed, whatever the URL of the store is here.
    with closing(FallbackStore(read_settings().store_url)) as store:
        if store.list_unclaimed(RUNS, [run.number]):
            raise ConfigurationError(
                f"the worker {worker} does not share this store: set the same GEOCACHE_URL for it "
                "(a SQLite file can be shared on one machine only)"
            )


def list_providers(cache: GeoCache) -> tuple[tuple[str, str], ...]:
    """Names and versions of a geocache's providers, in order."""
    return tuple((provider.name, provider.version) for provider in cache.providers)


def _join(providers: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name} {version}" for name, version in providers) or "no provider"
