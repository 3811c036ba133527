"""Geocodes many places on a Dask cluster, over one shared store."""

import asyncio
import logging
import time
import uuid
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from geocache.closing import Closing
from geocache.cluster.batches import Batches
from geocache.errors import ClusterError, ConfigurationError
from geocache.lookup import GeoCache
from geocache.place import Place, Position
from geocache.settings import GeocacheSettings
from geocache.store import FallbackStore

if TYPE_CHECKING:
    from geocache.cluster.worker import ClusterRun, TaskResult

PLACES_OFFLINE = 500
"""Places per task."""

PLACES_ONLINE = 20
"""Places per task if a provider may take a second for each: a cancelled task runs to its end."""

_CONNECT_SECONDS = 5
_TASKS_PER_THREAD = 3
_RENEW_SECONDS = 15.0
_LEASE_SECONDS = 120.0
_MAX_SECONDS_WITHOUT_WORKERS = 120.0


class Cluster(Closing):
    """A cluster whose workers each open a geocache of their own, over the same store.

    Workers read their settings from their own environment, so that no key or password is sent. A
    worker with other providers, versions or another store refuses the work. The places of a worker
    that dies go to another worker.

    Args:
        address: the scheduler's, such as ``tcp://10.0.0.1:8786``.
        cache: the local geocache.
        settings: the settings of ``cache``.

    Raises:
        ConfigurationError: Dask is not installed, or the address is invalid.
        ClusterError: no scheduler answers, or it has no worker.
    """

    def __init__(self, address: str, cache: GeoCache, settings: GeocacheSettings) -> None:
        self._address = address
        self._cache = cache
        self._scheduled = settings.geocache_scheduled
        self._warnings: dict[str, None] = {}
        self._client = _connect(address)
        try:
            self._store = FallbackStore(settings.store_url)
        except BaseException:
            self._client.close()
            raise

    @property
    def warnings(self) -> tuple[str, ...]:
        """What does not work, here or on a worker."""
        return tuple(dict.fromkeys((*self._cache.warnings, *self._warnings)))

    def locate_many(self, places: Iterable[Place], *, online: bool = True) -> Iterator[Position]:
        """As :meth:`GeoCache.locate_many`, with a few tasks per worker thread in advance.

        Raises:
            ConfigurationError: a worker is set up differently.
            ClusterError: the cluster is gone, or without a worker for two minutes.
        """
        from geocache.cluster.worker import RUNS, ClusterRun, list_providers, locate  # noqa: PLC0415

        run = ClusterRun(uuid.uuid4().hex, online, self._scheduled, list_providers(self._cache))
        batches = self._batches(iter(places), asking=online and self._cache.asks_online)
        waiting: deque[Any] = deque()
        self._store.claim(RUNS, [run.number], run.number, _LEASE_SECONDS)
        try:
            while True:
                most = _TASKS_PER_THREAD * max(1, sum(self._client.nthreads().values()))
                while len(waiting) < most and (batch := batches.next()):
                    waiting.append(
                        self._client.submit(locate, run, batch.unknown, pure=False)
                        if batch.unknown
                        else None
                    )
                if not waiting:
                    return
                future = waiting.popleft()
                positions: list[Position] = []
                if future is not None:
                    done = self._wait_for(future, run)
                    self._warnings.update(dict.fromkeys(done.warnings))
                    positions = done.positions
                yield from batches.assign(positions)
        finally:
            self._cancel(future for future in waiting if future is not None)
            self._store.release_claims(run.number)

    def _batches(self, places: Iterator[Place], *, asking: bool) -> Batches:
        if asking:
            return Batches(places, PLACES_ONLINE, reuse_answers=False)
        all_ignore = all(getattr(p, "ignores_facilities", False) for p in self._cache.providers)
        find_pins = self._store.find_pins if all_ignore else None
        return Batches(places, PLACES_OFFLINE, reuse_answers=True, find_pins=find_pins)

    def _wait_for(self, future: Any, run: "ClusterRun") -> "TaskResult":
        """A task's result, however long it takes; renews the claim of the run meanwhile."""
        from distributed.comm.core import CommClosedError  # noqa: PLC0415
        from distributed.scheduler import KilledWorker  # noqa: PLC0415

        last_seen = time.monotonic()
        while True:
            self._store.renew_claims(run.number, _LEASE_SECONDS)
            try:
                done: TaskResult = future.result(timeout=_RENEW_SECONDS)
            except (CommClosedError, asyncio.CancelledError) as error:
                raise ClusterError(f"the cluster at {self._address} is gone: {error}") from error
            except KilledWorker as error:
                raise ClusterError(
                    f"several workers of {self._address} died over the same places: {error}"
                ) from error
            except ImportError as error:
                raise ClusterError(
                    f"a worker of {self._address} lacks a package: {error}; install "
                    "trial-site-map[dask] there"
                ) from error
            except TimeoutError:
                if future.done():
                    raise
                now = time.monotonic()
                last_seen = now if self._client.nthreads() else last_seen
                if now - last_seen > _MAX_SECONDS_WITHOUT_WORKERS:
                    raise ClusterError(f"{self._address} has no workers any more") from None
            else:
                return done

    def _cancel(self, waiting: Iterable[Any]) -> None:
        if self._client.status == "running":
            self._client.cancel(list(waiting))

    def close(self) -> None:
        """Disconnect from the cluster, which keeps running."""
        self._client.close()
        self._store.close()


def _connect(address: str) -> Any:
    try:
        from distributed import Client  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError("--dask needs Dask: pip install 'trial-site-map[dask]'") from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # errors are raised
    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except OSError as error:
        raise ClusterError(f"no Dask scheduler answers at {address}") from error
    except ValueError as error:
        raise ConfigurationError(f"--dask {address}: {error}") from error
    try:
        client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
    except TimeoutError as error:
        client.close()
        raise ClusterError(f"the scheduler at {address} has no worker") from error
    return client
