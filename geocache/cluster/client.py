"""Many places at once on a Dask cluster; the store is shared, so nothing is asked twice."""

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
"""Places of one task."""

PLACES_ONLINE = 20
"""The same where a provider may want a second for each: a task that is stopped goes on so long."""

_CONNECT_SECONDS = 5
_TASKS_A_THREAD = 3
_RENEW_SECONDS = 15.0
_LEASE_SECONDS = 120.0
_ALONE_SECONDS = 120.0


class Cluster(Closing):
    """A cluster whose workers each have a geocache of their own, over the store of this one.

    Workers read their settings from their own environment, so that no key or password travels.
    One that has other providers, versions or another store refuses the work. A worker that dies
    loses only what it was asking at that moment: its places go to another.

    Args:
        address: of the scheduler, such as ``tcp://10.0.0.1:8786``.
        cache: the geocache here.
        settings: those of ``cache``.

    Raises:
        ConfigurationError: Dask is not installed, or the address is none.
        ClusterError: nobody answers there, or there is no worker.
    """

    def __init__(self, address: str, cache: GeoCache, settings: GeocacheSettings) -> None:
        self._address = address
        self._cache = cache
        self._scheduled = settings.geocache_scheduled
        self._warnings: dict[str, None] = {}
        self._client = _client(address)
        try:
            self._store = FallbackStore(settings.store_url)
        except BaseException:
            self._client.close()
            raise

    @property
    def warnings(self) -> tuple[str, ...]:
        """What does not work as it should, here or at a worker."""
        return tuple(dict.fromkeys((*self._cache.warnings, *self._warnings)))

    def locate_many(self, places: Iterable[Place], *, online: bool = True) -> Iterator[Position]:
        """As :meth:`GeoCache.locate_many`, reading a few tasks ahead for each thread.

        Raises:
            ConfigurationError: a worker is not set up as this geocache is.
            ClusterError: the cluster is gone, or has no worker for two minutes.
        """
        from geocache.cluster.worker import JOBS, ClusterRun, list_providers, locate  # noqa: PLC0415

        job = ClusterRun(uuid.uuid4().hex, online, self._scheduled, list_providers(self._cache))
        batches = self._batches(iter(places), asking=online and self._cache.asks_online)
        waiting: deque[Any] = deque()
        self._store.claim(JOBS, [job.number], job.number, _LEASE_SECONDS)
        try:
            while True:
                most = _TASKS_A_THREAD * max(1, sum(self._client.nthreads().values()))
                while len(waiting) < most and (batch := batches.next()):
                    waiting.append(
                        self._client.submit(locate, job, batch.fresh, pure=False)
                        if batch.fresh
                        else None
                    )
                if not waiting:
                    return
                future = waiting.popleft()
                positions: list[Position] = []
                if future is not None:
                    done = self._result(future, job)
                    self._warnings.update(dict.fromkeys(done.warnings))
                    positions = done.positions
                yield from batches.told(positions)
        finally:
            self._give_up(future for future in waiting if future is not None)
            self._store.release(job.number)

    def _batches(self, places: Iterator[Place], *, asking: bool) -> Batches:
        if asking:
            return Batches(places, PLACES_ONLINE, lasting=False)
        alike = all(getattr(p, "ignores_facilities", False) for p in self._cache.providers)
        pinned = self._store.pinned if alike else None
        return Batches(places, PLACES_OFFLINE, lasting=True, pinned=pinned)

    def _result(self, future: Any, job: "ClusterRun") -> "TaskResult":
        """What a task came to, however long that takes; the job stays known meanwhile."""
        from distributed.comm.core import CommClosedError  # noqa: PLC0415
        from distributed.scheduler import KilledWorker  # noqa: PLC0415

        seen = time.monotonic()
        while True:
            self._store.renew(job.number, _LEASE_SECONDS)
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
                seen = now if self._client.nthreads() else seen
                if now - seen > _ALONE_SECONDS:
                    raise ClusterError(f"{self._address} has no workers any more") from None
            else:
                return done

    def _give_up(self, waiting: Iterable[Any]) -> None:
        if self._client.status == "running":
            self._client.cancel(list(waiting))

    def close(self) -> None:
        """Leave the cluster as it was found."""
        self._client.close()
        self._store.close()


def _client(address: str) -> Any:
    try:
        from distributed import Client  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError("--dask needs Dask: pip install 'trial-site-map[dask]'") from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is raised
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
