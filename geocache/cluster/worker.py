"""What a worker of a Dask cluster does: it has a geocache of its own, over the shared store."""

import threading
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from distributed import get_worker

from geocache.errors import ConfigurationError
from geocache.lookup import GeoCache
from geocache.place import Place, Position
from geocache.settings import read_settings
from geocache.store import FallbackStore

if TYPE_CHECKING:
    from geocache.providers.attempts import Run

JOBS = "a job on a cluster"
"""Under this name a job's number stands among the store's claims, as if it were a query."""

_JOBS_KNOWN = 16


class ClusterRun(NamedTuple):
    """What every task of one run shares; ``providers`` are names and versions."""

    number: str
    online: bool
    scheduled: bool
    providers: tuple[tuple[str, str], ...]


class TaskResult(NamedTuple):
    """A task's positions, and what does not work as it should where it ran."""

    positions: list[Position]
    warnings: tuple[str, ...]


class _Here:
    """The geocache of this worker, opened at its first task, and what its jobs have met."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cache: GeoCache | None = None
        self._runs: dict[str, dict[str, Run]] = {}

    def of(self, job: ClusterRun) -> "tuple[GeoCache, dict[str, Run]]":
        """The geocache for a job, and how its online providers fared in it."""
        with self._lock:
            if self._cache is None:
                self._cache = GeoCache(settings=read_settings())
            if job.number not in self._runs:
                _check(self._cache, job)
                while len(self._runs) >= _JOBS_KNOWN:
                    del self._runs[next(iter(self._runs))]
                self._runs[job.number] = self._cache.new_runs(scheduled=job.scheduled)
            return self._cache, self._runs[job.number]


_here = _Here()


def locate(job: ClusterRun, places: Sequence[Place]) -> TaskResult:
    """Positions of some places; every answer is in the store when they are returned.

    Raises:
        ConfigurationError: this worker has other providers or another store than the job.
    """
    cache, runs = _here.of(job)
    found = list(cache.locate_many(places, online=job.online, runs=runs))
    cache.flush()
    return TaskResult(found, cache.warnings)


def _check(cache: GeoCache, job: ClusterRun) -> None:
    who = get_worker().address
    providers = list_providers(cache)
    if providers != job.providers:
        raise ConfigurationError(
            f"the worker {who} would ask {_words(providers)}, this job {_words(job.providers)}: "
            "install one version everywhere and set the same GEOCACHE_PROVIDERS"
        )
    # Only who has the very same store finds the job in it, whatever its URL looks like.
    with closing(FallbackStore(read_settings().store_url)) as store:
        if store.unclaimed(JOBS, [job.number]):
            raise ConfigurationError(
                f"the worker {who} does not share this store: set the same GEOCACHE_URL for it "
                "(a SQLite file is shared on one machine only)"
            )


def list_providers(cache: GeoCache) -> tuple[tuple[str, str], ...]:
    """Names and versions of a geocache's providers, in their order."""
    return tuple((provider.name, provider.version) for provider in cache.providers)


def _words(providers: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name} {version}" for name, version in providers) or "nobody"
